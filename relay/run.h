/* SPDX-License-Identifier: Apache-2.0 */
/* run.h: which packets go out as one GSO message. The kernel cuts a message into segments
 * of one size, of which only the last may be shorter. Encoders split a frame into packets
 * that differ by a byte or two, so shorter ones are filled up by a few bytes of RTP
 * padding (RFC 3550, section 5.1) where that makes the run longer. One plan serves all
 * receivers of a batch. Thread: any; plain values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/history.h"

#define SC_RUN_PLAN_PACKETS_MAX 128
#define SC_RUN_BYTES_MAX 60000 /* payload of a run; a UDP datagram holds 65507 in all */

typedef struct {
    const ScPacket *packet; /* lent by the history */
    const uint8_t *payload; /* the same */
    uint8_t padding;        /* bytes to send behind the payload, 0: none */
} ScRunItem;

typedef struct {
    unsigned first; /* item */
    unsigned count;
    unsigned segment; /* payload bytes, padding included, of all but the last */
    size_t n_bytes;   /* payload bytes, padding included, of all */
} ScRun;

typedef struct {
    ScRunItem items[SC_RUN_PLAN_PACKETS_MAX];
    ScRun runs[SC_RUN_PLAN_PACKETS_MAX];
    unsigned n_items;
    unsigned n_runs;
    size_t n_bytes;
    bool is_live; /* as they arrived: the time they take in here is measured */
} ScRunPlan;

void sc_run_plan_clear(ScRunPlan *self);
void sc_run_plan_add(ScRunPlan *self, const ScPacket *packet, const uint8_t *payload);

/* Cuts the items into runs of at most @max_packets. */
void sc_run_plan_cut(ScRunPlan *self, unsigned max_packets);
