/* SPDX-License-Identifier: Apache-2.0 */
/* keyframe.h: requests of all receivers for a key frame made into few, and where in the
 * history a joiner may start. Thread: an ScKeyframe is its publisher's worker's; the rest
 * is pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "relay/history.h"

#define SC_KEYFRAME_INTERVAL_US 1000000 /* between two PLIs for one layer */

/* Who waited for a key frame starts with the one that came, whatever the limits are. */
#define SC_KEYFRAME_FRESH_US 250000

typedef struct {
    bool wanted; /* by somebody, since the last key frame came */
    int64_t last_request_us;
    bool requested; /* last_request_us is valid */
} ScKeyframe;

void sc_keyframe_want(ScKeyframe *self);
void sc_keyframe_arrived(ScKeyframe *self);

/* True where a PLI is to be sent now; counts it as sent. While nothing arrives it is so
 * again each interval, so a request that was deferred, or a PLI that was lost, is not
 * forgotten. */
bool sc_keyframe_take_due(ScKeyframe *self, int64_t now_us);

typedef struct {
    int64_t max_age_us;
    uint32_t max_bytes;
} ScKeyframeLimits;

/* Where a joiner starts and which frame is the present one. */
typedef struct {
    uint64_t key_sequence; /* first packet of the last key frame */
    uint32_t key_timestamp;
    uint64_t live_sequence; /* first packet known of the newest frame */
    uint32_t live_timestamp;
    int64_t live_arrival_us; /* of the newest frame's packet that came first or near it */
} ScKeyframeStart;

/* False where the history before @head has no key frame, or one beyond @limits. */
bool sc_keyframe_find_start(const ScHistory *history, uint64_t head,
                            const ScKeyframeLimits *limits, int64_t now_us,
                            ScKeyframeStart *out_start);
