/* SPDX-License-Identifier: Apache-2.0 */
/* lectern.h: a teacher's side of the slides, by command: hands a document in, turns its
 * pages. Thread: main. */
#pragma once

#include "client/deck.h"
#include "client/events.h"
#include "client/status.h"

typedef struct ScLectern ScLectern;

/* What is lent outlives it. */
ScLectern *sc_lectern_new(const ScPlace *place, ScEvents *events, ScStatus *status)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_lectern_free(ScLectern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLectern, sc_lectern_free)

/* Documents and pages; all other events are passed over. */
void sc_lectern_hear(ScLectern *self, const ScEvent *event);
/* SC_ORDER_SLIDES: hands it in, and shows its first page; SC_ORDER_PAGE. */
void sc_lectern_obey(ScLectern *self, const ScOrder *order);
