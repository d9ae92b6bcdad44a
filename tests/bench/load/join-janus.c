/* SPDX-License-Identifier: Apache-2.0 */
/* Janus, by its WebSocket: one session, one handle of the streaming plugin for each room.
 * watch → offer → start with our answer.
 * https://janus.conf.meetecho.com/docs/streaming.html */
#include <string.h>

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "tests/bench/load/description.h"
#include "tests/bench/load/join.h"

enum {
    KEEPALIVE_S = 20, /* Janus ends a session that is silent for 60 s */
    OPEN_LIMIT_US = 10 * 1000000,
};

typedef struct {
    ScLoadDoor base;
    SoupSession *soup;               /* owned */
    SoupWebsocketConnection *socket; /* owned */
    GError *error;                   /* owned; why it did not open */
    unsigned mountpoint;
    int64_t session;     /* Janus's number; 0: none yet */
    GPtrArray *rooms;    /* owned; borrows; by the number in "transaction" */
    GHashTable *handles; /* owned; Janus's number → Guest */
    guint keepalive;
} Door;

typedef struct {
    ScLoadRoom *room; /* borrowed */
    char *offer;      /* owned; between offer and start */
} Guest;

static void
guest_free(void *data)
{
    Guest *self = data;

    g_free(self->offer);
    g_free(self);
}

static void
send_text(Door *self, const char *text)
{
    soup_websocket_connection_send_text(self->socket, text);
}

static void
create_session(Door *self)
{
    send_text(self, "{\"janus\":\"create\",\"transaction\":\"create\"}");
}

static void
attach(Door *self, unsigned index)
{
    g_autofree char *text =
        g_strdup_printf("{\"janus\":\"attach\",\"session_id\":%" G_GINT64_FORMAT
                        ",\"transaction\":\"%u\","
                        "\"plugin\":\"janus.plugin.streaming\"}",
                        self->session, index);

    send_text(self, text);
}

static void
watch(Door *self, int64_t handle)
{
    g_autofree char *text =
        g_strdup_printf("{\"janus\":\"message\",\"session_id\":%" G_GINT64_FORMAT
                        ",\"handle_id\":%" G_GINT64_FORMAT ",\"transaction\":\"watch\","
                        "\"body\":{\"request\":\"watch\",\"id\":%u}}",
                        self->session, handle, self->mountpoint);

    send_text(self, text);
}

static void
start(Door *self, int64_t handle, ScLoadRoom *room, const char *offer)
{
    g_autofree char *sdp =
        sc_load_answer_write(offer, room->peer, self->base.fingerprint);
    g_autofree char *quoted = g_strescape(sdp, NULL);
    g_autofree char *text = g_strdup_printf(
        "{\"janus\":\"message\",\"session_id\":%" G_GINT64_FORMAT
        ",\"handle_id\":%" G_GINT64_FORMAT ",\"transaction\":\"start\","
        "\"body\":{\"request\":\"start\"},"
        "\"jsep\":{\"type\":\"answer\",\"trickle\":false,\"sdp\":\"%s\"}}",
        self->session, handle, quoted);

    send_text(self, text);
}

/* Only now, for Janus forgets a check that comes before the answer. */
static void
connect_room(Door *self, Guest *guest)
{
    ScLoadRemote remote;

    if (sc_load_remote_parse(&remote, guest->offer))
        sc_peer_connect(guest->room->peer, &remote.address, remote.ufrag, remote.password,
                        remote.fingerprint);
    else
        sc_load_door_refuse(&self->base, guest->offer);
    sc_load_remote_clear(&remote);
    g_clear_pointer(&guest->offer, g_free);
}

static void
take_success(Door *self, JsonObject *message)
{
    const char *transaction = json_object_get_string_member(message, "transaction");
    JsonObject *data = json_object_get_object_member(message, "data");
    int64_t id = json_object_get_int_member(data, "id");

    if (strcmp(transaction, "create") == 0) {
        self->session = id;
        return;
    }
    Guest *guest = g_new0(Guest, 1);
    unsigned index = (unsigned)g_ascii_strtoull(transaction, NULL, 10);
    guest->room = self->rooms->pdata[index];
    g_hash_table_insert(self->handles, g_memdup2(&id, sizeof id), guest);
    watch(self, id);
}

static void
take_event(Door *self, JsonObject *message)
{
    int64_t handle = json_object_get_int_member(message, "sender");
    Guest *guest = g_hash_table_lookup(self->handles, &handle);

    if (guest == NULL)
        return;
    if (json_object_has_member(message, "jsep")) {
        JsonObject *jsep = json_object_get_object_member(message, "jsep");

        guest->offer = g_strdup(json_object_get_string_member(jsep, "sdp"));
        start(self, handle, guest->room, guest->offer);
    } else if (guest->offer != NULL) {
        connect_room(self, guest);
    }
}

static void
on_message(G_GNUC_UNUSED SoupWebsocketConnection *socket, G_GNUC_UNUSED int type,
           GBytes *bytes, void *door)
{
    Door *self = door;
    g_autoptr(JsonParser) parser = json_parser_new();
    size_t length;
    const char *text = g_bytes_get_data(bytes, &length);

    if (!json_parser_load_from_data(parser, text, (gssize)length, NULL))
        return;
    JsonObject *message = json_node_get_object(json_parser_get_root(parser));
    const char *kind = json_object_get_string_member(message, "janus");
    if (strcmp(kind, "success") == 0 && json_object_has_member(message, "data"))
        take_success(self, message);
    else if (strcmp(kind, "event") == 0)
        take_event(self, message);
    else if (strcmp(kind, "error") == 0)
        sc_load_door_refuse(&self->base, text);
}

static void
on_open(GObject *soup, GAsyncResult *result, void *door)
{
    Door *self = door;

    self->socket =
        soup_session_websocket_connect_finish(SOUP_SESSION(soup), result, &self->error);
    if (self->socket == NULL)
        return;
    soup_websocket_connection_set_max_incoming_payload_size(self->socket, 0);
    g_signal_connect(self->socket, "message", G_CALLBACK(on_message), self);
    create_session(self);
}

static gboolean
on_keepalive(void *door)
{
    Door *self = door;
    g_autofree char *text =
        g_strdup_printf("{\"janus\":\"keepalive\",\"session_id\":%" G_GINT64_FORMAT
                        ",\"transaction\":\"keepalive\"}",
                        self->session);

    send_text(self, text);
    return G_SOURCE_CONTINUE;
}

static bool
janus_publish(G_GNUC_UNUSED ScLoadDoor *base, ScPeer *publisher,
              G_GNUC_UNUSED GError **error)
{
    g_assert(publisher == NULL); /* the mountpoint takes plain RTP */
    return true;
}

static void
janus_join(ScLoadDoor *base, ScLoadRoom *room)
{
    Door *self = (Door *)base;

    g_ptr_array_add(self->rooms, room);
    attach(self, self->rooms->len - 1);
}

static void
janus_free(ScLoadDoor *base)
{
    Door *self = (Door *)base;

    g_clear_handle_id(&self->keepalive, g_source_remove);
    g_clear_object(&self->socket);
    g_clear_object(&self->soup);
    g_clear_error(&self->error);
    g_ptr_array_unref(self->rooms);
    g_hash_table_unref(self->handles);
    g_free(self);
}

static bool
open_session(Door *self, const char *url, GError **error)
{
    g_autoptr(SoupMessage) message = soup_message_new("GET", url);
    char *protocols[] = { (char *)"janus-protocol", NULL };
    int64_t end_us = g_get_monotonic_time() + OPEN_LIMIT_US;

    soup_session_websocket_connect_async(self->soup, message, NULL, protocols,
                                         G_PRIORITY_DEFAULT, NULL, on_open, self);
    while (self->session == 0 && self->error == NULL && g_get_monotonic_time() < end_us)
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(1000);
    if (self->session != 0)
        return true;
    if (self->error != NULL)
        g_propagate_error(error, g_steal_pointer(&self->error));
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: no session", url);
    return false;
}

ScLoadDoor *
sc_load_door_new_janus(const char *url, unsigned mountpoint, GError **error)
{
    static const ScLoadDoorClass CLASS = { janus_publish, janus_join, janus_free };
    Door *self = g_new0(Door, 1);

    self->base.class = &CLASS;
    self->mountpoint = mountpoint;
    self->rooms = g_ptr_array_new();
    self->handles =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, guest_free);
    self->soup = soup_session_new();
    if (!open_session(self, url, error)) {
        janus_free(&self->base);
        return NULL;
    }
    self->keepalive = g_timeout_add_seconds(KEEPALIVE_S, on_keepalive, self);
    return &self->base;
}
