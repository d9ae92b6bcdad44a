/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-slides"
#include "client/slides.h"

#include <string.h>

#include "client/deck.h"
#include "client/document.h"
#include "client/herald.h"
#include "client/projector.h"

#define WHOLE_PCT 100

/* What we have of a document. */
typedef struct {
    char *path; /* owned; NULL: not whole yet */
    int64_t n_bytes;
    bool has_failed; /* it will not come while this connection lasts */
} Copy;

struct ScSlides {
    const ScConfig *config; /* borrowed, as the next three: see sc_slides_new() */
    const ScPlace *place;
    ScStatus *status;
    void (*changed)(void *user_data);
    void *user_data;

    ScDeck deck;
    ScLibrary *library;     /* ref */
    GHashTable *copies;     /* owned: number of the document → Copy, owned */
    ScDocument *fetching;   /* owned; NULL: all are here */
    ScProjector *projector; /* owned */
    ScInk *ink;             /* owned */

    unsigned ticket;          /* of the last wish */
    ScPageRequest wished;     /* what it was for; 0: none is under way or done */
    bool is_broken;           /* that page cannot be drawn */
    cairo_surface_t *picture; /* ref; NULL: none */
    unsigned serial;          /* the picture's: its ticket */
    ScPageRequest pictured;   /* what it is of */
    bool is_told;             /* it was on the canvas */

    ScStageSlides now;
    char *notice; /* owned: of now */
};

static void pursue(ScSlides *self);

static bool
is_same(const ScPageRequest *a, const ScPageRequest *b)
{
    return a->document == b->document && a->page == b->page;
}

static void
copy_free(gpointer data)
{
    Copy *copy = data;
    g_free(copy->path);
    g_free(copy);
}

static Copy *
get_copy(ScSlides *self, unsigned document)
{
    gpointer key = GUINT_TO_POINTER(document);
    Copy *copy = g_hash_table_lookup(self->copies, key);
    if (!copy) {
        copy = g_new0(Copy, 1);
        g_hash_table_insert(self->copies, key, copy);
    }
    return copy;
}

static void
drop_picture(ScSlides *self)
{
    g_clear_pointer(&self->picture, cairo_surface_destroy);
    self->pictured = (ScPageRequest){ 0, 0 };
    self->serial = 0;
}

static void
tell_drawn(ScSlides *self, int64_t t_us)
{
    self->is_told = true;
    sc_herald_tell_page(self->status, "page", &self->pictured, t_us);
}

/* Asks for the page that is shown, if its document is here. The last one stays until it
 * comes. */
static void
project(ScSlides *self)
{
    const ScPageRequest *page = &self->deck.page;
    const char *path = page->document ? get_copy(self, page->document)->path : NULL;
    if (is_same(page, &self->wished))
        return;
    self->is_broken = false;
    self->wished = (ScPageRequest){ 0, 0 };
    if (path) {
        self->wished = *page;
        sc_projector_wish(self->projector, path, page->page, ++self->ticket);
        return;
    }
    sc_projector_forget(self->projector);
    drop_picture(self);
}

static void
on_projected(const ScProjection *projection, void *user_data)
{
    ScSlides *self = user_data;
    Copy *copy = get_copy(self, self->wished.document);
    if (projection->picture) {
        drop_picture(self);
        self->picture = cairo_surface_reference(projection->picture);
        self->now.place = projection->place;
        self->serial = projection->ticket;
        self->pictured = self->wished;
        self->is_told = false;
        if (self->config->headless)
            tell_drawn(self, g_get_monotonic_time());
    } else {
        g_message("document %u: page %u: %s", self->wished.document, self->wished.page,
                  projection->error->message);
        drop_picture(self);
        self->is_broken = true;
        if (copy->path && !g_file_test(copy->path, G_FILE_TEST_EXISTS)) {
            g_clear_pointer(&copy->path, g_free); /* others have made room */
            self->wished = (ScPageRequest){ 0, 0 };
            self->is_broken = false;
            pursue(self);
        }
    }
    self->changed(self->user_data);
}

static void
on_progressed(int64_t n_bytes, void *user_data)
{
    ScSlides *self = user_data;
    get_copy(self, sc_document_get_number(self->fetching))->n_bytes = n_bytes;
}

static void
end_fetching(ScSlides *self)
{
    g_clear_pointer(&self->fetching, sc_document_free);
}

static void
on_arrived(const char *path, void *user_data)
{
    ScSlides *self = user_data;
    unsigned document = sc_document_get_number(self->fetching);
    get_copy(self, document)->path = g_strdup(path);
    sc_herald_tell_document_ready(self->status, document, g_get_monotonic_time());
    end_fetching(self);
    project(self);
    pursue(self);
    self->changed(self->user_data);
}

static void
on_failed(const char *reason, void *user_data)
{
    ScSlides *self = user_data;
    unsigned document = sc_document_get_number(self->fetching);
    g_message("document %u will not come: %s", document, reason);
    get_copy(self, document)->has_failed = true;
    end_fetching(self);
    pursue(self);
    self->changed(self->user_data);
}

static const ScDocumentHandlers document_handlers = {
    .progressed = on_progressed,
    .arrived = on_arrived,
    .failed = on_failed,
};

static bool
is_missing(ScSlides *self, unsigned document)
{
    const Copy *copy = get_copy(self, document);
    return !copy->path && !copy->has_failed;
}

/* The one that is shown, else the first; 0: nothing is missing. */
static unsigned
choose_next(ScSlides *self)
{
    unsigned shown = self->deck.page.document;
    if (shown && is_missing(self, shown))
        return shown;
    for (unsigned i = 0; i < self->deck.n_documents; i++)
        if (is_missing(self, self->deck.documents[i].document))
            return self->deck.documents[i].document;
    return 0;
}

/* One at a time: the line is thin, and the lesson is on it. */
static void
pursue(ScSlides *self)
{
    unsigned next = choose_next(self);
    if (self->fetching && sc_document_get_number(self->fetching) == next)
        return;
    end_fetching(self);
    if (next)
        self->fetching =
            sc_document_new(self->place, self->library, next, &document_handlers, self);
}

ScSlides *
sc_slides_new(const ScConfig *config, const ScPlace *place, ScStatus *status,
              void (*changed)(void *user_data), void *user_data)
{
    ScSlides *self = g_new0(ScSlides, 1);
    self->config = config;
    self->place = place;
    self->status = status;
    self->changed = changed;
    self->user_data = user_data;
    self->library = sc_library_new(NULL, SC_LIBRARY_MAX);
    self->copies = g_hash_table_new_full(NULL, NULL, NULL, copy_free);
    ScArea area = sc_layout_get_slides(SC_VIEW_WIDTH, SC_VIEW_HEIGHT);
    self->projector = sc_projector_new(area.width, area.height, on_projected, self);
    self->ink = sc_ink_new();
    return self;
}

void
sc_slides_stop(ScSlides *self)
{
    if (!self)
        return;
    end_fetching(self);
    g_clear_pointer(&self->projector, sc_projector_free);
}

void
sc_slides_free(ScSlides *self)
{
    if (!self)
        return;
    sc_slides_stop(self);
    sc_ink_free(self->ink);
    g_hash_table_unref(self->copies);
    sc_library_unref(self->library);
    drop_picture(self);
    g_free(self->notice);
    g_free(self);
}

static gboolean
forget_failure(gpointer key, gpointer value, gpointer user_data)
{
    (void)key;
    (void)user_data;
    ((Copy *)value)->has_failed = false;
    return false;
}

void
sc_slides_hear(ScSlides *self, const ScEvent *event)
{
    bool was_shown = self->deck.page.document != 0;
    bool has_marks = sc_ink_apply(self->ink, event);
    if (!sc_deck_apply(&self->deck, event)) {
        if (has_marks)
            self->changed(self->user_data);
        return;
    }
    if (event->type == SC_EVENT_WELCOME)
        g_hash_table_foreach_remove(self->copies, forget_failure, NULL);
    else if (event->type == SC_EVENT_DOCUMENT_REMOVED)
        g_hash_table_remove(self->copies,
                            GUINT_TO_POINTER(event->document_removed.document));
    else if (event->type == SC_EVENT_PAGE)
        sc_ink_reset(self->ink, event->page.strokes, event->page.n_strokes);
    if (was_shown && !self->deck.page.document)
        sc_herald_tell_page(self->status, "page", &self->deck.page,
                            g_get_monotonic_time());
    project(self);
    pursue(self);
    self->changed(self->user_data);
}

void
sc_slides_note_drawn(ScSlides *self, unsigned serial, int64_t t_us)
{
    if (self->picture && serial == self->serial && !self->is_told)
        tell_drawn(self, t_us);
}

static unsigned
get_percent(ScSlides *self, const ScDocumentEvent *document)
{
    const Copy *copy = get_copy(self, document->document);
    if (copy->path)
        return WHOLE_PCT;
    return (unsigned)(MIN(copy->n_bytes, document->bytes) * WHOLE_PCT / document->bytes);
}

/* NULL: there is a picture instead. */
static char *
dup_notice(ScSlides *self)
{
    ScLanguage language = self->config->language;
    unsigned shown = self->deck.page.document;
    const ScDocumentEvent *document = sc_deck_lookup(&self->deck, shown);
    if (!shown || self->picture)
        return NULL;
    if (self->is_broken || !document || get_copy(self, shown)->has_failed)
        return g_strdup(sc_sentence_get_slides_broken(language));
    return sc_sentence_dup_slides_coming(get_percent(self, document), language);
}

const ScStageSlides *
sc_slides_get(ScSlides *self)
{
    g_free(self->notice);
    self->notice = dup_notice(self);
    self->now.has_page = self->deck.page.document != 0;
    self->now.picture = self->picture;
    self->now.serial = self->serial;
    self->now.notice = self->notice;
    /* Marks of the next page do not belong over the last one. */
    bool is_last = self->picture && !is_same(&self->pictured, &self->deck.page);
    self->now.ink = is_last ? NULL : self->ink;
    return &self->now;
}
