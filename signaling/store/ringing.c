/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/ringing.h"

#include "signaling/store/query.h"

#define MS_PER_MIN 60000LL
#define COLUMNS "id, starts_ms, ends_ms, overtime_min, state, opened_ms"
/* Few are live at once, so their ends need no index of their own. */
#define LIVE " FROM lesson WHERE state = 'live'"
#define END "ends_ms + overtime_min * 60000"

void
sc_ringing_row_clear(ScRingingRow *row)
{
    g_clear_pointer(&row->id, g_free);
}

static void
clear_row(gpointer row)
{
    sc_ringing_row_clear(row);
}

int64_t
sc_lesson_times_get_end_ms(const ScLessonTimes *times)
{
    return times->ends_ms + times->overtime_min * MS_PER_MIN;
}

static ScRingingRow
read_row(const ScQuery *query)
{
    unsigned state = 0;
    bool is_state = sc_word_find(sc_word_lesson_states, SC_N_LESSON_STATES,
                                 sc_query_get_text(query, 4), &state);

    g_assert(is_state); /* the table's check */
    return (ScRingingRow){
        .id = sc_query_dup_text(query, 0),
        .times = {
            .starts_ms = sc_query_get_integer(query, 1),
            .ends_ms = sc_query_get_integer(query, 2),
            .overtime_min = (unsigned)sc_query_get_integer(query, 3),
            .state = (ScLessonState)state,
            .opened_ms = sc_query_get_integer(query, 5), /* NULL reads as 0 */
        },
    };
}

/* The rows of @query, whose parameters are bound. */
static GArray *
list_rows(ScQuery *query, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(ScRingingRow));
    bool has_row;

    g_array_set_clear_func(rows, clear_row);
    for (;;) {
        if (!sc_query_step(query, &has_row, error))
            return NULL;
        if (!has_row)
            return g_steal_pointer(&rows);
        ScRingingRow row = read_row(query);
        g_array_append_val(rows, row);
    }
}

GArray *
sc_store_list_lessons_to_begin(ScStore *store, int64_t now_ms, int64_t early_ms,
                               unsigned max, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT " COLUMNS " FROM lesson WHERE state = 'scheduled'"
                       " AND starts_ms <= $1 + $2"
                       " AND (starts_ms <= $1 OR coalesce(opened_ms, 0) = 0"
                       " OR opened_ms < starts_ms - $2)"
                       " ORDER BY starts_ms LIMIT $3",
                       error))
        return NULL;
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_integer(&query, early_ms);
    sc_query_bind_integer(&query, max);
    return list_rows(&query, error);
}

GArray *
sc_store_list_lessons_to_end(ScStore *store, int64_t now_ms, unsigned max, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT " COLUMNS LIVE " AND " END " <= $1 LIMIT $2", error))
        return NULL;
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_integer(&query, max);
    return list_rows(&query, error);
}

GArray *
sc_store_list_ending_lessons(ScStore *store, int64_t now_ms, int64_t warn_ms,
                             GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "SELECT " COLUMNS LIVE " AND " END " > $1 AND " END " <= $1 + $2",
                       error))
        return NULL;
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_integer(&query, warn_ms);
    return list_rows(&query, error);
}

/* @sql answers the earliest after its one parameter, or NULL. */
static bool
lower_to_earliest(ScStore *store, const char *sql, int64_t after_ms, int64_t before_ms,
                  int64_t *next_ms, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;

    if (!sc_query_init(&query, store, sql, error))
        return false;
    sc_query_bind_integer(&query, after_ms);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!sc_query_is_null(&query, 0))
        *next_ms = MIN(*next_ms, sc_query_get_integer(&query, 0) - before_ms);
    return true;
}

bool
sc_store_get_next_ring(ScStore *store, int64_t now_ms, int64_t early_ms, int64_t warn_ms,
                       int64_t *out_next_ms, GError **error)
{
    static const char *const start = "SELECT min(starts_ms) FROM lesson"
                                     " WHERE state = 'scheduled' AND starts_ms > $1";
    static const char *const end = "SELECT min(" END ")" LIVE " AND " END " > $1";
    int64_t next_ms = INT64_MAX;

    if (!lower_to_earliest(store, start, now_ms + early_ms, early_ms, &next_ms, error)
        || !lower_to_earliest(store, start, now_ms, 0, &next_ms, error)
        || !lower_to_earliest(store, end, now_ms + warn_ms, warn_ms, &next_ms, error)
        || !lower_to_earliest(store, end, now_ms, 0, &next_ms, error))
        return false;
    *out_next_ms = next_ms;
    return true;
}

bool
sc_store_get_ringing(ScStore *store, const char *lesson, ScRingingRow *out_row,
                     GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;

    if (!sc_query_init(&query, store, "SELECT " COLUMNS " FROM lesson WHERE id = $1",
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
    *out_row = read_row(&query);
    return true;
}

/* Runs @sql, whose parameters are @number and the lesson. */
static bool
change_one(ScStore *store, const char *sql, const char *noun, const char *lesson,
           int64_t number, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store, sql, error))
        return false;
    sc_query_bind_integer(&query, number);
    sc_query_bind_text(&query, lesson);
    return sc_query_run_on_one(&query, noun, lesson, error);
}

bool
sc_store_open_lesson(ScStore *store, const char *lesson, int64_t now_ms, GError **error)
{
    return change_one(store,
                      "UPDATE lesson SET opened_ms = $1, version = version + 1"
                      " WHERE id = $2 AND state = 'scheduled'",
                      "scheduled lesson", lesson, now_ms, error);
}

bool
sc_store_begin_lesson(ScStore *store, const char *lesson, int64_t now_ms, GError **error)
{
    return change_one(store,
                      "UPDATE lesson SET state = 'live', begun_ms = $1,"
                      " version = version + 1 WHERE id = $2 AND state = 'scheduled'",
                      "scheduled lesson", lesson, now_ms, error);
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

bool
sc_store_end_lesson(ScStore *store, const char *lesson, int64_t ended_ms, GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!change_one(store,
                    "UPDATE lesson SET state = 'ended', ended_ms = $1,"
                    " version = version + 1"
                    " WHERE id = $2 AND state IN ('scheduled', 'live')",
                    "lesson that is not over", lesson, ended_ms, error)
        || !clear_floor(store, lesson, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}

bool
sc_store_extend_lesson(ScStore *store, const char *lesson, unsigned minutes,
                       GError **error)
{
    return change_one(store,
                      "UPDATE lesson SET overtime_min = overtime_min + $1,"
                      " version = version + 1 WHERE id = $2 AND state = 'live'",
                      "live lesson", lesson, minutes, error);
}
