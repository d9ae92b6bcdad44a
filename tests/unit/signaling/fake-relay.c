/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/signaling/fake-relay.h"

#include <jsonrpc-glib.h>

#include <gio/gunixsocketaddress.h>

typedef struct {
    char *method;
    JsonObject *parameters;
} Call;

struct FakeRelay {
    JsonrpcClient *client;
    char *path;
    char *instance;
    bool is_mute;
    const char *watched_method; /* static; NULL: none */
    void (*watched)(gpointer user_data);
    gpointer watched_data;
    char *refused_method;
    int refused_code;
    GHashTable *transports; /* id → JsonObject, as relay.list has it */
    GHashTable *feeds;      /* slot → track or "" */
    GPtrArray *calls;       /* of Call */
};

static void
call_free(gpointer data)
{
    Call *call = data;
    g_free(call->method);
    json_object_unref(call->parameters);
    g_free(call);
}

static GVariant *
to_variant(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_gvariant_deserialize(node, NULL, NULL);
}

static JsonObject *
parse(const char *json)
{
    g_autoptr(JsonNode) node = json_from_string(json, NULL);
    g_assert_nonnull(node);
    return json_node_dup_object(node);
}

static void
answer(FakeRelay *self, GVariant *id, const char *json)
{
    g_autoptr(JsonObject) object = parse(json);
    jsonrpc_client_reply_async(self->client, id, to_variant(object), NULL, NULL, NULL);
}

static void
on_list(FakeRelay *self, GVariant *id, JsonObject *parameters G_GNUC_UNUSED)
{
    g_autoptr(JsonObject) result = json_object_new();
    JsonArray *array = json_array_new();
    GHashTableIter iter;
    gpointer transport;
    g_hash_table_iter_init(&iter, self->transports);
    while (g_hash_table_iter_next(&iter, NULL, &transport)) {
        JsonArray *slots = json_object_get_array_member(transport, "slots");
        for (guint i = 0; i < json_array_get_length(slots); i++) {
            JsonObject *slot = json_array_get_object_element(slots, i);
            const char *feed = g_hash_table_lookup(
                self->feeds, json_object_get_string_member(slot, "slot"));
            if (feed != NULL && feed[0] != '\0')
                json_object_set_string_member(slot, "track", feed);
            else
                json_object_set_null_member(slot, "track");
        }
        json_array_add_object_element(array, json_object_ref(transport));
    }
    json_object_set_array_member(result, "transports", array);
    jsonrpc_client_reply_async(self->client, id, to_variant(result), NULL, NULL, NULL);
}

static void
on_create(FakeRelay *self, GVariant *id, JsonObject *parameters)
{
    const char *name = json_object_get_string_member(parameters, "transport");
    g_autoptr(GString) tracks = g_string_new("[");
    g_autoptr(GString) slots = g_string_new("[");
    JsonArray *receive = json_object_get_array_member(parameters, "receive");
    JsonArray *send = json_object_get_array_member(parameters, "send");
    for (guint i = 0; i < json_array_get_length(receive); i++)
        g_string_append_printf(tracks, "%s{\"track\":\"%s\",\"state\":\"silent\"}",
                               i > 0 ? "," : "",
                               json_object_get_string_member(
                                   json_array_get_object_element(receive, i), "track"));
    for (guint i = 0; i < json_array_get_length(send); i++)
        g_string_append_printf(slots, "%s{\"slot\":\"%s\"}", i > 0 ? "," : "",
                               json_object_get_string_member(
                                   json_array_get_object_element(send, i), "slot"));
    g_string_append_c(tracks, ']');
    g_string_append_c(slots, ']');
    fake_relay_add_transport(self, name, json_object_get_string_member(parameters, "tag"),
                             tracks->str, slots->str);
    answer(
        self, id,
        "{\"ice\":{\"ufrag\":\"relay\",\"pwd\":\"relaypasswordrelaypassword\"},"
        "\"fingerprint\":\"sha-256 "
        "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:"
        "AA:BB:CC:DD:EE:FF\","
        "\"candidates\":[{\"address\":\"127.0.0.1\",\"port\":8443}]}");
}

static void
on_restart(FakeRelay *self, GVariant *id, JsonObject *parameters G_GNUC_UNUSED)
{
    answer(self, id,
           "{\"ice\":{\"ufrag\":\"again\",\"pwd\":\"againpasswordagainpassword\"},"
           "\"candidates\":[{\"address\":\"127.0.0.1\",\"port\":8443}]}");
}

static void
on_close(FakeRelay *self, GVariant *id, JsonObject *parameters)
{
    fake_relay_drop_transport(self,
                              json_object_get_string_member(parameters, "transport"));
    answer(self, id, "{}");
}

/* All or nothing, as the real one. */
static void
on_patch(FakeRelay *self, GVariant *id, JsonObject *parameters)
{
    JsonArray *patches = json_object_get_array_member(parameters, "patches");
    for (guint i = 0; i < json_array_get_length(patches); i++) {
        JsonObject *patch = json_array_get_object_element(patches, i);
        if (!g_hash_table_contains(self->feeds,
                                   json_object_get_string_member(patch, "slot"))) {
            jsonrpc_client_reply_error_async(self->client, id, -32005, "unknown-slot",
                                             NULL, NULL, NULL);
            return;
        }
    }
    for (guint i = 0; i < json_array_get_length(patches); i++) {
        JsonObject *patch = json_array_get_object_element(patches, i);
        bool is_null = json_object_get_null_member(patch, "track");
        g_hash_table_insert(
            self->feeds, g_strdup(json_object_get_string_member(patch, "slot")),
            g_strdup(is_null ? "" : json_object_get_string_member(patch, "track")));
    }
    answer(self, id, "{}");
}

static void
on_stats(FakeRelay *self, GVariant *id, JsonObject *parameters G_GNUC_UNUSED)
{
    answer(self, id,
           "{\"counters\":{\"packets_out\":12345678901,\"packets_in\":7},"
           "\"verdicts\":{\"pass\":5,\"srtp_replayed\":2},\"gauges\":{\"transports\":3},"
           "\"forward_us\":{\"p50\":11.5,\"p99\":80,\"count\":99},\"cpu_us\":1000}");
}

static const struct {
    const char *method;
    void (*handle)(FakeRelay *self, GVariant *id, JsonObject *parameters);
} handlers[] = {
    { "relay.list", on_list },         { "relay.stats", on_stats },
    { "slot.patch", on_patch },        { "transport.close", on_close },
    { "transport.create", on_create }, { "transport.restart_ice", on_restart },
};

static gboolean
on_call(JsonrpcClient *client, const char *method, GVariant *id, GVariant *parameters,
        gpointer user_data)
{
    FakeRelay *self = user_data;
    g_autoptr(JsonNode) node = json_gvariant_serialize(parameters);
    Call *call = g_new(Call, 1);
    *call = (Call){ g_strdup(method), json_node_dup_object(node) };
    g_ptr_array_add(self->calls, call);
    if (g_strcmp0(method, self->watched_method) == 0) {
        self->watched_method = NULL;
        self->watched(self->watched_data);
    }
    if (self->is_mute)
        return TRUE;
    if (g_strcmp0(self->refused_method, method) == 0) {
        g_clear_pointer(&self->refused_method, g_free);
        jsonrpc_client_reply_error_async(client, id, self->refused_code, "refused", NULL,
                                         NULL, NULL);
        return TRUE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
        if (g_str_equal(handlers[i].method, method)) {
            handlers[i].handle(self, id, call->parameters);
            return TRUE;
        }
    return FALSE;
}

static void
dial(FakeRelay *self)
{
    g_autoptr(GSocketClient) dialer = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(self->path);
    g_autoptr(GError) error = NULL;
    GSocketConnection *connection =
        g_socket_client_connect(dialer, G_SOCKET_CONNECTABLE(address), NULL, &error);
    g_assert_no_error(error);
    self->client = jsonrpc_client_new(G_IO_STREAM(connection));
    g_object_unref(connection);
    g_signal_connect(self->client, "handle-call", G_CALLBACK(on_call), self);
    jsonrpc_client_start_listening(self->client);
}

static void
hang_up(FakeRelay *self)
{
    g_signal_handlers_disconnect_by_data(self->client, self);
    jsonrpc_client_close(self->client, NULL, NULL);
    g_clear_object(&self->client);
}

FakeRelay *
fake_relay_new(const char *path, const char *instance)
{
    FakeRelay *self = g_new0(FakeRelay, 1);
    self->path = g_strdup(path);
    self->instance = g_strdup(instance);
    self->transports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify)json_object_unref);
    self->feeds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->calls = g_ptr_array_new_with_free_func(call_free);
    dial(self);
    return self;
}

void
fake_relay_free(FakeRelay *self)
{
    if (self == NULL)
        return;
    hang_up(self);
    g_hash_table_unref(self->transports);
    g_hash_table_unref(self->feeds);
    g_ptr_array_unref(self->calls);
    g_free(self->refused_method);
    g_free(self->path);
    g_free(self->instance);
    g_free(self);
}

typedef struct {
    bool is_done;
    bool is_accepted;
} Hello;

static void
on_hello(GObject *client, GAsyncResult *result, gpointer user_data)
{
    Hello *hello = user_data;
    g_autoptr(GVariant) reply = NULL;
    hello->is_accepted =
        jsonrpc_client_call_finish(JSONRPC_CLIENT(client), result, &reply, NULL);
    hello->is_done = true;
}

bool
fake_relay_hello(FakeRelay *self)
{
    g_autofree char *json = g_strdup_printf(
        "{\"relay\":\"%s\",\"version\":\"0.1.0\",\"pid\":1,\"protocol\":1}",
        self->instance);
    g_autoptr(JsonObject) object = parse(json);
    Hello hello = { false, false };
    jsonrpc_client_call_async(self->client, "relay.hello", to_variant(object), NULL,
                              on_hello, &hello);
    while (!hello.is_done)
        g_main_context_iteration(NULL, TRUE);
    return hello.is_accepted;
}

void
fake_relay_redial(FakeRelay *self)
{
    hang_up(self);
    dial(self);
}

void
fake_relay_set_mute(FakeRelay *self, bool is_mute)
{
    self->is_mute = is_mute;
}

void
fake_relay_watch_next(FakeRelay *self, const char *method,
                      void (*called)(gpointer user_data), gpointer user_data)
{
    self->watched_method = method;
    self->watched = called;
    self->watched_data = user_data;
}

void
fake_relay_refuse_next(FakeRelay *self, const char *method, int code)
{
    g_free(self->refused_method);
    self->refused_method = g_strdup(method);
    self->refused_code = code;
}

void
fake_relay_notify(FakeRelay *self, const char *method, const char *json)
{
    g_autoptr(JsonObject) object = parse(json);
    jsonrpc_client_send_notification_async(self->client, method, to_variant(object), NULL,
                                           NULL, NULL);
}

void
fake_relay_add_transport(FakeRelay *self, const char *id, const char *tag,
                         const char *tracks, const char *slots)
{
    g_autofree char *json = g_strdup_printf(
        "{\"state\":\"connected\",\"tracks\":%s,\"slots\":%s}", tracks, slots);
    JsonObject *transport = parse(json);
    json_object_set_string_member(transport, "transport", id);
    json_object_set_string_member(transport, "tag", tag);
    g_hash_table_insert(self->transports, g_strdup(id), transport);
    JsonArray *array = json_object_get_array_member(transport, "slots");
    for (guint i = 0; i < json_array_get_length(array); i++)
        g_hash_table_insert(self->feeds,
                            g_strdup(json_object_get_string_member(
                                json_array_get_object_element(array, i), "slot")),
                            g_strdup(""));
}

void
fake_relay_drop_transport(FakeRelay *self, const char *id)
{
    JsonObject *transport = g_hash_table_lookup(self->transports, id);
    if (transport == NULL)
        return;
    JsonArray *array = json_object_get_array_member(transport, "slots");
    for (guint i = 0; i < json_array_get_length(array); i++)
        g_hash_table_remove(self->feeds,
                            json_object_get_string_member(
                                json_array_get_object_element(array, i), "slot"));
    g_hash_table_remove(self->transports, id);
}

unsigned
fake_relay_count_transports(FakeRelay *self)
{
    return g_hash_table_size(self->transports);
}

bool
fake_relay_has_transport(FakeRelay *self, const char *id)
{
    return g_hash_table_contains(self->transports, id);
}

unsigned
fake_relay_count_calls(FakeRelay *self, const char *method)
{
    unsigned n = 0;
    for (guint i = 0; i < self->calls->len; i++)
        n += g_str_equal(((Call *)g_ptr_array_index(self->calls, i))->method, method);
    return n;
}

JsonObject *
fake_relay_get_last_call(FakeRelay *self, const char *method)
{
    for (guint i = self->calls->len; i > 0; i--) {
        Call *call = g_ptr_array_index(self->calls, i - 1);
        if (g_str_equal(call->method, method))
            return call->parameters;
    }
    return NULL;
}

const char *
fake_relay_get_feed(FakeRelay *self, const char *slot)
{
    return g_hash_table_lookup(self->feeds, slot);
}
