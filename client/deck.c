/* SPDX-License-Identifier: Apache-2.0 */
#include "client/deck.h"

#include <string.h>

static void
add(ScDeck *self, const ScDocumentEvent *document)
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
        self->page = (ScPageRequest){ 0, 0 };
    if (self->last.document == document)
        self->last = (ScPageRequest){ 0, 0 };
}

static void
show(ScDeck *self, ScPageRequest page)
{
    self->page = page;
    if (page.document)
        self->last = page;
}

static void
begin(ScDeck *self, const ScWelcomeRoom *room)
{
    self->n_documents = room ? MIN(room->n_documents, SC_DOCUMENTS_MAX) : 0;
    for (unsigned i = 0; i < self->n_documents; i++)
        self->documents[i] = room->documents[i];
    if (!sc_deck_lookup(self, self->last.document))
        self->last = (ScPageRequest){ 0, 0 };
    show(self, room ? room->page : (ScPageRequest){ 0, 0 });
}

bool
sc_deck_apply(ScDeck *self, const ScEvent *event)
{
    if (event->type == SC_EVENT_WELCOME)
        begin(self, event->welcome.room);
    else if (event->type == SC_EVENT_DOCUMENT)
        add(self, &event->document);
    else if (event->type == SC_EVENT_DOCUMENT_REMOVED)
        take_away(self, event->document_removed.document);
    else if (event->type == SC_EVENT_PAGE)
        show(self, (ScPageRequest){ event->page.document, event->page.page });
    else
        return false;
    return true;
}

const ScDocumentEvent *
sc_deck_lookup(const ScDeck *self, unsigned document)
{
    for (unsigned i = 0; i < self->n_documents; i++)
        if (self->documents[i].document == document)
            return &self->documents[i];
    return NULL;
}

bool
sc_deck_turn(const ScDeck *self, ScOrderTurn turn, unsigned page, ScPageRequest *out_page)
{
    const ScDocumentEvent *newest =
        self->n_documents ? &self->documents[self->n_documents - 1] : NULL;
    const ScDocumentEvent *document = sc_deck_lookup(self, self->last.document);
    unsigned now = self->last.page;
    if (!document) {
        document = newest;
        now = 0;
    }
    unsigned wanted = page;
    switch (turn) {
    case SC_ORDER_TURN_NONE:
        *out_page = (ScPageRequest){ 0, 0 };
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
    if (!document || wanted < 1 || wanted > document->pages)
        return false;
    *out_page = (ScPageRequest){ document->document, wanted };
    return true;
}
