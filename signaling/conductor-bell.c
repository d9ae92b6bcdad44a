/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-bell.c: what the bell does to a lesson that somebody is in: who may come in,
 * what people are told, and the end of its sessions. */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/problem.h"

#define CLOSE_BATCH 64 /* sessions closed in one turn of the main loop */

static ScLessonTimes
get_times(const ScRunning *running)
{
    const ScLessonRow *row = running->row;
    return (ScLessonTimes){ row->starts_ms, row->ends_ms, row->overtime_min, row->state,
                            row->opened_ms };
}

static void
set_times(ScRunning *running, const ScLessonTimes *times)
{
    running->row->starts_ms = times->starts_ms;
    running->row->ends_ms = times->ends_ms;
    running->row->overtime_min = times->overtime_min;
    running->row->state = times->state;
    running->row->opened_ms = times->opened_ms;
}

ScPhase
sc_running_get_phase(const ScRunning *running)
{
    const ScConductor *self = running->conductor;
    ScPhaseRules rules = sc_phase_get_rules(self->config);
    ScLessonTimes times = get_times(running);
    return sc_phase_get(&times, &rules, sc_clock_get_real_ms(self->clock));
}

bool
sc_running_is_over(const ScRunning *running)
{
    return running->row->state == SC_LESSON_ENDED
           || running->row->state == SC_LESSON_CANCELLED;
}

/* What @running's row says may be old where nobody told us of a change. */
static bool
check_phase(ScRunning *running, bool (*fits)(ScPhase phase), GError **error)
{
    if (fits(sc_running_get_phase(running)))
        return true;
    if (!sc_running_reread(running, error))
        return false;
    ScPhase phase = sc_running_get_phase(running);
    if (fits(phase))
        return true;
    const ScLessonRow *row = running->row;
    char opens_at[SC_INSTANT_MAX + 1];
    ScPhaseRules rules = sc_phase_get_rules(running->conductor->config);
    sc_event_write_instant(row->starts_ms - rules.early_ms, opens_at);
    if (phase == SC_PHASE_SHUT)
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_LESSON_NOT_LIVE,
                    "lesson %s is scheduled, and opens at %s", row->id, opens_at);
    else
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_LESSON_NOT_LIVE,
                    "lesson %s is %s", row->id,
                    sc_running_is_over(running) ? sc_word_lesson_states[row->state]
                                                : "over");
    return false;
}

bool
sc_running_check_open(ScRunning *running, GError **error)
{
    return check_phase(running, sc_phase_is_open, error);
}

static bool
is_not_over(ScPhase phase)
{
    return phase != SC_PHASE_OVER;
}

bool
sc_running_check_not_over(ScRunning *running, GError **error)
{
    return check_phase(running, is_not_over, error);
}

static gboolean
on_closing(gpointer user_data)
{
    ScRunning *running = user_data;
    ScConductor *self = running->conductor;
    g_autoptr(GList) sessions = sc_lesson_list_sessions(running->lesson);
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    bool is_last = true;
    for (GList *link = sessions; link != NULL && is_last; link = link->next) {
        ScSession *session = link->data;
        if (session->state == SC_SESSION_OPENING)
            continue; /* ends when the relay has answered */
        if (batch->len < CLOSE_BATCH)
            g_ptr_array_add(batch, session);
        else
            is_last = false;
    }
    if (is_last)
        running->closing = 0;
    for (guint i = 0; i < batch->len; i++)
        sc_conductor_close(self, batch->pdata[i]); /* the last one may free @running */
    return is_last ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
close_sessions(ScRunning *running)
{
    if (running->closing == 0)
        running->closing = g_idle_add_full(G_PRIORITY_DEFAULT, on_closing, running, NULL);
}

void
sc_running_end(ScRunning *running)
{
    running->row->state = SC_LESSON_ENDED;
    close_sessions(running);
}

void
sc_conductor_ring(ScConductor *self, const ScRingingRow *row, ScBellPhase phase,
                  int64_t id, gpointer asker)
{
    ScRunning *running = g_hash_table_lookup(self->lessons, row->id);
    bool is_over = phase == SC_BELL_ENDED || phase == SC_BELL_CANCELLED;
    sc_journal_flush(self->journal); /* what was asked before is told before */
    if (is_over)
        sc_conductor_end_room(self, row->id);
    if (running == NULL)
        return;
    set_times(running, &row->times);
    ScEvent event = { .type = SC_EVENT_BELL, .id = id };
    event.bell.phase = phase;
    sc_event_write_instant(row->times.starts_ms, event.bell.starts_at);
    sc_event_write_instant(sc_lesson_times_get_end_ms(&row->times), event.bell.ends_at);
    sc_event_write_instant(sc_clock_get_real_ms(self->clock), event.bell.now);
    if (self->observer != NULL)
        self->observer->tell_lesson(row->id, &event, asker, self->user_data);
    if (sc_running_is_over(running))
        close_sessions(running);
}

static bool
find_change(const ScLessonTimes *before, const ScLessonTimes *now, ScBellPhase *out_phase)
{
    if (before->state != now->state) {
        static const ScBellPhase phases[SC_N_LESSON_STATES] = {
            [SC_LESSON_SCHEDULED] = SC_BELL_MOVED,
            [SC_LESSON_LIVE] = SC_BELL_BEGUN,
            [SC_LESSON_ENDED] = SC_BELL_ENDED,
            [SC_LESSON_CANCELLED] = SC_BELL_CANCELLED,
        };
        *out_phase = phases[now->state];
        return true;
    }
    *out_phase = SC_BELL_MOVED;
    return before->starts_ms != now->starts_ms
           || sc_lesson_times_get_end_ms(before) != sc_lesson_times_get_end_ms(now);
}

void
sc_conductor_look_again(ScConductor *self)
{
    g_autoptr(GList) lessons = g_hash_table_get_values(self->lessons);
    for (GList *link = lessons; link != NULL; link = link->next) {
        ScRunning *running = link->data;
        if (running->is_echo_test)
            continue;
        g_auto(ScRingingRow) row = { 0 };
        g_autoptr(GError) error = NULL;
        ScBellPhase phase;
        if (!sc_store_get_ringing(self->store, running->row->id, &row, &error)) {
            g_message("lesson %s: %s", running->row->id, error->message);
            continue;
        }
        ScLessonTimes before = get_times(running);
        if (find_change(&before, &row.times, &phase))
            sc_conductor_ring(self, &row, phase, SC_NO_ID, NULL);
    }
}
