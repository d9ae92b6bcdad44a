/* SPDX-License-Identifier: Apache-2.0 */
/* How long a receiver had media, by what its reports say of what was sent. */
#include <glib.h>

#include "relay/delivery.h"

#define S INT64_C(1000000)

/* A report: when, its highest number and its losses, and what had been sent. */
typedef struct {
    int64_t at_us;
    uint32_t highest;
    int32_t n_lost;
    uint64_t n_sent;
    uint64_t n_late;
} Report;

static void
time_counts_by_what_arrived_of_what_was_sent(void)
{
    static const struct {
        const char *what;
        Report reports[5];
        unsigned n;
        int64_t delivered_us;
        unsigned n_interruptions;
    } cases[] = {
        { "one report is no time", { { 5 * S, 1000, 0, 1000, 0 } }, 1, 0, 0 },
        { "each second",
          { { S, 100, 0, 100, 0 }, { 2 * S, 200, 0, 200, 0 }, { 3 * S, 300, 0, 300, 0 } },
          3,
          2 * S,
          0 },
        { "each five seconds, as some programs do",
          { { 5 * S, 500, 0, 500, 0 }, { 10 * S, 1000, 0, 1000, 0 } },
          2,
          5 * S,
          0 },
        { "a tenth is lost, and repaired",
          { { S, 100, 0, 100, 0 }, { 2 * S, 200, 10, 200, 0 } },
          2,
          S,
          0 },
        { "the line was away for 16 of 20 s",
          { { S, 100, 0, 100, 0 }, { 21 * S, 2100, 1600, 2100, 0 } },
          2,
          4 * S,
          1 },
        { "it was away for 16 of 20 s, and was sent half of that afterwards",
          { { S, 100, 0, 100, 0 }, { 21 * S, 2100, 800, 2100, 800 } },
          2,
          4 * S,
          1 },
        { "it is still away",
          { { S, 100, 0, 100, 0 }, { 3 * S, 100, 0, 300, 0 } },
          2,
          0,
          0 },
        { "nothing was sent meanwhile",
          { { S, 100, 0, 100, 0 },
            { 21 * S, 100, 0, 100, 0 },
            { 22 * S, 200, 0, 200, 0 } },
          3,
          S,
          0 },
        { "numbers go round",
          { { S, 0xfffffff0, 0, 100, 0 }, { 2 * S, 0x10, 0, 132, 0 } },
          2,
          S,
          0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScDelivery delivery = { 0 };
        ScDeliveryMark mark = { 0 };

        g_test_message("%s", cases[i].what);
        for (unsigned j = 0; j < cases[i].n; j++) {
            const Report *report = &cases[i].reports[j];
            ScDeliveryPart part = { 0 };

            sc_delivery_mark(&mark,
                             &(ScDeliveryMark){ .highest = report->highest,
                                                .n_lost = report->n_lost,
                                                .n_sent = report->n_sent,
                                                .n_late = report->n_late },
                             &part);
            sc_delivery_confirm(&delivery, report->at_us, &part);
        }
        g_assert_cmpint(delivery.delivered_us, ==, cases[i].delivered_us);
        g_assert_cmpuint(delivery.n_interruptions, ==, cases[i].n_interruptions);
    }
}

/* Audio that is counted anew beside video that is not. */
static void
a_stream_counted_anew_hides_no_gap(void)
{
    ScDelivery delivery = { 0 };
    ScDeliveryMark audio = { 0 }, video = { 0 };
    static const struct {
        int64_t at_us;
        uint32_t n_audio, n_video;
        int32_t n_video_lost;
    } reports[] = {
        { 1 * S, 50, 150, 0 },
        { 2 * S, 100, 300, 0 },
        { 24 * S, 1200, 3600, 3000 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
        ScDeliveryPart part = { 0 };

        sc_delivery_mark(&audio,
                         &(ScDeliveryMark){ .highest = reports[i].n_audio,
                                            .n_sent = reports[i].n_audio },
                         &part);
        sc_delivery_mark(&video,
                         &(ScDeliveryMark){ .highest = reports[i].n_video,
                                            .n_lost = reports[i].n_video_lost,
                                            .n_sent = reports[i].n_video },
                         &part);
        sc_delivery_confirm(&delivery, reports[i].at_us, &part);
    }
    g_assert_cmpint(delivery.delivered_us, ==, 3 * S);
    g_assert_cmpuint(delivery.n_interruptions, ==, 1);
}

static void
what_comes_before_the_first_report_counts_from_the_start(void)
{
    ScDelivery delivery = { 0 };
    ScDeliveryMark mark;

    sc_delivery_mark_start(&mark, 1);
    for (uint32_t i = 1; i <= 2; i++) {
        ScDeliveryPart part = { 0 };

        sc_delivery_mark(
            &mark, &(ScDeliveryMark){ .highest = 400 * i, .n_sent = 400 * i }, &part);
        sc_delivery_start(&delivery, 3 * S);
        sc_delivery_confirm(&delivery, (3 + 4 * i) * S, &part);
        g_assert_cmpint(delivery.delivered_us, ==, 4 * S * i);
    }
    g_assert_cmpuint(delivery.n_interruptions, ==, 0);
}

static void
what_flows_counts_before_the_next_report(void)
{
    ScDelivery delivery = { 0 };
    ScDeliveryMark mark = { 0 };

    for (uint32_t i = 1; i <= 3; i++) {
        ScDeliveryPart part = { 0 };

        sc_delivery_mark(
            &mark, &(ScDeliveryMark){ .highest = 500 * i, .n_sent = 500 * i }, &part);
        sc_delivery_confirm(&delivery, 5 * S * i, &part);
    }
    g_assert_true(sc_delivery_flows(&delivery, 20 * S));
    g_assert_cmpint(sc_delivery_get_us(&delivery, 19 * S), ==, 14 * S);
    /* The next report is overdue: what was believed is taken back. */
    g_assert_false(sc_delivery_flows(&delivery, 23 * S));
    g_assert_cmpint(sc_delivery_get_us(&delivery, 23 * S), ==, 10 * S);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delivery/time counts by what arrived of what was sent",
                    time_counts_by_what_arrived_of_what_was_sent);
    g_test_add_func("/delivery/what comes before the first report counts from the start",
                    what_comes_before_the_first_report_counts_from_the_start);
    g_test_add_func("/delivery/a stream counted anew hides no gap",
                    a_stream_counted_anew_hides_no_gap);
    g_test_add_func("/delivery/what flows counts before the next report",
                    what_flows_counts_before_the_next_report);
    return g_test_run();
}
