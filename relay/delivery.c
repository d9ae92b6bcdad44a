/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/delivery.h"

#include <glib.h>

void
sc_delivery_mark_start(ScDeliveryMark *mark, uint32_t first)
{
    *mark = (ScDeliveryMark){ .is_set = true, .highest = first - 1 };
}

void
sc_delivery_start(ScDelivery *self, int64_t at_us)
{
    if (self->confirmed_us == 0)
        self->confirmed_us = at_us;
}

static void
add_stream(ScDeliveryPart *part, uint64_t n_sent, uint64_t n_received)
{
    part->n_sent += n_sent;
    part->n_received += n_received;
    if (n_sent > 0
        && (part->worst_sent == 0
            || n_received * part->worst_sent < part->worst_received * n_sent)) {
        part->worst_sent = n_sent;
        part->worst_received = n_received;
    }
}

void
sc_delivery_mark(ScDeliveryMark *mark, const ScDeliveryMark *now, ScDeliveryPart *part)
{
    if (mark->is_set) {
        int64_t advanced = (int64_t)(int32_t)(now->highest - mark->highest);
        int64_t received = advanced - (now->n_lost - mark->n_lost)
                           - (int64_t)(now->n_late - mark->n_late);

        add_stream(part, now->n_sent - mark->n_sent,
                   received > 0 ? (uint64_t)received : 0);
    }
    *mark = *now;
    mark->is_set = true;
}

/* For how long a receiver is believed to go on as at its last report. */
static int64_t
get_patience_us(const ScDelivery *self)
{
    return MAX(self->gap_us + self->gap_us / 2, SC_DELIVERY_INTERRUPTION_US);
}

void
sc_delivery_confirm(ScDelivery *self, int64_t now_us, const ScDeliveryPart *part)
{
    int64_t gap_us = now_us - self->confirmed_us;
    int64_t had_us = gap_us;
    uint64_t n_sent = part->n_sent, n_received = part->n_received;

    /* After a jump some programs begin to count anew (GStreamer does), and then nothing
     * seems lost: of one that was silent for too long the worst stream is believed. */
    if (self->gap_us != 0 && gap_us > get_patience_us(self)) {
        n_sent = part->worst_sent;
        n_received = part->worst_received;
    }
    bool is_enough = n_received * 100 >= n_sent * SC_DELIVERY_ENOUGH_PCT;
    if (self->confirmed_us != 0 && n_sent > 0) {
        if (!is_enough)
            had_us = (int64_t)((double)gap_us * (double)n_received / (double)n_sent);
        self->delivered_us += had_us;
        self->n_interruptions += gap_us - had_us > SC_DELIVERY_INTERRUPTION_US;
    }
    self->gap_us = self->confirmed_us != 0 ? gap_us : 0;
    self->was_enough = n_sent > 0 && is_enough;
    self->confirmed_us = now_us;
}

bool
sc_delivery_flows(const ScDelivery *self, int64_t now_us)
{
    return self->was_enough && now_us - self->confirmed_us <= get_patience_us(self);
}

int64_t
sc_delivery_get_us(const ScDelivery *self, int64_t now_us)
{
    return self->delivered_us
           + (sc_delivery_flows(self, now_us) ? now_us - self->confirmed_us : 0);
}
