/* SPDX-License-Identifier: Apache-2.0 */
/* nack.h: loss on both legs. ScNackList: what a publisher still owes us of one layer, and
 * when to ask. ScNackGuard: which repairs a receiver is given, so that neither repeated
 * requests nor a bad line make the relay send without end. Thread: the worker that owns
 * the peer; time comes in. Spec: RFC 4585 section 6.2.1. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_NACK_MISSING_MAX 128     /* packets of a layer we ask for at once */
#define SC_NACK_ASK_MAX 10          /* times for one packet */
#define SC_NACK_PATIENCE_US 1000000 /* then a packet is given up */
#define SC_NACK_RTT_FIRST_US 100000 /* before one was measured */
#define SC_NACK_RTT_MIN_US 10000

typedef struct {
    uint64_t sequence; /* extended */
    int64_t first_us;
    int64_t asked_us; /* last time; valid where n_asked > 0 */
    unsigned n_asked;
} ScNackMissing;

typedef struct {
    ScNackMissing missing[SC_NACK_MISSING_MAX]; /* rising */
    unsigned n_missing;
    uint64_t highest; /* 0: nothing arrived yet */
    int64_t rtt_us;   /* smoothed, from a request to its packet */
} ScNackList;

void sc_nack_list_init(ScNackList *self);

/* Hot. @sequence arrived: what lies between it and the highest is missing, it no longer
 * is. False where the gap was larger than the list: then only a key frame helps. */
bool sc_nack_list_note(ScNackList *self, uint64_t sequence, int64_t now_us);

/* The sequence numbers to ask for now, as they rise; each again after a round trip. Drops
 * those that were asked for too often or too long. Returns how many. */
size_t sc_nack_list_take_due(ScNackList *self, int64_t now_us,
                             uint16_t out_sequences[SC_NACK_MISSING_MAX]);

#define SC_NACK_OLD_US 2000000 /* or three round trips: nobody waits longer */
#define SC_NACK_LATE_US 500000 /* and two round trips: more than buffers wait for */

/* Whether a packet that was sent @age_us ago is not sent again, however often it is asked
 * for: on a line that was away it would only be in the way of the present. */
bool sc_nack_is_too_old(int64_t age_us, int64_t rtt_us);
/* Whether it still is, but will hardly be played. */
bool sc_nack_is_late(int64_t age_us, int64_t rtt_us);

#define SC_NACK_GUARD_SIZE 128 /* repairs remembered of a receiver */

typedef struct {
    uint32_t ssrc;
    uint16_t sequence;
    uint16_t at_ms; /* wraps; a clash after 65 s delays one repair by a round trip */
} ScNackAnswered;

typedef struct {
    ScNackAnswered answered[SC_NACK_GUARD_SIZE]; /* by a hash of stream and number */
    int64_t budget_bytes;
    int64_t filled_us;
} ScNackGuard;

typedef enum {
    SC_NACK_ANSWER,
    SC_NACK_REPEATED,
    SC_NACK_OVER_BUDGET,
} ScNackDecision;

/* Whether a repair of @length bytes is sent. The budget refills with @rate_bps and holds
 * one second of it at most. */
ScNackDecision sc_nack_guard_decide(ScNackGuard *self, uint32_t ssrc, uint16_t sequence,
                                    int64_t rtt_us, int64_t now_us);
void sc_nack_guard_charge(ScNackGuard *self, size_t n_bytes);
void sc_nack_guard_refill(ScNackGuard *self, int64_t rate_bps, int64_t now_us);
