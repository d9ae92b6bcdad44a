/* SPDX-License-Identifier: Apache-2.0 */
/* Echo tests as they live in memory: whose, how many, how long. */
#include "signaling/echo-tests.h"
#include "signaling/problem.h"

#define NOON_MS 1800000000000LL

static void
both_ends_have_a_token_of_their_own_role(void)
{
    g_autoptr(ScEchoTests) tests = sc_echo_tests_new();
    g_autoptr(GError) error = NULL;
    const ScEchoTest *test = sc_echo_tests_begin(tests, "l1 s1", NOON_MS, &error);
    g_assert_no_error(error);
    g_autoptr(ScTokenGrant) far = sc_echo_tests_verify(tests, test->far);
    g_autoptr(ScTokenGrant) near = sc_echo_tests_verify(tests, test->near);
    g_assert_cmpint(far->role, ==, SC_ROLE_TEACHER);
    g_assert_cmpint(near->role, ==, SC_ROLE_CLASSROOM);
    g_assert_cmpstr(far->lesson, ==, test->lesson);
    g_assert_cmpstr(near->lesson, ==, test->lesson);
    g_assert_cmpstr(far->site, !=, near->site);
    g_assert_cmpint(far->expires_ms, ==, NOON_MS + SC_ECHO_TEST_LIMIT_MS);
    g_assert_null(sc_echo_tests_verify(tests, "far"));
    g_assert_null(sc_echo_tests_verify(tests, ""));
}

static void
the_lesson_has_both_sites_and_is_live_for_a_minute(void)
{
    g_autoptr(ScEchoTests) tests = sc_echo_tests_new();
    const ScEchoTest *test = sc_echo_tests_begin(tests, "l1 s1", NOON_MS, NULL);
    g_autoptr(ScLessonRow) row = sc_echo_tests_dup_row(tests, test->lesson);
    g_assert_cmpstr(row->id, ==, test->lesson);
    g_assert_cmpint(row->state, ==, SC_LESSON_LIVE);
    g_assert_cmpint(row->starts_ms, ==, NOON_MS);
    g_assert_cmpint(row->ends_ms, ==, NOON_MS + SC_ECHO_TEST_LIMIT_MS);
    g_assert_cmpuint(row->n_sites, ==, 2);
    g_assert_cmpint(row->sites[1].tile, ==, 0);
    g_assert_null(sc_echo_tests_dup_row(tests, "l1"));
    g_assert_false(sc_echo_tests_has(tests, "l1"));
}

static void
one_is_over_after_its_minute_and_not_before(void)
{
    g_autoptr(ScEchoTests) tests = sc_echo_tests_new();
    const ScEchoTest *test = sc_echo_tests_begin(tests, "l1 s1", NOON_MS, NULL);
    int64_t end_ms = NOON_MS + SC_ECHO_TEST_LIMIT_MS;
    g_assert_null(sc_echo_tests_find(tests, NULL, end_ms - 1));
    g_assert_cmpstr(sc_echo_tests_find(tests, NULL, end_ms), ==, test->lesson);
    g_autofree char *far = g_strdup(test->far);
    sc_echo_tests_end(tests, test->lesson);
    g_assert_null(sc_echo_tests_verify(tests, far));
    g_assert_cmpuint(sc_echo_tests_count(tests), ==, 0);
}

static void
an_owner_finds_its_own(void)
{
    g_autoptr(ScEchoTests) tests = sc_echo_tests_new();
    const ScEchoTest *first = sc_echo_tests_begin(tests, "l1 s1", NOON_MS, NULL);
    const ScEchoTest *second = sc_echo_tests_begin(tests, "l1 s2", NOON_MS, NULL);
    g_assert_cmpstr(first->lesson, !=, second->lesson);
    g_assert_cmpstr(first->far, !=, second->far);
    g_assert_cmpstr(sc_echo_tests_find(tests, "l1 s2", NOON_MS), ==, second->lesson);
    g_assert_null(sc_echo_tests_find(tests, "l1 s3", NOON_MS));
}

static void
one_too_many_is_refused_and_the_limit_named(void)
{
    g_autoptr(ScEchoTests) tests = sc_echo_tests_new();
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < SC_ECHO_TESTS_MAX; i++)
        g_assert_nonnull(sc_echo_tests_begin(tests, "l1 s1", NOON_MS, NULL));
    g_assert_null(sc_echo_tests_begin(tests, "l1 s1", NOON_MS, &error));
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS);
    g_assert_nonnull(strstr(error->message, "at most 32"));
}

#define ADD(name) g_test_add_func("/signaling/echo-tests/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(both_ends_have_a_token_of_their_own_role);
    ADD(the_lesson_has_both_sites_and_is_live_for_a_minute);
    ADD(one_is_over_after_its_minute_and_not_before);
    ADD(an_owner_finds_its_own);
    ADD(one_too_many_is_refused_and_the_limit_named);
    return g_test_run();
}
