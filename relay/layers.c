/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/layers.h"

unsigned
sc_layers_choose(const ScLayersFigure *figures, unsigned n, unsigned current)
{
    unsigned best = current;

    for (unsigned i = 0; i < n; i++) {
        uint64_t needed = best == current
                              ? figures[best].rate_bps + figures[best].rate_bps / 4
                              : figures[best].rate_bps;
        if (figures[i].rate_bps > needed)
            best = i;
    }
    return best;
}

void
sc_layers_review(ScTrack *track, int64_t passed_us)
{
    ScLayersFigure figures[SC_TRACK_LAYERS_MAX];
    unsigned current = atomic_load_explicit(&track->best_layer, memory_order_relaxed);

    for (unsigned i = 0; i < track->n_layers; i++) {
        ScLayer *layer = &track->layers[i];
        uint64_t n_bytes = layer->reception.n_bytes;
        uint64_t rate_bps =
            (n_bytes - layer->rated_bytes) * 8000000 / (uint64_t)MAX(passed_us, 1);

        layer->rated_bytes = n_bytes;
        figures[i].rate_bps = (uint32_t)MIN(rate_bps, UINT32_MAX);
        atomic_store_explicit(&layer->rate_bps, figures[i].rate_bps,
                              memory_order_relaxed);
    }
    atomic_store_explicit(&track->best_layer,
                          sc_layers_choose(figures, track->n_layers, current),
                          memory_order_relaxed);
}
