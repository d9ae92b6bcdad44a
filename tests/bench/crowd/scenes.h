/* SPDX-License-Identifier: Apache-2.0 */
/* scenes.h: what the crowd does, and the times that took. Thread: the main context's. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "tests/bench/crowd/guest.h"

#define SCENE_PAGES 12 /* of the lesson's document 1 */

typedef struct {
    Guest *teacher;        /* borrowed, like all below */
    GPtrArray *classrooms; /* of Guest */
    GPtrArray *pupils;     /* of Guest */
    GRand *chance;
} Crowd;

/* Runs the main context until @is_done; aborts with @what after a minute. */
void scene_wait(bool (*is_done)(gpointer user_data), gpointer user_data,
                const char *what);

/* Hands, strokes of the pen, giving the floor, and pages of the document, @n_rounds of
 * each: from saying it to the last one who has to see it. Members "hand", "pen", "floor",
 * "page" of the object. */
void scene_clicks(Crowd *crowd, unsigned n_rounds, JsonBuilder *builder);

/* One quiz: everybody answers at some instant of one second. Member "quiz": "open": until
 * a pupil has the question; "answer": until its answer is kept; "all_ms": from the first
 * answer to the last acknowledgement; "right": whether the sum is what was answered. */
void scene_quiz(Crowd *crowd, JsonBuilder *builder);
