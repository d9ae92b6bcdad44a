/* SPDX-License-Identifier: Apache-2.0 */
/* The bell over a whole service whose wall clock is moved: the lesson is from 60 to 100
 * minutes after BASE_MS; it opens at 50 and is ending at 97. */
#include <sqlite3.h>

#include "signaling/bell.h"
#include "signaling/events.h"
#include "signaling/store/lesson.h"
#include "tests/unit/signaling/stage.h"

#define MINUTE 60000LL
#define BASE_MS 1788220800000LL /* 2026-09-01T00:00:00Z */
#define TEACHER 0
#define ROOM 1
#define LESSON "l1"

static ScStore *
get_store(Stage *stage)
{
    return sc_service_get_store(stage->service);
}

static ScClock *
get_clock(Stage *stage)
{
    return sc_service_get_clock(stage->service);
}

static void
add_lesson_at(Stage *stage, const char *id, ScLessonState state, int64_t starts_ms,
              int64_t ends_ms)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScLessonRow) row = g_new0(ScLessonRow, 1);
    row->id = g_strdup(id);
    row->title = g_strdup("认识分数");
    row->subject = g_strdup("数学");
    row->starts_ms = starts_ms;
    row->ends_ms = ends_ms;
    row->state = state;
    row->n_sites = 2;
    row->sites = g_new0(ScLessonSite, 2);
    for (unsigned i = 0; i < 2; i++)
        row->sites[i] =
            (ScLessonSite){ .site = g_strdup(stage->sample->sites[i].site),
                            .role = i == TEACHER ? SC_ROLE_TEACHER : SC_ROLE_CLASSROOM,
                            .tile = i == TEACHER ? -1 : 0 };
    g_assert_true(sc_store_add_lesson(get_store(stage), row, &error));
    g_assert_no_error(error);
}

static char *
issue(Stage *stage, unsigned site)
{
    g_autoptr(GError) error = NULL;
    char *token = sc_token_issue(
        get_store(stage), LESSON, stage->sample->sites[site].site,
        site == TEACHER ? SC_ROLE_TEACHER : SC_ROLE_CLASSROOM, INT64_MAX, &error);
    g_assert_no_error(error);
    return token;
}

static gboolean
on_settled(gpointer user_data)
{
    *(bool *)user_data = true;
    return G_SOURCE_REMOVE;
}

static bool
is_true(gpointer user_data)
{
    return *(bool *)user_data;
}

/* Until all that was due has run. */
static void
settle(void)
{
    bool is_done = false;
    g_idle_add_full(G_PRIORITY_LOW, on_settled, &is_done, NULL);
    stage_wait(is_true, &is_done);
}

static void
move_to(Stage *stage, int64_t now_ms)
{
    sc_clock_set_real_ms(get_clock(stage), now_ms);
    settle();
}

static ScLessonRow *
get_lesson(Stage *stage, const char *id)
{
    g_autoptr(GError) error = NULL;
    ScLessonRow *row = sc_store_get_lesson(get_store(stage), id, &error);
    g_assert_no_error(error);
    return row;
}

static void
assert_state(Stage *stage, const char *id, ScLessonState state)
{
    g_autoptr(ScLessonRow) row = get_lesson(stage, id);
    g_assert_cmpstr(sc_lesson_state_get_name(row->state), ==,
                    sc_lesson_state_get_name(state));
}

/* Bells come a moment late, never early. */
static void
assert_rung_at(int64_t is_ms, int64_t should_ms)
{
    g_assert_cmpint(is_ms, >=, should_ms);
    g_assert_cmpint(is_ms, <, should_ms + MINUTE / 2);
}

/* The next bell that @person hears; its seq. */
static uint64_t
assert_hears(Person *person, ScBellPhase phase, const char *ends_at, int64_t id)
{
    g_auto(ScEvent) event = { 0 };
    person_await(person, SC_EVENT_BELL, &event);
    g_assert_cmpstr(sc_word_bell_phases[event.bell.phase], ==,
                    sc_word_bell_phases[phase]);
    g_assert_cmpstr(event.bell.starts_at, ==, "2026-09-01T01:00:00Z");
    g_assert_cmpstr(event.bell.ends_at, ==, ends_at);
    g_assert_cmpint(event.id, ==, id);
    g_assert_cmpuint(event.seq, >, 0);
    return event.seq;
}

static Answer
post(Stage *stage, const char *door, const char *token, const char *sdp)
{
    g_autofree char *offer = stage_dup_sdp(sdp);
    g_autofree char *path = g_strdup_printf("/%s/" LESSON, door);
    return stage_send(stage, "POST", path, token, "application/sdp", offer, NULL);
}

static void
assert_post(Stage *stage, const char *token, unsigned status, const char *problem)
{
    g_auto(Answer) answer = post(stage, "whep", token, "chromium-plain-watch.sdp");
    g_assert_cmpuint(answer.status, ==, status);
    g_assert_cmpstr(answer.problem, ==, problem);
}

static void
open_with_lesson(Stage *stage, int64_t now_ms)
{
    stage_open(stage, NULL);
    sc_clock_set_real_ms(get_clock(stage), now_ms);
    add_lesson_at(stage, LESSON, SC_LESSON_SCHEDULED, BASE_MS + 60 * MINUTE,
                  BASE_MS + 100 * MINUTE);
    sc_bell_reconsider(sc_service_get_bell(stage->service));
    settle();
}

static void
lesson_is_rung_from_the_opening_to_the_end(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS);
    stage_start_relay(&stage, "r1");
    g_autofree char *teacher_token = issue(&stage, TEACHER);
    g_autofree char *room_token = issue(&stage, ROOM);
    g_auto(ScEvent) welcome = { 0 };
    g_autoptr(Person) teacher = stage_meet(&stage, teacher_token, &welcome);
    g_assert_cmpint(welcome.welcome.state, ==, SC_LESSON_SCHEDULED);
    g_assert_cmpint(welcome.welcome.phase, ==, SC_NO_PHASE);
    g_assert_cmpstr(welcome.welcome.now, >=, "2026-09-01T00:00:00");
    g_assert_cmpstr(welcome.welcome.now, <, "2026-09-01T00:01:00");
    assert_post(&stage, room_token, 409, "lesson-not-live");

    move_to(&stage, BASE_MS + 50 * MINUTE);
    uint64_t seq =
        assert_hears(teacher, SC_BELL_OPENED, "2026-09-01T01:40:00Z", SC_NO_ID);
    g_assert_cmpuint(seq, ==, welcome.seq + 1);
    assert_state(&stage, LESSON, SC_LESSON_SCHEDULED);
    assert_post(&stage, room_token, 201, NULL); /* to be checked before the bell */
    assert_state(&stage, LESSON, SC_LESSON_SCHEDULED);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 1);

    move_to(&stage, BASE_MS + 60 * MINUTE);
    assert_hears(teacher, SC_BELL_BEGUN, "2026-09-01T01:40:00Z", SC_NO_ID);
    assert_state(&stage, LESSON, SC_LESSON_LIVE);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 1);

    move_to(&stage, BASE_MS + 97 * MINUTE);
    assert_hears(teacher, SC_BELL_ENDING, "2026-09-01T01:40:00Z", SC_NO_ID);
    g_auto(ScEvent) late = { 0 };
    g_autoptr(Person) room = stage_meet(&stage, room_token, &late);
    g_assert_cmpint(late.welcome.phase, ==, SC_BELL_ENDING);
    g_assert_cmpint(late.welcome.state, ==, SC_LESSON_LIVE);

    move_to(&stage, BASE_MS + 100 * MINUTE);
    seq = assert_hears(teacher, SC_BELL_ENDED, "2026-09-01T01:40:00Z", SC_NO_ID);
    g_assert_cmpuint(assert_hears(room, SC_BELL_ENDED, "2026-09-01T01:40:00Z", SC_NO_ID),
                     ==, seq);
    stage_settle(&stage);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 0);
    assert_post(&stage, room_token, 409, "lesson-not-live");
    g_assert_cmpuint(person_await_close(teacher), ==, 4410);
    g_assert_cmpuint(person_await_close(room), ==, 4410);

    g_autoptr(ScLessonRow) row = get_lesson(&stage, LESSON);
    g_assert_cmpint(row->state, ==, SC_LESSON_ENDED);
    assert_rung_at(row->opened_ms, BASE_MS + 50 * MINUTE);
    assert_rung_at(row->begun_ms, BASE_MS + 60 * MINUTE);
    g_assert_cmpint(row->ended_ms, ==, BASE_MS + 100 * MINUTE);
    stage_close(&stage);
}

static void
lesson_is_rung_though_nobody_is_there(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS);
    move_to(&stage, BASE_MS + 60 * MINUTE);
    assert_state(&stage, LESSON, SC_LESSON_LIVE);
    move_to(&stage, BASE_MS + 100 * MINUTE);
    assert_state(&stage, LESSON, SC_LESSON_ENDED);
    stage_close(&stage);
}

static bool
lesson_has_begun(gpointer user_data)
{
    g_autoptr(ScLessonRow) row = get_lesson(user_data, LESSON);
    return row->state == SC_LESSON_LIVE;
}

/* Not by a move of the clock, but by time itself. */
static void
timer_rings_when_the_time_comes(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 60 * MINUTE - 300);
    assert_state(&stage, LESSON, SC_LESSON_SCHEDULED);
    stage_wait(lesson_has_begun, &stage);
    g_autoptr(ScLessonRow) row = get_lesson(&stage, LESSON);
    assert_rung_at(row->begun_ms, BASE_MS + 60 * MINUTE);
    stage_close(&stage);
}

static void
latecomer_of_a_lesson_that_is_over_is_told_so(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS);
    g_autofree char *token = issue(&stage, ROOM);
    g_autofree char *hello =
        g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}", token);
    move_to(&stage, BASE_MS + 100 * MINUTE);
    g_autoptr(Person) person = stage_meet(&stage, NULL, NULL);
    g_auto(ScEvent) event = { 0 };
    person_say(person, hello);
    person_hear(person, &event);
    g_assert_cmpint(event.type, ==, SC_EVENT_ERROR);
    g_assert_cmpstr(event.error.problem, ==, "lesson-not-live");
    g_assert_nonnull(strstr(event.error.detail, "ended"));
    g_assert_cmpuint(person_await_close(person), ==, 4410);
    stage_close(&stage);
}

static void
lesson_runs_over_as_far_as_allowed(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 97 * MINUTE);
    g_autofree char *token = issue(&stage, TEACHER);
    g_autofree char *room_token = issue(&stage, ROOM);
    g_autoptr(Person) teacher = stage_meet(&stage, token, NULL);
    g_autoptr(Person) room = stage_meet(&stage, room_token, NULL);
    g_auto(ScEvent) refused = { 0 };

    person_say(room, "{\"type\":\"extend\",\"minutes\":5,\"id\":1}");
    person_await(room, SC_EVENT_ERROR, &refused);
    g_assert_cmpstr(refused.error.problem, ==, "wrong-role");
    g_assert_cmpint(refused.id, ==, 1);

    person_say(teacher, "{\"type\":\"extend\",\"minutes\":5,\"id\":2}");
    uint64_t seq = assert_hears(teacher, SC_BELL_EXTENDED, "2026-09-01T01:45:00Z", 2);
    g_assert_cmpuint(
        assert_hears(room, SC_BELL_EXTENDED, "2026-09-01T01:45:00Z", SC_NO_ID), ==, seq);
    g_autoptr(ScLessonRow) row = get_lesson(&stage, LESSON);
    g_assert_cmpuint(row->overtime_min, ==, 5);

    move_to(&stage, BASE_MS + 100 * MINUTE); /* the planned end is none any more */
    assert_state(&stage, LESSON, SC_LESSON_LIVE);
    move_to(&stage, BASE_MS + 102 * MINUTE); /* warned again */
    assert_hears(room, SC_BELL_ENDING, "2026-09-01T01:45:00Z", SC_NO_ID);

    g_auto(ScEvent) too_long = { 0 };
    person_say(teacher, "{\"type\":\"extend\",\"minutes\":26,\"id\":3}");
    person_await(teacher, SC_EVENT_ERROR, &too_long);
    g_assert_cmpstr(too_long.error.problem, ==, "overtime-limit");
    g_assert_nonnull(strstr(too_long.error.detail, "31 minutes, at most 30"));
    person_say(teacher, "{\"type\":\"extend\",\"minutes\":25,\"id\":4}");
    assert_hears(teacher, SC_BELL_EXTENDED, "2026-09-01T02:10:00Z", 4);

    move_to(&stage, BASE_MS + 130 * MINUTE);
    g_autoptr(ScLessonRow) ended = get_lesson(&stage, LESSON);
    g_assert_cmpint(ended->state, ==, SC_LESSON_ENDED);
    g_assert_cmpint(ended->ended_ms, ==, BASE_MS + 130 * MINUTE);
    stage_close(&stage);
}

static void
short_extension_is_followed_by_another_warning(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 99 * MINUTE);
    g_autofree char *token = issue(&stage, TEACHER);
    g_autoptr(Person) teacher = stage_meet(&stage, token, NULL);
    person_say(teacher, "{\"type\":\"extend\",\"minutes\":1}");
    assert_hears(teacher, SC_BELL_EXTENDED, "2026-09-01T01:41:00Z", SC_NO_ID);
    assert_hears(teacher, SC_BELL_ENDING, "2026-09-01T01:41:00Z", SC_NO_ID);
    stage_close(&stage);
}

static void
teacher_ends_the_lesson_before_its_time(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 80 * MINUTE);
    stage_start_relay(&stage, "r1");
    g_autofree char *token = issue(&stage, TEACHER);
    g_autofree char *room_token = issue(&stage, ROOM);
    g_autoptr(Person) teacher = stage_meet(&stage, token, NULL);
    g_autoptr(Person) room = stage_meet(&stage, room_token, NULL);
    assert_post(&stage, room_token, 201, NULL);
    g_auto(ScEvent) refused = { 0 };
    person_say(room, "{\"type\":\"end\",\"id\":1}");
    person_await(room, SC_EVENT_ERROR, &refused);
    g_assert_cmpstr(refused.error.problem, ==, "wrong-role");
    assert_state(&stage, LESSON, SC_LESSON_LIVE);

    person_say(teacher, "{\"type\":\"end\",\"id\":2}");
    assert_hears(teacher, SC_BELL_ENDED, "2026-09-01T01:40:00Z", 2);
    g_autoptr(ScLessonRow) row = get_lesson(&stage, LESSON);
    g_assert_cmpint(row->state, ==, SC_LESSON_ENDED);
    assert_rung_at(row->ended_ms, BASE_MS + 80 * MINUTE);
    stage_settle(&stage);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 0);
    /* It lingers, but there is nothing more to ask for. */
    static const char *const requests[] = {
        "{\"type\":\"end\",\"id\":3}",
        "{\"type\":\"extend\",\"minutes\":1,\"id\":3}",
        "{\"type\":\"floor\",\"site\":null,\"id\":3}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_auto(ScEvent) over = { 0 };
        person_say(teacher, requests[i]);
        person_await(teacher, SC_EVENT_ERROR, &over);
        g_assert_cmpstr(over.error.problem, ==, "lesson-not-live");
    }
    stage_close(&stage);
}

static void
end_lesson(gpointer user_data)
{
    Stage *stage = user_data;
    g_autoptr(GError) error = NULL;
    const ScTokenGrant grant = { .lesson = (char *)LESSON, .role = SC_ROLE_TEACHER };
    g_assert_true(
        sc_bell_end(sc_service_get_bell(stage->service), &grant, SC_NO_ID, NULL, &error));
}

static void
session_that_is_being_opened_at_the_end_is_refused(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 80 * MINUTE);
    stage_start_relay(&stage, "r1");
    g_autofree char *token = issue(&stage, ROOM);
    fake_relay_watch_next(stage.relay, "transport.create", end_lesson, &stage);
    assert_post(&stage, token, 409, "lesson-not-live");
    stage_settle(&stage);
    g_assert_cmpuint(fake_relay_count_calls(stage.relay, "transport.create"), ==, 1);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 0);
    stage_close(&stage);
}

#define N_ROOMS 70 /* more than one batch of those who are closed at once */

static void
end_of_a_large_lesson_reaches_everybody(void)
{
    Stage stage;
    stage_open_large(&stage, N_ROOMS, NULL);
    stage_start_relay(&stage, "r1");
    Person *people[N_ROOMS + 1];
    for (unsigned i = 0; i <= N_ROOMS; i++) {
        people[i] = stage_meet(&stage, stage_get_token(&stage, i), NULL);
        g_autofree char *session G_GNUC_UNUSED =
            i == TEACHER ? NULL
                         : stage_join(&stage, "whep", i, "chromium-plain-watch.sdp");
    }
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, N_ROOMS);
    person_say(people[TEACHER], "{\"type\":\"end\"}");
    for (unsigned i = 0; i <= N_ROOMS; i++)
        g_assert_cmpuint(person_await_close(people[i]), ==, 4410);
    stage_settle(&stage);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 0);
    g_assert_cmpuint(sc_conductor_count_lessons(sc_service_get_conductor(stage.service)),
                     ==, 0);
    for (unsigned i = 0; i <= N_ROOMS; i++)
        person_leave(people[i]);
    stage_close(&stage);
}

static void
nothing_is_asked_of_the_bell_before_it_rang(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 55 * MINUTE);
    g_autofree char *token = issue(&stage, TEACHER);
    g_autoptr(Person) teacher = stage_meet(&stage, token, NULL);
    static const char *const requests[] = {
        "{\"type\":\"end\",\"id\":3}",
        "{\"type\":\"extend\",\"minutes\":1,\"id\":3}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_auto(ScEvent) early = { 0 };
        person_say(teacher, requests[i]);
        person_await(teacher, SC_EVENT_ERROR, &early);
        g_assert_cmpstr(early.error.problem, ==, "lesson-not-live");
    }
    assert_state(&stage, LESSON, SC_LESSON_SCHEDULED);
    stage_close(&stage);
}

static void
start_catches_up_with_what_was_missed(void)
{
    static const struct {
        const char *id;
        ScLessonState before;
        int starts_min; /* from now */
        int ends_min;
        ScLessonState after;
        int ended_min; /* from now, as it is written; with ENDED */
    } cases[] = {
        { "in the middle", SC_LESSON_LIVE, -20, 20, SC_LESSON_LIVE, 0 },
        { "bell missed", SC_LESSON_SCHEDULED, -20, 20, SC_LESSON_LIVE, 0 },
        { "opening missed", SC_LESSON_SCHEDULED, 5, 45, SC_LESSON_SCHEDULED, 0 },
        { "end missed", SC_LESSON_LIVE, -60, -20, SC_LESSON_ENDED, -20 },
        { "missed altogether", SC_LESSON_SCHEDULED, -60, -20, SC_LESSON_ENDED, -20 },
        { "tomorrow", SC_LESSON_SCHEDULED, 1440, 1480, SC_LESSON_SCHEDULED, 0 },
        { "cancelled", SC_LESSON_CANCELLED, -20, 20, SC_LESSON_CANCELLED, 0 },
    };
    Stage stage;
    stage_open(&stage, NULL);
    int64_t now_ms = sc_clock_get_real_ms(get_clock(&stage));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        add_lesson_at(&stage, cases[i].id, cases[i].before,
                      now_ms + cases[i].starts_min * MINUTE,
                      now_ms + cases[i].ends_min * MINUTE);
    stage_restart_service(&stage);
    settle();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScLessonRow) row = get_lesson(&stage, cases[i].id);
        g_test_message("%s", cases[i].id);
        g_assert_cmpint(row->state, ==, cases[i].after);
        if (row->state == SC_LESSON_ENDED)
            g_assert_cmpint(row->ended_ms, ==, now_ms + cases[i].ended_min * MINUTE);
        else
            g_assert_cmpint(row->ended_ms, ==, 0);
        if (cases[i].before == SC_LESSON_SCHEDULED && row->state == SC_LESSON_LIVE)
            assert_rung_at(row->begun_ms, now_ms);
    }
    g_autoptr(ScLessonRow) opened = get_lesson(&stage, "opening missed");
    assert_rung_at(opened->opened_ms, now_ms);
    g_autoptr(ScLessonRow) never = get_lesson(&stage, "missed altogether");
    g_assert_cmpint(never->begun_ms, ==, 0);
    stage_close(&stage);
}

/* The relay goes on without us; what it still has of a lesson that ended is closed. */
static void
sessions_of_a_lesson_that_ended_meanwhile_are_closed(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autofree char *session =
        stage_join(&stage, "whep", ROOM, "chromium-plain-watch.sdp");
    g_autoptr(GError) error = NULL;
    int64_t now_ms = sc_clock_get_real_ms(get_clock(&stage));
    g_assert_true(sc_store_set_lesson_times(get_store(&stage), stage.sample->lesson,
                                            now_ms - 50 * MINUTE, now_ms - 10 * MINUTE,
                                            &error));
    stage_restart_service(&stage);
    fake_relay_redial(stage.relay);
    g_assert_true(fake_relay_hello(stage.relay));
    stage_wait_for_relay(&stage, true);
    stage_settle(&stage);
    g_assert_false(fake_relay_has_transport(stage.relay, session));
    assert_state(&stage, stage.sample->lesson, SC_LESSON_ENDED);
    stage_close(&stage);
}

static void
lesson_that_was_moved_rings_at_its_new_time(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 30 * MINUTE);
    g_autofree char *token = issue(&stage, ROOM);
    g_autoptr(Person) room = stage_meet(&stage, token, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(sc_store_set_lesson_times(
        get_store(&stage), LESSON, BASE_MS + 40 * MINUTE, BASE_MS + 80 * MINUTE, &error));
    sc_bell_reconsider(sc_service_get_bell(stage.service));
    g_auto(ScEvent) moved = { 0 };
    person_await(room, SC_EVENT_BELL, &moved);
    g_assert_cmpint(moved.bell.phase, ==, SC_BELL_MOVED);
    g_assert_cmpstr(moved.bell.starts_at, ==, "2026-09-01T00:40:00Z");
    g_auto(ScEvent) opened = { 0 };
    person_await(room, SC_EVENT_BELL, &opened);
    g_assert_cmpint(opened.bell.phase, ==, SC_BELL_OPENED);

    /* Back, after it was opened: it opens again when its time has come. */
    g_assert_true(sc_store_set_lesson_times(get_store(&stage), LESSON,
                                            BASE_MS + 60 * MINUTE, BASE_MS + 100 * MINUTE,
                                            &error));
    sc_bell_reconsider(sc_service_get_bell(stage.service));
    assert_hears(room, SC_BELL_MOVED, "2026-09-01T01:40:00Z", SC_NO_ID);
    assert_post(&stage, token, 409, "lesson-not-live");
    move_to(&stage, BASE_MS + 45 * MINUTE);
    assert_state(&stage, LESSON, SC_LESSON_SCHEDULED);
    move_to(&stage, BASE_MS + 50 * MINUTE);
    assert_hears(room, SC_BELL_OPENED, "2026-09-01T01:40:00Z", SC_NO_ID);
    move_to(&stage, BASE_MS + 60 * MINUTE);
    assert_hears(room, SC_BELL_BEGUN, "2026-09-01T01:40:00Z", SC_NO_ID);
    stage_close(&stage);
}

static void
cancelled_lesson_is_over_at_once(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 55 * MINUTE);
    stage_start_relay(&stage, "r1");
    g_autofree char *token = issue(&stage, ROOM);
    g_autoptr(Person) room = stage_meet(&stage, token, NULL);
    assert_post(&stage, token, 201, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(sc_store_set_lesson_state(get_store(&stage), LESSON,
                                            SC_LESSON_CANCELLED, &error));
    sc_bell_reconsider(sc_service_get_bell(stage.service));
    assert_hears(room, SC_BELL_CANCELLED, "2026-09-01T01:40:00Z", SC_NO_ID);
    stage_settle(&stage);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 0);
    assert_post(&stage, token, 409, "lesson-not-live");
    g_assert_cmpuint(person_await_close(room), ==, 4410);
    move_to(&stage, BASE_MS + 60 * MINUTE);
    assert_state(&stage, LESSON, SC_LESSON_CANCELLED);
    stage_close(&stage);
}

/* What a keeper of books sees. */
typedef struct {
    Stage *stage;
    GString *story;
} Book;

static void
write_down(Book *book, const char *what, const char *lesson)
{
    if (g_str_equal(lesson, LESSON))
        g_string_append_printf(book->story, "%s ", what);
}

static void
on_opened(const char *lesson, int64_t now_ms G_GNUC_UNUSED, gpointer book)
{
    write_down(book, "opened", lesson);
}

static void
on_begun(const char *lesson, int64_t now_ms, gpointer user_data)
{
    Book *book = user_data;
    assert_state(book->stage, lesson, SC_LESSON_LIVE); /* durable already */
    assert_rung_at(now_ms, BASE_MS + 60 * MINUTE);
    write_down(book, "begun", lesson);
}

static void
on_ending(const char *lesson, int64_t now_ms G_GNUC_UNUSED, gpointer book)
{
    write_down(book, "ending", lesson);
}

static void
on_extended(const char *lesson, int64_t now_ms G_GNUC_UNUSED, gpointer book)
{
    write_down(book, "extended", lesson);
}

static void
on_ended(const char *lesson, int64_t now_ms G_GNUC_UNUSED, gpointer user_data)
{
    Book *book = user_data;
    ScConductor *conductor = sc_service_get_conductor(book->stage->service);
    assert_state(book->stage, lesson, SC_LESSON_ENDED);
    g_string_append_printf(book->story, "%u-watching ",
                           sc_conductor_count_sessions(conductor, SC_SESSION_SUBSCRIBE));
    write_down(book, "ended", lesson);
}

static const ScBellObserver bookkeeper = { on_opened, on_begun, on_ending, on_extended,
                                           on_ended };
static const ScBellObserver half_deaf = { .begun = on_begun };

static void
observers_are_told_in_order_and_before_sessions_close(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS);
    stage_start_relay(&stage, "r1");
    ScBell *bell = sc_service_get_bell(stage.service);
    Book first = { &stage, g_string_new(NULL) }, second = { &stage, g_string_new(NULL) };
    sc_bell_add_observer(bell, &bookkeeper, &first);
    sc_bell_add_observer(bell, &half_deaf, &second);
    g_autofree char *token = issue(&stage, TEACHER);
    g_autofree char *room_token = issue(&stage, ROOM);
    g_autoptr(Person) teacher = stage_meet(&stage, token, NULL);
    move_to(&stage, BASE_MS + 60 * MINUTE);
    assert_post(&stage, room_token, 201, NULL);
    move_to(&stage, BASE_MS + 98 * MINUTE);
    person_say(teacher, "{\"type\":\"extend\",\"minutes\":10}");
    stage_settle(&stage);
    move_to(&stage, BASE_MS + 110 * MINUTE);
    g_assert_cmpstr(first.story->str, ==,
                    "opened begun ending extended 1-watching ended ");
    g_assert_cmpstr(second.story->str, ==, "begun ");
    sc_bell_remove_observer(bell, &bookkeeper, &first);
    sc_bell_remove_observer(bell, &half_deaf, &second);
    g_string_free(first.story, TRUE);
    g_string_free(second.story, TRUE);
    stage_close(&stage);
}

static gboolean
on_turn(gpointer user_data)
{
    (*(unsigned *)user_data)++;
    return G_SOURCE_CONTINUE;
}

#define N_LESSONS 600

static void
hundreds_of_lessons_ring_without_holding_the_loop(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS);
    g_autoptr(GError) error = NULL;
    g_assert_true(sc_store_begin(get_store(&stage), &error));
    for (unsigned i = 0; i < N_LESSONS; i++) {
        g_autofree char *id = g_strdup_printf("many-%u", i);
        add_lesson_at(&stage, id, SC_LESSON_SCHEDULED, BASE_MS + 60 * MINUTE,
                      BASE_MS + 100 * MINUTE);
    }
    g_assert_true(sc_store_commit(get_store(&stage), &error));
    static const int steps_min[] = { 50, 60, 97, 100 };
    for (size_t i = 0; i < G_N_ELEMENTS(steps_min); i++) {
        unsigned n_turns = 0;
        guint source = g_idle_add_full(G_PRIORITY_DEFAULT, on_turn, &n_turns, NULL);
        sc_clock_set_real_ms(get_clock(&stage), BASE_MS + steps_min[i] * MINUTE);
        ScBell *bell = sc_service_get_bell(stage.service);
        ScBellCounters counters;
        /* The turns never end while on_turn() runs, so the store is asked. */
        do {
            g_main_context_iteration(NULL, TRUE);
            counters = sc_bell_get_counters(bell);
        } while ((steps_min[i] == 50 && counters.n_opened <= N_LESSONS)
                 || (steps_min[i] == 60 && counters.n_begun <= N_LESSONS)
                 || (steps_min[i] == 100 && counters.n_ended <= N_LESSONS));
        g_source_remove(source);
        settle();
        if (steps_min[i] != 97) /* of which the counters tell nothing */
            g_assert_cmpuint(n_turns, >=, N_LESSONS / 64);
    }
    ScBellCounters counters = sc_bell_get_counters(sc_service_get_bell(stage.service));
    g_assert_cmpuint(counters.n_opened, ==, N_LESSONS + 1);
    g_assert_cmpuint(counters.n_begun, ==, N_LESSONS + 1);
    g_assert_cmpuint(counters.n_ended, ==, N_LESSONS + 1);
    g_assert_cmpuint(counters.n_failed, ==, 0);
    g_test_message("the loop was held for %" G_GINT64_FORMAT " us at most",
                   counters.longest_us);
    assert_state(&stage, "many-0", SC_LESSON_ENDED);
    assert_state(&stage, "many-599", SC_LESSON_ENDED);
    stage_close(&stage);
}

static void
execute(Stage *stage, const char *sql)
{
    sqlite3 *connection = NULL;
    g_assert_cmpint(sqlite3_open(stage->config->database, &connection), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(connection, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(connection);
}

static void
nobody_hears_of_a_bell_that_the_store_refused(void)
{
    Stage stage;
    open_with_lesson(&stage, BASE_MS + 55 * MINUTE);
    g_autofree char *token = issue(&stage, ROOM);
    g_autoptr(Person) room = stage_meet(&stage, token, NULL);
    execute(&stage, "CREATE TRIGGER broken BEFORE UPDATE OF state ON lesson"
                    " BEGIN SELECT RAISE (ABORT, 'broken'); END");
    g_test_expect_message("sc-bell", G_LOG_LEVEL_WARNING, "cannot ring*broken*");
    move_to(&stage, BASE_MS + 60 * MINUTE);
    g_test_assert_expected_messages();
    assert_state(&stage, LESSON, SC_LESSON_SCHEDULED);
    g_auto(ScEvent) pong = { 0 };
    person_say(room, "{\"type\":\"ping\",\"id\":1}");
    person_hear(room, &pong);
    g_assert_cmpint(pong.type, ==, SC_EVENT_PONG);

    execute(&stage, "DROP TRIGGER broken");
    move_to(&stage, BASE_MS + 61 * MINUTE); /* a move is as good as waiting */
    assert_hears(room, SC_BELL_BEGUN, "2026-09-01T01:40:00Z", SC_NO_ID);
    stage_close(&stage);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/bell/" #name, name)
    ADD(lesson_is_rung_from_the_opening_to_the_end);
    ADD(lesson_is_rung_though_nobody_is_there);
    ADD(timer_rings_when_the_time_comes);
    ADD(latecomer_of_a_lesson_that_is_over_is_told_so);
    ADD(lesson_runs_over_as_far_as_allowed);
    ADD(short_extension_is_followed_by_another_warning);
    ADD(teacher_ends_the_lesson_before_its_time);
    ADD(session_that_is_being_opened_at_the_end_is_refused);
    ADD(end_of_a_large_lesson_reaches_everybody);
    ADD(nothing_is_asked_of_the_bell_before_it_rang);
    ADD(start_catches_up_with_what_was_missed);
    ADD(sessions_of_a_lesson_that_ended_meanwhile_are_closed);
    ADD(lesson_that_was_moved_rings_at_its_new_time);
    ADD(cancelled_lesson_is_over_at_once);
    ADD(observers_are_told_in_order_and_before_sessions_close);
    ADD(hundreds_of_lessons_ring_without_holding_the_loop);
    ADD(nobody_hears_of_a_bell_that_the_store_refused);
#undef ADD
    return g_test_run();
}
