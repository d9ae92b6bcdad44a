/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-lectern"
#include "client/lectern.h"

#include "client/herald.h"
#include "client/upload.h"

struct ScLectern {
    const ScPlace *place; /* borrowed, as the next two: see sc_lectern_new() */
    ScEvents *events;
    ScStatus *status;
    ScDeck deck;
    ScUpload *upload; /* owned; NULL: none was begun yet */
};

ScLectern *
sc_lectern_new(const ScPlace *place, ScEvents *events, ScStatus *status)
{
    ScLectern *self = g_new0(ScLectern, 1);
    self->place = place;
    self->events = events;
    self->status = status;
    return self;
}

void
sc_lectern_free(ScLectern *self)
{
    if (!self)
        return;
    sc_upload_free(self->upload);
    g_free(self);
}

void
sc_lectern_hear(ScLectern *self, const ScEvent *event)
{
    (void)sc_deck_apply(&self->deck, event);
    if (event->type == SC_EVENT_DOCUMENT)
        sc_herald_tell_document(self->status, &event->document, g_get_monotonic_time());
}

static void
ask(ScLectern *self, const ScPageRequest *page)
{
    if (sc_events_ask_page(self->events, page))
        sc_herald_tell_page(self->status, "page_asked", page, g_get_monotonic_time());
    else
        g_message("page: there is no connection to ask on");
}

static void
on_uploaded(unsigned document, const char *problem, void *user_data)
{
    ScLectern *self = user_data;
    if (document)
        ask(self, &(ScPageRequest){ document, 1 });
    else
        sc_status_tell(self->status, "refused", g_get_monotonic_time(), "problem",
                       problem);
}

static void
hand_in(ScLectern *self, const char *path)
{
    g_autoptr(GError) error = NULL;
    sc_upload_free(self->upload);
    self->upload = sc_upload_new(self->place, path, on_uploaded, self, &error);
    if (!self->upload)
        g_message("slides: %s", error->message);
}

void
sc_lectern_obey(ScLectern *self, const ScOrder *order)
{
    ScPageRequest page;
    if (order->type == SC_ORDER_SLIDES)
        hand_in(self, order->path);
    else if (sc_deck_turn(&self->deck, order->turn, order->page, &page))
        ask(self, &page);
    else
        g_message("page: there is no such page");
}
