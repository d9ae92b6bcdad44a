/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/twcc.h"
#include "tests/unit/wire/hex.h"

#define SECOND_US INT64_C(1000000)
#define SSRCS "00000001 00000002 "
#define HEAD(words) "8f cd " words " " SSRCS

/* Lends the first packet of @bytes. */
static bool
parse(GBytes *bytes, ScTwccFeedback *out_feedback)
{
    ScRtcpIterator iterator =
        sc_rtcp_iterate(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ScRtcpPacket packet;
    ScFeedback feedback;

    g_assert_true(sc_rtcp_next(&iterator, &packet));
    g_assert_true(sc_feedback_parse(&packet, &feedback));
    return sc_twcc_parse(&feedback, out_feedback);
}

static GBytes *
write_feedback(ScTwcc *twcc, size_t room)
{
    g_autofree uint8_t *bytes = g_malloc(room);
    ScWriter writer = sc_writer_init(bytes, room);

    g_assert_true(sc_twcc_write(twcc, 1, 2, &writer));
    g_assert_true(sc_rtcp_is_valid(bytes, writer.offset));
    return g_bytes_new(bytes, writer.offset);
}

/* "100+0 101 102+250": numbers, and the delta in µs where received. */
static char *
describe(GBytes *bytes)
{
    GString *text = g_string_new(NULL);
    ScTwccFeedback feedback;
    ScTwccStatus status;

    g_assert_true(parse(bytes, &feedback));
    while (sc_twcc_next(&feedback, &status)) {
        g_string_append_printf(text, "%s%u", text->len > 0 ? " " : "", status.sequence);
        if (status.received)
            g_string_append_printf(text, "%+d", status.delta_us);
    }
    return g_string_free(text, FALSE);
}

static void
feedback_is_read(void)
{
    static const struct {
        const char *packet;
        const char *expected;
    } cases[] = {
        /* run of 3 small deltas; one zero of fill */
        { HEAD("0006") "0064 0003 000001 00  2003 000102 000000",
          "100+0 101+250 102+500" },
        /* run of 2 lost, then one large negative delta */
        { HEAD("0006") "ffff 0003 000001 00  0002 4001 ffff 0000", "65535 0 1-250" },
        /* one-bit vector: 1 0 1, the rest is behind the end */
        { HEAD("0005") "0001 0003 000001 00  a800 04 08", "1+1000 2 3+2000" },
        /* two-bit vector: small, large, small, lost; then a run of lost */
        { HEAD("0006") "0001 0009 000001 00  d900 0002 01 7fff 01",
          "1+250 2+8191750 3+250 4 5 6 7 8 9" },
        { HEAD("0006") "0001 0004 000001 00  d840 01 8000 02 0000 00",
          "1+250 2-8192000 3 4+500" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].packet);
        g_test_message("%s", cases[i].packet);
        g_autofree char *found = describe(bytes);

        g_assert_cmpstr(found, ==, cases[i].expected);
    }
}

static void
broken_feedback_is_refused(void)
{
    static const struct {
        const char *packet;
        const char *why;
    } cases[] = {
        { HEAD("0002"), "nothing in it" },
        { HEAD("0003") "00640003", "half of the head" },
        { HEAD("0004") "0064 0000 000001 00", "no status" },
        { HEAD("0004") "0064 0001 000001 00", "no chunk" },
        { HEAD("0005") "0064 0004 000001 00 2003 0001", "chunks are too few" },
        { HEAD("0005") "0064 0003 000001 00 2003 0001", "deltas are too few" },
        { HEAD("0005") "0064 0001 000001 00 6001 0001", "reserved symbol in a run" },
        { HEAD("0005") "0064 0001 000001 00 f000 0001", "reserved symbol in a vector" },
        { HEAD("0006") "0064 0001 000001 00 0000 2001 01 000000", "run of nothing" },
        { HEAD("0006") "0064 4001 000001 00 1fff 1fff 0003 0000", "more than we read" },
        { HEAD("0007") "0064 ffff 000001 00 1fff 1fff 1fff 1fff 1fff 1fff",
          "65535 statuses in 12 bytes" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].packet);
        ScTwccFeedback feedback;

        g_test_message("%s", cases[i].why);
        g_assert_false(parse(bytes, &feedback));
    }
}

static void
reserved_symbols_behind_the_end_do_not_matter(void)
{
    g_autoptr(GBytes) bytes = hex_parse(HEAD("0005") "0064 0001 000001 00 dfff 01 00");
    g_autofree char *found = describe(bytes);

    g_assert_cmpstr(found, ==, "100+250");
}

static void
longest_feedback_ends(void)
{
    g_autoptr(GBytes) bytes =
        hex_parse(HEAD("0006") "0064 4000 000001 00 1fff 1fff 0002 0000");
    ScTwccFeedback feedback;
    ScTwccStatus status;
    unsigned n = 0;

    g_assert_true(parse(bytes, &feedback));
    while (sc_twcc_next(&feedback, &status))
        n++;
    g_assert_cmpuint(n, ==, SC_TWCC_STATUSES_MAX);
}

static void
written_feedback_has_these_bytes(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    sc_twcc_note(&twcc, 65535, 64000);   /* reference time 1, delta 0 */
    sc_twcc_note(&twcc, 1, 64000 + 300); /* 65536 is lost; cut to 1 tick */
    sc_twcc_note(&twcc, 2, 64000 + 300 + 63750);
    sc_twcc_note(&twcc, 3, 64000 + 200); /* overtook: -256 ticks */
    g_autoptr(GBytes) bytes = write_feedback(&twcc, 400);
    /* statuses: small lost small small large */
    hex_assert_equal(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                     HEAD("0006") "ffff 0005 000001 00 d160 00 01 ff ff00 00");
}

static void
runs_are_one_chunk(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    for (unsigned i = 0; i < 100; i++)
        sc_twcc_note(&twcc, (uint16_t)i, SECOND_US + i * 250);
    g_autoptr(GBytes) bytes = write_feedback(&twcc, 400);
    /* 20 bytes of head, one chunk, 100 deltas, 2 bytes of fill */
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 124);
}

static void
nothing_is_due_before_and_after(void)
{
    uint8_t bytes[400];
    ScWriter writer = sc_writer_init(bytes, sizeof bytes);
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    g_assert_false(sc_twcc_is_due(&twcc));
    g_assert_false(sc_twcc_write(&twcc, 1, 2, &writer));
    sc_twcc_note(&twcc, 7, 1);
    g_assert_true(sc_twcc_is_due(&twcc));
    g_assert_true(sc_twcc_write(&twcc, 1, 2, &writer));
    g_assert_false(sc_twcc_is_due(&twcc));
    sc_twcc_note(&twcc, 7, 2); /* a duplicate is no news */
    g_assert_false(sc_twcc_is_due(&twcc));
}

static void
small_room_writes_nothing(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    sc_twcc_note(&twcc, 7, 1);
    for (size_t size = 0; size < SC_TWCC_WRITE_MIN; size += 13) {
        g_autofree uint8_t *bytes = g_malloc(size);
        ScWriter writer = sc_writer_init(bytes, size);

        g_assert_false(sc_twcc_write(&twcc, 1, 2, &writer));
        g_assert_cmpuint(writer.offset, ==, 0);
    }
    g_assert_true(sc_twcc_is_due(&twcc));
}

static void
late_packet_is_told_again_with_those_behind(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    sc_twcc_note(&twcc, 10, SECOND_US);
    sc_twcc_note(&twcc, 12, SECOND_US);
    g_bytes_unref(write_feedback(&twcc, 400));
    sc_twcc_note(&twcc, 11, SECOND_US + 250);
    g_autoptr(GBytes) bytes = write_feedback(&twcc, 400);
    g_autofree char *found = describe(bytes);
    g_assert_cmpstr(found, ==, "11+40250 12-250"); /* 1 s is 15 references and 40 ms */
}

static void
delta_out_of_range_splits(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    sc_twcc_note(&twcc, 1, 64000);
    sc_twcc_note(&twcc, 2, 64000 + 10 * SECOND_US);
    g_autoptr(GBytes) first = write_feedback(&twcc, 400);
    g_autoptr(GBytes) second = write_feedback(&twcc, 400);
    g_autofree char *a = describe(first);
    g_autofree char *b = describe(second);
    g_assert_cmpstr(a, ==, "1+0");
    g_assert_cmpstr(b, ==, "2+16000"); /* 10.064 s is 157 references and 16 ms */
    g_assert_false(sc_twcc_is_due(&twcc));
}

static void
window_of_losses_fits_the_smallest_room(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    sc_twcc_note(&twcc, 0, SECOND_US);
    g_bytes_unref(write_feedback(&twcc, SC_TWCC_WRITE_MIN));
    sc_twcc_note(&twcc, 20000, SECOND_US + 8 * 250);
    g_autoptr(GBytes) bytes = write_feedback(&twcc, SC_TWCC_WRITE_MIN);
    ScTwccFeedback feedback;
    g_assert_true(parse(bytes, &feedback));
    g_assert_cmpuint(feedback.base_sequence, ==, 20001 - SC_TWCC_WINDOW);
    g_assert_cmpuint(feedback.n_statuses, ==, SC_TWCC_WINDOW);
    g_assert_false(sc_twcc_is_due(&twcc));
}

static void
older_than_the_window_is_ignored(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    sc_twcc_note(&twcc, 5000, SECOND_US);
    g_bytes_unref(write_feedback(&twcc, 400));
    sc_twcc_note(&twcc, 5000 - SC_TWCC_WINDOW, SECOND_US);
    g_assert_false(sc_twcc_is_due(&twcc));
    sc_twcc_note(&twcc, 5001 - SC_TWCC_WINDOW, SECOND_US);
    g_assert_true(sc_twcc_is_due(&twcc));
}

/* Sends 20000 numbers over a lossy, reordering line and keeps what each feedback said
 * last. */
typedef struct {
    int64_t sent_to_recorder[65536]; /* arrival, 0: lost */
    int64_t told[65536];
} Line;

static void
read_into(Line *line, GBytes *bytes)
{
    ScTwccFeedback feedback;
    ScTwccStatus status;

    g_assert_true(parse(bytes, &feedback));
    while (sc_twcc_next(&feedback, &status)) {
        if (status.received)
            line->told[status.sequence] = status.arrival_us;
    }
}

static void
arrivals_over_a_bad_line_are_told_to_the_tick(void)
{
    g_autofree Line *line = g_new0(Line, 1);
    uint16_t first = (uint16_t)g_test_rand_int();
    int64_t now_us = 5 * SECOND_US;
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    for (unsigned i = 0; i < 20000; i++) {
        unsigned swapped = i % 4 == 1 ? i + 1 : i % 4 == 2 ? i - 1 : i;
        uint16_t sequence = (uint16_t)(first + swapped);
        bool idle = g_test_rand_int_range(0, 500) == 0;

        now_us += g_test_rand_int_range(0, idle ? 400000 : 4000);
        if (g_test_rand_int_range(0, 10) != 0) {
            line->sent_to_recorder[sequence] = now_us;
            sc_twcc_note(&twcc, sequence, now_us);
        }
        if (g_test_rand_int_range(0, 50) == 0) {
            while (sc_twcc_is_due(&twcc)) {
                size_t room = (size_t)g_test_rand_int_range(SC_TWCC_WRITE_MIN, 1200);
                g_autoptr(GBytes) bytes = write_feedback(&twcc, room);
                read_into(line, bytes);
            }
        }
    }
    while (sc_twcc_is_due(&twcc)) {
        g_autoptr(GBytes) bytes = write_feedback(&twcc, 1200);
        read_into(line, bytes);
    }
    for (unsigned i = 0; i < 65536; i++) {
        int64_t expected = line->sent_to_recorder[i] / SC_TWCC_TICK_US * SC_TWCC_TICK_US;
        g_assert_cmpint(line->told[i], ==, expected);
    }
}

static void
feedbacks_are_counted(void)
{
    ScTwcc twcc;

    sc_twcc_init(&twcc);
    for (unsigned i = 0; i < 300; i++) {
        ScTwccFeedback feedback;

        sc_twcc_note(&twcc, (uint16_t)i, SECOND_US + i);
        g_autoptr(GBytes) bytes = write_feedback(&twcc, 400);
        g_assert_true(parse(bytes, &feedback));
        g_assert_cmpuint(feedback.feedback_count, ==, i & 0xff);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/twcc/feedback_is_read", feedback_is_read);
    g_test_add_func("/wire/twcc/broken_feedback_is_refused", broken_feedback_is_refused);
    g_test_add_func("/wire/twcc/reserved_symbols_behind_the_end_do_not_matter",
                    reserved_symbols_behind_the_end_do_not_matter);
    g_test_add_func("/wire/twcc/longest_feedback_ends", longest_feedback_ends);
    g_test_add_func("/wire/twcc/written_feedback_has_these_bytes",
                    written_feedback_has_these_bytes);
    g_test_add_func("/wire/twcc/runs_are_one_chunk", runs_are_one_chunk);
    g_test_add_func("/wire/twcc/nothing_is_due_before_and_after",
                    nothing_is_due_before_and_after);
    g_test_add_func("/wire/twcc/small_room_writes_nothing", small_room_writes_nothing);
    g_test_add_func("/wire/twcc/late_packet_is_told_again_with_those_behind",
                    late_packet_is_told_again_with_those_behind);
    g_test_add_func("/wire/twcc/delta_out_of_range_splits", delta_out_of_range_splits);
    g_test_add_func("/wire/twcc/window_of_losses_fits_the_smallest_room",
                    window_of_losses_fits_the_smallest_room);
    g_test_add_func("/wire/twcc/older_than_the_window_is_ignored",
                    older_than_the_window_is_ignored);
    g_test_add_func("/wire/twcc/arrivals_over_a_bad_line_are_told_to_the_tick",
                    arrivals_over_a_bad_line_are_told_to_the_tick);
    g_test_add_func("/wire/twcc/feedbacks_are_counted", feedbacks_are_counted);
    return g_test_run();
}
