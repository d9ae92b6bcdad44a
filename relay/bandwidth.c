/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/bandwidth.h"

#include <string.h>

enum {
    WINDOW_US = 250000,
    WINDOW_MAX_US = 1500000, /* nothing was told: of how long, nobody knows */
    WINDOW_PACKETS_MIN = 5,  /* of less nothing is concluded */
    BASE_US = 15000000,      /* of each half */
    QUEUE_LONG_US = 60000,   /* stands: people begin to speak into each other */
    QUEUE_SHORT_US = 30000,  /* none worth the name */
    QUEUE_SURE_US = 250000,  /* one window is enough */
    CONGESTED_WINDOWS = 2,   /* in a row, else */
    LOST_PCT = 10,           /* a radio loses less, and a full line more */
    STANDS_US = 6000000,
    LIMIT_MIN_BPS = 30000,
    TRY_US = 1000000,
    HOLD_MIN_US = 4000000,
    HOLD_MAX_US = 64000000,
    PROVEN_US = 15000000, /* a step that stood so long was right */
    STRANGE_US = 10000000 /* no delay: one of the clocks was set */
};

/* Of what arrived: the rest is for the queue to drain by. */
#define SHARE_PCT 85

void
sc_bandwidth_init(ScBandwidth *self, int64_t now_us)
{
    memset(self, 0, sizeof *self);
    self->limit_bps = SC_BANDWIDTH_UNLIMITED;
    self->hold_us = HOLD_MIN_US;
    self->clear_us = now_us;
}

static bool
is_of(const ScSend *send, uint16_t number)
{
    return (uint16_t)(number - send->first) < send->n_packets;
}

/* Numbers come in order: it is the one where the last was found, or one soon after. NULL:
 * forgotten, or never sent. */
static const ScSend *
find_send(ScBandwidth *self, uint16_t number)
{
    unsigned n_kept = MIN(self->n_sends, SC_BANDWIDTH_SENDS);
    unsigned oldest = self->n_sends - n_kept;
    unsigned from = self->found - oldest < n_kept ? self->found : oldest;

    for (unsigned i = 0; i < n_kept; i++) {
        unsigned at = oldest + (from - oldest + i) % n_kept;
        const ScSend *send = &self->sends[at % SC_BANDWIDTH_SENDS];

        if (is_of(send, number)) {
            self->found = at;
            return send;
        }
    }
    return NULL;
}

void
sc_bandwidth_take(ScBandwidth *self, const ScTwccStatus *status)
{
    const ScSend *send = find_send(self, status->sequence);

    if (send == NULL)
        return;
    if (!status->received) {
        self->n_lost++;
        return;
    }
    int64_t delay_us = status->arrival_us - send->sent_us;
    self->least_us = self->n_received == 0 ? delay_us : MIN(self->least_us, delay_us);
    self->n_received++;
    self->n_bytes += send->n_bytes / send->n_packets;
}

static void
note_base(ScBandwidth *self, int64_t now_us)
{
    bool is_strange = ABS(self->least_us - self->bases_us[0]) > STRANGE_US;

    if (self->base_began_us == 0 || is_strange) {
        self->bases_us[0] = self->bases_us[1] = self->least_us;
        self->base_began_us = now_us;
    } else if (now_us - self->base_began_us >= BASE_US) {
        self->bases_us[1] = self->bases_us[0];
        self->bases_us[0] = self->least_us;
        self->base_began_us = now_us;
    } else {
        self->bases_us[0] = MIN(self->bases_us[0], self->least_us);
    }
}

/* What was tried, or allowed a short while ago, was too much. */
static void
lower(ScBandwidth *self, uint64_t arrived_bps)
{
    if (self->tried_bps > 0 || self->raised_us != 0)
        self->hold_us = MIN(self->hold_us * 2, HOLD_MAX_US);
    uint64_t fits_bps = MAX(arrived_bps * SHARE_PCT / 100, LIMIT_MIN_BPS);
    /* While nothing but a try went beyond the limit, the limit was right. */
    self->limit_bps = (uint32_t)MIN(fits_bps, self->limit_bps);
    self->raised_us = 0;
    self->tried_bps = 0;
}

static void
raise_to(ScBandwidth *self, uint32_t limit_bps, int64_t now_us)
{
    self->limit_bps = limit_bps;
    self->tried_bps = 0;
    self->raised_us = now_us;
    self->clear_us = now_us;
}

/* No queue stands. */
static void
look_up(ScBandwidth *self, uint32_t wanted_bps, bool can_try, int64_t now_us)
{
    if (self->tried_bps > 0) {
        if (now_us >= self->tried_until_us)
            raise_to(self, self->tried_bps, now_us);
        return;
    }
    if (self->raised_us != 0 && now_us - self->raised_us >= PROVEN_US) {
        self->hold_us = HOLD_MIN_US;
        self->raised_us = 0;
    }
    if (wanted_bps <= self->limit_bps || now_us - self->clear_us < self->hold_us)
        return;
    if (!can_try) {
        raise_to(self, wanted_bps, now_us);
        return;
    }
    self->tried_bps = wanted_bps;
    self->tried_until_us = now_us + TRY_US;
}

static bool
is_congested(ScBandwidth *self, int64_t queue_us, int64_t now_us)
{
    bool loses = self->n_lost * 100 > (self->n_lost + self->n_received) * LOST_PCT;

    self->n_congested = loses || queue_us > QUEUE_LONG_US ? self->n_congested + 1 : 0;
    if (self->n_congested == 1)
        self->congested_us = now_us;
    /* It stands however little is sent: the way is another one, or others fill it. */
    if (self->n_congested > 0 && !loses && now_us - self->congested_us > STANDS_US) {
        self->bases_us[0] = self->bases_us[1] = self->least_us;
        self->n_congested = 0;
    }
    return self->n_congested >= CONGESTED_WINDOWS
           || (self->n_congested > 0 && queue_us > QUEUE_SURE_US);
}

static void
conclude(ScBandwidth *self, uint32_t wanted_bps, bool can_try, int64_t now_us)
{
    int64_t passed_us = MAX(now_us - self->window_us, 1);
    uint64_t arrived_bps = self->n_bytes * 8000000 / (uint64_t)passed_us;

    note_base(self, now_us);
    int64_t queue_us = self->least_us - MIN(self->bases_us[0], self->bases_us[1]);
    if (is_congested(self, queue_us, now_us))
        lower(self, arrived_bps);
    if (self->n_congested > 0 || (queue_us > QUEUE_SHORT_US && self->tried_bps == 0))
        self->clear_us = now_us;
    else
        look_up(self, wanted_bps, can_try, now_us);
}

static void
begin_window(ScBandwidth *self, int64_t now_us)
{
    self->window_us = now_us;
    self->n_received = self->n_lost = 0;
    self->n_bytes = 0;
}

bool
sc_bandwidth_review(ScBandwidth *self, uint32_t wanted_bps, bool can_try, int64_t now_us)
{
    uint32_t before_bps = self->limit_bps;

    if (now_us - self->window_us > WINDOW_MAX_US) {
        bool is_idle = self->n_received + self->n_lost == 0;

        if (is_idle && wanted_bps > self->limit_bps
            && now_us - self->clear_us >= self->hold_us)
            raise_to(self, wanted_bps, now_us);
        begin_window(self, now_us);
        return self->limit_bps != before_bps;
    }
    if (now_us - self->window_us < WINDOW_US
        || self->n_received + self->n_lost < WINDOW_PACKETS_MIN)
        return false;
    if (self->n_received > 0)
        conclude(self, wanted_bps, can_try, now_us);
    begin_window(self, now_us);
    return self->limit_bps != before_bps;
}

uint32_t
sc_bandwidth_get_limit_bps(const ScBandwidth *self)
{
    return self->limit_bps;
}

uint32_t
sc_bandwidth_get_tried_bps(const ScBandwidth *self)
{
    return self->tried_bps;
}
