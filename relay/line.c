/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/line.h"

#include "relay/audience.h"
#include "relay/bandwidth.h"
#include "relay/outlet.h"
#include "relay/sharing.h"

enum {
    TRY_TICK_US = 50000,  /* between two sc_line_try() */
    TRY_PACKETS_MAX = 64, /* of one: what was sent last, from the newest one on */
    TRY_PCT = 115,        /* of what is wanted: it has to fit with room to spare */
};

struct ScLine {
    ScBandwidth bandwidth;
    uint32_t given_bps;  /* what is sent now, by the layers' rates */
    uint32_t wanted_bps; /* with the next step, and some room; 0: there is none */
};

void
sc_line_free(ScLine *self)
{
    g_free(self);
}

static ScLayer *
get_best_layer(ScTrack *track)
{
    return &track->layers[atomic_load_explicit(&track->best_layer, memory_order_relaxed)];
}

static uint32_t
get_rate_bps(const ScLayer *layer)
{
    return atomic_load_explicit(&layer->rate_bps, memory_order_relaxed);
}

/* NULL: nothing of it. */
static ScLayer *
get_layer(const ScSlot *slot)
{
    if (!slot->is_limited)
        return get_best_layer(slot->track);
    return slot->layer == SC_SHARING_NONE ? NULL : &slot->track->layers[slot->layer];
}

static ScLayer *
get_seated(const ScSlot *slot)
{
    const ScAudience *audience =
        slot->joining.audience != NULL ? slot->joining.audience : slot->live.audience;

    return audience == NULL ? NULL : sc_audience_get_layer(audience);
}

/* One step down happens because a queue stands: what is on its way is enough, and nothing
 * more of the old layer is sent while the new one's key frame is waited for. */
void
sc_line_seat(ScKit *kit, ScSlot *slot)
{
    ScLayer *layer = get_layer(slot);
    ScLayer *seated = get_seated(slot);

    if (layer == seated)
        return;
    if (layer == NULL
        || (seated != NULL && slot->is_limited
            && get_rate_bps(layer) < get_rate_bps(seated)))
        sc_audience_leave(kit, slot);
    if (layer != NULL)
        sc_audience_join(kit, layer, slot);
}

/* Nothing is known of the rates of what has just begun. */
static bool
is_shared(const ScSlot *slot)
{
    return slot->track != NULL && slot->spec.is_video
           && !atomic_load_explicit(&slot->track->closed, memory_order_relaxed)
           && get_rate_bps(get_best_layer(slot->track)) > 0;
}

static void
fill_share(const ScSlot *slot, ScShare *out_share)
{
    *out_share = (ScShare){ .priority = slot->spec.priority,
                            .n_layers = slot->track->n_layers,
                            .layer = SC_SHARING_NONE };
    for (unsigned i = 0; i < slot->track->n_layers; i++)
        out_share->rates_bps[i] = get_rate_bps(&slot->track->layers[i]);
    for (unsigned i = 0; i < slot->track->n_layers; i++)
        if (&slot->track->layers[i] == get_layer(slot))
            out_share->layer = i;
}

/* Of the slots that share; @out_slots borrows them. Sound is not shared: all of it is
 * given. */
static unsigned
fill_shares(ScTransport *transport, ScShare *out_shares, ScSlot **out_slots,
            uint32_t *out_sound_bps)
{
    unsigned n = 0;

    *out_sound_bps = 0;
    for (unsigned i = 0; i < transport->n_slots; i++) {
        ScSlot *slot = &transport->slots[i];

        if (is_shared(slot)) {
            fill_share(slot, &out_shares[n]);
            out_slots[n++] = slot;
        } else if (slot->track != NULL && !slot->spec.is_video) {
            *out_sound_bps += get_rate_bps(get_best_layer(slot->track));
        }
    }
    return n;
}

static uint32_t
sum_bps(const ScShare *shares, unsigned n, uint32_t sound_bps)
{
    for (unsigned i = 0; i < n; i++)
        if (shares[i].layer != SC_SHARING_NONE)
            sound_bps += shares[i].rates_bps[shares[i].layer];
    return sound_bps;
}

static void
count_step(ScKit *kit, const ScSlot *slot, uint32_t layer)
{
    uint32_t before_bps = 0;
    uint32_t after_bps = 0;

    if (slot->is_limited && slot->layer != SC_SHARING_NONE)
        before_bps = get_rate_bps(&slot->track->layers[slot->layer]);
    else if (!slot->is_limited)
        before_bps = get_rate_bps(get_best_layer(slot->track));
    if (layer != SC_SHARING_NONE)
        after_bps = get_rate_bps(&slot->track->layers[layer]);
    sc_stats_count(kit->stats, SC_COUNTER_LAYERS_LOWERED, after_bps < before_bps);
    sc_stats_count(kit->stats, SC_COUNTER_LAYERS_RAISED, after_bps > before_bps);
}

/* Decides anew, and has it done. */
static void
share(ScTransport *transport, ScKit *kit)
{
    uint32_t limit_bps = sc_bandwidth_get_limit_bps(&transport->line->bandwidth);
    ScShare shares[SC_TRANSPORT_SLOTS_MAX];
    ScSlot *slots[SC_TRANSPORT_SLOTS_MAX];
    uint32_t sound_bps;
    unsigned n = fill_shares(transport, shares, slots, &sound_bps);

    sc_sharing_decide(shares, n, sound_bps, limit_bps);
    for (unsigned i = 0; i < n; i++) {
        count_step(kit, slots[i], shares[i].layer);
        slots[i]->layer = shares[i].layer;
        slots[i]->is_limited = true;
        sc_line_seat(kit, slots[i]);
    }
}

/* Is one of them not decided about, or given a layer that has gone silent since? */
static bool
is_outdated(const ScTransport *transport)
{
    for (unsigned i = 0; i < transport->n_slots; i++) {
        const ScSlot *slot = &transport->slots[i];

        if (!is_shared(slot))
            continue;
        if (!slot->is_limited
            || (slot->layer != SC_SHARING_NONE
                && get_rate_bps(&slot->track->layers[slot->layer]) == 0))
            return true;
    }
    return false;
}

static void
look_ahead(ScTransport *transport)
{
    ScLine *self = transport->line;
    ScShare shares[SC_TRANSPORT_SLOTS_MAX];
    ScSlot *slots[SC_TRANSPORT_SLOTS_MAX];
    uint32_t sound_bps;
    unsigned n = fill_shares(transport, shares, slots, &sound_bps);
    uint64_t next_bps = sc_sharing_get_next_bps(shares, n, sound_bps);

    self->given_bps = sum_bps(shares, n, sound_bps);
    self->wanted_bps =
        (uint32_t)MIN(next_bps * TRY_PCT / 100, SC_BANDWIDTH_UNLIMITED - 1);
}

bool
sc_line_is_limiting(const ScTransport *transport)
{
    for (unsigned i = 0; i < transport->n_slots; i++)
        if (is_shared(&transport->slots[i])
            && get_layer(&transport->slots[i])
                   != get_best_layer(transport->slots[i].track))
            return true;
    return false;
}

/* Of @slot a packet can be sent again, in its own RTX stream. */
static bool
can_repeat(const ScSlot *slot)
{
    return slot->live.audience != NULL && slot->spec.rtx_ssrc != 0
           && slot->feeds[0].rtx_payload_type != SC_TRACK_NO_PAYLOAD_TYPE;
}

static ScSlot *
find_repeater(ScTransport *transport)
{
    for (unsigned i = 0; i < transport->n_slots; i++)
        if (can_repeat(&transport->slots[i]))
            return &transport->slots[i];
    return NULL;
}

void
sc_line_conclude(ScTransport *transport, ScKit *kit)
{
    ScLine *self = transport->line;
    bool was_trying = sc_bandwidth_get_tried_bps(&self->bandwidth) > 0;
    bool can_try = find_repeater(transport) != NULL;

    if (sc_bandwidth_review(&self->bandwidth, self->wanted_bps, can_try, kit->now_us)) {
        share(transport, kit);
        look_ahead(transport);
    }
    bool is_trying = sc_bandwidth_get_tried_bps(&self->bandwidth) > 0;
    sc_stats_count(kit->stats, SC_COUNTER_LINE_TRIES, is_trying && !was_trying);
}

void
sc_line_review(ScTransport *transport, ScKit *kit)
{
    ScLine *self = transport->line;

    if (self == NULL
        || sc_bandwidth_get_limit_bps(&self->bandwidth) == SC_BANDWIDTH_UNLIMITED)
        return;
    if (is_outdated(transport))
        share(transport, kit);
    look_ahead(transport);
    sc_line_conclude(transport, kit);
}

void
sc_line_take(ScTransport *transport, ScKit *kit, const ScTwccStatus *status)
{
    if (transport->line == NULL) {
        transport->line = g_new0(ScLine, 1);
        sc_bandwidth_init(&transport->line->bandwidth, kit->now_us);
        transport->outlet.bandwidth = &transport->line->bandwidth;
    }
    sc_bandwidth_take(&transport->line->bandwidth, status);
}

/* What the receiver has got already, which it passes over. */
static size_t
repeat(ScKit *kit, ScSlot *slot, size_t n_bytes)
{
    const ScFeed *feed = &slot->feeds[0];
    const ScHistory *history = feed->layer->history;
    uint64_t head = sc_history_get_head(history);
    size_t n_sent = 0;

    for (unsigned i = 1; i <= TRY_PACKETS_MAX && n_sent < n_bytes; i++) {
        uint64_t sequence = feed->end - i;

        if (sequence < feed->first)
            break;
        const ScPacket *packet = sc_history_lookup(history, head, sequence);
        if (packet != NULL)
            n_sent += sc_fanout_repair(kit->fanout, slot, feed, packet);
    }
    return n_sent;
}

void
sc_line_try(ScTransport *transport, ScKit *kit)
{
    const ScLine *self = transport->line;
    uint32_t tried_bps = sc_bandwidth_get_tried_bps(&self->bandwidth);

    if (tried_bps <= self->given_bps || !transport->outlet.is_open)
        return;
    ScSlot *slot = find_repeater(transport);
    if (slot == NULL)
        return;
    uint64_t missing_bps = tried_bps - self->given_bps;
    size_t n_bytes = (size_t)(missing_bps * TRY_TICK_US / 8000000);
    sc_stats_count(kit->stats, SC_COUNTER_LINE_TRY_BYTES, repeat(kit, slot, n_bytes));
}
