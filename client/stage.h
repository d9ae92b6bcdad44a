/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h: what people in a room see and hear: the screen, the loudspeaker, the words. A
 * classroom sees the teacher full screen and whoever has the floor in a corner; a teacher
 * sees each classroom in a tile, and itself. Thread: main, but for the pushes. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/sentence.h"

typedef struct {
    ScRole role;
    ScLanguage language;
    unsigned n_pictures; /* that are watched */
    unsigned n_sounds;
    unsigned latency_ms;
    void (*on_closed)(void *user_data); /* the window was closed */
    void *user_data;
} ScStageSettings;

/* What stands now. Arrays have n_pictures elements, in the order of the slots. */
typedef struct {
    ScRoomState state;
    bool has_floor;            /* this room */
    const bool *flowing;       /* pictures come */
    const char *const *titles; /* of a teacher's tiles */
} ScStageNow;

typedef struct ScStage ScStage;

/* NULL and @error set where nothing can be shown. */
ScStage *sc_stage_new(const ScStageSettings *settings, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_stage_free(ScStage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScStage, sc_stage_free)

/* Any thread. PTS: CLOCK_MONOTONIC [ns]. */
void sc_stage_push_picture(ScStage *self, unsigned index, GstSample *sample);
void sc_stage_push_sound(ScStage *self, unsigned index, GstSample *sample);
/* What this room sends, as a teacher wants to see it. */
void sc_stage_push_own(ScStage *self, GstSample *sample);

void sc_stage_show(ScStage *self, const ScStageNow *now);
