/* SPDX-License-Identifier: Apache-2.0 */
/* twcc.h: transport-wide congestion control feedback: notes what arrived and when, writes
 * that as RTCP, and reads what a peer wrote. No malloc. Thread: an ScTwcc belongs to one
 * worker; the rest is pure. Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/wire/feedback.h"

#define SC_TWCC_WINDOW 1024   /* numbers an ScTwcc remembers: 2 s at 5 Mbit/s */
#define SC_TWCC_WRITE_MIN 320 /* bytes: a window of losses and one arrival always fit */
#define SC_TWCC_STATUSES_MAX 16384 /* of one feedback packet that we read */
#define SC_TWCC_TICK_US 250        /* of a delta */
#define SC_TWCC_REFERENCE_US 64000 /* of the reference time */

/* What one peer sent us. Fields are private to twcc.c. */
typedef struct {
    int64_t arrival_us[SC_TWCC_WINDOW]; /* by number modulo the window; 0: not arrived */
    uint64_t next;                      /* first extended number to be reported next */
    uint64_t end; /* behind the highest number arrived; 0: none yet */
    uint8_t feedback_count;
} ScTwcc;

void sc_twcc_init(ScTwcc *self);

/* Hot. One packet with transport-wide number @sequence arrived at @now_us (above 0).
 * Duplicates and those older than the window are ignored; one that was reported as lost
 * will be reported again, with all behind it. */
void sc_twcc_note(ScTwcc *self, uint16_t sequence, int64_t now_us);

/* True where something arrived that no feedback told yet. */
bool sc_twcc_is_due(const ScTwcc *self);

/* Appends one feedback packet about the oldest numbers not told yet, as many as fit
 * @writer and the format; call it while sc_twcc_is_due(). False, and nothing written,
 * where nothing is due or @writer has less than SC_TWCC_WRITE_MIN bytes of room. */
bool sc_twcc_write(ScTwcc *self, uint32_t sender_ssrc, uint32_t media_ssrc,
                   ScWriter *writer);

/* A feedback packet that was checked as a whole, being read. */
typedef struct {
    ScReader chunks;        /* up to the deltas */
    ScReader deltas;        /* to the end of the packet */
    int64_t arrival_us;     /* of the last one received; starts as the reference time */
    uint16_t base_sequence; /* of the first status */
    uint16_t n_statuses;
    uint8_t feedback_count;
    uint16_t n_given;    /* statuses given so far */
    uint16_t chunk;      /* being read */
    uint16_t n_in_chunk; /* statuses @chunk still holds */
} ScTwccFeedback;

typedef struct {
    uint16_t sequence;
    bool received;
    int64_t
        arrival_us;   /* on the peer's clock, wraps after 2^24 × 64 ms; where received */
    int32_t delta_us; /* to the one received before, the first to the reference time */
} ScTwccStatus;

/* False where the packet has no status, more than SC_TWCC_STATUSES_MAX, a reserved
 * symbol, or chunks and deltas that do not fit into it. */
bool sc_twcc_parse(const ScFeedback *feedback, ScTwccFeedback *out_feedback);

/* Statuses in rising order of numbers; false behind the last. */
bool sc_twcc_next(ScTwccFeedback *self, ScTwccStatus *out_status);
