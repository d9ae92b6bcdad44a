/* SPDX-License-Identifier: Apache-2.0 */
/* Every refusal of docs/protocol.md#http, by the real programs, while a lesson goes on
 * beside it that must not notice. */
#include <string.h>

#include <gio/gio.h>
#include <glib.h>

#include "signaling/store/lesson.h"
#include "signaling/token.h"
#include "tests/integration/signaling/witness.h"

#define SDP "application/sdp"
#define FRAGMENT "application/trickle-ice-sdpfrag"
#define PUBLISH "webrtcbin-publish.sdp"
#define WATCH "webrtcbin-plain-watch.sdp"
#define CLASSROOM_2 2 /* the site that the requests are made for */

typedef enum {
    NOBODY,
    STRANGER,
    TEACHER,
    CLASSROOM,
    OBSERVER,
    EXPIRED,
    TOMORROW,  /* for a lesson that is not on yet */
    YESTERDAY, /* for one that has ended */
    N_WHO,
} Who;

/* What no door makes: two more lessons, and tokens of every kind. */
static void
add_lesson(ScStore *store, const char *id, ScLessonState state, int64_t starts_ms)
{
    g_autoptr(ScLessonRow) row = g_new0(ScLessonRow, 1);
    g_autoptr(GError) error = NULL;

    row->id = g_strdup(id);
    row->title = g_strdup(id);
    row->subject = g_strdup("数学");
    row->starts_ms = starts_ms;
    row->ends_ms = starts_ms + 60 * 60 * 1000;
    row->state = state;
    row->sites = g_new0(ScLessonSite, 1);
    row->n_sites = 1;
    row->sites[0] = (ScLessonSite){ .site = g_strdup("sample-village-2-5"),
                                    .role = SC_ROLE_CLASSROOM };
    g_assert_true(sc_store_add_lesson(store, row, &error));
    g_assert_no_error(error);
}

static char *
issue(ScStore *store, const char *lesson, ScRole role, int64_t expires_ms)
{
    g_autoptr(GError) error = NULL;
    char *token =
        sc_token_issue(store, lesson, "sample-village-2-5", role, expires_ms, &error);

    g_assert_no_error(error);
    return token;
}

static void
prepare_tokens(const Place *place, char *tokens[N_WHO])
{
    const int64_t day_ms = 24 * 60 * 60 * 1000;
    int64_t now_ms = g_get_real_time() / 1000;
    g_autofree char *database = place_dup_database(place);
    g_autoptr(ScStore) store = sc_store_open(database, NULL);

    add_lesson(store, "tomorrow", SC_LESSON_SCHEDULED, now_ms + day_ms);
    add_lesson(store, "yesterday", SC_LESSON_ENDED, now_ms - day_ms);
    tokens[NOBODY] = NULL;
    tokens[STRANGER] = g_strdup("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    tokens[TEACHER] = g_strdup(place->tokens[0]);
    tokens[CLASSROOM] = g_strdup(place->tokens[CLASSROOM_2]);
    tokens[OBSERVER] = issue(store, place->lesson, SC_ROLE_OBSERVER, now_ms + day_ms);
    tokens[EXPIRED] = issue(store, place->lesson, SC_ROLE_CLASSROOM, now_ms - 1);
    tokens[TOMORROW] = issue(store, "tomorrow", SC_ROLE_CLASSROOM, now_ms + day_ms);
    tokens[YESTERDAY] = issue(store, "yesterday", SC_ROLE_CLASSROOM, now_ms + day_ms);
}

static void
free_tokens(char *tokens[N_WHO])
{
    for (unsigned i = 0; i < N_WHO; i++)
        g_free(tokens[i]);
}

static char *
read_vector(const char *name)
{
    g_autofree char *path = g_build_filename(SC_TEST_VECTORS, "sdp", name, NULL);
    char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* All occurrences. */
static char *
replace_all(const char *text, const char *find, const char *replacement)
{
    g_auto(GStrv) parts = g_strsplit(text, find, -1);

    g_assert_cmpuint(g_strv_length(parts), >, 1);
    return g_strjoinv(replacement, parts);
}

static void
wrong_offer_is_refused_by_name(void)
{
    static const struct {
        const char *name;
        const char *find; /* in PUBLISH; NULL: @replacement is all */
        const char *replacement;
        const char *problem;
        const char *detail;
    } cases[] = {
        { "nothing", NULL, "", "bad-sdp", "empty" },
        { "no SDP", NULL, "hello", "bad-sdp", "line 1" },
        { "JSON", NULL, "{\"type\":\"offer\",\"sdp\":\"v=0\"}", "bad-sdp", "line 1" },
        { "no media", NULL, "v=0\r\ns=-\r\n", "bad-sdp", "no media section" },
        { "no UTF-8", "s=-", "s=\xff\xfe", "bad-sdp", "UTF-8" },
        { "no BUNDLE", "a=group:BUNDLE", "a=group:LS", "no-bundle", "a=group:BUNDLE" },
        { "half a BUNDLE", "BUNDLE video0 audio1", "BUNDLE video0", "no-bundle",
          "audio1" },
        { "no mux", "a=rtcp-mux\r\n", "", "no-bundle", "rtcp-mux" },
        { "no mid", "a=mid:video0\r\n", "", "bad-sdp", "has no mid" },
        { "same mid", "audio1", "video0", "bad-sdp", "both have mid" },
        { "no common codec", "H264/90000", "AV1/90000", "no-common-codec", "AV1" },
        { "no ufrag", "a=ice-ufrag:", "a=x:", "bad-ice", "ice-ufrag is missing" },
        { "no password", "a=ice-pwd:", "a=x:", "bad-ice", "ice-pwd is missing" },
        { "no fingerprint", "a=fingerprint:", "a=x:", "bad-fingerprint", "is missing" },
        { "empty fingerprint", "a=fingerprint:sha-256 ",
          "a=fingerprint:", "bad-fingerprint", "hash's name" },
        { "passive", "setup:actpass", "setup:passive", "bad-setup", "passive" },
        { "huge extension", "a=rtcp-rsize\r\n", "a=extmap:70000 urn:x\r\n", "bad-sdp",
          "not 1 to 255" },
        { "huge ssrc", "a=ssrc:96795965", "a=ssrc:96795965965", "bad-sdp", "ssrc" },
        { "for subscribers", "a=sendrecv", "a=recvonly", "bad-sdp", "published" },
    };
    g_autoptr(Witness) witness = witness_open();
    g_autofree char *good = read_vector(PUBLISH);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = cases[i].find == NULL ? g_strdup(cases[i].replacement)
                                                      : replace_all(good, cases[i].find,
                                                                    cases[i].replacement);
        g_auto(Answer) answer = client_send(
            witness->place, &(Request){ .method = "POST",
                                        .path = "/whip/{}",
                                        .token = witness->place->tokens[CLASSROOM_2],
                                        .content_type = SDP,
                                        .body = body,
                                        .body_length = -1 });

        g_test_message("%s: %s", cases[i].name, answer.body);
        g_assert_cmpuint(answer.status, ==, 400);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
        g_assert_nonnull(strstr(answer.detail, cases[i].detail));
    }
}

static void
flood_is_refused_by_its_limit(void)
{
    static const struct {
        const char *name;
        const char *line;
        unsigned n_lines;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "1000 sections", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 1000, 400,
          "too-many-sections" },
        { "33 sections", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 33, 400,
          "too-many-sections" },
        { "9000 lines", "a=x\r\n", 9000, 400, "bad-sdp" },
        { "over 64 KiB", "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n", 1600, 413,
          "body-too-large" },
        { "1 MiB", "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n", 24000, 413,
          "body-too-large" },
    };
    g_autoptr(Witness) witness = witness_open();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) body = g_string_new("v=0\r\n");

        for (unsigned j = 0; j < cases[i].n_lines; j++)
            g_string_append(body, cases[i].line);
        g_auto(Answer) answer = client_send(
            witness->place, &(Request){ .method = "POST",
                                        .path = "/whep/{}",
                                        .token = witness->place->tokens[CLASSROOM_2],
                                        .content_type = SDP,
                                        .body = body->str,
                                        .body_length = (gssize)body->len });

        g_test_message("%s: %s", cases[i].name, answer.body);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
    }
}

static void
wrong_person_or_place_is_refused_by_name(void)
{
    static const struct {
        const char *name;
        const char *method;
        const char *path;
        Who who;
        const char *content_type;
        const char *vector;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "nobody", "POST", "/whip/{}", NOBODY, SDP, PUBLISH, 401, "no-token" },
        { "nobody watching", "POST", "/whep/{}", NOBODY, SDP, WATCH, 401, "no-token" },
        { "stranger", "POST", "/whip/{}", STRANGER, SDP, PUBLISH, 401, "unknown-token" },
        { "expired", "POST", "/whip/{}", EXPIRED, SDP, PUBLISH, 401, "expired-token" },
        { "expired, watching", "POST", "/whep/{}", EXPIRED, SDP, WATCH, 401,
          "expired-token" },
        { "observer publishes", "POST", "/whip/{}", OBSERVER, SDP, PUBLISH, 403,
          "wrong-role" },
        { "another lesson's token", "POST", "/whip/{}", TOMORROW, SDP, PUBLISH, 403,
          "wrong-lesson" },
        { "unknown lesson", "POST", "/whip/nowhere", CLASSROOM, SDP, PUBLISH, 404,
          "unknown-lesson" },
        { "not on yet", "POST", "/whip/tomorrow", TOMORROW, SDP, PUBLISH, 409,
          "lesson-not-live" },
        { "ended", "POST", "/whep/yesterday", YESTERDAY, SDP, WATCH, 409,
          "lesson-not-live" },
        { "no type", "POST", "/whip/{}", CLASSROOM, "text/plain", PUBLISH, 415,
          "wrong-content-type" },
        { "JSON type", "POST", "/whip/{}", CLASSROOM, "application/json", PUBLISH, 415,
          "wrong-content-type" },
        { "GET", "GET", "/whip/{}", CLASSROOM, NULL, NULL, 405, "method-not-allowed" },
        { "PUT", "PUT", "/whip/{}", CLASSROOM, SDP, PUBLISH, 405, "method-not-allowed" },
        { "DELETE of the lesson", "DELETE", "/whip/{}", CLASSROOM, NULL, NULL, 405,
          "method-not-allowed" },
        { "unknown session", "DELETE", "/whip/{}/nowhere", CLASSROOM, NULL, NULL, 404,
          "unknown-session" },
        { "unknown session, patched", "PATCH", "/whip/{}/nowhere", CLASSROOM, FRAGMENT,
          PUBLISH, 404, "unknown-session" },
        { "nothing there", "GET", "/nothing", NOBODY, NULL, NULL, 404, "not-found" },
        { "climbing up", "GET", "/assets/../../../../etc/passwd", NOBODY, NULL, NULL, 404,
          "not-found" },
        { "climbing up, encoded", "GET", "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", NOBODY,
          NULL, NULL, 400, NULL }, /* by libsoup, before us */
        { "no WebSocket", "GET", "/events", NOBODY, NULL, NULL, 426, "upgrade-required" },
    };
    g_autoptr(Witness) witness = witness_open();
    char *tokens[N_WHO];

    prepare_tokens(witness->place, tokens);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body =
            cases[i].vector != NULL ? read_vector(cases[i].vector) : NULL;
        g_auto(Answer) answer =
            client_send(witness->place, &(Request){ .method = cases[i].method,
                                                    .path = cases[i].path,
                                                    .token = tokens[cases[i].who],
                                                    .content_type = cases[i].content_type,
                                                    .body = body,
                                                    .body_length = -1 });

        g_test_message("%s: %u %s", cases[i].name, answer.status, answer.body);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
        g_assert_true((answer.status == 401)
                      == (answer_get_header(&answer, "WWW-Authenticate") != NULL));
        g_assert_true((answer.status == 405)
                      == (answer_get_header(&answer, "Allow") != NULL));
    }
    free_tokens(tokens);
}

static void
wrong_fragment_is_refused_by_name(void)
{
    static const struct {
        const char *name;
        const char *content_type;
        const char *body;
        const char *if_match;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "empty", FRAGMENT, "", "*", 422, "bad-fragment" },
        { "no fragment", FRAGMENT, "hello", "*", 422, "bad-fragment" },
        { "half the credentials", FRAGMENT, "a=ice-ufrag:abcd\r\n", "*", 422,
          "bad-fragment" },
        { "restart without If-Match", FRAGMENT,
          "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\n", NULL, 428,
          "no-etag" },
        { "SDP", SDP, "v=0\r\n", "*", 415, "wrong-content-type" },
    };
    g_autoptr(Witness) witness = witness_open();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Answer) answer =
            client_send(witness->place, &(Request){ .method = "PATCH",
                                                    .path = witness->classroom->location,
                                                    .token = witness->place->tokens[1],
                                                    .content_type = cases[i].content_type,
                                                    .body = cases[i].body,
                                                    .body_length = -1,
                                                    .if_match = cases[i].if_match });

        g_test_message("%s: %s", cases[i].name, answer.body);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
    }
}

static void
sessions_of_others_are_out_of_reach(void)
{
    static const char *const methods[] = { "DELETE", "PATCH" };
    g_autoptr(Witness) witness = witness_open();

    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        g_auto(Answer) answer = client_send(
            witness->place,
            &(Request){ .method = methods[i],
                        .path = witness->classroom->location,
                        .token = witness->place->tokens[CLASSROOM_2],
                        .content_type = i == 1 ? FRAGMENT : NULL,
                        .body =
                            "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\n",
                        .body_length = -1,
                        .if_match = "*" });

        g_test_message("%s: %u %s", methods[i], answer.status, answer.body);
        g_assert_cmpuint(answer.status, >=, 403);
        g_assert_cmpuint(answer.status, <=, 404);
        witness_check(witness);
    }
}

static void
site_cannot_take_all_sessions(void)
{
    g_autoptr(Witness) witness = witness_open();
    g_autofree char *offer = read_vector(WATCH);
    unsigned n_open = 0;
    unsigned status;

    do {
        g_auto(Answer) answer = client_send(
            witness->place, &(Request){ .method = "POST",
                                        .path = "/whep/{}",
                                        .token = witness->place->tokens[CLASSROOM_2],
                                        .content_type = SDP,
                                        .body = offer,
                                        .body_length = -1 });
        status = answer.status;
        n_open += status == 201;
        g_assert_cmpuint(n_open, <=, 64);
        if (status != 201) {
            g_assert_cmpstr(answer.problem, ==, "too-many-sessions");
            g_assert_nonnull(answer_get_header(&answer, "Retry-After"));
        }
    } while (status == 201);
    g_assert_cmpuint(status, ==, 429);
    g_assert_cmpuint(n_open, >=, 1);
}

static void
preflights_are_answered(void)
{
    static const struct {
        const char *path;
        const char *method;
        const char *accepts; /* header that names the content type */
    } cases[] = {
        { "/whip/{}", "POST", "Accept-Post" },
        { "/whep/{}", "POST", "Accept-Post" },
        { "/whip/{}/x", "PATCH", "Accept-Patch" },
        { "/whep/{}/x", "DELETE", "Accept-Patch" },
    };
    g_autoptr(Witness) witness = witness_open();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const headers[] = { "Origin", "https://school.example",
                                        "Access-Control-Request-Method", cases[i].method,
                                        NULL };
        g_auto(Answer) answer = client_send(
            witness->place,
            &(Request){ .method = "OPTIONS", .path = cases[i].path, .headers = headers });

        g_test_message("%s", cases[i].path);
        g_assert_cmpuint(answer.status, ==, 204);
        g_assert_cmpstr(answer_get_header(&answer, "Access-Control-Allow-Origin"), ==,
                        "*");
        g_assert_nonnull(strstr(
            answer_get_header(&answer, "Access-Control-Allow-Methods"), cases[i].method));
        g_assert_nonnull(answer_get_header(&answer, cases[i].accepts));
    }
}

static void
without_a_relay_one_is_told_to_come_again(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autofree char *offer = read_vector(WATCH);

    place_kill_relay(place);
    for (int i = 0; i < 2; i++) {
        g_auto(Answer) answer = client_send(place, &(Request){ .method = "POST",
                                                               .path = "/whep/{}",
                                                               .token = place->tokens[1],
                                                               .content_type = SDP,
                                                               .body = offer,
                                                               .body_length = -1 });
        g_auto(Answer) health = client_try(place, "GET", "/healthz");

        g_assert_cmpuint(answer.status, ==, 503);
        g_assert_cmpstr(answer.problem, ==, "no-relay");
        g_assert_cmpstr(answer_get_header(&answer, "Retry-After"), ==, "1");
        g_assert_cmpuint(health.status, ==, 503);
        g_assert_nonnull(strstr(health.body, "degraded"));
    }
    place_start_relay(place);
    place_await_ready(place);
}

typedef struct {
    GSocketConnection *connection;
    char answer[64]; /* the beginning of what came */
    gssize n_read;   /* −2: nothing yet; −1: reset; 0: closed */
} Raw;

static void
on_read(GObject *stream, GAsyncResult *result, gpointer user_data)
{
    Raw *raw = user_data;

    raw->n_read = g_input_stream_read_finish(G_INPUT_STREAM(stream), result, NULL);
}

static bool
has_read(gpointer user_data)
{
    const Raw *raw = user_data;

    return raw->n_read != -2;
}

/* Whatever is no HTTP is answered by 4xx or hung up on, and nobody else notices. */
static void
bytes_that_are_no_http_are_hung_up_on(void)
{
    static const struct {
        const char *name;
        const char *bytes;
        unsigned n_repeated; /* of 'A', put behind */
    } cases[] = {
        { "rubbish", "\x16\x03\x01\x02\xff\xff\xff\r\n\r\n", 0 },
        { "no version", "GET /\r\n\r\n", 0 },
        { "no host", "GET / HTTP/1.1\r\n\r\n", 0 },
        { "negative length",
          "POST /whip/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 0 },
        { "endless length",
          "POST /whip/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n"
          "Content-Length: 99999999999999999999\r\n\r\n",
          0 },
        { "wrong chunk",
          "POST /whip/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
          0 },
        { "header without end", "GET / HTTP/1.1\r\nHost: x\r\nX: ", 200000 },
        { "path without end", "GET /", 200000 },
        { "control characters", "G\x01T /\x02 HTTP/1.1\r\nH\x03st: x\r\n\r\n", 0 },
        { "two lengths",
          "POST /whip/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
          "Content-Length: 2\r\n\r\nab",
          0 },
    };
    g_autoptr(Witness) witness = witness_open();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GSocketClient) client = g_socket_client_new();
        g_autoptr(GString) bytes = g_string_new(cases[i].bytes);
        Raw raw = { .n_read = -2 };

        for (unsigned j = 0; j < cases[i].n_repeated; j++)
            g_string_append_c(bytes, 'A');
        raw.connection = g_socket_client_connect_to_host(
            client, "127.0.0.1", (guint16)witness->place->port, NULL, NULL);
        g_assert_nonnull(raw.connection);
        g_output_stream_write_all(
            g_io_stream_get_output_stream(G_IO_STREAM(raw.connection)), bytes->str,
            bytes->len, NULL, NULL, NULL);
        g_socket_shutdown(g_socket_connection_get_socket(raw.connection), FALSE, TRUE,
                          NULL);
        g_input_stream_read_async(
            g_io_stream_get_input_stream(G_IO_STREAM(raw.connection)), raw.answer,
            sizeof raw.answer - 1, G_PRIORITY_DEFAULT, NULL, on_read, &raw);
        place_run_until(has_read, &raw, cases[i].name);
        g_test_message("%s: %.*s", cases[i].name, (int)strcspn(raw.answer, "\r\n"),
                       raw.answer);
        g_assert_true(raw.n_read <= 0 || g_str_has_prefix(raw.answer, "HTTP/1.1 4")
                      || g_str_has_prefix(raw.answer, "HTTP/1.0 4")
                      || g_str_has_prefix(raw.answer, "HTTP/1.0 200"));
        g_object_unref(raw.connection);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/integration/refusals/" #name, name)
    ADD(wrong_offer_is_refused_by_name);
    ADD(flood_is_refused_by_its_limit);
    ADD(wrong_person_or_place_is_refused_by_name);
    ADD(wrong_fragment_is_refused_by_name);
    ADD(sessions_of_others_are_out_of_reach);
    ADD(site_cannot_take_all_sessions);
    ADD(preflights_are_answered);
    ADD(without_a_relay_one_is_told_to_come_again);
    ADD(bytes_that_are_no_http_are_hung_up_on);
#undef ADD
    return g_test_run();
}
