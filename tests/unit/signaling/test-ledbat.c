/* SPDX-License-Identifier: Apache-2.0 */
/* A made line: what comes in faster than it goes out stands in a queue, and is told late.
 */
#include <stdbool.h>

#include <glib.h>

#include "signaling/ledbat.h"

#define STEP_US 10000
#define BASE_RTT_US 40000
#define QUEUE_MAX_US 300000
#define SMOOTHING 8.0
#define SEGMENT_BYTES 1448

typedef struct {
    double capacity_bps;
    double others_bps; /* the lesson's media */
    double queue_us;
    double base_us; /* a round trip with empty queues */
    double rtt_us;  /* smoothed, as TCP tells it */
    bool is_lazy;   /* the other end acknowledges every second segment */
    int64_t now_us;
    ScLedbat ledbat;
    double n_bits; /* of ours, that went through */
} Line;

static void
line_init(Line *self, double capacity_bps, double others_bps)
{
    *self = (Line){ .capacity_bps = capacity_bps,
                    .others_bps = others_bps,
                    .base_us = BASE_RTT_US,
                    .rtt_us = BASE_RTT_US,
                    .now_us = 1 };
    sc_ledbat_init(&self->ledbat, self->now_us);
}

static void
line_step(Line *self, double used)
{
    double sent_bps = (double)self->ledbat.rate_bps * used;
    double excess = (self->others_bps + sent_bps) / self->capacity_bps - 1;
    double share = sent_bps / MAX(self->others_bps + sent_bps, self->capacity_bps)
                   * self->capacity_bps;
    self->queue_us = CLAMP(self->queue_us + excess * STEP_US, 0, QUEUE_MAX_US);
    double kept_us = self->is_lazy ? SEGMENT_BYTES * 8e6 / sent_bps : 0;
    double rtt_us = self->base_us + self->queue_us + kept_us;
    self->rtt_us += (rtt_us - self->rtt_us) / SMOOTHING;
    self->now_us += STEP_US;
    self->n_bits += share * STEP_US / G_USEC_PER_SEC;
    const ScLedbatFigures figures = { (uint32_t)self->rtt_us, (uint32_t)self->base_us,
                                      (uint64_t)share, SEGMENT_BYTES };
    sc_ledbat_adjust(&self->ledbat, &figures, self->now_us);
}

/* Gives the largest queue of that time. */
static double
line_run(Line *self, double seconds)
{
    double worst_us = 0;
    self->n_bits = 0;
    for (int i = 0; i < (int)(seconds * G_USEC_PER_SEC / STEP_US); i++) {
        line_step(self, 1);
        worst_us = MAX(worst_us, self->queue_us);
    }
    return worst_us;
}

/* For an acknowledgement that waits, where none does. */
static double
granted_us(double rate_bps)
{
    return SEGMENT_BYTES * 8e6 / rate_bps;
}

static void
what_others_leave_is_used_and_no_more(void)
{
    static const double capacities[] = { 1e6, 2e6, 4e6, 20e6 };
    for (size_t i = 0; i < G_N_ELEMENTS(capacities); i++) {
        Line line;
        line_init(&line, capacities[i], capacities[i] * 0.6);
        (void)line_run(&line, 30); /* it begins at a rate that may be too high */
        double worst_us = line_run(&line, 30);
        double left_bps = capacities[i] * 0.4;
        g_test_message("%.0f bit/s: queue %.0f ms, %.0f %% of what is left",
                       capacities[i], worst_us / 1000, line.n_bits / 30 / left_bps * 100);
        g_assert_cmpfloat(worst_us, <, 2 * SC_LEDBAT_TARGET_US + granted_us(left_bps));
        g_assert_cmpfloat(line.n_bits / 30, >, 0.8 * left_bps);
    }
}

static void
lazy_acknowledgements_are_no_queue(void)
{
    static const double bases_us[] = { 10e3, 40e3, 600e3 };
    for (size_t i = 0; i < G_N_ELEMENTS(bases_us); i++) {
        Line line;
        line_init(&line, 3e6, 1.8e6);
        line.is_lazy = true;
        line.base_us = line.rtt_us = bases_us[i];
        (void)line_run(&line, 60);
        double worst_us = line_run(&line, 30);
        g_test_message("%.0f ms: queue %.0f ms, %.0f kbit/s", bases_us[i] / 1000,
                       worst_us / 1000, line.n_bits / 30 / 1000);
        g_assert_cmpfloat(worst_us, <, 3 * SC_LEDBAT_TARGET_US);
        g_assert_cmpfloat(line.n_bits / 30, >, 0.7 * 1.2e6);
    }
}

static void
an_empty_line_is_filled(void)
{
    Line line;
    line_init(&line, 8e6, 0);
    (void)line_run(&line, 20);
    (void)line_run(&line, 20);
    g_assert_cmpfloat(line.n_bits / 20, >, 0.8 * 8e6);
}

static void
it_makes_room_when_others_come(void)
{
    Line line;
    line_init(&line, 2e6, 0);
    (void)line_run(&line, 30);
    line.others_bps = 1.5e6;
    (void)line_run(&line, 3);
    g_assert_cmpfloat(line_run(&line, 10), <, 2 * SC_LEDBAT_TARGET_US + granted_us(5e5));
}

static void
it_always_arrives(void)
{
    Line line;
    line_init(&line, 1e6, 2e6); /* the others alone are too many */
    (void)line_run(&line, 60);
    g_assert_cmpuint(line.ledbat.rate_bps, ==, SC_LEDBAT_FLOOR_BPS);
}

static void
a_rate_that_is_not_used_does_not_grow(void)
{
    Line line;
    line_init(&line, 100e6, 0);
    for (int i = 0; i < 1000; i++)
        line_step(&line, 0.1);
    g_assert_cmpuint(line.ledbat.rate_bps, ==, SC_LEDBAT_FIRST_BPS);
}

static void
a_long_line_is_judged_once_a_round_trip(void)
{
    ScLedbat ledbat;
    const ScLedbatFigures figures = { 600000, 600000, SC_LEDBAT_FIRST_BPS,
                                      SEGMENT_BYTES };
    sc_ledbat_init(&ledbat, 0);
    sc_ledbat_adjust(&ledbat, &figures, 100000);
    uint64_t first_bps = ledbat.rate_bps;
    g_assert_cmpuint(first_bps, >, SC_LEDBAT_FIRST_BPS);
    sc_ledbat_adjust(&ledbat, &figures, 699999);
    g_assert_cmpuint(ledbat.rate_bps, ==, first_bps);
    sc_ledbat_adjust(&ledbat, &figures, 700000);
    g_assert_cmpuint(ledbat.rate_bps, >, first_bps);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/ledbat/" #test, test)
    ADD(what_others_leave_is_used_and_no_more);
    ADD(lazy_acknowledgements_are_no_queue);
    ADD(an_empty_line_is_filled);
    ADD(it_makes_room_when_others_come);
    ADD(it_always_arrives);
    ADD(a_rate_that_is_not_used_does_not_grow);
    ADD(a_long_line_is_judged_once_a_round_trip);
#undef ADD
    return g_test_run();
}
