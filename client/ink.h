/* SPDX-License-Identifier: Apache-2.0 */
/* ink.h: what the teacher draws over the slides, and where it points: kept as the events
 * say, painted piece by piece, so that no loop waits for a page full of marks. As
 * signaling/web/assets/ink.js paints it. Thread: main. Spec: docs/protocol.md#the-room.
 */
#pragma once

#include <stdbool.h>

#include "client/sheet.h"
#include "signaling/protocol/event.h"

typedef struct ScInk ScInk;

ScInk *sc_ink_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_ink_free(ScInk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScInk, sc_ink_free)

/* Where a picture of @width × @height lies in @box, which shows all of it, in its middle;
 * of a picture that is not known: all of @box. */
ScArea sc_ink_place(ScArea box, int width, int height);

/* What is none of ours is left alone. True: there is something new to be seen. */
bool sc_ink_apply(ScInk *self, const ScEvent *event);
/* @strokes are all there are. */
void sc_ink_reset(ScInk *self, const ScStroke *strokes, unsigned n_strokes);

/* Where on the canvas the slide is; all is painted anew where that is new. */
void sc_ink_set_place(ScInk *self, ScArea place);
/* Paints a piece, of at most 16 points. False: there was nothing left to paint. */
bool sc_ink_paint(ScInk *self);
/* As if something had changed: what was drawn before is gone. */
void sc_ink_renew(ScInk *self);
/* True once after something changed: what sc_ink_draw() gives is new. */
bool sc_ink_take_news(ScInk *self);
/* What is painted, then the pointer; each NULL where there is none. Unref them. */
void sc_ink_draw(const ScInk *self, GstVideoOverlayRectangle **out_strokes,
                 GstVideoOverlayRectangle **out_pointer);
