/* SPDX-License-Identifier: Apache-2.0 */
/* imports.c: the timetable as CSV, looked at or taken in as a whole. It is read, checked
 * and written beside the main loop; the lessons are made by a job. */
#define G_LOG_DOMAIN "sc-api"

#include "signaling/api/access.h"
#include "signaling/api/aside.h"
#include "signaling/api/handlers.h"
#include "signaling/api/import-store.h"
#include "signaling/school/jobs.h"
#include "signaling/store/query.h"
#include "signaling/wording.h"

#define ATTEMPTS_MAX 3 /* when others change the timetable meanwhile */

/* One import. The thread has it from push to done; then it is the main loop's again. */
typedef struct {
    ScCall *call; /* borrowed: held until we finish it; not for the thread */
    GBytes *body; /* owned */
    bool is_dry;
    unsigned max_lessons;
    ScImportOrder order; /* its texts are owned */
    ScImportState state;
    ScImport *import; /* owned; NULL: not that far */
    ScImportSaved saved;
} Work;

static void
work_free(Work *work)
{
    g_free((char *)work->order.term);
    g_free((char *)work->order.person);
    g_free((char *)work->order.audit_name);
    g_free((char *)work->order.actor_name);
    g_free((char *)work->order.address);
    g_clear_pointer(&work->order.zone, g_time_zone_unref);
    g_bytes_unref(work->body);
    sc_import_free(work->import);
    sc_import_state_clear(&work->state);
    g_free(work->saved.job);
    g_free(work);
}

/* On the thread. */

static bool
look(Work *work, ScStore *store, const ScCsv *csv, GError **error)
{
    g_clear_pointer(&work->import, sc_import_free);
    sc_import_state_clear(&work->state);
    if (!sc_import_load(store, &work->order, &work->state, error))
        return false;
    work->import = sc_import_check(csv, work->state.tables, work->state.term,
                                   work->max_lessons, error);
    return work->import != NULL;
}

static bool
do_work(ScStore *store, gpointer data, GError **error)
{
    Work *work = data;
    gsize length;
    const void *bytes = g_bytes_get_data(work->body, &length);
    g_autoptr(ScCsv) csv = sc_import_parse(bytes, length, error);
    if (csv == NULL)
        return false;
    for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
        if (!look(work, store, csv, error))
            return false;
        if (work->is_dry || work->import->n_faults > 0)
            return true;
        if (!sc_import_save(store, &work->order, &work->state, work->import, &work->saved,
                            error))
            return false;
        if (work->saved.job != NULL)
            return true;
    }
    sc_problem_set_error(error, SC_PROBLEM_BUSY, NULL,
                         "the timetable was changed %d times while it was looked at",
                         ATTEMPTS_MAX);
    sc_problem_say(error, "检查期间课表一直有人在改，请稍后再试。",
                   "The timetable kept changing while it was looked at; please try "
                   "again later.");
    return false;
}

/* Answers. */

static JsonArray *
print_faults(const ScImport *import)
{
    JsonArray *faults = json_array_new();
    for (guint i = 0; i < import->faults->len; i++) {
        const ScImportFault *fault = &g_array_index(import->faults, ScImportFault, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "line", fault->line);
        json_object_set_string_member(object, "column", fault->column);
        json_object_set_string_member(object, "detail", fault->en);
        json_object_set_object_member(object, "sentence",
                                      sc_wording_print(fault->zh, fault->en));
        json_array_add_object_element(faults, object);
    }
    return faults;
}

static void
set_site(const ScImportTables *tables, const char *id, JsonArray *names)
{
    unsigned site = sc_import_tables_find_site(tables, id);
    g_autofree char *name =
        site != SC_IMPORT_NONE ? sc_import_tables_print_site(tables, site, NULL) : NULL;
    json_array_add_string_element(names, name != NULL ? name : id);
}

static JsonObject *
print_row(const ScImportTables *tables, const ScImportEntry *entry)
{
    const ScImportPairing *pairing = entry->pairing;
    unsigned teacher = sc_import_tables_find_person(tables, entry->teacher);
    unsigned schedule = sc_import_tables_find_schedule(tables, entry->schedule);
    JsonObject *row = json_object_new();
    g_autoptr(JsonArray) giving = json_array_new();
    JsonArray *receiving = json_array_new();
    set_site(tables, pairing->giving_site, giving);
    for (guint i = 0; i < pairing->receiving->len; i++)
        set_site(tables, pairing->receiving->pdata[i], receiving);
    json_object_set_string_member(row, "pairing", pairing->name);
    json_object_set_string_member(row, "giving_site",
                                  json_array_get_string_element(giving, 0));
    json_object_set_string_member(row, "teacher",
                                  teacher != SC_IMPORT_NONE
                                      ? sc_import_tables_get_person(tables, teacher)->name
                                      : NULL);
    json_object_set_string_member(row, "subject", pairing->subject);
    json_object_set_string_member(row, "grade", pairing->grade);
    json_object_set_array_member(row, "receiving_sites", receiving);
    json_object_set_int_member(row, "weekday", entry->weekday);
    json_object_set_int_member(row, "period", entry->period);
    json_object_set_string_member(row, "weeks", sc_week_rule_get_name(entry->rule));
    json_object_set_int_member(row, "first_week", entry->first_week);
    json_object_set_int_member(row, "last_week", entry->last_week);
    json_object_set_string_member(
        row, "schedule",
        schedule != SC_IMPORT_NONE ? sc_import_tables_get_schedule(tables, schedule)->name
                                   : NULL);
    return row;
}

static JsonObject *
print_found(const Work *work)
{
    const ScImport *import = work->import;
    JsonObject *found = json_object_new();
    JsonArray *preview = json_array_new();
    for (guint i = 0; i < import->preview->len; i++)
        json_array_add_object_element(
            preview, print_row(work->state.tables, import->preview->pdata[i]));
    json_object_set_int_member(found, "rows", import->n_rows);
    json_object_set_int_member(found, "n_good", import->n_good);
    json_object_set_int_member(found, "n_unchanged", import->n_unchanged);
    json_object_set_int_member(found, "n_errors", import->n_faults);
    json_object_set_array_member(found, "errors", print_faults(import));
    json_object_set_array_member(found, "preview", preview);
    return found;
}

/* What is wrong with the file as a whole. */
static void
refuse_file(ScCall *call, const GError *reason)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *zh = sc_import_print_error_zh(reason);
    sc_problem_set_error(&error,
                         g_error_matches(reason, SC_CSV_ERROR, SC_CSV_ERROR_N_BYTES)
                             ? SC_PROBLEM_BODY_TOO_LARGE
                             : SC_PROBLEM_INVALID_VALUE,
                         NULL, "%s", reason->message);
    sc_problem_say_literal(&error, zh, reason->message);
    sc_call_finish(call, error);
}

static void
refuse_rows(const Work *work)
{
    g_autoptr(GError) error = NULL;
    unsigned n_rows = work->import->n_rows;
    unsigned n_faulty = n_rows - work->import->n_good;
    sc_call_set_refusal(work->call, print_found(work));
    sc_problem_set_error(&error, SC_PROBLEM_INVALID_VALUE, NULL,
                         "%u of %u rows are faulty; nothing was taken in", n_faulty,
                         n_rows);
    sc_problem_say(&error, "共 %u 行，其中 %u 行有问题，什么都没有写入。",
                   "Of %u rows %u are faulty; nothing was taken in.", n_rows, n_faulty);
    sc_call_finish(work->call, error);
}

static void
conclude(const Work *work)
{
    const ScImport *import = work->import;
    JsonObject *answer = json_object_new();
    sc_jobs_wake(sc_call_get_parts(work->call)->jobs);
    g_message("term %s: imported %u entries and %u pairings, written in %.0f ms",
              work->order.term, import->entries->len, import->pairings->len,
              (double)work->saved.held_us / 1000);
    json_object_set_string_member(answer, "job", work->saved.job);
    json_object_set_int_member(answer, "n_entries", import->entries->len);
    json_object_set_int_member(answer, "n_pairings", import->pairings->len);
    sc_call_answer_object(work->call, 202, answer);
    sc_call_finish(work->call, NULL);
}

static void
on_done(gpointer data, const GError *error)
{
    Work *work = data;
    if (error != NULL && error->domain == SC_CSV_ERROR) {
        refuse_file(work->call, error);
    } else if (error != NULL) {
        sc_call_finish(work->call, error);
    } else if (work->is_dry) {
        sc_call_answer_object(work->call, 200, print_found(work));
        sc_call_finish(work->call, NULL);
    } else if (work->import->n_faults > 0) {
        refuse_rows(work);
    } else {
        conclude(work);
    }
    work_free(work);
}

/* The term is that of an organisation above or below where the actor administers. */
#define OWN                                                     \
    " FROM appointment AS own JOIN organisation_ancestor AS up" \
    " ON up.organisation = "
static bool
check_term(ScCall *call, const char *term, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool is_own;
    if (!sc_access_check_reference(call, "term", term, "term", error)
        || !sc_query_init(
            &query, sc_call_get_store(call),
            "SELECT 1 FROM term WHERE id = $1 AND (EXISTS (SELECT 1" OWN
            "own.organisation WHERE own.person = $2 AND own.role = 'administrator'"
            " AND up.ancestor = term.organisation) OR EXISTS (SELECT 1" OWN
            "term.organisation WHERE own.person = $2 AND own.role = 'administrator'"
            " AND up.ancestor = own.organisation))",
            error))
        return false;
    sc_query_bind_text(&query, term);
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    if (!sc_query_step(&query, &is_own, error))
        return false;
    if (is_own)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_FORBIDDEN, "term",
                         "term %s: you administer nothing that it holds for", term);
    sc_problem_say(error, "这个学期所适用的机构里，没有您管理的。",
                   "You administer nothing that this term holds for.");
    return false;
}

static bool
import(ScCall *call, GError **error)
{
    const char *term = sc_call_get_query(call, "term");
    const ScActor *actor = sc_call_get_actor(call);
    size_t length;
    if (term == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "term", "term is missing");
        return false;
    }
    if (!check_term(call, term, error))
        return false;
    const char *bytes = sc_call_get_bytes(call, &length);
    Work *work = g_new0(Work, 1);
    work->call = call;
    work->body = g_bytes_new(bytes, length);
    work->is_dry = g_strcmp0(sc_call_get_query(call, "dry_run"), "false") != 0;
    work->max_lessons = sc_call_get_parts(call)->config->max_lessons;
    work->order = (ScImportOrder){
        .term = g_strdup(term),
        .person = g_strdup(actor->id),
        .audit_name = g_strdup(actor->audit_name),
        .actor_name = g_strdup(actor->name),
        .address = g_strdup(sc_call_get_address(call)),
        .action = sc_call_get_operation(call)->id,
        .now_ms = sc_call_get_now_ms(call),
        .zone = g_time_zone_ref(sc_call_get_parts(call)->zone),
    };
    if (sc_aside_push(sc_call_get_parts(call)->aside, do_work, on_done, work, error))
        return true;
    work_free(work);
    return false;
}

const ScApiHandler sc_import_handlers[] = {
    { "import-timetable", import, NULL, NULL },
};
const unsigned sc_n_import_handlers = G_N_ELEMENTS(sc_import_handlers);
