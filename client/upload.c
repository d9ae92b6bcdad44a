/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-upload"
#include "client/upload.h"

#include <string.h>

#include "client/errand.h"
#include "signaling/protocol/event.h"

#define PROBLEM_PREFIX "urn:synclass:problem:"

struct ScUpload {
    ScUploadDone done;
    void *user_data;           /* borrowed: see sc_upload_new() */
    SoupSession *http;         /* owned */
    GCancellable *cancellable; /* owned */
};

static void
on_answer(unsigned status, JsonObject *answer, gpointer user_data)
{
    ScUpload *self = user_data;
    gint64 document =
        answer ? json_object_get_int_member_with_default(answer, "document", 0) : 0;
    const char *type =
        answer ? json_object_get_string_member_with_default(answer, "type", "") : "";
    if (status == SOUP_STATUS_CREATED && document > 0 && document <= SC_DOCUMENTS_MAX) {
        self->done((unsigned)document, NULL, self->user_data);
        return;
    }
    const char *detail =
        answer ? json_object_get_string_member_with_default(answer, "detail", "") : "";
    g_message("the document is refused with %u: %s", status,
              *detail ? detail : soup_status_get_phrase(status));
    self->done(
        0, g_str_has_prefix(type, PROBLEM_PREFIX) ? type + strlen(PROBLEM_PREFIX) : "",
        self->user_data);
}

static SoupMessage *
create_message(const ScPlace *place, GFile *file)
{
    g_autofree char *lesson = g_uri_escape_string(place->lesson, NULL, false);
    g_autofree char *base = g_file_get_basename(file);
    g_autofree char *text = g_filename_display_name(base);
    g_autofree char *name = g_uri_escape_string(text, NULL, false);
    g_autofree char *url =
        g_strdup_printf("%s/documents/%s?name=%s", place->url, lesson, name);
    g_autofree char *authorization = g_strconcat("Bearer ", place->token, NULL);
    SoupMessage *message = soup_message_new("POST", url);
    soup_message_headers_replace(soup_message_get_request_headers(message),
                                 "Authorization", authorization);
    return message;
}

ScUpload *
sc_upload_new(const ScPlace *place, const char *path, ScUploadDone done, void *user_data,
              GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, error);
    if (!stream)
        return NULL;
    g_autoptr(GFileInfo) info = g_file_input_stream_query_info(
        stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, error);
    if (!info)
        return NULL;
    ScUpload *self = g_new0(ScUpload, 1);
    self->done = done;
    self->user_data = user_data;
    self->http = sc_place_create_http(place);
    self->cancellable = g_cancellable_new();
    SoupMessage *message = create_message(place, file);
    soup_message_set_request_body(message, "application/pdf", G_INPUT_STREAM(stream),
                                  (gssize)g_file_info_get_size(info));
    sc_errand_send(self->http, message, self->cancellable, on_answer, self);
    return self;
}

void
sc_upload_free(ScUpload *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_object_unref(self->http);
    g_free(self);
}
