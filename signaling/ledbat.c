/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/ledbat.h"

#include <stdbool.h>

#include <glib.h>

#define PERIOD_US 100000
#define GAIN 0.04 /* of the rate, a round trip with empty queues */
#define OTHERS_MAX_US 60000
#define MOST_DECREASE 0.7 /* of the rate, a round trip */

void
sc_ledbat_init(ScLedbat *self, int64_t now_us)
{
    *self = (ScLedbat){ .rate_bps = SC_LEDBAT_FIRST_BPS, .due_us = now_us + PERIOD_US };
}

/* What is sent at the least rate adds nothing: the round trip is then the line's own,
 * with the bursts of others' key frames and with delayed acknowledgements. So much of it,
 * at most, is taken for granted. */
static void
note_base(ScLedbat *self, const ScLedbatFigures *figures)
{
    uint32_t most_us = figures->min_rtt_us + OTHERS_MAX_US;
    if (self->rate_bps == SC_LEDBAT_FLOOR_BPS)
        self->base_us = MIN(figures->rtt_us, most_us);
    else if (self->base_us == 0)
        self->base_us = figures->min_rtt_us;
    else
        self->base_us = MIN(self->base_us, figures->rtt_us);
}

/* In targets: 1 where our queue is empty, 0 at the target, below 0 above it. */
static double
get_off_target(const ScLedbat *self, const ScLedbatFigures *figures)
{
    double queueing_us = (double)figures->rtt_us - (double)self->base_us;
    return (SC_LEDBAT_TARGET_US - queueing_us) / SC_LEDBAT_TARGET_US;
}

/* A rate that is not used says nothing of the line. */
static bool
is_used(const ScLedbat *self, const ScLedbatFigures *figures)
{
    return figures->delivered_bps > self->rate_bps / 2;
}

/* What is told of the round trip lags behind: a queue that gets shorter has heard us. */
static bool
is_draining(const ScLedbat *self, const ScLedbatFigures *figures)
{
    return figures->rtt_us < self->last_us;
}

void
sc_ledbat_adjust(ScLedbat *self, const ScLedbatFigures *figures, int64_t now_us)
{
    if (now_us < self->due_us || figures->min_rtt_us == 0)
        return;
    self->due_us = now_us + MAX(PERIOD_US, (int64_t)figures->rtt_us);
    note_base(self, figures);
    double off_target = get_off_target(self, figures);
    double factor = 1;
    if (off_target < 0)
        factor = is_draining(self, figures) ? 1 : MAX(1 + off_target / 2, MOST_DECREASE);
    else if (is_used(self, figures))
        factor = 1 + GAIN * off_target;
    self->last_us = figures->rtt_us;
    self->rate_bps = CLAMP((uint64_t)((double)self->rate_bps * factor),
                           SC_LEDBAT_FLOOR_BPS, SC_LEDBAT_CEILING_BPS);
}
