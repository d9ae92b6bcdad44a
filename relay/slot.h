/* SPDX-License-Identifier: Apache-2.0 */
/* slot.h: one outgoing RTP stream with a fixed SSRC. What feeds it changes; its sequence
 * numbers and timestamps go on. A feed is a layer with the offsets of both; the last four
 * are remembered, so that a NACK for a packet of an earlier feed is still answered. No
 * socket, no clock. Thread: the worker that owns the receiver. Spec:
 * docs/architecture.md#the-relay-a-packets-life. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/delivery.h"
#include "relay/track.h"

#define SC_SLOT_FEEDS_MAX 4
#define SC_SLOT_PAYLOADS_MAX 4
#define SC_SLOT_CNAME_MAX 64

/* Catching up, the frames before the present one are pressed together by this factor: 40
 * ms become 1.25 ms, so that the receiver shows the present picture and not an old one.
 */
#define SC_SLOT_PRESS 32

typedef struct ScOutlet ScOutlet;

typedef struct {
    ScCodec codec;
    uint32_t clock_hz;
    uint8_t payload_type;
    uint8_t rtx_payload_type; /* SC_TRACK_NO_PAYLOAD_TYPE: none */
} ScSlotPayload;

/* What signaling says of a slot, see docs/protocol.md#control. */
typedef struct {
    char name[SC_TRACK_NAME_MAX + 1];
    char cname[SC_SLOT_CNAME_MAX + 1];
    bool is_video;
    uint32_t ssrc;
    uint32_t rtx_ssrc; /* 0: none */
    unsigned priority; /* of pictures: 0 is kept longest on a thin line */
    ScSlotPayload payloads[SC_SLOT_PAYLOADS_MAX];
    unsigned n_payloads;
} ScSlotSpec;

/* out sequence = in sequence + sequence_offset; the same with timestamps from @live on.
 */
typedef struct {
    ScLayer *layer;           /* its track is a ref; NULL: no feed */
    uint64_t sequence_offset; /* modulo 2^64 */
    uint64_t first;           /* in sequence of its first packet */
    uint64_t end;             /* one beyond the highest in sequence sent */
    uint64_t live;            /* in sequence; packets before it have pressed timestamps */
    uint32_t live_timestamp;  /* in */
    uint32_t timestamp_offset;
    uint8_t payload_type;
    uint8_t rtx_payload_type; /* SC_TRACK_NO_PAYLOAD_TYPE: none */
} ScFeed;

/* Where a slot sits in an audience. */
typedef struct {
    ScAudience *audience; /* borrowed: lives while somebody sits in it; NULL: nowhere */
    unsigned index;
} ScSeat;

typedef struct {
    ScOutlet *outlet;                /* borrowed: of the transport that owns us */
    ScFeed feeds[SC_SLOT_FEEDS_MAX]; /* the present one first */
    uint64_t next_out;               /* extended; one beyond the highest sent */
    uint64_t last_timestamp;         /* extended; the highest sent */
    uint64_t n_packets, n_bytes;     /* sent, payload bytes */
    bool has_sent;

    /* where the present feed comes from; audience.c's */
    ScTrack *track;     /* ref; what it is patched to, NULL: nothing */
    ScSeat live;        /* given each new packet */
    ScSeat joining;     /* waiting for a start, or catching up */
    bool catching_up;   /* with @joining */
    uint64_t cursor;    /* next in sequence to catch up with */
    int64_t pace_bytes; /* may be sent now */
    int64_t paced_us;
    uint32_t layer;  /* of @track, by its receiver's line; SC_SHARING_NONE: nothing */
    bool is_limited; /* else the best one */
    bool is_mute;    /* no payload type of ours for the feed's codec */

    /* the timeline that timestamps of new feeds are laid on */
    int64_t anchor_us; /* valid once has_anchor */
    uint64_t anchor_timestamp;
    bool has_anchor;

    uint64_t next_rtx;      /* extended sequence of the RTX stream */
    uint32_t sr_middles[2]; /* of the last SRs sent, newest first; 0: none */
    int64_t sr_sent_us[2];
    uint8_t fraction_lost; /* in 1/256, the receiver's last report */
    ScDeliveryMark mark;   /* of its last report */
    uint64_t n_late;       /* repairs sent that came too late to be played */
    ScSlotSpec spec;
} ScSlot;

/* @sequence and @timestamp: where the stream begins, random; @sequence below 2^15, so
 * that both ends agree that the roll-over counter is 0 (RFC 3711, section 3.3.1). */
void sc_slot_init(ScSlot *self, const ScSlotSpec *spec, ScOutlet *outlet,
                  uint16_t sequence, uint32_t timestamp);
/* It must sit nowhere. */
void sc_slot_clear(ScSlot *self);

/* NULL where the receiver has no payload type for @codec. */
const ScSlotPayload *sc_slot_lookup_payload(const ScSlot *self, ScCodec codec);

/* From now on @layer feeds it, by @payload; its number and time go on. */
void sc_slot_start_feed(ScSlot *self, ScLayer *layer, const ScSlotPayload *payload,
                        const ScKeyframeStart *start);

/* Lets go of feeds whose publishers are gone. */
void sc_slot_drop_closed(ScSlot *self);

/* Hot. */
static inline uint64_t
sc_feed_map_sequence(const ScFeed *self, uint64_t sequence)
{
    return sequence + self->sequence_offset;
}

/* Hot. */
static inline uint32_t
sc_feed_map_timestamp(const ScFeed *self, const ScPacket *packet)
{
    if (packet->sequence >= self->live)
        return packet->timestamp + self->timestamp_offset;

    int32_t before = (int32_t)(self->live_timestamp - packet->timestamp);
    return self->live_timestamp + self->timestamp_offset
           - (uint32_t)(before / SC_SLOT_PRESS);
}

/* Hot, once per run: packets up to in sequence @sequence were sent by the present feed.
 */
void sc_slot_note_sent(ScSlot *self, uint64_t sequence, uint32_t out_timestamp,
                       unsigned n_packets, size_t n_bytes);

/* Which feed sent the packet with out sequence @out, and its in sequence. NULL: none that
 * is remembered. */
const ScFeed *sc_slot_find_feed(const ScSlot *self, uint16_t out, uint64_t *out_sequence);
