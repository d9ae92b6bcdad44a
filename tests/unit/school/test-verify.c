/* SPDX-License-Identifier: Apache-2.0 */
/* A changed, missing or exchanged row is found, and where. */
#include "signaling/store/audit.h"
#include "signaling/store/ledger.h"
#include "signaling/store/timetable.h"
#include "signaling/store/verify.h"
#include "small-school.h"

#define N_ROWS 6

static const char *const chains[] = { "ledger", "audit" };

/* Two lessons, with three sites each. */
static void
fill_ledger(SmallSchool *school)
{
    char near_site[] = "near", far_site[] = "far";
    char *receiving[] = { near_site, far_site, NULL };
    static const char *const ids[] = { "first", "second" };
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        const ScNewLesson lesson = {
            .id = ids[i],
            .term = "term",
            .origin = "single",
            .title = "课",
            .subject = "数学",
            .period = -1,
            .starts_ms = 1,
            .ends_ms = 1000,
        };
        const ScAttendanceRow row = {
            .delivered_ms = 900, .rtt_ms = -1, .width = -1, .height = -1
        };
        g_assert_true(
            sc_store_add_made_lesson(school->store, &lesson, "giving", receiving, NULL));
        g_assert_true(sc_store_put_attendance(school->store, ids[i], "near", &row, NULL));
        g_assert_true(sc_store_record_lesson(school->store, ids[i], "2026-09", 5, NULL));
    }
}

static void
fill_audit(SmallSchool *school)
{
    for (int i = 0; i < N_ROWS; i++) {
        const ScAuditRow row = {
            .at_ms = i,
            .actor = "zhang",
            .actor_name = "张",
            .address = "::1",
            .action = "patch-site",
            .kind = "site",
            .object = "near",
            .organisation = i % 2 == 0 ? "village" : NULL,
            .before = i % 3 == 0 ? "{\"a\":1}" : NULL,
            .after = "{\"a\":2}",
        };
        g_assert_true(sc_store_add_audit(school->store, &row, NULL));
    }
}

static void
set_up(SmallSchool *school, gconstpointer user_data)
{
    small_school_set_up(school, user_data);
    fill_ledger(school);
    fill_audit(school);
    small_school_run(school, "PRAGMA ignore_check_constraints = ON");
}

static void
verify(SmallSchool *school, const char *chain, bool is_sound, int64_t n_rows)
{
    g_autoptr(GError) error = NULL;
    g_auto(ScVerified) verified = { 0 };
    g_assert_true(sc_store_verify(school->store, chain, &verified, &error));
    g_assert_no_error(error);
    if (verified.is_sound != is_sound || verified.n_rows != n_rows)
        g_error("%s: sound %d, %d rows, \"%s\"; wanted %d, %d", chain, verified.is_sound,
                (int)verified.n_rows, verified.detail, is_sound, (int)n_rows);
    g_assert_cmpint(verified.detail[0] == '\0', ==, is_sound);
}

/* @statements are done, found by verifying after @n_sound rows, and undone. */
static void
tamper(SmallSchool *school, const char *chain, const char *const *statements, unsigned n,
       int64_t n_sound)
{
    g_assert_true(sc_store_begin(school->store, NULL));
    for (unsigned i = 0; i < n; i++) {
        g_test_message("%s", statements[i]);
        small_school_run(school, statements[i]);
    }
    verify(school, chain, false, n_sound);
    sc_store_rollback(school->store);
    verify(school, chain, true, N_ROWS);
}

static void tamper_once(SmallSchool *school, const char *chain, int64_t n_sound,
                        const char *format, ...) G_GNUC_PRINTF(4, 5);

static void
tamper_once(SmallSchool *school, const char *chain, int64_t n_sound, const char *format,
            ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tamper(school, chain, (const char *const[]){ sql }, 1, n_sound);
}

static void
untouched_chains_are_sound(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++)
        verify(school, chains[i], true, N_ROWS);
}

/* Every column of the tables, whatever they will have. */
static void
each_changed_column_is_found(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++) {
        const char *chain = chains[i];
        g_autofree char *sql =
            g_strdup_printf("SELECT name FROM pragma_table_info('%s')", chain);
        g_autofree char *text = small_school_read(school, sql);
        g_auto(GStrv) names = g_strsplit(text, "\n", -1);
        g_assert_cmpuint(g_strv_length(names), >=, 14);
        for (char **name = names; **name != '\0'; name++)
            for (int seq = 1; seq <= N_ROWS; seq++)
                tamper_once(school, chain, seq - 1,
                            "UPDATE %s SET %s = CASE typeof(%s) WHEN 'null' THEN 7"
                            " WHEN 'integer' THEN %s + 100 ELSE %s || 'x' END"
                            " WHERE seq = %d",
                            chain, *name, *name, *name, *name, seq);
    }
}

static void
nothing_and_an_empty_text_are_not_the_same(SmallSchool *school,
                                           gconstpointer user_data G_GNUC_UNUSED)
{
    tamper_once(school, "ledger", 1, "UPDATE ledger SET teacher = '' WHERE seq = 2");
    tamper_once(school, "ledger", 1, "UPDATE ledger SET rtt_ms = 0 WHERE seq = 2");
    tamper_once(school, "audit", 1, "UPDATE audit SET before = '' WHERE seq = 2");
    tamper_once(school, "audit", 2, "UPDATE audit SET organisation = NULL WHERE seq = 3");
}

static void
a_missing_row_is_found(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        int seq;
        int64_t n_sound;
    } cases[] = { { 1, 0 }, { 3, 2 }, { N_ROWS, N_ROWS - 1 } };
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++)
        for (unsigned j = 0; j < G_N_ELEMENTS(cases); j++)
            tamper_once(school, chains[i], cases[j].n_sound,
                        "DELETE FROM %s WHERE seq = %d", chains[i], cases[j].seq);
    tamper_once(school, "ledger", 0, "DELETE FROM ledger");
    tamper_once(school, "audit", 0, "DELETE FROM audit");
}

/* Those behind it take its number. */
static void
a_row_taken_out_and_numbered_over_is_found(SmallSchool *school,
                                           gconstpointer user_data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++) {
        g_autofree char *removal =
            g_strdup_printf("DELETE FROM %s WHERE seq = 3", chains[i]);
        g_autofree char *aside =
            g_strdup_printf("UPDATE %s SET seq = seq + 1000 WHERE seq > 3", chains[i]);
        g_autofree char *back =
            g_strdup_printf("UPDATE %s SET seq = seq - 1001 WHERE seq > 1000", chains[i]);
        tamper(school, chains[i], (const char *const[]){ removal, aside, back }, 3, 2);
    }
}

static void
two_exchanged_rows_are_found(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++) {
        g_autofree char *away =
            g_strdup_printf("UPDATE %s SET seq = 1000 WHERE seq = 2", chains[i]);
        g_autofree char *down =
            g_strdup_printf("UPDATE %s SET seq = 2 WHERE seq = 4", chains[i]);
        g_autofree char *up =
            g_strdup_printf("UPDATE %s SET seq = 4 WHERE seq = 1000", chains[i]);
        tamper(school, chains[i], (const char *const[]){ away, down, up }, 3, 1);
    }
}

static void
a_changed_end_is_found(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(chains); i++) {
        tamper_once(school, chains[i], N_ROWS,
                    "UPDATE chain SET last_seq = last_seq + 1 WHERE name = '%s'",
                    chains[i]);
        tamper_once(school, chains[i], N_ROWS,
                    "UPDATE chain SET last_hash = last_hash || 'x' WHERE name = '%s'",
                    chains[i]);
        tamper_once(school, chains[i], N_ROWS, "DELETE FROM chain WHERE name = '%s'",
                    chains[i]);
    }
}

static void
a_lesson_that_is_over_and_has_no_row_is_found(SmallSchool *school,
                                              gconstpointer user_data G_GNUC_UNUSED)
{
    tamper_once(school, "ledger", N_ROWS,
                "INSERT INTO lesson (id, term, title, subject, starts_ms, ends_ms, state,"
                " recorded) VALUES ('third', 'term', '', '', 1, 2, 'ended', 1)");
}

/* But the month: a row does not know its time zone. */
static void
each_changed_sum_is_found(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autofree char *text = small_school_read(
        school, "SELECT name FROM pragma_table_info('summary') WHERE name <> 'month'");
    g_auto(GStrv) names = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(names), >=, 19);
    for (char **name = names; **name != '\0'; name++)
        tamper_once(school, "ledger", N_ROWS,
                    "UPDATE summary SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + 100"
                    " ELSE %s || 'x' END WHERE site = 'near'",
                    *name, *name, *name, *name);
    tamper_once(school, "ledger", N_ROWS, "DELETE FROM summary WHERE site = 'far'");
    tamper_once(
        school, "ledger", N_ROWS,
        "INSERT INTO summary SELECT term, '2026-10', pairing, site, role, teacher,"
        " subject, organisation, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM summary"
        " WHERE site = 'near'");
}

#define ADD(name, function)                                          \
    g_test_add("/verify/" name, SmallSchool, NULL, set_up, function, \
               small_school_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("untouched chains are sound", untouched_chains_are_sound);
    ADD("each changed column is found", each_changed_column_is_found);
    ADD("nothing and an empty text are not the same",
        nothing_and_an_empty_text_are_not_the_same);
    ADD("a missing row is found", a_missing_row_is_found);
    ADD("a row taken out and numbered over is found",
        a_row_taken_out_and_numbered_over_is_found);
    ADD("two exchanged rows are found", two_exchanged_rows_are_found);
    ADD("a changed end is found", a_changed_end_is_found);
    ADD("a lesson that is over and has no row is found",
        a_lesson_that_is_over_and_has_no_row_is_found);
    ADD("each changed sum is found", each_changed_sum_is_found);
    return g_test_run();
}
