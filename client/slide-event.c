/* SPDX-License-Identifier: Apache-2.0 */
#include "client/slide-event.h"

static ScSlideDocument
make_document(const ScDocumentEvent *told)
{
    ScSlideDocument document = { .document = told->document,
                                 .n_pages = told->pages,
                                 .n_bytes = told->bytes };
    g_strlcpy(document.name, told->name, sizeof document.name);
    return document;
}

static void
read_welcome(const ScWelcomeRoom *room, ScSlideEvent *event)
{
    event->n_documents = MIN(room->n_documents, SC_DOCUMENTS_MAX);
    for (unsigned i = 0; i < event->n_documents; i++)
        event->documents[i] = make_document(&room->documents[i]);
    event->page = (ScSlidePage){ room->page.document, room->page.page };
}

static void
read_page(const ScPageEvent *page, ScSlideEvent *event)
{
    event->page = (ScSlidePage){ page->document, page->page };
    event->n_strokes = page->n_strokes;
    event->strokes = g_memdup2(page->strokes, page->n_strokes * sizeof(ScStroke));
    for (unsigned i = 0; i < page->n_strokes; i++)
        event->strokes[i].points =
            g_memdup2(page->strokes[i].points,
                      page->strokes[i].n_points * sizeof *page->strokes[i].points);
}

bool
sc_slide_event_read(const ScEvent *event, ScSlideEvent *out_event)
{
    ScSlideEvent read = { .type = SC_SLIDE_EVENT_WELCOME };
    if (event->type == SC_EVENT_WELCOME) {
        if (event->welcome.room)
            read_welcome(event->welcome.room, &read);
    } else if (event->type == SC_EVENT_DOCUMENT) {
        read.type = SC_SLIDE_EVENT_DOCUMENT;
        read.documents[read.n_documents++] = make_document(&event->document);
    } else if (event->type == SC_EVENT_DOCUMENT_REMOVED) {
        read.type = SC_SLIDE_EVENT_DOCUMENT_REMOVED;
        read.removed = event->document_removed.document;
    } else if (event->type == SC_EVENT_PAGE) {
        read.type = SC_SLIDE_EVENT_PAGE;
        read_page(&event->page, &read);
    } else {
        return false;
    }
    *out_event = read;
    return true;
}

void
sc_slide_event_clear(ScSlideEvent *self)
{
    sc_strokes_free(self->strokes, self->n_strokes);
    self->strokes = NULL;
    self->n_strokes = 0;
}
