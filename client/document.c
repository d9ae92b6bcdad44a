/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-document"
#include "client/document.h"

#include <stdbool.h>
#include <string.h>

#include <gio/gunixoutputstream.h>

#define CHUNK (64 * 1024) /* bytes: what is lost at most when the power goes */
#define BACKOFF_FIRST_US (500 * 1000)
#define BACKOFF_LAST_US (10 * G_USEC_PER_SEC)

struct ScDocument {
    ScPlace place;
    ScLibrary *library; /* ref */
    unsigned document;
    const ScDocumentHandlers *handlers; /* borrowed: see sc_document_new() */
    void *user_data;                    /* borrowed: the owner of the document */

    GCancellable *cancellable; /* owned; of this attempt */
    SoupSession *http;         /* owned; of this attempt */
    SoupMessage *message;      /* ref; of this attempt */
    GInputStream *body;        /* ref; NULL while none comes */
    GOutputStream *file;       /* owned; NULL: not open */
    char *name;                /* owned: by the ETag; NULL: not told yet */
    int64_t n_bytes;           /* that are here */
    int64_t n_bytes_whole;     /* by the answer */
    int64_t backoff_us;
    guint retry;
};

static void try(ScDocument *self);
static void read_on(ScDocument *self);

/* A task of the library, on a thread of its own. It may outlive who asked for it. */
typedef struct {
    ScLibrary *library; /* ref */
    char *name;         /* owned */
} Job;

static void
job_free(gpointer data)
{
    Job *job = data;
    sc_library_unref(job->library);
    g_free(job->name);
    g_free(job);
}

static void
run_job(ScDocument *self, GTaskThreadFunc run, GAsyncReadyCallback done)
{
    Job *job = g_new0(Job, 1);
    job->library = sc_library_ref(self->library);
    job->name = g_strdup(self->name);
    g_autoptr(GTask) task = g_task_new(NULL, self->cancellable, done, self);
    g_task_set_task_data(task, job, job_free);
    g_task_run_in_thread(task, run);
}

/* Whatever is under way is called back with G_IO_ERROR_CANCELLED, and must not touch us
 * then. */
static void
end_attempt(ScDocument *self)
{
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_object(&self->body);
    g_clear_object(&self->message);
    g_clear_object(&self->http);
    g_clear_object(&self->file);
}

static bool
is_cancelled(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gboolean
on_retry(gpointer data)
{
    ScDocument *self = data;
    self->retry = 0;
    try(self);
    return G_SOURCE_REMOVE;
}

static void
try_later(ScDocument *self, const char *reason)
{
    g_message("document %u: %s after %" G_GINT64_FORMAT " bytes; asking again",
              self->document, reason, self->n_bytes);
    end_attempt(self);
    double share = 0.5 + 0.5 * g_random_double();
    self->retry =
        g_timeout_add((guint)((double)self->backoff_us * share / 1000), on_retry, self);
    self->backoff_us = MIN(self->backoff_us * 2, BACKOFF_LAST_US);
}

static void
give_up(ScDocument *self, const char *reason)
{
    end_attempt(self);
    self->handlers->failed(reason, self->user_data);
}

static void
arrive(ScDocument *self)
{
    g_autofree char *path = sc_library_dup_path(self->library, self->name);
    end_attempt(self);
    self->handlers->arrived(path, self->user_data);
}

static void
keep(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source;
    (void)cancellable;
    const Job *job = data;
    GError *error = NULL;
    if (sc_library_keep(job->library, job->name, &error))
        g_task_return_boolean(task, true);
    else
        g_task_return_error(task, error);
}

static void
on_kept(GObject *source, GAsyncResult *result, gpointer user_data)
{
    (void)source;
    g_autoptr(GError) error = NULL;
    bool is_kept = g_task_propagate_boolean(G_TASK(result), &error);
    if (is_cancelled(error))
        return; /* the owner is gone */
    ScDocument *self = user_data;
    if (is_kept)
        arrive(self);
    else
        try_later(self, error->message);
}

/* Is it what it should be? Its digest says. */
static void
finish(ScDocument *self)
{
    g_clear_object(&self->file);
    run_job(self, keep, on_kept);
}

static void
on_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    gssize n_written =
        g_output_stream_write_bytes_finish(G_OUTPUT_STREAM(source), result, &error);
    if (is_cancelled(error))
        return; /* the owner is gone */
    ScDocument *self = user_data;
    if (n_written <= 0) {
        try_later(self, error ? error->message : "nothing could be written");
        return;
    }
    self->n_bytes += n_written;
    self->backoff_us = BACKOFF_FIRST_US;
    self->handlers->progressed(self->n_bytes, self->user_data);
    read_on(self);
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) chunk =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &error);
    if (is_cancelled(error))
        return; /* the owner is gone */
    ScDocument *self = user_data;
    if (!chunk)
        try_later(self, error->message);
    else if (g_bytes_get_size(chunk) == 0 && self->n_bytes < self->n_bytes_whole)
        try_later(self, "the line broke"); /* libsoup calls this an end */
    else if (g_bytes_get_size(chunk) == 0)
        finish(self);
    else
        g_output_stream_write_bytes_async(self->file, chunk, G_PRIORITY_LOW,
                                          self->cancellable, on_written, self);
}

static void
read_on(ScDocument *self)
{
    g_input_stream_read_bytes_async(self->body, CHUNK, G_PRIORITY_LOW, self->cancellable,
                                    on_read, self);
}

/* From where the answer goes on; -1: not where we asked it to. */
static int64_t
get_begin(const ScDocument *self)
{
    goffset begin, end, total;
    if (soup_message_get_status(self->message) != SOUP_STATUS_PARTIAL_CONTENT)
        return 0;
    SoupMessageHeaders *headers = soup_message_get_response_headers(self->message);
    bool is_told = soup_message_headers_get_content_range(headers, &begin, &end, &total);
    return is_told && begin == self->n_bytes ? begin : -1;
}

static void
receive(ScDocument *self, GInputStream *body)
{
    g_autoptr(GError) error = NULL;
    int64_t begin = get_begin(self);
    self->body = g_object_ref(body);
    if (begin < 0) {
        self->n_bytes = 0;
        try_later(self, "the answer is of another part");
        return;
    }
    int file = sc_library_open(self->library, self->name, begin, &error);
    if (file < 0) {
        try_later(self, error->message);
        return;
    }
    self->file = g_unix_output_stream_new(file, true);
    self->n_bytes = begin;
    self->n_bytes_whole = begin
                          + soup_message_headers_get_content_length(
                              soup_message_get_response_headers(self->message));
    read_on(self);
}

/* What will not become right by itself. */
static bool
is_final(unsigned status)
{
    return status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN
           || status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE;
}

static void
be_refused(ScDocument *self, unsigned status)
{
    g_autofree char *reason =
        g_strdup_printf("refused with %u %s", status, soup_status_get_phrase(status));
    if (is_final(status))
        give_up(self, reason);
    else
        try_later(self, reason);
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GInputStream) body =
        soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (is_cancelled(error))
        return; /* the owner is gone */
    ScDocument *self = user_data;
    unsigned status = body ? soup_message_get_status(self->message) : 0;
    if (!body)
        try_later(self, error->message);
    else if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
        finish(self); /* there is nothing after what we have */
    else if (!SOUP_STATUS_IS_SUCCESSFUL(status))
        be_refused(self, status);
    else
        receive(self, body);
}

static void
send(ScDocument *self, const char *method, GAsyncReadyCallback done)
{
    g_autofree char *lesson = g_uri_escape_string(self->place.lesson, NULL, false);
    g_autofree char *url =
        g_strdup_printf("%s/documents/%s/%u", self->place.url, lesson, self->document);
    g_autofree char *authorization = g_strconcat("Bearer ", self->place.token, NULL);
    g_clear_object(&self->message);
    self->message = soup_message_new(method, url);
    SoupMessageHeaders *headers = soup_message_get_request_headers(self->message);
    soup_message_headers_replace(headers, "Authorization", authorization);
    if (self->n_bytes > 0) {
        g_autofree char *etag = g_strdup_printf("\"%s\"", self->name);
        soup_message_headers_set_range(headers, self->n_bytes, -1);
        soup_message_headers_replace(headers, "If-Range", etag);
    }
    soup_session_send_async(self->http, self->message, G_PRIORITY_LOW, self->cancellable,
                            done, self);
}

static void
fetch(ScDocument *self)
{
    self->n_bytes = sc_library_get_begun(self->library, self->name);
    self->handlers->progressed(self->n_bytes, self->user_data);
    send(self, "GET", on_answer);
}

static void
check(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source;
    (void)cancellable;
    const Job *job = data;
    g_task_return_boolean(task, sc_library_check(job->library, job->name));
}

static void
on_checked(GObject *source, GAsyncResult *result, gpointer user_data)
{
    (void)source;
    g_autoptr(GError) error = NULL;
    bool is_here = g_task_propagate_boolean(G_TASK(result), &error);
    if (is_cancelled(error))
        return; /* the owner is gone */
    ScDocument *self = user_data;
    if (is_here)
        arrive(self);
    else
        fetch(self);
}

static void
on_named(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GInputStream) body =
        soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (is_cancelled(error))
        return; /* the owner is gone */
    ScDocument *self = user_data;
    if (!body) {
        try_later(self, error->message);
        return;
    }
    unsigned status = soup_message_get_status(self->message);
    SoupMessageHeaders *headers = soup_message_get_response_headers(self->message);
    g_clear_pointer(&self->name, g_free);
    self->name = sc_library_dup_name(soup_message_headers_get_one(headers, "ETag"));
    if (!SOUP_STATUS_IS_SUCCESSFUL(status))
        be_refused(self, status);
    else if (!self->name)
        try_later(self, "its ETag is no SHA-256");
    else
        run_job(self, check, on_checked);
}

/* First its name alone, for a few hundred bytes: it may be here already. */
static void
try(ScDocument *self)
{
    self->cancellable = g_cancellable_new();
    self->http = sc_place_create_http(&self->place);
    self->n_bytes = 0;
    send(self, "HEAD", on_named);
}

ScDocument *
sc_document_new(const ScPlace *place, ScLibrary *library, unsigned document,
                const ScDocumentHandlers *handlers, void *user_data)
{
    ScDocument *self = g_new0(ScDocument, 1);
    self->place = *place;
    self->library = sc_library_ref(library);
    self->document = document;
    self->handlers = handlers;
    self->user_data = user_data;
    self->backoff_us = BACKOFF_FIRST_US;
    try(self);
    return self;
}

void
sc_document_free(ScDocument *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->retry, g_source_remove);
    end_attempt(self);
    sc_library_unref(self->library);
    g_free(self->name);
    g_free(self);
}

unsigned
sc_document_get_number(const ScDocument *self)
{
    return self->document;
}
