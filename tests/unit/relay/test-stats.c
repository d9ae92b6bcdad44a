/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/stats.h"

static ScStats stats;
static ScStatsSum sum;

static void
begin(void)
{
    stats = (ScStats){ 0 };
    sum = (ScStatsSum){ 0 };
}

static void
a_quantile_is_exact_to_an_eighth(void)
{
    static const uint64_t values[] = { 0,  1,   7,   8,    9,     15,
                                       16, 100, 207, 1000, 14335, 999999 };

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        begin();
        sc_histogram_add(&stats.forward_us, (int64_t)values[i], 3);
        sc_stats_sum(&stats, &sum);
        g_assert_cmpuint(sc_histogram_get_count(sum.forward_us), ==, 3);
        uint64_t told = sc_histogram_get_quantile(sum.forward_us, 0.5);
        g_assert_cmpuint(told, >=, values[i]);
        g_assert_cmpuint(told, <=, values[i] + values[i] / 8);
    }
}

static void
quantiles_lie_where_the_packets_do(void)
{
    begin();
    sc_histogram_add(&stats.forward_us, 100, 90);
    sc_histogram_add(&stats.forward_us, 1000, 9);
    sc_histogram_add(&stats.forward_us, 50000, 1);
    sc_stats_sum(&stats, &sum);
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 0.5), ==, 103);
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 0.9), ==, 103);
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 0.99), ==, 1023);
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 1), >=, 50000);
}

static void
what_is_out_of_range_lands_at_its_ends(void)
{
    begin();
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 0.99), ==, 0);
    sc_histogram_add(&stats.forward_us, -5, 1); /* a clock was set back */
    sc_histogram_add(&stats.forward_us, INT64_MAX, 1);
    sc_stats_sum(&stats, &sum);
    g_assert_cmpuint(sc_histogram_get_count(sum.forward_us), ==, 2);
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 0.5), ==, 0);
    g_assert_cmpuint(sc_histogram_get_quantile(sum.forward_us, 1), >=, 1 << 24);
}

static void
counters_of_workers_add_up_and_all_have_names(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    begin();
    for (unsigned i = 0; i < SC_N_COUNTERS; i++) {
        sc_stats_count(&stats, (ScCounter)i, i + 1);
        g_assert_true(
            g_hash_table_add(names, (char *)sc_counter_get_label((ScCounter)i)));
    }
    for (unsigned i = 0; i < SC_N_VERDICTS; i++)
        sc_stats_judge(&stats, (ScVerdict)i, 1);
    sc_stats_sum(&stats, &sum);
    sc_stats_sum(&stats, &sum);
    for (unsigned i = 0; i < SC_N_COUNTERS; i++)
        g_assert_cmpuint(sum.counters[i], ==, 2 * (i + 1));
    for (unsigned i = 0; i < SC_N_VERDICTS; i++)
        g_assert_cmpuint(sum.verdicts[i], ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/stats/" #name, name)
    ADD(a_quantile_is_exact_to_an_eighth);
    ADD(quantiles_lie_where_the_packets_do);
    ADD(what_is_out_of_range_lands_at_its_ends);
    ADD(counters_of_workers_add_up_and_all_have_names);
    return g_test_run();
}
