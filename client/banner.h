/* SPDX-License-Identifier: Apache-2.0 */
/* banner.h: what is written over the picture: the sentence in a bar at the bottom, large
 * enough to be read from eight metres, and a title at each tile. Drawn when a text
 * changes, not for each picture. Thread: any, one at a time. */
#pragma once

#include <stdbool.h>

#include <gst/video/video.h>

#include "client/card.h"
#include "client/sheet.h"

typedef struct {
    const char *text;
    ScArea tile;   /* written at its lower left corner */
    bool is_empty; /* no picture stands there */
} ScBannerTitle;

typedef struct {
    int width;  /* of the canvas [pixels] */
    int height; /* likewise */
    const char *sentence;
    const char *caption; /* at the right end of the bar; "": none */
    bool alarm;          /* it is not as it should be */
    const ScBannerTitle *titles;
    unsigned n_titles;
    const char *notice; /* in the middle of @notice_area; NULL: none */
    ScArea notice_area;
    const ScCard *card; /* above the bar; NULL: none */
} ScBanner;

/* Height of the bar on a canvas of @height [pixels]. */
int sc_banner_get_bar_height(int height);

GstVideoOverlayComposition *sc_banner_draw(const ScBanner *self)
    G_GNUC_WARN_UNUSED_RESULT;
