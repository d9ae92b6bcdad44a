/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h: where each picture stands on a room's screen. Pure. */
#pragma once

#include <stdbool.h>

#include "client/banner.h"
#include "client/card.h"

/* Pictures of a classroom's screen, in this order. */
enum { SC_LAYOUT_MAIN, SC_LAYOUT_GUEST, SC_LAYOUT_SLIDES, SC_LAYOUT_N_CLASSROOM };

/* About the slide that stands there. */
typedef enum {
    SC_LAYOUT_NOTHING_ASKED,
    SC_LAYOUT_ASKED,
    SC_LAYOUT_ASKED_WITH_CODE, /* and pupils' phones may answer */
} ScLayoutAsked;

/* A classroom: the teacher full screen, the guest in a corner of it; with slides, these
 * are large and the teacher stands beside them; while something is asked about a slide,
 * it gives way to the question, and a guest stands in the teacher's place. @shown and
 * @out_areas: by the enum above; areas of what is not shown are untouched. */
void sc_layout_classroom(int width, int height, const bool *shown, ScLayoutAsked asked,
                         ScArea *out_areas);
/* What is written then. */
void sc_layout_get_places(int width, int height, ScLayoutAsked asked,
                          ScCardPlaces *out_places);

/* Where slides stand in it, and notes and keys beside them. */
ScArea sc_layout_get_slides(int width, int height);
ScArea sc_layout_get_beside(int width, int height, bool has_guest);

/* A teacher: @n_tiles tiles in a grid as square as it can be, and itself, last in
 * @out_areas, which has room for n_tiles + 1: where the grid has no tile, else in a
 * corner. */
void sc_layout_teacher(int width, int height, unsigned n_tiles, ScArea *out_areas);
