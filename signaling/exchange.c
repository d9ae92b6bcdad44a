/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-exchange"
#include "signaling/exchange.h"

#include <poll.h>

#include "signaling/listener.h"

struct ScExchange {
    SoupServerMessage *message; /* borrowed: it owns us, as data of its own */
    char *parameters[SC_EXCHANGE_PARAMETERS]; /* owned */
    ScExchangeReplied on_reply;
    gpointer user_data;
    bool held;     /* paused, and one reference of @message is ours */
    bool finished; /* the connection went away while we held the message */
};

static void
exchange_free(gpointer data)
{
    ScExchange *self = data;
    for (unsigned i = 0; i < SC_EXCHANGE_PARAMETERS; i++)
        g_free(self->parameters[i]);
    g_free(self);
}

static void
on_finished(SoupServerMessage *message G_GNUC_UNUSED, gpointer user_data)
{
    ScExchange *self = user_data;
    self->finished = true;
}

ScExchange *
sc_exchange_new(SoupServerMessage *message, ScExchangeReplied on_reply,
                gpointer user_data)
{
    ScExchange *self = g_new0(ScExchange, 1);
    self->message = message;
    self->on_reply = on_reply;
    self->user_data = user_data;
    g_object_set_data_full(G_OBJECT(message), "sc-exchange", self, exchange_free);
    g_signal_connect(message, "finished", G_CALLBACK(on_finished), self);
    return self;
}

void
sc_exchange_set_parameter(ScExchange *self, unsigned index, const char *value)
{
    g_assert(index < SC_EXCHANGE_PARAMETERS);
    g_free(self->parameters[index]);
    self->parameters[index] = g_strdup(value);
}

void
sc_exchange_hold(ScExchange *self)
{
    g_assert(!self->held);
    self->held = true;
    g_object_ref(self->message);
    soup_server_message_pause(self->message);
}

SoupServerMessage *
sc_exchange_get_message(ScExchange *self)
{
    return self->message;
}

const char *
sc_exchange_get_parameter(const ScExchange *self, unsigned index)
{
    g_assert(index < SC_EXCHANGE_PARAMETERS && self->parameters[index] != NULL);
    return self->parameters[index];
}

const char *
sc_exchange_get_header(ScExchange *self, const char *name)
{
    return soup_message_headers_get_one(
        soup_server_message_get_request_headers(self->message), name);
}

const char *
sc_exchange_get_body(ScExchange *self, size_t *out_length)
{
    SoupMessageBody *body = soup_server_message_get_request_body(self->message);
    *out_length = (size_t)body->length;
    return body->data != NULL ? body->data : "";
}

const char *
sc_exchange_get_bearer(ScExchange *self, GError **error)
{
    const char *header = sc_exchange_get_header(self, "Authorization");
    if (header == NULL || g_ascii_strncasecmp(header, "Bearer ", 7) != 0) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_NO_TOKEN,
                    "Authorization: Bearer TOKEN is missing");
        return NULL;
    }
    for (header += 7; *header == ' '; header++)
        ;
    return header;
}

/* libsoup does not read while a message is paused, so it would not notice. */
bool
sc_exchange_is_gone(ScExchange *self)
{
    GSocket *socket = self->finished ? NULL : sc_listener_get_socket(self->message);
    if (socket == NULL)
        return true;
    struct pollfd pollfd = { .fd = g_socket_get_fd(socket), .events = POLLRDHUP };
    return poll(&pollfd, 1, 0) > 0
           && (pollfd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void
sc_exchange_set_header(ScExchange *self, const char *name, const char *value)
{
    soup_message_headers_replace(soup_server_message_get_response_headers(self->message),
                                 name, value);
}

static void
end(ScExchange *self, unsigned status)
{
    soup_server_message_set_status(self->message, status, NULL);
    self->on_reply(self, status, self->user_data);
    if (!self->held)
        return;
    self->held = false;
    if (!self->finished)
        soup_server_message_unpause(self->message);
    g_object_unref(self->message);
}

/* libsoup 3.2 takes Content-Length out of a 204, and then takes the end of the connection
 * for that of the body: it hangs up, and the next request is lost. */
static void
on_wrote_no_content(SoupServerMessage *message, gpointer user_data G_GNUC_UNUSED)
{
    soup_message_headers_set_encoding(soup_server_message_get_response_headers(message),
                                      SOUP_ENCODING_NONE);
}

void
sc_exchange_reply_bytes(ScExchange *self, unsigned status, const char *content_type,
                        GBytes *body)
{
    if (content_type != NULL)
        sc_exchange_set_header(self, "Content-Type", content_type);
    if (body != NULL)
        soup_message_body_append_bytes(
            soup_server_message_get_response_body(self->message), body);
    if (status == 204)
        g_signal_connect(self->message, "wrote-headers", G_CALLBACK(on_wrote_no_content),
                         NULL);
    end(self, status);
}

void
sc_exchange_reply(ScExchange *self, unsigned status, const char *content_type,
                  const char *body)
{
    g_autoptr(GBytes) bytes = body == NULL ? NULL : g_bytes_new(body, strlen(body));
    sc_exchange_reply_bytes(self, status, content_type, bytes);
}

void
sc_exchange_refuse(ScExchange *self, const GError *error)
{
    sc_exchange_refuse_with(self, error, NULL);
}

void
sc_exchange_refuse_with(ScExchange *self, const GError *error, JsonObject *more)
{
    ScProblem problem = sc_problem_from_error(error);
    unsigned status = sc_problem_get_status(problem);
    if (status == 401)
        sc_exchange_set_header(self, "WWW-Authenticate", "Bearer");
    unsigned retry_s = sc_problem_get_retry_s(problem);
    if (retry_s > 0) {
        char text[16];
        g_snprintf(text, sizeof text, "%u", retry_s);
        sc_exchange_set_header(self, "Retry-After", text);
    }
    if (problem == SC_PROBLEM_INTERNAL_ERROR)
        g_warning("%s %s: %s", soup_server_message_get_method(self->message),
                  g_uri_get_path(soup_server_message_get_uri(self->message)),
                  error->message);
    g_autofree char *body = sc_problem_print(error, more);
    sc_exchange_reply(self, status, "application/problem+json", body);
}
