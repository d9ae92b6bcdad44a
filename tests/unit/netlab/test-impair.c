/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/impair.h"

#define N_PACKETS 100000u
#define SIZE 1200u
#define SEED 7u /* fixed: a share of N_PACKETS is then a constant, not a chance */

static void
begin(ScImpair *impair, const char *text)
{
    g_autoptr(GError) error = NULL;

    sc_impair_init(impair, SEED);
    g_assert_true(sc_spec_parse(&impair->spec, text, &error));
    g_assert_no_error(error);
}

static double
lost_share(const char *text, double *out_mean_burst)
{
    ScImpair impair;
    unsigned n_lost = 0, n_bursts = 0;
    bool was_lost = false;
    int64_t release_us;

    begin(&impair, text);
    for (unsigned i = 0; i < N_PACKETS; i++) {
        bool lost = sc_impair_decide(&impair, SIZE, i, &release_us) == SC_FATE_LOST;
        n_lost += lost;
        n_bursts += lost && !was_lost;
        was_lost = lost;
    }
    sc_impair_clear(&impair);
    *out_mean_burst = n_bursts ? (double)n_lost / n_bursts : 0;
    return (double)n_lost / N_PACKETS;
}

static void
loss_has_the_asked_share_and_burst(void)
{
    static const struct {
        const char *text;
        double share, burst;
    } cases[] = {
        { "loss=0", 0, 0 },
        { "loss=0.02", 0.02, 1.02 },
        { "loss=1", 1, N_PACKETS },
        /* enter / (enter + leave) of the time bad, 1 / leave packets long */
        { "gilbert=0.01:0.2:0:1", 0.0476, 5 },
        { "gilbert=0.05:0.5:0.01:0.5", 0.0545, 1.3 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double burst, share = lost_share(cases[i].text, &burst);
        g_test_message("%s: share %.4f, burst %.2f", cases[i].text, share, burst);
        g_assert_cmpfloat_with_epsilon(share, cases[i].share, 0.003);
        g_assert_cmpfloat_with_epsilon(burst, cases[i].burst,
                                       0.05 * cases[i].burst + 0.01);
    }
}

static void
same_seed_loses_the_same_packets_whatever_the_delay(void)
{
    ScImpair near, far;
    int64_t release_us;

    begin(&near, "loss=0.1");
    begin(&far, "loss=0.1,delay_ms=300,jitter_ms=50,reorder=0.1:20");
    for (unsigned i = 0; i < 1000; i++)
        g_assert_cmpint(sc_impair_decide(&near, SIZE, i, &release_us), ==,
                        sc_impair_decide(&far, SIZE, i, &release_us));
    sc_impair_clear(&near);
    sc_impair_clear(&far);
}

static void
jitter_stays_in_its_bounds_and_keeps_the_order(void)
{
    ScImpair impair;
    int64_t before_us = 0;
    bool early = false, late = false;

    begin(&impair, "delay_ms=100,jitter_ms=20");
    for (int64_t now_us = 0; now_us < 10 * G_USEC_PER_SEC; now_us += 10000) {
        int64_t release_us;
        g_assert_cmpint(sc_impair_decide(&impair, SIZE, now_us, &release_us), ==,
                        SC_FATE_PASS);
        g_assert_cmpint(release_us, >=, before_us);
        g_assert_cmpint(release_us, >=, now_us + 80000);
        g_assert_cmpint(release_us, <=, now_us + 120000);
        early |= release_us < now_us + 90000;
        late |= release_us > now_us + 110000;
        before_us = release_us;
    }
    g_assert_true(early && late);
    sc_impair_clear(&impair);
}

static void
reordered_packet_is_overtaken(void)
{
    ScImpair impair;
    unsigned n_overtaken = 0;
    int64_t before_us = 0;

    begin(&impair, "delay_ms=10,reorder=0.1:5");
    for (int64_t i = 0; i < 1000; i++) {
        int64_t release_us;
        g_assert_cmpint(sc_impair_decide(&impair, SIZE, i * 1000, &release_us), ==,
                        SC_FATE_PASS);
        n_overtaken += release_us < before_us;
        before_us = release_us;
    }
    g_assert_cmpuint(n_overtaken, >, 50);
    g_assert_cmpuint(n_overtaken, <, 150);
    sc_impair_clear(&impair);
}

static void
rate_spaces_packets_and_a_full_queue_drops(void)
{
    ScImpair impair;
    int64_t release_us;

    /* 1200 bytes at 960 kbit/s take 10 ms; 50 ms of queue hold five before the sixth. */
    begin(&impair, "rate_kbps=960,queue_ms=50,delay_ms=1");
    for (unsigned i = 0; i < 6; i++) {
        g_assert_cmpint(sc_impair_decide(&impair, SIZE, 0, &release_us), ==,
                        SC_FATE_PASS);
        g_assert_cmpint(release_us, ==, (i + 1) * 10000 + 1000);
    }
    g_assert_cmpint(sc_impair_decide(&impair, SIZE, 0, &release_us), ==, SC_FATE_QUEUE);
    g_assert_cmpint(sc_impair_decide(&impair, SIZE, 10000, &release_us), ==,
                    SC_FATE_PASS);
    g_assert_cmpint(release_us, ==, 71000);
    sc_impair_clear(&impair);
}

static void
nothing_passes_an_outage_and_all_after_it(void)
{
    ScImpair impair;
    int64_t release_us;

    begin(&impair, "down=1");
    g_assert_cmpint(sc_impair_decide(&impair, SIZE, 0, &release_us), ==, SC_FATE_DOWN);
    impair.spec.down = false;
    g_assert_cmpint(sc_impair_decide(&impair, SIZE, 5, &release_us), ==, SC_FATE_PASS);
    g_assert_cmpint(release_us, ==, 5);
    sc_impair_clear(&impair);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/netlab/impair/loss_has_the_asked_share_and_burst",
                    loss_has_the_asked_share_and_burst);
    g_test_add_func("/netlab/impair/same_seed_loses_the_same_packets_whatever_the_delay",
                    same_seed_loses_the_same_packets_whatever_the_delay);
    g_test_add_func("/netlab/impair/jitter_stays_in_its_bounds_and_keeps_the_order",
                    jitter_stays_in_its_bounds_and_keeps_the_order);
    g_test_add_func("/netlab/impair/reordered_packet_is_overtaken",
                    reordered_packet_is_overtaken);
    g_test_add_func("/netlab/impair/rate_spaces_packets_and_a_full_queue_drops",
                    rate_spaces_packets_and_a_full_queue_drops);
    g_test_add_func("/netlab/impair/nothing_passes_an_outage_and_all_after_it",
                    nothing_passes_an_outage_and_all_after_it);
    return g_test_run();
}
