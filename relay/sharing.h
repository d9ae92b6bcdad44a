/* SPDX-License-Identifier: Apache-2.0 */
/* sharing.h: which of its pictures, and which layers of them, a receiver is sent within
 * what its line carries. The first ones get the best layer that fits, those behind them
 * what is left, some perhaps nothing: sound goes before all of them. The very first one
 * is never taken away: a picture that is late is better than none, and a receiver that is
 * merely busy looks like a thin line. Pure. Thread: any. */
#pragma once

#include <stdint.h>

#include "relay/track.h"

#define SC_SHARING_NONE UINT32_MAX

/* One slot's. */
typedef struct {
    unsigned priority; /* 0 is kept longest */
    unsigned n_layers;
    uint32_t rates_bps[SC_TRACK_LAYERS_MAX]; /* 0: silent */
    uint32_t layer;                          /* what it gets; SC_SHARING_NONE: nothing */
} ScShare;

/* Fills in the layers. @limit_bps: of all together; @sound_bps is taken from it first. Of
 * two with the same priority the first one goes before. */
void sc_sharing_decide(ScShare *shares, unsigned n, uint32_t sound_bps,
                       uint32_t limit_bps);

/* What all would take together with the smallest step up: a large one that never fits
 * must not keep others from theirs. Where there is no picture at all, the first one's. 0:
 * all have the best. */
uint32_t sc_sharing_get_next_bps(const ScShare *shares, unsigned n, uint32_t sound_bps);
