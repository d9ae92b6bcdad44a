/* SPDX-License-Identifier: Apache-2.0 */
/* The room's decisions, as what is said and what is heard: no socket, store or clock. */
#include <string.h>

#include "signaling/problem.h"
#include "signaling/protocol/fields.h"
#include "signaling/room.h"

#define START_MS 1788220800000LL /* 2026-09-01T00:00:00Z */
#define N_SITES 5

/* T teacher, A and B classrooms, O observer, 1 and 2 pupils of A. */
typedef enum { T, A, B, O, P1, P2, N_ACTORS } Who;
static const ScRoomActor actors[N_ACTORS] = {
    [T] = { "t", SC_ROLE_TEACHER, 0 },   [A] = { "a", SC_ROLE_CLASSROOM, 0 },
    [B] = { "b", SC_ROLE_CLASSROOM, 0 }, [O] = { "o", SC_ROLE_OBSERVER, 0 },
    [P1] = { "a", SC_ROLE_PUPIL, 1 },    [P2] = { "a", SC_ROLE_PUPIL, 100 },
};

static ScRoom *
make_room_of(unsigned n_sites)
{
    static const char *const names[] = { "t", "a", "b", "c", "o" };
    g_autofree ScLessonSite *sites = g_new0(ScLessonSite, n_sites);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < n_sites; i++) {
        g_ptr_array_add(ids,
                        i < N_SITES ? g_strdup(names[i]) : g_strdup_printf("s%u", i));
        sites[i].site = g_ptr_array_index(ids, i);
        sites[i].name = (char *)"一<b>班</b>";
        sites[i].role = i == 0   ? SC_ROLE_TEACHER
                        : i == 4 ? SC_ROLE_OBSERVER
                                 : SC_ROLE_CLASSROOM;
    }
    ScLessonRow row = { .id = (char *)"l", .sites = sites, .n_sites = n_sites };
    return sc_room_new(&row);
}

static ScRoom *
make_room(void)
{
    return make_room_of(N_SITES);
}

/* What is heard: the event, or the problem's name and detail. */
static char *
say(ScRoom *room, Who who, const char *text, int64_t at_ms, ScRoomOutcome *out_outcome)
{
    g_autoptr(GError) error = NULL;
    ScRequest request;
    *out_outcome = (ScRoomOutcome){ .event.type = SC_EVENT_PONG };
    if (!sc_request_parse(text, strlen(text), &request, &error))
        return g_strdup_printf("unread: %s", error->message);
    if (!sc_room_ask(room, &actors[who], &request, at_ms, at_ms * 1000, out_outcome,
                     &error)) {
        g_assert_cmpint(error->domain, ==, SC_PROBLEM_ERROR);
        *out_outcome = (ScRoomOutcome){ .event.type = SC_EVENT_PONG };
        return g_strdup_printf("%s: %s", sc_problem_get_name((ScProblem)error->code),
                               error->message);
    }
    return sc_event_print(&out_outcome->event);
}

typedef struct {
    Who who;
    const char *says;
    const char *hears; /* part of it */
    bool is_kept;
} Step;

/* A second apart, so that no pace is a matter here. */
static void
play(ScRoom *room, const Step *steps, size_t n_steps)
{
    int64_t number = 0;
    for (size_t i = 0; i < n_steps; i++) {
        ScRoomOutcome outcome;
        g_autofree char *heard = say(room, steps[i].who, steps[i].says,
                                     START_MS + (int64_t)i * 1000, &outcome);
        g_test_message("%zu. %s\n   → %s", i, steps[i].says, heard);
        g_assert_nonnull(strstr(heard, steps[i].hears));
        g_assert_cmpint(outcome.number, ==, steps[i].is_kept ? ++number : 0);
        sc_event_clear(&outcome.event);
    }
}
#define PLAY(room, steps) play(room, steps, G_N_ELEMENTS(steps))

static void
hands_stand_in_the_order_of_raising(void)
{
    static const Step steps[] = {
        { A, "{\"type\":\"hand\",\"up\":true,\"id\":7}",
          "{\"type\":\"hand\",\"id\":7,\"at\":\"2026-09-01T00:00:00Z\",\"site\":\"a\","
          "\"up\":true,\"hands\":[\"a\"]}",
          true },
        { B, "{\"type\":\"hand\",\"up\":true}", "\"hands\":[\"a\",\"b\"]", true },
        { A, "{\"type\":\"hand\",\"up\":true}", "\"hands\":[\"a\",\"b\"]", true },
        { A, "{\"type\":\"hand\",\"up\":false}", "\"up\":false,\"hands\":[\"b\"]", true },
        { A, "{\"type\":\"hand\",\"up\":true}", "\"hands\":[\"b\",\"a\"]", true },
        { T, "{\"type\":\"hands-down\",\"site\":\"b\"}",
          "\"site\":\"b\",\"up\":false,\"hands\":[\"a\"]", true },
        { T, "{\"type\":\"hands-down\",\"site\":null}",
          "\"site\":null,\"up\":false,\"hands\":[]", true },
        { T, "{\"type\":\"hands-down\",\"site\":\"x\"}",
          "unknown-site: x is no classroom of the lesson", false },
        { T, "{\"type\":\"hands-down\",\"site\":\"o\"}", "unknown-site: o", false },
        { T, "{\"type\":\"hand\",\"up\":true}",
          "wrong-role: hand is not for role teacher", false },
        { O, "{\"type\":\"hand\",\"up\":true}", "wrong-role", false },
        { P1, "{\"type\":\"hand\",\"up\":true}", "wrong-role", false },
        { A, "{\"type\":\"hands-down\",\"site\":null}", "wrong-role", false },
    };
    g_autoptr(ScRoom) room = make_room();
    PLAY(room, steps);
}

#define SINGLE                                                               \
    "{\"type\":\"quiz-open\",\"kind\":\"single\",\"question\":\"1/2+1/3?\"," \
    "\"options\":[\"2/5\",\"5/6\",\"<i>1</i>\"]}"

static void
quiz_is_asked_answered_and_revealed(void)
{
    static const Step steps[] = {
        { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}",
          "unknown-quiz: there is no quiz 1, the last one is 0", false },
        { A, SINGLE, "wrong-role", false },
        { T, SINGLE,
          "\"quiz\":1,\"kind\":\"single\",\"question\":\"1/2+1/3?\",\"options\":[\"2/5\","
          "\"5/6\",\"<i>1</i>\"],\"state\":\"open\",\"right\":null,\"sum\":null}",
          true },
        { T, SINGLE, "quiz-open: quiz 1 is still open", false },
        { T, "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":[1]}", "quiz-open: quiz 1",
          false },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0],\"id\":4}",
          "{\"type\":\"answered\",\"id\":4,\"at\":\"2026-09-01T00:00:05Z\",\"quiz\":1,"
          "\"choice\":[0]}",
          true },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1]}", "\"choice\":[1]", true },
        { P1, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1]}", "answered", true },
        { P2, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[2]}", "answered", true },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[3]}",
          "unknown-option: quiz 1 has options 0 to 2, not 3", false },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0,1]}",
          "unknown-option: quiz 1 is of kind single: exactly one choice", false },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"number\":5}",
          "unknown-option: quiz 1 is of kind single: “choice” is wanted", false },
        { B, "{\"type\":\"answer\",\"quiz\":2,\"choice\":[0]}", "unknown-quiz", false },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[]}", "unread: choice: empty",
          false },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1,0]}",
          "unread: choice[1]: not an option from 0 to 7, ascending", false },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[8]}", "unread: choice[0]",
          false },
        { B, "{\"type\":\"answer\",\"quiz\":1}", "unread: choice: missing", false },
        { O, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}", "wrong-role", false },
        { T, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}", "wrong-role", false },
        { T, "{\"type\":\"quiz-close\",\"quiz\":2}", "unknown-quiz", false },
        { T, "{\"type\":\"quiz-close\",\"quiz\":1}",
          "\"state\":\"closed\",\"right\":null,\"sum\":{\"answers\":3,\"sites\":[{"
          "\"site\":\"a\",\"answers\":3,\"choices\":[0,2,1]}],\"choices\":[0,2,1],"
          "\"numbers\":[]}}",
          true },
        { T, "{\"type\":\"quiz-close\",\"quiz\":1}", "quiz-closed: quiz 1 is closed",
          false },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}",
          "quiz-closed: quiz 1 is closed", false },
        { T, "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":[3]}", "unknown-option",
          false },
        { T, "{\"type\":\"quiz-reveal\",\"quiz\":1}", "unread: right: missing", false },
        { T, "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":[1]}",
          "\"state\":\"revealed\",\"right\":[1],\"sum\":{\"answers\":3", true },
        { T, "{\"type\":\"quiz-open\",\"kind\":\"truth\",\"question\":\"?\"}",
          "\"quiz\":2,\"kind\":\"truth\",\"question\":\"?\",\"options\":[],", true },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}",
          "quiz-closed: quiz 1 is over, the last one is 2", false },
        { A, "{\"type\":\"answer\",\"quiz\":2,\"choice\":[2]}",
          "unknown-option: quiz 2 has options 0 to 1, not 2", false },
        { A, "{\"type\":\"answer\",\"quiz\":2,\"choice\":[1]}", "answered", true },
        { T, "{\"type\":\"quiz-close\",\"quiz\":2}", "\"choices\":[0,1]", true },
        { T, "{\"type\":\"quiz-reveal\",\"quiz\":2,\"right\":null}",
          "\"state\":\"revealed\",\"right\":null", true },
    };
    g_autoptr(ScRoom) room = make_room();
    PLAY(room, steps);
}

static void
numbers_and_sets_are_summed(void)
{
    static const Step steps[] = {
        { T, "{\"type\":\"quiz-open\",\"kind\":\"number\",\"question\":\"7×8\"}",
          "\"kind\":\"number\"", true },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"number\":54}", "\"number\":54}", true },
        { B, "{\"type\":\"answer\",\"quiz\":1,\"number\":-1000000000}", "answered",
          true },
        { P1, "{\"type\":\"answer\",\"quiz\":1,\"number\":56}", "answered", true },
        { P2, "{\"type\":\"answer\",\"quiz\":1,\"number\":56}", "answered", true },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"number\":56}", "answered", true },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"number\":1000000001}",
          "unread: number: 1000000001, from -1000000000", false },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"number\":1.5}",
          "unread: number: not an integer", false },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"number\":1,\"choice\":[1]}",
          "unread: choice and number: one of them", false },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1]}",
          "unknown-option: quiz 1 is of kind number: “number” is wanted", false },
        { T, "{\"type\":\"quiz-close\",\"quiz\":1}",
          "\"sum\":{\"answers\":4,\"sites\":[{\"site\":\"a\",\"answers\":3,\"choices\":[]"
          "},"
          "{\"site\":\"b\",\"answers\":1,\"choices\":[]}],\"choices\":[],"
          "\"numbers\":[[56,3],[-1000000000,1]]}",
          true },
        { T, "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":56}", "\"right\":56", true },
        { T,
          "{\"type\":\"quiz-open\",\"kind\":\"multiple\",\"question\":\"?\","
          "\"options\":[\"a\",\"b\",\"c\"]}",
          "\"quiz\":2", true },
        { A, "{\"type\":\"answer\",\"quiz\":2,\"choice\":[0,2]}", "\"choice\":[0,2]",
          true },
        { B, "{\"type\":\"answer\",\"quiz\":2,\"choice\":[0,1,2]}", "answered", true },
        { A, "{\"type\":\"answer\",\"quiz\":2,\"choice\":[1]}", "answered", true },
        { T, "{\"type\":\"quiz-close\",\"quiz\":2}", "\"choices\":[1,2,1],\"numbers\"",
          true },
        { T, "{\"type\":\"quiz-open\",\"kind\":\"number\",\"question\":\"\"}",
          "unread: question: 0 characters, 1 to 300", false },
        { T,
          "{\"type\":\"quiz-open\",\"kind\":\"single\",\"question\":\"?\","
          "\"options\":[\"a\"]}",
          "unread: options: 1, 2 to 8", false },
        { T,
          "{\"type\":\"quiz-open\",\"kind\":\"single\",\"question\":\"?\","
          "\"options\":[\"a\",\"\"]}",
          "unread: options[1]: not a text of 1 to 80", false },
        { T,
          "{\"type\":\"quiz-open\",\"kind\":\"truth\",\"question\":\"?\","
          "\"options\":[\"a\"]}",
          "unread: options: 1 elements, at most 0", false },
    };
    g_autoptr(ScRoom) room = make_room();
    PLAY(room, steps);
}

static void
quizzes_of_a_lesson_have_a_limit(void)
{
    g_autoptr(ScRoom) room = make_room();
    for (unsigned i = 1; i <= SC_QUIZ_MAX + 1; i++) {
        ScRoomOutcome outcome;
        g_autofree char *heard = say(room, T, SINGLE, START_MS, &outcome);
        sc_event_clear(&outcome.event);
        g_autofree char *close =
            g_strdup_printf("{\"type\":\"quiz-close\",\"quiz\":%u}", i);
        if (i > SC_QUIZ_MAX) {
            g_assert_cmpstr(heard, ==,
                            "quiz-limit: the lesson has had 200 quizzes, at most 200");
            break;
        }
        g_autofree char *closed = say(room, T, close, START_MS, &outcome);
        g_assert_nonnull(strstr(closed, "\"closed\""));
        sc_event_clear(&outcome.event);
    }
}

static void
chat_is_opened_and_cleared_by_the_teacher(void)
{
    static const Step steps[] = {
        { A, "{\"type\":\"chat\",\"text\":\"早\"}",
          "chat-closed: the teacher has not opened the chat", false },
        { T, "{\"type\":\"chat\",\"text\":\"早\"}",
          "\"message\":1,\"site\":\"t\",\"name\":\"一<b>班</b>\",\"text\":\"早\"}",
          true },
        { O, "{\"type\":\"chat\",\"text\":\"<script>\"}", "\"message\":2", true },
        { P1, "{\"type\":\"chat\",\"text\":\"早\"}", "wrong-role", false },
        { A, "{\"type\":\"chat-open\",\"open\":true}", "wrong-role", false },
        { T, "{\"type\":\"chat-open\",\"open\":true}", "\"open\":true", true },
        { A, "{\"type\":\"chat\",\"text\":\"早\"}", "\"message\":3,\"site\":\"a\"",
          true },
        { A, "{\"type\":\"chat\",\"text\":\"\"}", "unread: text: 0 characters, 1 to 500",
          false },
        { T, "{\"type\":\"chat-remove\",\"message\":4}",
          "unknown-message: there is no message 4, the last one is 3", false },
        { T, "{\"type\":\"chat-remove\",\"message\":0}", "unread: message: 0, from 1",
          false },
        { T, "{\"type\":\"chat-remove\",\"message\":2}", "\"message\":2}", true },
        { T, "{\"type\":\"chat-remove\",\"message\":2}", "\"message\":2}", true },
        { T, "{\"type\":\"chat-remove\",\"message\":null}", "\"message\":null}", true },
        { T, "{\"type\":\"chat-open\",\"open\":false}", "\"open\":false", true },
        { A, "{\"type\":\"chat\",\"text\":\"早\"}", "chat-closed", false },
    };
    g_autoptr(ScRoom) room = make_room();
    PLAY(room, steps);
}

static void
roll_mute_help_and_floor(void)
{
    static const Step steps[] = {
        { A, "{\"type\":\"present\",\"count\":31}",
          "no-roll-call: the teacher has not called the roll yet", false },
        { T, "{\"type\":\"roll-call\"}", "\"roll\":1}", true },
        { A, "{\"type\":\"present\",\"count\":31}",
          "\"type\":\"present\",\"at\":\"2026-09-01T00:00:02Z\",\"site\":\"a\","
          "\"count\":31}",
          true },
        { A, "{\"type\":\"present\",\"count\":501}", "unread: count: 501, from 0 to 500",
          false },
        { A, "{\"type\":\"roll-call\"}", "wrong-role", false },
        { T, "{\"type\":\"present\",\"count\":1}", "wrong-role", false },
        { T, "{\"type\":\"mute\",\"site\":\"a\",\"muted\":true}",
          "\"site\":\"a\",\"muted\":true}", false },
        { T, "{\"type\":\"mute\",\"site\":null,\"muted\":true}",
          "\"site\":null,\"muted\":true}", false },
        { T, "{\"type\":\"mute\",\"site\":\"t\",\"muted\":true}", "unknown-site", false },
        { A, "{\"type\":\"mute\",\"site\":\"b\",\"muted\":true}", "wrong-role", false },
        { A, "{\"type\":\"help\",\"wanted\":true}", "\"site\":\"a\",\"wanted\":true}",
          true },
        { P1, "{\"type\":\"help\",\"wanted\":true}", "wrong-role", false },
        { A, "{\"type\":\"react\",\"what\":\"clap\"}",
          "\"site\":\"a\",\"what\":\"clap\"}", false },
        { A, "{\"type\":\"react\",\"what\":\"bow\"}", "unread: what: unknown word",
          false },
        { T, "{\"type\":\"floor\",\"site\":\"a\"}", "\"times\":{\"a\":0}", true },
        { T, "{\"type\":\"floor\",\"site\":\"b\"}", "\"times\":{\"a\":1,\"b\":0}", true },
        { T, "{\"type\":\"floor\",\"site\":\"a\"}", "\"times\":{\"a\":1,\"b\":1}", true },
        { T, "{\"type\":\"floor\",\"site\":null}", "\"times\":{\"a\":2,\"b\":1}", true },
        { T, "{\"type\":\"floor\",\"site\":null}", "\"times\":{\"a\":2,\"b\":1}", true },
    };
    g_autoptr(ScRoom) room = make_room();
    PLAY(room, steps);
}

static void
marks_are_drawn_and_wiped(void)
{
    static const Step steps[] = {
        { T,
          "{\"type\":\"pen\",\"stroke\":3,\"colour\":\"red\",\"width\":4,"
          "\"points\":[0,10000,5,6]}",
          "\"stroke\":3,\"colour\":\"red\",\"width\":4,\"points\":[0,10000,5,6]}",
          false },
        { A,
          "{\"type\":\"pen\",\"stroke\":3,\"colour\":\"red\",\"width\":4,\"points\":[0,1]"
          "}",
          "wrong-role", false },
        { T,
          "{\"type\":\"pen\",\"stroke\":3,\"colour\":\"red\",\"width\":4,\"points\":[]}",
          "unread: points: 0 numbers, pairs from 2 to 128", false },
        { T,
          "{\"type\":\"pen\",\"stroke\":3,\"colour\":\"red\",\"width\":4,"
          "\"points\":[1,2,3]}",
          "unread: points: 3 numbers", false },
        { T,
          "{\"type\":\"pen\",\"stroke\":3,\"colour\":\"red\",\"width\":4,"
          "\"points\":[1,10001]}",
          "unread: points[1]: not an integer from 0 to 10000", false },
        { T,
          "{\"type\":\"pen\",\"stroke\":-1,\"colour\":\"red\",\"width\":4,"
          "\"points\":[1,2]}",
          "unread: stroke: -1, from 0", false },
        { T,
          "{\"type\":\"pen\",\"stroke\":1,\"colour\":\"pink\",\"width\":4,"
          "\"points\":[1,2]}",
          "unread: colour: unknown word", false },
        { T,
          "{\"type\":\"pen\",\"stroke\":1,\"colour\":\"red\",\"width\":41,"
          "\"points\":[1,2]}",
          "unread: width: 41, from 1 to 40", false },
        { T, "{\"type\":\"pointer\",\"x\":3,\"y\":4}", "\"x\":3,\"y\":4}", false },
        { T, "{\"type\":\"pointer\",\"x\":null,\"y\":null}", "\"x\":null,\"y\":null}",
          false },
        { T, "{\"type\":\"pointer\",\"x\":1,\"y\":null}", "unread: y: not an integer",
          false },
        { T, "{\"type\":\"pointer\",\"x\":1}", "unread: y: missing", false },
        { T, "{\"type\":\"pen-clear\"}", "\"type\":\"pen-clear\"", false },
    };
    g_autoptr(ScRoom) room = make_room();
    PLAY(room, steps);
}

/* Ten thousand points are no message, and a full page takes none any more. */
static void
marks_have_limits(void)
{
    g_autoptr(ScRoom) room = make_room();
    GString *many = g_string_new("{\"type\":\"pen\",\"stroke\":1,\"colour\":\"red\","
                                 "\"width\":1,\"points\":[0");
    for (unsigned i = 1; i < 20000 / 8; i++)
        g_string_append(many, ",1");
    g_string_append(many, "]}");
    g_autofree char *text = g_string_free(many, FALSE);
    ScRoomOutcome outcome;
    g_autofree char *heard = say(room, T, text, START_MS, &outcome);
    g_assert_cmpstr(heard, ==, "unread: points: 2500 elements, at most 128");

    ScRequest pen = { .type = SC_REQUEST_PEN, .id = SC_NO_ID };
    pen.pen.width = 1;
    pen.pen.n_points = 2;
    g_autoptr(GError) error = NULL;
    int64_t now_us = 0;
    for (unsigned i = 0; i <= SC_STROKES_MAX; i++) {
        pen.pen.stroke = (int32_t)i;
        now_us += G_USEC_PER_SEC;
        g_assert_cmpint(
            sc_room_ask(room, &actors[T], &pen, START_MS, now_us, &outcome, &error), ==,
            i < SC_STROKES_MAX);
    }
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_PEN_LIMIT);
    g_assert_cmpstr(error->message, ==, "the page has 2000 strokes, at most 2000");
    g_clear_error(&error);
    pen.pen.stroke = 0;
    pen.pen.n_points = SC_PEN_NUMBERS_MAX;
    do
        now_us += G_USEC_PER_SEC;
    while (sc_room_ask(room, &actors[T], &pen, START_MS, now_us, &outcome, &error));
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_PEN_LIMIT);
    g_assert_nonnull(strstr(error->message, "points, at most 100000"));
    pen.type = SC_REQUEST_PEN_CLEAR;
    g_assert_true(sc_room_ask(room, &actors[T], &pen, START_MS, now_us, &outcome, NULL));
    pen.type = SC_REQUEST_PEN;
    g_assert_true(sc_room_ask(room, &actors[T], &pen, START_MS, now_us, &outcome, NULL));
}

static void
each_has_a_pace(void)
{
    static const struct {
        Who who;
        const char *says;
        unsigned burst;
        unsigned per_s;
    } cases[] = {
        { T, "{\"type\":\"chat\",\"text\":\"a\"}", 5, 1 },
        { A, "{\"type\":\"react\",\"what\":\"heart\"}", 5, 2 },
        { T, "{\"type\":\"pointer\",\"x\":1,\"y\":1}", 30, 30 },
        { T,
          "{\"type\":\"pen\",\"stroke\":1,\"colour\":\"red\",\"width\":1,\"points\":[1,2]"
          "}",
          30, 30 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScRoom) room = make_room();
        g_test_message("%s", cases[i].says);
        for (unsigned second = 0; second < 3; second++) {
            unsigned may = second == 0 ? cases[i].burst : cases[i].per_s;
            for (unsigned k = 0; k <= may; k++) {
                ScRoomOutcome outcome;
                g_autofree char *heard = say(room, cases[i].who, cases[i].says,
                                             START_MS + second * 1000, &outcome);
                g_assert_cmpint(g_str_has_prefix(heard, "too-fast: at most"), ==,
                                k == may);
                sc_event_clear(&outcome.event);
            }
        }
    }
}

static void
one_classroom_of_many_is_not_told_to_all(void)
{
    static const struct {
        Who who;
        const char *says;
        ScRoomTell small;
        ScRoomTell large;
    } cases[] = {
        { A, "{\"type\":\"hand\",\"up\":true}", SC_ROOM_TELL_ALL, SC_ROOM_TELL_SITE },
        { A, "{\"type\":\"help\",\"wanted\":true}", SC_ROOM_TELL_ALL, SC_ROOM_TELL_SITE },
        { A, "{\"type\":\"react\",\"what\":\"clap\"}", SC_ROOM_TELL_ALL,
          SC_ROOM_TELL_SITE },
        { T, "{\"type\":\"roll-call\"}", SC_ROOM_TELL_ALL, SC_ROOM_TELL_ALL },
        { A, "{\"type\":\"present\",\"count\":3}", SC_ROOM_TELL_ALL, SC_ROOM_TELL_SITE },
        { T, "{\"type\":\"hands-down\",\"site\":null}", SC_ROOM_TELL_ALL,
          SC_ROOM_TELL_ALL },
        { T, SINGLE, SC_ROOM_TELL_ALL, SC_ROOM_TELL_ALL },
        { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}", SC_ROOM_TELL_ASKER,
          SC_ROOM_TELL_ASKER },
        { T, "{\"type\":\"floor\",\"site\":\"a\"}", SC_ROOM_TELL_TEACHER,
          SC_ROOM_TELL_TEACHER },
    };
    g_autoptr(ScRoom) small = make_room_of(SC_ROOM_LARGE);
    g_autoptr(ScRoom) large = make_room_of(SC_ROOM_LARGE + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRoomOutcome outcome;
        g_test_message("%s", cases[i].says);
        g_free(say(small, cases[i].who, cases[i].says, START_MS, &outcome));
        g_assert_cmpint(outcome.tell, ==, cases[i].small);
        sc_event_clear(&outcome.event);
        g_free(say(large, cases[i].who, cases[i].says, START_MS, &outcome));
        g_assert_cmpint(outcome.tell, ==, cases[i].large);
        sc_event_clear(&outcome.event);
    }
}

/* The room of a welcome, as @who is told it. */
static char *
print_state(const ScRoom *room, Who who, int64_t now_ms)
{
    g_auto(ScEvent) event = { .type = SC_EVENT_WELCOME, .id = SC_NO_ID };
    event.welcome.phase = SC_NO_PHASE;
    event.welcome.role = actors[who].role;
    event.welcome.room = sc_room_dup_state(room, &actors[who], now_ms);
    g_autofree char *text = sc_event_print(&event);
    return g_strdup(strstr(text, "\"room\":"));
}

static const struct {
    Who who;
    const char *says;
} lesson[] = {
    { A, "{\"type\":\"hand\",\"up\":true}" },
    { B, "{\"type\":\"hand\",\"up\":true}" },
    { T, "{\"type\":\"roll-call\"}" },
    { B, "{\"type\":\"present\",\"count\":7}" },
    { A, "{\"type\":\"present\",\"count\":30}" },
    { T, "{\"type\":\"chat-open\",\"open\":true}" },
    { A, "{\"type\":\"chat\",\"text\":\"老师好\"}" },
    { T, "{\"type\":\"chat\",\"text\":\"同学们好\"}" },
    { T, "{\"type\":\"chat-remove\",\"message\":1}" },
    { T, "{\"type\":\"floor\",\"site\":\"b\"}" },
    { A, "{\"type\":\"help\",\"wanted\":true}" },
    { T, SINGLE },
    { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}" },
    { P1, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1]}" },
    { P2, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1]}" },
    { A, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[2]}" },
};

static void
state_is_told_to_each_as_far_as_it_may_know(void)
{
    static const char *const expected[N_ACTORS] = {
        [T] = "\"sum\":{\"answers\":3,\"sites\":[{\"site\":\"a\",\"answers\":3,"
              "\"choices\":[0,2,1]}],\"choices\":[0,2,1],\"numbers\":[]},\"mine\":null},"
              "\"hands\":[\"a\",\"b\"],\"muted\":[],\"roll\":{\"roll\":1,\"present\":{"
              "\"b\":7,\"a\":30}},\"chat\":{\"open\":true,\"messages\":[{\"at\":"
              "\"2026-09-01T00:00:07Z\",\"message\":2,\"site\":\"t\",\"name\":"
              "\"一<b>班</b>\",\"text\":\"同学们好\"}]},\"strokes\":[],"
              "\"documents\":[],\"page\":null,\"help\":[\"a\"],"
              "\"floor_times\":{\"b\":11}}",
        [A] = "\"state\":\"open\",\"right\":null,\"sum\":null,\"mine\":[2]},\"hands\":",
        [B] = "\"sum\":null,\"mine\":null},\"hands\":",
        [O] = "\"sum\":null,\"mine\":null},\"hands\":",
        [P1] = "\"sum\":null,\"mine\":[1]}}}",
        [P2] = "\"sum\":null,\"mine\":[1]}}}",
    };
    g_autoptr(ScRoom) room = make_room();
    for (size_t i = 0; i < G_N_ELEMENTS(lesson); i++) {
        ScRoomOutcome outcome;
        g_free(say(room, lesson[i].who, lesson[i].says, START_MS + (int64_t)i * 1000,
                   &outcome));
        sc_event_clear(&outcome.event);
    }
    for (Who who = 0; who < N_ACTORS; who++) {
        g_autofree char *state = print_state(room, who, START_MS + 20 * 1000);
        g_test_message("%d: %s", (int)who, state);
        g_assert_nonnull(strstr(state, expected[who]));
        g_assert_cmpint(strstr(state, "floor_times") != NULL, ==, who == T);
        g_assert_cmpint(strstr(state, "hands") != NULL, ==, who < P1);
    }
}

/* After each step: what was kept, done again, gives the same. */
static void
records_give_the_same_room(void)
{
    g_autoptr(ScRoom) room = make_room();
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (size_t i = 0; i < G_N_ELEMENTS(lesson); i++) {
        ScRoomOutcome outcome;
        g_free(say(room, lesson[i].who, lesson[i].says, START_MS + (int64_t)i * 1000,
                   &outcome));
        if (outcome.number != 0)
            g_array_append_val(kept, i);
        sc_event_clear(&outcome.event);

        g_autoptr(ScRoom) again = make_room();
        for (guint k = 0; k < kept->len; k++) {
            size_t step = g_array_index(kept, size_t, k);
            const char *says = lesson[step].says;
            ScRequest request;
            g_assert_true(sc_request_parse(says, strlen(says), &request, NULL));
            g_assert_true(sc_room_replay(again, &actors[lesson[step].who], &request,
                                         START_MS + (int64_t)step * 1000, NULL));
        }
        for (Who who = 0; who < N_ACTORS; who++) {
            g_autofree char *before = print_state(room, who, START_MS + 60 * 1000);
            g_autofree char *after = print_state(again, who, START_MS + 60 * 1000);
            g_assert_cmpstr(after, ==, before);
        }
    }
    g_assert_cmpuint(kept->len, ==, G_N_ELEMENTS(lesson));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/room/hands_stand_in_the_order_of_raising",
                    hands_stand_in_the_order_of_raising);
    g_test_add_func("/room/quiz_is_asked_answered_and_revealed",
                    quiz_is_asked_answered_and_revealed);
    g_test_add_func("/room/numbers_and_sets_are_summed", numbers_and_sets_are_summed);
    g_test_add_func("/room/quizzes_of_a_lesson_have_a_limit",
                    quizzes_of_a_lesson_have_a_limit);
    g_test_add_func("/room/chat_is_opened_and_cleared_by_the_teacher",
                    chat_is_opened_and_cleared_by_the_teacher);
    g_test_add_func("/room/roll_mute_help_and_floor", roll_mute_help_and_floor);
    g_test_add_func("/room/marks_are_drawn_and_wiped", marks_are_drawn_and_wiped);
    g_test_add_func("/room/marks_have_limits", marks_have_limits);
    g_test_add_func("/room/each_has_a_pace", each_has_a_pace);
    g_test_add_func("/room/one_classroom_of_many_is_not_told_to_all",
                    one_classroom_of_many_is_not_told_to_all);
    g_test_add_func("/room/state_is_told_to_each_as_far_as_it_may_know",
                    state_is_told_to_each_as_far_as_it_may_know);
    g_test_add_func("/room/records_give_the_same_room", records_give_the_same_room);
    return g_test_run();
}
