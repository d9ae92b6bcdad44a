/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/lesson-rows.h"

#include "signaling/api/access.h"
#include "signaling/protocol/timestamp.h"

/* In the order of SC_LESSON_ROWS_SELECT. */
static const char *const texts[] = {
    "id",      "organisation", "pairing", "term",    "entry", "origin", "makes_up",
    "teacher", "teacher_name", "title",   "subject", "day",   "state",  "reason",
};
static const char *const integers[] = { "period", "overtime_min", "touched", "version" };
static const char *const instants[] = { "starts_at", "ends_at", "opened_at", "begun_at",
                                        "ended_at" };

JsonObject *
sc_lesson_rows_read(const ScQuery *query)
{
    JsonObject *row = json_object_new();
    int column = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++, column++)
        if (sc_query_is_null(query, column))
            json_object_set_null_member(row, texts[i]);
        else
            json_object_set_string_member(row, texts[i],
                                          sc_query_get_text(query, column));
    for (unsigned i = 0; i < G_N_ELEMENTS(integers); i++, column++)
        if (sc_query_is_null(query, column))
            json_object_set_null_member(row, integers[i]);
        else
            json_object_set_int_member(row, integers[i],
                                       sc_query_get_integer(query, column));
    for (unsigned i = 0; i < G_N_ELEMENTS(instants); i++, column++) {
        if (sc_query_is_null(query, column)) {
            json_object_set_null_member(row, instants[i]);
            continue;
        }
        g_autofree char *text = sc_timestamp_print(sc_query_get_integer(query, column));
        json_object_set_string_member(row, instants[i], text);
    }
    return row;
}

bool
sc_lesson_rows_add_sites(ScCall *call, JsonObject *lesson, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) sites = json_array_new();
    g_autoptr(JsonArray) names = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT site.id, site.name, role FROM lesson_site"
                       " JOIN site ON site.id = lesson_site.site"
                       " WHERE lesson_site.lesson = $1 ORDER BY tile",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(lesson, "id"));
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(lesson, "receiving_sites",
                                         g_steal_pointer(&sites));
            json_object_set_array_member(lesson, "site_names", g_steal_pointer(&names));
            return true;
        }
        if (g_str_equal(sc_query_get_text(&query, 2), "teacher")) {
            json_object_set_string_member(lesson, "giving_site",
                                          sc_query_get_text(&query, 0));
            json_object_set_string_member(lesson, "giving_site_name",
                                          sc_query_get_text(&query, 1));
        } else {
            json_array_add_string_element(sites, sc_query_get_text(&query, 0));
            json_array_add_string_element(names, sc_query_get_text(&query, 1));
        }
    }
    return false;
}

JsonObject *
sc_lesson_rows_get(ScCall *call, const char *id, GError **error)
{
    g_autoptr(JsonObject) row = NULL;
    {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, sc_call_get_store(call),
                           SC_LESSON_ROWS_SELECT "WHERE " SC_LESSON_ROWS_SEES
                                                 " AND lesson.id = $2",
                           error))
            return NULL;
        sc_query_bind_text(&query, sc_call_get_actor(call)->id);
        sc_query_bind_text(&query, id);
        if (!sc_query_step(&query, &has_row, error))
            return NULL;
        if (!has_row) {
            (void)sc_access_refuse_absent("lesson", id, error);
            return NULL;
        }
        row = sc_lesson_rows_read(&query);
    }
    return sc_lesson_rows_add_sites(call, row, error) ? g_steal_pointer(&row) : NULL;
}
