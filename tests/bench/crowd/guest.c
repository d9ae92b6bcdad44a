/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/crowd/guest.h"

#include <string.h>

#include "signaling/tcp.h"

#define PROTOCOL "synclass.v1"
#define MESSAGE_MAX (1024 * 1024)
#define HEAD_MAX 4096

static void
take_welcome(Guest *self, JsonObject *message)
{
    JsonObject *you = json_object_get_object_member(message, "you");
    JsonObject *room = json_object_has_member(message, "room")
                           ? json_object_get_object_member(message, "room")
                           : NULL;
    self->is_welcome = true;
    self->site = g_strdup(json_object_get_string_member_with_default(you, "site", ""));
    if (room != NULL)
        self->code =
            g_strdup(json_object_get_string_member_with_default(room, "code", NULL));
}

static void
on_message(SoupWebsocketConnection *connection G_GNUC_UNUSED,
           SoupWebsocketDataType type G_GNUC_UNUSED, GBytes *bytes, gpointer user_data)
{
    Guest *self = user_data;
    int64_t now_us = g_get_monotonic_time();
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    if (!json_parser_load_from_data(parser, text, (gssize)length, &error))
        g_error("guest %u: no JSON: %s", self->index, error->message);
    JsonObject *message = json_node_get_object(json_parser_get_root(parser));
    const char *name = json_object_get_string_member(message, "type");
    if (g_str_equal(name, "welcome"))
        take_welcome(self, message);
    else if (g_str_equal(name, "error"))
        g_printerr("guest %u: %.*s\n", self->index, (int)length, text);
    if (self->heard != NULL)
        self->heard(self, name, message, now_us, self->user_data);
}

static void
on_closed(SoupWebsocketConnection *connection, gpointer user_data)
{
    Guest *self = user_data;
    self->is_closed = true;
    g_printerr("guest %u: closed by %u\n", self->index,
               soup_websocket_connection_get_close_code(connection));
}

/* Waits for the server, but not for anything that it says. */
static GSocket *
open_socket(GUri *uri)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(
        g_uri_get_host(uri), (guint)g_uri_get_port(uri));
    g_assert(address != NULL);
    GSocket *socket = g_socket_new(g_socket_address_get_family(address),
                                   G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
    if (socket == NULL || !g_socket_connect(socket, address, NULL, &error))
        g_error("no connection: %s", error->message);
    return socket;
}

static void
begin_talking(Guest *self)
{
    g_autofree char *hello =
        g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}", self->token);
    GMainContext *context = sc_ward_get_context(self->ward);
    g_main_context_push_thread_default(context);
    self->connection = soup_websocket_connection_new(
        self->stream, self->uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, PROTOCOL, NULL);
    g_main_context_pop_thread_default(context);
    soup_websocket_connection_set_max_incoming_payload_size(self->connection,
                                                            MESSAGE_MAX);
    g_signal_connect(self->connection, "message", G_CALLBACK(on_message), self);
    g_signal_connect(self->connection, "closed", G_CALLBACK(on_closed), self);
    guest_say(self, hello);
}

/* The head ends where the first frame would begin, and nobody speaks before hello. */
static gboolean
on_answer(GObject *stream, gpointer user_data)
{
    Guest *self = user_data;
    char head[HEAD_MAX + 1] = "";
    g_autoptr(GError) error = NULL;
    gssize n = g_pollable_input_stream_read_nonblocking(G_POLLABLE_INPUT_STREAM(stream),
                                                        head, HEAD_MAX, NULL, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
    if (n <= 0 || !g_str_has_prefix(head, "HTTP/1.1 101 ")
        || !g_str_has_suffix(head, "\r\n\r\n"))
        g_error("guest %u: not let in: %s", self->index, head);
    begin_talking(self);
    return G_SOURCE_REMOVE;
}

static void
knock(Guest *self)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *head =
        g_strdup_printf("GET /events HTTP/1.1\r\nHost: %s:%d\r\nConnection: Upgrade\r\n"
                        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Protocol: " PROTOCOL "\r\n\r\n",
                        g_uri_get_host(self->uri), g_uri_get_port(self->uri));
    if (!g_output_stream_write_all(g_io_stream_get_output_stream(self->stream), head,
                                   strlen(head), NULL, NULL, &error))
        g_error("guest %u: %s", self->index, error->message);
}

Guest *
guest_new(const char *url, const char *token, unsigned index)
{
    Guest *self = g_new0(Guest, 1);
    self->uri = g_uri_parse(url, SOUP_HTTP_URI_FLAGS, NULL);
    self->ward = sc_ward_enter();
    self->token = g_strdup(token);
    self->index = index;
    g_autoptr(GSocket) socket = open_socket(self->uri);
    self->stream = G_IO_STREAM(sc_tcp_connection_new(socket));
    g_autoptr(GSource) answered = g_pollable_input_stream_create_source(
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(self->stream)), NULL);
    g_source_set_callback(answered, G_SOURCE_FUNC(on_answer), self, NULL);
    g_source_attach(answered, NULL);
    knock(self);
    return self;
}

void
guest_free(Guest *self)
{
    if (self == NULL)
        return;
    if (self->connection != NULL)
        g_signal_handlers_disconnect_by_data(self->connection, self);
    g_clear_object(&self->connection);
    g_object_unref(self->stream);
    g_uri_unref(self->uri);
    sc_ward_leave(self->ward);
    g_free(self->token);
    g_free(self->code);
    g_free(self->site);
    g_free(self);
}

void
guest_listen(Guest *self, GuestHeard heard, gpointer user_data)
{
    self->heard = heard;
    self->user_data = user_data;
}

void
guest_say(Guest *self, const char *text)
{
    self->asked_us = g_get_monotonic_time();
    soup_websocket_connection_send_text(self->connection, text);
}
