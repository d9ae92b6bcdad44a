/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to the offers of tests/vectors/sdp to the byte, and what the relay is told. */
#include <string.h>

#include <glib.h>

#include "signaling/answer.h"

static const ScAnswerStream teacher_publishes[] = {
    { SC_SDP_AUDIO, "main-audio", "main", 0 },
    { SC_SDP_VIDEO, "main-video", "main", 1 },
    { SC_SDP_VIDEO, "slides-video", "main", 0 },
};

static const ScAnswerStream classroom_watches[] = {
    { SC_SDP_AUDIO, "main-audio", "main", 0 },
    { SC_SDP_AUDIO, "guest-audio", "guest", 0 },
    { SC_SDP_VIDEO, "main-video", "main", 1 },
    { SC_SDP_VIDEO, "guest-video", "guest", 2 },
    { SC_SDP_VIDEO, "slides-video", "main", 0 },
};

static const ScSdpCandidate candidates[] = { { "127.0.0.1", 5000 }, { "::1", 5000 } };

static const ScSdpTransport transport = {
    .ice_ufrag = "abcdefghijkl",
    .ice_pwd = "0123456789abcdefghijkl",
    .fingerprint = "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:"
                   "44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
    .candidates = candidates,
    .n_candidates = G_N_ELEMENTS(candidates),
};

static uint32_t
count_ssrc(void *user_data)
{
    uint32_t *last = user_data;

    return ++*last;
}

static char *
read_vector(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_build_filename(SC_TEST_VECTORS, "sdp", file, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static ScOffer *
parse_vector(const char *name)
{
    g_autofree char *text = read_vector(name, ".sdp");
    g_autoptr(GError) error = NULL;
    ScOffer *offer = sc_offer_parse(text, strlen(text), &error);

    g_assert_no_error(error);
    return offer;
}

static ScAnswer *
answer_whip(const ScOffer *offer, GError **error)
{
    return sc_answer_new_receive(offer, teacher_publishes,
                                 G_N_ELEMENTS(teacher_publishes), error);
}

static ScAnswer *
answer_whep(const ScOffer *offer, GError **error)
{
    uint32_t last_ssrc = 1000;

    return sc_answer_new_send(offer, classroom_watches, G_N_ELEMENTS(classroom_watches),
                              count_ssrc, &last_ssrc, error);
}

static void
real_offers_are_answered_to_the_byte(void)
{
    static const struct {
        const char *name;
        ScAnswer *(*answer)(const ScOffer *offer, GError **error);
    } cases[] = {
        { "chromium-teacher-simulcast", answer_whip },
        { "chromium-recvonly-first", answer_whip },
        { "webrtcbin-publish", answer_whip },
        { "session-level", answer_whip },
        { "chromium-plain-watch", answer_whep },
        { "chromium-classroom-watch", answer_whep },
        { "chromium-data", answer_whep },
        { "webrtcbin-plain-watch", answer_whep },
        { "webrtcbin-classroom-watch", answer_whep },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScOffer) offer = parse_vector(cases[i].name);
        g_autoptr(ScAnswer) answer = cases[i].answer(offer, &error);
        g_assert_no_error(error);
        g_autofree char *text = sc_answer_write(answer, &transport, "t1", 42);
        g_autofree char *expected = read_vector(cases[i].name, ".answer");

        g_test_message("%s", cases[i].name);
        g_assert_cmpstr(text, ==, expected);
    }
}

static void
assert_same_json(JsonObject *object, const char *expected)
{
    g_autoptr(JsonNode) actual = json_node_init_object(json_node_alloc(), object);
    g_autoptr(JsonNode) wanted = json_from_string(expected, NULL);
    g_autofree char *text = json_to_string(actual, FALSE);

    g_assert_nonnull(wanted);
    if (!json_node_equal(actual, wanted))
        g_error("told: %s\nwanted: %s", text, expected);
}

static void
relay_is_told_what_a_publisher_sends(void)
{
    g_autoptr(ScOffer) offer = parse_vector("session-level");
    g_autoptr(ScAnswer) answer = answer_whip(offer, NULL);
    g_autoptr(JsonObject) told = sc_answer_build_transport(answer, "t1");

    assert_same_json(
        told,
        "{\"ice\":{\"ufrag\":\"iF0x\",\"pwd\":\"7vKXkUu0ENXYMtqq3eJB1l\"},"
        "\"fingerprint\":\"sha-256 0B:E6:0F:5A:33:4B:04:1C:3C:13:15:32:2C:07:31:68:A7:07:"
        "65:66:65:68:67:C8:94:5A:AB:4E:5E:CE:5B:64\",\"extensions\":{},\"receive\":["
        "{\"track\":\"t1.main-audio\",\"mid\":\"0\",\"kind\":\"audio\",\"codec\":"
        "\"opus\","
        "\"clock_hz\":48000,\"payload_type\":111,\"ssrc\":3130146742,\"nack\":false,"
        "\"pli\":false,\"transport_cc\":false},"
        "{\"track\":\"t1.main-video\",\"mid\":\"1\",\"kind\":\"video\",\"codec\":"
        "\"h264\","
        "\"clock_hz\":90000,\"payload_type\":96,\"rtx_payload_type\":97,"
        "\"ssrc\":3130146743,\"rtx_ssrc\":3130146744,\"nack\":true,\"pli\":true,"
        "\"transport_cc\":false}],\"send\":[]}");
}

static void
relay_is_told_layers_and_extensions(void)
{
    g_autoptr(ScOffer) offer = parse_vector("chromium-teacher-simulcast");
    g_autoptr(ScAnswer) answer = answer_whip(offer, NULL);
    g_autoptr(JsonObject) told = sc_answer_build_transport(answer, "t1");
    JsonArray *receive = json_object_get_array_member(told, "receive");
    JsonObject *camera = json_array_get_object_element(receive, 1);
    JsonArray *rids = json_object_get_array_member(camera, "rids");
    JsonObject *extensions = json_object_get_object_member(told, "extensions");

    g_assert_cmpuint(json_array_get_length(receive), ==, 3);
    g_assert_cmpstr(json_object_get_string_member(camera, "track"), ==, "t1.main-video");
    g_assert_cmpuint(json_array_get_length(rids), ==, 3);
    g_assert_cmpstr(json_array_get_string_element(rids, 0), ==, "h");
    g_assert_false(json_object_has_member(camera, "ssrc"));
    g_assert_true(json_object_get_boolean_member(camera, "transport_cc"));
    g_assert_cmpint(json_object_get_int_member(extensions, "mid"), ==, 4);
    g_assert_cmpint(json_object_get_int_member(extensions, "rid"), ==, 10);
    g_assert_cmpint(json_object_get_int_member(extensions, "repaired_rid"), ==, 11);
    g_assert_cmpint(json_object_get_int_member(extensions, "abs_send_time"), ==, 2);
    g_assert_cmpint(json_object_get_int_member(extensions, "transport_cc"), ==, 3);
}

static void
relay_is_told_what_a_subscriber_takes(void)
{
    g_autoptr(ScOffer) offer = parse_vector("chromium-plain-watch");
    g_autoptr(ScAnswer) answer = answer_whep(offer, NULL);
    g_autoptr(JsonObject) told = sc_answer_build_transport(answer, "t1");
    JsonArray *send = json_object_get_array_member(told, "send");
    g_autoptr(JsonNode) node = json_node_init_array(json_node_alloc(), send);
    g_autoptr(JsonNode) wanted = json_from_string(
        "[{\"slot\":\"t1.main-audio\",\"mid\":\"0\",\"kind\":\"audio\",\"ssrc\":1001,"
        "\"cname\":\"t1.main\",\"payloads\":[{\"codec\":\"opus\",\"clock_hz\":48000,"
        "\"payload_type\":111}]},"
        "{\"slot\":\"t1.main-video\",\"mid\":\"1\",\"kind\":\"video\",\"ssrc\":1002,"
        "\"rtx_ssrc\":1003,\"cname\":\"t1.main\",\"priority\":1,\"payloads\":["
        "{\"codec\":\"h264\",\"clock_hz\":90000,\"payload_type\":108,"
        "\"rtx_payload_type\":109},"
        "{\"codec\":\"vp8\",\"clock_hz\":90000,\"payload_type\":96,"
        "\"rtx_payload_type\":97}]}]",
        NULL);

    g_assert_true(json_node_equal(node, wanted));
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(told, "receive")),
                     ==, 0);
}

/* The decisions as a word each: the stream, "inactive" or "0". */
static char *
describe(const ScAnswer *answer)
{
    g_autoptr(GString) words = g_string_new(NULL);

    for (unsigned i = 0; i < answer->offer->n_sections; i++) {
        const ScAnswerSection *section = &answer->sections[i];

        g_string_append_printf(words, "%s%s", i > 0 ? " " : "",
                               section->stream != NULL ? section->stream
                               : section->is_bundled   ? "inactive"
                                                       : "0");
    }
    return g_string_free(g_steal_pointer(&words), FALSE);
}

static void
sections_get_streams_by_their_place(void)
{
    static const struct {
        const char *name;
        ScAnswer *(*answer)(const ScOffer *offer, GError **error);
        const char *decisions;
        const char *mid;
    } cases[] = {
        { "chromium-teacher-simulcast", answer_whip, "main-audio main-video slides-video",
          "0" },
        { "chromium-recvonly-first", answer_whip, "inactive main-audio main-video", "0" },
        { "webrtcbin-publish", answer_whip, "main-video main-audio", "video0" },
        { "chromium-plain-watch", answer_whep, "main-audio main-video", "0" },
        { "chromium-classroom-watch", answer_whep,
          "main-audio guest-audio main-video guest-video slides-video", "0" },
        { "chromium-data", answer_whep, "main-audio main-video 0", "0" },
        { "chromium-teacher-watch-8", answer_whep,
          "main-audio main-video guest-audio guest-video 0 slides-video 0 0 0 0 0 0 0 0 "
          "0 "
          "0",
          "0" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScOffer) offer = parse_vector(cases[i].name);
        g_autoptr(ScAnswer) answer = cases[i].answer(offer, &error);
        g_assert_no_error(error);
        g_autofree char *decisions = describe(answer);

        g_test_message("%s", cases[i].name);
        g_assert_cmpstr(decisions, ==, cases[i].decisions);
        g_assert_cmpstr(sc_answer_get_mid(answer), ==, cases[i].mid);
    }
}

static void
offer_of_the_wrong_direction_is_refused(void)
{
    static const struct {
        const char *name;
        ScAnswer *(*answer)(const ScOffer *offer, GError **error);
    } cases[] = {
        { "chromium-plain-watch", answer_whip },
        { "chromium-classroom-publish", answer_whep },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ScOffer) offer = parse_vector(cases[i].name);
        g_autoptr(ScAnswer) answer = cases[i].answer(offer, &error);

        g_assert_null(answer);
        g_assert_error(error, SC_SDP_ERROR, SC_SDP_ERROR_BAD_SDP);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/signaling/answer/" #name, name)
    ADD(real_offers_are_answered_to_the_byte);
    ADD(relay_is_told_what_a_publisher_sends);
    ADD(relay_is_told_layers_and_extensions);
    ADD(relay_is_told_what_a_subscriber_takes);
    ADD(sections_get_streams_by_their_place);
    ADD(offer_of_the_wrong_direction_is_refused);
#undef ADD
    return g_test_run();
}
