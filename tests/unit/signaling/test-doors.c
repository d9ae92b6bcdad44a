/* SPDX-License-Identifier: Apache-2.0 */
/* WHIP and WHEP over real HTTP against a relay that is none: every step of a session's
 * life, each refusal, and what is left behind. */
#include <sys/socket.h>

#include "tests/unit/signaling/stage.h"

#define SDP "application/sdp"
#define FRAGMENT "application/trickle-ice-sdpfrag"
#define TEACHER 0
#define FIRST 1
#define SECOND 2

static void
publisher_gets_an_answer_and_a_location(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    g_auto(Answer) answer =
        stage_send(&stage, "POST", "/whip/sample-lesson",
                   stage_get_token(&stage, TEACHER), SDP, offer, NULL);
    g_assert_cmpuint(answer.status, ==, 201);
    g_assert_true(
        g_str_has_prefix(answer_get_header(&answer, "Location"), "/whip/sample-lesson/"));
    g_assert_true(g_str_has_prefix(answer_get_header(&answer, "ETag"), "\""));
    g_assert_cmpstr(answer_get_header(&answer, "Accept-Patch"), ==, FRAGMENT);
    g_assert_cmpstr(answer_get_header(&answer, "Content-Type"), ==, SDP);
    g_autofree char *text =
        g_strndup(g_bytes_get_data(answer.body, NULL), g_bytes_get_size(answer.body));
    g_assert_nonnull(strstr(text, "a=ice-ufrag:relay\r\n"));
    g_assert_nonnull(strstr(text, "127.0.0.1 8443"));
    JsonObject *create = fake_relay_get_last_call(stage.relay, "transport.create");
    g_assert_cmpuint(
        json_array_get_length(json_object_get_array_member(create, "receive")), ==, 2);
    stage_close(&stage);
}

static void
slots_are_fed_when_publishers_come(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *watch =
        stage_join(&stage, "whep", FIRST, "webrtcbin-classroom-watch.sdp");
    g_autofree char *slot = g_strconcat(watch, ".main-video", NULL);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, slot), ==, "");

    g_autofree char *publish =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    g_autofree char *track = g_strconcat(publish, ".main-video", NULL);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, slot), ==, track);

    /* A joiner's slots are fed by the time it has its answer. */
    g_autofree char *late =
        stage_join(&stage, "whep", SECOND, "chromium-plain-watch.sdp");
    g_autofree char *late_slot = g_strconcat(late, ".main-video", NULL);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, late_slot), ==, track);

    g_autofree char *path = g_strconcat("/whip/sample-lesson/", publish, NULL);
    g_auto(Answer) answer = stage_send(
        &stage, "DELETE", path, stage_get_token(&stage, TEACHER), NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 200);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, slot), ==, "");
    g_assert_false(fake_relay_has_transport(stage.relay, publish));
    stage_close(&stage);
}

static void
wrong_post_is_refused_by_name(void)
{
    static const struct {
        const char *path;
        int site; /* -1: no token, -2: a wrong one */
        const char *type;
        const char *body; /* NULL: the offer that would do */
        unsigned status;
        const char *problem;
    } cases[] = {
        { "/whip/sample-lesson", -1, SDP, NULL, 401, "no-token" },
        { "/whip/sample-lesson", -2, SDP, NULL, 401, "unknown-token" },
        { "/whip/other", TEACHER, SDP, NULL, 404, "unknown-lesson" },
        { "/whip/sample-lesson", TEACHER, "text/plain", NULL, 415, "wrong-content-type" },
        { "/whip/sample-lesson", TEACHER, SDP, "hello", 400, "bad-sdp" },
        { "/whip/sample-lesson", TEACHER, SDP, "", 400, "bad-sdp" },
        { "/whip/sample-lesson", TEACHER, SDP, "v=0\r\n", 400, "bad-sdp" },
        { "/whip/", TEACHER, SDP, NULL, 404, "not-found" },
        { "/whip/sample-lesson/", TEACHER, SDP, NULL, 404, "not-found" },
        { "/whip/%2e%2e", TEACHER, SDP, NULL, 405, "method-not-allowed" }, /* is "/" */
        { "/whip/sample%20lesson", TEACHER, SDP, NULL, 404, "not-found" },
        { "/whip", TEACHER, SDP, NULL, 404, "not-found" },
    };
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *token =
            cases[i].site >= 0    ? stage_get_token(&stage, (unsigned)cases[i].site)
            : cases[i].site == -1 ? NULL
                                  : "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        const char *body = cases[i].body != NULL ? cases[i].body : offer;
        g_auto(Answer) answer =
            stage_send(&stage, "POST", cases[i].path, token, cases[i].type, body, NULL);
        g_test_message("case %zu", i);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer_get_header(&answer, "WWW-Authenticate"), ==,
                        cases[i].status == 401 ? "Bearer" : NULL);
    }
    g_assert_cmpuint(fake_relay_count_calls(stage.relay, "transport.create"), ==, 0);
    stage_close(&stage);
}

static void
long_body_is_refused_and_not_stored(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autofree char *body = g_strnfill(64 * 1024 + 1, 'v');
    g_auto(Answer) told = stage_send(&stage, "POST", "/whip/sample-lesson",
                                     stage_get_token(&stage, TEACHER), SDP, body, NULL);
    g_assert_cmpuint(told.status, ==, 413);
    g_assert_cmpstr(told.problem, ==, "body-too-large");
    /* Without a length the chunks are counted. */
    static const char *const chunked[] = { "Transfer-Encoding", "chunked", NULL };
    g_auto(Answer) untold =
        stage_send(&stage, "POST", "/whip/sample-lesson",
                   stage_get_token(&stage, TEACHER), SDP, body, chunked);
    g_assert_cmpuint(untold.status, ==, 413);
    stage_close(&stage);
}

static void
without_a_relay_one_is_told_to_try_again(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    g_auto(Answer) answer =
        stage_send(&stage, "POST", "/whip/sample-lesson",
                   stage_get_token(&stage, TEACHER), SDP, offer, NULL);
    g_assert_cmpuint(answer.status, ==, 503);
    g_assert_cmpstr(answer.problem, ==, "no-relay");
    g_assert_cmpstr(answer_get_header(&answer, "Retry-After"), ==, "1");
    g_auto(Answer) health = stage_send(&stage, "GET", "/healthz", NULL, NULL, NULL, NULL);
    g_assert_cmpuint(health.status, ==, 503);

    stage_start_relay(&stage, "r1");
    g_auto(Answer) better = stage_send(&stage, "GET", "/healthz", NULL, NULL, NULL, NULL);
    g_assert_cmpuint(better.status, ==, 200);
    stage_close(&stage);
}

static void
second_publisher_waits_until_the_first_is_silent(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *first = stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    g_autofree char *flowing =
        g_strdup_printf("{\"track\":\"%s.main-video\",\"state\":\"flowing\"}", first);
    g_autofree char *silent =
        g_strdup_printf("{\"track\":\"%s.main-video\",\"state\":\"silent\"}", first);
    fake_relay_notify(stage.relay, "track.state", flowing);
    stage_settle(&stage);

    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    g_auto(Answer) answer =
        stage_send(&stage, "POST", "/whip/sample-lesson",
                   stage_get_token(&stage, TEACHER), SDP, offer, NULL);
    g_assert_cmpuint(answer.status, ==, 409);
    g_assert_cmpstr(answer.problem, ==, "already-publishing");
    g_assert_cmpstr(answer_get_header(&answer, "Retry-After"), ==, "2");

    /* Another site is another matter. */
    g_autofree char *room =
        stage_join(&stage, "whip", FIRST, "chromium-classroom-publish.sdp");

    fake_relay_notify(stage.relay, "track.state", silent);
    stage_settle(&stage);
    g_autofree char *second =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    stage_settle(&stage);
    g_assert_false(fake_relay_has_transport(stage.relay, first));
    g_assert_true(fake_relay_has_transport(stage.relay, second));
    g_assert_true(fake_relay_has_transport(stage.relay, room));
    stage_close(&stage);
}

static void
patch_trickles_and_restarts(void)
{
    static const char candidates[] =
        "a=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n";
    static const char restart[] =
        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    static const struct {
        const char *if_match; /* "E": the session's own */
        const char *type;
        const char *body;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "E", FRAGMENT, candidates, 204, NULL },
        { "\"old\", E", FRAGMENT, candidates, 204, NULL },
        { "\"other\"", FRAGMENT, candidates, 412, "stale-etag" },
        { NULL, FRAGMENT, candidates, 428, "no-etag" },
        { "E", SDP, candidates, 415, "wrong-content-type" },
        { "E", FRAGMENT, "rubbish", 422, "bad-fragment" },
        { "*", FRAGMENT, candidates, 422, "bad-fragment" },
        { "*", FRAGMENT, restart, 200, NULL },
        { "E", FRAGMENT, candidates, 412, "stale-etag" }, /* it was restarted */
    };
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    const char *token = stage_get_token(&stage, FIRST);
    g_autofree char *offer = stage_dup_sdp("chromium-plain-watch.sdp");
    g_auto(Answer) made =
        stage_send(&stage, "POST", "/whep/sample-lesson", token, SDP, offer, NULL);
    const char *path = answer_get_header(&made, "Location");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) if_match = g_string_new(cases[i].if_match);
        g_string_replace(if_match, "E", answer_get_header(&made, "ETag"), 0);
        const char *headers[] = { "If-Match", if_match->str, NULL };
        g_auto(Answer) answer =
            stage_send(&stage, "PATCH", path, token, cases[i].type, cases[i].body,
                       cases[i].if_match != NULL ? headers : NULL);
        g_test_message("case %zu", i);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        if (answer.status == 200) {
            g_autofree char *text = g_strndup(g_bytes_get_data(answer.body, NULL),
                                              g_bytes_get_size(answer.body));
            g_assert_nonnull(strstr(text, "a=ice-ufrag:again"));
            g_assert_cmpstr(answer_get_header(&answer, "ETag"), !=,
                            answer_get_header(&made, "ETag"));
        }
    }
    JsonObject *ice = json_object_get_object_member(
        fake_relay_get_last_call(stage.relay, "transport.restart_ice"), "ice");
    g_assert_cmpstr(json_object_get_string_member(ice, "ufrag"), ==, "abcd");
    stage_close(&stage);
}

static void
session_belongs_to_its_site_and_door(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *id = stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    g_autofree char *path = g_strconcat("/whep/sample-lesson/", id, NULL);
    g_autofree char *other_door = g_strconcat("/whip/sample-lesson/", id, NULL);
    g_auto(Answer) stranger = stage_send(
        &stage, "DELETE", path, stage_get_token(&stage, SECOND), NULL, NULL, NULL);
    g_assert_cmpstr(stranger.problem, ==, "wrong-role");
    g_auto(Answer) nobody = stage_send(&stage, "DELETE", path, NULL, NULL, NULL, NULL);
    g_assert_cmpstr(nobody.problem, ==, "no-token");
    g_auto(Answer) door = stage_send(&stage, "DELETE", other_door,
                                     stage_get_token(&stage, FIRST), NULL, NULL, NULL);
    g_assert_cmpstr(door.problem, ==, "unknown-session");
    g_auto(Answer) owner = stage_send(&stage, "DELETE", path,
                                      stage_get_token(&stage, FIRST), NULL, NULL, NULL);
    g_assert_cmpuint(owner.status, ==, 200);
    g_auto(Answer) again = stage_send(&stage, "DELETE", path,
                                      stage_get_token(&stage, FIRST), NULL, NULL, NULL);
    g_assert_cmpstr(again.problem, ==, "unknown-session");
    stage_close(&stage);
}

static void
relays_refusal_reaches_the_client(void)
{
    static const struct {
        int code;
        unsigned status;
        const char *problem;
    } cases[] = {
        { -32003, 429, "too-many-sessions" },
        { -32602, 500, "internal-error" },
    };
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cases[i].status == 500)
            g_test_expect_message("sc-exchange", G_LOG_LEVEL_WARNING, "*refused*");
        fake_relay_refuse_next(stage.relay, "transport.create", cases[i].code);
        g_auto(Answer) answer =
            stage_send(&stage, "POST", "/whip/sample-lesson",
                       stage_get_token(&stage, TEACHER), SDP, offer, NULL);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
    }
    g_test_assert_expected_messages();
    /* Nothing of the failed ones is left in the way. */
    g_autofree char *id G_GNUC_UNUSED =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    stage_close(&stage);
}

static void
make_impatient(ScConfig *config)
{
    config->relay_timeout_ms = 100;
    config->request_timeout_ms = 200;
    config->max_sessions_per_site = 2;
}

static void
relay_that_does_not_answer_is_cut_off(void)
{
    Stage stage;
    stage_open(&stage, make_impatient);
    stage_start_relay(&stage, "r1");
    fake_relay_set_mute(stage.relay, true);
    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    g_test_expect_message("sc-media", G_LOG_LEVEL_WARNING, "*no answer in 100 ms*");
    g_auto(Answer) answer =
        stage_send(&stage, "POST", "/whip/sample-lesson",
                   stage_get_token(&stage, TEACHER), SDP, offer, NULL);
    g_test_assert_expected_messages();
    g_assert_cmpstr(answer.problem, ==, "no-relay");

    /* It wakes up, dials, and all goes on. */
    fake_relay_set_mute(stage.relay, false);
    fake_relay_redial(stage.relay);
    g_assert_true(fake_relay_hello(stage.relay));
    stage_wait_for_relay(&stage, true);
    g_autofree char *id G_GNUC_UNUSED =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    stage_close(&stage);
}

/* Opens a connection of its own, writes @text, and hands it over. */
static GSocketConnection *
write_raw(Stage *stage, const char *text)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GError) error = NULL;
    GSocketConnection *connection = g_socket_client_connect_to_host(
        client, "127.0.0.1", (guint16)sc_service_get_port(stage->service), NULL, &error);
    g_assert_no_error(error);
    g_assert_true(
        g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                  text, strlen(text), NULL, NULL, &error));
    return connection;
}

static bool
create_was_asked(gpointer relay)
{
    return fake_relay_count_calls(relay, "transport.create") > 0;
}

static bool
transports_are_closed(gpointer relay)
{
    return fake_relay_count_calls(relay, "transport.close") > 0
           && fake_relay_count_transports(relay) == 0;
}

/* The relay is slow, the client loses patience: the transport must not stay. */
static void
client_that_went_away_leaves_no_transport(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *offer = stage_dup_sdp("webrtcbin-publish.sdp");
    g_autofree char *request =
        g_strdup_printf("POST /whip/sample-lesson HTTP/1.1\r\nHost: x\r\nContent-Type: "
                        "application/sdp\r\n"
                        "Authorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s",
                        stage_get_token(&stage, TEACHER), strlen(offer), offer);
    GSocketConnection *connection = write_raw(&stage, request);
    /* The service reads the request in the main context, that is: after this. */
    g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
    g_object_unref(connection);
    stage_wait(create_was_asked, stage.relay);
    stage_wait(transports_are_closed, stage.relay);
    g_autofree char *id G_GNUC_UNUSED =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    stage_close(&stage);
}

static bool
is_hung_up(gpointer connection)
{
    GSocket *socket = g_socket_connection_get_socket(connection);
    char byte;
    return recv(g_socket_get_fd(socket), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

static void
unfinished_request_is_hung_up_on(void)
{
    static const char *const requests[] = {
        "POST /whip/sample-lesson HTTP/1.1\r\nHost: x\r\n",
        "POST /whip/sample-lesson HTTP/1.1\r\nHost: x\r\nContent-Type: "
        "application/sdp\r\n"
        "Content-Length: 1000\r\n\r\nv=0",
    };
    Stage stage;
    stage_open(&stage, make_impatient);
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_autoptr(GSocketConnection) connection = write_raw(&stage, requests[i]);
        stage_wait(is_hung_up, connection);
    }
    stage_close(&stage);
}

static void
too_many_subscriptions_of_a_site_are_refused(void)
{
    Stage stage;
    stage_open(&stage, make_impatient);
    stage_start_relay(&stage, "r1");
    g_autofree char *first =
        stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    g_autofree char *second =
        stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    g_autofree char *offer = stage_dup_sdp("chromium-plain-watch.sdp");
    g_auto(Answer) answer = stage_send(&stage, "POST", "/whep/sample-lesson",
                                       stage_get_token(&stage, FIRST), SDP, offer, NULL);
    g_assert_cmpstr(answer.problem, ==, "too-many-sessions");
    g_assert_cmpstr(answer_get_header(&answer, "Retry-After"), ==, "5");

    /* One that is out of reach makes room. */
    g_autofree char *lost =
        g_strdup_printf("{\"transport\":\"%s\",\"state\":\"lost\"}", second);
    fake_relay_notify(stage.relay, "transport.state", lost);
    stage_settle(&stage);
    g_autofree char *third G_GNUC_UNUSED =
        stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    stage_settle(&stage);
    g_assert_true(fake_relay_has_transport(stage.relay, first));
    g_assert_false(fake_relay_has_transport(stage.relay, second));
    stage_close(&stage);
}

static void
methods_and_preflights_are_answered(void)
{
    static const struct {
        const char *method;
        const char *path;
        unsigned status;
        const char *header;
        const char *value;
    } cases[] = {
        { "OPTIONS", "/whip/sample-lesson", 204, "Accept-Post", SDP },
        { "OPTIONS", "/whip/sample-lesson", 204, "Access-Control-Allow-Methods",
          "POST, OPTIONS" },
        { "OPTIONS", "/whep/sample-lesson/abc", 204, "Allow", "PATCH, DELETE, OPTIONS" },
        { "OPTIONS", "/whep/sample-lesson/abc", 204, "Accept-Patch", FRAGMENT },
        { "OPTIONS", "/nothing", 404, "Access-Control-Allow-Origin", "*" },
        { "PUT", "/whip/sample-lesson", 405, "Allow", "POST, OPTIONS" },
        { "GET", "/whip/sample-lesson", 405, "Allow", "POST, OPTIONS" },
        { "POST", "/", 405, "Allow", "GET, HEAD, OPTIONS" },
        { "BREW", "/healthz", 405, "Allow", "GET, HEAD, OPTIONS" },
        { "GET", "/events", 426, "Upgrade", "websocket" },
        { "GET", "/", 200, "Content-Type", "text/html; charset=utf-8" },
        { "GET", "/teacher", 200, "X-Content-Type-Options", "nosniff" },
        { "GET", "/classroom", 200, "Cache-Control", "no-cache" },
        { "GET", "/assets/whip.js", 200, "Content-Type",
          "text/javascript; charset=utf-8" },
        { "GET", "/assets/none.js", 404, "Content-Type", "application/problem+json" },
        { "GET", "/console", 200, "Content-Type", "text/html; charset=utf-8" },
        { "GET", "/console/main.js", 200, "Content-Type",
          "text/javascript; charset=utf-8" },
        { "GET", "/console/pages/today.js", 200, "Cache-Control", "no-cache" },
        { "GET", "/console/pages", 404, "Content-Type", "application/problem+json" },
        { "GET", "/assets/vendor/preact.js", 200, "Content-Type",
          "text/javascript; charset=utf-8" },
        { "GET", "/teacher.html", 404, "Content-Type", "application/problem+json" },
    };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Answer) answer =
            stage_send(&stage, cases[i].method, cases[i].path, NULL, NULL, NULL, NULL);
        g_test_message("%s %s", cases[i].method, cases[i].path);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer_get_header(&answer, cases[i].header), ==, cases[i].value);
        g_assert_cmpstr(answer_get_header(&answer, "Access-Control-Allow-Origin"), ==,
                        "*");
    }
    stage_close(&stage);
}

static void
page_is_not_sent_twice(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(Answer) page = stage_send(&stage, "GET", "/teacher", NULL, NULL, NULL, NULL);
    g_assert_nonnull(strstr(answer_get_header(&page, "Content-Security-Policy"),
                            "script-src 'self';"));
    const char *known[] = { "If-None-Match", answer_get_header(&page, "ETag"), NULL };
    g_auto(Answer) same = stage_send(&stage, "GET", "/teacher", NULL, NULL, NULL, known);
    g_assert_cmpuint(same.status, ==, 304);
    g_auto(Answer) head = stage_send(&stage, "HEAD", "/teacher", NULL, NULL, NULL, NULL);
    g_assert_cmpuint(head.status, ==, 200);
    g_assert_cmpuint(g_bytes_get_size(head.body), ==, 0);
    g_assert_cmpstr(answer_get_header(&head, "Content-Length"), ==,
                    answer_get_header(&page, "Content-Length"));
    stage_close(&stage);
}

static void
listen_everywhere(ScConfig *config)
{
    g_free(config->listen);
    config->listen = g_strdup("::");
}

static void
two_colons_are_all_addresses_of_both_kinds(void)
{
    static const char *const addresses[] = { "127.0.0.1", "::1" };
    Stage stage;
    stage_open(&stage, listen_everywhere);
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autoptr(GSocketClient) client = g_socket_client_new();
        g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(
            addresses[i], sc_service_get_port(stage.service));
        g_autoptr(GError) error = NULL;
        g_autoptr(GSocketConnection) connection G_GNUC_UNUSED =
            g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, &error);
        g_assert_no_error(error);
    }
    stage_close(&stage);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/doors/" #name, name)
    ADD(publisher_gets_an_answer_and_a_location);
    ADD(slots_are_fed_when_publishers_come);
    ADD(wrong_post_is_refused_by_name);
    ADD(long_body_is_refused_and_not_stored);
    ADD(without_a_relay_one_is_told_to_try_again);
    ADD(second_publisher_waits_until_the_first_is_silent);
    ADD(patch_trickles_and_restarts);
    ADD(session_belongs_to_its_site_and_door);
    ADD(relays_refusal_reaches_the_client);
    ADD(relay_that_does_not_answer_is_cut_off);
    ADD(client_that_went_away_leaves_no_transport);
    ADD(unfinished_request_is_hung_up_on);
    ADD(too_many_subscriptions_of_a_site_are_refused);
    ADD(methods_and_preflights_are_answered);
    ADD(page_is_not_sent_twice);
    ADD(two_colons_are_all_addresses_of_both_kinds);
#undef ADD
    return g_test_run();
}
