/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/meter.h"

#include <math.h>
#include <string.h>

void
sc_load_meter_init(ScLoadMeter *self)
{
    *self = (ScLoadMeter){
        .frames = g_new0(ScLoadFrame, SC_LOAD_FRAMES_MAX),
        .delays_us = g_array_new(FALSE, FALSE, sizeof(double)),
    };
}

void
sc_load_meter_clear(ScLoadMeter *self)
{
    g_free(self->frames);
    g_array_unref(self->delays_us);
}

void
sc_load_meter_open(ScLoadMeter *self, uint64_t first_frame)
{
    memset(self->frames, 0, SC_LOAD_FRAMES_MAX * sizeof *self->frames);
    g_array_set_size(self->delays_us, 0);
    self->first_frame = first_frame;
    self->n_checked = 0;
    self->n_false = 0;
    self->is_open = true;
}

void
sc_load_meter_note_frame(ScLoadMeter *self, uint64_t frame, int64_t arrival_ns)
{
    if (frame < self->first_frame || frame >= self->first_frame + SC_LOAD_FRAMES_MAX)
        return;

    ScLoadFrame *own = &self->frames[frame - self->first_frame];
    if (own->n_rooms == 0 || arrival_ns < own->first_ns)
        own->first_ns = arrival_ns;
    own->last_ns = MAX(own->last_ns, arrival_ns);
    own->n_rooms++;
}

void
sc_load_meter_note_delay(ScLoadMeter *self, int64_t delay_ns)
{
    double delay_us = (double)delay_ns / 1000;

    g_array_append_val(self->delays_us, delay_us);
}

GArray *
sc_load_meter_get_skews_us(const ScLoadMeter *self, unsigned n_rooms)
{
    GArray *skews = g_array_new(FALSE, FALSE, sizeof(double));

    for (unsigned i = 0; i < SC_LOAD_FRAMES_MAX; i++) {
        const ScLoadFrame *frame = &self->frames[i];
        double skew_us = (double)(frame->last_ns - frame->first_ns) / 1000;

        if (frame->n_rooms >= n_rooms)
            g_array_append_val(skews, skew_us);
    }
    return skews;
}

static int
compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

double
sc_load_meter_get_quantile(GArray *values, double quantile)
{
    if (values->len == 0)
        return NAN;
    g_array_sort(values, compare);

    double rank = ceil(quantile * values->len);
    return g_array_index(values, double, (unsigned)MAX(rank, 1) - 1);
}
