/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include <gio/gio.h>

#include "signaling/tcp.h"

#define PATIENCE_US (10 * G_USEC_PER_SEC)
#define QUIET_TURNS 20
#define MANY 200
#define FEW 8 /* descriptors that a turn may poll, whoever waits */

static guint n_polled; /* descriptors, in the last turn */

static gint
count_and_poll(GPollFD *fds, guint n_fds, gint timeout_ms)
{
    n_polled = n_fds;
    return g_poll(fds, n_fds, timeout_ms);
}

/* Both ends of one connection over loopback. */
typedef struct {
    GSocketConnection *near; /* owned */
    GSocketConnection *far;  /* owned */
} Pair;

static GSocketConnection *
take_socket(GSocket *socket)
{
    GSocketConnection *connection = G_SOCKET_CONNECTION(sc_tcp_connection_new(socket));
    g_object_unref(socket);
    return connection;
}

static GSocket *
open_socket(GSocketAddress *address, bool is_server)
{
    g_autoptr(GError) error = NULL;
    GSocket *socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                   G_SOCKET_PROTOCOL_TCP, &error);
    g_assert_no_error(error);
    if (is_server) {
        g_socket_bind(socket, address, TRUE, &error);
        g_assert_no_error(error);
        g_socket_listen(socket, &error);
    } else {
        g_socket_connect(socket, address, NULL, &error);
    }
    g_assert_no_error(error);
    return socket;
}

static Pair
pair_new(void)
{
    g_autoptr(GSocketAddress) loopback =
        g_inet_socket_address_new_from_string("127.0.0.1", 0);
    g_autoptr(GSocket) server = open_socket(loopback, true);
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(server, NULL);
    Pair pair = { .near = take_socket(open_socket(address, false)) };
    pair.far = take_socket(g_socket_accept(server, NULL, NULL));
    return pair;
}

static void
pair_clear(Pair *self)
{
    g_clear_object(&self->near);
    g_clear_object(&self->far);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

static GPollableInputStream *
get_input(GSocketConnection *connection)
{
    return G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
}

static GPollableOutputStream *
get_output(GSocketConnection *connection)
{
    return G_POLLABLE_OUTPUT_STREAM(
        g_io_stream_get_output_stream(G_IO_STREAM(connection)));
}

static void
say(GSocketConnection *connection, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                              text, strlen(text), NULL, NULL, &error);
    g_assert_no_error(error);
}

static gboolean
count(GObject *stream G_GNUC_UNUSED, gpointer user_data)
{
    (*(unsigned *)user_data)++;
    return G_SOURCE_CONTINUE;
}

/* Counts in @n_calls; the caller ends it by stop(). */
static GSource *
listen_to(GSource *source, unsigned *n_calls)
{
    g_source_set_callback(source, G_SOURCE_FUNC(count), n_calls, NULL);
    g_source_attach(source, NULL);
    return source;
}

static void
stop(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static void
turn_until(const unsigned *n_calls, unsigned n_wanted)
{
    int64_t end_us = g_get_monotonic_time() + PATIENCE_US;
    while (*n_calls < n_wanted) {
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        g_main_context_iteration(NULL, FALSE);
    }
}

static void
turn_some(void)
{
    for (unsigned i = 0; i < QUIET_TURNS; i++)
        g_main_context_iteration(NULL, FALSE);
}

/* Reads until there is nothing; gives how many bytes that were. */
static gssize
drain(GSocketConnection *connection)
{
    char buffer[65536];
    gssize total = 0;
    for (;;) {
        g_autoptr(GError) error = NULL;
        gssize n = g_pollable_input_stream_read_nonblocking(get_input(connection), buffer,
                                                            sizeof buffer, NULL, &error);
        if (n < 0)
            g_assert_error(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
        if (n <= 0)
            return total;
        total += n;
    }
}

static gssize
fill(GSocketConnection *connection)
{
    static const char nothing[65536];
    gssize total = 0;
    for (;;) {
        g_autoptr(GError) error = NULL;
        gssize n = g_pollable_output_stream_write_nonblocking(
            get_output(connection), nothing, sizeof nothing, NULL, &error);
        if (n < 0) {
            g_assert_error(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
            return total;
        }
        total += n;
    }
}

static void
what_comes_is_told_until_it_is_read(void)
{
    g_auto(Pair) pair = pair_new();
    unsigned n_calls = 0;
    GSource *source = listen_to(
        g_pollable_input_stream_create_source(get_input(pair.far), NULL), &n_calls);
    turn_some();
    g_assert_cmpuint(n_calls, ==, 0);
    say(pair.near, "raise the hand");
    turn_until(&n_calls, 3); /* it was not read, so it is told again */
    g_assert_cmpint(drain(pair.far), ==, 14);
    n_calls = 0;
    turn_some();
    g_assert_cmpuint(n_calls, ==, 0);
    say(pair.near, "and again");
    turn_until(&n_calls, 1);
    stop(source);
}

static void
what_came_before_anybody_waited_is_told(void)
{
    g_auto(Pair) pair = pair_new();
    unsigned n_calls = 0;
    say(pair.near, "early");
    (void)get_input(pair.far);
    turn_some();
    GSource *source = listen_to(
        g_pollable_input_stream_create_source(get_input(pair.far), NULL), &n_calls);
    turn_until(&n_calls, 1);
    stop(source);
}

static void
who_is_full_is_told_when_there_is_room(void)
{
    g_auto(Pair) pair = pair_new();
    unsigned n_calls = 0;
    gssize n_bytes = fill(pair.near);
    GSource *source = listen_to(
        g_pollable_output_stream_create_source(get_output(pair.near), NULL), &n_calls);
    turn_some();
    g_assert_false(g_pollable_output_stream_is_writable(get_output(pair.near)));
    n_calls = 0; /* what the kernel had told before */
    turn_some();
    g_assert_cmpuint(n_calls, ==, 0);
    int64_t end_us = g_get_monotonic_time() + PATIENCE_US;
    for (gssize n_read = 0; n_read < n_bytes; n_read += drain(pair.far))
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
    turn_until(&n_calls, 1);
    g_assert_true(g_pollable_output_stream_is_writable(get_output(pair.near)));
    stop(source);
}

static void
the_end_is_told(void)
{
    g_auto(Pair) pair = pair_new();
    unsigned n_calls = 0;
    char byte;
    GSource *source = listen_to(
        g_pollable_input_stream_create_source(get_input(pair.far), NULL), &n_calls);
    turn_some();
    g_io_stream_close(G_IO_STREAM(pair.near), NULL, NULL);
    turn_until(&n_calls, 1);
    g_assert_cmpint(g_pollable_input_stream_read_nonblocking(get_input(pair.far), &byte,
                                                             1, NULL, NULL),
                    ==, 0);
    stop(source);
}

static void
who_waits_learns_of_our_own_closing(void)
{
    g_auto(Pair) pair = pair_new();
    g_autoptr(GError) error = NULL;
    unsigned n_calls = 0;
    char byte;
    GSource *source = listen_to(
        g_pollable_input_stream_create_source(get_input(pair.far), NULL), &n_calls);
    turn_some();
    g_assert_cmpuint(n_calls, ==, 0);
    g_io_stream_close(G_IO_STREAM(pair.far), NULL, NULL);
    turn_until(&n_calls, 1);
    g_assert_cmpint(g_pollable_input_stream_read_nonblocking(get_input(pair.far), &byte,
                                                             1, NULL, &error),
                    <, 0);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CLOSED);
    stop(source);
}

static void
a_cancelled_wait_ends(void)
{
    g_auto(Pair) pair = pair_new();
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    unsigned n_calls = 0;
    GSource *source =
        listen_to(g_pollable_input_stream_create_source(get_input(pair.far), cancellable),
                  &n_calls);
    turn_some();
    g_assert_cmpuint(n_calls, ==, 0);
    g_cancellable_cancel(cancellable);
    turn_until(&n_calls, 1);
    stop(source);
}

static void
a_stream_outlives_its_connection(void)
{
    g_auto(Pair) pair = pair_new();
    g_autoptr(GSocket) socket = g_object_ref(g_socket_connection_get_socket(pair.far));
    unsigned n_calls = 0;
    GSource *source = listen_to(
        g_pollable_input_stream_create_source(get_input(pair.far), NULL), &n_calls);
    g_object_unref(g_steal_pointer(&pair.far));
    say(pair.near, "anybody there?");
    turn_some();
    stop(source);
    say(pair.near, "and now?"); /* the socket is open, and nobody waits at it */
    turn_some();
}

static void
a_turn_polls_as_little_for_many_as_for_one(void)
{
    Pair pairs[MANY];
    GSource *sources[MANY];
    unsigned n_calls[MANY] = { 0 };
    g_main_context_set_poll_func(NULL, count_and_poll);
    for (unsigned i = 0; i < MANY; i++) {
        pairs[i] = pair_new();
        sources[i] = listen_to(
            g_pollable_input_stream_create_source(get_input(pairs[i].far), NULL),
            &n_calls[i]);
    }
    turn_some();
    g_assert_cmpuint(n_polled, <=, FEW);
    say(pairs[MANY / 2].near, "one of them");
    turn_until(&n_calls[MANY / 2], 1);
    for (unsigned i = 0; i < MANY; i++)
        g_assert_cmpuint(n_calls[i] > 0, ==, i == MANY / 2);
    for (unsigned i = 0; i < MANY; i++) {
        stop(sources[i]);
        pair_clear(&pairs[i]);
    }
    g_main_context_set_poll_func(NULL, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/tcp/" #test, test)
    ADD(what_comes_is_told_until_it_is_read);
    ADD(what_came_before_anybody_waited_is_told);
    ADD(who_is_full_is_told_when_there_is_room);
    ADD(the_end_is_told);
    ADD(who_waits_learns_of_our_own_closing);
    ADD(a_cancelled_wait_ends);
    ADD(a_stream_outlives_its_connection);
    ADD(a_turn_polls_as_little_for_many_as_for_one);
#undef ADD
    return g_test_run();
}
