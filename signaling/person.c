/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-person"
#include "signaling/person.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "signaling/protocol/request.h"

#define HEARD_MAX 65536          /* bytes; above, libsoup breaks off without a word */
#define BATCH 16                 /* messages handed to libsoup at once */
#define KEEPALIVE_S 20           /* WebSocket pings, so that TCP notices a dead line */
#define UNACKNOWLEDGED_MS 30000  /* after that TCP gives the connection up */
#define SEND_BUFFER_LENGTH 65536 /* bytes in the kernel: what is unread shows up here */
#define DRAWING_PER_S 60         /* pen and pointer, which the room has an eye on */
#define CLOSE_TIMEOUT_S 5        /* for the other end's close frame */

struct ScPerson {
    SoupWebsocketConnection *connection; /* owned */
    GSocket *socket;                     /* ref: below TLS and libsoup's streams */
    ScTokenGrant *grant;                 /* owned; NULL: no hello yet */
    ScRate rate;
    GQueue unsent; /* owned texts, first to be sent at the head */
    unsigned max_unread;
    bool is_busy; /* libsoup holds messages of ours */
    bool is_closing;
    GSource *writable;   /* owned: ready when libsoup has handed all over; NULL: none */
    guint hello_timeout; /* source; 0: over */
    guint close_timeout; /* source; 0: none */
    const ScPersonObserver *observer; /* static */
    gpointer user_data;
};

static void
on_message(SoupWebsocketConnection *connection G_GNUC_UNUSED, int type, GBytes *message,
           gpointer user_data)
{
    ScPerson *self = user_data;
    if (self->is_closing)
        return;
    gsize length;
    const char *text = g_bytes_get_data(message, &length);
    if (type == SOUP_WEBSOCKET_DATA_TEXT)
        self->observer->said(self, text != NULL ? text : "", length, self->user_data);
    else
        self->observer->babbled(self, self->user_data);
}

static void
on_closed(SoupWebsocketConnection *connection G_GNUC_UNUSED, gpointer user_data)
{
    ScPerson *self = user_data;
    self->observer->left(self, self->user_data);
}

static gboolean
on_hello_timeout(gpointer user_data)
{
    ScPerson *self = user_data;
    self->hello_timeout = 0;
    self->observer->kept_silent(self, self->user_data);
    return G_SOURCE_REMOVE;
}

static GPollableOutputStream *
get_output(ScPerson *self)
{
    GIOStream *stream = soup_websocket_connection_get_io_stream(self->connection);
    return G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream));
}

static void
stop_writable(ScPerson *self)
{
    if (self->writable == NULL)
        return;
    g_source_destroy(self->writable);
    g_clear_pointer(&self->writable, g_source_unref);
}

static void send_next(ScPerson *self);

/* A peer that is gone is one before libsoup tells us by its signal. */
static bool
is_open(const ScPerson *self)
{
    return soup_websocket_connection_get_state(self->connection)
           == SOUP_WEBSOCKET_STATE_OPEN;
}

static gboolean
on_writable(GObject *stream G_GNUC_UNUSED, gpointer user_data)
{
    ScPerson *self = user_data;
    self->is_busy = false;
    send_next(self);
    return G_SOURCE_CONTINUE;
}

/* libsoup queues without a limit and does not tell how much. So it is given one message
 * at a time, and the next when the socket is writable and libsoup, whose source comes
 * before ours, had nothing more to write. */
static void
send_next(ScPerson *self)
{
    g_autofree char *text = g_queue_pop_head(&self->unsent);
    if (text == NULL || !is_open(self)) {
        stop_writable(self);
        return;
    }
    soup_websocket_connection_send_text(self->connection, text);
    self->is_busy = true;
    if (self->writable != NULL)
        return;
    self->writable = g_pollable_output_stream_create_source(get_output(self), NULL);
    g_source_set_priority(self->writable, G_PRIORITY_DEFAULT + 1);
    g_source_set_callback(self->writable, G_SOURCE_FUNC(on_writable), self, NULL);
    g_source_attach(self->writable, g_main_context_get_thread_default());
}

/* A peer that does not read would never take our close frame. */
static gboolean
on_close_timeout(gpointer user_data)
{
    ScPerson *self = user_data;
    self->close_timeout = 0;
    g_socket_shutdown(self->socket, TRUE, TRUE, NULL);
    return G_SOURCE_REMOVE;
}

ScPerson *
sc_person_new(SoupWebsocketConnection *connection, GSocket *socket,
              const ScConfig *config, int64_t now_us, const ScPersonObserver *observer,
              gpointer user_data)
{
    ScPerson *self = g_new0(ScPerson, 1);
    self->connection = g_object_ref(connection);
    self->socket = g_object_ref(socket);
    self->max_unread = config->max_unread;
    self->observer = observer;
    self->user_data = user_data;
    g_queue_init(&self->unsent);
    sc_rate_init(&self->rate, config->rate_per_s, config->burst, now_us);
    self->hello_timeout = g_timeout_add(config->hello_timeout_ms, on_hello_timeout, self);
    soup_websocket_connection_set_max_incoming_payload_size(connection, HEARD_MAX);
    soup_websocket_connection_set_keepalive_interval(connection, KEEPALIVE_S);
    g_socket_set_option(socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_LENGTH, NULL);
    g_socket_set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS, NULL);
    g_signal_connect(connection, "message", G_CALLBACK(on_message), self);
    g_signal_connect(connection, "closed", G_CALLBACK(on_closed), self);
    return self;
}

void
sc_person_free(ScPerson *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->hello_timeout, g_source_remove);
    g_clear_handle_id(&self->close_timeout, g_source_remove);
    stop_writable(self);
    g_signal_handlers_disconnect_by_data(self->connection, self);
    g_queue_clear_full(&self->unsent, g_free);
    g_object_unref(self->connection);
    g_object_unref(self->socket);
    sc_token_grant_free(self->grant);
    g_free(self);
}

const ScTokenGrant *
sc_person_get_grant(const ScPerson *self)
{
    return self->grant;
}

void
sc_person_admit(ScPerson *self, ScTokenGrant *grant)
{
    g_assert(self->grant == NULL);
    self->grant = grant;
    if (grant->role == SC_ROLE_TEACHER) {
        self->rate.per_s += DRAWING_PER_S;
        self->rate.burst += DRAWING_PER_S;
    }
    g_clear_handle_id(&self->hello_timeout, g_source_remove);
}

bool
sc_person_may_speak(ScPerson *self, int64_t now_us)
{
    return sc_rate_take(&self->rate, now_us);
}

void
sc_person_send(ScPerson *self, const char *text)
{
    if (self->is_closing || !is_open(self))
        return;
    /* Many events of one turn of the main loop are no fault of the client's. */
    if (g_queue_get_length(&self->unsent) >= self->max_unread
        && !g_pollable_output_stream_is_writable(get_output(self))) {
        self->observer->fell_behind(self, self->user_data);
        return;
    }
    g_queue_push_tail(&self->unsent, g_strdup(text));
    if (!self->is_busy)
        send_next(self);
}

bool
sc_person_is_closing(const ScPerson *self)
{
    return self->is_closing;
}

void
sc_person_close(ScPerson *self, gushort code, const char *reason)
{
    if (self->is_closing)
        return;
    self->is_closing = true;
    g_clear_handle_id(&self->hello_timeout, g_source_remove);
    g_queue_clear_full(&self->unsent, g_free);
    stop_writable(self);
    self->close_timeout = g_timeout_add_seconds(CLOSE_TIMEOUT_S, on_close_timeout, self);
    if (soup_websocket_connection_get_state(self->connection)
        == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close(self->connection, code, reason);
}
