/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/person.h"

#include "signaling/store/query.h"

#define SELECT                                                            \
    "SELECT id, organisation, sign_in, name, password, state = 'active'," \
    " must_change, n_failed, locked_until_ms FROM person "

void
sc_person_row_clear(ScPersonRow *row)
{
    g_clear_pointer(&row->id, g_free);
    g_clear_pointer(&row->organisation, g_free);
    g_clear_pointer(&row->sign_in, g_free);
    g_clear_pointer(&row->name, g_free);
    g_clear_pointer(&row->password, g_free);
}

static bool
read_row(ScStore *store, const char *sql, const char *key, ScPersonRow *out_row,
         GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, sql, error))
        return false;
    sc_query_bind_text(&query, key);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND, "no person \"%s\"",
                    key);
        return false;
    }
    *out_row = (ScPersonRow){
        .id = sc_query_dup_text(&query, 0),
        .organisation = sc_query_dup_text(&query, 1),
        .sign_in = sc_query_dup_text(&query, 2),
        .name = sc_query_dup_text(&query, 3),
        .password = sc_query_dup_text(&query, 4),
        .is_active = sc_query_get_integer(&query, 5) != 0,
        .must_change = sc_query_get_integer(&query, 6) != 0,
        .n_failed = (unsigned)sc_query_get_integer(&query, 7),
        .locked_until_ms = sc_query_get_integer(&query, 8),
    };
    return true;
}

bool
sc_store_find_person(ScStore *store, const char *sign_in, ScPersonRow *out_row,
                     GError **error)
{
    return read_row(store, SELECT "WHERE sign_in = $1", sign_in, out_row, error);
}

bool
sc_store_get_person(ScStore *store, const char *id, ScPersonRow *out_row, GError **error)
{
    return read_row(store, SELECT "WHERE id = $1", id, out_row, error);
}

bool
sc_store_add_person(ScStore *store, const ScPersonRow *row, int64_t now_ms,
                    GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO person (id, organisation, sign_in, name, password,"
                       " must_change, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       error))
        return false;
    sc_query_bind_text(&query, row->id);
    sc_query_bind_text(&query, row->organisation);
    sc_query_bind_text(&query, row->sign_in);
    sc_query_bind_text(&query, row->name);
    sc_query_bind_text(&query, row->password);
    sc_query_bind_integer(&query, row->must_change);
    sc_query_bind_integer(&query, now_ms);
    return sc_query_run(&query, error);
}

bool
sc_store_add_appointment(ScStore *store, const char *person, const char *organisation,
                         const char *role, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO appointment (person, organisation, role)"
                       " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                       error))
        return false;
    sc_query_bind_text(&query, person);
    sc_query_bind_text(&query, organisation);
    sc_query_bind_text(&query, role);
    return sc_query_run(&query, error);
}

bool
sc_store_remove_appointment(ScStore *store, const char *person, const char *organisation,
                            const char *role, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "DELETE FROM appointment WHERE person = $1 AND organisation = $2"
                       " AND role = $3",
                       error))
        return false;
    sc_query_bind_text(&query, person);
    sc_query_bind_text(&query, organisation);
    sc_query_bind_text(&query, role);
    return sc_query_run(&query, error);
}

bool
sc_store_touch_person(ScStore *store, const char *person, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE person SET version = version + 1 WHERE id = $1", error))
        return false;
    sc_query_bind_text(&query, person);
    return sc_query_run_on_one(&query, "person", person, error);
}

bool
sc_store_set_password(ScStore *store, const char *person, const char *hash,
                      bool must_change, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE person SET password = $1, must_change = $2, n_failed = 0,"
                       " locked_until_ms = 0, version = version + 1 WHERE id = $3",
                       error))
        return false;
    sc_query_bind_text(&query, hash);
    sc_query_bind_integer(&query, must_change);
    sc_query_bind_text(&query, person);
    return sc_query_run_on_one(&query, "person", person, error);
}

bool
sc_store_set_failures(ScStore *store, const char *person, unsigned n_failed,
                      int64_t locked_until_ms, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE person SET n_failed = $1, locked_until_ms = $2"
                       " WHERE id = $3",
                       error))
        return false;
    sc_query_bind_integer(&query, n_failed);
    sc_query_bind_integer(&query, locked_until_ms);
    sc_query_bind_text(&query, person);
    return sc_query_run_on_one(&query, "person", person, error);
}
