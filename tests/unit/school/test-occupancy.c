/* SPDX-License-Identifier: Apache-2.0 */
/* When two weekly periods collide, and how weeks are told. */
#include "signaling/school/occupancy.h"
#include "signaling/school/term-calendar.h"

static void
periods_collide_where_day_minutes_and_a_week_meet(void)
{
    static const struct {
        ScWeekly weekly;
        uint64_t weeks; /* in which it collides with Wednesday 8:00–8:45, odd weeks 1–9 */
    } cases[] = {
        { { 3, 480, 525, 0x1 }, 0x1 },     { { 3, 480, 525, 0x2 }, 0 },
        { { 3, 525, 570, 0x1 }, 0 },       { { 3, 435, 480, 0x1 }, 0 },
        { { 3, 524, 570, 0x7 }, 0x5 },     { { 4, 480, 525, 0x1 }, 0 },
        { { 3, 470, 535, 0x3ff }, 0x155 },
    };
    g_autoptr(ScOccupancy) occupancy = sc_occupancy_new();
    const ScWeekly taken = { 3, 480, 525, sc_weeks_make(SC_WEEKS_ODD, 1, 9) };
    g_assert_cmphex(taken.weeks, ==, 0x155);
    sc_occupancy_add(occupancy, "zhang", &taken, "entry-1");
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint64_t weeks = 0;
        const char *by =
            sc_occupancy_find(occupancy, "zhang", &cases[i].weekly, NULL, &weeks);
        g_assert_cmpstr(by, ==, cases[i].weeks != 0 ? "entry-1" : NULL);
        g_assert_cmphex(weeks, ==, cases[i].weeks);
    }
}

static void
entry_does_not_collide_with_itself_nor_with_others_subjects(void)
{
    g_autoptr(ScOccupancy) occupancy = sc_occupancy_new();
    const ScWeekly weekly = { 1, 480, 525, 1 };
    uint64_t weeks;
    sc_occupancy_add(occupancy, "zhang", &weekly, "entry-1");
    g_assert_null(sc_occupancy_find(occupancy, "zhang", &weekly, "entry-1", &weeks));
    g_assert_null(sc_occupancy_find(occupancy, "li", &weekly, NULL, &weeks));
}

static void
weeks_are_told_in_runs(void)
{
    static const struct {
        uint64_t weeks;
        const char *text;
    } cases[] = {
        { 0, "" },       { 1, "1" },
        { 0xff, "1–8" }, { 0x2ff, "1–8, 10" },
        { 0x5, "1, 3" }, { UINT64_C(1) << 62, "63" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = sc_weeks_print(cases[i].weeks);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
    g_assert_cmphex(sc_weeks_make(SC_WEEKS_EVEN, 1, 5), ==, 0xa);
    g_assert_cmphex(sc_weeks_make(SC_WEEKS_ALL, 3, 100), ==, G_MAXINT64 & ~UINT64_C(3));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/occupancy/" #name, name)
    ADD(periods_collide_where_day_minutes_and_a_week_meet);
    ADD(entry_does_not_collide_with_itself_nor_with_others_subjects);
    ADD(weeks_are_told_in_runs);
    return g_test_run();
}
