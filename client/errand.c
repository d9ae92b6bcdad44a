/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-errand"
#include "client/errand.h"

#include <string.h>

#define ANSWER_MAX (256 * 1024) /* [bytes] */

typedef struct {
    SoupMessage *message; /* owned */
    ScErrandDone done;
    gpointer user_data;
} Errand;

static void
errand_free(Errand *self)
{
    g_object_unref(self->message);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Errand, errand_free)

static JsonObject *
parse(GBytes *bytes)
{
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(JsonParser) parser = json_parser_new();
    if (length == 0 || length > ANSWER_MAX
        || !json_parser_load_from_data(parser, text, (gssize)length, NULL)
        || !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        return NULL;
    return json_node_dup_object(json_parser_get_root(parser));
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Errand) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        soup_session_send_and_read_finish(SOUP_SESSION(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (error) {
        g_debug("%s", error->message);
        self->done(0, NULL, self->user_data);
        return;
    }
    g_autoptr(JsonObject) answer = parse(bytes);
    self->done(soup_message_get_status(self->message), answer, self->user_data);
}

static void
set_body(SoupMessage *message, JsonObject *body)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), body);
    g_autofree char *text = json_to_string(node, FALSE);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    soup_message_set_request_body_from_bytes(message, "application/json", bytes);
}

void
sc_errand_send(SoupSession *http, SoupMessage *message, GCancellable *cancellable,
               ScErrandDone done, gpointer user_data)
{
    Errand *self = g_new0(Errand, 1);
    self->message = message;
    self->done = done;
    self->user_data = user_data;
    soup_session_send_and_read_async(http, message, G_PRIORITY_DEFAULT, cancellable,
                                     on_answer, self);
}

void
sc_errand_run(const ScPlace *place, SoupSession *http, const char *method,
              const char *path, const char *bearer, JsonObject *body,
              GCancellable *cancellable, ScErrandDone done, gpointer user_data)
{
    g_autofree char *url = g_strconcat(place->url, path, NULL);
    SoupMessage *message = soup_message_new(method, url);
    if (bearer) {
        g_autofree char *value = g_strconcat("Bearer ", bearer, NULL);
        soup_message_headers_replace(soup_message_get_request_headers(message),
                                     "Authorization", value);
    }
    if (body) {
        set_body(message, body);
        json_object_unref(body);
    }
    sc_errand_send(http, message, cancellable, done, user_data);
}
