/* SPDX-License-Identifier: Apache-2.0 */
/* Days, weeks and times of a term: the autumn term of 2026 with its national holiday. */
#include <string.h>

#include "signaling/school/term-calendar.h"

static const ScTermException autumn[] = {
    { "2026-09-25", NULL }, /* mid-autumn, a Friday */
    { "2026-10-01", NULL }, /* national day, a Thursday */
    { "2026-10-02", NULL },
    { "2026-10-10", "2026-10-02" }, /* a Saturday that is held as that Friday */
};

static ScTermCalendar *
make_autumn(void)
{
    g_autoptr(GError) error = NULL;
    int index;
    ScTermCalendar *calendar = sc_term_calendar_new("2026-09-01", "2027-01-17", autumn,
                                                    G_N_ELEMENTS(autumn), &index, &error);
    g_assert_no_error(error);
    return calendar;
}

static void
day_is_held_as_week_and_weekday(void)
{
    static const struct {
        const char *day;
        unsigned week; /* 0: nothing is held */
        unsigned weekday;
    } cases[] = {
        { "2026-09-01", 1, 2 }, /* the term begins on a Tuesday */
        { "2026-09-06", 1, 7 }, { "2026-09-07", 2, 1 },  { "2026-09-25", 0, 0 },
        { "2026-10-01", 0, 0 }, { "2026-10-09", 6, 5 },  { "2026-10-10", 5, 5 },
        { "2026-10-12", 7, 1 }, { "2027-01-17", 20, 7 },
    };
    g_autoptr(ScTermCalendar) calendar = make_autumn();
    g_assert_cmpuint(sc_term_calendar_count_weeks(calendar), ==, 20);
    g_assert_cmpuint(sc_term_calendar_count_days(calendar), ==, 139);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned week = 0, weekday = 0;
        int index = sc_term_calendar_find_day(calendar, cases[i].day);
        g_assert_cmpint(index, >=, 0);
        bool is_held =
            sc_term_calendar_resolve(calendar, (unsigned)index, &week, &weekday);
        g_assert_cmpint(is_held, ==, cases[i].week != 0);
        g_assert_cmpuint(week, ==, cases[i].week);
        g_assert_cmpuint(weekday, ==, cases[i].weekday);
    }
    g_assert_cmpint(sc_term_calendar_find_day(calendar, "2026-08-31"), ==, -1);
    g_assert_cmpint(sc_term_calendar_find_day(calendar, "2027-01-18"), ==, -1);
}

static void
wrong_term_is_refused_by_what_is_wrong(void)
{
    static const struct {
        const char *first;
        const char *last;
        ScTermException exceptions[2];
        unsigned n;
        int index;
        ScTermError rule;
        const char *detail;
    } cases[] = {
        { "2026-09-01",
          "2026-08-31",
          { { 0 } },
          0,
          -1,
          SC_TERM_ERROR_LENGTH,
          "has 0 days" },
        { "2026-09-01",
          "2027-09-02",
          { { 0 } },
          0,
          -1,
          SC_TERM_ERROR_LENGTH,
          "has 367 days" },
        { "1999-09-01",
          "1999-12-31",
          { { 0 } },
          0,
          -1,
          SC_TERM_ERROR_YEARS,
          "years 2000 to 2100" },
        { "2026-09-01",
          "2026-12-31",
          { { "2027-01-01", NULL } },
          1,
          0,
          SC_TERM_ERROR_OUTSIDE,
          "not in the term" },
        { "2026-09-01",
          "2026-12-31",
          { { "2026-10-01", NULL }, { "2026-10-01", NULL } },
          2,
          1,
          SC_TERM_ERROR_TWICE,
          "twice" },
        { "2026-09-01",
          "2026-12-31",
          { { "2026-10-10", "2026-08-01" } },
          1,
          0,
          SC_TERM_ERROR_FOLLOWS,
          "follows 2026-08-01" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        int index = -2;
        ScTermCalendar *calendar =
            sc_term_calendar_new(cases[i].first, cases[i].last, cases[i].exceptions,
                                 cases[i].n, &index, &error);
        g_assert_null(calendar);
        g_assert_cmpint(index, ==, cases[i].index);
        g_assert_error(error, SC_TERM_ERROR, (gint)cases[i].rule);
        g_assert_nonnull(strstr(error->message, cases[i].detail));
    }
}

static void
texts_of_days_and_minutes_are_strict(void)
{
    static const char *const bad_days[] = { "",           "2026-2-28",   "2026-02-29",
                                            "2026-13-01", "2026-02-28 ", "20260228",
                                            "1999-12-31", "2101-01-01",  "2026-0x-01" };
    static const char *const bad_minutes[] = { "",       "8:00", "24:00", "08:60",
                                               "08:00 ", "0800", "-1:00" };
    GDate day;
    unsigned minute;
    g_assert_true(sc_day_parse("2028-02-29", &day));
    for (unsigned i = 0; i < G_N_ELEMENTS(bad_days); i++)
        g_assert_false(sc_day_parse(bad_days[i], &day));
    g_assert_true(sc_minute_parse("23:59", &minute));
    g_assert_cmpuint(minute, ==, 1439);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad_minutes); i++)
        g_assert_false(sc_minute_parse(bad_minutes[i], &minute));
    char text[SC_DAY_LENGTH + 1];
    sc_day_add("2026-12-31", 1, text);
    g_assert_cmpstr(text, ==, "2027-01-01");
    sc_day_add("2026-03-01", -1, text);
    g_assert_cmpstr(text, ==, "2026-02-28");
    g_assert_cmpuint(sc_day_get_weekday("2026-11-26"), ==, 4);
}

static void
instant_is_what_the_zone_shows(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    int64_t time_ms = sc_instant_at("2026-09-01", 8 * 60, zone);
    g_assert_cmpint(time_ms, ==, 1788220800000); /* 2026-09-01T00:00:00Z */
    char day[SC_DAY_LENGTH + 1];
    unsigned minute;
    sc_instant_split(time_ms, zone, day, &minute);
    g_assert_cmpstr(day, ==, "2026-09-01");
    g_assert_cmpuint(minute, ==, 8 * 60);
}

static void
odd_and_even_weeks_are_told_apart(void)
{
    ScWeekRule rule;
    g_assert_true(sc_week_rule_parse("odd", &rule));
    g_assert_true(sc_week_rule_matches(rule, 1));
    g_assert_false(sc_week_rule_matches(rule, 2));
    g_assert_true(sc_week_rule_parse("even", &rule));
    g_assert_true(sc_week_rule_matches(rule, 20));
    g_assert_false(sc_week_rule_parse("单", &rule));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/term-calendar/" #name, name)
    ADD(day_is_held_as_week_and_weekday);
    ADD(wrong_term_is_refused_by_what_is_wrong);
    ADD(texts_of_days_and_minutes_are_strict);
    ADD(instant_is_what_the_zone_shows);
    ADD(odd_and_even_weeks_are_told_apart);
    return g_test_run();
}
