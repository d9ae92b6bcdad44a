/* SPDX-License-Identifier: Apache-2.0 */
/* How much goes on at once: by hand, and against counting at each instant. */
#include "signaling/school/concurrency.h"

#define N_TRIES 2000
#define N_INTERVALS_MAX 12
#define INSTANTS 30

static void
most_at_one_instant_are_counted(void)
{
    static const struct {
        const char *name;
        ScInterval intervals[4];
        unsigned n;
        unsigned peak; /* from 10 to 20 */
    } cases[] = {
        { "none", { { 0 } }, 0, 0 },
        { "one", { { 10, 20 } }, 1, 1 },
        { "one around", { { 0, 100 } }, 1, 1 },
        { "touches at the beginning", { { 0, 10 } }, 1, 0 },
        { "touches at the end", { { 20, 30 } }, 1, 0 },
        { "one after the other", { { 5, 15 }, { 15, 25 } }, 2, 1 },
        { "the same in reverse", { { 15, 25 }, { 5, 15 } }, 2, 1 },
        { "meet in one instant", { { 5, 16 }, { 15, 25 } }, 2, 2 },
        { "meet outside", { { 0, 9 }, { 5, 12 }, { 18, 30 }, { 20, 30 } }, 4, 1 },
        { "empty and reversed", { { 15, 15 }, { 18, 12 }, { 11, 12 } }, 3, 1 },
        { "all the same", { { 10, 20 }, { 10, 20 }, { 10, 20 }, { 10, 20 } }, 4, 4 },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].name);
        g_assert_cmpuint(sc_peak_concurrency(cases[i].intervals, cases[i].n, 10, 20), ==,
                         cases[i].peak);
    }
}

static unsigned
count_at_each_instant(const ScInterval *intervals, unsigned n, int64_t from, int64_t to)
{
    unsigned peak = 0;
    for (int64_t at = from; at < to; at++) {
        unsigned now = 0;
        for (unsigned i = 0; i < n; i++)
            now += intervals[i].starts_ms <= at && at < intervals[i].ends_ms;
        peak = MAX(peak, now);
    }
    return peak;
}

static void
counting_at_each_instant_finds_the_same(void)
{
    guint32 seed = g_test_rand_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_test_message("seed %u", seed);
    for (unsigned i = 0; i < N_TRIES; i++) {
        ScInterval intervals[N_INTERVALS_MAX];
        unsigned n = (unsigned)g_rand_int_range(rand, 0, N_INTERVALS_MAX + 1);
        int64_t from = g_rand_int_range(rand, 0, INSTANTS);
        int64_t to = g_rand_int_range(rand, 0, INSTANTS);
        for (unsigned k = 0; k < n; k++)
            intervals[k] = (ScInterval){ g_rand_int_range(rand, 0, INSTANTS),
                                         g_rand_int_range(rand, 0, INSTANTS) };
        g_assert_cmpuint(sc_peak_concurrency(intervals, n, from, to), ==,
                         count_at_each_instant(intervals, n, from, to));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/school/concurrency/" #name, name)
    ADD(most_at_one_instant_are_counted);
    ADD(counting_at_each_instant_finds_the_same);
#undef ADD
    return g_test_run();
}
