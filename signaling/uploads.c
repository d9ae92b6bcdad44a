/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-uploads"
#include "signaling/uploads.h"

#include <string.h>

#include <gio/gio.h>

#include "signaling/inspection.h"

#define PDF_TYPE "application/pdf"
#define JSON_TYPE "application/json"
#define UPLOAD "sc-upload" /* of a message: its Upload */

struct ScUploads {
    ScConductor *conductor; /* borrowed */
    ScShelf *shelf;         /* borrowed */
    ScUploadsTidy tidy;
    gpointer user_data;
    GHashTable *coming; /* owned: the Uploads, borrowed */
    GQueue waiting;     /* of the Uploads that are to be looked through, borrowed */
    unsigned n_inspected;
};

/* A document that comes in; lives as long as its message. */
typedef struct {
    ScUploads *self;      /* borrowed; NULL: it ended before us */
    ScExchange *exchange; /* borrowed: of the message */
    ScTokenGrant *grant;  /* owned */
    ScShelfPart *part;    /* owned; NULL: a thread has it */
    GTask *finishing;     /* borrowed: has the part; NULL: it is not under way */
    ScDocumentRequest document;
    ScInspection *inspection; /* NULL: none is under way */
} Upload;

static void inspect_next(ScUploads *self);

static void
stop_inspecting(Upload *upload)
{
    if (upload->inspection == NULL)
        return;
    sc_inspection_abandon(g_steal_pointer(&upload->inspection));
    if (upload->self == NULL)
        return;
    upload->self->n_inspected--;
    inspect_next(upload->self);
}

static void
upload_free(gpointer data)
{
    Upload *upload = data;
    if (upload->self != NULL) {
        g_hash_table_remove(upload->self->coming, upload);
        (void)g_queue_remove(&upload->self->waiting, upload);
    }
    stop_inspecting(upload);
    if (upload->finishing != NULL)
        g_cancellable_cancel(g_task_get_cancellable(upload->finishing));
    sc_shelf_part_free(upload->part);
    sc_token_grant_free(upload->grant);
    g_free(upload);
}

static Upload *
get_upload(ScExchange *exchange)
{
    return g_object_get_data(G_OBJECT(sc_exchange_get_message(exchange)), UPLOAD);
}

/* What may come. */

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

static ScTokenGrant *
authorize(ScUploads *self, ScExchange *exchange, GError **error)
{
    const char *token = sc_exchange_get_bearer(exchange, error);
    g_autoptr(ScTokenGrant) grant =
        token == NULL
            ? NULL
            : sc_conductor_verify(self->conductor, token,
                                  sc_exchange_get_parameter(exchange, 0), error);
    if (grant == NULL || grant->role == SC_ROLE_TEACHER)
        return g_steal_pointer(&grant);
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                "role %s hands in no document", sc_role_get_name(grant->role));
    return NULL;
}

static unsigned
count_of_lesson(const ScUploads *self, const char *lesson)
{
    GHashTableIter iter;
    gpointer upload;
    unsigned n = 0;
    g_hash_table_iter_init(&iter, self->coming);
    while (g_hash_table_iter_next(&iter, &upload, NULL))
        n += strcmp(((const Upload *)upload)->grant->lesson, lesson) == 0;
    return n;
}

static bool
check_room(const ScUploads *self, const ScTokenGrant *grant, GError **error)
{
    unsigned n = count_of_lesson(self, grant->lesson);
    if (n >= SC_UPLOADS_OF_A_LESSON_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_BUSY,
                    "%u documents of the lesson are being handed in already, at most %d",
                    n, SC_UPLOADS_OF_A_LESSON_MAX);
        return false;
    }
    if (g_hash_table_size(self->coming) < SC_UPLOADS_MAX)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_BUSY,
                "%d documents are being handed in already", SC_UPLOADS_MAX);
    return false;
}

/* Coming. */

static bool
on_begin(ScExchange *exchange, gpointer user_data, GError **error)
{
    ScUploads *self = user_data;
    ScDocumentRequest document = { 0 };
    g_autoptr(ScTokenGrant) grant = authorize(self, exchange, error);
    if (grant == NULL || !read_name(exchange, document.name, sizeof document.name, error)
        || !check_room(self, grant, error)
        || !sc_conductor_check_hand_in(self->conductor, grant, error))
        return false;
    ScShelfPart *part = sc_shelf_begin(self->shelf, error);
    if (part == NULL)
        return false;
    Upload *upload = g_new0(Upload, 1);
    *upload = (Upload){ .self = self,
                        .exchange = exchange,
                        .grant = g_steal_pointer(&grant),
                        .part = part,
                        .document = document };
    g_hash_table_add(self->coming, upload);
    g_object_set_data_full(G_OBJECT(sc_exchange_get_message(exchange)), UPLOAD, upload,
                           upload_free);
    return true;
}

static bool
on_take(ScExchange *exchange, GBytes *chunk, gpointer user_data G_GNUC_UNUSED,
        GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(chunk, &length);
    return sc_shelf_part_write(get_upload(exchange)->part, bytes, length, error);
}

/* All there. */

static bool
keep(Upload *upload, unsigned n_pages, unsigned *out_number, GError **error)
{
    const ScUploads *self = upload->self;
    const char *lesson = upload->grant->lesson;
    ScDocumentRequest *document = &upload->document;
    document->pages = n_pages;
    document->bytes = sc_shelf_part_get_length(upload->part);
    g_strlcpy(document->sha256, sc_shelf_part_get_sha256(upload->part),
              sizeof document->sha256);
    if (!sc_shelf_put(self->shelf, upload->part, lesson, error))
        return false;
    bool is_kept =
        sc_conductor_hand_in(self->conductor, upload->grant, document, out_number, error);
    if (!is_kept)
        self->tidy(lesson, upload->grant->site, self->user_data);
    return is_kept;
}

static void
reply_document(const Upload *upload, unsigned number)
{
    const ScDocumentRequest *document = &upload->document;
    g_autofree char *location =
        g_strdup_printf("/documents/%s/%u", upload->grant->lesson, number);
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_int_member(object, "document", number);
    json_object_set_string_member(object, "name", document->name);
    json_object_set_int_member(object, "pages", document->pages);
    json_object_set_int_member(object, "bytes", document->bytes);
    g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
    g_autofree char *text = json_to_string(root, FALSE);
    sc_exchange_set_header(upload->exchange, "Location", location);
    sc_exchange_reply(upload->exchange, 201, JSON_TYPE, text);
}

static void
on_inspected(unsigned n_pages, const GError *error, gpointer user_data)
{
    Upload *upload = user_data;
    ScUploads *self = upload->self;
    unsigned number = 0;
    g_autoptr(GError) reason = NULL;
    upload->inspection = NULL;
    self->n_inspected--;
    if (error != NULL)
        sc_exchange_refuse(upload->exchange, error);
    else if (!keep(upload, n_pages, &number, &reason))
        sc_exchange_refuse(upload->exchange, reason);
    else
        reply_document(upload, number);
    inspect_next(self);
}

static void
inspect_next(ScUploads *self)
{
    while (self->n_inspected < SC_UPLOADS_INSPECTED_MAX
           && !g_queue_is_empty(&self->waiting)) {
        Upload *upload = g_queue_pop_head(&self->waiting);
        self->n_inspected++;
        upload->inspection = sc_inspection_begin(sc_shelf_part_get_path(upload->part),
                                                 on_inspected, upload);
    }
}

/* Thread: of the task. */
static void
finish_part(GTask *task, gpointer source G_GNUC_UNUSED, gpointer part,
            GCancellable *cancellable G_GNUC_UNUSED)
{
    GError *error = NULL;
    if (sc_shelf_part_finish(part, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

/* Cancelled: the sender is gone, and @user_data with it. */
static void
on_finished(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
    GTask *task = G_TASK(result);
    ScShelfPart *part = g_task_get_task_data(task);
    if (g_cancellable_is_cancelled(g_task_get_cancellable(task))) {
        sc_shelf_part_free(part);
        return;
    }
    g_autoptr(GError) error = NULL;
    Upload *upload = user_data;
    upload->part = part;
    upload->finishing = NULL;
    if (!g_task_propagate_boolean(task, &error)) {
        sc_exchange_refuse(upload->exchange, error);
        return;
    }
    if (upload->self == NULL)
        return;
    g_queue_push_tail(&upload->self->waiting, upload);
    inspect_next(upload->self);
}

/* To wait for the disk is a thread's work: sixty megabytes may take it seconds. */
static void
on_post(ScExchange *exchange, gpointer user_data G_GNUC_UNUSED)
{
    Upload *upload = get_upload(exchange);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, on_finished, upload);
    g_task_set_check_cancellable(task, FALSE);
    g_task_set_task_data(task, g_steal_pointer(&upload->part), NULL);
    upload->finishing = task;
    g_task_run_in_thread(task, finish_part);
}

static const ScIntake intake = { on_begin, on_take, SC_PROBLEM_DOCUMENT_TOO_LARGE };

static const ScRoute handing_in = { "POST", "/documents/{}", PDF_TYPE,
                                    SC_DOCUMENT_BYTES_MAX, on_post };

/* Life. */

ScUploads *
sc_uploads_new(ScServer *server, ScConductor *conductor, ScShelf *shelf,
               ScUploadsTidy tidy, gpointer user_data)
{
    ScUploads *self = g_new0(ScUploads, 1);
    self->conductor = conductor;
    self->shelf = shelf;
    self->tidy = tidy;
    self->user_data = user_data;
    self->coming = g_hash_table_new(NULL, NULL);
    g_queue_init(&self->waiting);
    sc_server_add_intake(server, &handing_in, &intake, self);
    return self;
}

void
sc_uploads_free(ScUploads *self)
{
    if (self == NULL)
        return;
    GHashTableIter iter;
    gpointer upload;
    g_hash_table_iter_init(&iter, self->coming);
    while (g_hash_table_iter_next(&iter, &upload, NULL)) {
        ((Upload *)upload)->self = NULL;
        stop_inspecting(upload);
    }
    g_queue_clear(&self->waiting);
    g_hash_table_unref(self->coming);
    g_free(self);
}
