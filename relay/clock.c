/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/clock.h"

#define NTP_UNIX_EPOCH UINT64_C(2208988800) /* seconds from 1900 to 1970 */

void
sc_clock_set(ScClock *self, const ScClockReading *reading)
{
    unsigned version = atomic_load_explicit(&self->version, memory_order_relaxed);

    /* The fields are released, so whoever sees one of them sees the odd version too. */
    atomic_store_explicit(&self->version, version + 1, memory_order_relaxed);
    atomic_store_explicit(&self->ntp, reading->ntp, memory_order_release);
    atomic_store_explicit(&self->timestamp, reading->timestamp, memory_order_release);
    atomic_store_explicit(&self->at_us, reading->at_us, memory_order_release);
    atomic_store_explicit(&self->version, version + 2, memory_order_release);
}

bool
sc_clock_get(const ScClock *self, ScClockReading *out_reading)
{
    for (;;) {
        unsigned before = atomic_load_explicit(&self->version, memory_order_acquire);
        ScClockReading reading = {
            .ntp = atomic_load_explicit(&self->ntp, memory_order_acquire),
            .timestamp = atomic_load_explicit(&self->timestamp, memory_order_acquire),
            .at_us = atomic_load_explicit(&self->at_us, memory_order_acquire),
        };

        if (before == 0)
            return false;
        if (before % 2 == 0
            && atomic_load_explicit(&self->version, memory_order_relaxed) == before) {
            *out_reading = reading;
            return true;
        }
    }
}

ScClockReading
sc_clock_advance(const ScClockReading *reading, uint32_t clock_hz, int64_t now_us)
{
    int64_t passed_us = now_us - reading->at_us;
    int64_t seconds = passed_us / 1000000;
    int64_t rest_us = passed_us % 1000000; /* apart, so that no shift overflows */

    return (ScClockReading){
        .ntp = reading->ntp + ((uint64_t)seconds << 32)
               + (uint64_t)(rest_us * (INT64_C(1) << 32) / 1000000),
        .timestamp = reading->timestamp + (uint32_t)(passed_us * clock_hz / 1000000),
        .at_us = now_us,
    };
}

uint64_t
sc_clock_ntp_from_unix(int64_t unix_us)
{
    uint64_t seconds = (uint64_t)(unix_us / 1000000) + NTP_UNIX_EPOCH;
    uint64_t fraction = (((uint64_t)(unix_us % 1000000)) << 32) / 1000000;

    return seconds << 32 | fraction;
}
