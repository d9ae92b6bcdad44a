/* SPDX-License-Identifier: Apache-2.0 */
/* farend.h: a stand-in for signaling and relay in one process: it answers WHIP and WHEP
 * by a webrtcbin of its own, counts the stamped pictures that are published and sends
 * some to who watches. Only on 127.0.0.1, on a port the system chose. */
#pragma once

#include <glib.h>

typedef struct ScFarEnd ScFarEnd;

ScFarEnd *sc_far_end_new(void);
void sc_far_end_free(ScFarEnd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScFarEnd, sc_far_end_free)

const char *sc_far_end_get_url(const ScFarEnd *self);
/* Published pictures that were decoded. */
unsigned sc_far_end_get_decoded(const ScFarEnd *self);
unsigned sc_far_end_get_sessions(const ScFarEnd *self);
/* The next POSTs are refused by 503 until this is 0. */
void sc_far_end_refuse(ScFarEnd *self, unsigned n);
/* Ends all sessions without a word. */
void sc_far_end_forget(ScFarEnd *self);
