/* SPDX-License-Identifier: Apache-2.0 */
/* delivery.h: for how long a receiver has really had media, by its own word: what its
 * reports say has arrived, held against what was sent meanwhile. No clock, no socket.
 * Thread: the worker that owns the receiver. Spec: RFC 3550, section 6.4.1;
 * docs/protocol.md#control. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* So much of what was sent is enough for a time to count in full: what is lost singly is
 * repaired, and no report tells of that. */
#define SC_DELIVERY_ENOUGH_PCT 70

/* A longer time without is an interruption. */
#define SC_DELIVERY_INTERRUPTION_US 2500000

/* Of one outgoing stream at the receiver's last report. */
typedef struct {
    bool is_set;      /* by a report, or by sc_delivery_mark_start() */
    uint32_t highest; /* extended sequence number */
    int32_t n_lost;   /* cumulative, as the receiver counts */
    uint64_t n_sent;  /* packets, until then */
    uint64_t n_late;  /* repairs, until then, that came too late to be played */
} ScDeliveryMark;

typedef struct {
    int64_t confirmed_us; /* the last report, or the start; 0: neither yet */
    int64_t gap_us;       /* between the last two */
    int64_t delivered_us; /* until the last */
    uint32_t n_interruptions;
    bool was_enough; /* what the last one said */
} ScDelivery;

/* What a report says of one stream since the one before it; both 0 at the first. */
typedef struct {
    uint64_t n_sent;
    uint64_t n_received;
    uint64_t worst_sent; /* of the stream of which the smallest part arrived; 0: none */
    uint64_t worst_received;
} ScDeliveryPart;

/* The stream begins with out sequence @first; without it, what came before the first
 * report is not known. */
void sc_delivery_mark_start(ScDeliveryMark *mark, uint32_t first);
/* Media is sent since @at_us, nonzero; only the first call counts. */
void sc_delivery_start(ScDelivery *self, int64_t at_us);

/* @now: what the report says and what had been sent when it came; @mark becomes that.
 * Adds to @part. */
void sc_delivery_mark(ScDeliveryMark *mark, const ScDeliveryMark *now,
                      ScDeliveryPart *part);
/* After all streams of a report. */
void sc_delivery_confirm(ScDelivery *self, int64_t now_us, const ScDeliveryPart *part);

/* Media arrives, as far as can be known before the next report is due. */
bool sc_delivery_flows(const ScDelivery *self, int64_t now_us);
/* Until now, if it flows; else until the last report. May fall, when a report says that
 * what was believed to flow did not. */
int64_t sc_delivery_get_us(const ScDelivery *self, int64_t now_us);
