/* SPDX-License-Identifier: Apache-2.0 */
/* history.h: the plaintext packets of one layer, a ring that one worker writes and all
 * read. It feeds the fan-out, answers NACKs and starts joiners, so memory grows with
 * publishers, not with receivers. A packet is its payload and its facts: header,
 * extensions and padding were removed.
 *
 * Thread: sc_history_put() is the publisher's worker's; the rest is any worker's. The
 * writer fills a cell, then stores the head with release; a reader loads the head with
 * acquire and touches no cell of the oldest eighth, which the writer may be overwriting.
 *
 * Two numbers name a packet: its number in the ring counts arrivals from 0; its sequence
 * is the RTP sequence number extended to 64 bits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/verdict.h"

#define SC_HISTORY_PAYLOAD_MAX 1464 /* bytes; 1500 less IPv4, UDP and half a header */

/* Bytes of RTP padding that may be sent straight from a cell, see run.h. */
#define SC_HISTORY_PADDING_MAX 32

typedef struct {
    uint64_t sequence;     /* extended */
    uint64_t highest;      /* highest sequence so far, this one included */
    uint64_t key_sequence; /* first packet of the newest key frame so far; 0: none */
    int64_t arrival_us;    /* at our socket, monotonic */
    uint32_t timestamp;    /* the publisher's */
    uint32_t n_bytes; /* payload bytes of the layer so far, this one's included; wraps */
    uint16_t length;  /* payload bytes, may be 0 */
    bool marker;
    bool starts_key_frame;
} ScPacket;

typedef struct ScHistory ScHistory;

/* @n_packets: a power of two. Memory is taken with the first packet. */
ScHistory *sc_history_new(unsigned n_packets) G_GNUC_WARN_UNUSED_RESULT;
void sc_history_free(ScHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScHistory, sc_history_free)

/* Hot. Copies @payload and @packet's sequence, arrival, timestamp, length, marker and
 * key-frame start; the rest of the facts is filled in here. DROP verdicts:
 * RTP_DUPLICATE, RTP_TOO_LATE (older than the ring), RTP_TOO_LONG. @packet->sequence is
 * above 0. */
ScVerdict sc_history_put(ScHistory *self, const ScPacket *packet, const uint8_t *payload)
    G_GNUC_WARN_UNUSED_RESULT;

/* How many packets ever arrived: one beyond the newest number. */
uint64_t sc_history_get_head(const ScHistory *self);

/* The oldest number that a reader who has seen @head may touch. */
uint64_t sc_history_get_tail(const ScHistory *self, uint64_t head);

/* The packet of @number, which is in tail ≤ number < head. Lent until the ring turns. */
const ScPacket *sc_history_get(const ScHistory *self, uint64_t number);

/* Behind the payload stand the bytes 1, 2, … SC_HISTORY_PADDING_MAX: any n of them are
 * valid RTP padding, whose last byte is n. */
const uint8_t *sc_history_get_payload(const ScHistory *self, const ScPacket *packet);

/* The packet of @sequence where a reader who has seen @head may still touch it, else
 * NULL. */
const ScPacket *sc_history_lookup(const ScHistory *self, uint64_t head,
                                  uint64_t sequence);
