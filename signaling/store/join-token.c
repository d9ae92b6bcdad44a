/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/join-token.h"

#include "signaling/store/query.h"

void
sc_join_token_row_clear(ScJoinTokenRow *row)
{
    g_clear_pointer(&row->hash, g_free);
    g_clear_pointer(&row->lesson, g_free);
    g_clear_pointer(&row->site, g_free);
}

bool
sc_store_add_join_token(ScStore *store, const ScJoinTokenRow *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO join_token"
                       " (hash, lesson, site, role, pupil, expires_ms)"
                       " VALUES ($1, $2, $3, $4, $5, $6)",
                       error))
        return false;
    sc_query_bind_text(&query, row->hash);
    sc_query_bind_text(&query, row->lesson);
    sc_query_bind_text(&query, row->site);
    sc_query_bind_text(&query, sc_role_get_name(row->role));
    sc_query_bind_integer(&query, row->pupil);
    sc_query_bind_integer(&query, row->expires_ms);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "token for site \"%s\" in lesson \"%s\": ", row->site,
                       row->lesson);
        return false;
    }
    return true;
}

bool
sc_store_count_pupils(ScStore *store, const char *lesson, const char *site,
                      unsigned *out_n, GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(
            &query, store,
            "SELECT max(pupil) FROM join_token WHERE lesson = $1 AND site = $2", error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_n = has_row ? (unsigned)sc_query_get_integer(&query, 0) : 0;
    return true;
}

bool
sc_store_get_join_token(ScStore *store, const char *hash, ScJoinTokenRow *out_row,
                        GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(
            &query, store,
            "SELECT hash, lesson, site, role, expires_ms, pupil FROM join_token"
            " WHERE hash = $1",
            error))
        return false;
    sc_query_bind_text(&query, hash);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        g_set_error_literal(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND,
                            "no such token");
        return false;
    }
    ScJoinTokenRow row = { .expires_ms = sc_query_get_integer(&query, 4) };
    bool is_role = sc_role_parse(sc_query_get_text(&query, 3), &row.role);
    g_assert(is_role); /* the table's check */
    row.pupil = (unsigned)sc_query_get_integer(&query, 5);
    row.hash = sc_query_dup_text(&query, 0);
    row.lesson = sc_query_dup_text(&query, 1);
    row.site = sc_query_dup_text(&query, 2);
    *out_row = row;
    return true;
}

bool
sc_store_remove_expired_join_tokens(ScStore *store, int64_t before_ms, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store, "DELETE FROM join_token WHERE expires_ms < $1",
                       error))
        return false;
    sc_query_bind_integer(&query, before_ms);
    return sc_query_run(&query, error);
}
