/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/migration.h"

#include "signaling/store/connection.h"
#include "signaling/store/migrations.h"
#include "signaling/store/query.h"

#define LAST_VERSION 8 /* the highest number in migrations/ */

bool
sc_migration_read_version(ScStore *store, unsigned *out_version, GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT CAST(value AS INTEGER) FROM meta WHERE name = $1", error))
        return false;
    sc_query_bind_text(&query, "schema_version");
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_version = has_row ? (unsigned)sc_query_get_integer(&query, 0) : 0;
    return true;
}

static bool
set_version(ScStore *store, unsigned version, GError **error)
{
    g_autofree char *text = g_strdup_printf("%u", version);
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO meta (name, value) VALUES ($1, $2)"
                       " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                       error))
        return false;
    sc_query_bind_text(&query, "schema_version");
    sc_query_bind_text(&query, text);
    return sc_query_run(&query, error);
}

/* Within a transaction: looks again, since another process may have been here first. */
static bool
apply_next(ScStore *store, unsigned *out_version, GError **error)
{
    if (!sc_migration_read_version(store, out_version, error))
        return false;
    if (*out_version >= LAST_VERSION)
        return true;

    unsigned next = *out_version + 1;
    g_autofree char *path = g_strdup_printf("/synclass/store/migrations/%u", next);
    g_autoptr(GBytes) sql = g_resource_lookup_data(sc_migrations_get_resource(), path,
                                                   G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    g_assert(sql != NULL);
    if (!sc_store_execute(store, g_bytes_get_data(sql, NULL), error)
        || !set_version(store, next, error)) {
        g_prefix_error(error, "migration %u: ", next);
        return false;
    }
    *out_version = next;
    return true;
}

bool
sc_migration_run(ScStore *store, unsigned *out_version, GError **error)
{
    unsigned version = 0;

    if (!sc_store_execute(store,
                          "CREATE TABLE IF NOT EXISTS meta ("
                          "name TEXT PRIMARY KEY, value TEXT NOT NULL)",
                          error))
        return false;
    do {
        if (!sc_store_begin(store, error))
            return false;
        if (!apply_next(store, &version, error)) {
            sc_store_rollback(store);
            return false;
        }
        if (!sc_store_commit(store, error))
            return false;
    } while (version < LAST_VERSION);
    if (version > LAST_VERSION) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NEWER_SCHEMA,
                    "it has schema %u, this program knows up to %d", version,
                    LAST_VERSION);
        return false;
    }
    *out_version = version;
    return true;
}
