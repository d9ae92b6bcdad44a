/* SPDX-License-Identifier: Apache-2.0 */
/* deck.h: which documents a lesson has and which page of them is shown, as the events
 * say; and which one a teacher means by "next". Pure. Thread: main. */
#pragma once

#include "client/order.h"
#include "signaling/protocol/event.h"

typedef struct {
    ScDocumentEvent documents[SC_DOCUMENTS_MAX]; /* in the order of their numbers */
    unsigned n_documents;
    ScPageRequest page; /* that is shown */
    ScPageRequest last; /* that was shown last; 0: none yet */
} ScDeck;

/* False where @event is of neither. A welcome is of both. */
bool sc_deck_apply(ScDeck *self, const ScEvent *event);

/* NULL: there is none of this number. */
const ScDocumentEvent *sc_deck_lookup(const ScDeck *self, unsigned document);

/* The page that @turn asks for, @page its number where it has one: of the document that
 * is shown, or was last, or was handed in last. False where there is no such page. */
bool sc_deck_turn(const ScDeck *self, ScOrderTurn turn, unsigned page,
                  ScPageRequest *out_page) G_GNUC_WARN_UNUSED_RESULT;
