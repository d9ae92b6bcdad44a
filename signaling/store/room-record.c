/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/room-record.h"

#include "signaling/store/query.h"

void
sc_room_record_row_free(ScRoomRecordRow *row)
{
    if (row == NULL)
        return;
    g_free(row->lesson);
    g_free(row->site);
    g_free(row->type);
    g_free(row->body);
    g_free(row);
}

static void
free_row(gpointer row)
{
    sc_room_record_row_free(row);
}

bool
sc_store_add_room_record(ScStore *store, const ScRoomRecordRow *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO room_record"
                       " (lesson, number, at_ms, site, role, pupil, type, body)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       error))
        return false;
    sc_query_bind_text(&query, row->lesson);
    sc_query_bind_integer(&query, row->number);
    sc_query_bind_integer(&query, row->at_ms);
    sc_query_bind_text(&query, row->site);
    sc_query_bind_text(&query, sc_role_get_name(row->role));
    sc_query_bind_integer(&query, row->pupil);
    sc_query_bind_text(&query, row->type);
    sc_query_bind_text(&query, row->body);
    return sc_query_run(&query, error);
}

GPtrArray *
sc_store_list_room_records(ScStore *store, const char *lesson, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT number, at_ms, site, role, pupil, type, body"
                       " FROM room_record WHERE lesson = $1 ORDER BY number",
                       error))
        return NULL;
    sc_query_bind_text(&query, lesson);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
    for (;;) {
        bool has_row;
        if (!sc_query_step(&query, &has_row, error))
            return NULL;
        if (!has_row)
            return g_steal_pointer(&rows);
        ScRoomRecordRow *row = g_new0(ScRoomRecordRow, 1);
        g_ptr_array_add(rows, row);
        row->lesson = g_strdup(lesson);
        row->number = sc_query_get_integer(&query, 0);
        row->at_ms = sc_query_get_integer(&query, 1);
        row->site = sc_query_dup_text(&query, 2);
        bool is_role = sc_role_parse(sc_query_get_text(&query, 3), &row->role);
        g_assert(is_role); /* the table's check */
        row->pupil = (unsigned)sc_query_get_integer(&query, 4);
        row->type = sc_query_dup_text(&query, 5);
        row->body = sc_query_dup_text(&query, 6);
    }
}
