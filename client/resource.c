/* SPDX-License-Identifier: Apache-2.0 */
#include "client/resource.h"

#include <stdbool.h>
#include <string.h>

#include <json-glib/json-glib.h>

#define PROBLEM_PREFIX "urn:synclass:problem:"
#define BODY_MAX (64 * 1024) /* [bytes] of an answer */

static unsigned n_deletions; /* under way; of the main thread */

struct ScResource {
    SoupSession *http; /* owned */
    ScDoor door;
    ScPlace place;
    char *authorization;       /* owned */
    char *location;            /* owned: absolute; NULL before the answer */
    char *path;                /* owned: of location */
    GCancellable *cancellable; /* owned */
};

/* One request under way. */
typedef struct {
    ScResource *resource; /* borrowed: its death cancels the request */
    SoupMessage *message; /* ref */
    ScResourceAnswered answered;
    void *user_data;
    int64_t sent_us;
    int64_t round_trip_us;
} Request;

static void
request_free(Request *request)
{
    g_signal_handlers_disconnect_by_data(request->message, request);
    g_object_unref(request->message);
    g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

static const char *
door_path(ScDoor door)
{
    switch (door) {
    case SC_DOOR_WHIP:
        return "whip";
    case SC_DOOR_WHEP:
        return "whep";
    }
    return "";
}

static void
on_wrote_body(SoupMessage *message, gpointer user_data)
{
    (void)message;
    ((Request *)user_data)->sent_us = g_get_monotonic_time();
}

static void
on_got_headers(SoupMessage *message, gpointer user_data)
{
    (void)message;
    Request *request = user_data;
    request->round_trip_us = g_get_monotonic_time() - request->sent_us;
}

static SoupMessage *
create_message(ScResource *self, const char *method, const char *url,
               const char *content_type, const char *body)
{
    SoupMessage *message = soup_message_new(method, url);
    if (!message)
        return NULL;
    SoupMessageHeaders *headers = soup_message_get_request_headers(message);
    soup_message_headers_replace(headers, "Authorization", self->authorization);
    if (body) {
        g_autoptr(GBytes) bytes = g_bytes_new(body, strlen(body));
        soup_message_set_request_body_from_bytes(message, content_type, bytes);
    }
    return message;
}

static void
refuse(const Request *request, unsigned status, const char *problem, const char *detail,
       int64_t retry_after_us)
{
    const ScRefusal refusal = { status, problem, detail, retry_after_us };
    request->answered(NULL, request->round_trip_us, &refusal, request->user_data);
}

/* RFC 9457; whatever is missing is left empty. */
static void
parse_problem(const char *body, gsize length, char **out_problem, char **out_detail)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_data(parser, body, (gssize)length, NULL))
        return;
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root))
        return;
    JsonObject *object = json_node_get_object(root);
    const char *type = json_object_get_string_member_with_default(object, "type", "");
    if (g_str_has_prefix(type, PROBLEM_PREFIX))
        *out_problem = g_strdup(type + strlen(PROBLEM_PREFIX));
    *out_detail =
        g_strdup(json_object_get_string_member_with_default(object, "detail", ""));
}

static void
answer_refusal(const Request *request, const char *body, gsize length)
{
    g_autofree char *problem = NULL;
    g_autofree char *detail = NULL;
    parse_problem(body, length, &problem, &detail);

    unsigned status = soup_message_get_status(request->message);
    SoupMessageHeaders *headers = soup_message_get_response_headers(request->message);
    const char *retry_after = soup_message_headers_get_one(headers, "Retry-After");
    guint64 retry_after_s = 0;
    if (retry_after)
        g_ascii_string_to_unsigned(retry_after, 10, 0, 3600, &retry_after_s, NULL);
    refuse(request, status, problem ? problem : "",
           detail && *detail ? detail : soup_status_get_phrase(status),
           (int64_t)retry_after_s * G_USEC_PER_SEC);
}

/* RFC 3986, 5: Location may be relative to what was asked. */
static bool
take_location(ScResource *self, SoupMessage *message)
{
    if (soup_message_get_status(message) != SOUP_STATUS_CREATED)
        return self->location != NULL;
    const char *text = soup_message_headers_get_one(
        soup_message_get_response_headers(message), "Location");
    if (!text)
        return false;
    g_autoptr(GUri) uri =
        g_uri_parse_relative(soup_message_get_uri(message), text, G_URI_FLAGS_NONE, NULL);
    if (!uri)
        return false;
    g_free(self->location);
    g_free(self->path);
    self->location = g_uri_to_string(uri);
    self->path = g_strdup(g_uri_get_path(uri));
    return true;
}

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Request) request = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        soup_session_send_and_read_finish(SOUP_SESSION(source), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the resource is gone */
    if (error) {
        refuse(request, 0, "", error->message, 0);
        return;
    }
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *body = g_strndup(data ? data : "", MIN(length, BODY_MAX));
    if (!SOUP_STATUS_IS_SUCCESSFUL(soup_message_get_status(request->message))) {
        answer_refusal(request, body, MIN(length, BODY_MAX));
        return;
    }
    if (!take_location(request->resource, request->message)) {
        refuse(request, soup_message_get_status(request->message), "",
               "the answer names no Location", 0);
        return;
    }
    request->answered(body, request->round_trip_us, NULL, request->user_data);
}

static void
on_deleted(GObject *source, GAsyncResult *result, gpointer user_data)
{
    (void)user_data;
    g_autoptr(GBytes) body =
        soup_session_send_and_read_finish(SOUP_SESSION(source), result, NULL);
    n_deletions--;
}

/* Only wakes the loop. */
static gboolean
on_wait_over(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

static void
send_message(ScResource *self, SoupMessage *message, ScResourceAnswered answered,
             void *user_data)
{
    Request *request = g_new0(Request, 1);
    request->resource = self;
    request->message = message;
    request->answered = answered;
    request->user_data = user_data;
    request->sent_us = g_get_monotonic_time();
    g_signal_connect(message, "wrote-body", G_CALLBACK(on_wrote_body), request);
    g_signal_connect(message, "got-headers", G_CALLBACK(on_got_headers), request);
    soup_session_send_and_read_async(self->http, message, G_PRIORITY_DEFAULT,
                                     self->cancellable, on_answer, request);
}

ScResource *
sc_resource_new(const ScPlace *place, ScDoor door)
{
    ScResource *self = g_new0(ScResource, 1);
    self->http = sc_place_create_http(place);
    self->door = door;
    self->place = *place;
    self->authorization = g_strdup_printf("Bearer %s", place->token);
    self->cancellable = g_cancellable_new();
    sc_place_preconnect(place, self->http, self->cancellable);
    return self;
}

void
sc_resource_free(ScResource *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_object_unref(self->http);
    g_free(self->authorization);
    g_free(self->location);
    g_free(self->path);
    g_free(self);
}

void
sc_resource_post(ScResource *self, const char *offer, ScResourceAnswered answered,
                 void *user_data)
{
    g_autofree char *lesson = g_uri_escape_string(self->place.lesson, NULL, false);
    g_autofree char *url =
        g_strdup_printf("%s/%s/%s", self->place.url, door_path(self->door), lesson);
    SoupMessage *message = create_message(self, "POST", url, "application/sdp", offer);
    g_assert(message); /* config checked the url */
    send_message(self, message, answered, user_data);
}

void
sc_resource_patch(ScResource *self, const char *fragment, ScResourceAnswered answered,
                  void *user_data)
{
    g_assert(self->location);
    SoupMessage *message = create_message(self, "PATCH", self->location,
                                          "application/trickle-ice-sdpfrag", fragment);
    soup_message_headers_replace(soup_message_get_request_headers(message), "If-Match",
                                 "*");
    send_message(self, message, answered, user_data);
}

void
sc_resource_delete(ScResource *self)
{
    if (!self->location)
        return;
    g_autoptr(SoupMessage) message =
        create_message(self, "DELETE", self->location, NULL, NULL);
    /* No cancellable: it outlives the resource. */
    soup_session_send_and_read_async(self->http, message, G_PRIORITY_DEFAULT, NULL,
                                     on_deleted, NULL);
    n_deletions++;
    g_clear_pointer(&self->location, g_free);
}

void
sc_resource_wait_deleted(int64_t limit_us)
{
    guint wake = g_timeout_add((guint)(limit_us / 1000), on_wait_over, NULL);
    int64_t end_us = g_get_monotonic_time() + limit_us;
    while (n_deletions > 0 && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, true);
    g_source_remove(wake);
}

const char *
sc_resource_get_location(const ScResource *self)
{
    return self->path;
}
