/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/device.h"

#include "signaling/store/query.h"

#define NOTE_MS (55 * 1000LL) /* nothing new is written again after so long */

void
sc_device_row_clear(ScDeviceRow *row)
{
    g_clear_pointer(&row->id, g_free);
    g_clear_pointer(&row->name, g_free);
    g_clear_pointer(&row->site, g_free);
}

bool
sc_store_find_device_by_token(ScStore *store, const char *hash, ScDeviceRow *out_row,
                              GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT id, name, site FROM device"
                       " WHERE token_hash = $1 AND state = 'active'",
                       error))
        return false;
    sc_query_bind_text(&query, hash);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        g_set_error_literal(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND,
                            "no such device");
        return false;
    }
    *out_row = (ScDeviceRow){
        .id = sc_query_dup_text(&query, 0),
        .name = sc_query_dup_text(&query, 1),
        .site = sc_query_dup_text(&query, 2),
    };
    return true;
}

bool
sc_store_add_device(ScStore *store, const ScDeviceEnrolled *device, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, store,
            "INSERT INTO device (id, site, name, enrolled_by, address, program,"
            " enrolled_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            error))
        return false;
    sc_query_bind_text(&query, device->id);
    sc_query_bind_text(&query, device->site);
    sc_query_bind_text(&query, device->name);
    sc_query_bind_text(&query, device->enrolled_by);
    sc_query_bind_text(&query, device->address);
    sc_query_bind_text(&query, device->program);
    sc_query_bind_integer(&query, device->enrolled_ms);
    return sc_query_run(&query, error);
}

bool
sc_store_set_device_token(ScStore *store, const char *id, const char *hash,
                          GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE device SET token_hash = $1"
                       " WHERE id = $2 AND state = 'active'",
                       error))
        return false;
    sc_query_bind_text(&query, hash);
    sc_query_bind_text(&query, id);
    return sc_query_run_on_one(&query, "active device", id, error);
}

bool
sc_store_note_device(ScStore *store, const char *id, const char *address,
                     const char *program, const char *health, int64_t now_ms,
                     GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE device SET seen_ms = $1, address = $2, program = $3,"
                       " health = $4 WHERE id = $5 AND (seen_ms IS NULL OR seen_ms < $6"
                       " OR address <> $2 OR program <> $3 OR health <> $4)",
                       error))
        return false;
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_text(&query, address);
    sc_query_bind_text(&query, program);
    sc_query_bind_text(&query, health);
    sc_query_bind_text(&query, id);
    sc_query_bind_integer(&query, now_ms - NOTE_MS);
    return sc_query_run(&query, error);
}

static void
bind_figure(ScQuery *query, int64_t figure)
{
    if (figure >= 0)
        sc_query_bind_integer(query, figure);
    else
        sc_query_bind_null(query);
}

bool
sc_store_set_site_line(ScStore *store, const char *site, const ScLine *line,
                       int64_t now_ms, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE site SET line_down_kbps = COALESCE($1, line_down_kbps),"
                       " line_up_kbps = COALESCE($2, line_up_kbps),"
                       " line_rtt_ms = COALESCE($3, line_rtt_ms),"
                       " line_loss_permille = COALESCE($4, line_loss_permille),"
                       " line_measured_ms = $5 WHERE id = $6",
                       error))
        return false;
    bind_figure(&query, line->down_kbps);
    bind_figure(&query, line->up_kbps);
    bind_figure(&query, line->rtt_ms);
    bind_figure(&query, line->loss_permille);
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_text(&query, site);
    return sc_query_run(&query, error);
}
