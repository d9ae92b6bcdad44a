/* SPDX-License-Identifier: Apache-2.0 */
/* import-save.c: all that an import made, in one transaction. Everything is put together
 * before it begins: while it runs, nobody else can write. */
#include <inttypes.h>

#include <json-glib/json-glib.h>

#include "signaling/api/import-store.h"
#include "signaling/school/jobs.h"
#include "signaling/store/audit.h"
#include "signaling/store/query.h"

/* What is written, by the order of import->pairings and ->entries. */
typedef struct {
    ScStore *store;             /* borrowed */
    const ScImportOrder *order; /* borrowed */
    const ScImportState *state; /* borrowed */
    const ScImport *import;     /* borrowed */
    GHashTable *pairing_ids;    /* owned: ScImportPairing → id, owned */
    GPtrArray *entry_ids;       /* owned: texts */
    GPtrArray *details;         /* owned: JSON of the pairings */
    char *summary;              /* owned: JSON */
    const char *organisation;   /* whose administrators see the import and its job */
} Save;

static void
save_clear(Save *save)
{
    g_clear_pointer(&save->pairing_ids, g_hash_table_unref);
    g_clear_pointer(&save->entry_ids, g_ptr_array_unref);
    g_clear_pointer(&save->details, g_ptr_array_unref);
    g_free(save->summary);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Save, save_clear)

/* Preparing. */

static char *
print_object(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    json_object_unref(object);
    return json_to_string(node, FALSE);
}

static char *
print_pairing(const Save *self, const ScImportPairing *pairing)
{
    JsonObject *object = json_object_new();
    JsonArray *receiving = json_array_new();
    json_object_set_string_member(object, "name", pairing->name);
    json_object_set_string_member(object, "term", self->order->term);
    json_object_set_string_member(object, "giving_site", pairing->giving_site);
    json_object_set_string_member(object, "teacher", pairing->teacher);
    json_object_set_string_member(object, "subject", pairing->subject);
    json_object_set_string_member(object, "grade", pairing->grade);
    json_object_set_string_member(object, "state", pairing->state);
    for (guint i = 0; i < pairing->receiving->len; i++)
        json_array_add_string_element(receiving, pairing->receiving->pdata[i]);
    json_object_set_array_member(object, "receiving_sites", receiving);
    return print_object(object);
}

static char *
print_summary(const Save *self)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "term", self->order->term);
    json_object_set_int_member(object, "rows", self->import->n_rows);
    json_object_set_int_member(object, "n_unchanged", self->import->n_unchanged);
    json_object_set_int_member(object, "n_pairings", self->import->pairings->len);
    json_object_set_int_member(object, "n_entries", self->import->entries->len);
    return print_object(object);
}

/* The term's, or where the actor administers below it. */
static const char *
choose_organisation(const Save *self)
{
    const ScImportTables *tables = self->state->tables;
    const ScImportOrganisation *its =
        sc_import_tables_get_organisation(tables, self->state->term);
    for (unsigned i = 0; !its->is_administered && i < sc_import_tables_count(tables);
         i++) {
        const ScImportOrganisation *other = sc_import_tables_get_organisation(tables, i);
        if (other->is_appointed
            && sc_import_tables_is_below(tables, i, self->state->term))
            return other->id;
    }
    return its->id;
}

/* Ids of 44 random bits and a count: behind one another in their index. */
static void
prepare(Save *self)
{
    g_autofree char *seed = sc_store_make_id();
    uint64_t next = g_ascii_strtoull(seed, NULL, 16) & ~UINT64_C(0xfffff);
    self->pairing_ids = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->entry_ids = g_ptr_array_new_with_free_func(g_free);
    self->details = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->import->pairings->len; i++) {
        ScImportPairing *pairing = self->import->pairings->pdata[i];
        g_hash_table_insert(self->pairing_ids, pairing,
                            g_strdup_printf("%016" PRIx64, next++));
        g_ptr_array_add(self->details, print_pairing(self, pairing));
    }
    for (guint i = 0; i < self->import->entries->len; i++)
        g_ptr_array_add(self->entry_ids, g_strdup_printf("%016" PRIx64, next++));
    self->summary = print_summary(self);
    self->organisation = choose_organisation(self);
}

/* Writing. */

/* Whatever changes what an import looks at leaves a row in the audit log. */
static bool
is_stale(Save *self, bool *out_is_stale, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, self->store,
                       "SELECT 1 FROM audit WHERE seq > $1 AND outcome = 'done'"
                       " AND kind IN ('entry', 'pairing', 'term', 'bell-schedule',"
                       " 'site', 'person', 'organisation', 'lesson', 'import')",
                       error))
        return false;
    sc_query_bind_integer(&query, self->state->audit_seq);
    return sc_query_step(&query, out_is_stale, error);
}

static bool
audit(Save *self, const char *kind, const char *object, const char *organisation,
      const char *after, GError **error)
{
    const ScAuditRow row = {
        .at_ms = self->order->now_ms,
        .actor = self->order->audit_name,
        .actor_name = self->order->actor_name,
        .address = self->order->address,
        .action = self->order->action,
        .outcome = SC_AUDIT_DONE,
        .kind = kind,
        .object = object,
        .organisation = organisation,
        .after = after,
    };
    return sc_store_add_audit(self->store, &row, error);
}

static bool
write_receiving(Save *self, const char *id, const ScImportPairing *pairing,
                GError **error)
{
    for (guint i = 0; i < pairing->receiving->len; i++) {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, self->store,
                           "INSERT INTO pairing_site (pairing, site, place)"
                           " VALUES ($1, $2, $3)",
                           error))
            return false;
        sc_query_bind_text(&query, id);
        sc_query_bind_text(&query, pairing->receiving->pdata[i]);
        sc_query_bind_integer(&query, i);
        if (!sc_query_run(&query, error))
            return false;
    }
    return true;
}

static bool
write_history(Save *self, const char *id, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, self->store,
            "INSERT INTO pairing_history (pairing, at_ms, state, person, reason)"
            " VALUES ($1, $2, 'active', $3, '')",
            error))
        return false;
    sc_query_bind_text(&query, id);
    sc_query_bind_integer(&query, self->order->now_ms);
    sc_query_bind_text(&query, self->order->person);
    return sc_query_run(&query, error);
}

static bool
write_pairing(Save *self, guint index, GError **error)
{
    const ScImportPairing *pairing = self->import->pairings->pdata[index];
    const char *id = g_hash_table_lookup(self->pairing_ids, pairing);
    {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, self->store,
                           "INSERT INTO pairing (id, organisation, term, name,"
                           " giving_site, teacher, subject, grade, state)"
                           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active')",
                           error))
            return false;
        const char *const texts[] = { id,
                                      pairing->organisation,
                                      self->order->term,
                                      pairing->name,
                                      pairing->giving_site,
                                      pairing->teacher,
                                      pairing->subject,
                                      pairing->grade };
        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
            sc_query_bind_text(&query, texts[i]);
        if (!sc_query_run(&query, error))
            return false;
    }
    return write_receiving(self, id, pairing, error) && write_history(self, id, error)
           && audit(self, "pairing", id, pairing->organisation,
                    self->details->pdata[index], error);
}

static bool
write_entry(Save *self, guint index, GError **error)
{
    const ScImportEntry *entry = self->import->entries->pdata[index];
    const ScImportPairing *pairing = entry->pairing;
    bool is_own = g_strcmp0(entry->teacher, pairing->teacher) == 0;
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, self->store,
                       "INSERT INTO entry (id, pairing, schedule, weeks, teacher,"
                       " weekday, period, first_week, last_week)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       error))
        return false;
    sc_query_bind_text(&query, self->entry_ids->pdata[index]);
    sc_query_bind_text(&query, pairing->id != NULL
                                   ? pairing->id
                                   : g_hash_table_lookup(self->pairing_ids, pairing));
    sc_query_bind_text(&query, entry->schedule);
    sc_query_bind_text(&query, sc_week_rule_get_name(entry->rule));
    sc_query_bind_text(&query, is_own ? NULL : entry->teacher);
    sc_query_bind_integer(&query, entry->weekday);
    sc_query_bind_integer(&query, entry->period);
    sc_query_bind_integer(&query, entry->first_week);
    sc_query_bind_integer(&query, entry->last_week);
    return sc_query_run(&query, error);
}

static bool
write_all(Save *self, char **out_job, GError **error)
{
    bool stale = false;
    *out_job = NULL;
    if (!is_stale(self, &stale, error))
        return false;
    if (stale)
        return true;
    for (guint i = 0; i < self->import->pairings->len; i++)
        if (!write_pairing(self, i, error))
            return false;
    for (guint i = 0; i < self->import->entries->len; i++)
        if (!write_entry(self, i, error))
            return false;
    g_autofree char *job = sc_jobs_ask(self->store, self->organisation, self->order->term,
                                       self->order->person, self->order->now_ms, error);
    if (job == NULL
        || !audit(self, "import", job, self->organisation, self->summary, error))
        return false;
    *out_job = g_steal_pointer(&job);
    return true;
}

bool
sc_import_save(ScStore *store, const ScImportOrder *order, const ScImportState *state,
               const ScImport *import, ScImportSaved *out_saved, GError **error)
{
    g_auto(Save) save = {
        .store = store, .order = order, .state = state, .import = import
    };
    g_autofree char *job = NULL;
    prepare(&save);
    if (!sc_store_begin(store, error))
        return false;
    int64_t begun_us = g_get_monotonic_time();
    if (!write_all(&save, &job, error)) {
        sc_store_rollback(store);
        return false;
    }
    if (!sc_store_commit(store, error))
        return false;
    out_saved->held_us = g_get_monotonic_time() - begun_us;
    out_saved->job = g_steal_pointer(&job);
    return true;
}
