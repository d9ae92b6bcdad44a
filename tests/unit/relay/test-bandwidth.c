/* SPDX-License-Identifier: Apache-2.0 */
/* A line with a width, a queue and a way: what is sent arrives later or not, and is told
 * every 100 ms; the receiver's clock is another one. */
#include "relay/bandwidth.h"

#define S 1000000
#define STEP_US 20000
#define FEEDBACK_US 100000
#define PACKET 1200
#define SENT_MAX 65536

typedef struct {
    /* the line */
    uint64_t width_bps;
    int64_t way_us;       /* each way */
    int64_t clock_us;     /* the receiver's, over ours */
    int64_t queue_max_us; /* what would wait longer is dropped */
    double loss;          /* by chance */
    /* who sends */
    uint64_t rate_bps;
    bool obeys; /* the limit, once there is one */
    bool can_try;
    uint32_t wanted_bps;
    /* now */
    ScBandwidth bandwidth;
    GRand *chance;
    int64_t now_us;
    int64_t free_us; /* when the line has sent all it was given */
    uint64_t owed_bits;
    uint16_t next;
    uint16_t told;              /* all before were */
    int64_t arrivals[SENT_MAX]; /* 0: never */
    int64_t lowered_us;         /* when the limit last fell, and rose */
    int64_t raised_us;
    unsigned n_tries;
} Line;

static Line *
line_new(uint64_t width_bps, uint64_t rate_bps)
{
    Line *line = g_new0(Line, 1);
    line->width_bps = width_bps;
    line->rate_bps = rate_bps;
    line->way_us = 20000;
    line->clock_us = 987654321;
    line->queue_max_us = 500000;
    line->obeys = true;
    line->can_try = true;
    line->now_us = S;
    line->chance = g_rand_new_with_seed(7);
    sc_bandwidth_init(&line->bandwidth, line->now_us);
    return line;
}

static void
line_free(Line *line)
{
    g_rand_free(line->chance);
    g_free(line);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Line, line_free)

static void
send_packet(Line *line)
{
    int64_t begin_us = MAX(line->now_us, line->free_us);
    bool fits = begin_us - line->now_us <= line->queue_max_us;
    bool is_lost = g_rand_double(line->chance) < line->loss;

    if (fits)
        line->free_us = begin_us + (int64_t)(PACKET * 8 * (uint64_t)S / line->width_bps);
    line->arrivals[line->next++] =
        fits && !is_lost ? line->free_us + line->way_us + line->clock_us : 0;
}

static void
send_step(Line *line)
{
    uint64_t rate_bps = line->rate_bps;
    uint32_t limit_bps = sc_bandwidth_get_limit_bps(&line->bandwidth);
    uint16_t first = line->next;

    if (line->obeys && limit_bps != SC_BANDWIDTH_UNLIMITED)
        rate_bps = MIN(rate_bps, limit_bps);
    rate_bps = MAX(rate_bps, sc_bandwidth_get_tried_bps(&line->bandwidth));
    line->owed_bits += rate_bps * STEP_US / S;
    for (; line->owed_bits >= PACKET * 8; line->owed_bits -= PACKET * 8)
        send_packet(line);
    if (line->next != first)
        sc_bandwidth_note_sent(&line->bandwidth, first, (uint16_t)(line->next - first),
                               (size_t)(uint16_t)(line->next - first) * PACKET,
                               line->now_us);
}

/* What arrived by when this feedback left the receiver. */
static void
tell(Line *line)
{
    int64_t by_us = line->now_us - line->way_us + line->clock_us;
    uint16_t last = line->told;
    uint32_t before_bps = sc_bandwidth_get_limit_bps(&line->bandwidth);
    bool was_tried = sc_bandwidth_get_tried_bps(&line->bandwidth) > 0;

    for (uint16_t i = line->told; i != line->next; i++)
        if (line->arrivals[i] != 0 && line->arrivals[i] <= by_us)
            last = (uint16_t)(i + 1);
    for (; line->told != last; line->told++) {
        const ScTwccStatus status = { .sequence = line->told,
                                      .received = line->arrivals[line->told] != 0,
                                      .arrival_us = line->arrivals[line->told] };
        sc_bandwidth_take(&line->bandwidth, &status);
    }
    bool changed = sc_bandwidth_review(&line->bandwidth, line->wanted_bps, line->can_try,
                                       line->now_us);
    uint32_t now_bps = sc_bandwidth_get_limit_bps(&line->bandwidth);
    g_assert_cmpint(changed, ==, now_bps != before_bps);
    if (now_bps < before_bps)
        line->lowered_us = line->now_us;
    if (now_bps > before_bps)
        line->raised_us = line->now_us;
    line->n_tries += !was_tried && sc_bandwidth_get_tried_bps(&line->bandwidth) > 0;
}

static void
run(Line *line, int64_t passed_us)
{
    for (int64_t end_us = line->now_us + passed_us; line->now_us < end_us;) {
        line->now_us += STEP_US;
        send_step(line);
        if (line->now_us % FEEDBACK_US == 0)
            tell(line);
    }
}

static uint32_t
get_limit(const Line *line)
{
    return sc_bandwidth_get_limit_bps(&line->bandwidth);
}

static void
a_line_that_carries_all_sets_no_limit(void)
{
    g_autoptr(Line) line = line_new(10 * S, 2 * S);
    run(line, 60 * S);
    g_assert_cmpuint(get_limit(line), ==, SC_BANDWIDTH_UNLIMITED);
}

static void
a_line_that_is_too_thin_is_found_out_within_two_seconds(void)
{
    static const uint64_t widths_bps[] = { 1400000, 800000, 300000 };
    for (size_t i = 0; i < G_N_ELEMENTS(widths_bps); i++) {
        g_autoptr(Line) line = line_new(widths_bps[i], 1600000);
        run(line, 2 * S);
        g_test_message("%lu bit/s: limit %u", (unsigned long)widths_bps[i],
                       get_limit(line));
        g_assert_cmpuint(get_limit(line), <=, widths_bps[i]);
        g_assert_cmpuint(get_limit(line), >=, widths_bps[i] * 6 / 10);
        run(line, 20 * S); /* and what was found lets the queue go */
        g_assert_cmpuint(get_limit(line), >=, widths_bps[i] * 6 / 10);
        g_assert_cmpint(line->free_us - line->now_us, <, 60000);
    }
}

static void
a_line_that_becomes_thin_is_found_out(void)
{
    g_autoptr(Line) line = line_new(4 * S, 1600000);
    run(line, 40 * S);
    g_assert_cmpuint(get_limit(line), ==, SC_BANDWIDTH_UNLIMITED);
    line->width_bps = 900000;
    run(line, 2 * S);
    g_assert_cmpuint(get_limit(line), <=, 900000);
}

/* A shallow queue tells nothing by its length. */
static void
a_line_that_drops_is_found_out(void)
{
    g_autoptr(Line) line = line_new(800000, 1600000);
    line->queue_max_us = 20000;
    run(line, 2 * S);
    g_assert_cmpuint(get_limit(line), <=, 800000);
}

static void
what_a_radio_loses_is_no_reason(void)
{
    g_autoptr(Line) line = line_new(10 * S, 1600000);
    line->loss = 0.05;
    run(line, 60 * S);
    g_assert_cmpuint(get_limit(line), ==, SC_BANDWIDTH_UNLIMITED);
}

/* 100 kB at once on 2 Mbit/s: a queue of 0.4 s that goes again. */
static void
a_key_frame_is_no_reason(void)
{
    g_autoptr(Line) line = line_new(4 * S, 1000000);
    for (int i = 0; i < 10; i++) {
        run(line, 2 * S);
        uint16_t first = line->next;
        for (int j = 0; j < 50; j++)
            send_packet(line);
        sc_bandwidth_note_sent(&line->bandwidth, first, 50, 50 * PACKET, line->now_us);
    }
    g_assert_cmpuint(get_limit(line), ==, SC_BANDWIDTH_UNLIMITED);
}

static void
more_is_tried_and_found_to_fit(void)
{
    g_autoptr(Line) line = line_new(600000, 1600000);
    line->wanted_bps = 1800000;
    run(line, 3 * S);
    g_assert_cmpuint(get_limit(line), <, 600000);
    line->width_bps = 4 * S;
    run(line, 80 * S);
    g_assert_cmpuint(get_limit(line), ==, 1800000);
    int64_t lowered_us = line->lowered_us;
    run(line, 60 * S);
    g_assert_cmpint(line->lowered_us, ==, lowered_us); /* and it stays so */
}

/* Each vain try is a second of a queue: they become rare. */
static void
what_does_not_fit_is_tried_ever_more_rarely(void)
{
    g_autoptr(Line) line = line_new(600000, 1600000);
    line->wanted_bps = 1800000;
    run(line, 300 * S);
    g_test_message("%u tries in 300 s", line->n_tries);
    g_assert_cmpuint(line->n_tries, >=, 3);
    g_assert_cmpuint(line->n_tries, <=, 8);
    g_assert_cmpuint(get_limit(line), <, 600000);
    g_assert_cmpuint(get_limit(line), >, 300000);
}

/* Where nothing is there to try with, it is allowed, and taken back. */
static void
without_a_try_more_is_allowed_at_once_and_taken_back(void)
{
    g_autoptr(Line) line = line_new(300000, 1000000);
    line->can_try = false;
    line->wanted_bps = 1000000;
    run(line, 3 * S);
    g_assert_cmpuint(get_limit(line), <, 300000);
    run(line, 60 * S);
    g_assert_cmpint(line->raised_us, >, 0);
    g_assert_cmpint(line->lowered_us, >, line->raised_us);
    g_assert_cmpuint(line->n_tries, ==, 0);
}

static void
numbers_that_were_never_sent_are_nothing(void)
{
    g_autoptr(Line) line = line_new(10 * S, 1000000);
    run(line, S);
    for (uint16_t i = 0; i < 20000; i++) {
        const ScTwccStatus status = { .sequence = (uint16_t)(line->next + 100 + i) };
        sc_bandwidth_take(&line->bandwidth, &status);
    }
    run(line, S);
    g_assert_cmpuint(get_limit(line), ==, SC_BANDWIDTH_UNLIMITED);
}

/* From here on it is 300 ms longer: that looks like a queue, for a while. */
static void
a_longer_way_is_found_to_be_no_queue(void)
{
    g_autoptr(Line) line = line_new(10 * S, 1600000);
    line->wanted_bps = 1800000;
    run(line, 30 * S);
    line->way_us += 300000;
    run(line, 60 * S);
    g_test_message("lowered %+.1f s, raised %+.1f s",
                   (double)(line->lowered_us - 31 * S) / S,
                   (double)(line->raised_us - 31 * S) / S);
    g_assert_cmpuint(get_limit(line), >=, 1800000);
    g_assert_cmpint(line->raised_us, <, 60 * S);
}

/* The peer's reference time comes round every twelve days, and may be set at any time. */
static void
another_clock_is_no_queue(void)
{
    g_autoptr(Line) line = line_new(10 * S, 1000000);
    run(line, 5 * S);
    line->clock_us -= 3600LL * S;
    for (uint16_t i = line->told; i != line->next; i++)
        if (line->arrivals[i] != 0)
            line->arrivals[i] -= 3600LL * S;
    run(line, 40 * S);
    line->clock_us += 7200LL * S;
    for (uint16_t i = line->told; i != line->next; i++)
        if (line->arrivals[i] != 0)
            line->arrivals[i] += 7200LL * S;
    run(line, 40 * S);
    g_assert_cmpuint(get_limit(line), ==, SC_BANDWIDTH_UNLIMITED);
}

#define ADD(name) g_test_add_func("/relay/bandwidth/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(a_line_that_carries_all_sets_no_limit);
    ADD(a_line_that_is_too_thin_is_found_out_within_two_seconds);
    ADD(a_line_that_becomes_thin_is_found_out);
    ADD(a_line_that_drops_is_found_out);
    ADD(what_a_radio_loses_is_no_reason);
    ADD(a_key_frame_is_no_reason);
    ADD(more_is_tried_and_found_to_fit);
    ADD(what_does_not_fit_is_tried_ever_more_rarely);
    ADD(without_a_try_more_is_allowed_at_once_and_taken_back);
    ADD(numbers_that_were_never_sent_are_nothing);
    ADD(a_longer_way_is_found_to_be_no_queue);
    ADD(another_clock_is_no_queue);
    return g_test_run();
}
