/* SPDX-License-Identifier: Apache-2.0 */
/* publish.h: sends what is captured: encodes it and keeps a WHIP session alive. Capture
 * goes on whatever happens to the session; what comes while there is none is dropped.
 * Thread: main, but for sc_publish_push(). */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/encoder.h"
#include "client/link.h"
#include "client/source.h"

typedef struct {
    const char *encoder;  /* as sc_encoder_choose() gave it */
    unsigned video_kbps;  /* of the camera */
    unsigned slides_kbps; /* 0: there are no slides */
    unsigned audio_kbps;
} ScPublishSettings;

typedef struct ScPublish ScPublish;

/* @changed: the link's state is new. @settings is copied, its texts borrowed. */
ScPublish *sc_publish_new(const ScPlace *place, const ScPublishSettings *settings,
                          void (*changed)(void *user_data), void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_publish_free(ScPublish *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPublish, sc_publish_free)

/* Any thread. One captured picture or 20 ms of sound; its PTS is CLOCK_MONOTONIC [ns]. */
void sc_publish_push(ScPublish *self, ScSourceMedium medium, GstSample *sample);

/* A muted one sends no sound; pictures go on. */
void sc_publish_mute(ScPublish *self, bool is_muted);

ScLink *sc_publish_get_link(ScPublish *self);
