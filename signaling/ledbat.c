/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/ledbat.h"

#include <stdbool.h>

#include <glib.h>

#define PERIOD_US 100000
#define GAIN 0.04 /* of the rate, a round trip with empty queues */
#define OTHERS_MAX_US 60000
#define ACK_KEPT_MAX_US 200000 /* Linux's; elsewhere it is no more as a rule */
#define MOST_DECREASE 0.7      /* of the rate, a round trip */
#define DRAINED_WITHIN 10      /* round trips: so long a queue is waited for */

void
sc_ledbat_init(ScLedbat *self, int64_t now_us)
{
    *self = (ScLedbat){ .rate_bps = SC_LEDBAT_FIRST_BPS, .due_us = now_us + PERIOD_US };
}

/* The other end may keep an acknowledgement until the second segment has come (RFC 9293,
 * 3.8.6.3). At a low rate that is longer than any queue. */
static uint32_t
get_rtt(const ScLedbat *self, const ScLedbatFigures *figures)
{
    uint64_t kept_us =
        UINT64_C(8) * G_USEC_PER_SEC * figures->segment_bytes / self->rate_bps;
    uint64_t least_us = figures->min_rtt_us + MIN(kept_us, ACK_KEPT_MAX_US);
    return figures->rtt_us <= least_us
               ? figures->min_rtt_us
               : figures->min_rtt_us + (uint32_t)(figures->rtt_us - least_us);
}

/* What is sent at the least rate adds nothing: the round trip is then the line's own,
 * with the bursts of others' key frames. So much of it, at most, is taken for granted. */
static void
note_base(ScLedbat *self, uint32_t rtt_us, uint32_t min_rtt_us)
{
    uint32_t most_us = min_rtt_us + OTHERS_MAX_US;
    if (self->rate_bps == SC_LEDBAT_FLOOR_BPS)
        self->base_us = MIN(rtt_us, most_us);
    else if (self->base_us == 0)
        self->base_us = min_rtt_us;
    else
        self->base_us = MIN(self->base_us, rtt_us);
}

/* In targets: 1 where our queue is empty, 0 at the target, below 0 above it. */
static double
get_off_target(const ScLedbat *self, uint32_t rtt_us)
{
    double queueing_us = (double)rtt_us - (double)self->base_us;
    return (SC_LEDBAT_TARGET_US - queueing_us) / SC_LEDBAT_TARGET_US;
}

/* What is told of the round trip lags behind: a queue that shrinks fast enough is let
 * alone. */
static bool
is_draining(const ScLedbat *self, uint32_t rtt_us)
{
    int64_t excess_us = (int64_t)rtt_us - self->base_us - SC_LEDBAT_TARGET_US;
    return ((int64_t)self->last_us - rtt_us) * DRAINED_WITHIN >= excess_us;
}

/* A rate that is not used says nothing of the line. */
static bool
is_used(const ScLedbat *self, const ScLedbatFigures *figures)
{
    return figures->delivered_bps > self->rate_bps / 2;
}

void
sc_ledbat_adjust(ScLedbat *self, const ScLedbatFigures *figures, int64_t now_us)
{
    if (now_us < self->due_us || figures->min_rtt_us == 0)
        return;
    self->due_us = now_us + MAX(PERIOD_US, (int64_t)figures->rtt_us);
    uint32_t rtt_us = get_rtt(self, figures);
    note_base(self, rtt_us, figures->min_rtt_us);
    double off_target = get_off_target(self, rtt_us);
    double factor = 1;
    if (off_target < 0)
        factor = is_draining(self, rtt_us) ? 1 : MAX(1 + off_target / 2, MOST_DECREASE);
    else if (is_used(self, figures))
        factor = 1 + GAIN * off_target;
    self->last_us = rtt_us;
    self->rate_bps = CLAMP((uint64_t)((double)self->rate_bps * factor),
                           SC_LEDBAT_FLOOR_BPS, SC_LEDBAT_CEILING_BPS);
}
