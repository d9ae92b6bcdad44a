/* SPDX-License-Identifier: Apache-2.0 */
/* slides.h: a classroom's side of the slides: every document of the lesson is fetched
 * ahead of time, the one that is shown first; the page that is shown is drawn here; the
 * teacher's marks lie over it. Thread: main. docs/architecture.md#client. */
#pragma once

#include "client/config.h"
#include "client/place.h"
#include "client/stage.h"
#include "client/status.h"
#include "signaling/protocol/event.h"

typedef struct ScSlides ScSlides;

/* @changed: there is something new to be shown. What is lent outlives it. */
ScSlides *sc_slides_new(const ScConfig *config, const ScPlace *place, ScStatus *status,
                        void (*changed)(void *user_data), void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Nothing is fetched or drawn any more, and nothing called; what is lent stays. */
void sc_slides_stop(ScSlides *self);
void sc_slides_free(ScSlides *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSlides, sc_slides_free)

/* Documents, pages, marks and pointer; all other events are passed over. */
void sc_slides_hear(ScSlides *self, const ScEvent *event);
/* The picture of number @serial is on the canvas. @t_us: since when, CLOCK_MONOTONIC. */
void sc_slides_note_drawn(ScSlides *self, unsigned serial, int64_t t_us);

/* Lent until the next call of any of these. */
const ScStageSlides *sc_slides_get(ScSlides *self);
