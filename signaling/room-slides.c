/* SPDX-License-Identifier: Apache-2.0 */
/* room-slides.c: documents, pages and marks among what the teacher asks of the room. */
#include "signaling/room-private.h"

bool
sc_room_document(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const ScDocumentRequest *document = &asking->request->document;
    ScDocumentEvent *event = &asking->outcome->event.document;
    unsigned number = sc_slides_add(self->slides, document, error);
    if (number == 0)
        return false;
    asking->outcome->event.type = SC_EVENT_DOCUMENT;
    event->document = number;
    event->pages = document->pages;
    event->bytes = document->bytes;
    g_strlcpy(event->name, document->name, sizeof event->name);
    return true;
}

/* Who shows a page of it takes it away by itself. */
bool
sc_room_document_remove(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    if (!sc_slides_remove(self->slides, asking->request->document_remove.document, error))
        return false;
    asking->outcome->event.type = SC_EVENT_DOCUMENT_REMOVED;
    asking->outcome->event.document_removed = asking->request->document_remove;
    return true;
}

bool
sc_room_page(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    const ScPageRequest *page = &asking->request->page;
    ScPageEvent *event = &asking->outcome->event.page;
    if (!sc_slides_turn(self->slides, page, error))
        return false;
    asking->outcome->event.type = SC_EVENT_PAGE;
    event->document = page->document;
    event->page = page->page;
    event->strokes = sc_slides_dup_strokes(self->slides, &event->n_strokes);
    return true;
}

bool
sc_room_pen(ScRoom *self, const ScRoomAsking *asking, GError **error)
{
    if (!sc_slides_draw(self->slides, &asking->request->pen, error))
        return false;
    asking->outcome->event.type = SC_EVENT_PEN;
    asking->outcome->event.pen = asking->request->pen;
    return true;
}

bool
sc_room_pen_clear(ScRoom *self, const ScRoomAsking *asking, GError **error G_GNUC_UNUSED)
{
    sc_slides_wipe(self->slides);
    asking->outcome->event.type = SC_EVENT_PEN_CLEAR;
    return true;
}

bool
sc_room_pointer(ScRoom *self G_GNUC_UNUSED, const ScRoomAsking *asking,
                GError **error G_GNUC_UNUSED)
{
    asking->outcome->event.type = SC_EVENT_POINTER;
    asking->outcome->event.pointer = asking->request->pointer;
    return true;
}
