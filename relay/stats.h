/* SPDX-License-Identifier: Apache-2.0 */
/* stats.h: what a worker counts: verdicts, traffic, and the time a packet spends in here.
 * Thread: one worker writes an ScStats, the main thread reads it whenever it wants: each
 * cell is a relaxed atomic with a single writer, which costs as much as a plain one. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "relay/verdict.h"

/* name, the name in relay.stats; docs/operating.md#counters explains each */
#define SC_COUNTERS(X)                                  \
    X(PACKETS_IN, "packets_in")                         \
    X(BYTES_IN, "bytes_in")                             \
    X(RECEIVE_CALLS, "receive_calls")                   \
    X(PACKETS_OUT, "packets_out")                       \
    X(BYTES_OUT, "bytes_out")                           \
    X(MESSAGES_OUT, "messages_out")                     \
    X(SEND_CALLS, "send_calls")                         \
    X(DATAGRAMS_OUT, "datagrams_out")                   \
    X(REPAIRS_OUT, "repairs_out")                       \
    X(REPAIRS_IN, "repairs_in")                         \
    X(NACKS_IN, "nacks_in")                             \
    X(NACKS_OUT, "nacks_out")                           \
    X(KEY_FRAME_REQUESTS_IN, "key_frame_requests_in")   \
    X(KEY_FRAME_REQUESTS_OUT, "key_frame_requests_out") \
    X(KEY_FRAMES_IN, "key_frames_in")                   \
    X(JOINS_FROM_HISTORY, "joins_from_history")         \
    X(HANDSHAKES_DONE, "handshakes_done")               \
    X(HANDSHAKES_FAILED, "handshakes_failed")           \
    X(HANDED_OVER, "handed_over")                       \
    X(FEEDBACK_RECEIVED, "feedback_received")           \
    X(FEEDBACK_LOST, "feedback_lost")                   \
    X(LAYERS_LOWERED, "layers_lowered")                 \
    X(LAYERS_RAISED, "layers_raised")                   \
    X(LINE_TRIES, "line_tries")                         \
    X(LINE_TRY_BYTES, "line_try_bytes")                 \
    X(GSO_REFUSED, "gso_refused")

typedef enum {
#define SC_COUNTER_ENUM(name, label) SC_COUNTER_##name,
    SC_COUNTERS(SC_COUNTER_ENUM)
#undef SC_COUNTER_ENUM
        SC_N_COUNTERS
} ScCounter;

/* Eight buckets to each power of two: a quantile is exact to an eighth. Above 2^24 µs all
 * is one. */
#define SC_HISTOGRAM_SUB_BITS 3
#define SC_HISTOGRAM_TOP_BITS 24
#define SC_HISTOGRAM_BUCKETS ((SC_HISTOGRAM_TOP_BITS + 1) << SC_HISTOGRAM_SUB_BITS)

typedef struct {
    _Atomic uint64_t buckets[SC_HISTOGRAM_BUCKETS];
} ScHistogram;

typedef struct {
    _Atomic uint64_t verdicts[SC_N_VERDICTS];
    _Atomic uint64_t counters[SC_N_COUNTERS];
    ScHistogram forward_us; /* kernel's receipt → sendmmsg returned, packets sent */
} ScStats;

/* A sum over workers, plain. */
typedef struct {
    uint64_t verdicts[SC_N_VERDICTS];
    uint64_t counters[SC_N_COUNTERS];
    uint64_t forward_us[SC_HISTOGRAM_BUCKETS];
} ScStatsSum;

/* The writer alone, so a load and a store do instead of a locked addition. */
static inline void
sc_stats_add(_Atomic uint64_t *cell, uint64_t n)
{
    atomic_store_explicit(cell, atomic_load_explicit(cell, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

static inline void
sc_stats_count(ScStats *self, ScCounter counter, uint64_t n)
{
    sc_stats_add(&self->counters[counter], n);
}

static inline void
sc_stats_judge(ScStats *self, ScVerdict verdict, uint64_t n)
{
    sc_stats_add(&self->verdicts[verdict], n);
}

/* @n packets took @us. */
void sc_histogram_add(ScHistogram *self, int64_t us, uint64_t n);

/* Adds what @stats has now to @sum. */
void sc_stats_sum(const ScStats *stats, ScStatsSum *sum);

uint64_t sc_histogram_get_count(const uint64_t buckets[SC_HISTOGRAM_BUCKETS]);

/* Upper end [µs] of the bucket where @quantile (0 to 1) lies; 0 of an empty histogram. */
uint64_t sc_histogram_get_quantile(const uint64_t buckets[SC_HISTOGRAM_BUCKETS],
                                   double quantile);

/* "packets_in"; static. */
const char *sc_counter_get_label(ScCounter counter);
