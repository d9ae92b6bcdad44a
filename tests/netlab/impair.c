/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/impair.h"

typedef struct {
    double state, loss, jitter, reorder; /* each in [0, 1) */
} Draw;

static Draw
draw(GRand *chance)
{
    Draw d;

    d.state = g_rand_double(chance);
    d.loss = g_rand_double(chance);
    d.jitter = g_rand_double(chance);
    d.reorder = g_rand_double(chance);
    return d;
}

static bool
is_lost(ScImpair *self, const Draw *d)
{
    const ScSpec *spec = &self->spec;
    double pass = 1 - spec->loss;

    if (spec->enter_bad > 0) {
        double change = self->is_bad ? spec->leave_bad : spec->enter_bad;
        if (d->state < change)
            self->is_bad = !self->is_bad;
        pass *= 1 - (self->is_bad ? spec->loss_bad : spec->loss_good);
    }
    return d->loss >= pass;
}

/* When the packet has left the limited rate, or -1 if it found the queue full. */
static int64_t
transmit(ScImpair *self, size_t size, int64_t now_us)
{
    const ScSpec *spec = &self->spec;
    int64_t start_us = MAX(self->sent_us, now_us);

    if (spec->rate_bps == 0)
        return now_us;
    if (start_us - now_us > spec->queue_us)
        return -1;
    self->sent_us = start_us + (int64_t)size * 8 * G_USEC_PER_SEC / spec->rate_bps;
    return self->sent_us;
}

void
sc_impair_init(ScImpair *self, uint32_t seed)
{
    *self = (ScImpair){ .spec = SC_SPEC_CLEAN, .chance = g_rand_new_with_seed(seed) };
}

void
sc_impair_clear(ScImpair *self)
{
    g_clear_pointer(&self->chance, g_rand_free);
}

ScFate
sc_impair_decide(ScImpair *self, size_t size, int64_t now_us, int64_t *out_release_us)
{
    const ScSpec *spec = &self->spec;
    Draw d = draw(self->chance);
    bool lost = is_lost(self, &d);

    if (spec->down)
        return SC_FATE_DOWN;
    int64_t sent_us = transmit(self, size, now_us);
    if (sent_us < 0)
        return SC_FATE_QUEUE;
    if (lost) /* behind the queue: it has used the line all the same */
        return SC_FATE_LOST;

    int64_t late_us =
        spec->delay_us + (int64_t)((2 * d.jitter - 1) * (double)spec->jitter_us);
    int64_t release_us = sent_us + MAX(late_us, 0);
    if (d.reorder < spec->reorder) {
        *out_release_us = release_us + spec->reorder_us;
        return SC_FATE_PASS;
    }
    self->release_us = MAX(self->release_us, release_us);
    *out_release_us = self->release_us;
    return SC_FATE_PASS;
}
