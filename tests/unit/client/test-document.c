/* SPDX-License-Identifier: Apache-2.0 */
/* Documents on a line that breaks, from a server that answers as it is told to. */
#include <string.h>

#include <glib/gstdio.h>

#include "client/document.h"

#define SIZE 300000  /* bytes of the document */
#define BREAK 100000 /* of which so many come before the line breaks */
#define LIMIT_S 20

typedef struct {
    /* The server's. Its threads write the counters, and read what was set before. */
    GSocketService *service;
    char *url;
    char *etag;
    guchar *bytes;          /* owned, SIZE of them */
    _Atomic int n_breaks;   /* answers that will end at BREAK */
    _Atomic int n_refusals; /* requests that will be refused with @status */
    unsigned status;
    bool is_deaf; /* to ranges */
    _Atomic int n_heads;
    _Atomic int n_gets;
    _Atomic int n_sent; /* bytes of bodies */

    char *folder;
    ScLibrary *library;
    ScPlace place;
    ScDocument *document;
    char *path;   /* it arrived */
    char *reason; /* it failed */
    int64_t last; /* progress */
} Fixture;

static int64_t
read_range(const char *request)
{
    const char *range = strstr(request, "Range: bytes=");
    return range ? g_ascii_strtoll(range + strlen("Range: bytes="), NULL, 10) : 0;
}

static char *
read_request(GSocketConnection *connection)
{
    GInputStream *stream = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GString *request = g_string_new(NULL);
    char byte;
    while (!g_str_has_suffix(request->str, "\r\n\r\n")
           && g_input_stream_read(stream, &byte, 1, NULL, NULL) == 1)
        g_string_append_c(request, byte);
    return g_string_free(request, false);
}

static void
say(GSocketConnection *connection, const void *data, size_t length)
{
    GOutputStream *stream = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    g_output_stream_write_all(stream, data, length, NULL, NULL, NULL);
}

static void
answer(Fixture *fixture, GSocketConnection *connection, const char *request)
{
    bool is_get = g_str_has_prefix(request, "GET ");
    int64_t begin = is_get && !fixture->is_deaf ? read_range(request) : 0;
    int64_t length = SIZE - begin;
    GString *head =
        g_string_new(begin ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
    if (begin)
        g_string_append_printf(head, "Content-Range: bytes %d-%d/%d\r\n", (int)begin,
                               SIZE - 1, SIZE);
    g_string_append_printf(head,
                           "ETag: %s\r\nContent-Length: %d\r\n"
                           "Connection: close\r\n\r\n",
                           fixture->etag, (int)length);
    say(connection, head->str, head->len);
    g_string_free(head, true);
    if (!is_get) {
        fixture->n_heads++;
        return;
    }
    fixture->n_gets++;
    if (fixture->n_breaks > 0) {
        fixture->n_breaks--;
        length = MIN(length, BREAK);
    }
    fixture->n_sent += (int)length;
    say(connection, fixture->bytes + begin, (size_t)length);
}

static gboolean
on_connection(GThreadedSocketService *service, GSocketConnection *connection,
              GObject *source, gpointer user_data)
{
    (void)service;
    (void)source;
    Fixture *fixture = user_data;
    g_autofree char *request = read_request(connection);
    if (!*request)
        return true;
    g_assert_nonnull(strstr(request, "Authorization: Bearer token\r\n"));
    g_assert_nonnull(strstr(request, " /documents/lesson/3 HTTP"));
    if (fixture->n_refusals > 0) {
        g_autofree char *refusal = g_strdup_printf(
            "HTTP/1.1 %u No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            fixture->status);
        fixture->n_refusals--;
        say(connection, refusal, strlen(refusal));
    } else {
        answer(fixture, connection, request);
    }
    return true;
}

static void
on_progressed(int64_t n_bytes, void *user_data)
{
    ((Fixture *)user_data)->last = n_bytes;
}

static void
on_arrived(const char *path, void *user_data)
{
    ((Fixture *)user_data)->path = g_strdup(path);
}

static void
on_failed(const char *reason, void *user_data)
{
    ((Fixture *)user_data)->reason = g_strdup(reason);
}

static const ScDocumentHandlers handlers = { on_progressed, on_arrived, on_failed };

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    fixture->service = g_threaded_socket_service_new(4);
    g_autoptr(GInetAddress) address = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(address, 0);
    g_autoptr(GSocketAddress) bound = NULL;
    g_socket_listener_add_address(G_SOCKET_LISTENER(fixture->service), any,
                                  G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                  &bound, &error);
    g_assert_no_error(error);
    g_signal_connect(fixture->service, "run", G_CALLBACK(on_connection), fixture);
    fixture->url =
        g_strdup_printf("http://127.0.0.1:%u",
                        g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
    fixture->bytes = g_malloc(SIZE);
    for (unsigned i = 0; i < SIZE; i++)
        fixture->bytes[i] = (guchar)(i * 2654435761U >> 24);
    g_autofree char *digest =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, fixture->bytes, SIZE);
    fixture->etag = g_strdup_printf("\"%s\"", digest);
    fixture->folder = g_dir_make_tmp("synclass-XXXXXX", NULL);
    fixture->library = sc_library_new(fixture->folder, 10 * SIZE);
    fixture->place = (ScPlace){ fixture->url, "lesson", "token", NULL };
}

static void
begin(Fixture *fixture)
{
    g_clear_pointer(&fixture->path, g_free);
    g_clear_pointer(&fixture->document, sc_document_free);
    fixture->document =
        sc_document_new(&fixture->place, fixture->library, 3, &handlers, fixture);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_document_free(fixture->document);
    while (g_main_context_iteration(NULL, false)) /* what was cancelled is called back */
        ;
    g_socket_service_stop(fixture->service);
    g_socket_listener_close(G_SOCKET_LISTENER(fixture->service));
    g_object_unref(fixture->service);
    g_autofree char *name = sc_library_dup_name(fixture->etag);
    g_autofree char *path = sc_library_dup_path(fixture->library, name);
    g_autofree char *begun = g_strconcat(path, ".part", NULL);
    g_unlink(path);
    g_unlink(begun);
    g_rmdir(fixture->folder);
    sc_library_unref(fixture->library);
    g_free(fixture->folder);
    g_free(fixture->bytes);
    g_free(fixture->etag);
    g_free(fixture->url);
    g_free(fixture->path);
    g_free(fixture->reason);
}

static gboolean
on_limit(gpointer data)
{
    (void)data;
    g_error("nothing after %d s", LIMIT_S);
    return G_SOURCE_REMOVE;
}

static void
wait_until_over(Fixture *fixture)
{
    guint limit = g_timeout_add_seconds(LIMIT_S, on_limit, NULL);
    while (!fixture->path && !fixture->reason)
        g_main_context_iteration(NULL, true);
    g_source_remove(limit);
}

static void
assert_arrived(const Fixture *fixture)
{
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_cmpstr(fixture->reason, ==, NULL);
    g_assert_true(g_file_get_contents(fixture->path, &bytes, &length, NULL));
    g_assert_cmpmem(bytes, (int)length, fixture->bytes, SIZE);
}

static void
document_is_fetched_once(Fixture *fixture, gconstpointer data)
{
    (void)data;
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
    g_assert_cmpint(fixture->last, ==, SIZE);
    begin(fixture); /* the next lesson, or after a power cut */
    wait_until_over(fixture);
    assert_arrived(fixture);
    g_assert_cmpint(fixture->n_heads, ==, 2);
    g_assert_cmpint(fixture->n_gets, ==, 1);
}

static void
broken_line_costs_nothing_twice(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->n_breaks = 2;
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
    g_assert_cmpint(fixture->n_gets, ==, 3);
    g_assert_cmpint(fixture->n_sent, ==, SIZE);
}

static void
power_cut_costs_nothing_twice(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->n_breaks = 1;
    begin(fixture);
    while (fixture->last < BREAK)
        g_main_context_iteration(NULL, true);
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
    g_assert_cmpint(fixture->n_sent, ==, SIZE);
}

static void
server_that_knows_no_ranges_is_enough(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->n_breaks = 1;
    fixture->is_deaf = true;
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
    g_assert_cmpint(fixture->n_sent, ==, BREAK + SIZE);
}

/* Whatever was begun here is not what it should be: it is found out, and fetched anew. */
static void
wrong_beginning_is_found_out(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *name = sc_library_dup_name(fixture->etag);
    g_autofree char *path = sc_library_dup_path(fixture->library, name);
    g_autofree char *begun = g_strconcat(path, ".part", NULL);
    g_assert_true(g_file_set_contents(begun, "something else", -1, NULL));
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
    g_assert_cmpint(fixture->n_gets, ==, 2);
}

static void
damaged_copy_is_fetched_anew(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_autofree char *name = sc_library_dup_name(fixture->etag);
    g_autofree char *path = sc_library_dup_path(fixture->library, name);
    g_assert_true(g_file_set_contents(path, "something else", -1, NULL));
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
}

static void
busy_server_is_asked_again(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->n_refusals = 1;
    fixture->status = 503;
    begin(fixture);
    wait_until_over(fixture);
    assert_arrived(fixture);
}

static void
document_that_is_gone_fails(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->n_refusals = 1;
    fixture->status = 404;
    begin(fixture);
    wait_until_over(fixture);
    g_assert_cmpstr(fixture->path, ==, NULL);
    g_assert_cmpint(fixture->n_gets, ==, 0);
}

static void
nothing_is_called_after_the_end(Fixture *fixture, gconstpointer data)
{
    (void)data;
    begin(fixture);
    while (fixture->n_gets == 0)
        g_main_context_iteration(NULL, true);
    g_clear_pointer(&fixture->document, sc_document_free);
    int64_t last = fixture->last;
    while (g_main_context_iteration(NULL, false))
        ;
    g_assert_cmpint(fixture->last, ==, last);
    g_assert_cmpstr(fixture->path, ==, NULL);
}

#define ADD(name) \
    g_test_add("/client/document/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(document_is_fetched_once);
    ADD(broken_line_costs_nothing_twice);
    ADD(power_cut_costs_nothing_twice);
    ADD(server_that_knows_no_ranges_is_enough);
    ADD(wrong_beginning_is_found_out);
    ADD(damaged_copy_is_fetched_anew);
    ADD(busy_server_is_asked_again);
    ADD(document_that_is_gone_fails);
    ADD(nothing_is_called_after_the_end);
    return g_test_run();
}
