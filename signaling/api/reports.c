/* SPDX-License-Identifier: Apache-2.0 */
/* reports.c: what was due, given and received, by teacher, school, county, subject or
 * term, from the ledger's sums; what it counts for; and the ledger itself. */
#include <string.h>

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/csv-writer.h"
#include "signaling/store/chain.h"
#include "signaling/store/ledger.h"
#include "signaling/store/query.h"
#include "signaling/wording.h"

#define LIMIT_DEFAULT 50
#define MS_PER_MIN 60000.0
#define ROWS_MAX 5000

#define GIVEN(column) "SUM(CASE WHEN role = 'teacher' THEN " column " ELSE 0 END)"
#define RECEIVED(column) "SUM(CASE WHEN role = 'classroom' THEN " column " ELSE 0 END)"

/* A name, then these sums; of all rows the person may see. */
#define SUMS                                                                                                                                                           \
    GIVEN("n_due")                                                                                                                                                     \
    ", " GIVEN("n_given") ", " GIVEN("n_cancelled") ", " GIVEN("n_makeup") ", " GIVEN("scheduled_ms") ", " GIVEN("delivered_ms") ", " RECEIVED("n_due") ", " RECEIVED( \
        "n_received") ", " RECEIVED("scheduled_ms") ", " RECEIVED("received_ms") ","                                                                                   \
                                                                                 " " RECEIVED("n_interruptions") ", " RECEIVED(                                        \
                                                                                     "n"                                                                               \
                                                                                     "_"                                                                               \
                                                                                     "f"                                                                               \
                                                                                     "l"                                                                               \
                                                                                     "o"                                                                               \
                                                                                     "o"                                                                               \
                                                                                     "r") ", " GIVEN("n_given_sites")
/* Sets that are made once for a statement, and not asked for with each row. */
#define SEEN                                                     \
    "SELECT up.organisation FROM appointment AS mine"            \
    " JOIN organisation_ancestor AS up"                          \
    " ON up.ancestor = mine.organisation WHERE mine.person = $1" \
    " AND mine.role <> 'teacher'"
#define SEES "(summary.teacher = $1 OR +summary.organisation IN (" SEEN "))"
#define FILTERED                                                                  \
    " WHERE ($2 = '' OR summary.term = $2) AND ($3 = '' OR +summary.organisation" \
    " IN (SELECT below.organisation FROM organisation_ancestor AS below"          \
    " WHERE below.ancestor = $3)) AND summary.month >= $4"                        \
    " AND summary.month <= $5 AND " SEES

static const struct {
    const char *kind;
    const char *sql;
} kinds[] = {
    { "teachers", "SELECT COALESCE(person.name, ''), " SUMS " FROM summary"
                  " LEFT JOIN person ON person.id = summary.teacher" FILTERED
                  " GROUP BY summary.teacher ORDER BY 3 DESC, 1 LIMIT $6" },
    { "schools", "SELECT organisation.name, " SUMS " FROM summary"
                 " JOIN organisation ON organisation.id = summary.organisation" FILTERED
                 " GROUP BY summary.organisation ORDER BY 1 LIMIT $6" },
    { "counties",
      "SELECT county.name, " SUMS " FROM summary"
      " JOIN organisation_ancestor AS above"
      " ON above.organisation = summary.organisation"
      " JOIN organisation AS county ON county.id = above.ancestor"
      " AND county.kind = 'county'" FILTERED " GROUP BY county.id ORDER BY 1 LIMIT $6" },
    { "subjects", "SELECT summary.subject, " SUMS " FROM summary" FILTERED
                  " GROUP BY summary.subject ORDER BY 1 LIMIT $6" },
    { "terms", "SELECT COALESCE(term.name, ''), " SUMS " FROM summary"
               " LEFT JOIN term ON term.id = summary.term" FILTERED
               " GROUP BY summary.term ORDER BY MIN(summary.month) LIMIT $6" },
};

enum { // clang-format off
    SUM_DUE = 1, SUM_GIVEN, SUM_CANCELLED, SUM_MADE_UP, SUM_SCHEDULED, SUM_DELIVERED,
    SUM_RECEIVED_DUE, SUM_RECEIVED, SUM_RECEIVED_SCHEDULED, SUM_RECEIVED_MS,
    SUM_INTERRUPTIONS, SUM_FLOOR, SUM_GIVEN_SITES,
}; // clang-format on

static const struct {
    const char *name;
    const char *kind;
    const char *zh;
    const char *en;
} columns[] = {
    { "name", "text", "名称", "Name" },
    { "lessons_due", "integer", "应授课时", "Lessons due" },
    { "lessons_given", "integer", "实授课时", "Lessons given" },
    { "cancelled", "integer", "取消", "Cancelled" },
    { "made_up", "integer", "补课", "Made up" },
    { "minutes_delivered", "minutes", "授课分钟", "Minutes given" },
    { "receptions_due", "integer", "应受课时", "Receptions due" },
    { "lessons_received", "integer", "实受课时", "Lessons received" },
    { "received_pct", "percent", "受课率", "Received" },
    { "minutes_received", "minutes", "受课分钟", "Minutes received" },
    { "interruptions", "integer", "中断次数", "Interruptions" },
    { "floor_turns", "integer", "发言次数", "Turns at the floor" },
    { "workload", "number", "工作量", "Workload" },
};

/* In per cent, as the table has them. */
typedef struct {
    int64_t lesson_pct, site_pct, makeup_pct, received_min_pct, version;
} Workload;

static bool
read_workload(ScCall *call, const char *organisation, bool own_only, Workload *out,
              GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    *out = (Workload){ 100, 10, 100, SC_LEDGER_RECEIVED_MIN_PCT, 0 };
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT lesson_pct, site_pct, makeup_pct, received_min_pct,"
                       " workload.version FROM organisation_ancestor AS up"
                       " JOIN workload ON workload.organisation = up.ancestor"
                       " WHERE up.organisation = $1 AND up.distance <= $2"
                       " ORDER BY up.distance LIMIT 1",
                       error))
        return false;
    sc_query_bind_text(&query, organisation);
    sc_query_bind_integer(&query, own_only ? 0 : INT32_MAX);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (has_row)
        *out =
            (Workload){ sc_query_get_integer(&query, 0), sc_query_get_integer(&query, 1),
                        sc_query_get_integer(&query, 2), sc_query_get_integer(&query, 3),
                        sc_query_get_integer(&query, 4) };
    return true;
}

/* Whose coefficients a report goes by: what it is of, else where the person belongs. */
static bool
find_workload(ScCall *call, Workload *out, GError **error)
{
    const char *organisation = sc_call_get_query(call, "organisation");
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (organisation != NULL)
        return read_workload(call, organisation, false, out, error);
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT organisation FROM appointment WHERE person = $1"
                       " ORDER BY role LIMIT 1",
                       error))
        return false;
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    return read_workload(call, has_row ? sc_query_get_text(&query, 0) : "", false, out,
                         error);
}

static double
get_workload(const ScQuery *query, const Workload *workload)
{
    double given = (double)sc_query_get_integer(query, SUM_GIVEN);
    double made_up = (double)sc_query_get_integer(query, SUM_MADE_UP);
    double sites = (double)sc_query_get_integer(query, SUM_GIVEN_SITES);
    double whole = (given - made_up) + made_up * (double)workload->makeup_pct / 100;
    return whole * (double)workload->lesson_pct / 100
           + sites * (double)workload->site_pct / 100;
}

static double
get_minutes(const ScQuery *query, int column)
{
    return (double)(int64_t)((double)sc_query_get_integer(query, column) / MS_PER_MIN
                                 * 100
                             + 0.5)
           / 100;
}

/* In the order of columns. */
static void
add_row(JsonArray *rows, const ScQuery *query, const Workload *workload)
{
    int64_t due = sc_query_get_integer(query, SUM_RECEIVED_DUE);
    int64_t received = sc_query_get_integer(query, SUM_RECEIVED);
    static const int integers[] = { SUM_DUE, SUM_GIVEN, SUM_CANCELLED, SUM_MADE_UP };
    JsonArray *row = json_array_new();
    json_array_add_string_element(row, sc_query_get_text(query, 0));
    for (unsigned i = 0; i < G_N_ELEMENTS(integers); i++)
        json_array_add_int_element(row, sc_query_get_integer(query, integers[i]));
    json_array_add_double_element(row, get_minutes(query, SUM_DELIVERED));
    json_array_add_int_element(row, due);
    json_array_add_int_element(row, received);
    if (due > 0)
        json_array_add_double_element(row, (double)received * 100 / (double)due);
    else
        json_array_add_null_element(row);
    json_array_add_double_element(row, get_minutes(query, SUM_RECEIVED_MS));
    json_array_add_int_element(row, sc_query_get_integer(query, SUM_INTERRUPTIONS));
    json_array_add_int_element(row, sc_query_get_integer(query, SUM_FLOOR));
    json_array_add_double_element(row, get_workload(query, workload));
    json_array_add_array_element(rows, row);
}

static const char *
get_query(ScCall *call, const char *name, const char *fallback)
{
    const char *value = sc_call_get_query(call, name);
    return value != NULL ? value : fallback;
}

static JsonArray *
read_rows(ScCall *call, const Workload *workload, GError **error)
{
    const char *kind = sc_call_get_parameter(call, "kind");
    unsigned index = 0;
    while (index < G_N_ELEMENTS(kinds) && !g_str_equal(kinds[index].kind, kind))
        index++;
    if (index == G_N_ELEMENTS(kinds)) {
        sc_problem_set_error(error, SC_PROBLEM_NOT_FOUND, NULL, "there is no report %s",
                             kind);
        return NULL;
    }
    g_autoptr(JsonArray) rows = json_array_new();
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), kinds[index].sql, error))
        return NULL;
    sc_query_bind_named_text(&query, "$1", sc_call_get_actor(call)->id);
    sc_query_bind_named_text(&query, "$2", get_query(call, "term", ""));
    sc_query_bind_named_text(&query, "$3", get_query(call, "organisation", ""));
    sc_query_bind_named_text(&query, "$4", get_query(call, "from", "0000-00"));
    sc_query_bind_named_text(&query, "$5", get_query(call, "to", "9999-99"));
    sc_query_bind_named_integer(&query, "$6", ROWS_MAX);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&rows);
        add_row(rows, &query, workload);
    }
    return NULL;
}

static JsonArray *
print_columns(void)
{
    JsonArray *array = json_array_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
        JsonObject *column = json_object_new();
        json_object_set_string_member(column, "name", columns[i].name);
        json_object_set_string_member(column, "kind", columns[i].kind);
        json_object_set_object_member(column, "title",
                                      sc_wording_print(columns[i].zh, columns[i].en));
        json_array_add_object_element(array, column);
    }
    return array;
}

static JsonObject *
print_workload(const Workload *workload)
{
    JsonObject *object = json_object_new();
    json_object_set_double_member(object, "lesson", (double)workload->lesson_pct / 100);
    json_object_set_double_member(object, "site", (double)workload->site_pct / 100);
    json_object_set_double_member(object, "makeup", (double)workload->makeup_pct / 100);
    json_object_set_int_member(object, "received_minutes_pct",
                               workload->received_min_pct);
    return object;
}

static bool
report(ScCall *call, GError **error)
{
    Workload workload;
    ScChainEnd end;
    if (!find_workload(call, &workload, error)
        || !sc_store_get_chain_end(sc_call_get_store(call), "ledger", &end, error))
        return false;
    JsonArray *rows = read_rows(call, &workload, error);
    if (rows == NULL)
        return false;
    JsonObject *head = json_object_new();
    json_object_set_int_member(head, "seq", end.seq);
    json_object_set_string_member(head, "hash", end.hash);
    JsonObject *answer = json_object_new();
    json_object_set_array_member(answer, "columns", print_columns());
    json_object_set_array_member(answer, "rows", rows);
    json_object_set_object_member(answer, "head", head);
    json_object_set_object_member(answer, "workload", print_workload(&workload));
    sc_call_answer_object(call, 200, answer);
    return true;
}

static void
write_cell(ScCsvWriter *csv, JsonNode *node)
{
    if (json_node_is_null(node))
        sc_csv_writer_add(csv, NULL);
    else if (json_node_get_value_type(node) == G_TYPE_STRING)
        sc_csv_writer_add(csv, json_node_get_string(node));
    else if (json_node_get_value_type(node) == G_TYPE_INT64)
        sc_csv_writer_add_integer(csv, json_node_get_int(node));
    else
        sc_csv_writer_add_number(csv, json_node_get_double(node));
}

/* In Chinese, as the console is first. */
static bool
export_report(ScCall *call, GError **error)
{
    Workload workload;
    if (!find_workload(call, &workload, error))
        return false;
    g_autoptr(JsonArray) rows = read_rows(call, &workload, error);
    if (rows == NULL)
        return false;
    bool is_english = g_strcmp0(sc_call_get_query(call, "language"), "en") == 0;
    g_autoptr(ScCsvWriter) csv = sc_csv_writer_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++)
        sc_csv_writer_add(csv, is_english ? columns[i].en : columns[i].zh);
    sc_csv_writer_end_row(csv);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonArray *row = json_array_get_array_element(rows, i);
        for (guint j = 0; j < json_array_get_length(row); j++)
            write_cell(csv, json_array_get_element(row, j));
        sc_csv_writer_end_row(csv);
    }
    g_autofree char *file =
        g_strdup_printf("%s.csv", sc_call_get_parameter(call, "kind"));
    sc_call_answer_text(call, "text/csv; charset=utf-8", file, sc_csv_writer_finish(csv));
    return true;
}

/* Coefficients. */

static bool
get_coefficients(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("organisation %s", id);
    Workload workload, own;
    if (!sc_access_check_look(call, id, what, error)
        || !read_workload(call, id, false, &workload, error)
        || !read_workload(call, id, true, &own, error))
        return false;
    JsonObject *answer = print_workload(&workload);
    json_object_set_boolean_member(answer, "inherited", own.version == 0);
    json_object_set_int_member(answer, "version", own.version);
    sc_call_answer_object(call, 200, answer);
    return true;
}

static int64_t
read_hundredths(JsonObject *body, const char *name, int64_t fallback)
{
    return json_object_has_member(body, name)
               ? (int64_t)(json_object_get_double_member(body, name) * 100 + 0.5)
               : fallback;
}

static bool
set_coefficients(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    JsonObject *body = sc_call_get_body(call);
    g_autofree char *what = g_strdup_printf("organisation %s", id);
    Workload now, own;
    if (!sc_access_check_change(call, id, what, error)
        || !read_workload(call, id, false, &now, error)
        || !read_workload(call, id, true, &own, error)
        || !sc_call_check_version(call, own.version, error))
        return false;
    {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, sc_call_get_store(call),
                           "INSERT INTO workload (organisation, lesson_pct, site_pct,"
                           " makeup_pct, received_min_pct) VALUES ($1, $2, $3, $4, $5)"
                           " ON CONFLICT (organisation) DO UPDATE SET"
                           " lesson_pct = excluded.lesson_pct,"
                           " site_pct = excluded.site_pct,"
                           " makeup_pct = excluded.makeup_pct,"
                           " received_min_pct = excluded.received_min_pct,"
                           " version = workload.version + 1",
                           error))
            return false;
        sc_query_bind_text(&query, id);
        sc_query_bind_integer(&query, read_hundredths(body, "lesson", now.lesson_pct));
        sc_query_bind_integer(&query, read_hundredths(body, "site", now.site_pct));
        sc_query_bind_integer(&query, read_hundredths(body, "makeup", now.makeup_pct));
        sc_query_bind_integer(
            &query, json_object_get_int_member_with_default(body, "received_minutes_pct",
                                                            now.received_min_pct));
        if (!sc_query_run(&query, error))
            return false;
    }
    g_autoptr(JsonObject) before = print_workload(&now);
    if (!read_workload(call, id, true, &now, error))
        return false;
    JsonObject *after = print_workload(&now);
    json_object_set_boolean_member(after, "inherited", FALSE);
    json_object_set_int_member(after, "version", now.version);
    sc_call_answer_object(call, 200, json_object_ref(after));
    g_autoptr(JsonObject) kept = after;
    return sc_call_audit(call, "workload", id, id, before, kept, error);
}

/* The ledger's rows. */

#define LEDGER_SELECT                                                                 \
    "SELECT seq, lesson, (SELECT title FROM lesson WHERE lesson.id = ledger.lesson)," \
    " site, (SELECT name FROM site WHERE site.id = ledger.site), role,"               \
    " (SELECT name FROM person WHERE person.id = ledger.teacher), subject, state,"    \
    " hash, starts_ms, scheduled_ms, delivered_ms, received_ms, sent_ms, floor_ms,"   \
    " n_interruptions, n_floor, loss_permille, rtt_ms, width, height FROM ledger"     \
    " WHERE seq < $2 AND (teacher = $1 OR +organisation IN (" SEEN "))"
#define LEDGER_PAGE " ORDER BY seq DESC LIMIT $3"

/* What narrows the list; each names its value. Rows are walked by seq, or by an index
 * that ends in it: "+" keeps SQLite from one after which all would have to be sorted. */
static const struct {
    const char *name;
    const char *sql;
} ledger_filters[] = {
    { "term", " AND +term = $term" },
    { "site", " AND site = $site" },
    { "teacher", " AND teacher = $teacher" },
    { "lesson", " AND lesson = $lesson" },
    { "organisation", " AND +organisation IN (SELECT organisation FROM"
                      " organisation_ancestor WHERE ancestor = $organisation)" },
};

/* One text for each set of filters. */
static const char *
make_ledger_sql(ScCall *call)
{
    g_autoptr(GString) sql = g_string_new(LEDGER_SELECT);
    for (unsigned i = 0; i < G_N_ELEMENTS(ledger_filters); i++)
        if (sc_call_get_query(call, ledger_filters[i].name) != NULL)
            g_string_append(sql, ledger_filters[i].sql);
    g_string_append(sql, LEDGER_PAGE);
    return g_intern_string(sql->str);
}

static void
bind_ledger_filters(ScCall *call, ScQuery *query)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(ledger_filters); i++) {
        const char *value = sc_call_get_query(call, ledger_filters[i].name);
        g_autofree char *parameter = g_strconcat("$", ledger_filters[i].name, NULL);
        if (value != NULL)
            sc_query_bind_named_text(query, parameter, value);
    }
}

static void
set_figure(JsonObject *row, const char *name, const ScQuery *query, int column)
{
    if (sc_query_is_null(query, column))
        json_object_set_null_member(row, name);
    else
        json_object_set_int_member(row, name, sc_query_get_integer(query, column));
}

static JsonObject *
read_ledger_row(const ScQuery *query)
{
    static const char *const texts[] = { "lesson",    "lesson_title", "site",
                                         "site_name", "role",         "teacher_name",
                                         "subject",   "state",        "hash" };
    static const char *const minutes[] = { "scheduled_min", "delivered_min",
                                           "received_min", "sent_min", "floor_min" };
    static const char *const figures[] = { "n_interruptions", "n_floor", "loss_permille",
                                           "rtt_ms",          "width",   "height" };
    JsonObject *row = json_object_new();
    g_autofree char *starts = sc_timestamp_print(sc_query_get_integer(query, 10));
    json_object_set_int_member(row, "seq", sc_query_get_integer(query, 0));
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        json_object_set_string_member(row, texts[i],
                                      sc_query_get_text(query, (int)i + 1));
    json_object_set_string_member(row, "starts_at", starts);
    for (unsigned i = 0; i < G_N_ELEMENTS(minutes); i++)
        json_object_set_double_member(row, minutes[i], get_minutes(query, (int)i + 11));
    for (unsigned i = 0; i < G_N_ELEMENTS(figures); i++)
        set_figure(row, figures[i], query, (int)i + 16);
    if (sc_query_is_null(query, 18))
        json_object_set_null_member(row, "loss_pct");
    else
        json_object_set_double_member(row, "loss_pct",
                                      (double)sc_query_get_integer(query, 18) / 10);
    return row;
}

static bool
list_ledger(ScCall *call, GError **error)
{
    gint64 limit = sc_call_get_query_integer(call, "limit", LIMIT_DEFAULT);
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) items = json_array_new();
    g_autoptr(JsonObject) answer = json_object_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), make_ledger_sql(call), error))
        return false;
    sc_query_bind_named_text(&query, "$1", sc_call_get_actor(call)->id);
    sc_query_bind_named_integer(&query, "$2",
                                sc_call_get_query_integer(call, "cursor", INT64_MAX));
    bind_ledger_filters(call, &query);
    sc_query_bind_named_integer(&query, "$3", limit + 1);
    json_object_set_null_member(answer, "next");
    while (sc_query_step(&query, &has_row, error)) {
        guint n = json_array_get_length(items);
        if (has_row && n < limit) {
            json_array_add_object_element(items, read_ledger_row(&query));
            continue;
        }
        if (has_row) {
            g_autofree char *next =
                g_strdup_printf("%" G_GINT64_FORMAT,
                                json_object_get_int_member(
                                    json_array_get_object_element(items, n - 1), "seq"));
            json_object_set_string_member(answer, "next", next);
        }
        json_object_set_array_member(answer, "items", g_steal_pointer(&items));
        sc_call_answer_object(call, 200, g_steal_pointer(&answer));
        return true;
    }
    return false;
}

const ScApiHandler sc_report_handlers[] = {
    { "get-report", report, NULL, NULL },
    { "export-report", export_report, NULL, NULL },
    { "get-workload", get_coefficients, NULL, NULL },
    { "patch-workload", set_coefficients, NULL, NULL },
    { "list-ledger", list_ledger, NULL, NULL },
};
const unsigned sc_n_report_handlers = G_N_ELEMENTS(sc_report_handlers);
