/* SPDX-License-Identifier: Apache-2.0 */
/* poster.h: a whole screen of words, when no lesson is on: a heading, one thing very
 * large, lines below it, and a QR code where something is to be scanned. Legible from
 * eight metres: long lines are wrapped, none is cut. Thread: any, one at a time. */
#pragma once

#include <stdbool.h>

#include <gst/video/video.h>

#define SC_POSTER_LINES_MAX 3

typedef struct {
    int width; /* of the canvas [pixels] */
    int height;
    const char *heading;
    const char *label; /* over the large: what that is; NULL: it speaks for itself */
    const char *large;
    const char *lines[SC_POSTER_LINES_MAX]; /* NULL: none */
    const char *corner;                     /* at the top right; "": none */
    const char *scan;                       /* text of the QR code; NULL: none */
    bool alarm;
} ScPoster;

GstVideoOverlayComposition *sc_poster_draw(const ScPoster *self)
    G_GNUC_WARN_UNUSED_RESULT;
