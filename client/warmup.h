/* SPDX-License-Identifier: Apache-2.0 */
/* warmup.h: does early, beside everything else, what a first join would wait for: the
 * DTLS certificate (GStreamer 1.22 makes an RSA key once in a process, 0.1 to 0.5 s of
 * one core) and the decoders' libraries. */
#pragma once

#include <glib.h>

typedef struct ScWarmup ScWarmup;

/* After gst_init(). */
ScWarmup *sc_warmup_new(void) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for what is still under way. */
void sc_warmup_free(ScWarmup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScWarmup, sc_warmup_free)
