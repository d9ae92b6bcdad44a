/* SPDX-License-Identifier: Apache-2.0 */
/* The room through the service: who hears what, in which order, what is there after a
 * restart, and the door of the pupils. */
#include <sqlite3.h>
#include <string.h>

#include "tests/unit/signaling/stage.h"

enum { TEACHER, FIRST, SECOND };

#define SINGLE                                                        \
    "{\"type\":\"quiz-open\",\"kind\":\"single\",\"question\":\"?\"," \
    "\"options\":[\"a\",\"b\"],\"id\":1}"

/* The next event, which must be of @type. */
static void
expect(Person *person, ScEventType type, ScEvent *out_event)
{
    person_hear(person, out_event);
    if (out_event->type == SC_EVENT_ERROR && type != SC_EVENT_ERROR)
        g_test_message("%s: %s", out_event->error.problem, out_event->error.detail);
    g_assert_cmpint(out_event->type, ==, type);
}

static void
expect_problem(Person *person, const char *problem, int64_t id)
{
    g_auto(ScEvent) event = { 0 };
    expect(person, SC_EVENT_ERROR, &event);
    g_assert_cmpstr(event.error.problem, ==, problem);
    g_assert_cmpint(event.id, ==, id);
}

static Answer
post_code(Stage *stage, const char *code)
{
    g_autofree char *body = g_strdup_printf("{\"code\":\"%s\"}", code);
    return stage_send(stage, "POST", "/pupils", NULL, "application/json", body, NULL);
}

static char *
dup_member(const Answer *answer, const char *name)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(answer->body, NULL),
                                             (gssize)g_bytes_get_size(answer->body),
                                             NULL));
    return g_strdup(json_object_get_string_member(
        json_node_get_object(json_parser_get_root(parser)), name));
}

static char *
enrol(Stage *stage, const char *code)
{
    g_auto(Answer) answer = post_code(stage, code);
    g_assert_cmpuint(answer.status, ==, 201);
    g_autofree char *lesson = dup_member(&answer, "lesson");
    g_assert_cmpstr(lesson, ==, stage->sample->lesson);
    return dup_member(&answer, "token");
}

static void
everybody_hears_the_same_in_the_same_order(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(ScEvent) welcome = { 0 };
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) first = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autoptr(Person) second =
        stage_meet(&stage, stage_get_token(&stage, SECOND), &welcome);
    g_assert_nonnull(welcome.welcome.room);
    g_assert_cmpuint(strlen(welcome.welcome.room->code), ==, SC_ROOM_CODE_LENGTH);

    static const ScEventType types[] = { SC_EVENT_HAND, SC_EVENT_REACT, SC_EVENT_HAND };
    person_say(first, "{\"type\":\"hand\",\"up\":true,\"id\":5}");
    person_say(first, "{\"type\":\"react\",\"what\":\"clap\",\"id\":6}");
    person_say(first, "{\"type\":\"hand\",\"up\":false,\"id\":7}");
    Person *const people[] = { teacher, first, second };
    for (size_t who = 0; who < G_N_ELEMENTS(people); who++) {
        uint64_t seq = welcome.seq;
        for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
            g_auto(ScEvent) event = { 0 };
            expect(people[who], types[i], &event);
            g_assert_cmpint(event.id, ==,
                            people[who] == first ? 5 + (int64_t)i : SC_NO_ID);
            g_assert_cmpuint(event.seq, ==, types[i] == SC_EVENT_REACT ? 0 : ++seq);
            g_assert_cmpstr(event.at, !=, "");
        }
    }
    person_say(first, "{\"type\":\"pen-clear\",\"id\":8}");
    expect_problem(first, "wrong-role", 8);
    person_say(first, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[0],\"id\":9}");
    expect_problem(first, "unknown-quiz", 9);
    stage_close(&stage);
}

/* A pupil hears the quiz, and nothing of other places. */
static void
pupil_comes_by_the_code_and_answers(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(ScEvent) room = { 0 };
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) first = stage_meet(&stage, stage_get_token(&stage, FIRST), &room);
    g_autofree char *token = enrol(&stage, room.welcome.room->code);
    g_auto(ScEvent) welcome = { 0 };
    g_autoptr(Person) pupil = stage_meet(&stage, token, &welcome);
    g_assert_cmpint(welcome.welcome.role, ==, SC_ROLE_PUPIL);
    g_assert_cmpuint(welcome.welcome.n_sites, ==, 0);
    g_assert_cmpstr(welcome.welcome.name, ==, room.welcome.name);
    g_assert_cmpstr(welcome.welcome.title, ==, room.welcome.title);
    g_assert_cmpstr(welcome.welcome.room->code, ==, "");

    person_say(first, "{\"type\":\"hand\",\"up\":true}");
    person_say(pupil, "{\"type\":\"hand\",\"up\":true,\"id\":2}");
    expect_problem(pupil, "wrong-role", 2); /* and not the hand */
    g_auto(ScEvent) hand = { 0 };
    expect(teacher, SC_EVENT_HAND, &hand);
    person_say(teacher, SINGLE);
    g_auto(ScEvent) quiz = { 0 };
    expect(pupil, SC_EVENT_QUIZ, &quiz);
    g_assert_cmpstr(quiz.quiz.asked.options[1], ==, "b");
    person_say(pupil, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1],\"id\":3}");
    g_auto(ScEvent) answered = { 0 };
    expect(pupil, SC_EVENT_ANSWERED, &answered);
    g_assert_cmpint(answered.id, ==, 3);

    g_auto(ScEvent) asked = { 0 };
    g_auto(ScEvent) tally = { 0 };
    expect(teacher, SC_EVENT_QUIZ, &asked);
    expect(teacher, SC_EVENT_TALLY, &tally);
    g_assert_cmpuint(tally.tally.sum->n_answers, ==, 1);
    g_assert_cmpuint(tally.tally.sum->choices[1], ==, 1);
    person_say(teacher, "{\"type\":\"quiz-close\",\"quiz\":1}");
    g_auto(ScEvent) closed = { 0 };
    g_auto(ScEvent) closed_for_teacher = { 0 };
    expect(pupil, SC_EVENT_QUIZ, &closed);
    g_assert_cmpuint(closed.quiz.sum->choices[1], ==, 1);
    g_assert_cmpuint(closed.quiz.sum->n_sites, ==, 0);
    person_await(teacher, SC_EVENT_QUIZ, &closed_for_teacher);
    g_assert_cmpuint(closed_for_teacher.quiz.sum->n_sites, ==, 1);
    stage_close(&stage);
}

static void
wrong_code_and_wrong_body_are_refused(void)
{
    static const struct {
        const char *body;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "{\"code\":\"00000\"}", 404, "unknown-code" },
        { "{\"code\":\"' OR 1=1\"}", 404, "unknown-code" },
        { "{\"code\":\"<b>12345678901</b>\"}", 422, "invalid-value" },
        { "{\"code\":123456}", 422, "invalid-value" },
        { "{}", 422, "invalid-value" },
        { "[]", 400, "bad-json" },
        { "code=123456", 400, "bad-json" },
    };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Answer) answer = stage_send(&stage, "POST", "/pupils", NULL,
                                           "application/json", cases[i].body, NULL);
        g_test_message("%s", cases[i].body);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
    }
    unsigned n_refused = 0;
    for (unsigned i = 0; i < 60; i++) { /* and some were tried above */
        g_auto(Answer) answer = post_code(&stage, "00000");
        n_refused += answer.status == 429;
        g_assert_true(answer.status == 429 || answer.status == 404);
    }
    g_assert_cmpuint(n_refused, >, 0);
    stage_close(&stage);
}

/* They all come from the school's one address. */
static void
whole_class_comes_in_at_once(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(ScEvent) room = { 0 };
    g_autoptr(Person) first = stage_meet(&stage, stage_get_token(&stage, FIRST), &room);
    for (unsigned i = 0; i < SC_PUPILS_MAX; i++) {
        g_auto(Answer) answer = post_code(&stage, room.welcome.room->code);
        g_assert_cmpuint(answer.status, ==, 201);
    }
    stage_close(&stage);
}

/* A pupil of one's own has no media, and the 101st is not let in. */
static void
pupils_have_limits(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(ScEvent) room = { 0 };
    g_autoptr(Person) first = stage_meet(&stage, stage_get_token(&stage, FIRST), &room);
    const char *code = room.welcome.room->code;
    char *lesson = NULL, *token = NULL;
    g_autoptr(GError) error = NULL;
    ScConductor *conductor = sc_service_get_conductor(stage.service);
    for (unsigned i = 0; i < SC_PUPILS_MAX; i++) {
        g_clear_pointer(&lesson, g_free);
        g_clear_pointer(&token, g_free);
        g_assert_true(sc_conductor_admit_pupil(conductor, code, &lesson, &token, &error));
    }
    g_auto(Answer) refused = post_code(&stage, code);
    g_assert_cmpuint(refused.status, ==, 429);
    g_assert_cmpstr(refused.problem, ==, "too-many-sessions");

    g_autofree char *offer = stage_dup_sdp("chromium-classroom-watch.sdp");
    static const char *const doors[] = { "whip", "whep" };
    for (size_t i = 0; i < G_N_ELEMENTS(doors); i++) {
        g_autofree char *path = g_strdup_printf("/%s/%s", doors[i], lesson);
        g_auto(Answer) answer =
            stage_send(&stage, "POST", path, token, "application/sdp", offer, NULL);
        g_assert_cmpuint(answer.status, ==, 403);
        g_assert_cmpstr(answer.problem, ==, "wrong-role");
    }
    g_autofree char *elsewhere = g_strdup("/whep/another");
    g_auto(Answer) other =
        stage_send(&stage, "POST", elsewhere, token, "application/sdp", offer, NULL);
    g_assert_cmpuint(other.status, ==, 404);
    g_free(lesson);
    g_free(token);
    stage_close(&stage);
}

static void
room_is_there_after_a_restart(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(ScEvent) before = { 0 };
    Person *teacher = stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    Person *first = stage_meet(&stage, stage_get_token(&stage, FIRST), &before);
    person_say(first, "{\"type\":\"hand\",\"up\":true}");
    person_say(teacher, SINGLE);
    g_auto(ScEvent) quiz = { 0 };
    person_await(first, SC_EVENT_QUIZ, &quiz);
    person_say(first, "{\"type\":\"answer\",\"quiz\":1,\"choice\":[1],\"id\":4}");
    g_auto(ScEvent) answered = { 0 };
    person_await(first, SC_EVENT_ANSWERED, &answered);
    person_leave(teacher);
    person_leave(first);
    stage_restart_service(&stage);

    g_auto(ScEvent) after = { 0 };
    g_auto(ScEvent) for_teacher = { 0 };
    g_autoptr(Person) again = stage_meet(&stage, stage_get_token(&stage, FIRST), &after);
    g_autoptr(Person) teacher_again =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), &for_teacher);
    const ScWelcomeRoom *room = after.welcome.room;
    g_assert_cmpstr(room->code, ==, before.welcome.room->code);
    g_assert_cmpstr(room->hands[0], ==, stage.sample->sites[FIRST].site);
    g_assert_cmpuint(room->quiz->quiz, ==, 1);
    g_assert_cmpint(room->quiz->state, ==, SC_QUIZ_OPEN);
    g_assert_null(room->quiz->sum);
    g_assert_cmpuint(room->mine.choices, ==, 1U << 1);
    g_assert_cmpuint(for_teacher.welcome.room->quiz->sum->n_answers, ==, 1);
    g_assert_cmpstr(for_teacher.welcome.room->code, ==, "");
    stage_close(&stage);
}

static void
execute(const Stage *stage, const char *sql)
{
    sqlite3 *database = NULL;
    g_assert_cmpint(sqlite3_open(stage->config->database, &database), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(database);
}

/* Nobody hears of it, who asked is told, and the room is as it was. */
static void
what_cannot_be_kept_did_not_happen(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) first = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autoptr(Person) second = stage_meet(&stage, stage_get_token(&stage, SECOND), NULL);
    person_say(first, "{\"type\":\"hand\",\"up\":true}");
    g_auto(ScEvent) up = { 0 };
    expect(second, SC_EVENT_HAND, &up);
    execute(&stage, "CREATE TRIGGER no_room BEFORE INSERT ON room_record"
                    " WHEN NEW.type = 'roll-call'"
                    " BEGIN SELECT RAISE(ABORT, 'no'); END");
    g_test_expect_message("sc-journal", G_LOG_LEVEL_WARNING, "*are lost*");
    person_say(teacher, "{\"type\":\"roll-call\",\"id\":3}");
    g_auto(ScEvent) heard = { 0 };
    expect(teacher, SC_EVENT_HAND, &heard);
    expect_problem(teacher, "internal-error", 3);
    g_test_assert_expected_messages();
    person_say(second, "{\"type\":\"hand\",\"up\":true}");
    g_auto(ScEvent) both = { 0 };
    expect(second, SC_EVENT_HAND, &both);
    g_assert_cmpuint(g_strv_length(both.hand.hands), ==, 2);
    g_assert_cmpuint(both.seq, ==, up.seq + 1);
    person_say(second, "{\"type\":\"present\",\"count\":1,\"id\":5}");
    expect_problem(second, "no-roll-call", 5);
    stage_close(&stage);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/room-door/everybody_hears_the_same_in_the_same_order",
                    everybody_hears_the_same_in_the_same_order);
    g_test_add_func("/room-door/pupil_comes_by_the_code_and_answers",
                    pupil_comes_by_the_code_and_answers);
    g_test_add_func("/room-door/wrong_code_and_wrong_body_are_refused",
                    wrong_code_and_wrong_body_are_refused);
    g_test_add_func("/room-door/whole_class_comes_in_at_once",
                    whole_class_comes_in_at_once);
    g_test_add_func("/room-door/pupils_have_limits", pupils_have_limits);
    g_test_add_func("/room-door/room_is_there_after_a_restart",
                    room_is_there_after_a_restart);
    g_test_add_func("/room-door/what_cannot_be_kept_did_not_happen",
                    what_cannot_be_kept_did_not_happen);
    return g_test_run();
}
