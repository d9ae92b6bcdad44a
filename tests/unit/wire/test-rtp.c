/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/reader.h"
#include "relay/wire/rtp.h"
#include "tests/unit/wire/hex.h"

#define FIXED "60 0001 00000002 00000003 "
#define FULL                                                                      \
    "b2 e0 abcd 01234567 89abcdef 00000001 00000002 bede 0001 10aa0000 00000000 " \
    "00000004"

static bool
parse(const char *text, ScRtp *out_rtp)
{
    g_autoptr(GBytes) bytes = hex_parse(text);

    return sc_rtp_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), out_rtp);
}

static void
every_field_is_found(void)
{
    g_autoptr(GBytes) bytes = hex_parse(FULL);
    const uint8_t *data = g_bytes_get_data(bytes, NULL);
    ScRtp rtp;

    g_assert_true(sc_rtp_parse(data, g_bytes_get_size(bytes), &rtp));
    g_assert_cmpuint(rtp.payload_type, ==, 96);
    g_assert_true(rtp.marker);
    g_assert_cmphex(rtp.sequence, ==, 0xabcd);
    g_assert_cmphex(rtp.timestamp, ==, 0x01234567);
    g_assert_cmphex(rtp.ssrc, ==, 0x89abcdef);
    g_assert_cmpuint(rtp.n_csrcs, ==, 2);
    g_assert_cmphex(rtp.extension_profile, ==, 0xbede);
    g_assert_true(rtp.extension == data + 24);
    g_assert_cmpuint(rtp.extension_length, ==, 4);
    g_assert_cmpuint(rtp.header_length, ==, 28);
    g_assert_true(rtp.payload == data + 28);
    g_assert_cmpuint(rtp.payload_length, ==, 4);
    g_assert_cmpuint(rtp.padding_length, ==, 4);
}

static void
plain_packets_are_taken(void)
{
    static const struct {
        const char *packet;
        size_t payload_length;
        uint8_t padding_length;
        bool has_extension;
    } cases[] = {
        { "80" FIXED, 0, 0, false },
        { "80" FIXED "aa", 1, 0, false },
        { "81" FIXED "00000009 aa", 1, 0, false },
        { "90" FIXED "bede 0000", 0, 0, true },
        { "90" FIXED "bede 0000 aabb", 2, 0, true },
        { "a0" FIXED "01", 0, 1, false },
        { "a0" FIXED "aa 00 02", 1, 2, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRtp rtp;

        g_test_message("%s", cases[i].packet);
        g_assert_true(parse(cases[i].packet, &rtp));
        g_assert_cmpuint(rtp.payload_length, ==, cases[i].payload_length);
        g_assert_cmpuint(rtp.padding_length, ==, cases[i].padding_length);
        g_assert_true((rtp.extension != NULL) == cases[i].has_extension);
    }
}

static void
broken_packets_are_refused(void)
{
    static const struct {
        const char *packet;
        const char *why;
    } cases[] = {
        { "", "nothing" },
        { "00" FIXED, "version 0" },
        { "40" FIXED, "version 1" },
        { "c0" FIXED, "version 3" },
        { "81" FIXED "000000", "CSRC cut off" },
        { "8f" FIXED "00000000", "14 of 15 CSRCs missing" },
        { "90" FIXED, "no extension header" },
        { "90" FIXED "bede", "half an extension header" },
        { "90" FIXED "bede 0001 aabbcc", "extension cut off" },
        { "90" FIXED "bede ffff aabbccdd", "extension of 256 KiB" },
        { "a0" FIXED, "padding of no bytes" },
        { "a0" FIXED "00", "padding count of zero" },
        { "a0" FIXED "aa 03", "padding over the payload" },
        { "b0" FIXED "bede 0001 00000001", "padding inside the extension" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRtp rtp = { .ssrc = 0x5a5a5a5a };

        g_test_message("%s", cases[i].why);
        g_assert_false(parse(cases[i].packet, &rtp));
        g_assert_cmphex(rtp.ssrc, ==, 0x5a5a5a5a);
    }
}

/* The payload is zeros, so a packet cut inside it ends with an impossible padding count.
 */
static void
packet_cut_anywhere_is_refused(void)
{
    g_autoptr(GBytes) bytes = hex_parse(FULL);

    for (size_t length = 0; length < g_bytes_get_size(bytes); length++) {
        g_autofree uint8_t *cut = hex_dup_prefix(bytes, length);
        ScRtp rtp;

        g_assert_false(sc_rtp_parse(cut, length, &rtp));
    }
}

static void
what_is_written_is_read_back(void)
{
    for (unsigned i = 0; i < 10000; i++) {
        uint8_t packet[SC_RTP_HEADER_LENGTH + 8] = { 0 };
        ScRtp in = {
            .ssrc = g_test_rand_int(),
            .timestamp = g_test_rand_int(),
            .sequence = (uint16_t)g_test_rand_int(),
            .payload_type = g_test_rand_int() & 0x7f,
            .marker = g_test_rand_bit(),
            .padding_length = g_test_rand_bit() ? 3 : 0,
            .extension = g_test_rand_bit() ? packet : NULL,
        };
        ScRtp out;

        sc_rtp_write_header(
            &in, packet); /* an empty extension of profile 0, payload, padding */
        packet[sizeof packet - 1] = in.padding_length;
        g_assert_true(sc_rtp_parse(packet, sizeof packet, &out));
        g_assert_cmphex(out.ssrc, ==, in.ssrc);
        g_assert_cmphex(out.timestamp, ==, in.timestamp);
        g_assert_cmphex(out.sequence, ==, in.sequence);
        g_assert_cmpuint(out.payload_type, ==, in.payload_type);
        g_assert_true(out.marker == in.marker);
        g_assert_cmpuint(out.padding_length, ==, in.padding_length);
        g_assert_true((out.extension != NULL) == (in.extension != NULL));
        g_assert_cmpuint(out.n_csrcs, ==, 0);
    }
}

static void
rtx_payload_is_stepped_over(void)
{
    g_autoptr(GBytes) bytes = hex_parse("80" FIXED "1234 aabb");
    uint16_t sequence;
    ScRtp rtp;

    g_assert_true(
        sc_rtp_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &rtp));
    g_assert_true(sc_rtp_unwrap_rtx(&rtp, &sequence));
    g_assert_cmphex(sequence, ==, 0x1234);
    hex_assert_equal(rtp.payload, rtp.payload_length, "aabb");
}

static void
rtx_payload_without_a_number_is_refused(void)
{
    static const char *const packets[] = {
        "80" FIXED,
        "80" FIXED "12",
        "a0" FIXED "00 00 00 04", /* padding alone: a probe */
        "a0" FIXED "12 00 02",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        uint16_t sequence = 0x5a5a;
        ScRtp rtp;

        g_test_message("%s", packets[i]);
        g_assert_true(parse(packets[i], &rtp));
        rtp.payload = rtp.payload_length > 0 ? (const uint8_t *)"\x12" : NULL;
        g_assert_false(sc_rtp_unwrap_rtx(&rtp, &sequence));
        g_assert_cmphex(sequence, ==, 0x5a5a);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/rtp/every_field_is_found", every_field_is_found);
    g_test_add_func("/wire/rtp/plain_packets_are_taken", plain_packets_are_taken);
    g_test_add_func("/wire/rtp/broken_packets_are_refused", broken_packets_are_refused);
    g_test_add_func("/wire/rtp/packet_cut_anywhere_is_refused",
                    packet_cut_anywhere_is_refused);
    g_test_add_func("/wire/rtp/what_is_written_is_read_back",
                    what_is_written_is_read_back);
    g_test_add_func("/wire/rtp/rtx_payload_is_stepped_over", rtx_payload_is_stepped_over);
    g_test_add_func("/wire/rtp/rtx_payload_without_a_number_is_refused",
                    rtx_payload_without_a_number_is_refused);
    return g_test_run();
}
