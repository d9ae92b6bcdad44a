/* SPDX-License-Identifier: Apache-2.0 */
/* The lesson's hours as a client hears of them, and what it says of them. */
#include <string.h>

#include "client/hours.h"

#define SECOND ((int64_t)G_USEC_PER_SEC)
#define START "2026-09-01T01:00:00Z"

static ScEvent
make_welcome(ScLessonState state, const char *now)
{
    ScEvent event = { .type = SC_EVENT_WELCOME };
    event.welcome.state = state;
    g_strlcpy(event.welcome.starts_at, START, sizeof event.welcome.starts_at);
    g_strlcpy(event.welcome.now, now, sizeof event.welcome.now);
    return event;
}

static ScEvent
make_bell(ScBellPhase phase, const char *starts_at, const char *now)
{
    ScEvent event = { .type = SC_EVENT_BELL };
    event.bell.phase = phase;
    g_strlcpy(event.bell.starts_at, starts_at, sizeof event.bell.starts_at);
    g_strlcpy(event.bell.now, now, sizeof event.bell.now);
    return event;
}

static void
minutes_are_counted_by_the_servers_clock(void)
{
    static const struct {
        ScLessonState state;
        const char *now;  /* of the server, at 0 of our clock */
        int64_t after_us; /* of our clock */
        unsigned minutes;
    } cases[] = {
        { SC_LESSON_SCHEDULED, "2026-09-01T00:50:00Z", 0, 10 },
        { SC_LESSON_SCHEDULED, "2026-09-01T00:50:00.250000Z", 0, 10 },
        { SC_LESSON_SCHEDULED, "2026-09-01T00:50:00Z", 59 * SECOND, 10 },
        { SC_LESSON_SCHEDULED, "2026-09-01T00:50:00Z", 60 * SECOND, 9 },
        { SC_LESSON_SCHEDULED, "2026-09-01T00:59:59Z", 0, 1 },
        { SC_LESSON_SCHEDULED, "2026-09-01T01:00:00Z", 0, 0 },
        { SC_LESSON_SCHEDULED, "2026-09-01T00:59:00Z", 60 * SECOND, 0 },
        { SC_LESSON_SCHEDULED, "2026-08-31T01:00:00Z", 0, 1440 },
        { SC_LESSON_SCHEDULED, "", 0, 0 }, /* an older server */
        { SC_LESSON_LIVE, "2026-09-01T00:50:00Z", 0, 0 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScHours hours = { 0 };
        ScEvent welcome = make_welcome(cases[i].state, cases[i].now);
        g_test_message("case %zu", i);
        g_assert_true(sc_hours_apply(&hours, &welcome, 0));
        g_assert_cmpuint(sc_hours_get_minutes_to_bell(&hours, cases[i].after_us), ==,
                         cases[i].minutes);
    }
}

static void
assert_sentence(const ScHours *hours, ScRoomState state, ScLanguage language,
                const char *expected)
{
    g_autofree char *sentence =
        sc_hours_dup_sentence(hours, state, SC_ROLE_CLASSROOM, language, 0);
    g_assert_cmpstr(sentence, ==, expected);
}

static void
bell_changes_what_is_said(void)
{
    ScHours hours = { 0 };
    ScEvent welcome = make_welcome(SC_LESSON_SCHEDULED, "2026-09-01T00:58:30Z");
    assert_sentence(&hours, SC_ROOM_CONNECTING, SC_LANGUAGE_ZH_CN, "正在进入课堂…");
    g_assert_true(sc_hours_apply(&hours, &welcome, 0));
    assert_sentence(&hours, SC_ROOM_WAITING, SC_LANGUAGE_ZH_CN, "距离上课还有 2 分钟");
    assert_sentence(&hours, SC_ROOM_PLAYING, SC_LANGUAGE_EN,
                    "The lesson begins in 2 minutes");
    assert_sentence(&hours, SC_ROOM_RECONNECTING, SC_LANGUAGE_EN,
                    "The line is down. Connecting again…");

    ScEvent moved =
        make_bell(SC_BELL_MOVED, "2026-09-01T00:59:00Z", "2026-09-01T00:58:40Z");
    g_assert_true(sc_hours_apply(&hours, &moved, 0));
    assert_sentence(&hours, SC_ROOM_WAITING, SC_LANGUAGE_EN,
                    "The lesson begins in 1 minute");

    ScEvent begun = make_bell(SC_BELL_BEGUN, START, "2026-09-01T00:59:00Z");
    g_assert_true(sc_hours_apply(&hours, &begun, 0));
    assert_sentence(&hours, SC_ROOM_PLAYING, SC_LANGUAGE_ZH_CN, "正在上课");

    ScEvent ended = make_bell(SC_BELL_ENDED, START, "2026-09-01T01:40:00Z");
    g_assert_true(sc_hours_apply(&hours, &ended, 0));
    g_assert_true(hours.is_over);
    assert_sentence(&hours, SC_ROOM_OVER, SC_LANGUAGE_ZH_CN, "下课了");
    assert_sentence(&hours, SC_ROOM_OVER, SC_LANGUAGE_EN, "The lesson is over");
}

static void
cancelled_lesson_is_over_and_says_why(void)
{
    ScHours hours = { 0 };
    ScEvent cancelled = make_bell(SC_BELL_CANCELLED, START, "2026-09-01T00:55:00Z");
    g_assert_true(sc_hours_apply(&hours, &cancelled, 0));
    g_assert_true(hours.is_over);
    assert_sentence(&hours, SC_ROOM_OVER, SC_LANGUAGE_ZH_CN, "这节课取消了");
}

static void
hello_that_came_too_late_is_the_end(void)
{
    static const struct {
        const char *problem;
        int64_t id;
        bool is_over;
    } cases[] = {
        { "lesson-not-live", SC_NO_ID, true },
        { "lesson-not-live", 4, false }, /* of a request that was refused */
        { "unknown-token", SC_NO_ID, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScHours hours = { 0 };
        ScEvent event = { .type = SC_EVENT_ERROR, .id = cases[i].id };
        g_strlcpy(event.error.problem, cases[i].problem, sizeof event.error.problem);
        g_test_message("case %zu", i);
        g_assert_cmpint(sc_hours_apply(&hours, &event, 0), ==, cases[i].is_over);
        g_assert_cmpint(hours.is_over, ==, cases[i].is_over);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/hours/" #name, name)
    ADD(minutes_are_counted_by_the_servers_clock);
    ADD(bell_changes_what_is_said);
    ADD(cancelled_lesson_is_over_and_says_why);
    ADD(hello_that_came_too_late_is_the_end);
#undef ADD
    return g_test_run();
}
