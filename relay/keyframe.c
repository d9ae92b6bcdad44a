/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/keyframe.h"

void
sc_keyframe_want(ScKeyframe *self)
{
    self->wanted = true;
}

void
sc_keyframe_arrived(ScKeyframe *self)
{
    self->wanted = false;
}

bool
sc_keyframe_take_due(ScKeyframe *self, int64_t now_us)
{
    if (!self->wanted
        || (self->requested && now_us - self->last_request_us < SC_KEYFRAME_INTERVAL_US))
        return false;
    self->requested = true;
    self->last_request_us = now_us;
    return true;
}

/* Walks back from the newest packet to the first one of the same timestamp. */
static const ScPacket *
find_frame_start(const ScHistory *history, uint64_t head, const ScPacket *newest)
{
    const ScPacket *first = newest;
    const ScPacket *before;

    while ((before = sc_history_lookup(history, head, first->sequence - 1)) != NULL
           && before->timestamp == newest->timestamp)
        first = before;
    return first;
}

static bool
is_within(const ScPacket *key, const ScPacket *last, const ScKeyframeLimits *limits,
          int64_t now_us)
{
    int64_t age_us = now_us - key->arrival_us;

    return age_us <= SC_KEYFRAME_FRESH_US
           || (age_us <= limits->max_age_us
               && last->n_bytes - key->n_bytes <= limits->max_bytes);
}

bool
sc_keyframe_find_start(const ScHistory *history, uint64_t head,
                       const ScKeyframeLimits *limits, int64_t now_us,
                       ScKeyframeStart *out_start)
{
    if (head == 0)
        return false;

    const ScPacket *last = sc_history_get(history, head - 1);
    const ScPacket *key = last->key_sequence == 0
                              ? NULL
                              : sc_history_lookup(history, head, last->key_sequence);
    if (key == NULL || !is_within(key, last, limits, now_us))
        return false;

    const ScPacket *newest = sc_history_lookup(history, head, last->highest);
    if (newest == NULL)
        return false;

    const ScPacket *live = find_frame_start(history, head, newest);
    *out_start = (ScKeyframeStart){
        .key_sequence = key->sequence,
        .key_timestamp = key->timestamp,
        .live_sequence = live->sequence,
        .live_timestamp = live->timestamp,
        .live_arrival_us = live->arrival_us,
    };
    return true;
}
