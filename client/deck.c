/* SPDX-License-Identifier: Apache-2.0 */
#include "client/deck.h"

#include <string.h>

static void
add(ScDeck *self, const ScSlideDocument *document)
{
    if (self->n_documents < SC_DOCUMENTS_MAX && !sc_deck_lookup(self, document->document))
        self->documents[self->n_documents++] = *document;
}

static void
take_away(ScDeck *self, unsigned document)
{
    for (unsigned i = 0; i < self->n_documents; i++) {
        if (self->documents[i].document != document)
            continue;
        self->n_documents--;
        memmove(&self->documents[i], &self->documents[i + 1],
                (self->n_documents - i) * sizeof self->documents[0]);
    }
    if (self->page.document == document)
        self->page = (ScSlidePage){ 0, 0 };
    if (self->last.document == document)
        self->last = (ScSlidePage){ 0, 0 };
}

static void
show(ScDeck *self, ScSlidePage page)
{
    self->page = page;
    if (page.document)
        self->last = page;
}

void
sc_deck_apply(ScDeck *self, const ScSlideEvent *event)
{
    switch (event->type) {
    case SC_SLIDE_EVENT_WELCOME:
        self->n_documents = event->n_documents;
        memcpy(self->documents, event->documents, sizeof self->documents);
        if (!sc_deck_lookup(self, self->last.document))
            self->last = (ScSlidePage){ 0, 0 };
        show(self, event->page);
        break;
    case SC_SLIDE_EVENT_DOCUMENT:
        add(self, &event->documents[0]);
        break;
    case SC_SLIDE_EVENT_DOCUMENT_REMOVED:
        take_away(self, event->removed);
        break;
    case SC_SLIDE_EVENT_PAGE:
        show(self, event->page);
        break;
    }
}

const ScSlideDocument *
sc_deck_lookup(const ScDeck *self, unsigned document)
{
    for (unsigned i = 0; i < self->n_documents; i++)
        if (self->documents[i].document == document)
            return &self->documents[i];
    return NULL;
}

bool
sc_deck_turn(const ScDeck *self, ScOrderTurn turn, unsigned page, ScSlidePage *out_page)
{
    const ScSlideDocument *newest =
        self->n_documents ? &self->documents[self->n_documents - 1] : NULL;
    const ScSlideDocument *document = sc_deck_lookup(self, self->last.document);
    unsigned now = self->last.page;
    if (!document) {
        document = newest;
        now = 0;
    }
    unsigned wanted = page;
    switch (turn) {
    case SC_ORDER_TURN_NONE:
        *out_page = (ScSlidePage){ 0, 0 };
        return true;
    case SC_ORDER_TURN_NEXT:
        wanted = now + 1;
        break;
    case SC_ORDER_TURN_PREVIOUS:
        wanted = now ? now - 1 : 0;
        break;
    case SC_ORDER_TURN_NUMBER:
        break;
    }
    if (!document || wanted < 1 || wanted > document->n_pages)
        return false;
    *out_page = (ScSlidePage){ document->document, wanted };
    return true;
}
