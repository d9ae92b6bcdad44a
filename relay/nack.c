/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/nack.h"

#include <string.h>

#include <glib.h>

void
sc_nack_list_init(ScNackList *self)
{
    self->n_missing = 0;
    self->highest = 0;
    self->rtt_us = SC_NACK_RTT_FIRST_US;
}

static void
remove_at(ScNackList *self, unsigned index)
{
    self->n_missing--;
    memmove(&self->missing[index], &self->missing[index + 1],
            (self->n_missing - index) * sizeof self->missing[0]);
}

/* A packet that was asked for once tells the round trip; later ones would be ambiguous.
 */
static void
learn_rtt(ScNackList *self, const ScNackMissing *found, int64_t now_us)
{
    if (found->n_asked != 1)
        return;
    self->rtt_us += (now_us - found->asked_us - self->rtt_us) / 4;
    self->rtt_us = MAX(self->rtt_us, SC_NACK_RTT_MIN_US);
}

static void
note_late(ScNackList *self, uint64_t sequence, int64_t now_us)
{
    for (unsigned i = 0; i < self->n_missing; i++)
        if (self->missing[i].sequence == sequence) {
            learn_rtt(self, &self->missing[i], now_us);
            remove_at(self, i);
            return;
        }
}

bool
sc_nack_list_note(ScNackList *self, uint64_t sequence, int64_t now_us)
{
    if (self->highest != 0 && sequence <= self->highest) {
        note_late(self, sequence, now_us);
        return true;
    }

    uint64_t first = self->highest == 0 ? sequence : self->highest + 1;
    self->highest = sequence;
    if (sequence - first > SC_NACK_MISSING_MAX) {
        self->n_missing = 0;
        return false;
    }
    for (uint64_t missing = first; missing < sequence; missing++) {
        if (self->n_missing == SC_NACK_MISSING_MAX)
            remove_at(self, 0);
        self->missing[self->n_missing++] =
            (ScNackMissing){ .sequence = missing, .first_us = now_us };
    }
    return true;
}

size_t
sc_nack_list_take_due(ScNackList *self, int64_t now_us,
                      uint16_t out_sequences[SC_NACK_MISSING_MAX])
{
    size_t n_due = 0;
    unsigned n_kept = 0;

    for (unsigned i = 0; i < self->n_missing; i++) {
        ScNackMissing *one = &self->missing[i];

        if (one->n_asked == SC_NACK_ASK_MAX
            || now_us - one->first_us > SC_NACK_PATIENCE_US)
            continue;
        if (one->n_asked == 0 || now_us - one->asked_us >= self->rtt_us) {
            one->asked_us = now_us;
            one->n_asked++;
            out_sequences[n_due++] = (uint16_t)one->sequence;
        }
        self->missing[n_kept++] = *one;
    }
    self->n_missing = n_kept;
    return n_due;
}

void
sc_nack_guard_refill(ScNackGuard *self, int64_t rate_bps, int64_t now_us)
{
    int64_t full = rate_bps / 8;
    int64_t passed_us = MIN(now_us - self->filled_us, 1000000);

    if (self->filled_us == 0)
        self->budget_bytes = full;
    else
        self->budget_bytes =
            MIN(full, self->budget_bytes + rate_bps / 8 * passed_us / 1000000);
    self->filled_us = now_us;
}

bool
sc_nack_is_too_old(int64_t age_us, int64_t rtt_us)
{
    int64_t limit_us = 3 * rtt_us;

    return age_us > (limit_us > SC_NACK_OLD_US ? limit_us : SC_NACK_OLD_US);
}

bool
sc_nack_is_late(int64_t age_us, int64_t rtt_us)
{
    return age_us > SC_NACK_LATE_US + 2 * rtt_us;
}

ScNackDecision
sc_nack_guard_decide(ScNackGuard *self, uint32_t ssrc, uint16_t sequence, int64_t rtt_us,
                     int64_t now_us)
{
    uint32_t hash = (ssrc ^ sequence) * UINT32_C(0x9e3779b1);
    ScNackAnswered *cell = &self->answered[hash % SC_NACK_GUARD_SIZE];
    uint16_t now_ms = (uint16_t)(now_us / 1000);
    int64_t rtt_ms = MIN(rtt_us / 1000, 10000);

    if (cell->ssrc == ssrc && cell->sequence == sequence
        && (uint16_t)(now_ms - cell->at_ms) < rtt_ms)
        return SC_NACK_REPEATED;
    if (self->budget_bytes <= 0)
        return SC_NACK_OVER_BUDGET;
    *cell = (ScNackAnswered){ ssrc, sequence, now_ms };
    return SC_NACK_ANSWER;
}

void
sc_nack_guard_charge(ScNackGuard *self, size_t n_bytes)
{
    self->budget_bytes -= (int64_t)n_bytes;
}
