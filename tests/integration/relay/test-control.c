/* SPDX-License-Identifier: Apache-2.0 */
/* The control channel: what is refused and with which number, bytes that are no message,
 * and a signaling that goes away and comes back. The lesson goes on. */
#include <string.h>

#include <glib.h>

#include "tests/integration/relay/actor.h"

#define SECOND SC_STAGE_SECOND_US

/* docs/protocol.md#control */
enum {
    BAD_PARAMETERS = -32602,
    UNKNOWN_METHOD = -32601,
    UNKNOWN_TRANSPORT = -32001,
    EXISTS = -32002,
    LIMIT = -32003,
    UNKNOWN_TRACK = -32004,
    UNKNOWN_SLOT = -32005,
};

#define ICE "\"ice\":{\"ufrag\":\"abcd\",\"pwd\":\"0123456789abcdefghijkl\"}"
#define FINGERPRINT                                    \
    "\"fingerprint\":\"sha-256 "                       \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:" \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\""
#define GOOD(name) "{\"transport\":\"" name "\",\"tag\":\"\"," ICE "," FINGERPRINT
#define TRACK(more)                                                          \
    "{\"track\":\"kx\",\"mid\":\"0\",\"kind\":\"video\",\"codec\":\"h264\"," \
    "\"clock_hz\":90000,\"payload_type\":102" more "}"
#define SLOT(more)                                                                     \
    "{\"slot\":\"sx\",\"mid\":\"0\",\"kind\":\"video\",\"ssrc\":7,\"cname\":\"c\","    \
    "\"payloads\":[{\"codec\":\"h264\",\"clock_hz\":90000,\"payload_type\":102}]" more \
    "}"

typedef struct {
    ScStage stage;
    ScActor *teacher;
    ScActor *classroom;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    sc_stage_set_up(&f->stage, data);
    f->teacher = sc_actor_new(&f->stage, &(ScActorPlan){ .tracks = "v" }, true);
    f->classroom = sc_actor_new(&f->stage, &(ScActorPlan){ .slots = "v" }, true);
    f->teacher->is_live = true;
    sc_actor_patch(f->classroom, 0, f->teacher, 0);
    sc_actor_wait_heard(f->classroom, 0, 20);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    sc_actor_wait_heard(f->classroom, 0, 40);
    sc_actor_assert_continuous(f->classroom, 0);
    sc_stage_tear_down(&f->stage, data);
}

static const struct {
    const char *method;
    const char *params;
    int code;
} refused[] = {
    { "no.such.method", "{}", UNKNOWN_METHOD },
    { "", "{}", UNKNOWN_METHOD },

    { "transport.create", "{}", BAD_PARAMETERS },
    { "transport.create", "{\"transport\":7}", BAD_PARAMETERS },
    { "transport.create", "{\"transport\":null}", BAD_PARAMETERS },
    { "transport.create", GOOD("") "}", BAD_PARAMETERS },
    { "transport.create", GOOD("name with blanks") "}", BAD_PARAMETERS },
    { "transport.create", GOOD("t1") "}", EXISTS },
    { "transport.create", "{\"transport\":\"x\"," FINGERPRINT "}", BAD_PARAMETERS },
    { "transport.create", "{\"transport\":\"x\"," ICE "}", BAD_PARAMETERS },
    { "transport.create", "{\"transport\":\"x\",\"ice\":[]," FINGERPRINT "}",
      BAD_PARAMETERS },
    { "transport.create",
      "{\"transport\":\"x\",\"ice\":{\"ufrag\":\"abc\",\"pwd\":"
      "\"0123456789abcdefghijkl\"}," FINGERPRINT "}",
      BAD_PARAMETERS },
    { "transport.create",
      "{\"transport\":\"x\",\"ice\":{\"ufrag\":\"abcd\",\"pwd\":\"short\"}," FINGERPRINT
      "}",
      BAD_PARAMETERS },
    { "transport.create", "{\"transport\":\"x\"," ICE ",\"fingerprint\":\"sha-256 00\"}",
      BAD_PARAMETERS },
    { "transport.create", "{\"transport\":\"x\"," ICE ",\"fingerprint\":\"\"}",
      BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"extensions\":{\"mid\":256}}", BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"extensions\":{\"mid\":-1}}", BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"extensions\":7}", BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":{}}", BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":[7]}", BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":[{}]}", BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":[" TRACK(",\"ssrc\":-1") "]}",
      BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":[" TRACK(",\"ssrc\":4294967296") "]}",
      BAD_PARAMETERS },
    { "transport.create",
      GOOD("x") ",\"receive\":[" TRACK(",\"rtx_payload_type\":128") "]}",
      BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":[" TRACK(",\"rids\":\"h\"") "]}",
      BAD_PARAMETERS },
    { "transport.create", GOOD("x") ",\"receive\":[" TRACK("") "," TRACK("") "]}",
      EXISTS },
    { "transport.create", GOOD("x") ",\"send\":[" SLOT("") "," SLOT("") "]}", EXISTS },
    { "transport.create", GOOD("x") ",\"send\":[{\"slot\":\"sx\",\"mid\":\"0\"}]}",
      BAD_PARAMETERS },

    { "transport.restart_ice", "{}", BAD_PARAMETERS },
    { "transport.restart_ice", "{\"transport\":\"nobody\"," ICE "}", UNKNOWN_TRANSPORT },
    { "transport.restart_ice", "{\"transport\":\"t1\"}", BAD_PARAMETERS },
    { "transport.restart_ice",
      "{\"transport\":\"t1\",\"ice\":{\"ufrag\":\"a:cd\",\"pwd\":"
      "\"0123456789abcdefghijkl\"}}",
      BAD_PARAMETERS },

    { "transport.close", "{}", BAD_PARAMETERS },
    { "transport.close", "{\"transport\":\"nobody\"}", UNKNOWN_TRANSPORT },
    { "transport.close", "{\"transport\":[\"t1\"]}", BAD_PARAMETERS },

    { "slot.patch", "{}", BAD_PARAMETERS },
    { "slot.patch", "{\"patches\":{}}", BAD_PARAMETERS },
    { "slot.patch", "{\"patches\":[7]}", BAD_PARAMETERS },
    { "slot.patch", "{\"patches\":[{\"track\":\"t1.k0\"}]}", BAD_PARAMETERS },
    { "slot.patch", "{\"patches\":[{\"slot\":\"nobody\",\"track\":null}]}",
      UNKNOWN_SLOT },
    { "slot.patch", "{\"patches\":[{\"slot\":\"t2.s0\",\"track\":\"nobody\"}]}",
      UNKNOWN_TRACK },
    { "slot.patch", "{\"patches\":[{\"slot\":\"t2.s0\",\"track\":7}]}", BAD_PARAMETERS },
    /* All or nothing: the first one would silence the classroom. */
    { "slot.patch",
      "{\"patches\":[{\"slot\":\"t2.s0\",\"track\":null},"
      "{\"slot\":\"nobody\",\"track\":null}]}",
      UNKNOWN_SLOT },
};

static void
bad_request_is_refused_by_its_number(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        sc_stage_refuse(&f->stage, refused[i].method, refused[i].params, refused[i].code);

    g_autoptr(JsonNode) answer = sc_stage_call(&f->stage, "relay.list", "{}");
    JsonArray *all =
        json_object_get_array_member(json_node_get_object(answer), "transports");
    g_assert_cmpuint(json_array_get_length(all), ==, 2); /* nothing half-made stayed */
}

/* @count copies of @item, with %u replaced by their number. */
static char *
repeat(const char *before, const char *item, const char *after, unsigned count)
{
    GString *text = g_string_new(before);
    g_auto(GStrv) parts = g_strsplit(item, "%u", -1);

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *one = g_strjoinv(number, parts);

        g_string_append_printf(text, "%s%s", i == 0 ? "" : ",", one);
    }
    g_string_append(text, after);
    return g_string_free(text, FALSE);
}

static void
request_beyond_a_limit_is_refused(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *tag = g_strnfill(2049, 'x');
    g_autofree char *long_tag = g_strconcat("{\"transport\":\"x\",\"tag\":\"", tag,
                                            "\"," ICE "," FINGERPRINT "}", NULL);
    g_autofree char *name = g_strnfill(65, 'x');
    g_autofree char *long_name =
        g_strconcat("{\"transport\":\"", name, "\"," ICE "," FINGERPRINT "}", NULL);
    g_autofree char *tracks =
        repeat(GOOD("x") ",\"receive\":[",
               "{\"track\":\"x%u\",\"mid\":\"0\",\"kind\":\"video\",\"codec\":\"h264\","
               "\"clock_hz\":90000,\"payload_type\":102}",
               "]}", 65);
    g_autofree char *slots = repeat(
        GOOD("x") ",\"send\":[",
        "{\"slot\":\"x%u\",\"mid\":\"0\",\"kind\":\"video\",\"ssrc\":1%u,\"cname\":\"c\","
        "\"payloads\":[{\"codec\":\"h264\",\"clock_hz\":90000,\"payload_type\":102}]}",
        "]}", 65);
    g_autofree char *patches =
        repeat("{\"patches\":[", "{\"slot\":\"t2.s0\",\"track\":\"t1.k0\"}", "]}", 4097);

    sc_stage_refuse(&f->stage, "transport.create", long_tag, BAD_PARAMETERS);
    sc_stage_refuse(&f->stage, "transport.create", long_name, BAD_PARAMETERS);
    sc_stage_refuse(&f->stage, "transport.create", tracks, LIMIT);
    sc_stage_refuse(&f->stage, "transport.create", slots, LIMIT);
    sc_stage_refuse(&f->stage, "slot.patch", patches, LIMIT);
}

/* Our own end warns of answers to what it never asked. */
static gboolean
is_fatal(const char *domain, G_GNUC_UNUSED GLogLevelFlags level,
         G_GNUC_UNUSED const char *message, G_GNUC_UNUSED gpointer data)
{
    return g_strcmp0(domain, "jsonrpc-client") != 0;
}

static void
on_jsonrpc_warning(G_GNUC_UNUSED const char *domain, G_GNUC_UNUSED GLogLevelFlags level,
                   G_GNUC_UNUSED const char *message, G_GNUC_UNUSED gpointer data)
{
}

/* Each on a connection of its own: the relay may end it or wait for more. */
static void
send_and_reconnect(Fixture *f, const char *bytes)
{
    unsigned n_hellos = sc_control_server_get_n_hellos(f->stage.control);

    sc_control_server_send_raw(f->stage.control, bytes);
    sc_stage_run_for(&f->stage, SECOND / 10);
    if (sc_control_server_get_n_hellos(f->stage.control) == n_hellos)
        sc_control_server_hang_up(f->stage.control);
    if (!sc_control_server_wait_for_relay(f->stage.control, SC_STAGE_HANG_US))
        g_error("after '%s' the relay did not come back", bytes);
    json_node_unref(sc_stage_call(&f->stage, "relay.stats", "{}"));
}

static void
bytes_that_are_no_message_end_the_connection_at_most(Fixture *f,
                                                     G_GNUC_UNUSED gconstpointer data)
{
    static const char *const frames[] = {
        "hello\r\n\r\n",
        "Content-Length: 5\r\n\r\nhello",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Content-Length: 100\r\n\r\n{}",
        "Content-Length: 0\r\n\r\n",
        "\r\n\r\n",
    };
    static const char *const bodies[] = {
        "[]",
        "null",
        "7",
        "{}",
        "{\"jsonrpc\":\"2.0\"}",
        "{\"method\":7}",
        "{\"id\":[1],\"method\":\"relay.stats\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[[]]}",
        "{\"id\":1,\"result\":\"what?\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"relay.stats\",\"params\":{}}",
    };

    g_test_log_set_fatal_handler(is_fatal, NULL);
    g_log_set_handler("jsonrpc-client", G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL,
                      on_jsonrpc_warning, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++)
        send_and_reconnect(f, frames[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autofree char *frame = g_strdup_printf("Content-Length: %zu\r\n\r\n%s",
                                                 strlen(bodies[i]), bodies[i]);

        send_and_reconnect(f, frame);
    }
}

static void
lesson_goes_on_without_signaling(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (unsigned i = 0; i < 3; i++) {
        unsigned n_hellos = sc_control_server_get_n_hellos(f->stage.control);

        sc_control_server_hang_up(f->stage.control);
        sc_actor_wait_heard(f->classroom, 0, 20);
        g_assert_true(
            sc_control_server_wait_for_relay(f->stage.control, SC_STAGE_HANG_US));
        g_assert_cmpuint(sc_control_server_get_n_hellos(f->stage.control), ==,
                         n_hellos + 1);

        g_autoptr(JsonNode) answer = sc_stage_call(&f->stage, "relay.list", "{}");
        JsonArray *all =
            json_object_get_array_member(json_node_get_object(answer), "transports");
        g_assert_cmpuint(json_array_get_length(all), ==, 2);
    }
}

/* Made and closed before anybody comes, by the hundred: nothing stays. */
static void
transports_come_and_go(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    f->stage.may_log = true; /* a line for each */
    for (unsigned i = 0; i < 200; i++) {
        json_node_unref(sc_stage_call(
            &f->stage, "transport.create",
            GOOD("x") ",\"receive\":[" TRACK("") "],\"send\":[" SLOT("") "]}"));
        if (i % 2 == 0)
            json_node_unref(
                sc_stage_call(&f->stage, "slot.patch",
                              "{\"patches\":[{\"slot\":\"sx\",\"track\":\"t1.k0\"}]}"));
        json_node_unref(
            sc_stage_call(&f->stage, "transport.close", "{\"transport\":\"x\"}"));
        sc_stage_refuse(&f->stage, "transport.close", "{\"transport\":\"x\"}",
                        UNKNOWN_TRANSPORT);
    }
}

#define ADD(name) \
    g_test_add("/integration/control/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(bad_request_is_refused_by_its_number);
    ADD(request_beyond_a_limit_is_refused);
    ADD(bytes_that_are_no_message_end_the_connection_at_most);
    ADD(lesson_goes_on_without_signaling);
    ADD(transports_come_and_go);
    return g_test_run();
}
