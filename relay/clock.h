/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h: a publisher's clock for one stream: which NTP time belongs to which RTP
 * timestamp. Thread: the publisher's worker sets, any reads. Spec: RFC 3550
 * section 6.4.1. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A sequence lock: @version is odd while the writer is at it. */
typedef struct {
    atomic_uint version; /* 0: never set */
    _Atomic uint64_t ntp;
    _Atomic uint32_t timestamp;
    _Atomic int64_t at_us; /* our monotonic time when both held */
} ScClock;

typedef struct {
    uint64_t ntp;       /* 32.32 fixed point seconds since 1900 */
    uint32_t timestamp; /* RTP units */
    int64_t at_us;
} ScClockReading;

void sc_clock_set(ScClock *self, const ScClockReading *reading);

/* What was set last; false where nothing was. */
bool sc_clock_get(const ScClock *self, ScClockReading *out_reading);

/* @reading carried on to @now_us. */
ScClockReading sc_clock_advance(const ScClockReading *reading, uint32_t clock_hz,
                                int64_t now_us);

/* Unix time [µs] to NTP. */
uint64_t sc_clock_ntp_from_unix(int64_t unix_us);
