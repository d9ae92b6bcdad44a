/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-control"

#include "relay/control.h"

#include <jsonrpc-glib.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#define DIAL_FIRST_MS 100
#define DIAL_LAST_MS 1000
#define PROTOCOL 1
#define VERSION "0.1.0"

struct ScControl {
    const char *path;          /* borrowed */
    ScDesk *desk;              /* borrowed */
    GCancellable *cancellable; /* owned; ends what is under way with us */
    JsonrpcClient *client;     /* owned; NULL while signaling is not there */
    char *instance;            /* owned; random per process, so that a restart is seen */
    unsigned dial_ms;          /* until the next attempt */
    guint dial_source;
    bool was_there; /* so that each loss is logged once */
    unsigned last_ticket;
    GHashTable *waiting; /* owned; ticket → id of a request whose reply was put off */
};

static void dial(ScControl *self);

static gboolean
on_dial_again(void *control)
{
    ScControl *self = control;

    self->dial_source = 0;
    dial(self);
    return G_SOURCE_REMOVE;
}

static void
dial_later(ScControl *self)
{
    if (self->dial_source != 0)
        return;
    self->dial_source = g_timeout_add(self->dial_ms, on_dial_again, self);
    self->dial_ms = MIN(self->dial_ms * 2, DIAL_LAST_MS);
}

static void
hang_up(ScControl *self)
{
    if (self->client == NULL)
        return;
    g_signal_handlers_disconnect_by_data(self->client, self);
    jsonrpc_client_close_async(self->client, NULL, NULL, NULL);
    g_clear_object(&self->client);
    g_hash_table_remove_all(self->waiting);
}

static void
lose(ScControl *self, const char *reason)
{
    hang_up(self);
    if (self->was_there)
        g_message("signaling is gone (%s): media goes on, dialing again", reason);
    self->was_there = false;
    dial_later(self);
}

static void
on_failed(JsonrpcClient *client, void *control)
{
    ScControl *self = control;

    if (client == self->client)
        lose(self, "the connection ended");
}

static void
reply(ScControl *self, GVariant *id, GVariant *result, const GError *error)
{
    if (error != NULL)
        jsonrpc_client_reply_error_async(self->client, id, error->code, error->message,
                                         NULL, NULL, NULL);
    else
        jsonrpc_client_reply_async(self->client, id, result, NULL, NULL, NULL);
}

static gboolean
on_call(JsonrpcClient *client, const char *method, GVariant *id, GVariant *params,
        void *control)
{
    ScControl *self = control;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;
    unsigned ticket = ++self->last_ticket;

    if (client != self->client)
        return FALSE;
    /* Before it is handled: the reply to come may be there at once. */
    g_hash_table_insert(self->waiting, GUINT_TO_POINTER(ticket), g_variant_ref(id));
    result = sc_desk_handle(self->desk, method, params, ticket, &error);
    if (result == NULL && error == NULL)
        return TRUE;
    g_hash_table_remove(self->waiting, GUINT_TO_POINTER(ticket));
    if (result != NULL)
        g_variant_ref_sink(result);
    reply(self, id, result, error);
    return TRUE;
}

static void
on_late_reply(unsigned ticket, GVariant *result, const GError *error, void *control)
{
    ScControl *self = control;
    GVariant *id = g_hash_table_lookup(self->waiting, GUINT_TO_POINTER(ticket));

    /* Who asked may have gone since. */
    if (id == NULL || self->client == NULL)
        return;
    reply(self, id, result, error);
    g_hash_table_remove(self->waiting, GUINT_TO_POINTER(ticket));
}

static void
on_notify(const char *method, GVariant *params, void *control)
{
    ScControl *self = control;

    if (self->client != NULL)
        jsonrpc_client_send_notification_async(self->client, method, params, NULL, NULL,
                                               NULL);
}

static void
on_hello(GObject *client, GAsyncResult *answer, void *control)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;

    if (!jsonrpc_client_call_finish(JSONRPC_CLIENT(client), answer, &result, &error)) {
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            return; /* @control is gone */
        if (((ScControl *)control)->client == JSONRPC_CLIENT(client))
            lose(control, error->message);
        return;
    }

    ScControl *self = control;
    g_message("signaling is there");
    self->was_there = true;
    self->dial_ms = DIAL_FIRST_MS;
}

static void
say_hello(ScControl *self)
{
    GVariantBuilder params;

    g_variant_builder_init(&params, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&params, "{sv}", "relay", g_variant_new_string(self->instance));
    g_variant_builder_add(&params, "{sv}", "version", g_variant_new_string(VERSION));
    g_variant_builder_add(&params, "{sv}", "pid", g_variant_new_int64(getpid()));
    g_variant_builder_add(&params, "{sv}", "protocol", g_variant_new_int64(PROTOCOL));
    jsonrpc_client_call_async(self->client, "relay.hello", g_variant_builder_end(&params),
                              self->cancellable, on_hello, self);
}

static void
on_dialed(GObject *socket, GAsyncResult *answer, void *control)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(socket), answer, &error);
    ScControl *self = control;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* @control is gone */
    if (connection == NULL) {
        dial_later(self);
        return;
    }
    self->client = jsonrpc_client_new(G_IO_STREAM(connection));
    g_signal_connect(self->client, "handle-call", G_CALLBACK(on_call), self);
    g_signal_connect(self->client, "failed", G_CALLBACK(on_failed), self);
    jsonrpc_client_start_listening(self->client);
    say_hello(self);
}

static void
dial(ScControl *self)
{
    g_autoptr(GSocketClient) socket = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(self->path);

    g_socket_client_connect_async(socket, G_SOCKET_CONNECTABLE(address),
                                  self->cancellable, on_dialed, self);
}

ScControl *
sc_control_new(const char *path, ScDesk *desk)
{
    ScControl *self = g_new0(ScControl, 1);

    self->path = path;
    self->desk = desk;
    self->cancellable = g_cancellable_new();
    self->instance = g_uuid_string_random();
    self->dial_ms = DIAL_FIRST_MS;
    self->waiting =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_variant_unref);
    sc_desk_listen(desk, &(ScDeskListener){ on_notify, on_late_reply, self });
    dial(self);
    return self;
}

void
sc_control_free(ScControl *self)
{
    if (self == NULL)
        return;
    sc_desk_listen(self->desk, &(ScDeskListener){ 0 });
    g_cancellable_cancel(self->cancellable);
    g_clear_handle_id(&self->dial_source, g_source_remove);
    hang_up(self);
    g_hash_table_unref(self->waiting);
    g_object_unref(self->cancellable);
    g_free(self->instance);
    g_free(self);
}
