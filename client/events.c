/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-events"
#include "client/events.h"

#include <libsoup/soup.h>

#include "client/recovery.h"

#define PING_S 5
#define SILENCE_US (12 * G_USEC_PER_SEC) /* two pings and some */
#define DOUBT_S 2

struct ScEvents {
    ScPlace place;
    ScLanguage language;
    void (*on_event)(const ScEvent *event, void *user_data);
    void *user_data; /* borrowed: see sc_events_new() */

    GCancellable *cancellable;           /* owned */
    SoupSession *http;                   /* owned; of this attempt */
    SoupWebsocketConnection *connection; /* ref; NULL while there is none */
    int64_t backoff_us;
    int64_t last_us; /* when something was last said to us */
    guint retry;
    guint ping;
    guint doubt;
    int64_t doubted_us;
    int64_t last_id;
    bool told; /* this outage is in the log */
};

static void connect_later(ScEvents *self, const char *reason);

static void
say(ScEvents *self, const ScRequest *request)
{
    g_autofree char *text = sc_request_print(request);
    soup_websocket_connection_send_text(self->connection, text);
}

static gboolean
on_ping(gpointer data)
{
    ScEvents *self = data;
    if (g_get_monotonic_time() - self->last_us > SILENCE_US) {
        self->ping = 0;
        connect_later(self, "nothing heard for 12 s");
        return G_SOURCE_REMOVE;
    }
    say(self, &(ScRequest){ .type = SC_REQUEST_PING, .id = ++self->last_id });
    return G_SOURCE_CONTINUE;
}

static gboolean
on_doubt_over(gpointer data)
{
    ScEvents *self = data;
    self->doubt = 0;
    if (self->connection && self->last_us < self->doubted_us)
        connect_later(self, "no answer for 2 s");
    return G_SOURCE_REMOVE;
}

static void
on_message(SoupWebsocketConnection *connection, SoupWebsocketDataType type,
           GBytes *message, gpointer user_data)
{
    (void)connection;
    ScEvents *self = user_data;
    g_autoptr(GError) error = NULL;
    g_auto(ScEvent) event = { 0 };
    gsize length;
    const char *text = g_bytes_get_data(message, &length);

    self->last_us = g_get_monotonic_time();
    if (type != SOUP_WEBSOCKET_DATA_TEXT
        || !sc_event_parse(text, length, &event, &error)) {
        g_debug("a message is passed over: %s", error ? error->message : "no text");
        return;
    }
    if (event.type == SC_EVENT_WELCOME) {
        self->backoff_us = SC_RECOVERY_BACKOFF_FIRST_US;
        self->told = false;
    }
    self->on_event(&event, self->user_data);
}

static void
drop_connection(ScEvents *self)
{
    g_clear_handle_id(&self->ping, g_source_remove);
    g_clear_handle_id(&self->doubt, g_source_remove);
    if (!self->connection)
        return;
    g_signal_handlers_disconnect_by_data(self->connection, self);
    if (soup_websocket_connection_get_state(self->connection)
        == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close(self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL,
                                        NULL);
    g_clear_object(&self->connection);
}

static void
on_closed(SoupWebsocketConnection *connection, gpointer user_data)
{
    ScEvents *self = user_data;
    unsigned code = soup_websocket_connection_get_close_code(connection);
    g_autofree char *reason = g_strdup_printf("closed with %u", code);
    if (code == SC_CLOSE_OVER)
        drop_connection(self); /* there is nothing to come back to */
    else
        connect_later(self, reason);
}

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    SoupWebsocketConnection *connection =
        soup_session_websocket_connect_finish(SOUP_SESSION(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the owner is gone */
    ScEvents *self = user_data;
    if (!connection) {
        connect_later(self, error->message);
        return;
    }
    self->connection = connection;
    self->last_us = g_get_monotonic_time();
    soup_websocket_connection_set_max_incoming_payload_size(connection, SC_EVENT_MAX);
    g_signal_connect(connection, "message", G_CALLBACK(on_message), self);
    g_signal_connect(connection, "closed", G_CALLBACK(on_closed), self);
    self->ping = g_timeout_add_seconds(PING_S, on_ping, self);

    ScRequest hello = { .type = SC_REQUEST_HELLO, .id = SC_NO_ID };
    g_strlcpy(hello.hello.token, self->place.token, sizeof hello.hello.token);
    hello.hello.language = self->language;
    say(self, &hello);
}

static gboolean
on_retry(gpointer data)
{
    ScEvents *self = data;
    self->retry = 0;
    sc_events_start(self);
    return G_SOURCE_REMOVE;
}

static void
connect_later(ScEvents *self, const char *reason)
{
    if (!self->told)
        g_message("events: %s; connecting again", reason);
    self->told = true;
    drop_connection(self);
    double share = 0.5 + 0.5 * g_random_double();
    if (!self->retry)
        self->retry = g_timeout_add((guint)((double)self->backoff_us * share / 1000),
                                    on_retry, self);
    self->backoff_us = MIN(self->backoff_us * 2, SC_RECOVERY_BACKOFF_LAST_US);
}

ScEvents *
sc_events_new(const ScPlace *place, ScLanguage language,
              void (*on_event)(const ScEvent *event, void *user_data), void *user_data)
{
    ScEvents *self = g_new0(ScEvents, 1);
    self->place = *place;
    self->language = language;
    self->on_event = on_event;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    self->backoff_us = SC_RECOVERY_BACKOFF_FIRST_US;
    return self;
}

void
sc_events_free(ScEvents *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    drop_connection(self);
    g_clear_handle_id(&self->retry, g_source_remove);
    g_clear_object(&self->http);
    g_free(self);
}

void
sc_events_start(ScEvents *self)
{
    static const char *const protocols[] = { SC_EVENTS_PROTOCOL, NULL };
    g_autofree char *url =
        g_strdup_printf("ws%s/events", self->place.url + strlen("http"));
    g_autoptr(SoupMessage) message = soup_message_new("GET", url);
    g_clear_object(&self->http);
    self->http = sc_place_create_http(&self->place);
    soup_session_websocket_connect_async(self->http, message, NULL, (char **)protocols,
                                         G_PRIORITY_DEFAULT, self->cancellable,
                                         on_connected, self);
}

bool
sc_events_ask(ScEvents *self, ScRequest *request)
{
    if (!self->connection)
        return false;
    request->id = ++self->last_id;
    say(self, request);
    return true;
}

bool
sc_events_ask_page(ScEvents *self, const ScPageRequest *page)
{
    ScRequest request = { .type = SC_REQUEST_PAGE, .page = *page };
    return sc_events_ask(self, &request);
}

void
sc_events_doubt(ScEvents *self)
{
    if (!self->connection || self->doubt)
        return;
    self->doubted_us = g_get_monotonic_time();
    say(self, &(ScRequest){ .type = SC_REQUEST_PING, .id = ++self->last_id });
    self->doubt = g_timeout_add_seconds(DOUBT_S, on_doubt_over, self);
}

bool
sc_events_is_connected(const ScEvents *self)
{
    return self->connection != NULL;
}
