/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/lesson.h"

#include "signaling/store/query.h"

static const char *const states[] = {
    [SC_LESSON_SCHEDULED] = "scheduled",
    [SC_LESSON_LIVE] = "live",
    [SC_LESSON_ENDED] = "ended",
    [SC_LESSON_CANCELLED] = "cancelled",
};

const char *
sc_lesson_state_get_name(ScLessonState state)
{
    return states[state];
}

/* The table's check allows no others. */
static ScLessonState
parse_state(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_str_equal(name, states[i]))
            return (ScLessonState)i;
    g_assert_not_reached();
}

static void
lesson_site_clear(gpointer data)
{
    ScLessonSite *site = data;

    g_free(site->site);
    g_free(site->name);
    g_free(site->name_en);
    g_free(site->school);
    g_free(site->school_en);
}

void
sc_lesson_row_free(ScLessonRow *row)
{
    if (row == NULL)
        return;
    for (unsigned i = 0; i < row->n_sites; i++)
        lesson_site_clear(&row->sites[i]);
    g_free(row->sites);
    g_free(row->id);
    g_free(row->pairing);
    g_free(row->title);
    g_free(row->subject);
    g_free(row->floor);
    g_free(row);
}

bool
sc_store_add_lesson_site(ScStore *store, const char *lesson, const ScLessonSite *site,
                         GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO lesson_site (lesson, site, role, tile)"
                       " VALUES ($1, $2, $3, $4)",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site->site);
    sc_query_bind_text(&query, sc_role_get_name(site->role));
    if (site->tile >= 0)
        sc_query_bind_integer(&query, site->tile);
    else
        sc_query_bind_null(&query);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "site \"%s\" of lesson \"%s\": ", site->site, lesson);
        return false;
    }
    return true;
}

static bool
remove_rows_of_site(ScStore *store, const char *lesson, const char *site, GError **error)
{
    static const char *const statements[] = {
        "DELETE FROM join_token WHERE lesson = $1 AND site = $2",
        "DELETE FROM lesson_floor WHERE lesson = $1 AND site = $2",
        "DELETE FROM lesson_site WHERE lesson = $1 AND site = $2",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_auto(ScQuery) query = { 0 };
        bool is_last = i == G_N_ELEMENTS(statements) - 1;

        if (!sc_query_init(&query, store, statements[i], error))
            return false;
        sc_query_bind_text(&query, lesson);
        sc_query_bind_text(&query, site);
        if (is_last ? !sc_query_run_on_one(&query, "site of the lesson", site, error)
                    : !sc_query_run(&query, error))
            return false;
    }
    return true;
}

bool
sc_store_remove_lesson_site(ScStore *store, const char *lesson, const char *site,
                            GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!remove_rows_of_site(store, lesson, site, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}

static bool
add_row(ScStore *store, const ScLessonRow *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO lesson"
                       " (id, pairing, title, subject, starts_ms, ends_ms, state)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       error))
        return false;
    sc_query_bind_text(&query, row->id);
    sc_query_bind_text(&query, row->pairing);
    sc_query_bind_text(&query, row->title);
    sc_query_bind_text(&query, row->subject);
    sc_query_bind_integer(&query, row->starts_ms);
    sc_query_bind_integer(&query, row->ends_ms);
    sc_query_bind_text(&query, states[row->state]);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "lesson \"%s\": ", row->id);
        return false;
    }
    return true;
}

static bool
add_row_and_sites(ScStore *store, const ScLessonRow *row, GError **error)
{
    if (!add_row(store, row, error))
        return false;
    for (unsigned i = 0; i < row->n_sites; i++)
        if (!sc_store_add_lesson_site(store, row->id, &row->sites[i], error))
            return false;
    return true;
}

bool
sc_store_add_lesson(ScStore *store, const ScLessonRow *row, GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!add_row_and_sites(store, row, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}

static bool
get_row(ScStore *store, ScLessonRow *row, const char *lesson, GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT id, pairing, title, subject, starts_ms, ends_ms, state,"
                       " lesson_floor.site, overtime_min, opened_ms, begun_ms, ended_ms"
                       " FROM lesson"
                       " LEFT JOIN lesson_floor ON lesson_floor.lesson = lesson.id"
                       " WHERE id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND, "no lesson \"%s\"",
                    lesson);
        return false;
    }
    row->id = sc_query_dup_text(&query, 0);
    row->pairing = sc_query_dup_text(&query, 1);
    row->title = sc_query_dup_text(&query, 2);
    row->subject = sc_query_dup_text(&query, 3);
    row->starts_ms = sc_query_get_integer(&query, 4);
    row->ends_ms = sc_query_get_integer(&query, 5);
    row->state = parse_state(sc_query_get_text(&query, 6));
    row->floor = sc_query_dup_text(&query, 7);
    row->overtime_min = (unsigned)sc_query_get_integer(&query, 8);
    row->opened_ms = sc_query_get_integer(&query, 9); /* NULL reads as 0 */
    row->begun_ms = sc_query_get_integer(&query, 10);
    row->ended_ms = sc_query_get_integer(&query, 11);
    return true;
}

static ScLessonSite
read_site(const ScQuery *query)
{
    ScLessonSite site = {
        .site = sc_query_dup_text(query, 0),
        .tile = sc_query_is_null(query, 2) ? -1 : (int)sc_query_get_integer(query, 2),
        .name = sc_query_dup_text(query, 3),
        .name_en = sc_query_dup_text(query, 4),
        .school = sc_query_dup_text(query, 5),
        .school_en = sc_query_dup_text(query, 6),
    };
    bool is_role = sc_role_parse(sc_query_get_text(query, 1), &site.role);

    g_assert(is_role); /* the table's check */
    return site;
}

static bool
get_sites(ScStore *store, ScLessonRow *row, GError **error)
{
    g_autoptr(GArray) sites = g_array_new(FALSE, TRUE, sizeof(ScLessonSite));
    g_auto(ScQuery) query = { 0 };
    bool has_row;

    g_array_set_clear_func(sites, lesson_site_clear);
    if (!sc_query_init(&query, store,
                       "SELECT lesson_site.site, lesson_site.role, lesson_site.tile,"
                       " site.name, site.name_en, organisation.name, organisation.name_en"
                       " FROM lesson_site JOIN site ON site.id = lesson_site.site"
                       " JOIN organisation ON organisation.id = site.organisation"
                       " WHERE lesson_site.lesson = $1"
                       " ORDER BY CASE lesson_site.role WHEN 'teacher' THEN 0"
                       " WHEN 'classroom' THEN 1 ELSE 2 END,"
                       " lesson_site.tile, lesson_site.site",
                       error))
        return false;
    sc_query_bind_text(&query, row->id);
    for (;;) {
        if (!sc_query_step(&query, &has_row, error))
            return false;
        if (!has_row)
            break;
        ScLessonSite site = read_site(&query);
        g_array_append_val(sites, site);
    }
    row->n_sites = sites->len;
    row->sites = (ScLessonSite *)g_array_steal(sites, NULL);
    return true;
}

ScLessonRow *
sc_store_get_lesson(ScStore *store, const char *lesson, GError **error)
{
    g_autoptr(ScLessonRow) row = g_new0(ScLessonRow, 1);

    if (!get_row(store, row, lesson, error) || !get_sites(store, row, error))
        return NULL;
    return g_steal_pointer(&row);
}

char **
sc_store_list_open_lessons(ScStore *store, GError **error)
{
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    g_auto(ScQuery) query = { 0 };
    bool has_row;

    if (!sc_query_init(&query, store,
                       "SELECT id FROM lesson WHERE state <> 'ended'"
                       " ORDER BY starts_ms, id",
                       error))
        return NULL;
    for (;;) {
        if (!sc_query_step(&query, &has_row, error))
            return NULL;
        if (!has_row)
            return g_strv_builder_end(ids);
        g_strv_builder_add(ids, sc_query_get_text(&query, 0));
    }
}

static bool
clear_floor(ScStore *store, const char *lesson, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store, "DELETE FROM lesson_floor WHERE lesson = $1",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    return sc_query_run(&query, error);
}

static bool
set_state(ScStore *store, const char *lesson, ScLessonState state, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       state == SC_LESSON_SCHEDULED
                           ? "UPDATE lesson SET state = $1, version = version + 1,"
                             " overtime_min = 0, opened_ms = NULL, begun_ms = NULL,"
                             " ended_ms = NULL WHERE id = $2"
                           : "UPDATE lesson SET state = $1, version = version + 1"
                             " WHERE id = $2",
                       error))
        return false;
    sc_query_bind_text(&query, states[state]);
    sc_query_bind_text(&query, lesson);
    return sc_query_run_on_one(&query, "lesson", lesson, error);
}

bool
sc_store_set_lesson_state(ScStore *store, const char *lesson, ScLessonState state,
                          GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!set_state(store, lesson, state, error)
        || (state == SC_LESSON_ENDED && !clear_floor(store, lesson, error))) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}

bool
sc_store_set_lesson_times(ScStore *store, const char *lesson, int64_t starts_ms,
                          int64_t ends_ms, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "UPDATE lesson SET starts_ms = $1, ends_ms = $2,"
                       " version = version + 1 WHERE id = $3",
                       error))
        return false;
    sc_query_bind_integer(&query, starts_ms);
    sc_query_bind_integer(&query, ends_ms);
    sc_query_bind_text(&query, lesson);
    return sc_query_run_on_one(&query, "lesson", lesson, error);
}

bool
sc_store_set_floor(ScStore *store, const char *lesson, const char *site, int64_t now_ms,
                   GError **error)
{
    if (site == NULL)
        return clear_floor(store, lesson, error);

    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO lesson_floor (lesson, site, since_ms)"
                       " VALUES ($1, $2, $3) ON CONFLICT (lesson) DO UPDATE SET"
                       " site = excluded.site, since_ms = excluded.since_ms",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    sc_query_bind_integer(&query, now_ms);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "floor of lesson \"%s\" for site \"%s\": ", lesson, site);
        return false;
    }
    return true;
}
