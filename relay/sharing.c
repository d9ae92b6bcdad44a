/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/sharing.h"

/* The largest rate that is above @above_bps and no more than @most_bps, or the smallest
 * one. SC_SHARING_NONE: there is none. */
static uint32_t
find_layer(const ScShare *share, uint32_t above_bps, uint64_t most_bps, bool largest)
{
    uint32_t found = SC_SHARING_NONE;

    for (unsigned i = 0; i < share->n_layers; i++) {
        uint32_t rate_bps = share->rates_bps[i];

        if (rate_bps <= above_bps || rate_bps > most_bps)
            continue;
        if (found == SC_SHARING_NONE || (rate_bps > share->rates_bps[found]) == largest)
            found = i;
    }
    return found;
}

static uint32_t
get_rate_bps(const ScShare *share)
{
    return share->layer == SC_SHARING_NONE ? 0 : share->rates_bps[share->layer];
}

/* The one whose turn comes behind @last; NULL @last: the first of all. NULL: none. */
static ScShare *
get_next(ScShare *shares, unsigned n, const ScShare *last)
{
    ScShare *next = NULL;

    for (unsigned i = 0; i < n; i++) {
        ScShare *share = &shares[i];
        bool is_behind = last == NULL || share->priority > last->priority
                         || (share->priority == last->priority && share > last);

        if (is_behind && (next == NULL || share->priority < next->priority))
            next = share;
    }
    return next;
}

static uint32_t
decide(const ScShare *share, uint64_t left_bps, bool is_first)
{
    uint32_t layer = find_layer(share, 0, left_bps, true);

    return layer == SC_SHARING_NONE && is_first ? find_layer(share, 0, UINT64_MAX, false)
                                                : layer;
}

void
sc_sharing_decide(ScShare *shares, unsigned n, uint32_t sound_bps, uint32_t limit_bps)
{
    uint64_t left_bps = limit_bps > sound_bps ? limit_bps - sound_bps : 0;
    bool is_first = true;

    for (ScShare *share = NULL; (share = get_next(shares, n, share)) != NULL;) {
        share->layer = decide(share, left_bps, is_first);
        left_bps -= MIN(get_rate_bps(share), left_bps);
        is_first = false;
    }
}

/* The rate of the next layer up; 0: it has the best. */
static uint32_t
get_step_bps(const ScShare *share)
{
    uint32_t more = find_layer(share, get_rate_bps(share), UINT64_MAX, false);

    return more == SC_SHARING_NONE ? 0 : share->rates_bps[more];
}

uint32_t
sc_sharing_get_next_bps(const ScShare *shares, unsigned n, uint32_t sound_bps)
{
    uint64_t sum_bps = sound_bps;
    uint64_t next_bps = 0;

    for (unsigned i = 0; i < n; i++)
        sum_bps += get_rate_bps(&shares[i]);
    for (ScShare *share = NULL;
         (share = get_next((ScShare *)shares, n, share)) != NULL;) {
        uint64_t with_bps = sum_bps - get_rate_bps(share) + get_step_bps(share);

        if (get_step_bps(share) == 0)
            continue;
        next_bps = next_bps == 0 ? with_bps : MIN(next_bps, with_bps);
    }
    return (uint32_t)MIN(next_bps, UINT32_MAX);
}
