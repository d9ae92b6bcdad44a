/* SPDX-License-Identifier: Apache-2.0 */
/* A classroom's box from its first start to a lesson and back, on a clock of the test's.
 */
#include "client/attendant.h"

#define S G_USEC_PER_SEC
#define POLL_US (30 * S)
#define HALF 0.5 /* chance */

static JsonObject *
parse(const char *text)
{
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(JsonNode) node = json_from_string(json, NULL);
    return json_node_dup_object(node);
}

static bool
answer(ScAttendant *box, ScAttendantStep step, unsigned status, const char *text,
       int64_t now_us)
{
    g_autoptr(JsonObject) object = text ? parse(text) : NULL;
    return sc_attendant_take(box, step, status, object, HALF, now_us);
}

#define ENROLMENT "{'id':'e1','secret':'s1','code':'7F3-K92','url':'http://x/console'}"
#define CONFIRMED \
    "{'state':'confirmed','token':'t1','site':{'name':'五1班','school':'石门'}}"
/* It is 8:40; a lesson opens at 8:50, begins at 9:00. */
#define TIMETABLE                                                                \
    "{'now':'2026-09-01T00:40:00Z','site':{'name':'五1班','school':'石门'}," \
    "'lessons':[{'id':'l1','title':'数学','starts_at':'2026-09-01T01:00:00Z'," \
    "'opens_at':'2026-09-01T00:50:00Z','ends_at':'2026-09-01T01:40:00Z'}]}"

static void
box_is_enrolled_and_enters_when_the_lesson_opens(void)
{
    ScAttendant box;
    int64_t now_us = 5 * S; /* a box that has just booted: in 1970 */
    sc_attendant_init(&box, NULL, POLL_US);
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_ENROL);
    g_assert_false(answer(&box, SC_ATTENDANT_ENROL, 201, ENROLMENT, now_us));
    g_assert_cmpint(sc_attendant_get_state(&box), ==, SC_ATTENDANT_ENROLLING);
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_REST);
    now_us += 3 * S;
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_ASK);
    g_assert_false(answer(&box, SC_ATTENDANT_ASK, 200, "{'state':'waiting'}", now_us));
    now_us += 3 * S;
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_ASK);
    g_assert_true(answer(&box, SC_ATTENDANT_ASK, 200, CONFIRMED, now_us));
    g_assert_cmpstr(box.token, ==, "t1");
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_FETCH);
    g_assert_false(answer(&box, SC_ATTENDANT_FETCH, 200, TIMETABLE, now_us));
    g_assert_cmpint(sc_attendant_get_state(&box), ==, SC_ATTENDANT_IDLE);
    g_assert_cmpstr(sc_attendant_get_next(&box, now_us)->id, ==, "l1");
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_REPORT);
    g_assert_false(answer(&box, SC_ATTENDANT_REPORT, 204, NULL, now_us));
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_REST);
    now_us += 10 * 60 * S - 1;
    g_assert_cmpint(sc_attendant_decide(&box, now_us), !=, SC_ATTENDANT_ENTER);
    now_us += 1;
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_ENTER);
    g_assert_cmpstr(box.entering, ==, "l1");
    sc_attendant_return(&box, now_us);
    g_assert_cmpint(sc_attendant_decide(&box, now_us), !=, SC_ATTENDANT_ENTER);
    sc_attendant_clear(&box);
}

static void
box_that_was_revoked_begins_anew_and_says_so(void)
{
    ScAttendant box;
    sc_attendant_init(&box, "t1", POLL_US);
    g_assert_cmpint(sc_attendant_decide(&box, S), ==, SC_ATTENDANT_FETCH);
    g_assert_true(answer(&box, SC_ATTENDANT_FETCH, 401, NULL, S));
    g_assert_null(box.token);
    g_assert_true(box.was_revoked);
    g_assert_cmpint(sc_attendant_decide(&box, S), ==, SC_ATTENDANT_ENROL);
    sc_attendant_clear(&box);
}

static void
expired_code_is_replaced(void)
{
    ScAttendant box;
    sc_attendant_init(&box, NULL, POLL_US);
    (void)sc_attendant_decide(&box, S);
    (void)answer(&box, SC_ATTENDANT_ENROL, 201, ENROLMENT, S);
    (void)answer(&box, SC_ATTENDANT_ASK, 404, NULL, 900 * S);
    g_assert_cmpint(sc_attendant_decide(&box, 900 * S), ==, SC_ATTENDANT_ENROL);
    sc_attendant_clear(&box);
}

static void
server_that_is_away_is_asked_ever_more_seldom(void)
{
    static const int64_t least_us[] = { 1 * S / 2, 1 * S,  2 * S, 4 * S,
                                        8 * S,     15 * S, 15 * S };
    ScAttendant box;
    int64_t now_us = S;
    sc_attendant_init(&box, "t1", POLL_US);
    for (unsigned i = 0; i < G_N_ELEMENTS(least_us); i++) {
        g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_FETCH);
        g_assert_false(answer(&box, SC_ATTENDANT_FETCH, 0, NULL, now_us));
        g_assert_cmpint(sc_attendant_get_state(&box), ==, SC_ATTENDANT_UNREACHED);
        g_assert_cmpint(box.due_us - now_us, >=, least_us[i]);
        g_assert_cmpint(box.due_us - now_us, <=, 30 * S);
        g_assert_cmpint(sc_attendant_decide(&box, box.due_us - 1), ==, SC_ATTENDANT_REST);
        now_us = box.due_us;
    }
    g_assert_false(answer(&box, SC_ATTENDANT_FETCH, 200, TIMETABLE, now_us));
    g_assert_cmpint(sc_attendant_get_state(&box), ==, SC_ATTENDANT_IDLE);
    sc_attendant_clear(&box);
}

static void
lesson_that_refuses_is_looked_up_again(void)
{
    ScAttendant box;
    int64_t now_us = S;
    sc_attendant_init(&box, "t1", POLL_US);
    (void)answer(&box, SC_ATTENDANT_FETCH, 200, TIMETABLE, now_us);
    now_us += 10 * 60 * S;
    g_assert_cmpint(sc_attendant_decide(&box, now_us), ==, SC_ATTENDANT_ENTER);
    g_assert_false(answer(&box, SC_ATTENDANT_ENTER, 409, NULL, now_us));
    ScAttendantStep step = sc_attendant_decide(&box, now_us);
    g_assert_true(step == SC_ATTENDANT_FETCH || step == SC_ATTENDANT_REPORT);
    sc_attendant_clear(&box);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/attendant/" #name, name)
    ADD(box_is_enrolled_and_enters_when_the_lesson_opens);
    ADD(box_that_was_revoked_begins_anew_and_says_so);
    ADD(expired_code_is_replaced);
    ADD(server_that_is_away_is_asked_ever_more_seldom);
    ADD(lesson_that_refuses_is_looked_up_again);
    return g_test_run();
}
