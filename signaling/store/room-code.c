/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/room-code.h"

#include <sodium.h>

#include "signaling/store/query.h"

#define CODES 1000000 /* of six digits */
#define TRIES_MAX 50  /* until one is free; a lesson's site has one, so few are taken */

static bool
get_code(ScStore *store, const char *lesson, const char *site, char **out_code,
         GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT code FROM room_code WHERE lesson = $1 AND site = $2",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_code = has_row ? sc_query_dup_text(&query, 0) : NULL;
    return true;
}

static bool
add_code(ScStore *store, const char *code, const char *lesson, const char *site,
         GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO room_code (code, lesson, site) VALUES ($1, $2, $3)",
                       error))
        return false;
    sc_query_bind_text(&query, code);
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    return sc_query_run(&query, error);
}

char *
sc_store_ensure_room_code(ScStore *store, const char *lesson, const char *site,
                          GError **error)
{
    char *known = NULL;

    if (!get_code(store, lesson, site, &known, error))
        return NULL;
    if (known != NULL)
        return known;
    g_assert(sodium_init() >= 0);
    for (unsigned i = 1;; i++) {
        g_autoptr(GError) reason = NULL;
        g_autofree char *code = g_strdup_printf("%06u", randombytes_uniform(CODES));
        if (add_code(store, code, lesson, site, &reason))
            return g_steal_pointer(&code);
        if (i == TRIES_MAX
            || !g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return NULL;
        }
    }
}

bool
sc_store_find_room_code(ScStore *store, const char *code, char **out_lesson,
                        char **out_site, GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT lesson, site FROM room_code WHERE code = $1", error))
        return false;
    sc_query_bind_text(&query, code);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND, "no code %s", code);
        return false;
    }
    *out_lesson = sc_query_dup_text(&query, 0);
    *out_site = sc_query_dup_text(&query, 1);
    return true;
}

bool
sc_store_remove_old_room_codes(ScStore *store, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    return sc_query_init(&query, store,
                         "DELETE FROM room_code WHERE EXISTS (SELECT 1 FROM lesson"
                         " WHERE lesson.id = room_code.lesson"
                         " AND lesson.state IN ('ended', 'cancelled'))",
                         error)
           && sc_query_run(&query, error);
}
