/* SPDX-License-Identifier: Apache-2.0 */
/* layers.h: which layer of a track is the best: the one with the highest rate. It is
 * forwarded to all whose line carries it (line.h). Thread: the publisher's worker; the
 * policy is pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "relay/track.h"

/* Of one layer in the last second. */
typedef struct {
    uint32_t rate_bps; /* 0: silent */
} ScLayersFigure;

/* @current stays unless it is silent or another one carries at least a quarter more: a
 * layer change costs a key frame. */
unsigned sc_layers_choose(const ScLayersFigure *figures, unsigned n, unsigned current);

/* Once a second, @passed_us after the last time: measures the layers of @track and
 * chooses. */
void sc_layers_review(ScTrack *track, int64_t passed_us);
