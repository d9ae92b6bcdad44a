/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket messages of every wrong shape, to the real programs, while a lesson goes on
 * beside them that must not notice: neither its media nor its events. */
#include <string.h>

#include <gio/gio.h>
#include <glib.h>

#include "tests/integration/signaling/person.h"
#include "tests/integration/signaling/witness.h"

#define CLASSROOM_2 2 /* whose token the wrong ones have */
#define CLOSE_BAD_MESSAGE 4400
#define CLOSE_TOKEN 4401
#define CLOSE_NO_HELLO 4408
#define CLOSE_TOO_FAST 4429
#define RECEIVE_BUFFER_LENGTH 4096 /* bytes, of one who never reads */

/* @pattern with TOKEN, DEEP (10,000 brackets) and LONG (17 KiB) put in. */
static char *
fill(const char *pattern, const char *token)
{
    g_autoptr(GString) text = g_string_new(pattern);
    g_autofree char *deep = g_strnfill(10000, '[');
    g_autofree char *filling = g_strnfill(17 * 1024, 'x');

    g_string_replace(text, "TOKEN", token, 0);
    g_string_replace(text, "DEEP", deep, 0);
    g_string_replace(text, "LONG", filling, 0);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
wrong_first_message_ends_the_connection(void)
{
    static const struct {
        const char *name;
        const char *text;
        const char *problem; /* NULL: closed without a word */
        unsigned code;       /* 0: any */
    } cases[] = {
        { "empty", "", "bad-message", CLOSE_BAD_MESSAGE },
        { "no JSON", "hello", "bad-message", CLOSE_BAD_MESSAGE },
        { "cut JSON", "{\"type\":\"hello\"", "bad-message", CLOSE_BAD_MESSAGE },
        { "array", "[]", "bad-message", CLOSE_BAD_MESSAGE },
        { "number", "1", "bad-message", CLOSE_BAD_MESSAGE },
        { "null", "null", "bad-message", CLOSE_BAD_MESSAGE },
        { "deep", "DEEP", "bad-message", CLOSE_BAD_MESSAGE },
        { "deep within", "{\"type\":\"hello\",\"x\":DEEP", "bad-message",
          CLOSE_BAD_MESSAGE },
        { "no type", "{}", "bad-message", CLOSE_BAD_MESSAGE },
        { "type of number", "{\"type\":1}", "bad-message", CLOSE_BAD_MESSAGE },
        { "unknown type", "{\"type\":\"shutdown\"}", "unknown-type", CLOSE_BAD_MESSAGE },
        { "ping first", "{\"type\":\"ping\",\"id\":1}", "bad-message",
          CLOSE_BAD_MESSAGE },
        { "floor first", "{\"type\":\"floor\",\"site\":null}", "bad-message",
          CLOSE_BAD_MESSAGE },
        { "no token", "{\"type\":\"hello\"}", "bad-message", CLOSE_BAD_MESSAGE },
        { "token of number", "{\"type\":\"hello\",\"token\":1}", "bad-message",
          CLOSE_BAD_MESSAGE },
        { "long token", "{\"type\":\"hello\",\"token\":\"TOKENTOKENTOKENTOKEN\"}",
          "bad-message", CLOSE_BAD_MESSAGE },
        { "empty token", "{\"type\":\"hello\",\"token\":\"\"}", NULL, 0 },
        { "unknown token",
          "{\"type\":\"hello\",\"token\":"
          "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
          "unknown-token", CLOSE_TOKEN },
        { "unknown language",
          "{\"type\":\"hello\",\"token\":\"TOKEN\",\"language\":\"tlh\"}", "bad-message",
          CLOSE_BAD_MESSAGE },
        { "over 16 KiB", "{\"type\":\"hello\",\"token\":\"TOKEN\",\"x\":\"LONG\"}", NULL,
          0 },
    };
    g_autoptr(Witness) witness = witness_open();
    g_autoptr(Person) calm = person_open(witness->place);

    person_greet(calm, witness->place->tokens[1]);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = fill(cases[i].text, witness->place->tokens[CLASSROOM_2]);
        g_autoptr(Person) person = person_open(witness->place);

        person_say(person, text);
        if (cases[i].problem != NULL) {
            g_autoptr(JsonObject) error = person_await(person, "error");
            g_test_message("%s: %s, %s", cases[i].name,
                           json_object_get_string_member(error, "problem"),
                           json_object_get_string_member(error, "detail"));
            g_assert_cmpstr(json_object_get_string_member(error, "problem"), ==,
                            cases[i].problem);
        }
        unsigned code = person_await_close(person);
        g_test_message("%s: closed with %u", cases[i].name, code);
        if (cases[i].code != 0)
            g_assert_cmpuint(code, ==, cases[i].code);
        person_check(calm);
    }
}

static void
wrong_later_message_is_told_and_forgiven(void)
{
    static const struct {
        const char *name;
        const char *text;
        const char *problem;
        gint64 id; /* that is echoed; −1: none */
    } cases[] = {
        { "no JSON", "hello", "bad-message", -1 },
        { "deep", "{\"type\":\"ping\",\"id\":2,\"x\":DEEP", "bad-message", -1 },
        { "unknown type", "{\"type\":\"reboot\",\"id\":3}", "unknown-type", 3 },
        { "hello again", "{\"type\":\"hello\",\"token\":\"TOKEN\"}", "bad-message", -1 },
        { "floor of another role", "{\"type\":\"floor\",\"site\":null,\"id\":4}",
          "wrong-role", 4 },
        { "floor to a number", "{\"type\":\"floor\",\"site\":5,\"id\":5}", "bad-message",
          5 },
        { "floor to nobody", "{\"type\":\"floor\",\"id\":6}", "bad-message", 6 },
        { "id of text", "{\"type\":\"ping\",\"id\":\"7\"}", "bad-message", -1 },
        { "id too large", "{\"type\":\"ping\",\"id\":9223372036854775808}", "bad-message",
          -1 },
        { "negative id", "{\"type\":\"ping\",\"id\":-5}", "bad-message", -1 },
    };
    g_autoptr(Witness) witness = witness_open();
    g_autoptr(Person) person = person_open(witness->place);

    person_greet(person, witness->place->tokens[CLASSROOM_2]);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = fill(cases[i].text, witness->place->tokens[CLASSROOM_2]);

        person_say(person, text);
        g_autoptr(JsonObject) error = person_await(person, "error");
        g_test_message("%s: %s, %s", cases[i].name,
                       json_object_get_string_member(error, "problem"),
                       json_object_get_string_member(error, "detail"));
        g_assert_cmpstr(json_object_get_string_member(error, "problem"), ==,
                        cases[i].problem);
        g_assert_cmpint(json_object_get_int_member_with_default(error, "id", -1), ==,
                        cases[i].id);
        place_run_for_ms(50); /* 20 a second are allowed */
        person_check(person);
    }
}

static void
teachers_floor_goes_to_sites_of_the_lesson_only(void)
{
    static const struct {
        const char *site;
        bool is_given;
    } cases[] = {
        { "\"sample-village-2-5\"", true }, { "null", true },
        { "\"sample-town-5-1\"", false },   { "\"nowhere\"", false },
        { "\"' OR 1=1 --\"", false },
    };
    g_autoptr(Witness) witness = witness_open();
    g_autoptr(Person) teacher = person_open(witness->place);
    g_autoptr(Person) classroom = person_open(witness->place);

    person_greet(teacher, witness->place->tokens[0]);
    person_greet(classroom, witness->place->tokens[1]);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"type\":\"floor\",\"site\":%s,\"id\":%zu}", cases[i].site, i);

        g_test_message("%s", text);
        person_say(teacher, text);
        g_autoptr(JsonObject) told =
            person_await(teacher, cases[i].is_given ? "floor" : "error");
        g_assert_cmpint(json_object_get_int_member(told, "id"), ==, (gint64)i);
        if (cases[i].is_given) {
            g_autoptr(JsonObject) heard = person_await(classroom, "floor");
            g_assert_false(json_object_has_member(heard, "id"));
        }
    }
}

static void
bytes_end_the_connection(void)
{
    static const char bytes[] = "\x00\x01\xff";
    g_autoptr(Witness) witness = witness_open();

    for (int is_greeted = 0; is_greeted < 2; is_greeted++) {
        g_autoptr(Person) person = person_open(witness->place);

        if (is_greeted)
            person_greet(person, witness->place->tokens[CLASSROOM_2]);
        person_say_bytes(person, SOUP_WEBSOCKET_DATA_BINARY, bytes, sizeof bytes);
        g_assert_cmpuint(person_await_close(person), ==, CLOSE_BAD_MESSAGE);
    }
}

static void
flood_is_cut_off(void)
{
    g_autoptr(Witness) witness = witness_open();
    g_autoptr(Person) calm = person_open(witness->place);
    g_autoptr(Person) person = person_open(witness->place);

    person_greet(calm, witness->place->tokens[1]);
    person_greet(person, witness->place->tokens[CLASSROOM_2]);
    for (int i = 0; i < 1000; i++)
        person_say(person, "{\"type\":\"ping\",\"id\":1}");
    g_assert_cmpuint(person_await_close(person), ==, CLOSE_TOO_FAST);
    person_check(calm);
}

static void
silence_is_cut_off(void)
{
    g_autoptr(Witness) witness = witness_open_with("[events]\nhello_timeout_ms = 300\n");
    g_autoptr(Person) person = person_open(witness->place);
    gint64 start_us = g_get_monotonic_time();

    g_assert_cmpuint(person_await_close(person), ==, CLOSE_NO_HELLO);
    g_assert_cmpint(g_get_monotonic_time() - start_us, >=, 250 * 1000);
}

/* The kernel's buffers must not hide that nobody reads. */
static void
on_connecting(GSocketClient *client G_GNUC_UNUSED, GSocketClientEvent event,
              GSocketConnectable *to G_GNUC_UNUSED, GIOStream *connection,
              gpointer user_data G_GNUC_UNUSED)
{
    if (event == G_SOCKET_CLIENT_CONNECTING)
        g_socket_set_option(
            g_socket_connection_get_socket(G_SOCKET_CONNECTION(connection)), SOL_SOCKET,
            SO_RCVBUF, RECEIVE_BUFFER_LENGTH, NULL);
}

/* A WebSocket client of bytes: what libsoup would never send, or never leave unread. */
static GSocketConnection *
open_raw(Place *place)
{
    static const char handshake[] =
        "GET /events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: synclass.v1\r\n\r\n";
    g_autoptr(GSocketClient) client = g_socket_client_new();

    g_signal_connect(client, "event", G_CALLBACK(on_connecting), NULL);
    GSocketConnection *connection = g_socket_client_connect_to_host(
        client, "127.0.0.1", (guint16)place->port, NULL, NULL);
    g_assert_nonnull(connection);
    g_assert_true(
        g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                  handshake, strlen(handshake), NULL, NULL, NULL));
    return connection;
}

/* A masked text frame (RFC 6455, section 5.2); the mask is 0. False once hung up on. */
static bool
send_frame(GSocketConnection *connection, const char *text)
{
    g_autoptr(GByteArray) frame = g_byte_array_new();
    size_t length = strlen(text);
    const uint8_t short_header[] = { 0x81, (uint8_t)(0x80 | length) };
    const uint8_t long_header[] = { 0x81, 0x80 | 126, (uint8_t)(length >> 8),
                                    (uint8_t)length };
    const uint8_t mask[4] = { 0 };

    if (length < 126)
        g_byte_array_append(frame, short_header, sizeof short_header);
    else
        g_byte_array_append(frame, long_header, sizeof long_header);
    g_byte_array_append(frame, mask, sizeof mask);
    g_byte_array_append(frame, (const guint8 *)text, (guint)length);
    return g_output_stream_write_all(
        g_io_stream_get_output_stream(G_IO_STREAM(connection)), frame->data, frame->len,
        NULL, NULL, NULL);
}

typedef struct {
    GInputStream *stream;
    uint8_t bytes[4096];
    bool is_over;
} Drain;

static void
on_drained(GObject *stream, GAsyncResult *result, gpointer user_data)
{
    Drain *drain = user_data;

    if (g_input_stream_read_finish(G_INPUT_STREAM(stream), result, NULL) <= 0)
        drain->is_over = true;
    else
        g_input_stream_read_async(drain->stream, drain->bytes, sizeof drain->bytes,
                                  G_PRIORITY_DEFAULT, NULL, on_drained, drain);
}

static bool
is_over(gpointer user_data)
{
    const Drain *drain = user_data;

    return drain->is_over;
}

static void
await_end(GSocketConnection *connection, const char *what)
{
    Drain drain = { .stream = g_io_stream_get_input_stream(G_IO_STREAM(connection)) };

    g_input_stream_read_async(drain.stream, drain.bytes, sizeof drain.bytes,
                              G_PRIORITY_DEFAULT, NULL, on_drained, &drain);
    place_run_until(is_over, &drain, what);
}

static void
lying_frame_ends_the_connection(void)
{
    static const struct {
        const char *name;
        const char *bytes;
        gsize length;
    } cases[] = {
        { "unmasked", "\x81\x02{}", 4 },
        { "reserved opcode", "\x83\x80\0\0\0\0", 6 },
        { "reserved bit", "\xc1\x80\0\0\0\0", 6 },
        { "length of 2^63", "\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14 },
        { "length of 1 GiB", "\x81\xff\0\0\0\0\x40\0\0\0\0\0\0\0", 14 },
        { "long ping", "\x89\xfe\x01\0\0\0\0\0", 8 },
        { "continuation of nothing", "\x80\x80\0\0\0\0", 6 },
        { "close of one byte", "\x88\x81\0\0\0\0\x03", 7 },
        { "text that is no UTF-8", "\x81\x82\0\0\0\0\xff\xfe", 8 },
        { "half a frame, then silence", "\x81\xfe\x10\0\0\0", 6 },
    };
    g_autoptr(Witness) witness = witness_open_with("[events]\nhello_timeout_ms = 500\n");
    g_autoptr(Person) calm = person_open(witness->place);

    person_greet(calm, witness->place->tokens[1]);
    GSocketConnection *connections[G_N_ELEMENTS(cases)];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        connections[i] = open_raw(witness->place);
        g_output_stream_write_all(
            g_io_stream_get_output_stream(G_IO_STREAM(connections[i])), cases[i].bytes,
            cases[i].length, NULL, NULL, NULL);
        person_check(calm);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].name);
        await_end(connections[i], cases[i].name);
        g_object_unref(connections[i]);
    }
    person_check(calm);
}

typedef struct {
    GSocketConnection *connection;
    const char *text;
} Deaf;

/* Each answer is longer than the question, and stays unread. */
static bool
is_hung_up_on(gpointer user_data)
{
    const Deaf *deaf = user_data;

    for (int i = 0; i < 4; i++)
        if (!send_frame(deaf->connection, deaf->text))
            return true;
    return false;
}

static void
one_who_never_reads_is_cut_off(void)
{
    g_autoptr(Witness) witness =
        witness_open_with("[events]\nrate_per_s = 1000\nburst = 1000\nmax_unread = 64\n");
    g_autoptr(Person) calm = person_open(witness->place);
    g_autoptr(GSocketConnection) connection = open_raw(witness->place);
    g_autofree char *hello = g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}",
                                             witness->place->tokens[CLASSROOM_2]);
    g_autofree char *wrong = g_strdup_printf("{\"type\":\"%020d\"}", 0);
    Deaf deaf = { connection, wrong };

    person_greet(calm, witness->place->tokens[1]);
    g_assert_true(send_frame(connection, hello));
    place_run_until(is_hung_up_on, &deaf, "the end of one who never reads");
    person_check(calm);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/integration/events/" #name, name)
    ADD(wrong_first_message_ends_the_connection);
    ADD(wrong_later_message_is_told_and_forgiven);
    ADD(teachers_floor_goes_to_sites_of_the_lesson_only);
    ADD(bytes_end_the_connection);
    ADD(flood_is_cut_off);
    ADD(silence_is_cut_off);
    ADD(lying_frame_ends_the_connection);
    ADD(one_who_never_reads_is_cut_off);
#undef ADD
    return g_test_run();
}
