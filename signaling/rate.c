/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/rate.h"

#include <glib.h>

void
sc_rate_init(ScRate *self, unsigned per_s, unsigned burst, int64_t now_us)
{
    *self =
        (ScRate){ .per_s = per_s, .burst = burst, .credit = burst, .last_us = now_us };
}

bool
sc_rate_take(ScRate *self, int64_t now_us)
{
    double passed_s = (double)(now_us - self->last_us) / G_USEC_PER_SEC;
    self->credit = MIN(self->credit + passed_s * self->per_s, self->burst);
    self->last_us = now_us;
    if (self->credit < 1.0)
        return false;
    self->credit -= 1.0;
    return true;
}
