/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/run.h"

void
sc_run_plan_clear(ScRunPlan *self)
{
    self->n_items = 0;
    self->n_runs = 0;
    self->n_bytes = 0;
    self->is_live = false;
}

void
sc_run_plan_add(ScRunPlan *self, const ScPacket *packet, const uint8_t *payload)
{
    g_assert(self->n_items < SC_RUN_PLAN_PACKETS_MAX);
    self->items[self->n_items++] = (ScRunItem){ .packet = packet, .payload = payload };
}

/* How many items from @first on make one message, and their segment size. All but the
 * last have to reach the size of the largest by padding. */
static unsigned
measure_run(const ScRunPlan *self, unsigned first, unsigned max_packets,
            unsigned *out_segment)
{
    unsigned smallest = self->items[first].packet->length;
    unsigned largest = smallest;
    unsigned count = 1;

    while (count < max_packets && first + count < self->n_items) {
        unsigned length = self->items[first + count].packet->length;
        unsigned wanted = MAX(largest, length);

        if (wanted - smallest > SC_HISTORY_PADDING_MAX
            || (size_t)(count + 1) * wanted > SC_RUN_BYTES_MAX)
            break;
        largest = wanted;
        smallest = MIN(smallest, length);
        count++;
    }
    *out_segment = largest;
    return count;
}

static void
fill_up(ScRunPlan *self, ScRun *run)
{
    for (unsigned i = run->first; i < run->first + run->count; i++) {
        ScRunItem *item = &self->items[i];
        bool is_last = i == run->first + run->count - 1;

        item->padding = is_last ? 0 : (uint8_t)(run->segment - item->packet->length);
        run->n_bytes += (size_t)item->packet->length + item->padding;
    }
    self->n_bytes += run->n_bytes;
}

void
sc_run_plan_cut(ScRunPlan *self, unsigned max_packets)
{
    unsigned first = 0;

    while (first < self->n_items) {
        ScRun *run = &self->runs[self->n_runs++];

        *run = (ScRun){ .first = first };
        run->count = measure_run(self, first, max_packets, &run->segment);
        fill_up(self, run);
        first += run->count;
    }
}
