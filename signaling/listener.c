/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-listener"
#include "signaling/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "signaling/tcp.h"
#include "signaling/ward.h"

#define BACKLOG 1024      /* at the bell all rooms connect; GLib's 10 resets them */
#define ACCEPT_AT_ONCE 64 /* then those who are in have their turn */
#define REST_MS 100       /* when there is no descriptor left, for some to be closed */
#define ORIGIN_KEY "sc-origin"
#define WARD_KEY "sc-ward"

/* Where a message's connection comes from: lies at its remote address, the one thing that
 * libsoup lends of a stream that it was given. */
typedef struct {
    GSocket *socket;       /* ref */
    GIOStream *stream;     /* ref */
    GMainContext *context; /* borrowed: of its ward, which stays */
} Origin;

struct ScListener {
    SoupServer *soup;             /* borrowed: outlives us */
    GSocket *socket;              /* owned */
    GTlsCertificate *certificate; /* owned; NULL: no TLS */
    guint waiting; /* source: for somebody to come, or for the rest to end */
    bool is_told;  /* this shortage is in the log */
};

static void
origin_free(gpointer data)
{
    Origin *self = data;
    g_object_unref(self->stream);
    g_object_unref(self->socket);
    g_free(self);
}

static const Origin *
get_origin(SoupServerMessage *message)
{
    GSocketAddress *address = soup_server_message_get_remote_address(message);
    return g_object_get_data(G_OBJECT(address), ORIGIN_KEY);
}

static void
leave_ward(gpointer ward)
{
    sc_ward_leave(ward);
}

/* A copy: the socket keeps the one that it gives, and would keep itself by it. */
static GSocketAddress *
dup_remote_address(GSocket *socket, GIOStream *stream, GMainContext *context,
                   GError **error)
{
    g_autoptr(GSocketAddress) address = g_socket_get_remote_address(socket, error);
    if (address == NULL)
        return NULL;
    GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS(address);
    GSocketAddress *copy = g_inet_socket_address_new(
        g_inet_socket_address_get_address(inet), g_inet_socket_address_get_port(inet));
    Origin *origin = g_new0(Origin, 1);
    origin->socket = g_object_ref(socket);
    origin->stream = g_object_ref(stream);
    origin->context = context;
    g_object_set_data_full(G_OBJECT(copy), ORIGIN_KEY, origin, origin_free);
    return copy;
}

/* libsoup speaks HTTP/1.1 over streams that it is given. */
static GIOStream *
secure(ScListener *self, GIOStream *plain, GError **error)
{
    static const char *const protocols[] = { "http/1.1", NULL };
    if (self->certificate == NULL)
        return g_object_ref(plain);
    GIOStream *stream = g_tls_server_connection_new(plain, self->certificate, error);
    if (stream == NULL)
        return NULL;
    g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream), protocols);
    g_tls_connection_set_require_close_notify(G_TLS_CONNECTION(stream), FALSE);
    return stream;
}

/* libsoup attaches what waits for a request to the thread's default of this moment. */
static bool
give_to_soup(ScListener *self, GSocket *socket, GError **error)
{
    ScWard *ward = sc_ward_enter();
    GMainContext *context = sc_ward_get_context(ward);
    g_autoptr(GIOStream) plain = G_IO_STREAM(sc_tcp_connection_new(socket));
    g_object_set_data_full(G_OBJECT(plain), WARD_KEY, ward, leave_ward);
    g_autoptr(GSocketAddress) local = g_socket_get_local_address(socket, error);
    g_autoptr(GIOStream) stream = local != NULL ? secure(self, plain, error) : NULL;
    if (stream == NULL)
        return false;
    g_autoptr(GSocketAddress) remote = dup_remote_address(socket, stream, context, error);
    if (remote == NULL)
        return false;
    g_main_context_push_thread_default(context);
    bool is_taken = soup_server_accept_iostream(self->soup, stream, local, remote, error);
    g_main_context_pop_thread_default(context);
    return is_taken;
}

static void
take_in(ScListener *self, GSocket *socket)
{
    g_autoptr(GError) error = NULL;
    g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
    if (!give_to_soup(self, socket, &error))
        g_debug("one who came was gone already: %s", error->message);
}

static void wait_for_people(ScListener *self);

static gboolean
on_rested(gpointer user_data)
{
    wait_for_people(user_data);
    return G_SOURCE_REMOVE;
}

/* What is left over stays with the kernel. */
static void
rest(ScListener *self, const GError *error)
{
    if (!self->is_told)
        g_warning("nobody can be let in: %s; trying every %d ms", error->message,
                  REST_MS);
    self->is_told = true;
    self->waiting = g_timeout_add(REST_MS, on_rested, self);
}

static gboolean
on_people(GSocket *socket, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
    ScListener *self = user_data;
    for (unsigned i = 0; i < ACCEPT_AT_ONCE; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GSocket) accepted = g_socket_accept(socket, NULL, &error);
        if (accepted != NULL) {
            self->is_told = false;
            take_in(self, accepted);
        } else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)) {
            rest(self, error);
            return G_SOURCE_REMOVE;
        } else {
            break; /* nobody more, or one who hung up while waiting */
        }
    }
    return G_SOURCE_CONTINUE;
}

static void
wait_for_people(ScListener *self)
{
    g_autoptr(GSource) source = g_socket_create_source(self->socket, G_IO_IN, NULL);
    g_source_set_callback(source, G_SOURCE_FUNC(on_people), self, NULL);
    self->waiting = g_source_attach(source, NULL);
}

static bool
load_certificate(ScListener *self, const ScConfig *config, GError **error)
{
    if (config->certificate[0] == '\0')
        return true;
    self->certificate =
        g_tls_certificate_new_from_files(config->certificate, config->key, error);
    if (self->certificate == NULL)
        g_prefix_error(error, "%s: ", config->certificate);
    return self->certificate != NULL;
}

static bool
open_socket(ScListener *self, const ScConfig *config, GError **error)
{
    g_autoptr(GSocketAddress) address =
        g_inet_socket_address_new_from_string(config->listen, config->port);
    if (address == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "listen = %s: not an IPv4 or IPv6 literal", config->listen);
        return false;
    }
    self->socket = g_socket_new(g_socket_address_get_family(address),
                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
    if (self->socket == NULL)
        return false;
    if (g_socket_get_family(self->socket) == G_SOCKET_FAMILY_IPV6)
        g_socket_set_option(self->socket, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);
    g_socket_set_blocking(self->socket, FALSE);
    g_socket_set_listen_backlog(self->socket, BACKLOG);
    return g_socket_bind(self->socket, address, TRUE, error)
           && g_socket_listen(self->socket, error);
}

/* libsoup 3.2 ends a connection after one request unless it listens somewhere itself. It
 * is given one end of a pair whose other end is closed, and turns away from it at the
 * first look. */
static bool
make_soup_listen(ScListener *self, GError **error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        int code = errno;
        g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code),
                    "socketpair: %s", g_strerror(code));
        return false;
    }
    g_autoptr(GSocket) nowhere = g_socket_new_from_fd(ends[0], error);
    if (nowhere == NULL)
        close(ends[0]);
    close(ends[1]);
    return nowhere != NULL && soup_server_listen_socket(self->soup, nowhere, 0, error);
}

ScListener *
sc_listener_new(SoupServer *soup, const ScConfig *config, GError **error)
{
    g_autoptr(ScListener) self = g_new0(ScListener, 1);
    self->soup = soup;
    if (!load_certificate(self, config, error))
        return NULL;
    if (!make_soup_listen(self, error) || !open_socket(self, config, error)) {
        g_prefix_error(error, "%s port %u: ", config->listen, config->port);
        return NULL;
    }
    wait_for_people(self);
    return g_steal_pointer(&self);
}

void
sc_listener_free(ScListener *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->waiting, g_source_remove);
    g_clear_object(&self->socket);
    g_clear_object(&self->certificate);
    g_free(self);
}

unsigned
sc_listener_get_port(const ScListener *self)
{
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(self->socket, NULL);
    return address != NULL
               ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address))
               : 0;
}

GSocket *
sc_listener_get_socket(SoupServerMessage *message)
{
    return get_origin(message)->socket;
}

GIOStream *
sc_listener_get_stream(SoupServerMessage *message)
{
    return get_origin(message)->stream;
}

GMainContext *
sc_listener_get_context(SoupServerMessage *message)
{
    return get_origin(message)->context;
}
