/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/stats.h"

#include <glib.h>

#define SUB_BUCKETS (1U << SC_HISTOGRAM_SUB_BITS)

static const char *const LABELS[SC_N_COUNTERS] = {
#define SC_COUNTER_LABEL(name, label) [SC_COUNTER_##name] = label,
    SC_COUNTERS(SC_COUNTER_LABEL)
#undef SC_COUNTER_LABEL
};

const char *
sc_counter_get_label(ScCounter counter)
{
    g_assert(counter < SC_N_COUNTERS);
    return LABELS[counter];
}

/* Below 8 each value has a bucket; above, the three bits under the leading one choose. */
static unsigned
find_bucket(uint64_t us)
{
    if (us < SUB_BUCKETS)
        return (unsigned)us;

    unsigned top = 63 - (unsigned)__builtin_clzll(us);
    unsigned shift = top - SC_HISTOGRAM_SUB_BITS;
    unsigned bucket = ((shift + 1) << SC_HISTOGRAM_SUB_BITS)
                      + (unsigned)((us >> shift) & (SUB_BUCKETS - 1));
    return MIN(bucket, SC_HISTOGRAM_BUCKETS - 1);
}

static uint64_t
get_upper_end(unsigned bucket)
{
    if (bucket < SUB_BUCKETS)
        return bucket;

    unsigned shift = (bucket >> SC_HISTOGRAM_SUB_BITS) - 1;
    uint64_t sub = bucket & (SUB_BUCKETS - 1);
    return ((SUB_BUCKETS + sub + 1) << shift) - 1;
}

void
sc_histogram_add(ScHistogram *self, int64_t us, uint64_t n)
{
    sc_stats_add(&self->buckets[find_bucket(us < 0 ? 0 : (uint64_t)us)], n);
}

void
sc_stats_sum(const ScStats *stats, ScStatsSum *sum)
{
    for (unsigned i = 0; i < SC_N_VERDICTS; i++)
        sum->verdicts[i] +=
            atomic_load_explicit(&stats->verdicts[i], memory_order_relaxed);
    for (unsigned i = 0; i < SC_N_COUNTERS; i++)
        sum->counters[i] +=
            atomic_load_explicit(&stats->counters[i], memory_order_relaxed);
    for (unsigned i = 0; i < SC_HISTOGRAM_BUCKETS; i++)
        sum->forward_us[i] +=
            atomic_load_explicit(&stats->forward_us.buckets[i], memory_order_relaxed);
}

uint64_t
sc_histogram_get_count(const uint64_t buckets[SC_HISTOGRAM_BUCKETS])
{
    uint64_t count = 0;

    for (unsigned i = 0; i < SC_HISTOGRAM_BUCKETS; i++)
        count += buckets[i];
    return count;
}

uint64_t
sc_histogram_get_quantile(const uint64_t buckets[SC_HISTOGRAM_BUCKETS], double quantile)
{
    double wanted = quantile * (double)sc_histogram_get_count(buckets);
    uint64_t below = 0;

    for (unsigned i = 0; i < SC_HISTOGRAM_BUCKETS; i++) {
        below += buckets[i];
        if (buckets[i] > 0 && (double)below >= wanted)
            return get_upper_end(i);
    }
    return 0;
}
