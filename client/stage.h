/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h: what people in a room see and hear: the screen, the loudspeaker, the words. A
 * classroom sees the teacher full screen and whoever has the floor in a corner; a teacher
 * sees each classroom in a tile, and itself. Thread: main, but for the pushes. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/ink.h"
#include "client/sentence.h"
#include "client/view.h"

typedef struct {
    ScRole role;
    ScLanguage language;
    unsigned n_pictures; /* that are watched */
    unsigned n_sounds;
    unsigned latency_ms;
    ScViewHandlers handlers;
    void *user_data;
} ScStageSettings;

/* Of a classroom: what stands where slides do. */
typedef struct {
    bool has_page;            /* a page is shown, whatever the teacher's screen shows */
    cairo_surface_t *picture; /* borrowed: it; NULL: not there yet */
    unsigned serial;          /* of the picture: another one has another */
    ScArea place;             /* of the page in the picture */
    const char *notice;       /* instead of the picture; NULL: nothing */
    ScInk *ink;               /* borrowed: over whatever is shown; NULL: nothing */
} ScStageSlides;

/* What stands now. Arrays have n_pictures elements, in the order of the slots. */
typedef struct {
    ScRoomState state;
    const char *sentence;
    bool has_floor;              /* this room */
    bool is_silenced;            /* this room, by the teacher */
    const ScPrompt *prompt;      /* NULL: nothing is asked here */
    const bool *flowing;         /* pictures come */
    const char *const *titles;   /* of a teacher's tiles */
    const ScStageSlides *slides; /* of a classroom */
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

/* It is on the screen with the next sc_stage_show(), for two seconds. @step_pct: may be
 * negative. */
void sc_stage_change_volume(ScStage *self, int step_pct);

void sc_stage_show(ScStage *self, const ScStageNow *now);
