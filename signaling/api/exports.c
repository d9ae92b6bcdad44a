/* SPDX-License-Identifier: Apache-2.0 */
/* exports.c: the timetable as CSV in the form that imports.c reads, so that it can be
 * mended in a spreadsheet and taken in again. Made beside the main loop. */
#include "signaling/api/access.h"
#include "signaling/api/aside.h"
#include "signaling/api/handlers.h"
#include "signaling/api/import-store.h"
#include "signaling/school/csv-writer.h"
#include "signaling/school/import-cell.h"

#define SITE_SEPARATOR "；"

/* One export; as in imports.c. */
typedef struct {
    ScCall *call;       /* borrowed: held until we finish it; not for the thread */
    char *organisation; /* owned; NULL: all that is seen */
    bool is_english;
    ScImportOrder order; /* its texts are owned */
    char *text;          /* owned: the file */
} Work;

static void
work_free(Work *work)
{
    g_free((char *)work->order.term);
    g_free((char *)work->order.person);
    g_clear_pointer(&work->order.zone, g_time_zone_unref);
    g_free(work->organisation);
    g_free(work->text);
    g_free(work);
}

/* On the thread. */

/* Something that may be so of an organisation. */
typedef bool (*Test)(const ScImportTables *tables, unsigned organisation, unsigned data);

static bool
is_seen(const ScImportTables *tables, unsigned organisation, unsigned data G_GNUC_UNUSED)
{
    return sc_import_tables_get_organisation(tables, organisation)->is_seen;
}

static bool
is_below(const ScImportTables *tables, unsigned organisation, unsigned above)
{
    return sc_import_tables_is_below(tables, organisation, above);
}

/* Its own organisation, or the school of any of its sites. */
static bool
is_any(const ScImportTables *tables, const ScImportPairing *pairing, Test test,
       unsigned data)
{
    unsigned own = sc_import_tables_find_organisation(tables, pairing->organisation);
    if (own != SC_IMPORT_NONE && test(tables, own, data))
        return true;
    unsigned site = sc_import_tables_find_site(tables, pairing->giving_site);
    for (guint i = 0;; i++) {
        if (site != SC_IMPORT_NONE
            && test(tables, sc_import_tables_get_site(tables, site)->organisation, data))
            return true;
        if (i == pairing->receiving->len)
            return false;
        site = sc_import_tables_find_site(tables, pairing->receiving->pdata[i]);
    }
}

static bool
is_wanted(const Work *work, const ScImportTables *tables, const ScImportEntry *entry,
          unsigned above)
{
    bool is_own = g_strcmp0(entry->teacher, work->order.person) == 0
                  || g_strcmp0(entry->pairing->teacher, work->order.person) == 0;
    return (is_own || is_any(tables, entry->pairing, is_seen, 0))
           && (work->organisation == NULL
               || is_any(tables, entry->pairing, is_below, above));
}

static char *
print_receiving(const ScImportTables *tables, const ScImportPairing *pairing)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < pairing->receiving->len; i++) {
        unsigned site = sc_import_tables_find_site(tables, pairing->receiving->pdata[i]);
        if (site == SC_IMPORT_NONE)
            continue;
        g_autofree char *name = sc_import_tables_print_site(tables, site, NULL);
        g_string_append_printf(text, "%s%s", text->len > 0 ? SITE_SEPARATOR : "", name);
    }
    return g_string_free(text, FALSE);
}

static const char *
print_rule(const Work *work, ScWeekRule rule)
{
    static const char *const zh[SC_N_WEEK_RULES] = {
        [SC_WEEKS_ALL] = "全", [SC_WEEKS_ODD] = "单", [SC_WEEKS_EVEN] = "双"
    };
    return work->is_english ? sc_week_rule_get_name(rule) : zh[rule];
}

static const char *
print_weekday(const Work *work, unsigned weekday)
{
    static const char *const names[][2] = {
        { "周一", "Monday" },   { "周二", "Tuesday" }, { "周三", "Wednesday" },
        { "周四", "Thursday" }, { "周五", "Friday" },  { "周六", "Saturday" },
        { "周日", "Sunday" },
    };
    return names[weekday - 1][work->is_english];
}

/* The last week that there can be is left out: it means the term's. */
static void
write_weeks(const Work *work, const ScImportEntry *entry, ScCsvWriter *csv)
{
    sc_csv_writer_add(csv, print_rule(work, entry->rule));
    sc_csv_writer_add_integer(csv, entry->first_week);
    if (entry->last_week == SC_IMPORT_WEEK_MAX)
        sc_csv_writer_add(csv, NULL);
    else
        sc_csv_writer_add_integer(csv, entry->last_week);
}

/* In the order of SC_IMPORT_COLUMNS. */
static void
write_entry(const Work *work, const ScImportTables *tables, const ScImportEntry *entry,
            ScCsvWriter *csv)
{
    const ScImportPairing *pairing = entry->pairing;
    unsigned site = sc_import_tables_find_site(tables, pairing->giving_site);
    unsigned teacher = sc_import_tables_find_person(tables, entry->teacher);
    unsigned schedule = sc_import_tables_find_schedule(tables, entry->schedule);
    if (site == SC_IMPORT_NONE || schedule == SC_IMPORT_NONE)
        return;
    const ScImportSite *giving = sc_import_tables_get_site(tables, site);
    g_autofree char *school = NULL;
    g_autofree char *whole = sc_import_tables_print_site(tables, site, &school);
    g_autofree char *person =
        teacher != SC_IMPORT_NONE
            ? sc_import_tables_print_teacher(tables, giving->organisation, teacher)
            : NULL;
    g_autofree char *receiving = print_receiving(tables, pairing);
    g_autofree char *bells =
        sc_import_tables_print_schedule(tables, giving->organisation, schedule);
    sc_csv_writer_add(csv, school);
    sc_csv_writer_add(csv, *school != '\0' ? giving->name : whole);
    sc_csv_writer_add(csv, person);
    sc_csv_writer_add(csv, pairing->subject);
    sc_csv_writer_add(csv, pairing->grade);
    sc_csv_writer_add(csv, receiving);
    sc_csv_writer_add(csv, print_weekday(work, entry->weekday));
    sc_csv_writer_add_integer(csv, entry->period);
    write_weeks(work, entry, csv);
    sc_csv_writer_add(csv, bells);
    sc_csv_writer_end_row(csv);
}

static bool
do_work(ScStore *store, gpointer data, GError **error)
{
    Work *work = data;
    g_auto(ScImportState) state = { 0 };
    if (!sc_import_load(store, &work->order, &state, error))
        return false;
    g_autoptr(ScCsvWriter) csv = sc_csv_writer_new();
    const GPtrArray *entries = sc_import_tables_get_entries(state.tables);
    unsigned above = sc_import_tables_find_organisation(state.tables, work->organisation);
    for (unsigned i = 0; i < SC_N_IMPORT_COLUMNS; i++) {
        const ScCsvColumn *column = sc_import_column_get((ScImportColumn)i);
        sc_csv_writer_add(csv, work->is_english ? column->en : column->zh);
    }
    sc_csv_writer_end_row(csv);
    for (guint i = 0; i < entries->len; i++)
        if (is_wanted(work, state.tables, entries->pdata[i], above))
            write_entry(work, state.tables, entries->pdata[i], csv);
    work->text = sc_csv_writer_finish(csv);
    return true;
}

static void
on_done(gpointer data, const GError *error)
{
    Work *work = data;
    if (error == NULL)
        sc_call_answer_text(work->call, "text/csv; charset=utf-8",
                            work->is_english ? "timetable.csv" : "课表.csv",
                            g_steal_pointer(&work->text));
    sc_call_finish(work->call, error);
    work_free(work);
}

static bool export(ScCall *call, GError **error)
{
    const char *term = sc_call_get_query(call, "term");
    if (term == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "term", "term is missing");
        return false;
    }
    if (!sc_access_check_reference(call, "term", term, "term", error))
        return false;
    Work *work = g_new0(Work, 1);
    work->call = call;
    work->organisation = g_strdup(sc_call_get_query(call, "organisation"));
    work->is_english = g_strcmp0(sc_call_get_query(call, "language"), "en") == 0;
    work->order = (ScImportOrder){
        .term = g_strdup(term),
        .person = g_strdup(sc_call_get_actor(call)->id),
        .now_ms = sc_call_get_now_ms(call),
        .zone = g_time_zone_ref(sc_call_get_parts(call)->zone),
    };
    if (sc_aside_push(sc_call_get_parts(call)->aside, do_work, on_done, work, error))
        return true;
    work_free(work);
    return false;
}

const ScApiHandler sc_export_handlers[] = {
    { "export-timetable", export, NULL, NULL },
};
const unsigned sc_n_export_handlers = G_N_ELEMENTS(sc_export_handlers);
