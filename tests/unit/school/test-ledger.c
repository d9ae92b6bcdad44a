/* SPDX-License-Identifier: Apache-2.0 */
/* What lessons come to in the ledger and its sums, each figure computed by hand. */
#include "signaling/store/ledger.h"
#include "signaling/store/timetable.h"
#include "small-school.h"

#define MIN_MS (60LL * 1000)
#define STARTS_MS (SMALL_SCHOOL_NOW_MS + 6 * DAY_MS)

/* What one site had of a lesson, in minutes; delivered −1: no attendance at all. */
typedef struct {
    const char *site;
    int delivered_min, received_min;
    unsigned n_interruptions, n_floor;
} Had;

static void
add_lesson(SmallSchool *school, const char *id, const char *origin, const char *state,
           unsigned n_days)
{
    g_autoptr(GError) error = NULL;
    char near_site[] = "near", far_site[] = "far";
    char *receiving[] = { near_site, far_site, NULL };
    int64_t starts_ms = STARTS_MS + n_days * DAY_MS;
    const ScNewLesson lesson = {
        .id = id,
        .organisation = "county",
        .pairing = "pairing",
        .term = "term",
        .origin = origin,
        .teacher = "zhang",
        .title = "数学",
        .subject = "数学",
        .day = "2026-09-07",
        .period = 1,
        .starts_ms = starts_ms,
        .ends_ms = starts_ms + SMALL_SCHOOL_LESSON_MS,
    };
    g_assert_true(
        sc_store_add_made_lesson(school->store, &lesson, "giving", receiving, &error));
    g_assert_no_error(error);
    g_autofree char *sql =
        g_strdup_printf("UPDATE lesson SET state = '%s' WHERE id = '%s'", state, id);
    small_school_run(school, sql);
}

static void
put(SmallSchool *school, const char *lesson, const Had *had)
{
    g_autoptr(GError) error = NULL;
    const ScAttendanceRow row = {
        .delivered_ms = had->delivered_min * MIN_MS,
        .received_ms = had->received_min * MIN_MS,
        .n_interruptions = had->n_interruptions,
        .loss_permille = 12,
        .rtt_ms = -1,
        .width = 1280,
        .height = 720,
        .n_floor = had->n_floor,
        .floor_ms = had->n_floor * MIN_MS,
        .first_ms = -1,
        .last_ms = -1,
    };
    if (had->delivered_min >= 0)
        g_assert_true(
            sc_store_put_attendance(school->store, lesson, had->site, &row, &error));
    g_assert_no_error(error);
}

static void
record(SmallSchool *school, const char *lesson, const char *month)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(sc_store_record_lesson(school->store, lesson, month, 77, &error));
    g_assert_no_error(error);
}

static void
assert_reads(SmallSchool *school, const char *sql, const char *want)
{
    g_autofree char *have = small_school_read(school, sql);
    g_assert_cmpstr(have, ==, want);
}

#define SUMS                                                                           \
    "SELECT site, role, organisation, n_due, n_cancelled, n_given, n_received, "       \
    "n_makeup,"                                                                        \
    " n_given_sites, scheduled_ms / 60000, delivered_ms / 60000, received_ms / 60000," \
    " n_interruptions, n_floor, floor_ms / 60000 FROM summary ORDER BY month, role "   \
    "DESC,"                                                                            \
    " site DESC"

/* 40 minutes each, of which 60 % must arrive: 24. */
static void
hold_three(SmallSchool *school)
{
    static const Had first[] = { { "giving", 38, 0, 0, 2 },
                                 { "near", 38, 36, 1, 3 },
                                 { "far", 38, 23, 4, 0 } };
    static const Had third[] = { { "giving", 24, 0, 0, 0 },
                                 { "near", 24, 24, 0, 1 },
                                 { "far", -1, 0, 0, 0 } };
    add_lesson(school, "first", "timetable", "ended", 0);
    add_lesson(school, "second", "timetable", "cancelled", 7);
    add_lesson(school, "third", "makeup", "ended", 8);
    for (unsigned i = 0; i < G_N_ELEMENTS(first); i++) {
        put(school, "first", &first[i]);
        put(school, "third", &third[i]);
    }
}

static void
sums_are_those_of_the_lessons(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    hold_three(school);
    record(school, "first", "2026-09");
    assert_reads(school, SUMS,
                 "giving|teacher|town|1|0|1|0|0|2|40|38|0|0|2|2\n"
                 "near|classroom|village|1|0|1|1|0|0|40|38|36|1|3|3\n"
                 "far|classroom|village|1|0|1|0|0|0|40|38|23|4|0|0\n");
    record(school, "second", "2026-09");
    record(school, "third", "2026-09");
    assert_reads(school, SUMS,
                 "giving|teacher|town|3|1|2|0|1|4|120|62|0|0|2|2\n"
                 "near|classroom|village|3|1|2|2|1|0|120|62|60|1|4|4\n"
                 "far|classroom|village|3|1|1|0|0|0|120|38|23|4|0|0\n");
    assert_reads(school,
                 "SELECT DISTINCT term, month, pairing, teacher, subject FROM summary",
                 "term|2026-09|pairing|zhang|数学\n");
}

static void
months_are_kept_apart(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    hold_three(school);
    record(school, "first", "2026-09");
    record(school, "third", "2026-10");
    assert_reads(school,
                 "SELECT month, n_due, n_given, received_ms / 60000 FROM summary"
                 " WHERE site = 'near' ORDER BY month",
                 "2026-09|1|1|36\n2026-10|1|1|24\n");
}

/* What must arrive, in per cent, as the nearest organisation says. */
static void
the_nearest_organisation_says_what_counts(SmallSchool *school,
                                          gconstpointer user_data G_GNUC_UNUSED)
{
    hold_three(school);
    small_school_run(school, "INSERT INTO workload (organisation, received_min_pct)"
                             " VALUES ('county', 95), ('village', 57)");
    record(school, "first", "2026-09"); /* given 95 %, received 90 % and 57.5 % */
    record(school, "third", "2026-09"); /* given 60 % */
    assert_reads(school, "SELECT site, n_given, n_received FROM summary ORDER BY site",
                 "far|1|1\ngiving|1|0\nnear|2|2\n");
}

static void
rows_have_what_was_counted(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    hold_three(school);
    record(school, "first", "2026-09");
    assert_reads(
        school,
        "SELECT seq, site, role, organisation, term, pairing, teacher, state,"
        " scheduled_ms, delivered_ms, received_ms, n_interruptions, loss_permille,"
        " rtt_ms, n_floor, floor_ms, closed_ms FROM ledger ORDER BY seq",
        "1|giving|teacher|town|term|pairing|zhang|ended|2400000|2280000|0|0|12|-|2|"
        "120000|77\n"
        "2|near|classroom|village|term|pairing|zhang|ended|2400000|2280000|2160000|"
        "1|12|-|3|180000|77\n"
        "3|far|classroom|village|term|pairing|zhang|ended|2400000|2280000|1380000|"
        "4|12|-|0|0|77\n");
}

static void
a_lesson_is_recorded_once(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    hold_three(school);
    record(school, "first", "2026-09");
    g_assert_false(sc_store_record_lesson(school->store, "first", "2026-09", 78, &error));
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
    assert_reads(school, "SELECT count(*), max(seq) FROM ledger", "3|3\n");
    assert_reads(school, "SELECT last_seq FROM chain WHERE name = 'ledger'", "3\n");
    assert_reads(school, "SELECT n_due FROM summary", "1\n1\n1\n");
}

static void
only_what_is_over_waits_for_the_ledger(SmallSchool *school,
                                       gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    hold_three(school);
    add_lesson(school, "live", "timetable", "live", 0);
    g_auto(GStrv) early = sc_store_list_unrecorded(school->store, STARTS_MS, 9, &error);
    g_auto(GStrv) late =
        sc_store_list_unrecorded(school->store, STARTS_MS + 9 * DAY_MS, 9, &error);
    g_autofree char *before = g_strjoinv(" ", early);
    g_autofree char *after = g_strjoinv(" ", late);
    g_assert_cmpstr(before, ==, "first third");
    g_assert_cmpstr(after, ==, "first second third");
    record(school, "first", "2026-09");
    g_auto(GStrv) rest =
        sc_store_list_unrecorded(school->store, STARTS_MS + 9 * DAY_MS, 9, &error);
    g_autofree char *left = g_strjoinv(" ", rest);
    g_assert_cmpstr(left, ==, "second third");
}

#define ADD(name, function)                                                       \
    g_test_add("/ledger/" name, SmallSchool, NULL, small_school_set_up, function, \
               small_school_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("sums are those of the lessons", sums_are_those_of_the_lessons);
    ADD("months are kept apart", months_are_kept_apart);
    ADD("the nearest organisation says what counts",
        the_nearest_organisation_says_what_counts);
    ADD("rows have what was counted", rows_have_what_was_counted);
    ADD("a lesson is recorded once", a_lesson_is_recorded_once);
    ADD("only what is over waits for the ledger", only_what_is_over_waits_for_the_ledger);
    return g_test_run();
}
