/* SPDX-License-Identifier: Apache-2.0 */
/* Which bell is due: a table. Instants are minutes of a morning; the lesson is from 60 to
 * 100, opens 10 before and warns 3 before. */
#include "signaling/phase.h"

#define MINUTE 60000LL

static const ScPhaseRules rules = { 10 * MINUTE, 3 * MINUTE };

static ScLessonTimes
make_times(ScLessonState state, int opened_min, unsigned overtime_min)
{
    return (ScLessonTimes){ .starts_ms = 60 * MINUTE,
                            .ends_ms = 100 * MINUTE,
                            .overtime_min = overtime_min,
                            .state = state,
                            .opened_ms = opened_min * MINUTE };
}

static void
transition_is_due_when_its_time_has_come(void)
{
    static const struct {
        ScLessonState state;
        int opened_min; /* 0: not */
        unsigned overtime_min;
        int warned_min; /* the end that people know is near */
        int64_t now_ms;
        ScDue due;
        int next_min; /* with NOTHING; −1: never */
    } cases[] = {
        /* scheduled */
        { SC_LESSON_SCHEDULED, 0, 0, 0, 1, SC_DUE_NOTHING, 50 },
        { SC_LESSON_SCHEDULED, 0, 0, 0, 50 * MINUTE - 1, SC_DUE_NOTHING, 50 },
        { SC_LESSON_SCHEDULED, 0, 0, 0, 50 * MINUTE, SC_DUE_OPEN, 0 },
        { SC_LESSON_SCHEDULED, 50, 0, 0, 50 * MINUTE, SC_DUE_NOTHING, 60 },
        { SC_LESSON_SCHEDULED, 50, 0, 0, 60 * MINUTE - 1, SC_DUE_NOTHING, 60 },
        { SC_LESSON_SCHEDULED, 50, 0, 0, 60 * MINUTE, SC_DUE_BEGIN, 0 },
        /* late: opened first, then begun; over: ended at once */
        { SC_LESSON_SCHEDULED, 0, 0, 0, 75 * MINUTE, SC_DUE_OPEN, 0 },
        { SC_LESSON_SCHEDULED, 75, 0, 0, 75 * MINUTE, SC_DUE_BEGIN, 0 },
        { SC_LESSON_SCHEDULED, 0, 0, 0, 100 * MINUTE - 1, SC_DUE_OPEN, 0 },
        { SC_LESSON_SCHEDULED, 0, 0, 0, 100 * MINUTE, SC_DUE_END, 0 },
        { SC_LESSON_SCHEDULED, 50, 0, 0, 5000 * MINUTE, SC_DUE_END, 0 },
        /* opened for an earlier time, then moved to this one */
        { SC_LESSON_SCHEDULED, 20, 0, 0, 30 * MINUTE, SC_DUE_NOTHING, 50 },
        { SC_LESSON_SCHEDULED, 20, 0, 0, 50 * MINUTE, SC_DUE_OPEN, 0 },
        /* live */
        { SC_LESSON_LIVE, 50, 0, 0, 60 * MINUTE, SC_DUE_NOTHING, 97 },
        { SC_LESSON_LIVE, 50, 0, 0, 97 * MINUTE - 1, SC_DUE_NOTHING, 97 },
        { SC_LESSON_LIVE, 50, 0, 0, 97 * MINUTE, SC_DUE_WARN, 0 },
        { SC_LESSON_LIVE, 50, 0, 100, 97 * MINUTE, SC_DUE_NOTHING, 100 },
        { SC_LESSON_LIVE, 50, 0, 100, 100 * MINUTE - 1, SC_DUE_NOTHING, 100 },
        { SC_LESSON_LIVE, 50, 0, 100, 100 * MINUTE, SC_DUE_END, 0 },
        { SC_LESSON_LIVE, 50, 0, 0, 100 * MINUTE, SC_DUE_END, 0 },
        { SC_LESSON_LIVE, 0, 0, 0, 1, SC_DUE_NOTHING, 97 }, /* made live by hand */
        /* running over */
        { SC_LESSON_LIVE, 50, 5, 100, 100 * MINUTE, SC_DUE_NOTHING, 102 },
        { SC_LESSON_LIVE, 50, 5, 100, 102 * MINUTE, SC_DUE_WARN, 0 },
        { SC_LESSON_LIVE, 50, 5, 105, 102 * MINUTE, SC_DUE_NOTHING, 105 },
        { SC_LESSON_LIVE, 50, 5, 105, 105 * MINUTE, SC_DUE_END, 0 },
        { SC_LESSON_LIVE, 50, 1, 100, 99 * MINUTE, SC_DUE_WARN, 0 },
        /* over */
        { SC_LESSON_ENDED, 50, 0, 0, 70 * MINUTE, SC_DUE_NOTHING, -1 },
        { SC_LESSON_CANCELLED, 0, 0, 0, 60 * MINUTE, SC_DUE_NOTHING, -1 },
        { SC_LESSON_CANCELLED, 50, 0, 0, 5000 * MINUTE, SC_DUE_NOTHING, -1 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScLessonTimes times =
            make_times(cases[i].state, cases[i].opened_min, cases[i].overtime_min);
        int64_t next_ms = 0;
        g_test_message("case %zu", i);
        g_assert_cmpint(sc_phase_decide(&times, &rules, cases[i].warned_min * MINUTE,
                                        cases[i].now_ms, &next_ms),
                        ==, cases[i].due);
        if (cases[i].due != SC_DUE_NOTHING)
            continue;
        g_assert_cmpint(next_ms, ==,
                        cases[i].next_min < 0 ? INT64_MAX : cases[i].next_min * MINUTE);
        g_assert_cmpint(next_ms, >, cases[i].now_ms);
    }
}

static void
phase_follows_the_times_and_not_the_bell(void)
{
    static const struct {
        ScLessonState state;
        unsigned overtime_min;
        int64_t now_ms;
        ScPhase phase;
        bool is_open;
    } cases[] = {
        { SC_LESSON_SCHEDULED, 0, 50 * MINUTE - 1, SC_PHASE_SHUT, false },
        { SC_LESSON_SCHEDULED, 0, 50 * MINUTE, SC_PHASE_OPEN, true },
        { SC_LESSON_SCHEDULED, 0, 60 * MINUTE - 1, SC_PHASE_OPEN, true },
        { SC_LESSON_SCHEDULED, 0, 60 * MINUTE, SC_PHASE_ON, true },
        { SC_LESSON_LIVE, 0, 60 * MINUTE, SC_PHASE_ON, true },
        { SC_LESSON_LIVE, 0, 97 * MINUTE - 1, SC_PHASE_ON, true },
        { SC_LESSON_LIVE, 0, 97 * MINUTE, SC_PHASE_ENDING, true },
        { SC_LESSON_LIVE, 0, 100 * MINUTE, SC_PHASE_OVER, false },
        { SC_LESSON_LIVE, 5, 100 * MINUTE, SC_PHASE_ON, true },
        { SC_LESSON_LIVE, 5, 102 * MINUTE, SC_PHASE_ENDING, true },
        { SC_LESSON_LIVE, 5, 105 * MINUTE, SC_PHASE_OVER, false },
        { SC_LESSON_LIVE, 0, 1, SC_PHASE_ON, true },
        { SC_LESSON_SCHEDULED, 0, 100 * MINUTE, SC_PHASE_OVER, false },
        { SC_LESSON_ENDED, 0, 70 * MINUTE, SC_PHASE_OVER, false },
        { SC_LESSON_CANCELLED, 0, 70 * MINUTE, SC_PHASE_OVER, false },
        { SC_LESSON_CANCELLED, 0, 1, SC_PHASE_OVER, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScLessonTimes times = make_times(cases[i].state, 0, cases[i].overtime_min);
        ScPhase phase = sc_phase_get(&times, &rules, cases[i].now_ms);
        g_test_message("case %zu", i);
        g_assert_cmpint(phase, ==, cases[i].phase);
        g_assert_cmpint(sc_phase_is_open(phase), ==, cases[i].is_open);
    }
}

/* From any state and time, what is due is soon done, and the next thing lies ahead. */
static void
ringing_comes_to_rest(void)
{
    static const ScLessonState states[] = { SC_LESSON_SCHEDULED, SC_LESSON_LIVE };
    for (int now_min = 1; now_min < 120; now_min++) {
        for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
            ScLessonTimes times = make_times(states[i], 0, 0);
            int64_t warned_ms = 0, next_ms = 0, now_ms = now_min * MINUTE;
            unsigned n_rings = 0;
            ScDue due;
            while ((due = sc_phase_decide(&times, &rules, warned_ms, now_ms, &next_ms))
                   != SC_DUE_NOTHING) {
                g_assert_cmpuint(++n_rings, <=, 3);
                if (due == SC_DUE_OPEN)
                    times.opened_ms = now_ms;
                else if (due == SC_DUE_WARN)
                    warned_ms = sc_lesson_times_get_end_ms(&times);
                else
                    times.state = due == SC_DUE_BEGIN ? SC_LESSON_LIVE : SC_LESSON_ENDED;
            }
            g_assert_cmpint(next_ms, >, now_ms);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/phase/" #name, name)
    ADD(transition_is_due_when_its_time_has_come);
    ADD(phase_follows_the_times_and_not_the_bell);
    ADD(ringing_comes_to_rest);
#undef ADD
    return g_test_run();
}
