/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/rtcp.h"
#include "tests/unit/wire/hex.h"

#define INFO "00000001 aaaaaaaabbbbbbbb 0000000c 0000000d 0000000e "
#define BLOCK "11111111 40 fffffe 00012345 00000007 cccccccc dddddddd "
#define SR0 "80 c8 0006 " INFO
#define SR1 "81 c8 000c " INFO BLOCK
#define RR1 "81 c9 0007 00000002 " BLOCK
#define SDES "81 ca 0003 00000001 01 02 6162 00 00 00 00 "
#define BYE "82 cb 0002 00000001 00000002 "

static bool
is_valid(const char *text)
{
    g_autoptr(GBytes) bytes = hex_parse(text);

    return sc_rtcp_is_valid(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void
compounds_are_told_from_rubbish(void)
{
    static const struct {
        const char *bytes;
        bool valid;
        const char *why;
    } cases[] = {
        { SR0, true, "SR" },
        { SR1 SDES BYE, true, "a compound" },
        { "81 cd 0003 00000001 00000002 12340000", true, "reduced size: feedback alone" },
        { "80 cb 0000", true, "4 bytes" },
        { "80 ff 0000", true, "unknown type" },
        { "a0 c9 0002 00000001 00000004", true, "padding" },
        { "af cd 0003 00000001 00000002 00000001", true, "padding of libwebrtc: 1 byte" },
        { "af cd 0003 00000001 00000002 00000001" SR0, true,
          "padding inside a compound" },
        { "", false, "nothing" },
        { "80", false, "1 byte" },
        { "80 c9 00", false, "3 bytes" },
        { "80 c9 0001", false, "length lies" },
        { "80 c9 ffff 00000001", false, "length lies boldly" },
        { "00 c9 0001 00000001", false, "version 0" },
        { "c0 c9 0001 00000001", false, "version 3" },
        { "a0 c9 0000", false, "padding of nothing" },
        { "a0 c9 0001 00000000", false, "padding of zero" },
        { "a0 c9 0001 00000008", false, "padding over the body" },
        { SR0 "80", false, "a byte left over" },
        { SR0 "80 c9 0002 00000001", false, "second length lies" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].why);
        g_assert_true(is_valid(cases[i].bytes) == cases[i].valid);
    }
}

static void
compound_is_iterated(void)
{
    static const uint8_t types[] = { SC_RTCP_SR, SC_RTCP_RR, SC_RTCP_SDES, SC_RTCP_BYE };
    g_autoptr(GBytes) bytes = hex_parse(SR1 RR1 SDES BYE);
    ScRtcpIterator iterator =
        sc_rtcp_iterate(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ScRtcpPacket packet;

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_assert_true(sc_rtcp_next(&iterator, &packet));
        g_assert_cmpuint(packet.type, ==, types[i]);
    }
    g_assert_false(sc_rtcp_next(&iterator, &packet));
    g_assert_false(iterator.reader.overrun);
}

/* Lends the first packet of @bytes. */
static ScRtcpPacket
first_packet(GBytes *bytes)
{
    ScRtcpIterator iterator =
        sc_rtcp_iterate(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ScRtcpPacket packet;

    g_assert_true(sc_rtcp_next(&iterator, &packet));
    return packet;
}

static void
sender_report_is_read(void)
{
    g_autoptr(GBytes) bytes = hex_parse(SR1);
    ScRtcpPacket packet = first_packet(bytes);
    ScRtcpSenderInfo info;
    uint32_t ssrc;

    g_assert_true(sc_rtcp_parse_sr(&packet, &info));
    g_assert_cmphex(info.ssrc, ==, 1);
    g_assert_cmphex(info.ntp, ==, 0xaaaaaaaabbbbbbbb);
    g_assert_cmphex(sc_rtcp_ntp_get_middle(info.ntp), ==, 0xaaaabbbb);
    g_assert_cmphex(info.rtp_timestamp, ==, 12);
    g_assert_cmphex(info.n_packets, ==, 13);
    g_assert_cmphex(info.n_bytes, ==, 14);
    g_assert_true(sc_rtcp_parse_reporter(&packet, &ssrc));
    g_assert_cmphex(ssrc, ==, 1);
}

static void
report_blocks_are_read(void)
{
    static const char *const packets[] = { SR1, RR1 };

    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        g_autoptr(GBytes) bytes = hex_parse(packets[i]);
        ScRtcpPacket packet = first_packet(bytes);
        ScRtcpReport report;

        g_assert_true(sc_rtcp_parse_report(&packet, 0, &report));
        g_assert_cmphex(report.ssrc, ==, 0x11111111);
        g_assert_cmpuint(report.fraction_lost, ==, 0x40);
        g_assert_cmpint(report.n_lost, ==, -2);
        g_assert_cmphex(report.highest_sequence, ==, 0x12345);
        g_assert_cmpuint(report.jitter, ==, 7);
        g_assert_cmphex(report.last_sr, ==, 0xcccccccc);
        g_assert_cmphex(report.delay_since_sr, ==, 0xdddddddd);
        g_assert_false(sc_rtcp_parse_report(&packet, 1, &report));
    }
}

static void
lying_counts_are_refused(void)
{
    static const struct {
        const char *packet;
        const char *why;
    } cases[] = {
        { "9f c8 0006 " INFO, "SR with 31 reports and none there" },
        { "9f c9 0001 00000001", "RR with 31 reports and none there" },
        { "81 c9 0006 00000001 0000000000000000000000000000000000000000",
          "half a report" },
        { "81 c8 0001 00000001", "SR without sender info" },
        { "80 c8 0000", "SR of 4 bytes" },
        { "81 c9 0000", "RR of 4 bytes" },
        { "9f cb 0000", "BYE with 31 sources and none there" },
        { "9f ca 0000", "SDES with 31 chunks and none there" },
        { "81 ca 0001 00000001", "chunk without an end" },
        { "81 ca 0002 00000001 01ff6161", "CNAME longer than the packet" },
        { "81 ca 0002 00000001 01026161", "CNAME without an end" },
        { "80 cc 0002 00000001 00000000", "another type" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].packet);
        ScRtcpPacket packet = first_packet(bytes);
        ScRtcpSenderInfo info;
        ScRtcpSource source;
        ScRtcpReport report;
        uint32_t ssrc;

        g_test_message("%s", cases[i].why);
        g_assert_false(sc_rtcp_parse_report(&packet, 0, &report));
        g_assert_false(sc_rtcp_parse_bye(&packet, 0, &ssrc));
        g_assert_false(sc_rtcp_parse_sdes(&packet, 0, &source));
        if (packet.body_length < 24)
            g_assert_false(sc_rtcp_parse_sr(&packet, &info));
    }
}

static void
sources_of_bye_are_read(void)
{
    g_autoptr(GBytes) bytes = hex_parse(BYE);
    ScRtcpPacket packet = first_packet(bytes);
    uint32_t ssrc;

    g_assert_true(sc_rtcp_parse_bye(&packet, 1, &ssrc));
    g_assert_cmphex(ssrc, ==, 2);
    g_assert_false(sc_rtcp_parse_bye(&packet, 2, &ssrc));
}

static void
cname_is_found_among_items(void)
{
    /* NAME, CNAME and 3 bytes of fill; TOOL only; an empty CNAME */
    g_autoptr(GBytes) bytes = hex_parse("83 ca 000a"
                                        "00000001 02027879 01026162 00 000000 "
                                        "00000002 06017a 00 "
                                        "00000003 0100 00 00 00000000 00000000");
    ScRtcpPacket packet = first_packet(bytes);
    ScRtcpSource source;

    g_assert_true(sc_rtcp_parse_sdes(&packet, 0, &source));
    g_assert_cmphex(source.ssrc, ==, 1);
    g_assert_cmpmem(source.cname, source.cname_length, "ab", 2);
    g_assert_true(sc_rtcp_parse_sdes(&packet, 1, &source));
    g_assert_cmphex(source.ssrc, ==, 2);
    g_assert_null(source.cname);
    g_assert_true(sc_rtcp_parse_sdes(&packet, 2, &source));
    g_assert_cmphex(source.ssrc, ==, 3);
    g_assert_nonnull(source.cname);
    g_assert_cmpuint(source.cname_length, ==, 0);
    g_assert_false(sc_rtcp_parse_sdes(&packet, 3, &source));
}

static void
reports_are_read_back(void)
{
    for (unsigned round = 0; round < 500; round++) {
        unsigned n_reports = (unsigned)g_test_rand_int_range(0, SC_RTCP_REPORTS_MAX + 1);
        ScRtcpReport reports[SC_RTCP_REPORTS_MAX];
        ScRtcpSenderInfo in = { .ssrc = g_test_rand_int(),
                                .ntp =
                                    (uint64_t)g_test_rand_int() << 32 | g_test_rand_int(),
                                .rtp_timestamp = g_test_rand_int(),
                                .n_packets = g_test_rand_int(),
                                .n_bytes = g_test_rand_int() };
        ScRtcpSenderInfo out;
        uint8_t bytes[1024];
        ScWriter writer = sc_writer_init(bytes, sizeof bytes);

        for (unsigned i = 0; i < n_reports; i++)
            reports[i] =
                (ScRtcpReport){ .ssrc = g_test_rand_int(),
                                .fraction_lost = (uint8_t)g_test_rand_int(),
                                .n_lost = g_test_rand_int_range(-0x800000, 0x800000),
                                .highest_sequence = g_test_rand_int(),
                                .jitter = g_test_rand_int(),
                                .last_sr = g_test_rand_int(),
                                .delay_since_sr = g_test_rand_int() };
        sc_rtcp_write_sr(&writer, &in, reports, n_reports);
        g_assert_true(sc_rtcp_is_valid(bytes, writer.offset));

        g_autoptr(GBytes) written = g_bytes_new(bytes, writer.offset);
        ScRtcpPacket packet = first_packet(written);
        g_assert_true(sc_rtcp_parse_sr(&packet, &out));
        g_assert_cmpmem(&out, (int)sizeof out, &in, (int)sizeof in);
        for (unsigned i = 0; i < n_reports; i++) {
            ScRtcpReport report = { 0 };

            g_assert_true(sc_rtcp_parse_report(&packet, i, &report));
            g_assert_cmphex(report.ssrc, ==, reports[i].ssrc);
            g_assert_cmpint(report.n_lost, ==, reports[i].n_lost);
            g_assert_cmphex(report.delay_since_sr, ==, reports[i].delay_since_sr);
        }
        g_assert_false(sc_rtcp_parse_report(&packet, n_reports, &reports[0]));
    }
}

static void
written_packets_have_these_bytes(void)
{
    const ScRtcpReport report = { .ssrc = 0x11111111,
                                  .fraction_lost = 0x40,
                                  .n_lost = -2,
                                  .highest_sequence = 0x12345,
                                  .jitter = 7,
                                  .last_sr = 0xcccccccc,
                                  .delay_since_sr = 0xdddddddd };
    const uint32_t gone[] = { 1, 2 };
    uint8_t bytes[256];
    ScWriter writer = sc_writer_init(bytes, sizeof bytes);

    sc_rtcp_write_rr(&writer, 2, &report, 1);
    sc_rtcp_write_sdes(&writer, 1, "ab");
    sc_rtcp_write_bye(&writer, gone, 2);
    g_assert_false(writer.overrun);
    hex_assert_equal(bytes, writer.offset, RR1 SDES BYE);
}

static void
lost_count_is_kept_within_24_bits(void)
{
    const ScRtcpReport many = { .n_lost = INT32_MAX };
    const ScRtcpReport few = { .n_lost = INT32_MIN };
    uint8_t bytes[64];
    ScWriter writer = sc_writer_init(bytes, sizeof bytes);

    sc_rtcp_write_rr(&writer, 0, &many, 1);
    sc_rtcp_write_rr(&writer, 0, &few, 1);
    hex_assert_equal(bytes + 12, 4, "00 7fffff");
    hex_assert_equal(bytes + 32 + 12, 4, "00 800000");
}

static void
cnames_of_each_length_are_read_back(void)
{
    for (size_t length = 0; length <= SC_RTCP_CNAME_MAX; length++) {
        g_autofree char *cname = g_strnfill(length, 'x');
        uint8_t bytes[280];
        ScWriter writer = sc_writer_init(bytes, sizeof bytes);
        ScRtcpSource source;

        sc_rtcp_write_sdes(&writer, 9, cname);
        g_assert_true(sc_rtcp_is_valid(bytes, writer.offset));
        g_autoptr(GBytes) written = g_bytes_new(bytes, writer.offset);
        ScRtcpPacket packet = first_packet(written);
        g_assert_true(sc_rtcp_parse_sdes(&packet, 0, &source));
        g_assert_cmpmem(source.cname, source.cname_length, cname, (int)length);
    }
}

static void
small_room_overruns_the_writer(void)
{
    for (size_t size = 0; size < 32; size++) {
        g_autofree uint8_t *bytes = g_malloc(size);
        ScWriter writer = sc_writer_init(bytes, size);
        const ScRtcpReport report = { 0 };

        sc_rtcp_write_rr(&writer, 1, &report, 1);
        g_assert_true(writer.overrun);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/rtcp/compounds_are_told_from_rubbish",
                    compounds_are_told_from_rubbish);
    g_test_add_func("/wire/rtcp/compound_is_iterated", compound_is_iterated);
    g_test_add_func("/wire/rtcp/sender_report_is_read", sender_report_is_read);
    g_test_add_func("/wire/rtcp/report_blocks_are_read", report_blocks_are_read);
    g_test_add_func("/wire/rtcp/lying_counts_are_refused", lying_counts_are_refused);
    g_test_add_func("/wire/rtcp/sources_of_bye_are_read", sources_of_bye_are_read);
    g_test_add_func("/wire/rtcp/cname_is_found_among_items", cname_is_found_among_items);
    g_test_add_func("/wire/rtcp/reports_are_read_back", reports_are_read_back);
    g_test_add_func("/wire/rtcp/written_packets_have_these_bytes",
                    written_packets_have_these_bytes);
    g_test_add_func("/wire/rtcp/lost_count_is_kept_within_24_bits",
                    lost_count_is_kept_within_24_bits);
    g_test_add_func("/wire/rtcp/cnames_of_each_length_are_read_back",
                    cnames_of_each_length_are_read_back);
    g_test_add_func("/wire/rtcp/small_room_overruns_the_writer",
                    small_room_overruns_the_writer);
    return g_test_run();
}
