/* SPDX-License-Identifier: Apache-2.0 */
/* import-load.c: the school as an import looks at it. */
#include "signaling/api/import-store.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"
#include "signaling/store/timetable.h"

#define DAY_MS (24LL * 3600 * 1000)

/* Takes up the present row. */
typedef void (*Take)(ScImportTables *tables, const ScQuery *query, gpointer data);

/* Each row of @sql, whose only parameter, if any, is @parameter. */
static bool
read_rows(ScStore *store, ScImportTables *tables, const char *sql, const char *parameter,
          Take take, gpointer data, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, sql, error))
        return false;
    if (parameter != NULL)
        sc_query_bind_text(&query, parameter);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        take(tables, &query, data);
    }
    return false;
}

static unsigned
get_unsigned(const ScQuery *query, int column)
{
    return (unsigned)sc_query_get_integer(query, column);
}

static void
take_organisation(ScImportTables *tables, const ScQuery *query,
                  gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_add_organisation(tables, sc_query_get_text(query, 0),
                                      sc_query_get_text(query, 1),
                                      sc_query_get_text(query, 2));
}

static void
take_appointment(ScImportTables *tables, const ScQuery *query,
                 gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_appoint(tables, sc_query_get_text(query, 0),
                             sc_query_get_integer(query, 1) != 0);
}

static void
take_site(ScImportTables *tables, const ScQuery *query, gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_add_site(tables, sc_query_get_text(query, 0),
                              sc_query_get_text(query, 1), sc_query_get_text(query, 2),
                              sc_query_get_integer(query, 3) != 0,
                              sc_query_get_integer(query, 4) != 0);
}

static void
take_person(ScImportTables *tables, const ScQuery *query, gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_add_person(tables, sc_query_get_text(query, 0),
                                sc_query_get_text(query, 1), sc_query_get_text(query, 2),
                                sc_query_get_integer(query, 3) != 0);
}

static void
take_teacher(ScImportTables *tables, const ScQuery *query, gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_add_teacher(tables, sc_query_get_text(query, 0),
                                 sc_query_get_text(query, 1));
}

static void
take_schedule(ScImportTables *tables, const ScQuery *query, gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_add_schedule(tables, sc_query_get_text(query, 0),
                                  sc_query_get_text(query, 1),
                                  sc_query_get_text(query, 2));
}

static void
take_period(ScImportTables *tables, const ScQuery *query, gpointer data G_GNUC_UNUSED)
{
    sc_import_tables_add_period(tables, sc_query_get_text(query, 0),
                                get_unsigned(query, 1), sc_query_get_text(query, 2),
                                get_unsigned(query, 3), get_unsigned(query, 4));
}

/* Receiving sites by pairing: id, owned → texts, owned. */
static void
take_receiving(ScImportTables *tables G_GNUC_UNUSED, const ScQuery *query, gpointer data)
{
    GHashTable *receiving = data;
    const char *pairing = sc_query_get_text(query, 0);
    GPtrArray *sites = g_hash_table_lookup(receiving, pairing);
    if (sites == NULL) {
        sites = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(receiving, g_strdup(pairing), sites);
    }
    g_ptr_array_add(sites, sc_query_dup_text(query, 1));
}

static void
take_pairing(ScImportTables *tables, const ScQuery *query, gpointer data)
{
    g_autoptr(GPtrArray) nobody = g_ptr_array_new();
    GPtrArray *sites = g_hash_table_lookup(data, sc_query_get_text(query, 0));
    const ScImportPairing pairing = {
        .id = sc_query_get_text(query, 0),
        .name = sc_query_get_text(query, 1),
        .organisation = sc_query_get_text(query, 2),
        .state = sc_query_get_text(query, 3),
        .teacher = sc_query_get_text(query, 4),
        .giving_site = sc_query_get_text(query, 5),
        .subject = sc_query_get_text(query, 6),
        .grade = sc_query_get_text(query, 7),
        .receiving = sites != NULL ? sites : nobody,
    };
    sc_import_tables_add_pairing(tables, &pairing);
}

static void
take_entry(ScImportTables *tables, const ScQuery *query, gpointer data G_GNUC_UNUSED)
{
    ScImportEntry entry = {
        .id = sc_query_get_text(query, 0),
        .teacher = sc_query_get_text(query, 2),
        .weekday = get_unsigned(query, 3),
        .schedule = sc_query_get_text(query, 4),
        .period = get_unsigned(query, 5),
        .first_week = get_unsigned(query, 7),
        .last_week = get_unsigned(query, 8),
    };
    (void)sc_week_rule_parse(sc_query_get_text(query, 6), &entry.rule);
    sc_import_tables_add_entry(tables, sc_query_get_text(query, 1), &entry);
}

static const struct {
    const char *sql;
    Take take;
    bool is_of_term;
} places[] = {
    { "SELECT id, organisation, name, state = 'active' AND kind <> 'receiving',"
      " state = 'active' AND kind <> 'giving' FROM site ORDER BY id",
      take_site, false },
    { "SELECT id, name, sign_in, state = 'active' FROM person WHERE id IN"
      " (SELECT person FROM appointment WHERE role = 'teacher')",
      take_person, false },
    { "SELECT id, name, sign_in, state = 'active' FROM person WHERE id IN"
      " (SELECT teacher FROM pairing WHERE term = $1 UNION"
      " SELECT entry.teacher FROM pairing JOIN entry ON entry.pairing = pairing.id"
      " WHERE term = $1)",
      take_person, true },
    { "SELECT person, organisation FROM appointment WHERE role = 'teacher'", take_teacher,
      false },
    { "SELECT id, organisation, name FROM bell_schedule ORDER BY id", take_schedule,
      false },
    { "SELECT schedule, number, name, starts_min, ends_min FROM period", take_period,
      false },
};

#define OF_TERM " FROM pairing WHERE term = $1 AND state <> 'ended'"

static bool
read_timetable(ScStore *store, const ScImportOrder *order, ScImportTables *tables,
               GError **error)
{
    g_autoptr(GHashTable) receiving = g_hash_table_new_full(
        g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    return read_rows(store, tables,
                     "SELECT pairing, site FROM pairing_site WHERE pairing IN"
                     " (SELECT id" OF_TERM ") ORDER BY pairing, place",
                     order->term, take_receiving, receiving, error)
           && read_rows(store, tables,
                        "SELECT id, name, organisation, state, teacher, giving_site,"
                        " subject, grade" OF_TERM,
                        order->term, take_pairing, receiving, error)
           && read_rows(store, tables,
                        "SELECT entry.id, pairing,"
                        " COALESCE(entry.teacher, pairing.teacher), weekday, schedule,"
                        " period, weeks, first_week, last_week"
                        " FROM pairing JOIN entry ON entry.pairing = pairing.id"
                        " WHERE pairing.term = $1 AND pairing.state <> 'ended'"
                        " ORDER BY pairing, weekday, period, entry.id",
                        order->term, take_entry, NULL, error);
}

static bool
read_all(ScStore *store, const ScImportOrder *order, ScImportTables *tables,
         GError **error)
{
    if (!read_rows(store, tables, "SELECT id, parent, name FROM organisation ORDER BY id",
                   NULL, take_organisation, NULL, error)
        || !read_rows(store, tables,
                      "SELECT organisation, role = 'administrator' FROM appointment"
                      " WHERE person = $1 AND role <> 'teacher'",
                      order->person, take_appointment, NULL, error))
        return false;
    sc_import_tables_link(tables);
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++)
        if (!read_rows(store, tables, places[i].sql,
                       places[i].is_of_term ? order->term : NULL, places[i].take, NULL,
                       error))
            return false;
    return read_timetable(store, order, tables, error);
}

static ScTermCalendar *
make_calendar(const ScTermRow *row, GError **error)
{
    g_autofree ScTermException *exceptions =
        g_new0(ScTermException, row->n_exceptions + 1);
    int index;
    for (unsigned i = 0; i < row->n_exceptions; i++)
        exceptions[i] =
            (ScTermException){ row->days[i],
                               row->follows[i][0] != '\0' ? row->follows[i] : NULL };
    return sc_term_calendar_new(row->first_day, row->last_day, exceptions,
                                row->n_exceptions, &index, error);
}

/* When a lesson is, by the term's weeks; false: on a day that is not taught. */
static bool
find_when(const ScTermCalendar *calendar, const ScImportOrder *order, int64_t starts_ms,
          int64_t ends_ms, ScWeekly *out_when)
{
    char day[SC_DAY_LENGTH + 1];
    unsigned minute, week, weekday;
    sc_instant_split(starts_ms, order->zone, day, &minute);
    int index = sc_term_calendar_find_day(calendar, day);
    if (index < 0 || !sc_term_calendar_resolve(calendar, (unsigned)index, &week, &weekday)
        || week > SC_WEEKS_MAX)
        return false;
    *out_when =
        (ScWeekly){ weekday, minute, minute + (unsigned)((ends_ms - starts_ms) / 60000),
                    UINT64_C(1) << (week - 1) };
    return true;
}

/* One lesson at a time, out of rows for each of its sites. */
typedef struct {
    char *lesson;        /* owned; NULL: none yet */
    char *title;         /* owned */
    GPtrArray *subjects; /* owned */
    ScWeekly when;
    bool is_taught;
} ByHand;

static void
finish_lesson(ByHand *self, ScImportTables *tables)
{
    if (self->lesson != NULL && self->is_taught) {
        g_ptr_array_add(self->subjects, NULL);
        sc_import_tables_add_lesson(tables, self->title, &self->when,
                                    (const char *const *)self->subjects->pdata);
    }
    g_ptr_array_set_size(self->subjects, 0);
    g_clear_pointer(&self->lesson, g_free);
    g_clear_pointer(&self->title, g_free);
}

/* The two ends of what is to come of the term. */
static void
bind_days(ScQuery *query, const ScImportOrder *order, const ScTermRow *term)
{
    sc_query_bind_integer(
        query, MAX(sc_instant_at(term->first_day, 0, order->zone), order->now_ms));
    sc_query_bind_integer(query, sc_instant_at(term->last_day, 0, order->zone) + DAY_MS);
}

/* Lessons to come that are where no entry says: made singly, or moved. */
static bool
read_by_hand(ScStore *store, const ScImportOrder *order, const ScTermRow *term,
             const ScTermCalendar *calendar, ScImportTables *tables, GError **error)
{
    g_autoptr(GPtrArray) subjects = g_ptr_array_new_with_free_func(g_free);
    ByHand hand = { .subjects = subjects };
    g_auto(ScQuery) query = { 0 };
    bool has_row = true;
    if (!sc_query_init(&query, store,
                       "SELECT lesson.id, title, teacher, starts_ms, ends_ms, site"
                       " FROM lesson JOIN lesson_site ON lesson_site.lesson = lesson.id"
                       " WHERE starts_ms >= $1 AND starts_ms < $2"
                       " AND (touched = 1 OR entry IS NULL)"
                       " AND state IN ('scheduled', 'live') ORDER BY lesson.id",
                       error))
        return false;
    bind_days(&query, order, term);
    while (has_row && sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            finish_lesson(&hand, tables);
            return true;
        }
        if (g_strcmp0(hand.lesson, sc_query_get_text(&query, 0)) != 0) {
            finish_lesson(&hand, tables);
            hand.lesson = sc_query_dup_text(&query, 0);
            hand.title = sc_query_dup_text(&query, 1);
            hand.is_taught = find_when(calendar, order, sc_query_get_integer(&query, 3),
                                       sc_query_get_integer(&query, 4), &hand.when);
            if (!sc_query_is_null(&query, 2))
                g_ptr_array_add(subjects, sc_query_dup_text(&query, 2));
        }
        g_ptr_array_add(subjects, sc_query_dup_text(&query, 5));
    }
    g_free(hand.lesson);
    g_free(hand.title);
    return false;
}

/* Lessons to come of other terms, which share the relay with ours. */
static bool
read_others(ScStore *store, const ScImportOrder *order, const ScTermRow *term,
            const ScTermCalendar *calendar, ScImportTables *tables, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row = true;
    ScWeekly when;
    if (!sc_query_init(&query, store,
                       "SELECT starts_ms, ends_ms FROM lesson"
                       " WHERE starts_ms >= $1 AND starts_ms < $2"
                       " AND touched = 0 AND entry IS NOT NULL"
                       " AND state IN ('scheduled', 'live') AND entry NOT IN"
                       " (SELECT entry.id FROM pairing JOIN entry"
                       " ON entry.pairing = pairing.id WHERE pairing.term = $3)",
                       error))
        return false;
    bind_days(&query, order, term);
    sc_query_bind_text(&query, order->term);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        if (find_when(calendar, order, sc_query_get_integer(&query, 0),
                      sc_query_get_integer(&query, 1), &when))
            sc_import_tables_add_other(tables, &when);
    }
    return false;
}

static bool
read_audit_seq(ScStore *store, int64_t *out_seq, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, "SELECT MAX(seq) FROM audit", error)
        || !sc_query_step(&query, &has_row, error))
        return false;
    *out_seq = has_row ? sc_query_get_integer(&query, 0) : 0;
    return true;
}

static bool
read_term(ScStore *store, const ScImportOrder *order, ScImportState *state,
          GError **error)
{
    g_auto(ScTermRow) row = { 0 };
    if (!sc_store_get_term(store, order->term, &row, error))
        return false;
    g_autoptr(ScTermCalendar) calendar = make_calendar(&row, error);
    if (calendar == NULL)
        return false;
    state->tables = sc_import_tables_new(sc_term_calendar_count_weeks(calendar));
    return read_all(store, order, state->tables, error)
           && read_by_hand(store, order, &row, calendar, state->tables, error)
           && read_others(store, order, &row, calendar, state->tables, error);
}

static bool
find_organisation(ScStore *store, const ScImportOrder *order, ScImportState *state,
                  GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, "SELECT organisation FROM term WHERE id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, order->term);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    state->term = has_row ? sc_import_tables_find_organisation(
                      state->tables, sc_query_get_text(&query, 0))
                          : SC_IMPORT_NONE;
    return true;
}

bool
sc_import_load(ScStore *store, const ScImportOrder *order, ScImportState *out_state,
               GError **error)
{
    g_auto(ScImportState) state = { 0 };
    if (!sc_store_begin_reading(store, error))
        return false;
    bool is_read = read_audit_seq(store, &state.audit_seq, error)
                   && read_term(store, order, &state, error)
                   && find_organisation(store, order, &state, error);
    sc_store_rollback(store);
    if (!is_read)
        return false;
    *out_state = state;
    state = (ScImportState){ 0 };
    return true;
}

void
sc_import_state_clear(ScImportState *state)
{
    g_clear_pointer(&state->tables, sc_import_tables_free);
}
