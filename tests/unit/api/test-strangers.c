/* SPDX-License-Identifier: Apache-2.0 */
/* Names that nobody has are locked as people's are. */
#include "signaling/api/strangers.h"

#define FAILURES_MAX 3

static void
the_last_of_a_row_locks(void)
{
    g_autoptr(ScStrangers) strangers = sc_strangers_new();
    for (unsigned i = 1; i < FAILURES_MAX; i++)
        g_assert_false(sc_strangers_fail(strangers, "wang", FAILURES_MAX, 1000));
    g_assert_cmpint(sc_strangers_get_lock(strangers, "wang"), ==, 0);
    g_assert_true(sc_strangers_fail(strangers, "wang", FAILURES_MAX, 1000));
    g_assert_cmpint(sc_strangers_get_lock(strangers, "wang"), ==, 1000);
    g_assert_cmpint(sc_strangers_get_lock(strangers, "li"), ==, 0);
    /* After the lock it counts anew. */
    for (unsigned i = 1; i < FAILURES_MAX; i++)
        g_assert_false(sc_strangers_fail(strangers, "wang", FAILURES_MAX, 2000));
    g_assert_true(sc_strangers_fail(strangers, "wang", FAILURES_MAX, 2000));
}

static void
a_full_table_forgets_who_was_first(void)
{
    g_autoptr(ScStrangers) strangers = sc_strangers_new();
    char name[16];
    for (int i = 0; i <= SC_STRANGERS_MAX; i++) {
        g_snprintf(name, sizeof name, "%d", i);
        g_assert_true(sc_strangers_fail(strangers, name, 1, 1000 + i));
    }
    g_assert_cmpint(sc_strangers_get_lock(strangers, "0"), ==, 0);
    g_assert_cmpint(sc_strangers_get_lock(strangers, "1"), ==, 1001);
    g_assert_cmpint(sc_strangers_get_lock(strangers, name), ==, 1000 + SC_STRANGERS_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/strangers/the last of a row locks", the_last_of_a_row_locks);
    g_test_add_func("/strangers/a full table forgets who was first",
                    a_full_table_forgets_who_was_first);
    return g_test_run();
}
