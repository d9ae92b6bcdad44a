/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/signaling/client.h"

#include <string.h>

#define PROBLEM_PREFIX "urn:synclass:problem:"

typedef struct {
    GBytes *body; /* owned */
    bool is_done;
} Wait;

void
answer_clear(Answer *answer)
{
    g_clear_pointer(&answer->headers, soup_message_headers_unref);
    g_clear_pointer(&answer->body, g_free);
    g_clear_pointer(&answer->problem, g_free);
    g_clear_pointer(&answer->detail, g_free);
}

const char *
answer_get_header(const Answer *answer, const char *name)
{
    return soup_message_headers_get_one(answer->headers, name);
}

static void
on_body(GObject *session, GAsyncResult *result, gpointer user_data)
{
    Wait *wait = user_data;

    wait->body = soup_session_send_and_read_finish(SOUP_SESSION(session), result, NULL);
    wait->is_done = true;
}

static bool
is_done(gpointer user_data)
{
    const Wait *wait = user_data;

    return wait->is_done;
}

/* Every refusal is a problem, and says so by its type. */
static void
read_problem(Answer *answer)
{
    const char *type = soup_message_headers_get_content_type(answer->headers, NULL);
    g_autoptr(JsonNode) root = NULL;

    if (g_strcmp0(type, "application/problem+json") != 0)
        return;
    root = json_from_string(answer->body, NULL);
    g_assert_nonnull(root);
    JsonObject *object = json_node_get_object(root);
    const char *name = json_object_get_string_member(object, "type");
    g_assert_true(g_str_has_prefix(name, PROBLEM_PREFIX));
    g_assert_cmpint(json_object_get_int_member(object, "status"), ==, answer->status);
    g_assert_true(json_object_has_member(object, "title"));
    answer->problem = g_strdup(name + strlen(PROBLEM_PREFIX));
    answer->detail =
        g_strdup(json_object_get_string_member_with_default(object, "detail", ""));
}

static SoupMessage *
make_message(Place *place, const Request *request)
{
    const char *braces = strstr(request->path, "{}");
    g_autofree char *path =
        braces == NULL ? g_strdup(request->path)
                       : g_strdup_printf("%.*s%s%s", (int)(braces - request->path),
                                         request->path, place->lesson, braces + 2);
    g_autofree char *url = g_strconcat(place->url, path, NULL);
    SoupMessage *message = soup_message_new(request->method, url);
    g_assert_nonnull(message);
    SoupMessageHeaders *headers = soup_message_get_request_headers(message);

    if (request->token != NULL) {
        g_autofree char *bearer = g_strconcat("Bearer ", request->token, NULL);
        soup_message_headers_append(headers, "Authorization", bearer);
    }
    if (request->if_match != NULL)
        soup_message_headers_append(headers, "If-Match", request->if_match);
    for (const char *const *header = request->headers; header != NULL && *header != NULL;
         header += 2)
        soup_message_headers_append(headers, header[0], header[1]);
    if (request->content_type != NULL) {
        gsize length = request->body_length >= 0 ? (gsize)request->body_length
                                                 : strlen(request->body);
        g_autoptr(GBytes) body = g_bytes_new(request->body, length);
        soup_message_set_request_body_from_bytes(message, request->content_type, body);
    }
    return message;
}

Answer
client_send(Place *place, const Request *request)
{
    g_autoptr(SoupSession) session =
        soup_session_new_with_options("timeout", PATIENCE_S, NULL);
    g_autoptr(SoupMessage) message = make_message(place, request);
    Wait wait = { NULL, false };
    Answer answer = { 0 };

    soup_session_send_and_read_async(session, message, G_PRIORITY_DEFAULT, NULL, on_body,
                                     &wait);
    while (!is_done(&wait))
        g_main_context_iteration(NULL, TRUE);
    answer.status = soup_message_get_status(message);
    answer.headers = soup_message_headers_ref(soup_message_get_response_headers(message));
    answer.body = wait.body == NULL ? g_strdup("")
                                    : g_strndup(g_bytes_get_data(wait.body, NULL),
                                                g_bytes_get_size(wait.body));
    g_clear_pointer(&wait.body, g_bytes_unref);
    read_problem(&answer);
    return answer;
}

Answer
client_try(Place *place, const char *method, const char *path)
{
    return client_send(place, &(Request){ .method = method, .path = path });
}
