/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/slot.h"

#include <string.h>

#include "relay/wire/sequence.h"

void
sc_slot_init(ScSlot *self, const ScSlotSpec *spec, ScOutlet *outlet, uint16_t sequence,
             uint32_t timestamp)
{
    g_assert(sequence < 0x8000);

    *self = (ScSlot){
        .outlet = outlet,
        .next_out = sequence,
        .next_rtx = sequence,
        .anchor_timestamp = timestamp,
        .spec = *spec,
    };
    sc_delivery_mark_start(&self->mark, sequence);
}

static void
clear_feed(ScFeed *feed)
{
    if (feed->layer != NULL)
        sc_track_unref(feed->layer->track);
    *feed = (ScFeed){ 0 };
}

void
sc_slot_clear(ScSlot *self)
{
    g_assert(self->live.audience == NULL && self->joining.audience == NULL);

    for (unsigned i = 0; i < SC_SLOT_FEEDS_MAX; i++)
        clear_feed(&self->feeds[i]);
    g_clear_pointer(&self->track, sc_track_unref);
}

const ScSlotPayload *
sc_slot_lookup_payload(const ScSlot *self, ScCodec codec)
{
    for (unsigned i = 0; i < self->spec.n_payloads; i++)
        if (self->spec.payloads[i].codec == codec)
            return &self->spec.payloads[i];
    return NULL;
}

/* The slot's own timestamp for the present frame: its first one plus the time that
 * passed, and in any case so late that the pressed frames before it lie behind all that
 * was sent. */
static uint64_t
place_live(ScSlot *self, uint32_t clock_hz, const ScKeyframeStart *start)
{
    if (!self->has_anchor) {
        self->has_anchor = true;
        self->anchor_us = start->live_arrival_us;
        return self->anchor_timestamp;
    }

    int32_t pressed =
        (int32_t)(start->live_timestamp - start->key_timestamp) / SC_SLOT_PRESS;
    int64_t passed_us = start->live_arrival_us - self->anchor_us;
    uint64_t wanted = self->anchor_timestamp + (uint64_t)(passed_us * clock_hz / 1000000);
    uint64_t earliest =
        self->last_timestamp + (uint64_t)MAX(pressed, 0) + clock_hz / 1000;

    return self->has_sent ? MAX(wanted, earliest) : wanted;
}

void
sc_slot_start_feed(ScSlot *self, ScLayer *layer, const ScSlotPayload *payload,
                   const ScKeyframeStart *start)
{
    uint64_t live = place_live(self, payload->clock_hz, start);

    clear_feed(&self->feeds[SC_SLOT_FEEDS_MAX - 1]);
    memmove(&self->feeds[1], &self->feeds[0],
            (SC_SLOT_FEEDS_MAX - 1) * sizeof self->feeds[0]);
    sc_track_ref(layer->track);
    self->feeds[0] = (ScFeed){
        .layer = layer,
        .sequence_offset = self->next_out - start->key_sequence,
        .first = start->key_sequence,
        .end = start->key_sequence,
        .live = start->live_sequence,
        .live_timestamp = start->live_timestamp,
        .timestamp_offset = (uint32_t)live - start->live_timestamp,
        .payload_type = payload->payload_type,
        .rtx_payload_type = payload->rtx_payload_type,
    };
}

void
sc_slot_drop_closed(ScSlot *self)
{
    for (unsigned i = 0; i < SC_SLOT_FEEDS_MAX; i++)
        if (self->feeds[i].layer != NULL
            && atomic_load_explicit(&self->feeds[i].layer->track->closed,
                                    memory_order_relaxed))
            clear_feed(&self->feeds[i]);
}

void
sc_slot_note_sent(ScSlot *self, uint64_t sequence, uint32_t out_timestamp,
                  unsigned n_packets, size_t n_bytes)
{
    ScFeed *feed = &self->feeds[0];
    int32_t later = (int32_t)(out_timestamp - (uint32_t)self->last_timestamp);

    if (!self->has_sent)
        self->last_timestamp = out_timestamp;
    else if (later > 0)
        self->last_timestamp += (uint64_t)later;
    self->has_sent = true;
    feed->end = MAX(feed->end, sequence + 1);
    self->next_out = MAX(self->next_out, sc_feed_map_sequence(feed, sequence) + 1);
    self->n_packets += n_packets;
    self->n_bytes += n_bytes;
}

const ScFeed *
sc_slot_find_feed(const ScSlot *self, uint16_t out, uint64_t *out_sequence)
{
    uint64_t extended = sc_sequence_extend(self->next_out, out);

    for (unsigned i = 0; i < SC_SLOT_FEEDS_MAX; i++) {
        const ScFeed *feed = &self->feeds[i];
        uint64_t in = extended - feed->sequence_offset;

        if (feed->layer != NULL && in >= feed->first && in < feed->end) {
            *out_sequence = in;
            return feed;
        }
    }
    return NULL;
}
