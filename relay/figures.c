/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/figures.h"

#include <sys/resource.h>

static GVariant *
make_gauges(const ScStatsSum *sum, const ScRegistry *registry, unsigned n_workers)
{
    uint64_t n_messages = sum->counters[SC_COUNTER_MESSAGES_OUT];
    double segments = n_messages == 0 ? 0
                                      : (double)sum->counters[SC_COUNTER_PACKETS_OUT]
                                            / (double)n_messages;
    GVariantBuilder gauges;

    g_variant_builder_init(&gauges, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&gauges, "{sv}", "transports",
                          g_variant_new_int64(sc_registry_count(registry)));
    g_variant_builder_add(&gauges, "{sv}", "tracks",
                          g_variant_new_int64(sc_registry_count_tracks(registry)));
    g_variant_builder_add(&gauges, "{sv}", "slots",
                          g_variant_new_int64(sc_registry_count_slots(registry)));
    g_variant_builder_add(&gauges, "{sv}", "workers", g_variant_new_int64(n_workers));
    g_variant_builder_add(&gauges, "{sv}", "segments_per_message",
                          g_variant_new_double(segments));
    return g_variant_builder_end(&gauges);
}

static GVariant *
make_counters(const ScStatsSum *sum)
{
    GVariantBuilder counters;

    g_variant_builder_init(&counters, G_VARIANT_TYPE_VARDICT);
    for (unsigned i = 0; i < SC_N_COUNTERS; i++)
        g_variant_builder_add(&counters, "{sv}", sc_counter_get_label((ScCounter)i),
                              g_variant_new_int64((int64_t)sum->counters[i]));
    return g_variant_builder_end(&counters);
}

static GVariant *
make_verdicts(const ScStatsSum *sum)
{
    GVariantBuilder verdicts;

    g_variant_builder_init(&verdicts, G_VARIANT_TYPE_VARDICT);
    for (unsigned i = 0; i < SC_N_VERDICTS; i++)
        g_variant_builder_add(&verdicts, "{sv}", sc_verdict_get_label((ScVerdict)i),
                              g_variant_new_int64((int64_t)sum->verdicts[i]));
    return g_variant_builder_end(&verdicts);
}

static GVariant *
make_forward(const ScStatsSum *sum)
{
    GVariantBuilder forward;

    g_variant_builder_init(&forward, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(
        &forward, "{sv}", "p50",
        g_variant_new_int64((int64_t)sc_histogram_get_quantile(sum->forward_us, 0.5)));
    g_variant_builder_add(
        &forward, "{sv}", "p99",
        g_variant_new_int64((int64_t)sc_histogram_get_quantile(sum->forward_us, 0.99)));
    g_variant_builder_add(
        &forward, "{sv}", "count",
        g_variant_new_int64((int64_t)sc_histogram_get_count(sum->forward_us)));
    return g_variant_builder_end(&forward);
}

static int64_t
get_cpu_us(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) < 0)
        return 0;
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000)
           + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

GVariant *
sc_figures_make(const ScStatsSum *sum, const ScRegistry *registry, unsigned n_workers)
{
    GVariantBuilder figures;

    g_variant_builder_init(&figures, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&figures, "{sv}", "counters", make_counters(sum));
    g_variant_builder_add(&figures, "{sv}", "verdicts", make_verdicts(sum));
    g_variant_builder_add(&figures, "{sv}", "gauges",
                          make_gauges(sum, registry, n_workers));
    g_variant_builder_add(&figures, "{sv}", "forward_us", make_forward(sum));
    g_variant_builder_add(&figures, "{sv}", "cpu_us", g_variant_new_int64(get_cpu_us()));
    return g_variant_builder_end(&figures);
}
