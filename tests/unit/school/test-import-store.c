/* SPDX-License-Identifier: Apache-2.0 */
/* An import is written whole, or not at all where somebody was faster. */
#include <string.h>

#include "signaling/api/import-store.h"
#include "signaling/store/audit.h"
#include "small-school.h"

#define ROWS                                                            \
    "授课教室,教师,科目,受援教室,星期,节次,单双周\n" \
    "授课,zhang,数学,近；远,周一,1,\n"                         \
    "授课,zhang,数学,近；远,周二,1,单\n"                      \
    "授课,zhang,音乐,远,周三,2,\n"

static ScImportOrder
make_order(const SmallSchool *school)
{
    return (ScImportOrder){ .term = "term",
                            .person = "zhang",
                            .audit_name = "zhang",
                            .actor_name = "张",
                            .address = "::1",
                            .action = "import-timetable",
                            .now_ms = SMALL_SCHOOL_NOW_MS,
                            .zone = school->zone };
}

static ScImport *
look(SmallSchool *school, const ScImportOrder *order, ScImportState *out_state)
{
    g_autoptr(GError) error = NULL;
    small_school_run(school,
                     "INSERT OR IGNORE INTO appointment (person, organisation, role)"
                     " VALUES ('zhang', 'county', 'administrator'),"
                     " ('zhang', 'town', 'teacher')");
    g_assert_true(sc_import_load(school->store, order, out_state, &error));
    g_autoptr(ScCsv) csv = sc_import_parse(ROWS, strlen(ROWS), &error);
    g_assert_no_error(error);
    ScImport *import =
        sc_import_check(csv, out_state->tables, out_state->term, 1000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(import->n_faults, ==, 0);
    return import;
}

static void
note(SmallSchool *school, const char *kind, ScAuditOutcome outcome)
{
    g_autoptr(GError) error = NULL;
    const ScAuditRow row = { .actor = "li",
                             .actor_name = "李",
                             .address = "::1",
                             .action = "x",
                             .outcome = outcome,
                             .kind = kind,
                             .object = "x" };
    g_assert_true(sc_store_add_audit(school->store, &row, &error));
}

static char *
read_counts(SmallSchool *school)
{
    return small_school_read(school,
                             "SELECT (SELECT count(*) FROM pairing),"
                             " (SELECT count(*) FROM pairing_site),"
                             " (SELECT count(*) FROM pairing_history),"
                             " (SELECT count(*) FROM entry), (SELECT count(*) FROM job),"
                             " (SELECT count(*) FROM audit)");
}

static void
rows_are_written_with_their_pairings_job_and_audit(SmallSchool *school,
                                                   gconstpointer user_data G_GNUC_UNUSED)
{
    g_auto(ScImportState) state = { 0 };
    const ScImportOrder order = make_order(school);
    g_autoptr(ScImport) import = look(school, &order, &state);
    g_autoptr(GError) error = NULL;
    ScImportSaved saved = { 0 };
    g_assert_cmpuint(import->n_unchanged, ==, 1);
    /* what changes nothing that was looked at is no hindrance */
    note(school, "session", SC_AUDIT_DONE);
    note(school, "path", SC_AUDIT_REFUSED);
    g_assert_true(sc_import_save(school->store, &order, &state, import, &saved, &error));
    g_assert_nonnull(saved.job);
    g_free(saved.job);
    g_autofree char *counts = read_counts(school);
    g_assert_cmpstr(counts, ==, "2|3|1|3|1|4\n");
    g_autofree char *entries = small_school_read(
        school, "SELECT pairing.subject, weekday, schedule, period, weeks, first_week,"
                " last_week, entry.teacher FROM entry JOIN pairing"
                " ON pairing.id = entry.pairing ORDER BY weekday");
    g_assert_cmpstr(entries, ==,
                    "数学|1|bells|1|all|1|53|-\n数学|2|bells|1|odd|1|53|-\n"
                    "音乐|3|bells|2|all|1|53|-\n");
    g_autofree char *pairing = small_school_read(
        school, "SELECT name, organisation, term, giving_site, teacher, state"
                " FROM pairing WHERE subject = '音乐'");
    g_assert_cmpstr(pairing, ==, "音乐|county|term|giving|zhang|active\n");
}

static void
nothing_is_written_where_somebody_was_faster(SmallSchool *school,
                                             gconstpointer user_data G_GNUC_UNUSED)
{
    static const char *const kinds[] = { "entry",         "pairing", "term",
                                         "bell-schedule", "site",    "organisation",
                                         "lesson",        "import",  "person" };
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(ScImportState) state = { 0 };
        const ScImportOrder order = make_order(school);
        g_autoptr(ScImport) import = look(school, &order, &state);
        g_autoptr(GError) error = NULL;
        ScImportSaved saved = { 0 };
        note(school, kinds[i], SC_AUDIT_DONE);
        g_autofree char *before = read_counts(school);
        g_assert_true(
            sc_import_save(school->store, &order, &state, import, &saved, &error));
        g_assert_null(saved.job);
        g_autofree char *after = read_counts(school);
        g_assert_cmpstr(after, ==, before);
    }
}

static void
what_cannot_be_written_leaves_nothing(SmallSchool *school,
                                      gconstpointer user_data G_GNUC_UNUSED)
{
    g_auto(ScImportState) state = { 0 };
    const ScImportOrder order = make_order(school);
    g_autoptr(ScImport) import = look(school, &order, &state);
    g_autoptr(GError) error = NULL;
    ScImportSaved saved = { 0 };
    small_school_run(school, "DELETE FROM period WHERE number = 2");
    g_autofree char *before = read_counts(school);
    g_assert_false(sc_import_save(school->store, &order, &state, import, &saved, &error));
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
    g_autofree char *after = read_counts(school);
    g_assert_cmpstr(after, ==, before);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                    \
    g_test_add("/import-store/" #name, SmallSchool, NULL, small_school_set_up, name, \
               small_school_tear_down)
    ADD(rows_are_written_with_their_pairings_job_and_audit);
    ADD(nothing_is_written_where_somebody_was_faster);
    ADD(what_cannot_be_written_leaves_nothing);
    return g_test_run();
}
