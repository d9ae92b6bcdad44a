/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/timetable.h"

#include "signaling/store/query.h"

void
sc_entry_row_clear(ScEntryRow *row)
{
    char **texts[] = { &row->id,           &row->pairing, &row->state,   &row->term,
                       &row->organisation, &row->teacher, &row->subject, &row->name,
                       &row->giving_site,  &row->weeks };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(texts[i], g_free);
}

static bool
refuse_absent(const char *noun, const char *id, GError **error)
{
    g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND, "no %s \"%s\"", noun,
                id);
    return false;
}

bool
sc_store_get_entry(ScStore *store, const char *id, ScEntryRow *out_row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT entry.id, pairing.id, pairing.state, pairing.term,"
                       " pairing.organisation, COALESCE(entry.teacher, pairing.teacher),"
                       " pairing.subject, pairing.name, pairing.giving_site, entry.weeks,"
                       " entry.weekday, entry.period, entry.first_week, entry.last_week,"
                       " period.starts_min, period.ends_min FROM entry"
                       " JOIN pairing ON pairing.id = entry.pairing"
                       " JOIN period ON period.schedule = entry.schedule"
                       " AND period.number = entry.period WHERE entry.id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row)
        return refuse_absent("entry", id, error);
    *out_row = (ScEntryRow){
        .id = sc_query_dup_text(&query, 0),
        .pairing = sc_query_dup_text(&query, 1),
        .state = sc_query_dup_text(&query, 2),
        .term = sc_query_dup_text(&query, 3),
        .organisation = sc_query_dup_text(&query, 4),
        .teacher = sc_query_dup_text(&query, 5),
        .subject = sc_query_dup_text(&query, 6),
        .name = sc_query_dup_text(&query, 7),
        .giving_site = sc_query_dup_text(&query, 8),
        .weeks = sc_query_dup_text(&query, 9),
        .weekday = (unsigned)sc_query_get_integer(&query, 10),
        .period = (unsigned)sc_query_get_integer(&query, 11),
        .first_week = (unsigned)sc_query_get_integer(&query, 12),
        .last_week = (unsigned)sc_query_get_integer(&query, 13),
        .starts_min = (unsigned)sc_query_get_integer(&query, 14),
        .ends_min = (unsigned)sc_query_get_integer(&query, 15),
    };
    return true;
}

static char **
list_texts(ScStore *store, const char *sql, const char *key, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    bool has_row;
    if (!sc_query_init(&query, store, sql, error))
        return NULL;
    sc_query_bind_text(&query, key);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_strv_builder_end(texts);
        g_strv_builder_add(texts, sc_query_get_text(&query, 0));
    }
    return NULL;
}

char **
sc_store_list_entries(ScStore *store, const char *pairing, GError **error)
{
    return list_texts(store, "SELECT id FROM entry WHERE pairing = $1 ORDER BY id",
                      pairing, error);
}

/* By periods of the week: lessons of the same hours lie beside one another in the indexes
 * by time, so that those made one after the other change few pages. */
char **
sc_store_list_term_entries(ScStore *store, const char *term, GError **error)
{
    return list_texts(
        store,
        "SELECT entry.id FROM pairing JOIN entry ON entry.pairing = pairing.id"
        " WHERE pairing.term = $1 AND pairing.state = 'active'"
        " ORDER BY entry.weekday, entry.period, entry.id",
        term, error);
}

char **
sc_store_list_receiving_sites(ScStore *store, const char *pairing, GError **error)
{
    return list_texts(store,
                      "SELECT site FROM pairing_site WHERE pairing = $1 ORDER BY place",
                      pairing, error);
}

void
sc_term_row_clear(ScTermRow *row)
{
    g_clear_pointer(&row->first_day, g_free);
    g_clear_pointer(&row->last_day, g_free);
    g_clear_pointer(&row->days, g_strfreev);
    g_clear_pointer(&row->follows, g_strfreev);
}

bool
sc_store_get_term(ScStore *store, const char *id, ScTermRow *out_row, GError **error)
{
    g_auto(ScTermRow) row = { 0 };
    {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, store,
                           "SELECT first_day, last_day FROM term WHERE id = $1", error))
            return false;
        sc_query_bind_text(&query, id);
        if (!sc_query_step(&query, &has_row, error))
            return false;
        if (!has_row)
            return refuse_absent("term", id, error);
        row.first_day = sc_query_dup_text(&query, 0);
        row.last_day = sc_query_dup_text(&query, 1);
    }
    row.days = list_texts(
        store, "SELECT day FROM term_exception WHERE term = $1 ORDER BY day", id, error);
    row.follows = row.days != NULL
                      ? list_texts(store,
                                   "SELECT COALESCE(follows, '') FROM term_exception"
                                   " WHERE term = $1 ORDER BY day",
                                   id, error)
                      : NULL;
    if (row.follows == NULL)
        return false;
    row.n_exceptions = g_strv_length(row.days);
    *out_row = row;
    row = (ScTermRow){ 0 };
    return true;
}

ScTermCalendar *
sc_store_get_term_calendar(ScStore *store, const char *id, GError **error)
{
    g_auto(ScTermRow) row = { 0 };
    int index;
    if (!sc_store_get_term(store, id, &row, error))
        return NULL;
    g_autofree ScTermException *exceptions =
        g_new0(ScTermException, row.n_exceptions + 1);
    for (unsigned i = 0; i < row.n_exceptions; i++)
        exceptions[i] =
            (ScTermException){ row.days[i],
                               row.follows[i][0] != '\0' ? row.follows[i] : NULL };
    return sc_term_calendar_new(row.first_day, row.last_day, exceptions, row.n_exceptions,
                                &index, error);
}

void
sc_made_lesson_clear(gpointer data)
{
    ScMadeLesson *lesson = data;
    g_free(lesson->id);
    g_free(lesson->entry_day);
    g_free(lesson->teacher);
}

GArray *
sc_store_list_made_lessons(ScStore *store, const char *entry, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GArray) lessons = g_array_new(FALSE, FALSE, sizeof(ScMadeLesson));
    bool has_row;
    g_array_set_clear_func(lessons, sc_made_lesson_clear);
    if (!sc_query_init(&query, store,
                       "SELECT id, entry_day, teacher, starts_ms, ends_ms,"
                       " state = 'scheduled' AND touched = 0 AND opened_ms IS NULL"
                       " FROM lesson WHERE entry = $1",
                       error))
        return NULL;
    sc_query_bind_text(&query, entry);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&lessons);
        ScMadeLesson lesson = {
            .id = sc_query_dup_text(&query, 0),
            .entry_day = sc_query_dup_text(&query, 1),
            .teacher = sc_query_dup_text(&query, 2),
            .starts_ms = sc_query_get_integer(&query, 3),
            .ends_ms = sc_query_get_integer(&query, 4),
            .is_free = sc_query_get_integer(&query, 5) != 0,
        };
        g_array_append_val(lessons, lesson);
    }
    return NULL;
}

static bool
add_site(ScStore *store, const char *lesson, const char *site, const char *role, int tile,
         GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO lesson_site (lesson, site, role, tile)"
                       " VALUES ($1, $2, $3, $4)",
                       error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    sc_query_bind_text(&query, role);
    if (tile >= 0)
        sc_query_bind_integer(&query, tile);
    else
        sc_query_bind_null(&query);
    return sc_query_run(&query, error);
}

static bool
add_sites(ScStore *store, const char *lesson, const char *giving_site,
          char *const *receiving_sites, GError **error)
{
    if (!add_site(store, lesson, giving_site, "teacher", -1, error))
        return false;
    for (int tile = 0; receiving_sites[tile] != NULL; tile++)
        if (!add_site(store, lesson, receiving_sites[tile], "classroom", tile, error))
            return false;
    return true;
}

static bool
add_row(ScStore *store, const ScNewLesson *lesson, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, store,
            "INSERT INTO lesson (id, organisation, pairing, term, entry,"
            " entry_day, origin, makes_up, teacher, title, subject, day, period,"
            " starts_ms, ends_ms, state, reason) VALUES ($1, $2, $3, $4, $5, $6,"
            " $7, $8, $9, $10, $11, $12, $13, $14, $15, 'scheduled', $16)",
            error))
        return false;
    const char *const texts[] = { lesson->id,     lesson->organisation, lesson->pairing,
                                  lesson->term,   lesson->entry,        lesson->entry_day,
                                  lesson->origin, lesson->makes_up,     lesson->teacher,
                                  lesson->title,  lesson->subject,      lesson->day };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        sc_query_bind_text(&query, texts[i]);
    if (lesson->period >= 0)
        sc_query_bind_integer(&query, lesson->period);
    else
        sc_query_bind_null(&query);
    sc_query_bind_integer(&query, lesson->starts_ms);
    sc_query_bind_integer(&query, lesson->ends_ms);
    sc_query_bind_text(&query, lesson->reason != NULL ? lesson->reason : "");
    return sc_query_run(&query, error);
}

bool
sc_store_add_made_lesson(ScStore *store, const ScNewLesson *lesson,
                         const char *giving_site, char *const *receiving_sites,
                         GError **error)
{
    return add_row(store, lesson, error)
           && add_sites(store, lesson->id, giving_site, receiving_sites, error);
}

bool
sc_store_move_made_lesson(ScStore *store, const char *id, const char *teacher,
                          int64_t period, int64_t starts_ms, int64_t ends_ms,
                          GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE lesson SET teacher = $1, period = $2, starts_ms = $3,"
                       " ends_ms = $4, version = version + 1 WHERE id = $5",
                       error))
        return false;
    sc_query_bind_text(&query, teacher);
    sc_query_bind_integer(&query, period);
    sc_query_bind_integer(&query, starts_ms);
    sc_query_bind_integer(&query, ends_ms);
    sc_query_bind_text(&query, id);
    return sc_query_run_on_one(&query, "lesson", id, error);
}

/* @statements each with the lesson's id as $1, in this order. */
static bool
run_each(ScStore *store, const char *const *statements, unsigned n, const char *id,
         GError **error)
{
    for (unsigned i = 0; i < n; i++) {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, store, statements[i], error))
            return false;
        sc_query_bind_text(&query, id);
        if (!sc_query_run(&query, error))
            return false;
    }
    return true;
}

static const char *const removals[] = {
    "DELETE FROM join_token WHERE lesson = $1",
    "DELETE FROM lesson_floor WHERE lesson = $1",
    "DELETE FROM attendance WHERE lesson = $1",
    "DELETE FROM lesson_site WHERE lesson = $1",
    "DELETE FROM lesson WHERE id = $1",
};

bool
sc_store_set_made_sites(ScStore *store, const char *id, const char *giving_site,
                        char *const *receiving_sites, GError **error)
{
    return run_each(store, removals, G_N_ELEMENTS(removals) - 1, id, error)
           && add_sites(store, id, giving_site, receiving_sites, error);
}

bool
sc_store_remove_made_lesson(ScStore *store, const char *id, GError **error)
{
    return run_each(store, removals, G_N_ELEMENTS(removals), id, error);
}
