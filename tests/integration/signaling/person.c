/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/signaling/person.h"

#include <string.h>

typedef struct {
    SoupWebsocketConnection *connection;
    bool is_done;
} Wait;

static void
on_connected(GObject *session, GAsyncResult *result, gpointer user_data)
{
    Wait *wait = user_data;

    wait->connection =
        soup_session_websocket_connect_finish(SOUP_SESSION(session), result, NULL);
    wait->is_done = true;
}

static bool
is_connected(gpointer user_data)
{
    const Wait *wait = user_data;

    return wait->is_done;
}

static void
on_message(SoupWebsocketConnection *connection G_GNUC_UNUSED, SoupWebsocketDataType type,
           GBytes *message, gpointer user_data)
{
    Person *person = user_data;
    gsize length;
    const char *text = g_bytes_get_data(message, &length);

    g_assert_cmpint(type, ==, SOUP_WEBSOCKET_DATA_TEXT);
    g_queue_push_tail(person->texts, g_strndup(text, length));
}

static void
on_closed(SoupWebsocketConnection *connection, gpointer user_data)
{
    Person *person = user_data;

    person->is_closed = true;
    person->code = soup_websocket_connection_get_close_code(connection);
}

Person *
person_open(Place *place)
{
    g_autoptr(SoupSession) session = soup_session_new();
    g_autofree char *url = g_strconcat(place->url, "/events", NULL);
    g_autoptr(SoupMessage) message = soup_message_new("GET", url);
    char *protocols[] = { (char *)"synclass.v1", NULL };
    Wait wait = { NULL, false };
    Person *person = g_new0(Person, 1);

    soup_session_websocket_connect_async(session, message, NULL, protocols,
                                         G_PRIORITY_DEFAULT, NULL, on_connected, &wait);
    place_run_until(is_connected, &wait, "a WebSocket");
    g_assert_nonnull(wait.connection);
    person->connection = wait.connection;
    person->texts = g_queue_new();
    soup_websocket_connection_set_max_incoming_payload_size(person->connection, 0);
    g_signal_connect(person->connection, "message", G_CALLBACK(on_message), person);
    g_signal_connect(person->connection, "closed", G_CALLBACK(on_closed), person);
    return person;
}

void
person_free(Person *person)
{
    g_signal_handlers_disconnect_by_data(person->connection, person);
    if (soup_websocket_connection_get_state(person->connection)
        == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close(person->connection, SOUP_WEBSOCKET_CLOSE_NORMAL,
                                        NULL);
    g_object_unref(person->connection);
    g_queue_free_full(person->texts, g_free);
    g_free(person);
}

void
person_say(Person *person, const char *text)
{
    soup_websocket_connection_send_text(person->connection, text);
}

void
person_say_bytes(Person *person, SoupWebsocketDataType type, const void *bytes,
                 gsize length)
{
    g_autoptr(GBytes) message = g_bytes_new(bytes, length);

    soup_websocket_connection_send_message(person->connection, type, message);
}

static bool
has_news(gpointer user_data)
{
    const Person *person = user_data;

    return person->is_closed || !g_queue_is_empty(person->texts);
}

JsonObject *
person_await(Person *person, const char *type)
{
    gint64 end_us = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;

    for (;;) {
        place_run_until(has_news, person, type);
        if (g_get_monotonic_time() > end_us)
            g_error("waited %d s in vain for the event \"%s\"", PATIENCE_S, type);
        g_autofree char *text = g_queue_pop_head(person->texts);
        if (text == NULL)
            g_error("closed with %u before \"%s\" came", person->code, type);
        g_autoptr(JsonNode) root = json_from_string(text, NULL);
        g_assert_nonnull(root);
        JsonObject *event = json_node_get_object(root);
        if (g_str_equal(json_object_get_string_member(event, "type"), type))
            return json_object_ref(event);
    }
}

void
person_greet(Person *person, const char *token)
{
    g_autofree char *hello = g_strdup_printf(
        "{\"type\":\"hello\",\"token\":\"%s\",\"language\":\"en\"}", token);

    person_say(person, hello);
    json_object_unref(person_await(person, "welcome"));
}

void
person_check(Person *person)
{
    person_say(person, "{\"type\":\"ping\",\"id\":4711}");
    g_autoptr(JsonObject) pong = person_await(person, "pong");
    g_assert_cmpint(json_object_get_int_member(pong, "id"), ==, 4711);
}

static bool
is_closed(gpointer user_data)
{
    const Person *person = user_data;

    return person->is_closed;
}

unsigned
person_await_close(Person *person)
{
    place_run_until(is_closed, person, "the end of a WebSocket");
    return person->code;
}
