/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/line.h"

static void
put(ScLine *line, int64_t release_us, size_t size)
{
    ScHeld *held = sc_line_take(line);

    g_assert_nonnull(held);
    held->release_us = release_us;
    held->size = size;
    sc_line_put(line, held);
}

static void
packets_come_out_by_time_and_equal_ones_in_order(void)
{
    static const int64_t times_us[] = { 50, 10, 30, 30, 90, 10 };
    static const size_t order[] = { 1, 5, 2, 3, 0, 4 };
    ScLine line;

    sc_line_init(&line, G_N_ELEMENTS(times_us));
    for (size_t i = 0; i < G_N_ELEMENTS(times_us); i++)
        put(&line, times_us[i], i);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        ScHeld *held = sc_line_pop(&line, 90);
        g_assert_nonnull(held);
        g_assert_cmpuint(held->size, ==, order[i]);
        sc_line_recycle(&line, held);
    }
    g_assert_null(sc_line_pop(&line, 90));
    sc_line_clear(&line);
}

static void
nothing_comes_out_before_its_time(void)
{
    ScLine line;

    sc_line_init(&line, 1);
    g_assert_cmpint(sc_line_get_next_us(&line), ==, G_MAXINT64);
    put(&line, 100, 0);
    g_assert_cmpint(sc_line_get_next_us(&line), ==, 100);
    g_assert_null(sc_line_pop(&line, 99));
    ScHeld *held = sc_line_pop(&line, 100);
    g_assert_nonnull(held);
    sc_line_recycle(&line, held);
    sc_line_clear(&line);
}

static void
limit_holds_and_recycled_packets_are_given_again(void)
{
    ScLine line;

    sc_line_init(&line, 2);
    ScHeld *first = sc_line_take(&line);
    ScHeld *second = sc_line_take(&line);
    g_assert_null(sc_line_take(&line));
    sc_line_recycle(&line, first);
    g_assert_true(sc_line_take(&line) == first);
    sc_line_recycle(&line, first);
    sc_line_recycle(&line, second);
    sc_line_clear(&line);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/netlab/line/packets_come_out_by_time_and_equal_ones_in_order",
                    packets_come_out_by_time_and_equal_ones_in_order);
    g_test_add_func("/netlab/line/nothing_comes_out_before_its_time",
                    nothing_comes_out_before_its_time);
    g_test_add_func("/netlab/line/limit_holds_and_recycled_packets_are_given_again",
                    limit_holds_and_recycled_packets_are_given_again);
    return g_test_run();
}
