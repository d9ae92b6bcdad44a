/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-documents"
#include "signaling/documents.h"

#include <string.h>

#include "signaling/background.h"
#include "signaling/shelf.h"
#include "signaling/uploads.h"

#define PDF_TYPE "application/pdf"
#define FOLDER "documents"
#define CACHE_CONTROL "private, max-age=604800, immutable"
#define SWEEP_S 600

struct ScDocuments {
    bool gives_way;
    ScClock *clock;         /* borrowed, as the next two: outlive us */
    ScStore *store;         /* borrowed */
    ScConductor *conductor; /* borrowed */
    ScShelf *shelf;         /* owned */
    ScUploads *uploads;     /* owned */
    guint sweeping;
};

static bool
read_number(ScExchange *exchange, unsigned *out_number, GError **error)
{
    const char *text = sc_exchange_get_parameter(exchange, 1);
    guint64 number;
    if (g_ascii_string_to_unsigned(text, 10, 1, SC_DOCUMENTS_MAX, &number, NULL)) {
        *out_number = (unsigned)number;
        return true;
    }
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_DOCUMENT,
                "the lesson has no document %s", text);
    return false;
}

static ScTokenGrant *
authorize(ScDocuments *self, ScExchange *exchange, GError **error)
{
    const char *token = sc_exchange_get_bearer(exchange, error);
    g_autoptr(ScTokenGrant) grant =
        token == NULL
            ? NULL
            : sc_conductor_verify(self->conductor, token,
                                  sc_exchange_get_parameter(exchange, 0), error);
    if (grant == NULL || grant->role != SC_ROLE_PUPIL)
        return g_steal_pointer(&grant);
    g_set_error_literal(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                        "role pupil sees no documents");
    return NULL;
}

/* One that fetches a document, while it does. */
typedef struct {
    ScConductor *conductor; /* borrowed: outlives all answers */
    char *lesson;           /* owned */
    char *site;             /* owned */
} Fetcher;

static void
fetcher_free(gpointer data)
{
    Fetcher *self = data;
    g_free(self->lesson);
    g_free(self->site);
    g_free(self);
}

static bool
has_media(gpointer user_data)
{
    const Fetcher *self = user_data;
    return sc_conductor_has_media(self->conductor, self->lesson, self->site);
}

static void
give_way(ScDocuments *self, ScExchange *exchange, const ScTokenGrant *grant)
{
    if (!self->gives_way)
        return;
    Fetcher *fetcher = g_new0(Fetcher, 1);
    fetcher->conductor = self->conductor;
    fetcher->lesson = g_strdup(grant->lesson);
    fetcher->site = g_strdup(grant->site);
    sc_background_watch(exchange, self->clock, has_media, fetcher, fetcher_free);
}

/* NULL and @error; @out_document is what it is then. */
static GBytes *
open_document(ScDocuments *self, ScExchange *exchange, const ScTokenGrant *grant,
              ScDocumentRequest *out_document, GError **error)
{
    unsigned number;
    if (grant == NULL || !read_number(exchange, &number, error)
        || !sc_conductor_lookup_document(self->conductor, grant, number, out_document,
                                         error))
        return NULL;
    return sc_shelf_open(self->shelf, grant->lesson, out_document->sha256, error);
}

/* RFC 9110, 13.1.2: "*" is whatever there is. */
static bool
is_known(ScExchange *exchange, const char *etag)
{
    const char *known = sc_exchange_get_header(exchange, "If-None-Match");
    return known != NULL && (strcmp(known, "*") == 0 || strstr(known, etag) != NULL);
}

/* Leaves of the request's ranges what libsoup answers as RFC 9110, 14 has it: one, which
 * ends where the document does. Of another content (If-Range) and of several the whole is
 * sent, as any server may. */
static void
settle_range(ScExchange *exchange, const char *etag, goffset length)
{
    SoupServerMessage *message = sc_exchange_get_message(exchange);
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    const char *condition = soup_message_headers_get_one(headers, "If-Range");
    SoupRange *ranges;
    int n;
    if (condition != NULL && strcmp(condition, etag) != 0)
        soup_message_headers_remove(headers, "Range");
    if (!soup_message_headers_get_ranges(headers, length, &ranges, &n))
        return;
    if (n != 1)
        soup_message_headers_remove(headers, "Range");
    else if (ranges[0].start < length)
        soup_message_headers_set_range(headers, MAX(ranges[0].start, 0),
                                       MIN(ranges[0].end, length - 1));
    soup_message_headers_free_ranges(headers, ranges);
}

static void
on_get(ScExchange *exchange, gpointer user_data)
{
    ScDocuments *self = user_data;
    ScDocumentRequest document;
    GError *error = NULL;
    g_autoptr(ScTokenGrant) grant = authorize(self, exchange, &error);
    g_autoptr(GBytes) bytes = open_document(self, exchange, grant, &document, &error);
    if (bytes == NULL) {
        sc_exchange_refuse(exchange, error);
        g_error_free(error);
        return;
    }
    g_autofree char *etag = g_strdup_printf("\"%s\"", document.sha256);
    sc_exchange_set_header(exchange, "ETag", etag);
    sc_exchange_set_header(exchange, "Cache-Control", CACHE_CONTROL);
    sc_exchange_set_header(exchange, "Accept-Ranges", "bytes");
    if (is_known(exchange, etag)) {
        sc_exchange_reply(exchange, 304, NULL, NULL);
        return;
    }
    settle_range(exchange, etag, (goffset)g_bytes_get_size(bytes));
    give_way(self, exchange, grant);
    sc_exchange_reply_bytes(exchange, 200, PDF_TYPE, bytes);
}

static const ScRoute fetching = { "GET", "/documents/{}/{}", NULL, 0, on_get };

/* What lies there. */

/* @site: one of the lesson's. Where the lesson cannot be read, all of it stays. */
static void
tidy(const char *lesson, const char *site, gpointer user_data)
{
    ScDocuments *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) contents =
        sc_conductor_dup_contents(self->conductor, lesson, site, &error);
    if (contents != NULL)
        sc_shelf_keep_only(self->shelf, lesson, contents);
    else
        g_debug("lesson %s keeps all its files: %s", lesson, error->message);
}

/* A store that cannot be read says nothing of a lesson. */
static void
sweep(ScDocuments *self, const char *lesson)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScLessonRow) row = sc_store_get_lesson(self->store, lesson, &error);
    bool is_over =
        row != NULL ? row->state == SC_LESSON_ENDED || row->state == SC_LESSON_CANCELLED
                    : g_error_matches(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND);
    if (is_over)
        sc_shelf_remove_lesson(self->shelf, lesson);
    else if (row != NULL && row->n_sites > 0)
        tidy(lesson, row->sites[0].site, self);
}

static gboolean
on_sweep(gpointer user_data)
{
    ScDocuments *self = user_data;
    g_auto(GStrv) lessons = sc_shelf_list_lessons(self->shelf);
    for (char **lesson = lessons; *lesson != NULL; lesson++)
        sweep(self, *lesson);
    return G_SOURCE_CONTINUE;
}

ScDocuments *
sc_documents_new(const ScConfig *config, ScClock *clock, ScServer *server, ScStore *store,
                 ScConductor *conductor)
{
    g_autofree char *place = g_path_get_dirname(config->database);
    g_autofree char *folder = g_build_filename(place, FOLDER, NULL);
    ScDocuments *self = g_new0(ScDocuments, 1);
    self->gives_way = config->give_way == 1;
    self->clock = clock;
    self->store = store;
    self->conductor = conductor;
    self->shelf = sc_shelf_new(folder);
    self->uploads = sc_uploads_new(server, conductor, self->shelf, tidy, self);
    (void)on_sweep(self);
    self->sweeping = g_timeout_add_seconds(SWEEP_S, on_sweep, self);
    sc_server_add_routes(server, &fetching, 1, self);
    return self;
}

void
sc_documents_free(ScDocuments *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->sweeping, g_source_remove);
    sc_uploads_free(self->uploads);
    sc_shelf_free(self->shelf);
    g_free(self);
}
