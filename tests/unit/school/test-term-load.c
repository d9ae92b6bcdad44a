/* SPDX-License-Identifier: Apache-2.0 */
/* How many lessons go on at once in the weeks of a term. */
#include "signaling/school/term-load.h"

static void
peak_is_of_the_minutes_and_weeks_asked_for(void)
{
    static const ScWeekly lessons[] = {
        { 1, 480, 520, 0xf }, { 1, 500, 540, 0x2 }, { 1, 510, 515, 0x8 },
        { 1, 510, 515, 0x8 }, { 2, 480, 520, 0xf }, { 7, 1400, 1500, 0x1 },
    };
    static const struct {
        ScWeekly when;
        unsigned n;
        unsigned week; /* 0: none */
    } cases[] = {
        { { 1, 480, 500, 0xf }, 1, 1 },   { { 1, 480, 510, 0xf }, 2, 2 },
        { { 1, 480, 511, 0xf }, 3, 4 },   { { 1, 515, 600, 0xf }, 2, 2 },
        { { 1, 540, 600, 0xf }, 0, 0 },   { { 1, 520, 540, 0xd }, 0, 0 },
        { { 2, 519, 521, 0xf }, 1, 1 },   { { 3, 480, 520, 0xf }, 0, 0 },
        { { 7, 1439, 1440, 0x1 }, 1, 1 }, { { 1, 480, 520, ~0xfULL }, 0, 0 },
        { { 1, 480, 480, 0xf }, 0, 0 },   { { 0, 480, 520, 0xf }, 0, 0 },
        { { 8, 480, 520, 0xf }, 0, 0 },
    };
    g_autoptr(ScTermLoad) load = sc_term_load_new(4);
    for (unsigned i = 0; i < G_N_ELEMENTS(lessons); i++)
        sc_term_load_add(load, &lessons[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned week = 0;
        g_assert_cmpuint(sc_term_load_get_peak(load, &cases[i].when, &week), ==,
                         cases[i].n);
        g_assert_cmpuint(week, ==, cases[i].week);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/term_load/peak_is_of_the_minutes_and_weeks_asked_for",
                    peak_is_of_the_minutes_and_weeks_asked_for);
    return g_test_run();
}
