/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c: who did what, newest first; and whether the books are whole. */
#include "signaling/api/handlers.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"
#include "signaling/store/verify.h"

#define LIMIT_DEFAULT 50
#define DAY_MS (24 * 3600 * 1000LL)

/* What the person may see: rows of what it administers or inspects, and its own. */
#define SEES                                                                   \
    "(+actor = $1 OR +organisation IN (SELECT up.organisation"                 \
    " FROM appointment AS mine JOIN organisation_ancestor AS up"               \
    " ON up.ancestor = mine.organisation WHERE mine.person = $1"               \
    " AND mine.role <> 'teacher') OR (audit.organisation IS NULL"              \
    " AND EXISTS (SELECT 1 FROM appointment AS mine JOIN organisation AS root" \
    " ON root.id = mine.organisation WHERE mine.person = $1"                   \
    " AND mine.role <> 'teacher' AND root.parent IS NULL)))"

#define SELECT                                                                      \
    "SELECT seq, at_ms, actor, actor_name, address, action, outcome, kind, object," \
    " organisation, before, after, hash FROM audit WHERE seq < $2 AND " SEES
#define PAGE " ORDER BY seq DESC LIMIT $3"

/* What narrows the list; each names its value. Rows are walked by seq, or by an index
 * that ends in it: "+" keeps SQLite from one after which all would have to be sorted. */
static const struct {
    const char *name;
    const char *sql;
} filters[] = {
    { "actor", " AND actor = $actor" },
    { "action", " AND action = $action" },
    { "kind", " AND kind = $kind" },
    { "object", " AND object = $object" },
    { "outcome", " AND outcome = $outcome" },
    { "search", " AND (instr(actor_name, $search) > 0 OR instr(object, $search) > 0"
                " OR instr(COALESCE(after, ''), $search) > 0"
                " OR instr(COALESCE(before, ''), $search) > 0)" },
    { "from", " AND +at_ms >= $from" },
    { "to", " AND +at_ms < $to" },
};
#define N_TEXTS 6 /* the days come behind */

static JsonNode *
read_json(const ScQuery *query, int column)
{
    JsonNode *node = sc_query_is_null(query, column)
                         ? NULL
                         : json_from_string(sc_query_get_text(query, column), NULL);
    return node != NULL ? node : json_node_new(JSON_NODE_NULL);
}

static JsonObject *
read_row(const ScQuery *query)
{
    static const char *const texts[] = { "actor",   "actor_name", "address", "action",
                                         "outcome", "kind",       "object" };
    JsonObject *row = json_object_new();
    g_autofree char *at = sc_timestamp_print(sc_query_get_integer(query, 1));
    json_object_set_int_member(row, "seq", sc_query_get_integer(query, 0));
    json_object_set_string_member(row, "at", at);
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        json_object_set_string_member(row, texts[i],
                                      sc_query_get_text(query, (int)i + 2));
    if (sc_query_is_null(query, 9))
        json_object_set_null_member(row, "organisation");
    else
        json_object_set_string_member(row, "organisation", sc_query_get_text(query, 9));
    json_object_set_member(row, "before", read_json(query, 10));
    json_object_set_member(row, "after", read_json(query, 11));
    json_object_set_string_member(row, "hash", sc_query_get_text(query, 12));
    return row;
}

static int64_t
read_day(ScCall *call, const char *name, int64_t fallback, int64_t plus_ms)
{
    const char *day = sc_call_get_query(call, name);
    GDate date;
    return day != NULL && sc_day_parse(day, &date)
               ? sc_instant_at(day, 0, sc_call_get_parts(call)->zone) + plus_ms
               : fallback;
}

/* One text for each set of filters. */
static const char *
make_sql(ScCall *call)
{
    g_autoptr(GString) sql = g_string_new(SELECT);
    for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++)
        if (sc_call_get_query(call, filters[i].name) != NULL)
            g_string_append(sql, filters[i].sql);
    g_string_append(sql, PAGE);
    return g_intern_string(sql->str);
}

static void
bind_filters(ScCall *call, ScQuery *query)
{
    for (unsigned i = 0; i < N_TEXTS; i++) {
        const char *value = sc_call_get_query(call, filters[i].name);
        g_autofree char *parameter = g_strconcat("$", filters[i].name, NULL);
        if (value != NULL)
            sc_query_bind_named_text(query, parameter, value);
    }
    if (sc_call_get_query(call, "from") != NULL)
        sc_query_bind_named_integer(query, "$from", read_day(call, "from", 0, 0));
    if (sc_call_get_query(call, "to") != NULL)
        sc_query_bind_named_integer(query, "$to",
                                    read_day(call, "to", INT64_MAX, DAY_MS));
}

static bool
list(ScCall *call, GError **error)
{
    gint64 limit = sc_call_get_query_integer(call, "limit", LIMIT_DEFAULT);
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) items = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), make_sql(call), error))
        return false;
    sc_query_bind_named_text(&query, "$1", sc_call_get_actor(call)->id);
    sc_query_bind_named_integer(&query, "$2",
                                sc_call_get_query_integer(call, "cursor", INT64_MAX));
    sc_query_bind_named_integer(&query, "$3", limit + 1);
    bind_filters(call, &query);
    JsonObject *answer = json_object_new();
    json_object_set_null_member(answer, "next");
    while (sc_query_step(&query, &has_row, error)) {
        guint n = json_array_get_length(items);
        if (has_row && n < limit) {
            json_array_add_object_element(items, read_row(&query));
            continue;
        }
        if (has_row) {
            JsonObject *last = json_array_get_object_element(items, n - 1);
            g_autofree char *next = g_strdup_printf(
                "%" G_GINT64_FORMAT, json_object_get_int_member(last, "seq"));
            json_object_set_string_member(answer, "next", next);
        }
        json_object_set_array_member(answer, "items", g_steal_pointer(&items));
        sc_call_answer_object(call, 200, answer);
        return true;
    }
    json_object_unref(answer);
    return false;
}

/* Verifying reads everything, so it is done on a thread with a store of its own. */

typedef struct {
    char *database; /* owned */
    ScVerified ledger, audit;
} Verification;

static void
verification_free(gpointer data)
{
    Verification *self = data;
    g_free(self->database);
    sc_verified_clear(&self->ledger);
    sc_verified_clear(&self->audit);
    g_free(self);
}

static void
verify_on_thread(GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
                 GCancellable *cancellable G_GNUC_UNUSED)
{
    Verification *self = data;
    GError *error = NULL;
    g_autoptr(ScStore) store = sc_store_open(self->database, &error);
    bool done = store != NULL && sc_store_begin_reading(store, &error);
    if (done) {
        done = sc_store_verify(store, "ledger", &self->ledger, &error)
               && sc_store_verify(store, "audit", &self->audit, &error);
        sc_store_rollback(store);
    }
    if (done)
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

static void
add_verified(JsonObject *answer, const char *name, const ScVerified *verified)
{
    JsonObject *object = json_object_new();
    json_object_set_boolean_member(object, "ok", verified->is_sound);
    json_object_set_int_member(object, "n", verified->n_rows);
    json_object_set_string_member(object, "head", verified->head);
    json_object_set_string_member(object, "detail", verified->detail);
    json_object_set_object_member(answer, name, object);
}

static void
on_verified(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
    ScCall *call = data;
    g_autoptr(GError) error = NULL;
    if (g_task_propagate_boolean(G_TASK(result), &error)) {
        const Verification *self = g_task_get_task_data(G_TASK(result));
        JsonObject *answer = json_object_new();
        add_verified(answer, "ledger", &self->ledger);
        add_verified(answer, "audit", &self->audit);
        sc_call_answer_object(call, 200, answer);
    }
    sc_call_finish(call, error);
}

static bool
verify(ScCall *call, GError **error G_GNUC_UNUSED)
{
    Verification *self = g_new0(Verification, 1);
    self->database = g_strdup(sc_call_get_parts(call)->config->database);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_verified, call);
    g_task_set_task_data(task, self, verification_free);
    g_task_run_in_thread(task, verify_on_thread);
    return true;
}

const ScApiHandler sc_audit_handlers[] = {
    { "list-audit", list, NULL, NULL },
    { "verify-ledger", verify, NULL, NULL },
};
const unsigned sc_n_audit_handlers = G_N_ELEMENTS(sc_audit_handlers);
