/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/audience.h"

#include "relay/keyframe.h"
#include "relay/outlet.h"

#define JOIN_CREDIT_BYTES (32 * 1024) /* of a catching up slot, sent at once */
#define FRESH_US 300000               /* a key frame of now */
#define AUDIO_FRESH_US 200000 /* a joiner starts with a packet not older than this */

/* How many turns ahead parts of a receiver are fetched. */
enum {
    FETCH_SLOT = 16,
    FETCH_OUTLET = 10,
    FETCH_KEY = 6, /* its beginning, which says how long it is */
    FETCH_WHOLE_KEY = 3,
};

typedef struct {
    ScSlot **slots; /* owned; borrows the slots */
    unsigned n;
    unsigned room;
} Row;

struct ScAudience {
    ScLayer *layer; /* its track is a ref */
    uint64_t head;  /* the live row was given all before this number */
    Row live;
    Row joining;
    unsigned first; /* of the live row, who is served first */
};

static void
take_seat(Row *row, ScAudience *audience, ScSlot *slot, ScSeat *seat)
{
    if (row->n == row->room) {
        row->room = MAX(8, row->room * 2);
        row->slots = g_renew(ScSlot *, row->slots, row->room);
    }
    *seat = (ScSeat){ .audience = audience, .index = row->n };
    row->slots[row->n++] = slot;
}

/* The last of the row moves into the gap. */
static void
leave_live(ScSlot *slot)
{
    ScAudience *audience = slot->live.audience;

    if (audience == NULL)
        return;
    ScSlot *last = audience->live.slots[--audience->live.n];
    audience->live.slots[slot->live.index] = last;
    last->live.index = slot->live.index;
    slot->live = (ScSeat){ 0 };
}

static void
leave_joining(ScKit *kit, ScSlot *slot)
{
    ScAudience *audience = slot->joining.audience;

    if (audience == NULL)
        return;
    ScSlot *last = audience->joining.slots[--audience->joining.n];
    audience->joining.slots[slot->joining.index] = last;
    last->joining.index = slot->joining.index;
    slot->joining = (ScSeat){ 0 };
    if (slot->catching_up)
        kit->n_catching_up--;
    slot->catching_up = false;
}

static ScAudience *
get_audience(ScKit *kit, ScLayer *layer)
{
    ScAudience *self = layer->audiences[kit->index];

    if (self != NULL)
        return self;
    self = g_new0(ScAudience, 1);
    sc_track_ref(layer->track);
    self->layer = layer;
    self->head = sc_history_get_head(layer->history);
    layer->audiences[kit->index] = self;
    g_ptr_array_add(kit->audiences, self);
    atomic_fetch_or_explicit(&layer->audience_workers, UINT64_C(1) << kit->index,
                             memory_order_relaxed);
    return self;
}

void
sc_audience_free(void *data)
{
    ScAudience *self = data;

    g_assert(self->live.n == 0 && self->joining.n == 0);
    g_free(self->live.slots);
    g_free(self->joining.slots);
    sc_track_unref(self->layer->track);
    g_free(self);
}

void
sc_audience_sweep(ScKit *kit)
{
    for (unsigned i = kit->audiences->len; i-- > 0;) {
        ScAudience *self = kit->audiences->pdata[i];

        if (self->live.n > 0 || self->joining.n > 0)
            continue;
        self->layer->audiences[kit->index] = NULL;
        atomic_fetch_and_explicit(&self->layer->audience_workers,
                                  ~(UINT64_C(1) << kit->index), memory_order_relaxed);
        g_ptr_array_remove_index_fast(kit->audiences, i);
    }
}

/* To a line that is thin the past is not sent as well: a new key frame has to do. Sound
 * has no key frames: its start is the newest packet, if that is of now. */
static bool
find_start(ScKit *kit, const ScSlot *slot, const ScLayer *layer, uint64_t head,
           ScKeyframeStart *out_start)
{
    const ScKeyframeLimits limits = {
        .max_age_us =
            slot->is_limited ? FRESH_US : kit->config->join_max_age_ms * INT64_C(1000),
        .max_bytes = (uint32_t)kit->config->join_burst_max_kib * 1024,
    };

    if (layer->track->spec.is_video)
        return sc_keyframe_find_start(layer->history, head, &limits, kit->now_us,
                                      out_start);
    if (head == 0)
        return false;

    const ScPacket *newest = sc_history_get(layer->history, head - 1);
    *out_start = (ScKeyframeStart){
        .key_sequence = newest->sequence,
        .key_timestamp = newest->timestamp,
        .live_sequence = newest->sequence,
        .live_timestamp = newest->timestamp,
        .live_arrival_us = newest->arrival_us,
    };
    return kit->now_us - newest->arrival_us < AUDIO_FRESH_US;
}

static bool
start_joining(ScKit *kit, ScAudience *audience, ScSlot *slot, uint64_t head)
{
    const ScSlotPayload *payload =
        sc_slot_lookup_payload(slot, audience->layer->track->spec.codec);
    ScKeyframeStart start;

    if (!find_start(kit, slot, audience->layer, head, &start))
        return false;
    leave_live(slot);
    sc_slot_start_feed(slot, audience->layer, payload, &start);
    slot->outlet->wants_report = true;
    slot->catching_up = true;
    slot->cursor = start.key_sequence;
    slot->pace_bytes = JOIN_CREDIT_BYTES;
    slot->paced_us = kit->now_us;
    kit->n_catching_up++;
    if (start.key_sequence != start.live_sequence)
        sc_stats_count(kit->stats, SC_COUNTER_JOINS_FROM_HISTORY, 1);
    return true;
}

/* True once it has all there is. What is missing in the history is a gap for this
 * receiver too; where the publisher still repairs it, the receiver's NACK gets it. */
static bool
catch_up(ScKit *kit, const ScAudience *audience, ScSlot *slot, uint64_t head)
{
    const ScHistory *history = audience->layer->history;
    uint64_t highest = sc_history_get(history, head - 1)->highest;
    ScRunPlan *plan = &kit->own_plan;

    slot->pace_bytes +=
        (kit->now_us - slot->paced_us) * kit->config->join_pace_kbps / 8000;
    slot->pace_bytes = MIN(slot->pace_bytes, JOIN_CREDIT_BYTES);
    slot->paced_us = kit->now_us;
    sc_run_plan_clear(plan);
    while (slot->cursor <= highest && slot->pace_bytes > 0
           && plan->n_items < SC_RUN_PLAN_PACKETS_MAX) {
        const ScPacket *packet = sc_history_lookup(history, head, slot->cursor++);

        if (packet == NULL)
            continue;
        sc_run_plan_add(plan, packet, sc_history_get_payload(history, packet));
        slot->pace_bytes -= packet->length;
    }
    sc_run_plan_cut(plan, (unsigned)kit->config->run_packets);
    sc_fanout_send(kit->fanout, slot, plan);
    return slot->cursor > highest;
}

/* Who has caught up with all that the live row was given may sit there. */
static void
serve_joiner(ScKit *kit, ScAudience *self, ScSlot *slot, uint64_t head)
{
    if (!slot->outlet->is_open || head == 0)
        return;
    if (!slot->catching_up && !start_joining(kit, self, slot, head)) {
        sc_stats_judge(kit->stats, SC_VERDICT_SLOT_WAITS_FOR_KEY_FRAME, 1);
        return;
    }
    if (catch_up(kit, self, slot, head) && self->head == head) {
        leave_joining(kit, slot);
        take_seat(&self->live, self, slot, &slot->live);
    }
}

/* The slots whose feed began behind the oldest packet of the plan get their own one: a
 * late packet from before a feed's start belongs to no frame they can show. */
static void
send_without_older(ScKit *kit, ScSlot *slot)
{
    ScRunPlan *plan = &kit->own_plan;

    sc_run_plan_clear(plan);
    for (unsigned i = 0; i < kit->plan.n_items; i++)
        if (kit->plan.items[i].packet->sequence >= slot->feeds[0].first)
            sc_run_plan_add(plan, kit->plan.items[i].packet, kit->plan.items[i].payload);
    plan->is_live = true;
    sc_run_plan_cut(plan, (unsigned)kit->config->run_packets);
    sc_fanout_send(kit->fanout, slot, plan);
}

/* Who is served as the @index-th of this batch. */
static ScSlot *
get_turn(const ScAudience *self, unsigned index)
{
    unsigned turn = self->first + index;

    return self->live.slots[turn < self->live.n ? turn : turn - self->live.n];
}

/* Thousands of receivers do not fit into the near caches: what is read of each is fetched
 * while those before it are served; each step finds what the one before has fetched. */
static void
fetch_ahead(const ScAudience *self, unsigned index)
{
    if (index + FETCH_SLOT < self->live.n) {
        const ScSlot *slot = get_turn(self, index + FETCH_SLOT);

        __builtin_prefetch(&slot->outlet, 1);
        __builtin_prefetch(&slot->feeds[0].rtx_payload_type, 1);
        __builtin_prefetch(&slot->next_out, 1);
        __builtin_prefetch(&slot->has_sent, 1);
        __builtin_prefetch(&slot->spec.ssrc);
    }
    if (index + FETCH_OUTLET < self->live.n) {
        const ScOutlet *outlet = get_turn(self, index + FETCH_OUTLET)->outlet;

        __builtin_prefetch(&outlet->key);
        __builtin_prefetch(&outlet->wide_sequence, 1);
        __builtin_prefetch(&outlet->n_bytes, 1);
    }
    if (index + FETCH_KEY < self->live.n)
        __builtin_prefetch(get_turn(self, index + FETCH_KEY)->outlet->key);
    if (index + FETCH_WHOLE_KEY < self->live.n)
        sc_encrypt_key_fetch(get_turn(self, index + FETCH_WHOLE_KEY)->outlet->key);
}

static void
send_plan(ScKit *kit, ScAudience *self, uint64_t lowest)
{
    uint64_t n_unsent = 0;

    for (unsigned i = 0; i < self->live.n; i++) {
        ScSlot *slot = get_turn(self, i);

        fetch_ahead(self, i);
        if (!slot->outlet->is_open)
            n_unsent += kit->plan.n_items;
        else if (slot->feeds[0].first > lowest)
            send_without_older(kit, slot);
        else
            sc_fanout_send(kit->fanout, slot, &kit->plan);
    }
    if (n_unsent > 0)
        sc_stats_judge(kit->stats, SC_VERDICT_NO_CONSENT, n_unsent);
}

static void
serve_live(ScKit *kit, ScAudience *self, uint64_t head)
{
    const ScHistory *history = self->layer->history;
    uint64_t tail = sc_history_get_tail(history, head);
    ScRunPlan *plan = &kit->plan;

    if (self->head < tail) {
        sc_stats_judge(kit->stats, SC_VERDICT_HISTORY_OVERRUN,
                       (tail - self->head) * self->live.n);
        self->head = tail;
    }
    while (self->head < head) {
        uint64_t lowest = UINT64_MAX;

        sc_run_plan_clear(plan);
        while (self->head < head && plan->n_items < SC_RUN_PLAN_PACKETS_MAX) {
            const ScPacket *packet = sc_history_get(history, self->head++);

            lowest = MIN(lowest, packet->sequence);
            sc_run_plan_add(plan, packet, sc_history_get_payload(history, packet));
        }
        plan->is_live = true;
        sc_run_plan_cut(plan, (unsigned)kit->config->run_packets);
        send_plan(kit, self, lowest);
    }
}

/* From batch to batch another receiver is the first, far from the one before, so that
 * neither delay nor a full socket always meets the same. */
static void
rotate(ScAudience *self)
{
    self->first =
        self->live.n == 0 ? 0 : (self->first + self->live.n * 5 / 8 + 1) % self->live.n;
}

static void
serve(ScKit *kit, ScAudience *self)
{
    uint64_t head = sc_history_get_head(self->layer->history);

    if (self->head < head) {
        rotate(self);
        serve_live(kit, self, head);
    }
    for (unsigned i = self->joining.n; i-- > 0;)
        serve_joiner(kit, self, self->joining.slots[i], head);
}

void
sc_audience_serve(ScKit *kit, ScLayer *layer)
{
    if (layer->audiences[kit->index] != NULL)
        serve(kit, layer->audiences[kit->index]);
}

void
sc_audience_pace_all(ScKit *kit)
{
    for (unsigned i = 0; i < kit->audiences->len && kit->n_catching_up > 0; i++) {
        ScAudience *self = kit->audiences->pdata[i];

        if (self->joining.n > 0)
            serve(kit, self);
    }
}

ScLayer *
sc_audience_get_layer(const ScAudience *self)
{
    return self->layer;
}

void
sc_audience_leave(ScKit *kit, ScSlot *slot)
{
    leave_live(slot);
    leave_joining(kit, slot);
}

void
sc_audience_join(ScKit *kit, ScLayer *layer, ScSlot *slot)
{
    ScAudience *self = get_audience(kit, layer);

    leave_joining(kit, slot);
    slot->is_mute = sc_slot_lookup_payload(slot, layer->track->spec.codec) == NULL;
    if (slot->is_mute) {
        leave_live(slot);
        sc_stats_judge(kit->stats, SC_VERDICT_SLOT_NO_PAYLOAD_TYPE, 1);
        return;
    }
    if (slot->live.audience != NULL && slot->live.audience->layer->track != layer->track)
        leave_live(slot);
    take_seat(&self->joining, self, slot, &slot->joining);
    serve_joiner(kit, self, slot, sc_history_get_head(layer->history));
    if (layer->track->spec.is_video && slot->joining.audience == self
        && !slot->catching_up)
        sc_layer_want_key_frame(layer);
}
