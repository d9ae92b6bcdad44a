/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/phase.h"

#define MS_PER_MIN 60000LL

ScPhaseRules
sc_phase_get_rules(const ScConfig *config)
{
    return (ScPhaseRules){ config->early_min * MS_PER_MIN,
                           config->warn_min * MS_PER_MIN };
}

ScPhase
sc_phase_get(const ScLessonTimes *times, const ScPhaseRules *rules, int64_t now_ms)
{
    int64_t end_ms = sc_lesson_times_get_end_ms(times);
    if (times->state == SC_LESSON_ENDED || times->state == SC_LESSON_CANCELLED
        || now_ms >= end_ms)
        return SC_PHASE_OVER;
    if (times->state == SC_LESSON_LIVE || now_ms >= times->starts_ms)
        return now_ms >= end_ms - rules->warn_ms ? SC_PHASE_ENDING : SC_PHASE_ON;
    return now_ms >= times->starts_ms - rules->early_ms ? SC_PHASE_OPEN : SC_PHASE_SHUT;
}

bool
sc_phase_is_open(ScPhase phase)
{
    return phase != SC_PHASE_SHUT && phase != SC_PHASE_OVER;
}

/* It may have been opened, and then moved to a later time: that does not count. */
static ScDue
decide_scheduled(const ScLessonTimes *times, const ScPhaseRules *rules, int64_t now_ms,
                 int64_t *out_next_ms)
{
    int64_t opens_ms = times->starts_ms - rules->early_ms;
    if (now_ms < opens_ms) {
        *out_next_ms = opens_ms;
        return SC_DUE_NOTHING;
    }
    if (times->opened_ms == 0 || times->opened_ms < opens_ms)
        return SC_DUE_OPEN;
    if (now_ms >= times->starts_ms)
        return SC_DUE_BEGIN;
    *out_next_ms = times->starts_ms;
    return SC_DUE_NOTHING;
}

static ScDue
decide_live(const ScLessonTimes *times, const ScPhaseRules *rules, int64_t warned_end_ms,
            int64_t now_ms, int64_t *out_next_ms)
{
    int64_t end_ms = sc_lesson_times_get_end_ms(times);
    int64_t warns_ms = end_ms - rules->warn_ms;
    if (now_ms >= warns_ms && warned_end_ms != end_ms)
        return SC_DUE_WARN;
    *out_next_ms = now_ms < warns_ms ? warns_ms : end_ms;
    return SC_DUE_NOTHING;
}

ScDue
sc_phase_decide(const ScLessonTimes *times, const ScPhaseRules *rules,
                int64_t warned_end_ms, int64_t now_ms, int64_t *out_next_ms)
{
    switch (times->state) {
    case SC_LESSON_SCHEDULED:
        if (now_ms >= sc_lesson_times_get_end_ms(times))
            return SC_DUE_END;
        return decide_scheduled(times, rules, now_ms, out_next_ms);
    case SC_LESSON_LIVE:
        if (now_ms >= sc_lesson_times_get_end_ms(times))
            return SC_DUE_END;
        return decide_live(times, rules, warned_end_ms, now_ms, out_next_ms);
    case SC_LESSON_ENDED:
    case SC_LESSON_CANCELLED:
    case SC_N_LESSON_STATES:
        break;
    }
    *out_next_ms = INT64_MAX;
    return SC_DUE_NOTHING;
}
