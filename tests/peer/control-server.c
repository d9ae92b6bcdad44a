/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/peer/control-server.h"

#include <jsonrpc-glib.h>
#include <string.h>

#include <gio/gunixsocketaddress.h>

#define CALL_TIMEOUT_US (5 * G_USEC_PER_SEC)

typedef struct {
    char *method;     /* owned */
    JsonNode *params; /* owned */
} Notification;

struct ScControlServer {
    GSocketService *service;  /* owned */
    JsonrpcServer *server;    /* owned */
    JsonrpcClient *relay;     /* ref; NULL: not connected */
    GIOStream *stream;        /* ref; of @relay */
    GPtrArray *notifications; /* owned; of Notification */
    unsigned n_hellos;
    bool has_said_hello;
};

static void
notification_free(gpointer data)
{
    Notification *self = data;

    g_free(self->method);
    json_node_unref(self->params);
    g_free(self);
}

static gboolean
on_incoming(G_GNUC_UNUSED GSocketService *service, GSocketConnection *connection,
            G_GNUC_UNUSED GObject *source, gpointer user_data)
{
    ScControlServer *self = user_data;

    g_set_object(&self->stream, G_IO_STREAM(connection));
    jsonrpc_server_accept_io_stream(self->server, G_IO_STREAM(connection));
    return TRUE;
}

static void
on_client_accepted(G_GNUC_UNUSED JsonrpcServer *server, JsonrpcClient *client,
                   gpointer user_data)
{
    ScControlServer *self = user_data;

    g_set_object(&self->relay, client);
    self->has_said_hello = false;
}

static void
on_client_closed(G_GNUC_UNUSED JsonrpcServer *server, JsonrpcClient *client,
                 gpointer user_data)
{
    ScControlServer *self = user_data;

    if (self->relay != client)
        return;
    g_clear_object(&self->relay);
    g_clear_object(&self->stream);
    self->has_said_hello = false;
}

static gboolean
on_call(G_GNUC_UNUSED JsonrpcServer *server, JsonrpcClient *client, const char *method,
        GVariant *id, G_GNUC_UNUSED GVariant *params, gpointer user_data)
{
    ScControlServer *self = user_data;

    if (strcmp(method, "relay.hello") != 0)
        return FALSE;
    self->n_hellos++;
    self->has_said_hello = true;
    jsonrpc_client_reply_async(client, id, g_variant_new_parsed("{'protocol': <1>}"),
                               NULL, NULL, NULL);
    return TRUE;
}

static void
on_notification(G_GNUC_UNUSED JsonrpcServer *server, G_GNUC_UNUSED JsonrpcClient *client,
                const char *method, GVariant *params, gpointer user_data)
{
    ScControlServer *self = user_data;
    Notification *notification = g_new0(Notification, 1);

    notification->method = g_strdup(method);
    notification->params = json_gvariant_serialize(params);
    g_ptr_array_add(self->notifications, notification);
}

ScControlServer *
sc_control_server_new(const char *path, GError **error)
{
    g_autoptr(ScControlServer) self = g_new0(ScControlServer, 1);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);

    self->notifications = g_ptr_array_new_with_free_func(notification_free);
    self->server = jsonrpc_server_new();
    g_signal_connect(self->server, "client-accepted", G_CALLBACK(on_client_accepted),
                     self);
    g_signal_connect(self->server, "client-closed", G_CALLBACK(on_client_closed), self);
    g_signal_connect(self->server, "handle-call", G_CALLBACK(on_call), self);
    g_signal_connect(self->server, "notification", G_CALLBACK(on_notification), self);
    self->service = g_socket_service_new();
    g_signal_connect(self->service, "incoming", G_CALLBACK(on_incoming), self);
    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(self->service), address,
                                       G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                       NULL, NULL, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_control_server_free(ScControlServer *self)
{
    if (self == NULL)
        return;
    if (self->service != NULL) {
        g_socket_service_stop(self->service);
        g_socket_listener_close(G_SOCKET_LISTENER(self->service));
        g_signal_handlers_disconnect_by_data(self->service, self);
    }
    g_signal_handlers_disconnect_by_data(self->server, self);
    sc_control_server_hang_up(self);
    g_clear_object(&self->relay);
    g_clear_object(&self->stream);
    g_clear_object(&self->service);
    g_clear_object(&self->server);
    g_ptr_array_unref(self->notifications);
    g_free(self);
}

bool
sc_control_server_is_connected(const ScControlServer *self)
{
    return self->relay != NULL && self->has_said_hello;
}

unsigned
sc_control_server_get_n_hellos(const ScControlServer *self)
{
    return self->n_hellos;
}

static gboolean
on_timeout(gpointer user_data)
{
    bool *is_over = user_data;

    *is_over = true;
    return G_SOURCE_CONTINUE;
}

bool
sc_control_server_wait_for_relay(ScControlServer *self, int64_t timeout_us)
{
    bool is_over = false;
    unsigned timer = g_timeout_add((unsigned)(timeout_us / 1000), on_timeout, &is_over);

    while (!sc_control_server_is_connected(self) && !is_over)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    return sc_control_server_is_connected(self);
}

typedef struct {
    GVariant *result; /* owned */
    GError *error;    /* owned */
    bool is_done;
} Call;

static void
on_answer(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Call *call = user_data;

    jsonrpc_client_call_finish(JSONRPC_CLIENT(source), result, &call->result,
                               &call->error);
    call->is_done = true;
}

/* jsonrpc-glib gives the error object printed as a GVariant, with code 0. */
static void
propagate_refusal(GError **error, GError *refusal)
{
    g_autoptr(GVariant) fields =
        g_variant_parse(G_VARIANT_TYPE_VARDICT, refusal->message, NULL, NULL, NULL);
    int64_t code;

    if (fields != NULL && g_variant_lookup(fields, "code", "x", &code))
        refusal->code = (int)code;
    g_propagate_error(error, refusal);
}

JsonNode *
sc_control_server_call(ScControlServer *self, const char *method, const char *params,
                       GError **error)
{
    g_autoptr(GVariant) message = json_gvariant_deserialize_data(params, -1, NULL, error);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Call call = { 0 };
    bool is_over = false;

    if (message == NULL)
        return NULL;
    g_variant_take_ref(message);
    if (self->relay == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "no relay");
        return NULL;
    }

    unsigned timer = g_timeout_add(CALL_TIMEOUT_US / 1000, on_timeout, &is_over);
    jsonrpc_client_call_async(self->relay, method, message, cancellable, on_answer,
                              &call);
    while (!call.is_done) {
        g_main_context_iteration(NULL, TRUE);
        if (is_over)
            g_cancellable_cancel(cancellable);
    }
    g_source_remove(timer);
    if (call.error != NULL) {
        propagate_refusal(error, call.error);
        return NULL;
    }
    JsonNode *node = json_gvariant_serialize(call.result);
    g_variant_unref(call.result);
    return node;
}

void
sc_control_server_send_raw(ScControlServer *self, const char *bytes)
{
    if (self->stream != NULL)
        g_output_stream_write_all(g_io_stream_get_output_stream(self->stream), bytes,
                                  strlen(bytes), NULL, NULL, NULL);
}

void
sc_control_server_hang_up(ScControlServer *self)
{
    if (self->relay != NULL)
        jsonrpc_client_close(self->relay, NULL, NULL);
}

static const Notification *
lookup_notification(const ScControlServer *self, const char *method, unsigned index)
{
    for (unsigned i = 0; i < self->notifications->len; i++) {
        const Notification *notification = g_ptr_array_index(self->notifications, i);

        if (strcmp(notification->method, method) == 0 && index-- == 0)
            return notification;
    }
    return NULL;
}

unsigned
sc_control_server_count(const ScControlServer *self, const char *method)
{
    unsigned n_notifications = 0;

    while (lookup_notification(self, method, n_notifications) != NULL)
        n_notifications++;
    return n_notifications;
}

JsonObject *
sc_control_server_get_notification(const ScControlServer *self, const char *method,
                                   unsigned index)
{
    const Notification *notification = lookup_notification(self, method, index);

    return notification != NULL ? json_node_get_object(notification->params) : NULL;
}
