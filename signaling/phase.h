/* SPDX-License-Identifier: Apache-2.0 */
/* phase.h: where a lesson is in its time, which transition is due and when the next one
 * is. Pure: the clock is passed in. Thread: any. Spec: docs/protocol.md#the-bell. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "signaling/config.h"
#include "signaling/store/ringing.h"

typedef enum {
    SC_PHASE_SHUT,   /* too early */
    SC_PHASE_OPEN,   /* sites may join and are checked; the bell has not rung */
    SC_PHASE_ON,     /* from the bell */
    SC_PHASE_ENDING, /* the end is near */
    SC_PHASE_OVER,   /* ended, or cancelled */
} ScPhase;

typedef enum {
    SC_DUE_NOTHING,
    SC_DUE_OPEN,
    SC_DUE_BEGIN,
    SC_DUE_WARN,
    SC_DUE_END,
} ScDue;

typedef struct {
    int64_t early_ms; /* it opens so long before its start */
    int64_t warn_ms;  /* and is ending so long before its end */
} ScPhaseRules;

ScPhaseRules sc_phase_get_rules(const ScConfig *config);

/* By its times alone, so that nobody waits for a bell that is some milliseconds late. */
ScPhase sc_phase_get(const ScLessonTimes *times, const ScPhaseRules *rules,
                     int64_t now_ms);
/* May sites join: open, on or ending. */
bool sc_phase_is_open(ScPhase phase);

/* What is to be done to it now; ask again when that is done: a late bell rings more than
 * once. @warned_end_ms: the end of which people were warned; 0: of none. With NOTHING,
 * @out_next_ms is when there will be something; INT64_MAX: never. */
ScDue sc_phase_decide(const ScLessonTimes *times, const ScPhaseRules *rules,
                      int64_t warned_end_ms, int64_t now_ms, int64_t *out_next_ms);
