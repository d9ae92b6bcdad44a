/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/feedback.h"
#include "tests/unit/wire/hex.h"

#define SSRCS "00000001 00000002 "

/* Lends the first packet of @bytes. */
static bool
parse(GBytes *bytes, ScFeedback *out_feedback)
{
    ScRtcpIterator iterator =
        sc_rtcp_iterate(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ScRtcpPacket packet;

    g_assert_true(sc_rtcp_next(&iterator, &packet));
    return sc_feedback_parse(&packet, out_feedback);
}

static void
kinds_are_told_apart(void)
{
    static const struct {
        const char *packet;
        ScFeedbackKind kind;
    } cases[] = {
        { "81 cd 0003" SSRCS "12340000", SC_FEEDBACK_NACK },
        { "81 cd 0002" SSRCS, SC_FEEDBACK_NACK },
        { "8f cd 0002" SSRCS, SC_FEEDBACK_TWCC },
        { "83 cd 0002" SSRCS, SC_FEEDBACK_UNKNOWN }, /* TMMBR */
        { "81 ce 0002" SSRCS, SC_FEEDBACK_PLI },
        { "84 ce 0002" SSRCS, SC_FEEDBACK_FIR },
        { "82 ce 0002" SSRCS, SC_FEEDBACK_UNKNOWN }, /* SLI */
        { "8f ce 0004" SSRCS "52454d42 00000000", SC_FEEDBACK_REMB },
        { "8f ce 0004" SSRCS "52454d43 00000000", SC_FEEDBACK_UNKNOWN },
        { "8f ce 0002" SSRCS, SC_FEEDBACK_UNKNOWN },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].packet);
        ScFeedback feedback;

        g_test_message("%s", cases[i].packet);
        g_assert_true(parse(bytes, &feedback));
        g_assert_cmpint(feedback.kind, ==, cases[i].kind);
        g_assert_cmphex(feedback.sender_ssrc, ==, 1);
        g_assert_cmphex(feedback.media_ssrc, ==, 2);
    }
}

static void
packets_without_both_ssrcs_are_refused(void)
{
    static const char *const packets[] = {
        "81 cd 0000", "81 cd 0001 00000001", "81 ce 0001 00000001",
        "8f ce 0000", "81 c9 0002" SSRCS, /* an RR */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        g_autoptr(GBytes) bytes = hex_parse(packets[i]);
        ScFeedback feedback;

        g_assert_false(parse(bytes, &feedback));
    }
}

static char *
describe_nacks(const ScFeedback *feedback)
{
    ScFeedbackNacks nacks = sc_feedback_iterate_nacks(feedback);
    GString *text = g_string_new(NULL);
    uint16_t sequence;

    while (sc_feedback_next_nack(&nacks, &sequence))
        g_string_append_printf(text, "%s%u", text->len > 0 ? " " : "", sequence);
    return g_string_free(text, FALSE);
}

static void
nacked_numbers_are_given(void)
{
    static const struct {
        const char *packet;
        const char *expected;
    } cases[] = {
        { "81 cd 0003" SSRCS "0064 0000", "100" },
        { "81 cd 0003" SSRCS "0064 0001", "100 101" },
        { "81 cd 0003" SSRCS "0064 8000", "100 116" },
        { "81 cd 0003" SSRCS "0064 8005", "100 101 103 116" },
        { "81 cd 0003" SSRCS "fffe 0007", "65534 65535 0 1" }, /* over the wrap */
        { "81 cd 0004" SSRCS "0001 0000 0005 0002", "1 5 7" },
        { "81 cd 0003" SSRCS "0000 ffff", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16" },
        { "81 cd 0002" SSRCS, "" },
        { "a1 cd 0003" SSRCS "0001 0002", "" }, /* 2 of 4 bytes are padding */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].packet);
        ScFeedback feedback;

        g_assert_true(parse(bytes, &feedback));
        g_autofree char *found = describe_nacks(&feedback);
        g_assert_cmpstr(found, ==, cases[i].expected);
    }
}

static void
nacks_are_packed(void)
{
    static const struct {
        uint16_t sequences[4];
        size_t n_sequences;
        const char *expected;
    } cases[] = {
        { { 100 }, 1, "81 cd 0003" SSRCS "0064 0000" },
        { { 100, 101, 116 }, 3, "81 cd 0003" SSRCS "0064 8001" },
        { { 100, 117 }, 2, "81 cd 0004" SSRCS "0064 0000 0075 0000" },
        { { 65535, 0, 15, 16 }, 4, "81 cd 0004" SSRCS "ffff 8001 0010 0000" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[64];
        ScWriter writer = sc_writer_init(bytes, sizeof bytes);

        sc_feedback_write_nack(&writer, 1, 2, cases[i].sequences, cases[i].n_sequences);
        hex_assert_equal(bytes, writer.offset, cases[i].expected);
    }
}

static void
random_nacks_are_read_back(void)
{
    for (unsigned round = 0; round < 500; round++) {
        uint16_t sequences[200];
        uint16_t sequence = (uint16_t)g_test_rand_int();
        size_t n_sequences =
            (size_t)g_test_rand_int_range(1, G_N_ELEMENTS(sequences) + 1);
        uint8_t bytes[1024];
        ScWriter writer = sc_writer_init(bytes, sizeof bytes);
        ScFeedback feedback;
        uint16_t found;

        for (size_t i = 0; i < n_sequences; i++)
            sequences[i] = sequence =
                (uint16_t)(sequence
                           + g_test_rand_int_range(1, g_test_rand_bit() ? 4 : 40));
        sc_feedback_write_nack(&writer, 1, 2, sequences, n_sequences);
        g_assert_false(writer.overrun);

        g_autoptr(GBytes) written = g_bytes_new(bytes, writer.offset);
        g_assert_true(parse(written, &feedback));
        ScFeedbackNacks nacks = sc_feedback_iterate_nacks(&feedback);
        for (size_t i = 0; i < n_sequences; i++) {
            g_assert_true(sc_feedback_next_nack(&nacks, &found));
            g_assert_cmpuint(found, ==, sequences[i]);
        }
        g_assert_false(sc_feedback_next_nack(&nacks, &found));
    }
}

static void
key_frame_requests_have_these_bytes(void)
{
    const ScFeedbackFir fir = { .ssrc = 0xabcdef01, .sequence = 7 };
    uint8_t bytes[64];
    ScWriter writer = sc_writer_init(bytes, sizeof bytes);

    sc_feedback_write_pli(&writer, 1, 2);
    sc_feedback_write_fir(&writer, 1, &fir);
    hex_assert_equal(bytes, writer.offset,
                     "81 ce 0002 00000001 00000002"
                     "84 ce 0004 00000001 00000000 abcdef01 07 000000");
}

static void
fir_entries_are_read(void)
{
    g_autoptr(GBytes) bytes =
        hex_parse("84 ce 0007" SSRCS "0000000a 01 000000 0000000b 02 000000 0000000c");
    ScFeedback feedback;
    ScFeedbackFir fir;

    g_assert_true(parse(bytes, &feedback));
    g_assert_true(sc_feedback_parse_fir(&feedback, 1, &fir));
    g_assert_cmphex(fir.ssrc, ==, 0xb);
    g_assert_cmpuint(fir.sequence, ==, 2);
    g_assert_false(sc_feedback_parse_fir(&feedback, 2, &fir)); /* cut off */
}

static void
remb_is_read(void)
{
    static const struct {
        const char *packet;
        uint64_t rate_bps;
        unsigned n_ssrcs;
    } cases[] = {
        { "8f ce 0005" SSRCS "52454d42 01 000000 0000000a", 0, 1 },
        { "8f ce 0005" SSRCS "52454d42 01 00ffff 0000000a", 65535, 1 },
        { "8f ce 0006" SSRCS "52454d42 02 0a0001 0000000a 0000000b", (2 << 16 | 1) << 2,
          2 },
        { "8f ce 0004" SSRCS "52454d42 00 fc0000", 0, 0 },
        { "8f ce 0004" SSRCS "52454d42 00 fc0001", UINT64_C(1) << 63, 0 },
        { "8f ce 0004" SSRCS "52454d42 00 ffffff", UINT64_MAX, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].packet);
        ScFeedback feedback;
        ScFeedbackRemb remb;

        g_assert_true(parse(bytes, &feedback));
        g_assert_true(sc_feedback_parse_remb(&feedback, &remb));
        g_assert_cmpuint(remb.rate_bps, ==, cases[i].rate_bps);
        g_assert_cmpuint(remb.n_ssrcs, ==, cases[i].n_ssrcs);
    }
}

static void
remb_with_a_lying_count_is_refused(void)
{
    g_autoptr(GBytes) bytes = hex_parse("8f ce 0005" SSRCS "52454d42 02 00ffff 0000000a");
    ScFeedback feedback;
    ScFeedbackRemb remb;

    g_assert_true(parse(bytes, &feedback));
    g_assert_false(sc_feedback_parse_remb(&feedback, &remb));
}

static void
written_remb_loses_less_than_18_bits_can_tell(void)
{
    const uint32_t ssrcs[] = { 3, 4 };

    for (unsigned shift = 0; shift < 64; shift++) {
        uint64_t rate_bps =
            ((uint64_t)g_test_rand_int() << 32 | g_test_rand_int()) >> shift;
        uint8_t bytes[64];
        ScWriter writer = sc_writer_init(bytes, sizeof bytes);
        ScFeedback feedback;
        ScFeedbackRemb remb;

        sc_feedback_write_remb(&writer, 1, rate_bps, ssrcs, 2);
        g_autoptr(GBytes) written = g_bytes_new(bytes, writer.offset);
        g_assert_true(parse(written, &feedback));
        g_assert_true(sc_feedback_parse_remb(&feedback, &remb));
        g_assert_cmpuint(remb.rate_bps, <=, rate_bps);
        g_assert_cmpuint(rate_bps - remb.rate_bps, <=, rate_bps >> 17);
        hex_assert_equal(remb.ssrcs, remb.n_ssrcs * 4, "00000003 00000004");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/feedback/kinds_are_told_apart", kinds_are_told_apart);
    g_test_add_func("/wire/feedback/packets_without_both_ssrcs_are_refused",
                    packets_without_both_ssrcs_are_refused);
    g_test_add_func("/wire/feedback/nacked_numbers_are_given", nacked_numbers_are_given);
    g_test_add_func("/wire/feedback/nacks_are_packed", nacks_are_packed);
    g_test_add_func("/wire/feedback/random_nacks_are_read_back",
                    random_nacks_are_read_back);
    g_test_add_func("/wire/feedback/key_frame_requests_have_these_bytes",
                    key_frame_requests_have_these_bytes);
    g_test_add_func("/wire/feedback/fir_entries_are_read", fir_entries_are_read);
    g_test_add_func("/wire/feedback/remb_is_read", remb_is_read);
    g_test_add_func("/wire/feedback/remb_with_a_lying_count_is_refused",
                    remb_with_a_lying_count_is_refused);
    g_test_add_func("/wire/feedback/written_remb_loses_less_than_18_bits_can_tell",
                    written_remb_loses_less_than_18_bits_can_tell);
    return g_test_run();
}
