/* SPDX-License-Identifier: Apache-2.0 */
/* far-end.h: a far end of the room's own, for an echo test: what it says reaches the room
 * through the relay as a teacher's voice does, and what the room answers comes back to it
 * as a classroom's does. Ends by itself after a minute. Thread: main, but where said.
 * Spec: docs/protocol.md#echo-test. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/place.h"

typedef struct ScFarEnd ScFarEnd;

/* Streaming threads. Decoded sound; its PTS as in slot.h. */
typedef struct {
    void (*arrived)(GstSample *sample, void *user_data);  /* in the room: to be played */
    void (*returned)(GstSample *sample, void *user_data); /* at the far end */
} ScFarEndHandlers;

typedef struct {
    unsigned latency_ms; /* as in sc_watch_new() */
    unsigned audio_kbps; /* as in publish.h */
} ScFarEndSettings;

/* Asks signaling, which takes 10 s at most, and begins to join. @handlers and @user_data
 * outlive it. NULL and @error: why there is no test. */
ScFarEnd *sc_far_end_new(const ScPlace *place, const ScFarEndSettings *settings,
                         const ScFarEndHandlers *handlers, void *user_data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* No handler is called after this. */
void sc_far_end_free(ScFarEnd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScFarEnd, sc_far_end_free)

/* Both ends send and receive. */
bool sc_far_end_is_up(const ScFarEnd *self);

/* Any thread; @sample as in sc_publish_push(). */
void sc_far_end_say(ScFarEnd *self, GstSample *sample);    /* the far end */
void sc_far_end_answer(ScFarEnd *self, GstSample *sample); /* the room */
