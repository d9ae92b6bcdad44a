/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-bell"
#include "signaling/bell.h"

#include "signaling/phase.h"
#include "signaling/problem.h"

#define BATCH_MAX 64   /* lessons of one transaction, and of one turn of the main loop */
#define BUDGET_US 4000 /* after that the transaction takes no more lessons */
#define NAP_MAX_MS 30000 /* the wall may be set, another process may write */
#define RETRY_MS 5000    /* after the store refused */

typedef struct {
    const ScBellObserver *observer; /* static */
    gpointer user_data;
} Observer;

/* One thing that was rung, to be told. */
typedef struct {
    ScRingingRow row; /* owned: as it is since then */
    ScBellPhase phase;
} Ring;

struct ScBell {
    ScPhaseRules rules;
    unsigned max_overtime_min;
    ScClock *clock;         /* borrowed: outlives us, like the next two */
    ScStore *store;         /* borrowed */
    ScConductor *conductor; /* borrowed */
    GHashTable *warned; /* owned: lesson → int64_t: the end its people know is near */
    GArray *observers;  /* owned, of Observer */
    guint timer;        /* source; 0: in a round */
    bool was_changed;   /* lessons by somebody else, since the last round */
    ScBellCounters counters;
};

static void
clear_ring(gpointer data)
{
    Ring *ring = data;
    sc_ringing_row_clear(&ring->row);
}

static void
add_ring(GArray *rings, const ScRingingRow *row, ScBellPhase phase)
{
    Ring ring = { { g_strdup(row->id), row->times }, phase };
    g_array_append_val(rings, ring);
}

/* Telling. */

static void (*get_listener(const ScBellObserver *observer,
                           ScBellPhase phase))(const char *lesson, int64_t now_ms,
                                               gpointer user_data)
{
    switch (phase) {
    case SC_BELL_OPENED:
        return observer->opened;
    case SC_BELL_BEGUN:
        return observer->begun;
    case SC_BELL_ENDING:
        return observer->ending;
    case SC_BELL_EXTENDED:
        return observer->extended;
    case SC_BELL_ENDED:
        return observer->ended;
    case SC_BELL_MOVED:
    case SC_BELL_CANCELLED:
    case SC_N_BELL_PHASES:
        break;
    }
    return NULL;
}

static void
count(ScBell *self, ScBellPhase phase)
{
    self->counters.n_opened += phase == SC_BELL_OPENED;
    self->counters.n_begun += phase == SC_BELL_BEGUN;
    self->counters.n_ended += phase == SC_BELL_ENDED;
}

static void
tell(ScBell *self, const ScRingingRow *row, ScBellPhase phase, int64_t now_ms, int64_t id,
     gpointer asker)
{
    g_debug("lesson %s: %s", row->id, sc_word_bell_phases[phase]);
    count(self, phase);
    sc_conductor_ring(self->conductor, row, phase, id, asker);
    for (guint i = 0; i < self->observers->len; i++) {
        const Observer *observer = &g_array_index(self->observers, Observer, i);
        void (*listener)(const char *, int64_t, gpointer) =
            get_listener(observer->observer, phase);
        if (listener != NULL)
            listener(row->id, now_ms, observer->user_data);
    }
}

/* Ringing: into the store, and onto a list of what is to be told. */

static bool
ring_once(ScBell *self, ScRingingRow *row, ScDue due, int64_t now_ms, GArray *rings,
          GError **error)
{
    int64_t end_ms = sc_lesson_times_get_end_ms(&row->times);
    switch (due) {
    case SC_DUE_OPEN:
        if (!sc_store_open_lesson(self->store, row->id, now_ms, error))
            return false;
        row->times.opened_ms = now_ms;
        add_ring(rings, row, SC_BELL_OPENED);
        break;
    case SC_DUE_BEGIN:
        if (!sc_store_begin_lesson(self->store, row->id, now_ms, error))
            return false;
        row->times.state = SC_LESSON_LIVE;
        add_ring(rings, row, SC_BELL_BEGUN);
        break;
    case SC_DUE_END: /* late where nobody rang: it was over when it was planned to be */
        if (!sc_store_end_lesson(self->store, row->id, end_ms, error))
            return false;
        row->times.state = SC_LESSON_ENDED;
        add_ring(rings, row, SC_BELL_ENDED);
        break;
    case SC_DUE_WARN:
    case SC_DUE_NOTHING:
        break;
    }
    return true;
}

/* All that is due to @row, but for the warning, which is not in the store. */
static bool
ring_lesson(ScBell *self, ScRingingRow *row, int64_t now_ms, GArray *rings,
            GError **error)
{
    for (;;) {
        int64_t next_ms;
        g_autoptr(GError) reason = NULL;
        ScDue due = sc_phase_decide(&row->times, &self->rules, 0, now_ms, &next_ms);
        if (due == SC_DUE_NOTHING || due == SC_DUE_WARN)
            return true;
        if (ring_once(self, row, due, now_ms, rings, &reason))
            continue;
        if (g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND))
            return true; /* it was cancelled since we looked */
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
}

/* As many of @lists as the budget allows, in one transaction. */
static bool
ring_lists(ScBell *self, GArray *const *lists, size_t n_lists, int64_t now_ms,
           GArray *rings, GError **error)
{
    int64_t end_us = sc_clock_get_monotonic_us(self->clock) + BUDGET_US;
    if (!sc_store_begin(self->store, error))
        return false;
    for (size_t i = 0; i < n_lists; i++) {
        for (guint k = 0; k < lists[i]->len; k++) {
            ScRingingRow *row = &g_array_index(lists[i], ScRingingRow, k);
            if (rings->len > 0 && sc_clock_get_monotonic_us(self->clock) > end_us)
                break;
            if (!ring_lesson(self, row, now_ms, rings, error)) {
                sc_store_rollback(self->store);
                return false;
            }
        }
    }
    return sc_store_commit(self->store, error);
}

static bool
ring_due(ScBell *self, int64_t now_ms, GArray *rings, GError **error)
{
    g_autoptr(GArray) ends =
        sc_store_list_lessons_to_end(self->store, now_ms, BATCH_MAX, error);
    if (ends == NULL)
        return false;
    g_autoptr(GArray) begins = sc_store_list_lessons_to_begin(
        self->store, now_ms, self->rules.early_ms, BATCH_MAX - ends->len, error);
    if (begins == NULL)
        return false;
    if (ends->len + begins->len == 0)
        return true;
    GArray *const lists[] = { ends, begins };
    return ring_lists(self, lists, G_N_ELEMENTS(lists), now_ms, rings, error);
}

/* Of what is ending now, what is not known yet. A lesson that runs over is warned of
 * again, and one that is over is forgotten. */
static bool
warn_due(ScBell *self, int64_t now_ms, GArray *rings, GError **error)
{
    g_autoptr(GArray) rows =
        sc_store_list_ending_lessons(self->store, now_ms, self->rules.warn_ms, error);
    if (rows == NULL)
        return false;
    g_autoptr(GHashTable) warned =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < rows->len; i++) {
        const ScRingingRow *row = &g_array_index(rows, ScRingingRow, i);
        const int64_t *known = g_hash_table_lookup(self->warned, row->id);
        int64_t end_ms = sc_lesson_times_get_end_ms(&row->times);
        int64_t next_ms;
        if (sc_phase_decide(&row->times, &self->rules, known != NULL ? *known : 0, now_ms,
                            &next_ms)
            == SC_DUE_WARN) {
            if (rings->len >= BATCH_MAX)
                continue; /* next time */
            add_ring(rings, row, SC_BELL_ENDING);
        }
        g_hash_table_insert(warned, g_strdup(row->id), g_memdup2(&end_ms, sizeof end_ms));
    }
    g_hash_table_unref(self->warned);
    self->warned = g_steal_pointer(&warned);
    return true;
}

/* When. */

static gboolean on_round(gpointer user_data);

static void
arm(ScBell *self, int64_t delay_ms)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = delay_ms == 0
                      ? g_idle_add_full(G_PRIORITY_DEFAULT, on_round, self, NULL)
                      : g_timeout_add((guint)delay_ms, on_round, self);
}

static bool
arm_for_next(ScBell *self, int64_t now_ms, GError **error)
{
    int64_t next_ms;
    if (!sc_store_get_next_ring(self->store, now_ms, self->rules.early_ms,
                                self->rules.warn_ms, &next_ms, error))
        return false;
    arm(self, MIN(next_ms - now_ms, NAP_MAX_MS));
    return true;
}

static bool
ring_round(ScBell *self, GError **error)
{
    int64_t now_ms = sc_clock_get_real_ms(self->clock);
    g_autoptr(GArray) rings = g_array_new(FALSE, FALSE, sizeof(Ring));
    g_array_set_clear_func(rings, clear_ring);
    if (self->was_changed) {
        self->was_changed = false;
        sc_conductor_look_again(self->conductor);
    }
    if (!ring_due(self, now_ms, rings, error) || !warn_due(self, now_ms, rings, error))
        return false;
    for (guint i = 0; i < rings->len; i++) {
        const Ring *ring = &g_array_index(rings, Ring, i);
        tell(self, &ring->row, ring->phase, now_ms, SC_NO_ID, NULL);
    }
    if (rings->len == 0)
        return arm_for_next(self, now_ms, error);
    arm(self, 0);
    return true;
}

static gboolean
on_round(gpointer user_data)
{
    ScBell *self = user_data;
    g_autoptr(GError) error = NULL;
    int64_t began_us = sc_clock_get_monotonic_us(self->clock);
    self->timer = 0;
    if (!ring_round(self, &error)) {
        g_warning("cannot ring, trying again in %d s: %s", RETRY_MS / 1000,
                  error->message);
        self->counters.n_failed++;
        arm(self, RETRY_MS);
    }
    self->counters.longest_us =
        MAX(self->counters.longest_us, sc_clock_get_monotonic_us(self->clock) - began_us);
    return G_SOURCE_REMOVE;
}

static void
on_clock_moved(ScClock *clock G_GNUC_UNUSED, gpointer user_data)
{
    arm(user_data, 0);
}

/* What a teacher asks. */

static bool
check_teacher(const ScTokenGrant *grant, GError **error)
{
    if (grant->role == SC_ROLE_TEACHER)
        return true;
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_ROLE,
                "role %s does not end the lesson or let it run over",
                sc_role_get_name(grant->role));
    return false;
}

static bool
get_live_lesson(ScBell *self, const char *lesson, ScRingingRow *out_row, GError **error)
{
    g_auto(ScRingingRow) row = { 0 };
    if (!sc_store_get_ringing(self->store, lesson, &row, error))
        return false;
    if (row.times.state != SC_LESSON_LIVE
        || sc_clock_get_real_ms(self->clock) >= sc_lesson_times_get_end_ms(&row.times)) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_LESSON_NOT_LIVE,
                    "lesson %s is %s", lesson,
                    row.times.state == SC_LESSON_LIVE
                        ? "over"
                        : sc_word_lesson_states[row.times.state]);
        return false;
    }
    *out_row = row;
    row = (ScRingingRow){ 0 };
    return true;
}

bool
sc_bell_extend(ScBell *self, const ScTokenGrant *grant, unsigned minutes, int64_t id,
               gpointer asker, GError **error)
{
    g_auto(ScRingingRow) row = { 0 };
    if (!check_teacher(grant, error)
        || !get_live_lesson(self, grant->lesson, &row, error))
        return false;
    if (row.times.overtime_min + minutes > self->max_overtime_min) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_OVERTIME_LIMIT,
                    "lesson %s would run over by %u minutes, at most %u", row.id,
                    row.times.overtime_min + minutes, self->max_overtime_min);
        return false;
    }
    if (!sc_store_extend_lesson(self->store, row.id, minutes, error))
        return false;
    row.times.overtime_min += minutes;
    g_message("lesson %s: runs over by %u min in all", row.id, row.times.overtime_min);
    tell(self, &row, SC_BELL_EXTENDED, sc_clock_get_real_ms(self->clock), id, asker);
    arm(self, 0);
    return true;
}

bool
sc_bell_end(ScBell *self, const ScTokenGrant *grant, int64_t id, gpointer asker,
            GError **error)
{
    g_auto(ScRingingRow) row = { 0 };
    int64_t now_ms = sc_clock_get_real_ms(self->clock);
    if (!check_teacher(grant, error) || !get_live_lesson(self, grant->lesson, &row, error)
        || !sc_store_end_lesson(self->store, row.id, now_ms, error))
        return false;
    row.times.state = SC_LESSON_ENDED;
    g_message("lesson %s: ended by its teacher", row.id);
    tell(self, &row, SC_BELL_ENDED, now_ms, id, asker);
    arm(self, 0);
    return true;
}

/* Life. */

ScBell *
sc_bell_new(const ScConfig *config, ScClock *clock, ScStore *store,
            ScConductor *conductor)
{
    ScBell *self = g_new0(ScBell, 1);
    self->rules = sc_phase_get_rules(config);
    self->max_overtime_min = config->max_overtime_min;
    self->clock = clock;
    self->store = store;
    self->conductor = conductor;
    self->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->observers = g_array_new(FALSE, FALSE, sizeof(Observer));
    sc_clock_add_observer(clock, on_clock_moved, self);
    arm(self, 0);
    return self;
}

void
sc_bell_free(ScBell *self)
{
    if (self == NULL)
        return;
    sc_clock_remove_observer(self->clock, on_clock_moved, self);
    g_clear_handle_id(&self->timer, g_source_remove);
    g_assert(self->observers->len == 0);
    g_array_unref(self->observers);
    g_hash_table_unref(self->warned);
    g_free(self);
}

void
sc_bell_add_observer(ScBell *self, const ScBellObserver *observer, gpointer user_data)
{
    Observer added = { observer, user_data };
    g_array_append_val(self->observers, added);
}

void
sc_bell_remove_observer(ScBell *self, const ScBellObserver *observer, gpointer user_data)
{
    for (guint i = 0; i < self->observers->len; i++) {
        const Observer *known = &g_array_index(self->observers, Observer, i);
        if (known->observer == observer && known->user_data == user_data) {
            g_array_remove_index(self->observers, i);
            return;
        }
    }
    g_assert_not_reached();
}

void
sc_bell_reconsider(ScBell *self)
{
    self->was_changed = true;
    arm(self, 0);
}

ScBellCounters
sc_bell_get_counters(const ScBell *self)
{
    return self->counters;
}
