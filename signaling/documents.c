/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-documents"
#include "signaling/documents.h"

#include <string.h>

#include "signaling/inspection.h"
#include "signaling/shelf.h"

#define PDF_TYPE "application/pdf"
#define JSON_TYPE "application/json"
#define FOLDER "documents"
#define CACHE_CONTROL "private, max-age=604800, immutable"
#define HANDING_IN "sc-handing-in" /* of a message: its HandingIn */
#define HANDING_IN_MAX 16          /* at once */
#define SWEEP_S 600

struct ScDocuments {
    ScStore *store;         /* borrowed */
    ScConductor *conductor; /* borrowed */
    ScShelf *shelf;         /* owned */
    GHashTable *coming;     /* owned: the HandingIns, borrowed */
    guint sweeping;
};

/* A document that comes in; lives as long as its message. */
typedef struct {
    ScDocuments *self;    /* borrowed; NULL: it ended before us */
    ScExchange *exchange; /* borrowed: of the message */
    ScTokenGrant *grant;  /* owned */
    ScShelfPart *part;    /* owned */
    ScDocumentRequest document;
    ScInspection *inspection; /* NULL: none is under way */
} HandingIn;

static void
handing_in_free(gpointer data)
{
    HandingIn *coming = data;
    if (coming->inspection != NULL)
        sc_inspection_abandon(coming->inspection);
    if (coming->self != NULL)
        g_hash_table_remove(coming->self->coming, coming);
    sc_shelf_part_free(coming->part);
    sc_token_grant_free(coming->grant);
    g_free(coming);
}

static HandingIn *
get_coming(ScExchange *exchange)
{
    return g_object_get_data(G_OBJECT(sc_exchange_get_message(exchange)), HANDING_IN);
}

static ScTokenGrant *
authorize(ScDocuments *self, ScExchange *exchange, GError **error)
{
    const char *token = sc_exchange_get_bearer(exchange, error);
    return token == NULL
               ? NULL
               : sc_conductor_verify(self->conductor, token,
                                     sc_exchange_get_parameter(exchange, 0), error);
}

/* Handing in. */

static bool
refuse_name(GError **error, const char *detail)
{
    sc_problem_set_error(error, SC_PROBLEM_BAD_NAME, "name", "%s", detail);
    return false;
}

static bool
has_control_character(const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return true;
    return false;
}

/* Of a path, as some programs send it, the last part. */
static bool
read_name(ScExchange *exchange, char *out_name, size_t size, GError **error)
{
    SoupServerMessage *message = sc_exchange_get_message(exchange);
    const char *query = g_uri_get_query(soup_server_message_get_uri(message));
    g_autoptr(GHashTable) fields =
        query != NULL ? g_uri_parse_params(query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL)
                      : NULL;
    const char *name = fields != NULL ? g_hash_table_lookup(fields, "name") : NULL;
    if (name == NULL || !g_utf8_validate(name, -1, NULL))
        return refuse_name(error, "name is missing, or no UTF-8");
    const char *end = MAX(strrchr(name, '/'), strrchr(name, '\\'));
    g_autofree char *last = g_strstrip(g_strdup(end != NULL ? end + 1 : name));
    if (last[0] == '\0' || has_control_character(last))
        return refuse_name(error, "name is empty, or has control characters");
    glong length = g_utf8_strlen(last, -1);
    if (length > SC_DOCUMENT_NAME_MAX) {
        sc_problem_set_error(error, SC_PROBLEM_BAD_NAME, "name",
                             "name has %ld characters, at most %d", length,
                             SC_DOCUMENT_NAME_MAX);
        return false;
    }
    g_strlcpy(out_name, last, size);
    return true;
}

static bool
check_teacher(const ScTokenGrant *grant, GError **error)
{
    if (grant->role == SC_ROLE_TEACHER)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                "role %s hands in no document", sc_role_get_name(grant->role));
    return false;
}

static bool
check_room(const ScDocuments *self, GError **error)
{
    if (g_hash_table_size(self->coming) < HANDING_IN_MAX)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_BUSY,
                "%d documents are being handed in already", HANDING_IN_MAX);
    return false;
}

/* A disk that is full is told as that. */
static void
explain(GError **error)
{
    if (error == NULL || *error == NULL || (*error)->domain != G_FILE_ERROR)
        return;
    ScProblem problem = (*error)->code == G_FILE_ERROR_NOSPC ? SC_PROBLEM_STORAGE_FULL
                                                             : SC_PROBLEM_INTERNAL_ERROR;
    GError *told =
        g_error_new_literal(SC_PROBLEM_ERROR, (gint)problem, (*error)->message);
    g_error_free(*error);
    *error = told;
}

static bool
on_begin(ScExchange *exchange, gpointer user_data, GError **error)
{
    ScDocuments *self = user_data;
    ScDocumentRequest document = { 0 };
    g_autoptr(ScTokenGrant) grant = authorize(self, exchange, error);
    if (grant == NULL || !check_teacher(grant, error)
        || !read_name(exchange, document.name, sizeof document.name, error)
        || !check_room(self, error))
        return false;
    ScShelfPart *part = sc_shelf_begin(self->shelf, error);
    if (part == NULL) {
        explain(error);
        return false;
    }
    HandingIn *coming = g_new0(HandingIn, 1);
    *coming = (HandingIn){ .self = self,
                           .exchange = exchange,
                           .grant = g_steal_pointer(&grant),
                           .part = part,
                           .document = document };
    g_hash_table_add(self->coming, coming);
    g_object_set_data_full(G_OBJECT(sc_exchange_get_message(exchange)), HANDING_IN,
                           coming, handing_in_free);
    return true;
}

static bool
on_take(ScExchange *exchange, GBytes *chunk, gpointer user_data G_GNUC_UNUSED,
        GError **error)
{
    HandingIn *coming = get_coming(exchange);
    gsize length;
    const void *bytes = g_bytes_get_data(chunk, &length);
    if (sc_shelf_part_write(coming->part, bytes, length, error))
        return true;
    explain(error);
    return false;
}

static bool
keep(HandingIn *coming, unsigned n_pages, unsigned *out_number, GError **error)
{
    ScDocumentRequest *document = &coming->document;
    document->pages = n_pages;
    document->bytes = sc_shelf_part_get_length(coming->part);
    g_strlcpy(document->sha256, sc_shelf_part_get_sha256(coming->part),
              sizeof document->sha256);
    if (!sc_shelf_put(coming->self->shelf, coming->part, coming->grant->lesson, error)) {
        explain(error);
        return false;
    }
    return sc_conductor_hand_in(coming->self->conductor, coming->grant, document,
                                out_number, error);
}

static void
reply_document(ScExchange *exchange, const char *lesson, unsigned number,
               const ScDocumentRequest *document)
{
    g_autofree char *location = g_strdup_printf("/documents/%s/%u", lesson, number);
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_int_member(object, "document", number);
    json_object_set_string_member(object, "name", document->name);
    json_object_set_int_member(object, "pages", document->pages);
    json_object_set_int_member(object, "bytes", document->bytes);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    g_autofree char *text = json_to_string(root, FALSE);
    sc_exchange_set_header(exchange, "Location", location);
    sc_exchange_reply(exchange, 201, JSON_TYPE, text);
}

static void
on_inspected(unsigned n_pages, const GError *error, gpointer user_data)
{
    HandingIn *coming = user_data;
    unsigned number = 0;
    g_autoptr(GError) reason = NULL;
    coming->inspection = NULL;
    if (error != NULL)
        sc_exchange_refuse(coming->exchange, error);
    else if (!keep(coming, n_pages, &number, &reason))
        sc_exchange_refuse(coming->exchange, reason);
    else
        reply_document(coming->exchange, coming->grant->lesson, number,
                       &coming->document);
}

static void
on_post(ScExchange *exchange, gpointer user_data G_GNUC_UNUSED)
{
    HandingIn *coming = get_coming(exchange);
    GError *error = NULL;
    if (!sc_shelf_part_finish(coming->part, &error)) {
        explain(&error);
        sc_exchange_refuse(exchange, error);
        g_error_free(error);
        return;
    }
    coming->inspection =
        sc_inspection_begin(sc_shelf_part_get_path(coming->part), on_inspected, coming);
}

/* Fetching. */

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

static bool
check_reader(const ScTokenGrant *grant, GError **error)
{
    if (grant->role != SC_ROLE_PUPIL)
        return true;
    g_set_error_literal(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                        "role pupil sees no documents");
    return false;
}

/* NULL and @error; @out_document is what it is then. */
static GBytes *
open_document(ScDocuments *self, ScExchange *exchange, ScDocumentRequest *out_document,
              GError **error)
{
    unsigned number;
    g_autoptr(ScTokenGrant) grant = authorize(self, exchange, error);
    if (grant == NULL || !check_reader(grant, error)
        || !read_number(exchange, &number, error)
        || !sc_conductor_lookup_document(self->conductor, grant, number, out_document,
                                         error))
        return NULL;
    GBytes *bytes =
        sc_shelf_open(self->shelf, grant->lesson, out_document->sha256, error);
    explain(error);
    return bytes;
}

static void
on_get(ScExchange *exchange, gpointer user_data)
{
    ScDocuments *self = user_data;
    ScDocumentRequest document;
    GError *error = NULL;
    g_autoptr(GBytes) bytes = open_document(self, exchange, &document, &error);
    if (bytes == NULL) {
        sc_exchange_refuse(exchange, error);
        g_error_free(error);
        return;
    }
    g_autofree char *etag = g_strdup_printf("\"%s\"", document.sha256);
    const char *known = sc_exchange_get_header(exchange, "If-None-Match");
    sc_exchange_set_header(exchange, "ETag", etag);
    sc_exchange_set_header(exchange, "Cache-Control", CACHE_CONTROL);
    sc_exchange_set_header(exchange, "Accept-Ranges", "bytes");
    if (known != NULL && strstr(known, etag) != NULL)
        sc_exchange_reply(exchange, 304, NULL, NULL);
    else
        sc_exchange_reply_bytes(exchange, 200, PDF_TYPE, bytes);
}

static const ScIntake intake = { on_begin, on_take, SC_PROBLEM_DOCUMENT_TOO_LARGE };

static const ScRoute handing_in = { "POST", "/documents/{}", PDF_TYPE,
                                    SC_DOCUMENT_BYTES_MAX, on_post };
static const ScRoute fetching = { "GET", "/documents/{}/{}", NULL, 0, on_get };

/* Life. */

/* A store that cannot be read says nothing of it. */
static bool
is_over(ScDocuments *self, const char *lesson)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScLessonRow) row = sc_store_get_lesson(self->store, lesson, &error);
    if (row == NULL)
        return g_error_matches(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND);
    return row->state == SC_LESSON_ENDED || row->state == SC_LESSON_CANCELLED;
}

static gboolean
on_sweep(gpointer user_data)
{
    ScDocuments *self = user_data;
    g_auto(GStrv) lessons = sc_shelf_list_lessons(self->shelf);
    for (char **lesson = lessons; *lesson != NULL; lesson++)
        if (is_over(self, *lesson))
            sc_shelf_remove_lesson(self->shelf, *lesson);
    return G_SOURCE_CONTINUE;
}

ScDocuments *
sc_documents_new(const ScConfig *config, ScServer *server, ScStore *store,
                 ScConductor *conductor)
{
    g_autofree char *place = g_path_get_dirname(config->database);
    g_autofree char *folder = g_build_filename(place, FOLDER, NULL);
    ScDocuments *self = g_new0(ScDocuments, 1);
    self->store = store;
    self->conductor = conductor;
    self->coming = g_hash_table_new(NULL, NULL);
    self->shelf = sc_shelf_new(folder);
    (void)on_sweep(self);
    self->sweeping = g_timeout_add_seconds(SWEEP_S, on_sweep, self);
    sc_server_add_intake(server, &handing_in, &intake, self);
    sc_server_add_routes(server, &fetching, 1, self);
    return self;
}

void
sc_documents_free(ScDocuments *self)
{
    if (self == NULL)
        return;
    GHashTableIter iter;
    gpointer coming;
    g_hash_table_iter_init(&iter, self->coming);
    while (g_hash_table_iter_next(&iter, &coming, NULL))
        ((HandingIn *)coming)->self = NULL;
    g_hash_table_unref(self->coming);
    g_clear_handle_id(&self->sweeping, g_source_remove);
    sc_shelf_free(self->shelf);
    g_free(self);
}
