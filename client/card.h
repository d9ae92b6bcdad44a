/* SPDX-License-Identifier: Apache-2.0 */
/* card.h: draws what is asked and answered over the picture: notes at the upper left, the
 * question below them, the keys at the foot, how loud it is. What there is much of is
 * written smaller and wider, until all of it is there. Thread: any, one at a time. */
#pragma once

#include <gst/video/video.h>

#include "client/prompt.h"
#include "client/sheet.h"

#define SC_CARD_NO_VOLUME (-1)

/* Beside and below a slide, while something is asked about it. */
typedef struct {
    ScArea scan;     /* the pupils' code, a square, where there is one */
    ScArea name;     /* what it is; likewise */
    ScArea question; /* with options, answer and state */
    ScArea foot;     /* notes and keys: the last line below the slide, more over it */
} ScCardPlaces;

typedef struct {
    const ScPrompt *prompt; /* NULL: nothing to say */
    int volume_pct;         /* SC_CARD_NO_VOLUME: not shown now */
    const char *volume_name;
    bool is_said_elsewhere;     /* the teacher's words */
    const ScArea *slide;        /* where it stands; NULL: all stands over the picture */
    const ScArea *beside;       /* for notes and keys, where there is a slide */
    const ScCardPlaces *places; /* slides, and something is asked; else NULL */
} ScCard;

/* On a canvas of @width and @height [pixels] above the bar. A question that is too long
 * for its place covers the slide, and so do words that are too long for a line. */
void sc_card_draw(const ScCard *self, int width, int height,
                  GstVideoOverlayComposition *composition);
