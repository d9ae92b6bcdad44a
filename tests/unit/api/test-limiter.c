/* SPDX-License-Identifier: Apache-2.0 */
/* How often each may ask, on a clock that the test moves. */
#include "signaling/api/limiter.h"

static void
each_key_has_its_own_bucket(void)
{
    g_autoptr(ScLimiter) limiter = sc_limiter_new(2, 3);
    int64_t now_us = 1000000;
    for (int i = 0; i < 3; i++)
        g_assert_true(sc_limiter_take(limiter, "a", now_us));
    g_assert_false(sc_limiter_take(limiter, "a", now_us));
    g_assert_true(sc_limiter_take(limiter, "b", now_us));
    now_us += 500000; /* half a second: one more */
    g_assert_true(sc_limiter_take(limiter, "a", now_us));
    g_assert_false(sc_limiter_take(limiter, "a", now_us));
}

static void
full_table_forgets_the_idle_and_refuses_the_new(void)
{
    g_autoptr(ScLimiter) limiter = sc_limiter_new(1, 1);
    char key[16];
    for (int i = 0; i < SC_LIMITER_KEYS_MAX; i++) {
        g_snprintf(key, sizeof key, "%d", i);
        g_assert_true(sc_limiter_take(limiter, key, 0));
    }
    g_assert_false(sc_limiter_take(limiter, "new", 0));
    g_assert_true(sc_limiter_take(limiter, "new", 1000000)); /* all are full again */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/limiter/each key has its own bucket", each_key_has_its_own_bucket);
    g_test_add_func("/limiter/full table forgets the idle and refuses the new",
                    full_table_forgets_the_idle_and_refuses_the_new);
    return g_test_run();
}
