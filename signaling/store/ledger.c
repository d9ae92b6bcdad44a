/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/ledger.h"

#include "signaling/store/chain.h"
#include "signaling/store/query.h"

#define CHAIN "ledger"

static void
bind_or_null(ScQuery *query, int64_t figure)
{
    if (figure >= 0)
        sc_query_bind_integer(query, figure);
    else
        sc_query_bind_null(query);
}

static int64_t
get_or_minus(const ScQuery *query, int column)
{
    return sc_query_is_null(query, column) ? -1 : sc_query_get_integer(query, column);
}

bool
sc_store_get_attendance(ScStore *store, const char *lesson, const char *site,
                        ScAttendanceRow *out_row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    *out_row = (ScAttendanceRow){ .loss_permille = -1,
                                  .rtt_ms = -1,
                                  .width = -1,
                                  .height = -1,
                                  .first_ms = -1,
                                  .last_ms = -1 };
    if (!sc_query_init(
            &query, store,
            "SELECT delivered_ms, received_ms, sent_ms, n_interruptions,"
            " loss_permille, rtt_ms, n_samples, n_floor, floor_ms, first_ms,"
            " last_ms, width, height FROM attendance WHERE lesson = $1 AND site = $2",
            error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (has_row)
        *out_row = (ScAttendanceRow){
            .delivered_ms = sc_query_get_integer(&query, 0),
            .received_ms = sc_query_get_integer(&query, 1),
            .sent_ms = sc_query_get_integer(&query, 2),
            .n_interruptions = (unsigned)sc_query_get_integer(&query, 3),
            .loss_permille = get_or_minus(&query, 4),
            .rtt_ms = get_or_minus(&query, 5),
            .n_samples = (unsigned)sc_query_get_integer(&query, 6),
            .n_floor = (unsigned)sc_query_get_integer(&query, 7),
            .floor_ms = sc_query_get_integer(&query, 8),
            .first_ms = get_or_minus(&query, 9),
            .last_ms = get_or_minus(&query, 10),
            .width = get_or_minus(&query, 11),
            .height = get_or_minus(&query, 12),
        };
    return true;
}

bool
sc_store_put_attendance(ScStore *store, const char *lesson, const char *site,
                        const ScAttendanceRow *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, store,
            "INSERT INTO attendance (lesson, site, delivered_ms, received_ms, sent_ms,"
            " n_interruptions, loss_permille, rtt_ms, n_samples, n_floor, floor_ms,"
            " first_ms, last_ms, width, height)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
            " ON CONFLICT (lesson, site) DO UPDATE SET"
            " delivered_ms = excluded.delivered_ms, received_ms = excluded.received_ms,"
            " sent_ms = excluded.sent_ms, n_interruptions = excluded.n_interruptions,"
            " loss_permille = excluded.loss_permille, rtt_ms = excluded.rtt_ms,"
            " n_samples = excluded.n_samples, n_floor = excluded.n_floor,"
            " floor_ms = excluded.floor_ms, first_ms = excluded.first_ms,"
            " last_ms = excluded.last_ms, width = excluded.width,"
            " height = excluded.height",
            error))
        return false;
    sc_query_bind_text(&query, lesson);
    sc_query_bind_text(&query, site);
    sc_query_bind_integer(&query, row->delivered_ms);
    sc_query_bind_integer(&query, row->received_ms);
    sc_query_bind_integer(&query, row->sent_ms);
    sc_query_bind_integer(&query, row->n_interruptions);
    bind_or_null(&query, row->loss_permille);
    bind_or_null(&query, row->rtt_ms);
    sc_query_bind_integer(&query, row->n_samples);
    sc_query_bind_integer(&query, row->n_floor);
    sc_query_bind_integer(&query, row->floor_ms);
    bind_or_null(&query, row->first_ms);
    bind_or_null(&query, row->last_ms);
    bind_or_null(&query, row->width);
    bind_or_null(&query, row->height);
    return sc_query_run(&query, error);
}

bool
sc_store_get_counted(ScStore *store, const char *session, int64_t *out_total_ms,
                     unsigned *out_n_interruptions, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT total_ms, n_interruptions FROM attendance_session"
                       " WHERE session = $1",
                       error))
        return false;
    sc_query_bind_text(&query, session);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_total_ms = has_row ? sc_query_get_integer(&query, 0) : 0;
    *out_n_interruptions = has_row ? (unsigned)sc_query_get_integer(&query, 1) : 0;
    return true;
}

bool
sc_store_put_counted(ScStore *store, const char *session, const char *lesson,
                     int64_t total_ms, unsigned n_interruptions, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO attendance_session"
                       " (session, lesson, total_ms, n_interruptions)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (session) DO UPDATE SET"
                       " total_ms = excluded.total_ms,"
                       " n_interruptions = excluded.n_interruptions",
                       error))
        return false;
    sc_query_bind_text(&query, session);
    sc_query_bind_text(&query, lesson);
    sc_query_bind_integer(&query, total_ms);
    sc_query_bind_integer(&query, n_interruptions);
    return sc_query_run(&query, error);
}

char **
sc_store_list_unrecorded(ScStore *store, int64_t now_ms, unsigned max, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    bool has_row;
    /* One that was ended early is over before its planned end. */
    if (!sc_query_init(
            &query, store,
            "SELECT id FROM lesson WHERE recorded = 0"
            " AND state IN ('ended', 'cancelled')"
            " AND (state = 'ended' OR ends_ms <= $1) ORDER BY ends_ms LIMIT $2",
            error))
        return NULL;
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_integer(&query, max);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_strv_builder_end(ids);
        g_strv_builder_add(ids, sc_query_get_text(&query, 0));
    }
    return NULL;
}

bool
sc_store_get_lesson_start(ScStore *store, const char *lesson, int64_t *out_starts_ms,
                          GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store, "SELECT starts_ms FROM lesson WHERE id = $1",
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
    *out_starts_ms = sc_query_get_integer(&query, 0);
    return true;
}

/* The columns of a ledger row between seq and prev, as the lesson, its site and what was
 * counted make them; both the row and its hash come from here. */
#define ROW_COLUMNS                                                               \
    "lesson.id, lesson_site.site, lesson_site.role, site.organisation,"           \
    " lesson.term, lesson.pairing, lesson.teacher, lesson.subject, lesson.state," \
    " lesson.starts_ms, lesson.ends_ms - lesson.starts_ms,"                       \
    " COALESCE(delivered_ms, 0), COALESCE(received_ms, 0), COALESCE(sent_ms, 0)," \
    " COALESCE(n_interruptions, 0), loss_permille, rtt_ms, width, height,"        \
    " COALESCE(n_floor, 0), COALESCE(floor_ms, 0)"
#define N_ROW_COLUMNS 21

#define INSERT_COLUMNS                                                          \
    "lesson, site, role, organisation, term, pairing, teacher, subject, state," \
    " starts_ms, scheduled_ms, delivered_ms, received_ms, sent_ms,"             \
    " n_interruptions, loss_permille, rtt_ms, width, height, n_floor, floor_ms"

enum { // clang-format off
    ROW_LESSON, ROW_SITE, ROW_ROLE, ROW_ORGANISATION, ROW_TERM, ROW_PAIRING, ROW_TEACHER,
    ROW_SUBJECT, ROW_STATE, ROW_STARTS, ROW_SCHEDULED, ROW_DELIVERED, ROW_RECEIVED, ROW_SENT,
    ROW_INTERRUPTIONS, ROW_LOSS, ROW_RTT, ROW_WIDTH, ROW_HEIGHT, ROW_N_FLOOR, ROW_FLOOR,
}; // clang-format on

/* One value of a row. */
typedef struct {
    char *text;      /* owned; NULL: an integer, or nothing */
    int64_t integer; /* where it is one */
    bool is_null;
} Value;

typedef struct {
    Value values[N_ROW_COLUMNS];
} Row;

static void
row_clear(gpointer data)
{
    Row *row = data;
    for (unsigned i = 0; i < N_ROW_COLUMNS; i++)
        g_free(row->values[i].text);
}

static Row
read_row(const ScQuery *query)
{
    Row row = { 0 };
    for (int i = 0; i < N_ROW_COLUMNS; i++) {
        row.values[i].is_null = sc_query_is_null(query, i);
        if (i < ROW_STARTS)
            row.values[i].text = sc_query_dup_text(query, i);
        else
            row.values[i].integer = sc_query_get_integer(query, i);
    }
    return row;
}

/* Of Row, the teacher's first. */
static GArray *
read_rows(ScStore *store, const char *lesson, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
    bool has_row;
    g_array_set_clear_func(rows, row_clear);
    if (!sc_query_init(&query, store,
                       "SELECT " ROW_COLUMNS " FROM lesson"
                       " JOIN lesson_site ON lesson_site.lesson = lesson.id"
                       " JOIN site ON site.id = lesson_site.site"
                       " LEFT JOIN attendance ON attendance.lesson = lesson.id"
                       " AND attendance.site = lesson_site.site"
                       " WHERE lesson.id = $1 ORDER BY lesson_site.tile",
                       error))
        return NULL;
    sc_query_bind_text(&query, lesson);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&rows);
        Row row = read_row(&query);
        g_array_append_val(rows, row);
    }
    return NULL;
}

static char *
hash_row(const Row *row, int64_t seq, int64_t closed_ms, const char *prev)
{
    g_autoptr(ScChainHasher) hasher = sc_chain_hasher_new(prev);
    sc_chain_hasher_add_integer(hasher, seq);
    for (unsigned i = 0; i < N_ROW_COLUMNS; i++) {
        const Value *value = &row->values[i];
        if (value->is_null)
            sc_chain_hasher_add_null(hasher);
        else if (value->text != NULL)
            sc_chain_hasher_add_text(hasher, value->text);
        else
            sc_chain_hasher_add_integer(hasher, value->integer);
    }
    sc_chain_hasher_add_integer(hasher, closed_ms);
    return sc_chain_hasher_finish(hasher);
}

static void
bind_row(ScQuery *query, const Row *row)
{
    for (unsigned i = 0; i < N_ROW_COLUMNS; i++) {
        const Value *value = &row->values[i];
        if (value->is_null)
            sc_query_bind_null(query);
        else if (value->text != NULL)
            sc_query_bind_text(query, value->text);
        else
            sc_query_bind_integer(query, value->integer);
    }
}

static bool
insert_row(ScStore *store, const Row *row, int64_t closed_ms, ScChainEnd *end,
           GError **error)
{
    g_autofree char *hash = hash_row(row, end->seq + 1, closed_ms, end->hash);
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO ledger (seq, " INSERT_COLUMNS
                       ", closed_ms, prev, hash)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
                       " $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
                       error))
        return false;
    sc_query_bind_integer(&query, end->seq + 1);
    bind_row(&query, row);
    sc_query_bind_integer(&query, closed_ms);
    sc_query_bind_text(&query, end->hash);
    sc_query_bind_text(&query, hash);
    if (!sc_query_run(&query, error))
        return false;
    end->seq++;
    g_strlcpy(end->hash, hash, sizeof end->hash);
    return true;
}

/* What part of a lesson has to arrive, in per cent: of the nearest organisation that says
 * so. */
static bool
read_threshold(ScStore *store, const char *organisation, int64_t *out_pct, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT received_min_pct FROM organisation_ancestor AS up"
                       " JOIN workload ON workload.organisation = up.ancestor"
                       " WHERE up.organisation = $1 ORDER BY up.distance LIMIT 1",
                       error))
        return false;
    sc_query_bind_text(&query, organisation);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_pct = has_row ? sc_query_get_integer(&query, 0) : SC_LEDGER_RECEIVED_MIN_PCT;
    return true;
}

static bool
is_makeup(ScStore *store, const char *lesson, bool *out_is, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT origin = 'makeup' FROM lesson WHERE id = $1", error))
        return false;
    sc_query_bind_text(&query, lesson);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_is = has_row && sc_query_get_integer(&query, 0) != 0;
    return true;
}

static const char *
get_text(const Row *row, unsigned column)
{
    return row->values[column].is_null ? "" : row->values[column].text;
}

/* What a row adds to the sums. */
typedef struct {
    bool is_given;
    bool is_received;
    bool is_makeup;
    unsigned n_receiving;
} Worth;

static bool
add_to_summary(ScStore *store, const Row *row, const char *month, const Worth *worth,
               GError **error)
{
    bool is_cancelled = g_str_equal(get_text(row, ROW_STATE), "cancelled");
    bool is_giving = g_str_equal(get_text(row, ROW_ROLE), "teacher");
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, store,
            "INSERT INTO summary (term, month, pairing, site, role, teacher, subject,"
            " organisation, n_due, n_cancelled, n_given, n_received, n_makeup,"
            " n_given_sites, scheduled_ms, delivered_ms, received_ms, n_interruptions,"
            " n_floor, floor_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11,"
            " $12, $13, $14, $15, $16, $17, $18, $19)"
            " ON CONFLICT (term, month, pairing, site, role, teacher, subject)"
            " DO UPDATE SET n_due = summary.n_due + 1,"
            " n_cancelled = summary.n_cancelled + excluded.n_cancelled,"
            " n_given = summary.n_given + excluded.n_given,"
            " n_received = summary.n_received + excluded.n_received,"
            " n_makeup = summary.n_makeup + excluded.n_makeup,"
            " n_given_sites = summary.n_given_sites + excluded.n_given_sites,"
            " scheduled_ms = summary.scheduled_ms + excluded.scheduled_ms,"
            " delivered_ms = summary.delivered_ms + excluded.delivered_ms,"
            " received_ms = summary.received_ms + excluded.received_ms,"
            " n_interruptions = summary.n_interruptions + excluded.n_interruptions,"
            " n_floor = summary.n_floor + excluded.n_floor,"
            " floor_ms = summary.floor_ms + excluded.floor_ms",
            error))
        return false;
    const unsigned keys[] = { ROW_PAIRING, ROW_SITE,    ROW_ROLE,
                              ROW_TEACHER, ROW_SUBJECT, ROW_ORGANISATION };
    const unsigned sums[] = { ROW_SCHEDULED,     ROW_DELIVERED, ROW_RECEIVED,
                              ROW_INTERRUPTIONS, ROW_N_FLOOR,   ROW_FLOOR };
    sc_query_bind_text(&query, get_text(row, ROW_TERM));
    sc_query_bind_text(&query, month);
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        sc_query_bind_text(&query, get_text(row, keys[i]));
    sc_query_bind_integer(&query, is_cancelled);
    sc_query_bind_integer(&query, worth->is_given);
    sc_query_bind_integer(&query, worth->is_received);
    sc_query_bind_integer(&query, worth->is_given && worth->is_makeup);
    sc_query_bind_integer(&query, worth->is_given && is_giving ? worth->n_receiving : 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(sums); i++)
        sc_query_bind_integer(&query, row->values[sums[i]].integer);
    return sc_query_run(&query, error);
}

static bool
has_part(const Row *row, unsigned column, int64_t pct)
{
    return row->values[column].integer * 100 >= row->values[ROW_SCHEDULED].integer * pct;
}

static bool
record_rows(ScStore *store, GArray *rows, const char *month, bool makes_up,
            int64_t closed_ms, GError **error)
{
    ScChainEnd end;
    if (!sc_store_get_chain_end(store, CHAIN, &end, error))
        return false;
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);
        int64_t pct;
        if (!read_threshold(store, get_text(row, ROW_ORGANISATION), &pct, error))
            return false;
        bool is_held = g_str_equal(get_text(row, ROW_STATE), "ended");
        bool is_classroom = g_str_equal(get_text(row, ROW_ROLE), "classroom");
        const Worth worth = {
            .is_given = is_held && has_part(row, ROW_DELIVERED, pct),
            .is_received = is_held && is_classroom && has_part(row, ROW_RECEIVED, pct),
            .is_makeup = makes_up,
            .n_receiving = rows->len - 1,
        };
        if (!insert_row(store, row, closed_ms, &end, error)
            || !add_to_summary(store, row, month, &worth, error))
            return false;
    }
    return sc_store_set_chain_end(store, CHAIN, &end, error);
}

static bool
run_on(ScStore *store, const char *sql, const char *lesson, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store, sql, error))
        return false;
    sc_query_bind_text(&query, lesson);
    return sc_query_run(&query, error);
}

static bool
record(ScStore *store, const char *lesson, const char *month, int64_t now_ms,
       GError **error)
{
    bool makes_up;
    g_autoptr(GArray) rows = read_rows(store, lesson, error);
    return rows != NULL && is_makeup(store, lesson, &makes_up, error)
           && record_rows(store, rows, month, makes_up, now_ms, error)
           && run_on(store, "UPDATE lesson SET recorded = 1 WHERE id = $1", lesson, error)
           && run_on(store, "DELETE FROM attendance_session WHERE lesson = $1", lesson,
                     error);
}

bool
sc_store_record_lesson(ScStore *store, const char *lesson, const char *month,
                       int64_t now_ms, GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!record(store, lesson, month, now_ms, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}
