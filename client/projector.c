/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-projector"
#include "client/projector.h"

#include <poppler.h>
#include <stdbool.h>

#include "client/ink.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerPage, g_object_unref)

G_DEFINE_QUARK(sc_projector_error_quark, sc_projector_error)

#define KEPT 4 /* pictures, of 2.4 MB each: this page, its neighbours, the one before */

/* Around a page: as the canvas around pictures. */
static const ScSheetColour ground = { 0.063, 0.094, 0.110 };

typedef struct {
    unsigned ticket; /* 0: none */
    char *path;      /* owned */
    unsigned page;
} Wish;

typedef struct {
    unsigned ticket;          /* 0: there is none */
    cairo_surface_t *picture; /* owned; NULL: @error */
    ScArea place;
    GError *error; /* owned */
} Result;

/* A page that was drawn. */
typedef struct {
    char *path; /* owned; NULL: none */
    unsigned page;
    cairo_surface_t *picture; /* ref */
    ScArea place;
    unsigned used; /* when: by the count of uses */
} Kept;

/* What both threads hold. */
typedef struct {
    GMutex mutex; /* protects what follows */
    GCond changed;
    Wish wish;         /* the newest, until it is taken */
    Result result;     /* the newest, until it is told */
    GSource *delivery; /* ref: tells it; NULL: there is nothing to tell */
    unsigned ticket;   /* of the newest wish; 0: nothing is wanted */
    bool is_over;
} Desk;

struct ScProjector {
    Desk desk;
    int width;
    int height;
    void (*projected)(const ScProjection *projection, void *user_data);
    void *user_data;       /* borrowed: see sc_projector_new() */
    GMainContext *context; /* ref: of the main thread */
    GThread *thread;

    /* The thread's own. */
    PopplerDocument *document; /* owned: the last one that was read; NULL: none */
    char *path;                /* owned: its file */
    unsigned page;             /* of it, that was wished last; 0: nothing is wanted */
    Kept kept[KEPT];
    unsigned n_uses;
};

static void
result_clear(Result *result)
{
    g_clear_pointer(&result->picture, cairo_surface_destroy);
    g_clear_error(&result->error);
    result->ticket = 0;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

static gboolean
on_delivery(gpointer data)
{
    ScProjector *self = data;
    Desk *desk = &self->desk;
    g_mutex_lock(&desk->mutex);
    g_auto(Result) result = desk->result;
    desk->result = (Result){ .ticket = 0 };
    g_clear_pointer(&desk->delivery, g_source_unref);
    bool is_wanted = result.ticket && result.ticket == desk->ticket;
    g_mutex_unlock(&desk->mutex);
    const ScProjection projection = { result.ticket, result.picture, result.place,
                                      result.error };
    if (is_wanted)
        self->projected(&projection, self->user_data);
    return G_SOURCE_REMOVE;
}

/* The projector's thread. Takes what @result owns. */
static void
deliver(ScProjector *self, Result *result)
{
    Desk *desk = &self->desk;
    g_mutex_lock(&desk->mutex);
    result_clear(&desk->result);
    desk->result = *result;
    if (!desk->delivery) {
        desk->delivery = g_idle_source_new();
        g_source_set_priority(desk->delivery, G_PRIORITY_DEFAULT);
        g_source_set_callback(desk->delivery, on_delivery, self, NULL);
        g_source_attach(desk->delivery, self->context);
    }
    g_mutex_unlock(&desk->mutex);
}

static PopplerDocument *
open_document(ScProjector *self, const char *path, GError **error)
{
    if (self->document && g_strcmp0(path, self->path) == 0)
        return self->document;
    g_clear_object(&self->document);
    g_clear_pointer(&self->path, g_free);
    g_autofree char *uri = g_filename_to_uri(path, NULL, error);
    if (!uri)
        return NULL;
    self->document = poppler_document_new_from_file(uri, NULL, error);
    self->path = g_strdup(path);
    return self->document;
}

static PopplerPage *
open_page(ScProjector *self, const char *path, unsigned number, GError **error)
{
    PopplerDocument *document = open_document(self, path, error);
    if (!document)
        return NULL;
    int n_pages = poppler_document_get_n_pages(document);
    PopplerPage *page = (int)number <= n_pages
                            ? poppler_document_get_page(document, (int)number - 1)
                            : NULL;
    double width = 0;
    double height = 0;
    if (page)
        poppler_page_get_size(page, &width, &height);
    if (width > 0 && height > 0)
        return page;
    g_clear_object(&page);
    g_set_error(error, SC_PROJECTOR_ERROR, SC_PROJECTOR_ERROR_BAD_PAGE,
                "page %u of %d cannot be read", number, n_pages);
    return NULL;
}

/* NULL and @error. */
static cairo_surface_t *
render(ScProjector *self, PopplerPage *page, ScArea *out_place, GError **error)
{
    double width, height;
    poppler_page_get_size(page, &width, &height);
    const ScArea box = { 0, 0, self->width, self->height };
    /* In hundredths of a point: a card of an inch is not square because of rounding. */
    ScArea place = sc_ink_place(box, (int)(width * 100), (int)(height * 100));
    cairo_surface_t *picture =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, self->width, self->height);
    cairo_t *cairo = cairo_create(picture);
    cairo_set_source_rgb(cairo, ground.red, ground.green, ground.blue);
    cairo_paint(cairo);
    cairo_rectangle(cairo, place.x, place.y, place.width, place.height);
    cairo_clip_preserve(cairo);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_fill(cairo);
    cairo_translate(cairo, place.x, place.y);
    cairo_scale(cairo, place.width / width, place.height / height);
    poppler_page_render(page, cairo);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(picture);
    *out_place = place;
    if (status == CAIRO_STATUS_SUCCESS)
        return picture;
    cairo_surface_destroy(picture);
    g_set_error(error, SC_PROJECTOR_ERROR, SC_PROJECTOR_ERROR_BAD_PAGE, "%s",
                cairo_status_to_string(status));
    return NULL;
}

static Kept *
find_kept(ScProjector *self, const char *path, unsigned page)
{
    for (size_t i = 0; i < KEPT; i++)
        if (self->kept[i].page == page && g_strcmp0(self->kept[i].path, path) == 0)
            return &self->kept[i];
    return NULL;
}

static void
kept_clear(Kept *kept)
{
    g_clear_pointer(&kept->path, g_free);
    g_clear_pointer(&kept->picture, cairo_surface_destroy);
}

/* What was not used for longest makes room. Takes @picture. */
static Kept *
keep(ScProjector *self, const char *path, unsigned page, cairo_surface_t *picture,
     ScArea place)
{
    Kept *oldest = &self->kept[0];
    for (size_t i = 1; i < KEPT; i++)
        if (self->kept[i].used < oldest->used)
            oldest = &self->kept[i];
    kept_clear(oldest);
    *oldest = (Kept){ g_strdup(path), page, picture, place, 0 };
    return oldest;
}

/* Lent; NULL and @error. */
static const Kept *
draw(ScProjector *self, const char *path, unsigned page, GError **error)
{
    Kept *kept = find_kept(self, path, page);
    if (!kept) {
        ScArea place;
        g_autoptr(PopplerPage) opened = open_page(self, path, page, error);
        cairo_surface_t *picture = opened ? render(self, opened, &place, error) : NULL;
        if (!picture)
            return NULL;
        kept = keep(self, path, page, picture, place);
    }
    kept->used = ++self->n_uses;
    return kept;
}

static void
fulfil(ScProjector *self, const Wish *wish)
{
    Result result = { .ticket = wish->ticket };
    const Kept *kept = draw(self, wish->path, wish->page, &result.error);
    if (kept) {
        result.picture = cairo_surface_reference(kept->picture);
        result.place = kept->place;
    }
    deliver(self, &result);
    /* A page that was kept is shown though another document is open. */
    self->page = kept && open_document(self, wish->path, NULL) ? wish->page : 0;
}

/* The page that is wished next, most likely; 0: nothing is left to do. */
static unsigned
choose_ahead(ScProjector *self)
{
    if (!self->page || !self->document)
        return 0;
    unsigned n_pages = (unsigned)poppler_document_get_n_pages(self->document);
    const unsigned pages[] = { self->page + 1, self->page - 1 };
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
        if (pages[i] >= 1 && pages[i] <= n_pages
            && !find_kept(self, self->path, pages[i]))
            return pages[i];
    return 0;
}

/* One that cannot be drawn is complained of when it is wished. */
static void
draw_ahead(ScProjector *self, unsigned page)
{
    g_autofree char *path = g_strdup(self->path);
    if (!draw(self, path, page, NULL))
        self->page = 0;
}

/* False: it is over. @out_wish has no ticket where @may_wait is not so and nothing is
 * wished. */
static bool
take_wish(ScProjector *self, bool may_wait, Wish *out_wish)
{
    Desk *desk = &self->desk;
    g_mutex_lock(&desk->mutex);
    while (may_wait && !desk->is_over && !desk->wish.ticket)
        g_cond_wait(&desk->changed, &desk->mutex);
    bool goes_on = !desk->is_over;
    *out_wish = desk->wish;
    desk->wish = (Wish){ .ticket = 0 };
    g_mutex_unlock(&desk->mutex);
    return goes_on;
}

static gpointer
run(gpointer data)
{
    ScProjector *self = data;
    unsigned ahead = 0;
    Wish wish;
    while (take_wish(self, ahead == 0, &wish)) {
        if (wish.ticket)
            fulfil(self, &wish);
        else
            draw_ahead(self, ahead);
        ahead = choose_ahead(self);
        g_free(wish.path);
    }
    g_free(wish.path);
    g_clear_object(&self->document);
    for (size_t i = 0; i < KEPT; i++)
        kept_clear(&self->kept[i]);
    return NULL;
}

ScProjector *
sc_projector_new(int width, int height,
                 void (*projected)(const ScProjection *projection, void *user_data),
                 void *user_data)
{
    ScProjector *self = g_new0(ScProjector, 1);
    g_mutex_init(&self->desk.mutex);
    g_cond_init(&self->desk.changed);
    self->width = width;
    self->height = height;
    self->projected = projected;
    self->user_data = user_data;
    self->context = g_main_context_ref_thread_default();
    self->thread = g_thread_new("projector", run, self);
    return self;
}

static void
change_wish(ScProjector *self, Wish wish, bool is_over)
{
    Desk *desk = &self->desk;
    g_mutex_lock(&desk->mutex);
    g_free(desk->wish.path);
    desk->wish = wish;
    desk->ticket = wish.ticket;
    desk->is_over = is_over;
    g_cond_signal(&desk->changed);
    g_mutex_unlock(&desk->mutex);
}

/* In this order: 1. the thread ends, and delivers nothing any more; 2. what it delivered
 * is not told. */
void
sc_projector_free(ScProjector *self)
{
    if (!self)
        return;
    change_wish(self, (Wish){ .ticket = 0 }, true);
    g_thread_join(self->thread);
    if (self->desk.delivery) {
        g_source_destroy(self->desk.delivery);
        g_source_unref(self->desk.delivery);
    }
    result_clear(&self->desk.result);
    g_main_context_unref(self->context);
    g_mutex_clear(&self->desk.mutex);
    g_cond_clear(&self->desk.changed);
    g_free(self->path);
    g_free(self);
}

void
sc_projector_wish(ScProjector *self, const char *path, unsigned page, unsigned ticket)
{
    change_wish(self, (Wish){ ticket, g_strdup(path), page }, false);
}

void
sc_projector_forget(ScProjector *self)
{
    change_wish(self, (Wish){ .ticket = 0 }, false);
}
