/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-media"
#include "signaling/media.h"

#include <jsonrpc-glib.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "signaling/problem.h"

G_DEFINE_QUARK(sc_media_error, sc_media_error)

/* One relay's connection. Calls under way hold it, so it may outlive its place in
 * ScMedia. */
typedef struct {
    grefcount references;
    ScMedia *media;        /* borrowed; NULL once the relay is gone */
    JsonrpcClient *client; /* owned */
    ScControlHello hello;
    GHashTable *calls; /* owned: set of Call, borrowed: under way */
    bool is_ready;     /* hello and list are there */
} Relay;

struct ScMedia {
    GSocketService *service; /* owned */
    char *path;              /* owned: of the socket */
    unsigned timeout_ms;
    const ScMediaObserver *observer; /* static */
    gpointer user_data;
    GPtrArray *strangers; /* owned, of Relay: connected, no hello yet */
    Relay *relay;         /* owned: the one that said hello; NULL: none */
};

typedef struct {
    Relay *relay; /* ref */
    ScMediaReply reply;
    gpointer user_data;
    guint timeout; /* source; 0: over */
} Call;

static void
relay_unref(Relay *relay)
{
    if (!g_ref_count_dec(&relay->references))
        return;
    g_object_unref(relay->client);
    g_hash_table_unref(relay->calls);
    g_free(relay);
}

static Relay *
relay_ref(Relay *relay)
{
    g_ref_count_inc(&relay->references);
    return relay;
}

static GVariant *
to_variant(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_gvariant_deserialize(node, NULL, NULL);
}

/* NULL where it is no object. */
static JsonObject *
from_variant(GVariant *variant)
{
    if (variant == NULL)
        return NULL;
    g_autoptr(JsonNode) node = json_gvariant_serialize(variant);
    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_dup_object(node) : NULL;
}

static void
end_call(Call *call, JsonObject *result, const GError *error)
{
    if (call->timeout == 0)
        return; /* was ended before */
    g_clear_handle_id(&call->timeout, g_source_remove);
    if (call->reply != NULL)
        call->reply(result, error, call->user_data);
}

static void
end_call_without_relay(Call *call, const char *reason)
{
    g_autoptr(GError) error =
        g_error_new(SC_PROBLEM_ERROR, SC_PROBLEM_NO_RELAY, "%s", reason);
    end_call(call, NULL, error);
}

/* Cuts @relay off: its calls end, nothing of it is heard any more. jsonrpc-glib ends its
 * own side of the calls later, from the main loop; on_reply() frees them then. */
static void
relay_leave(Relay *relay)
{
    relay->media = NULL;
    g_signal_handlers_disconnect_by_data(relay->client, relay);
    g_autoptr(GList) calls = g_hash_table_get_keys(relay->calls);
    for (GList *link = calls; link != NULL; link = link->next)
        end_call_without_relay(link->data, "the relay went away");
    jsonrpc_client_close(relay->client, NULL, NULL);
    relay_unref(relay);
}

static void
drop_stranger(gpointer relay)
{
    relay_leave(relay);
}

/* jsonrpc-glib hands over the error object of a reply as a printed variant. */
static GError *
parse_refusal(const GError *error)
{
    g_autoptr(GVariant) variant =
        g_variant_parse(G_VARIANT_TYPE_VARDICT, error->message, NULL, NULL, NULL);
    gint64 code = 0;
    const char *message = "";
    if (variant == NULL || !g_variant_lookup(variant, "code", "x", &code))
        return NULL;
    (void)g_variant_lookup(variant, "message", "&s", &message);
    return g_error_new_literal(SC_MEDIA_ERROR, (int)code, message);
}

static void
on_reply(GObject *client, GAsyncResult *async, gpointer user_data)
{
    Call *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) variant = NULL;
    if (jsonrpc_client_call_finish(JSONRPC_CLIENT(client), async, &variant, &error)) {
        g_autoptr(JsonObject) result = from_variant(variant);
        g_autoptr(JsonObject) nothing = json_object_new();
        end_call(call, result != NULL ? result : nothing, NULL);
    } else {
        g_autoptr(GError) refusal = parse_refusal(error);
        if (refusal != NULL)
            end_call(call, NULL, refusal);
        else
            end_call_without_relay(call, "the relay went away");
    }
    g_hash_table_remove(call->relay->calls, call);
    relay_unref(call->relay);
    g_free(call);
}

static void lose_relay(ScMedia *self);

/* A relay that does not answer is as good as none, and what it was asked may still
 * happen: cut the connection, so that its next hello and list say how things stand. */
static gboolean
on_call_timeout(gpointer user_data)
{
    Call *call = user_data;
    ScMedia *self = call->relay->media;
    g_warning("relay %s: no answer in %u ms, closing its connection",
              call->relay->hello.instance, self->timeout_ms);
    end_call_without_relay(call, "the relay did not answer in time");
    lose_relay(self);
    return G_SOURCE_REMOVE;
}

static void
relay_call(Relay *relay, const char *method, JsonObject *parameters, ScMediaReply reply,
           gpointer user_data)
{
    Call *call = g_new0(Call, 1);
    call->relay = relay_ref(relay);
    call->reply = reply;
    call->user_data = user_data;
    call->timeout = g_timeout_add(relay->media->timeout_ms, on_call_timeout, call);
    g_hash_table_add(relay->calls, call);
    jsonrpc_client_call_async(relay->client, method, to_variant(parameters), NULL,
                              on_reply, call);
}

static void
lose_relay(ScMedia *self)
{
    Relay *relay = g_steal_pointer(&self->relay);
    g_message("relay %s: gone, waiting for it to dial again", relay->hello.instance);
    bool was_ready = relay->is_ready;
    relay_leave(relay);
    if (was_ready)
        self->observer->gone(self->user_data);
}

static void
on_failed(JsonrpcClient *client G_GNUC_UNUSED, gpointer user_data)
{
    Relay *relay = user_data;
    ScMedia *self = relay->media;
    if (self->relay == relay)
        lose_relay(self);
    else
        g_ptr_array_remove(self->strangers, relay);
}

static void
on_list(JsonObject *result, const GError *error, gpointer user_data)
{
    Relay *relay = user_data;
    ScMedia *self = relay->media;
    g_autoptr(GError) reason = error != NULL ? g_error_copy(error) : NULL;
    g_autoptr(GArray) list =
        reason == NULL ? sc_control_parse_list(result, &reason) : NULL;
    if (self != NULL && list == NULL) {
        g_warning("relay %s: relay.list: %s, closing its connection",
                  relay->hello.instance, reason->message);
        lose_relay(self);
    } else if (self != NULL) {
        relay->is_ready = true;
        self->observer->ready(&relay->hello, list, self->user_data);
    }
    relay_unref(relay);
}

static void
ask_list(Relay *relay)
{
    g_autoptr(JsonObject) nothing = json_object_new();
    relay_call(relay, "relay.list", nothing, on_list, relay_ref(relay));
}

static void
refuse_call(Relay *relay, GVariant *id, int code, const char *message)
{
    jsonrpc_client_reply_error_async(relay->client, id, code, message, NULL, NULL, NULL);
}

/* False where another relay is there already. */
static bool
make_room(ScMedia *self, const ScControlHello *hello)
{
    if (self->relay == NULL)
        return true;
    if (!g_str_equal(self->relay->hello.instance, hello->instance))
        return false;
    lose_relay(self); /* the same one dials again: the old connection is dead */
    return true;
}

static void
take_hello(Relay *relay, GVariant *id, JsonObject *object)
{
    ScMedia *self = relay->media;
    ScControlHello hello;
    g_autoptr(GError) error = NULL;
    if (self->relay == relay) {
        refuse_call(relay, id, SC_CONTROL_EXISTS, "hello was said already");
        return;
    }
    if (!sc_control_parse_hello(object, &hello, &error)) {
        g_warning("a relay's hello is refused: %s", error->message);
        refuse_call(relay, id, SC_CONTROL_BAD_PARAMETERS, error->message);
        return;
    }
    if (!make_room(self, &hello)) {
        g_autofree char *text = g_strdup_printf("relay %s is connected, at most one",
                                                self->relay->hello.instance);
        g_warning("relay %s is refused: %s", hello.instance, text);
        refuse_call(relay, id, SC_CONTROL_LIMIT, text);
        return;
    }
    relay->hello = hello;
    self->relay = relay;
    guint index = 0;
    g_assert(g_ptr_array_find(self->strangers, relay, &index));
    g_ptr_array_steal_index_fast(self->strangers, index);
    g_message("relay %s: connected, version %s, process %" G_GINT64_FORMAT,
              hello.instance, hello.version, hello.pid);
    g_autoptr(JsonObject) answer = json_object_new();
    json_object_set_int_member(answer, "protocol", SC_CONTROL_PROTOCOL);
    jsonrpc_client_reply_async(relay->client, id, to_variant(answer), NULL, NULL, NULL);
    ask_list(relay);
}

static gboolean
on_call(JsonrpcClient *client G_GNUC_UNUSED, const char *method, GVariant *id,
        GVariant *parameters, gpointer user_data)
{
    Relay *relay = user_data;
    g_autoptr(JsonObject) object = from_variant(parameters);
    if (!g_str_equal(method, "relay.hello"))
        return FALSE;
    if (object == NULL)
        refuse_call(relay, id, SC_CONTROL_BAD_PARAMETERS, "params: not an object");
    else
        take_hello(relay, id, object);
    return TRUE;
}

static void
tell_transport_state(ScMedia *self, JsonObject *object, GError **error)
{
    ScControlTransportState state;
    if (sc_control_parse_transport_state(object, &state, error))
        self->observer->transport_state(&state, self->user_data);
}

static void
tell_track_state(ScMedia *self, JsonObject *object, GError **error)
{
    ScControlStream track;
    if (sc_control_parse_track_state(object, &track, error))
        self->observer->track_state(&track, self->user_data);
}

static void
tell_quality(ScMedia *self, JsonObject *object, GError **error)
{
    g_autoptr(GArray) list = sc_control_parse_quality(object, error);
    if (list != NULL)
        self->observer->quality(list, self->user_data);
}

static const struct {
    const char *method;
    void (*tell)(ScMedia *self, JsonObject *object, GError **error);
} notifications[] = {
    { "transport.state", tell_transport_state },
    { "track.state", tell_track_state },
    { "quality", tell_quality },
};

static void
on_notification(JsonrpcClient *client G_GNUC_UNUSED, const char *method,
                GVariant *parameters, gpointer user_data)
{
    Relay *relay = user_data;
    if (!relay->is_ready) /* the list, which is still to come, says the same */
        return;
    g_autoptr(JsonObject) object = from_variant(parameters);
    g_autoptr(GError) error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(notifications); i++)
        if (object != NULL && g_str_equal(notifications[i].method, method))
            notifications[i].tell(relay->media, object, &error);
    if (error != NULL)
        g_warning("relay %s: %s is ignored: %s", relay->hello.instance, method,
                  error->message);
}

static gboolean
on_incoming(GSocketService *service G_GNUC_UNUSED, GSocketConnection *connection,
            GObject *source G_GNUC_UNUSED, gpointer user_data)
{
    ScMedia *self = user_data;
    Relay *relay = g_new0(Relay, 1);
    g_ref_count_init(&relay->references);
    relay->media = self;
    relay->client = jsonrpc_client_new(G_IO_STREAM(connection));
    relay->calls = g_hash_table_new(NULL, NULL);
    g_ptr_array_add(self->strangers, relay);
    g_signal_connect(relay->client, "handle-call", G_CALLBACK(on_call), relay);
    g_signal_connect(relay->client, "notification", G_CALLBACK(on_notification), relay);
    g_signal_connect(relay->client, "failed", G_CALLBACK(on_failed), relay);
    jsonrpc_client_start_listening(relay->client);
    return TRUE;
}

static bool
listen_on(ScMedia *self, GError **error)
{
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(self->path);
    g_unlink(self->path); /* left behind by a process that was killed */
    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(self->service), address,
                                       G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                       NULL, NULL, error)) {
        g_prefix_error(error, "%s: ", self->path);
        return false;
    }
    return true;
}

ScMedia *
sc_media_new(const ScConfig *config, const ScMediaObserver *observer, gpointer user_data,
             GError **error)
{
    g_autoptr(ScMedia) self = g_new0(ScMedia, 1);
    self->service = g_socket_service_new();
    self->path = g_strdup(config->socket);
    self->timeout_ms = config->relay_timeout_ms;
    self->observer = observer;
    self->user_data = user_data;
    self->strangers = g_ptr_array_new_with_free_func(drop_stranger);
    mode_t old_mask = umask(0177); /* the socket is born with mode 0600 */
    bool listens = listen_on(self, error);
    umask(old_mask);
    if (!listens)
        return NULL;
    g_signal_connect(self->service, "incoming", G_CALLBACK(on_incoming), self);
    return g_steal_pointer(&self);
}

void
sc_media_free(ScMedia *self)
{
    if (self == NULL)
        return;
    g_socket_service_stop(self->service);
    g_socket_listener_close(G_SOCKET_LISTENER(self->service));
    g_object_unref(self->service);
    g_unlink(self->path);
    g_ptr_array_unref(self->strangers);
    if (self->relay != NULL)
        relay_leave(g_steal_pointer(&self->relay));
    g_free(self->path);
    g_free(self);
}

bool
sc_media_is_ready(const ScMedia *self)
{
    return self->relay != NULL && self->relay->is_ready;
}

const char *
sc_media_get_instance(const ScMedia *self)
{
    return sc_media_is_ready(self) ? self->relay->hello.instance : NULL;
}

void
sc_media_call(ScMedia *self, const char *method, JsonObject *parameters,
              ScMediaReply reply, gpointer user_data)
{
    g_autoptr(JsonObject) taken = parameters;
    if (sc_media_is_ready(self)) {
        relay_call(self->relay, method, taken, reply, user_data);
    } else if (reply != NULL) {
        g_autoptr(GError) error =
            g_error_new(SC_PROBLEM_ERROR, SC_PROBLEM_NO_RELAY, "no relay is connected");
        reply(NULL, error, user_data);
    }
}

void
sc_media_refresh(ScMedia *self)
{
    if (sc_media_is_ready(self))
        ask_list(self->relay);
}
