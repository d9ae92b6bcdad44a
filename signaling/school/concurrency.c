/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/concurrency.h"

#include <stdlib.h>

/* One more goes on from here, or one less. */
typedef struct {
    int64_t at_ms;
    int change;
} Edge;

/* Ends before beginnings of the same instant. */
static int
compare_edges(const void *a, const void *b)
{
    const Edge *left = a;
    const Edge *right = b;
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms ? -1 : 1;
    return left->change - right->change;
}

unsigned
sc_peak_concurrency(const ScInterval *intervals, unsigned n, int64_t starts_ms,
                    int64_t ends_ms)
{
    g_autofree Edge *edges = g_new(Edge, 2 * (gsize)n + 1);
    unsigned n_edges = 0;
    int current = 0;
    int peak = 0;
    for (unsigned i = 0; i < n; i++) {
        int64_t from_ms = MAX(intervals[i].starts_ms, starts_ms);
        int64_t to_ms = MIN(intervals[i].ends_ms, ends_ms);
        if (from_ms >= to_ms)
            continue;
        edges[n_edges++] = (Edge){ from_ms, 1 };
        edges[n_edges++] = (Edge){ to_ms, -1 };
    }
    qsort(edges, n_edges, sizeof *edges, compare_edges);
    for (unsigned i = 0; i < n_edges; i++) {
        current += edges[i].change;
        peak = MAX(peak, current);
    }
    return (unsigned)peak;
}
