/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/enrolment.h"

#include "signaling/store/query.h"

#define SELECT                                                            \
    "SELECT id, code, secret_hash, address, program, device, created_ms," \
    " expires_ms FROM enrolment "

void
sc_enrolment_row_clear(ScEnrolmentRow *row)
{
    g_clear_pointer(&row->id, g_free);
    g_clear_pointer(&row->code, g_free);
    g_clear_pointer(&row->secret_hash, g_free);
    g_clear_pointer(&row->address, g_free);
    g_clear_pointer(&row->program, g_free);
    g_clear_pointer(&row->device, g_free);
}

bool
sc_store_add_enrolment(ScStore *store, const ScEnrolmentRow *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO enrolment (id, code, secret_hash, created_ms,"
                       " expires_ms, address, program)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       error))
        return false;
    sc_query_bind_text(&query, row->id);
    sc_query_bind_text(&query, row->code);
    sc_query_bind_text(&query, row->secret_hash);
    sc_query_bind_integer(&query, row->created_ms);
    sc_query_bind_integer(&query, row->expires_ms);
    sc_query_bind_text(&query, row->address);
    sc_query_bind_text(&query, row->program);
    return sc_query_run(&query, error);
}

static bool
read_row(ScStore *store, const char *sql, const char *key, ScEnrolmentRow *out_row,
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
        g_set_error_literal(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND,
                            "no such enrolment");
        return false;
    }
    *out_row = (ScEnrolmentRow){
        .id = sc_query_dup_text(&query, 0),
        .code = sc_query_dup_text(&query, 1),
        .secret_hash = sc_query_dup_text(&query, 2),
        .address = sc_query_dup_text(&query, 3),
        .program = sc_query_dup_text(&query, 4),
        .device = sc_query_dup_text(&query, 5),
        .created_ms = sc_query_get_integer(&query, 6),
        .expires_ms = sc_query_get_integer(&query, 7),
    };
    return true;
}

bool
sc_store_find_enrolment(ScStore *store, const char *code, ScEnrolmentRow *out_row,
                        GError **error)
{
    return read_row(store, SELECT "WHERE code = $1", code, out_row, error);
}

bool
sc_store_get_enrolment(ScStore *store, const char *id, ScEnrolmentRow *out_row,
                       GError **error)
{
    return read_row(store, SELECT "WHERE id = $1", id, out_row, error);
}

bool
sc_store_confirm_enrolment(ScStore *store, const char *id, const char *device,
                           GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store, "UPDATE enrolment SET device = $1 WHERE id = $2",
                       error))
        return false;
    sc_query_bind_text(&query, device);
    sc_query_bind_text(&query, id);
    return sc_query_run_on_one(&query, "enrolment", id, error);
}

bool
sc_store_remove_enrolments_of(ScStore *store, const char *device, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store, "DELETE FROM enrolment WHERE device = $1", error))
        return false;
    sc_query_bind_text(&query, device);
    return sc_query_run(&query, error);
}

static bool
count(ScStore *store, unsigned *out_n, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, "SELECT count(*) FROM enrolment", error)
        || !sc_query_step(&query, &has_row, error))
        return false;
    *out_n = (unsigned)sc_query_get_integer(&query, 0);
    return true;
}

bool
sc_store_expire_enrolments(ScStore *store, int64_t now_ms, unsigned *out_n_left,
                           GError **error)
{
    {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, store, "DELETE FROM enrolment WHERE expires_ms <= $1",
                           error))
            return false;
        sc_query_bind_integer(&query, now_ms);
        if (!sc_query_run(&query, error))
            return false;
    }
    return count(store, out_n_left, error);
}
