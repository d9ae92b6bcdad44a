/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/crowd/guest.h"

#define PROTOCOL "synclass.v1"
#define MESSAGE_MAX (1024 * 1024)

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

static void
on_connected(GObject *session, GAsyncResult *result, gpointer user_data)
{
    Guest *self = user_data;
    g_autoptr(GError) error = NULL;
    self->connection =
        soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error);
    if (self->connection == NULL) {
        g_printerr("guest %u: %s\n", self->index, error->message);
        self->is_closed = true;
        return;
    }
    soup_websocket_connection_set_max_incoming_payload_size(self->connection,
                                                            MESSAGE_MAX);
    g_signal_connect(self->connection, "message", G_CALLBACK(on_message), self);
    g_signal_connect(self->connection, "closed", G_CALLBACK(on_closed), self);
    g_autofree char *hello =
        g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}", self->token);
    guest_say(self, hello);
}

Guest *
guest_new(SoupSession *session, const char *url, const char *token, unsigned index)
{
    Guest *self = g_new0(Guest, 1);
    g_autofree char *place = g_strconcat(url, "/events", NULL);
    g_autoptr(SoupMessage) message = soup_message_new("GET", place);
    char *protocols[] = { (char *)PROTOCOL, NULL };
    self->token = g_strdup(token);
    self->index = index;
    soup_session_websocket_connect_async(session, message, NULL, protocols,
                                         G_PRIORITY_DEFAULT, NULL, on_connected, self);
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
