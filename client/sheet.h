/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h: a piece of the screen that is drawn on, and laid over the picture. Thread:
 * any, one at a time. */
#pragma once

#include <pango/pangocairo.h>
#include <stdbool.h>

#include <gst/video/video.h>

typedef struct {
    int x; /* [pixels] of the canvas, all four */
    int y;
    int width;
    int height;
} ScArea;

typedef struct {
    double red;
    double green;
    double blue;
} ScSheetColour;

typedef struct {
    cairo_surface_t *surface; /* owned */
    cairo_t *cairo;           /* owned */
    ScArea area;
} ScSheet;

/* Transparent. To be finished, before which its area may become smaller: what is then
 * outside is gone. */
ScSheet sc_sheet_begin(ScArea area) G_GNUC_WARN_UNUSED_RESULT;
GstVideoOverlayRectangle *sc_sheet_finish(ScSheet *self) G_GNUC_WARN_UNUSED_RESULT;

void sc_sheet_fill(ScSheet *self, const ScSheetColour *colour, double alpha);
/* @area: of the sheet. */
void sc_sheet_fill_area(ScSheet *self, ScArea area, const ScSheetColour *colour,
                        double alpha);

typedef struct {
    int width; /* [pixels] */
    int height;
} ScSheetRoom;

/* Letters of @pixels, in several lines where they must be, smaller where else they would
 * not fit into @room; only what even then does not fit is cut, with dots. Unref it. */
PangoLayout *sc_sheet_fit(ScSheet *self, const char *text, double pixels,
                          ScSheetRoom room, bool bold) G_GNUC_WARN_UNUSED_RESULT;
/* As many lines of @pixels as a room of that height has. */
int sc_sheet_get_lines_height(double pixels, unsigned n_lines);

/* Takes @layout; its upper left corner stands at @x, @y. Gives the height that it took.
 */
int sc_sheet_write(ScSheet *self, PangoLayout *layout, int x, int y,
                   const ScSheetColour *colour);
