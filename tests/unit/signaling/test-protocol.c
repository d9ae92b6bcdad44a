/* SPDX-License-Identifier: Apache-2.0 */
/* Every message of docs/protocol.md, Events: what is accepted, and each wrong shape. */
#include <string.h>

#include <glib.h>

#include "signaling/protocol/event.h"
#include "signaling/protocol/fields.h"
#include "signaling/protocol/request.h"

static void
request_is_read(void)
{
    g_autoptr(GError) error = NULL;
    ScRequest request;
    const char *hello =
        "{\"type\":\"hello\",\"token\":\"abc\",\"language\":\"en\",\"new\":[1]}";
    g_assert_true(sc_request_parse(hello, strlen(hello), &request, &error));
    g_assert_no_error(error);
    g_assert_cmpint(request.type, ==, SC_REQUEST_HELLO);
    g_assert_cmpint(request.id, ==, SC_NO_ID);
    g_assert_cmpstr(request.hello.token, ==, "abc");
    g_assert_cmpint(request.hello.language, ==, SC_LANGUAGE_EN);

    const char *floor = "{\"type\":\"floor\",\"site\":\"s2\",\"id\":7}";
    g_assert_true(sc_request_parse(floor, strlen(floor), &request, &error));
    g_assert_cmpint(request.type, ==, SC_REQUEST_FLOOR);
    g_assert_cmpint(request.id, ==, 7);
    g_assert_cmpstr(request.floor.site, ==, "s2");

    const char *taken = "{\"type\":\"floor\",\"site\":null}";
    g_assert_true(sc_request_parse(taken, strlen(taken), &request, &error));
    g_assert_cmpstr(request.floor.site, ==, "");
}

static void
request_survives_a_round_trip(void)
{
    ScRequest cases[] = {
        { .type = SC_REQUEST_HELLO,
          .id = SC_NO_ID,
          .hello = { .token = "t\"1\"", .language = SC_LANGUAGE_ZH_CN } },
        { .type = SC_REQUEST_FLOOR, .id = 0, .floor = { .site = "乡村一" } },
        { .type = SC_REQUEST_FLOOR, .id = 5, .floor = { .site = "" } },
        { .type = SC_REQUEST_EXTEND,
          .id = 6,
          .extend = { .minutes = SC_EXTEND_MAX_MIN } },
        { .type = SC_REQUEST_END, .id = 7 },
        { .type = SC_REQUEST_PING, .id = SC_REQUEST_ID_MAX },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = sc_request_print(&cases[i]);
        ScRequest request;
        g_autoptr(GError) error = NULL;
        g_assert_true(sc_request_parse(text, strlen(text), &request, &error));
        g_assert_no_error(error);
        g_autofree char *again = sc_request_print(&request);
        g_assert_cmpstr(again, ==, text);
    }
}

static void
wrong_request_is_refused_by_name(void)
{
    static const struct {
        const char *text;
        ScProtocolError code;
        const char *detail; /* part of the message */
        int64_t id;
    } cases[] = {
        { "", SC_PROTOCOL_ERROR_BAD_MESSAGE, "not a JSON object", SC_NO_ID },
        { "hello", SC_PROTOCOL_ERROR_BAD_MESSAGE, "not JSON", SC_NO_ID },
        { "{\"type\":\"ping\",\"id\":1", SC_PROTOCOL_ERROR_BAD_MESSAGE, "not JSON",
          SC_NO_ID },
        { "{\"type\":\"p\xff\"}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "UTF-8", SC_NO_ID },
        { "[]", SC_PROTOCOL_ERROR_BAD_MESSAGE, "not a JSON object", SC_NO_ID },
        { "null", SC_PROTOCOL_ERROR_BAD_MESSAGE, "not a JSON object", SC_NO_ID },
        { "17", SC_PROTOCOL_ERROR_BAD_MESSAGE, "not a JSON object", SC_NO_ID },
        { "{}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "type: missing", SC_NO_ID },
        { "{\"type\":1}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "type: not a text", SC_NO_ID },
        { "{\"type\":null}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "type: not a text",
          SC_NO_ID },
        { "{\"type\":{}}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "type: not a text", SC_NO_ID },
        { "{\"type\":\"dance\",\"id\":3}", SC_PROTOCOL_ERROR_UNKNOWN_TYPE, "dance", 3 },
        { "{\"type\":\"Hello\"}", SC_PROTOCOL_ERROR_UNKNOWN_TYPE, "Hello", SC_NO_ID },
        { "{\"type\":\"welcome\"}", SC_PROTOCOL_ERROR_UNKNOWN_TYPE, "welcome", SC_NO_ID },
        { "{\"type\":\"hello\"}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "token: missing",
          SC_NO_ID },
        { "{\"type\":\"hello\",\"token\":\"\"}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "token: 0 bytes", SC_NO_ID },
        { "{\"type\":\"hello\",\"token\":[]}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "token: not a text", SC_NO_ID },
        { "{\"type\":\"hello\",\"token\":\"a\",\"language\":\"fr\"}",
          SC_PROTOCOL_ERROR_BAD_MESSAGE, "language: unknown word “fr”", SC_NO_ID },
        { "{\"type\":\"floor\",\"id\":1}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "site: missing",
          1 },
        { "{\"type\":\"floor\",\"site\":4}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "site: not a text", SC_NO_ID },
        { "{\"type\":\"floor\",\"site\":\"a\",\"id\":-1}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "id: -1, from 0", SC_NO_ID },
        { "{\"type\":\"floor\",\"site\":\"a\",\"id\":1e300}",
          SC_PROTOCOL_ERROR_BAD_MESSAGE, "id: not an integer", SC_NO_ID },
        { "{\"type\":\"extend\",\"id\":8}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "minutes: missing", 8 },
        { "{\"type\":\"extend\",\"minutes\":0}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "minutes: 0, from 1 to 30", SC_NO_ID },
        { "{\"type\":\"extend\",\"minutes\":31}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "minutes: 31, from 1 to 30", SC_NO_ID },
        { "{\"type\":\"extend\",\"minutes\":2.5}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "minutes: not an integer", SC_NO_ID },
        { "{\"type\":\"ping\",\"id\":\"1\"}", SC_PROTOCOL_ERROR_BAD_MESSAGE,
          "id: not an integer", SC_NO_ID },
        { "{\"type\":\"ping\"}", SC_PROTOCOL_ERROR_BAD_MESSAGE, "id: missing", SC_NO_ID },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRequest request;
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].text);
        g_assert_false(
            sc_request_parse(cases[i].text, strlen(cases[i].text), &request, &error));
        g_assert_error(error, SC_PROTOCOL_ERROR, (int)cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].detail));
        if (cases[i].id != SC_NO_ID)
            g_assert_cmpint(request.id, ==, cases[i].id);
    }
}

/* What json-glib lets through, and would be read as something else than was sent. */
static void
two_values_and_nul_are_refused(void)
{
    static const struct {
        const char *text;
        const char *detail; /* NULL: well formed */
    } cases[] = {
        { "{\"type\":\"floor\",\"site\":\"a\\u0000b\"}", "holds a NUL, \\u0000" },
        { "{\"type\":\"floor\",\"site\":\"a\\\\u0000b\"}", NULL }, /* no escape */
        { "{\"type\":\"floor\",\"site\":\"\\\\\\u0000\"}", "holds a NUL" },
        { "{\"type\":\"floor\",\"site\":\"a\"}{}", "goes on after its end" },
        { "{\"type\":\"floor\",\"site\":\"a\"} x", "goes on after its end" },
        { "{\"type\":\"floor\",\"site\":\"a\"}}", "goes on after its end" },
        { "{\"type\":\"floor\",\"site\":\"a\"} \r\n\t", NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRequest request;
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].text);
        bool is_good =
            sc_request_parse(cases[i].text, strlen(cases[i].text), &request, &error);
        g_assert_cmpint(is_good, ==, cases[i].detail == NULL);
        if (!is_good)
            g_assert_nonnull(strstr(error->message, cases[i].detail));
    }
}

static void
long_and_deep_messages_are_refused_unread(void)
{
    g_autoptr(GError) error = NULL;
    ScRequest request;
    g_autofree char *deep = g_strnfill(SC_MESSAGE_MAX, '[');
    g_assert_false(sc_request_parse(deep, SC_MESSAGE_MAX, &request, &error));
    g_assert_nonnull(strstr(error->message, "nested deeper than 16"));
    g_clear_error(&error);

    g_autofree char *padding = g_strnfill(SC_MESSAGE_MAX, ' ');
    g_autofree char *longer = g_strconcat("{\"type\":\"ping\",\"id\":1}", padding, NULL);
    g_assert_false(sc_request_parse(longer, strlen(longer), &request, &error));
    g_assert_nonnull(strstr(error->message, "at most 16384"));
    g_clear_error(&error);

    /* Brackets inside a text are no nesting, quotes may be escaped. */
    const char *text = "{\"type\":\"floor\",\"site\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[[\"}";
    g_assert_true(sc_request_parse(text, strlen(text), &request, &error));
    g_assert_no_error(error);
}

static void
token_is_read_up_to_its_limit(void)
{
    for (unsigned length = SC_TOKEN_TEXT_MAX; length <= SC_TOKEN_TEXT_MAX + 1; length++) {
        g_autofree char *token = g_strnfill(length, 'x');
        g_autofree char *text =
            g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}", token);
        ScRequest request;
        g_assert_cmpint(sc_request_parse(text, strlen(text), &request, NULL), ==,
                        length <= SC_TOKEN_TEXT_MAX);
    }
}

static void
event_survives_a_round_trip(void)
{
    ScEventSite sites[] = {
        { "s1", "一班", "城关小学", SC_ROLE_TEACHER, SC_NO_TILE, true },
        { "s2", "二班", "河口小学", SC_ROLE_CLASSROOM, 0, false },
    };
    char *sessions[] = { (char *)"/whip/l1/a", (char *)"/whep/l1/b", NULL };
    ScEvent cases[] = {
        { .type = SC_EVENT_WELCOME,
          .seq = 9,
          .id = SC_NO_ID,
          .welcome = { "l1", "Fractions", "数学", "2026-09-01T00:00:00Z",
                       "2026-09-01T00:40:00Z", SC_LESSON_LIVE, SC_BELL_ENDING, "s2",
                       "二班", SC_ROLE_CLASSROOM, "s2", sites, 2,
                       "2026-09-01T00:38:00.120000Z" } },
        { .type = SC_EVENT_WELCOME,
          .seq = 1,
          .id = SC_NO_ID,
          .welcome = { .lesson = "l", .site = "s", .phase = SC_NO_PHASE } },
        { .type = SC_EVENT_JOINED,
          .seq = 2,
          .id = SC_NO_ID,
          .presence = { "s2", true, false } },
        { .type = SC_EVENT_LEFT,
          .seq = 3,
          .id = SC_NO_ID,
          .presence = { "s2", false, false } },
        { .type = SC_EVENT_FLOOR, .seq = 4, .id = 12, .floor = { "s2" } },
        { .type = SC_EVENT_FLOOR, .seq = 5, .id = SC_NO_ID, .floor = { "" } },
        { .type = SC_EVENT_BELL,
          .seq = 6,
          .id = 13,
          .bell = { SC_BELL_EXTENDED, "2026-09-01T00:00:00Z", "2026-09-01T00:45:00Z",
                    "2026-09-01T00:39:00.001000Z" } },
        { .type = SC_EVENT_QUALITY,
          .id = SC_NO_ID,
          .quality = { "s2", SC_DIRECTION_DOWN, 2.5, 610, 1500, SC_LEVEL_WEAK } },
        { .type = SC_EVENT_REJOIN, .id = SC_NO_ID, .rejoin = { sessions, "restarted" } },
        { .type = SC_EVENT_PONG, .id = 3 },
        { .type = SC_EVENT_ERROR,
          .id = 3,
          .error = { "wrong-role", "only the teacher" } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = sc_event_print(&cases[i]);
        g_auto(ScEvent) event = { 0 };
        g_autoptr(GError) error = NULL;
        g_test_message("%s", text);
        g_assert_true(sc_event_parse(text, strlen(text), &event, &error));
        g_assert_no_error(error);
        g_autofree char *again = sc_event_print(&event);
        g_assert_cmpstr(again, ==, text);
    }
}

static void
wrong_event_is_refused(void)
{
    static const struct {
        const char *text;
        const char *detail;
    } cases[] = {
        { "{\"type\":\"hello\",\"token\":\"a\"}", "unknown “hello”" },
        { "{\"type\":\"joined\",\"seq\":-1}", "seq: -1" },
        { "{\"type\":\"joined\",\"site\":\"a\",\"publishing\":1,\"subscribed\":true}",
          "publishing: not true or false" },
        { "{\"type\":\"quality\",\"site\":\"a\",\"direction\":\"up\",\"loss_pct\":101,"
          "\"rtt_ms\":1,\"kbps\":1,\"level\":\"good\"}",
          "loss_pct: 101" },
        { "{\"type\":\"quality\",\"site\":\"a\",\"direction\":\"up\",\"loss_pct\":\"1\","
          "\"rtt_ms\":1,\"kbps\":1,\"level\":\"good\"}",
          "loss_pct: not a number" },
        { "{\"type\":\"rejoin\",\"reason\":\"x\",\"sessions\":[1]}", "sessions[0]" },
        { "{\"type\":\"rejoin\",\"reason\":\"x\",\"sessions\":{}}",
          "sessions: not an array" },
        { "{\"type\":\"bell\",\"phase\":\"rung\"}", "phase: unknown word" },
        { "{\"type\":\"bell\",\"phase\":\"begun\"}", "starts_at: missing" },
        { "{\"type\":\"welcome\"}", "lesson: missing" },
        { "{\"type\":\"welcome\",\"lesson\":{\"id\":\"a\",\"state\":\"asleep\"}}",
          "lesson: state: unknown word" },
        { "{\"type\":\"welcome\",\"lesson\":{\"id\":\"a\",\"state\":\"live\"},"
          "\"you\":{\"site\":\"a\",\"role\":\"teacher\"},\"sites\":[7]}",
          "sites[0]: not an object" },
        { "{\"type\":\"welcome\",\"lesson\":{\"id\":\"a\",\"state\":\"live\"},"
          "\"you\":{\"site\":\"a\",\"role\":\"teacher\"},"
          "\"sites\":[{\"site\":\"b\",\"role\":\"x\",\"present\":true}]}",
          "sites[0].role: unknown word" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScEvent event = { 0 };
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].text);
        g_assert_false(
            sc_event_parse(cases[i].text, strlen(cases[i].text), &event, &error));
        g_assert_nonnull(strstr(error->message, cases[i].detail));
    }
}

static void
instant_is_written_in_utc(void)
{
    static const struct {
        int64_t time_ms;
        const char *expected;
    } cases[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { 1788220800000, "2026-09-01T00:00:00Z" },
        { 1788220800120, "2026-09-01T00:00:00.120000Z" },
        { 253402300799999, "9999-12-31T23:59:59.999000Z" },
        { INT64_MAX, "" },
        { INT64_MIN, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char text[SC_INSTANT_MAX + 1];
        sc_event_write_instant(cases[i].time_ms, text);
        g_assert_cmpstr(text, ==, cases[i].expected);
    }
}

static void
text_is_cut_between_characters(void)
{
    static const struct {
        const char *text;
        size_t size;
        const char *expected;
    } cases[] = {
        { "abc", 4, "abc" }, { "abc", 3, "ab" },    { "abc", 1, "" },
        { "", 1, "" },       { "课课", 7, "课课" }, { "课课", 6, "课" },
        { "课课", 5, "课" }, { "课课", 4, "课" },   { "课课", 3, "" },
        { "a😀", 5, "a" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char text[16];
        sc_event_copy_text(text, cases[i].size, cases[i].text);
        g_assert_cmpstr(text, ==, cases[i].expected);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/protocol/request_is_read", request_is_read);
    g_test_add_func("/protocol/request_survives_a_round_trip",
                    request_survives_a_round_trip);
    g_test_add_func("/protocol/wrong_request_is_refused_by_name",
                    wrong_request_is_refused_by_name);
    g_test_add_func("/protocol/two_values_and_nul_are_refused",
                    two_values_and_nul_are_refused);
    g_test_add_func("/protocol/long_and_deep_messages_are_refused_unread",
                    long_and_deep_messages_are_refused_unread);
    g_test_add_func("/protocol/token_is_read_up_to_its_limit",
                    token_is_read_up_to_its_limit);
    g_test_add_func("/protocol/event_survives_a_round_trip", event_survives_a_round_trip);
    g_test_add_func("/protocol/wrong_event_is_refused", wrong_event_is_refused);
    g_test_add_func("/protocol/instant_is_written_in_utc", instant_is_written_in_utc);
    g_test_add_func("/protocol/text_is_cut_between_characters",
                    text_is_cut_between_characters);
    return g_test_run();
}
