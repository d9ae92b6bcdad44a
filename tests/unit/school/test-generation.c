/* SPDX-License-Identifier: Apache-2.0 */
/* What a timetable becomes when it is made into lessons, again and again. */
#include "signaling/school/generation.h"
#include "small-school.h"

#define LESSONS                                                               \
    "SELECT entry_day, (starts_ms / 60000 + 480) % 1440, teacher FROM lesson" \
    " ORDER BY starts_ms"

static void
generate_at(SmallSchool *school, int64_t now_ms, unsigned n_made, unsigned n_moved,
            unsigned n_removed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScGenerator) generator =
        sc_generator_new(school->store, school->zone, now_ms);
    ScGenerated counts = { 0 };
    g_assert_true(sc_generator_run_entry(generator, "entry", &counts, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(counts.n_made, ==, n_made);
    g_assert_cmpuint(counts.n_moved, ==, n_moved);
    g_assert_cmpuint(counts.n_removed, ==, n_removed);
}

static void
generate(SmallSchool *school, unsigned n_made, unsigned n_moved, unsigned n_removed)
{
    generate_at(school, SMALL_SCHOOL_NOW_MS, n_made, n_moved, n_removed);
}

static void
assert_lessons(SmallSchool *school, const char *want)
{
    g_autofree char *have = small_school_read(school, LESSONS);
    g_assert_cmpstr(have, ==, want);
}

static void
each_week_has_its_lesson_with_all_sites(SmallSchool *school,
                                        gconstpointer user_data G_GNUC_UNUSED)
{
    generate(school, 4, 0, 0);
    assert_lessons(school, "2026-09-07|480|zhang\n2026-09-14|480|zhang\n"
                           "2026-09-21|480|zhang\n2026-09-28|480|zhang\n");
    g_autofree char *sites = small_school_read(
        school, "SELECT DISTINCT site, role, tile FROM lesson_site ORDER BY tile");
    g_assert_cmpstr(sites, ==, "giving|teacher|-\nnear|classroom|0\nfar|classroom|1\n");
    g_assert_cmpint(small_school_count(school, "SELECT count(*) FROM lesson_site"), ==,
                    12);
}

static void
a_second_generation_changes_nothing(SmallSchool *school,
                                    gconstpointer user_data G_GNUC_UNUSED)
{
    static const char *const all = "SELECT * FROM lesson ORDER BY id";
    generate(school, 4, 0, 0);
    g_autofree char *before = small_school_read(school, all);
    generate(school, 0, 0, 0);
    g_autofree char *after = small_school_read(school, all);
    g_assert_cmpstr(after, ==, before);
}

static void
a_lesson_moved_by_hand_stays_where_it_is(SmallSchool *school,
                                         gconstpointer user_data G_GNUC_UNUSED)
{
    generate(school, 4, 0, 0);
    small_school_run(school,
                     "UPDATE lesson SET touched = 1, starts_ms = starts_ms + 86400000,"
                     " ends_ms = ends_ms + 86400000"
                     " WHERE entry_day = '2026-09-14'");
    small_school_run(school, "UPDATE entry SET period = 2");
    generate(school, 0, 3, 0);
    assert_lessons(school, "2026-09-07|540|zhang\n2026-09-14|480|zhang\n"
                           "2026-09-21|540|zhang\n2026-09-28|540|zhang\n");
    small_school_run(school, "UPDATE entry SET weekday = 3");
    generate(school, 4, 0, 3);
    g_assert_cmpint(
        small_school_count(school,
                           "SELECT count(*) FROM lesson WHERE entry_day = '2026-09-14'"),
        ==, 1);
}

static void
a_day_off_takes_its_lesson_and_a_shifted_workday_holds_it(
    SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    generate(school, 4, 0, 0);
    small_school_run(school, "INSERT INTO term_exception (term, day, kind, name)"
                             " VALUES ('term', '2026-09-14', 'off', '假')");
    generate(school, 0, 0, 1);
    assert_lessons(school, "2026-09-07|480|zhang\n2026-09-21|480|zhang\n"
                           "2026-09-28|480|zhang\n");
    g_assert_cmpint(small_school_count(school, "SELECT count(*) FROM lesson_site"), ==,
                    9);
    small_school_run(school,
                     "INSERT INTO term_exception (term, day, kind, follows, name)"
                     " VALUES ('term', '2026-09-19', 'work', '2026-09-14', '班')");
    generate(school, 1, 0, 0);
    assert_lessons(school, "2026-09-07|480|zhang\n2026-09-19|480|zhang\n"
                           "2026-09-21|480|zhang\n2026-09-28|480|zhang\n");
}

/* What an entry becomes when one thing of it, or of its pairing, is changed. */
static void
lessons_follow_the_entry(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *change;
        unsigned n_made, n_moved, n_removed;
        const char *lessons;
    } cases[] = {
        { "UPDATE entry SET period = 2", 0, 4, 0,
          "2026-09-07|540|zhang\n2026-09-14|540|zhang\n2026-09-21|540|zhang\n"
          "2026-09-28|540|zhang\n" },
        { "UPDATE period SET starts_min = 550, ends_min = 590 WHERE number = 2", 0, 4, 0,
          "2026-09-07|550|zhang\n2026-09-14|550|zhang\n2026-09-21|550|zhang\n"
          "2026-09-28|550|zhang\n" },
        { "UPDATE entry SET weeks = 'odd'", 0, 0, 2,
          "2026-09-07|550|zhang\n2026-09-21|550|zhang\n" },
        { "UPDATE entry SET weeks = 'even'", 2, 0, 2,
          "2026-09-14|550|zhang\n2026-09-28|550|zhang\n" },
        { "UPDATE entry SET weeks = 'all', first_week = 3", 1, 0, 1,
          "2026-09-21|550|zhang\n2026-09-28|550|zhang\n" },
        { "UPDATE entry SET last_week = 3", 0, 0, 1, "2026-09-21|550|zhang\n" },
        { "UPDATE entry SET weekday = 5", 1, 0, 1, "2026-09-25|550|zhang\n" },
        { "UPDATE pairing SET teacher = NULL", 0, 1, 0, "2026-09-25|550|-\n" },
        { "UPDATE pairing SET state = 'suspended'", 0, 0, 1, "" },
        { "UPDATE pairing SET state = 'active'", 1, 0, 0, "2026-09-25|550|-\n" },
        { "DELETE FROM entry", 0, 0, 1, "" },
    };
    generate(school, 4, 0, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].change);
        small_school_run(school, cases[i].change);
        generate(school, cases[i].n_made, cases[i].n_moved, cases[i].n_removed);
        assert_lessons(school, cases[i].lessons);
    }
}

static void
what_was_or_runs_stays(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    int64_t now_ms = SMALL_SCHOOL_NOW_MS + 14 * DAY_MS; /* 2026-09-15 */
    generate(school, 4, 0, 0);
    small_school_run(school, "UPDATE lesson SET opened_ms = 1"
                             " WHERE entry_day = '2026-09-21'");
    small_school_run(school, "DELETE FROM entry");
    generate_at(school, now_ms, 0, 0, 1);
    assert_lessons(school, "2026-09-07|480|zhang\n2026-09-14|480|zhang\n"
                           "2026-09-21|480|zhang\n");
}

static void
sites_of_a_pairing_are_renewed_in_lessons_to_come(SmallSchool *school,
                                                  gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScGenerator) generator =
        sc_generator_new(school->store, school->zone, SMALL_SCHOOL_NOW_MS + 14 * DAY_MS);
    ScGenerated counts = { 0 };
    generate(school, 4, 0, 0);
    small_school_run(school, "DELETE FROM pairing_site WHERE site = 'near'");
    g_assert_true(sc_generator_run_pairing(generator, "pairing", &counts, &error));
    g_autofree char *sites = small_school_read(
        school, "SELECT entry_day, count(site) FROM lesson JOIN lesson_site"
                " ON lesson = lesson.id GROUP BY lesson.id ORDER BY entry_day");
    g_assert_cmpstr(sites, ==,
                    "2026-09-07|3\n2026-09-14|3\n2026-09-21|2\n2026-09-28|2\n");
}

#define ADD(name, function)                                                           \
    g_test_add("/generation/" name, SmallSchool, NULL, small_school_set_up, function, \
               small_school_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("each week has its lesson with all sites",
        each_week_has_its_lesson_with_all_sites);
    ADD("a second generation changes nothing", a_second_generation_changes_nothing);
    ADD("a lesson moved by hand stays where it is",
        a_lesson_moved_by_hand_stays_where_it_is);
    ADD("a day off takes its lesson and a shifted workday holds it",
        a_day_off_takes_its_lesson_and_a_shifted_workday_holds_it);
    ADD("lessons follow the entry", lessons_follow_the_entry);
    ADD("what was or runs stays", what_was_or_runs_stays);
    ADD("sites of a pairing are renewed in lessons to come",
        sites_of_a_pairing_are_renewed_in_lessons_to_come);
    return g_test_run();
}
