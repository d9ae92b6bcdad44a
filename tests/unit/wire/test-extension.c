/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/extension.h"
#include "relay/wire/reader.h"
#include "tests/unit/wire/hex.h"

#define ONE_BYTE 0xbede
#define TWO_BYTE 0x1000

static const ScExtensionIds IDS = {
    .mid = 1, .rid = 2, .repaired_rid = 3, .abs_send_time = 4, .transport_cc = 5
};

static ScRtp
wrap(uint16_t profile, GBytes *bytes)
{
    return (ScRtp){
        .extension_profile = profile,
        .extension = g_bytes_get_data(bytes, NULL),
        .extension_length = g_bytes_get_size(bytes),
    };
}

/* "1:aabb 2:" for two elements, the second empty. */
static char *
describe(uint16_t profile, GBytes *bytes)
{
    ScRtp rtp = wrap(profile, bytes);
    ScExtensionIterator iterator = sc_extension_iterate(&rtp);
    ScExtension extension;
    GString *text = g_string_new(NULL);

    while (sc_extension_next(&iterator, &extension)) {
        g_string_append_printf(text, "%s%u:", text->len > 0 ? " " : "", extension.id);
        for (unsigned i = 0; i < extension.length; i++)
            g_string_append_printf(text, "%02x", extension.data[i]);
    }
    return g_string_free(text, FALSE);
}

static void
elements_are_iterated(void)
{
    static const struct {
        uint16_t profile;
        const char *bytes;
        const char *expected;
    } cases[] = {
        /* RFC 8285 section 4.2: lengths 1, 2 with padding between, 4 */
        { ONE_BYTE, "10aa 21bbbb 0000 33cccccccc", "1:aa 2:bbbb 3:cccccccc" },
        { ONE_BYTE, "", "" },
        { ONE_BYTE, "00000000", "" },
        { ONE_BYTE, "10aa f0bb 20cc", "1:aa" }, /* 15 ends it */
        { ONE_BYTE, "10aa 21bb", "1:aa" },      /* the second lies */
        { ONE_BYTE, "1f 00", "" },
        { ONE_BYTE, "1f 00112233445566778899aabbccddeeff",
          "1:00112233445566778899aabbccddeeff" },
        /* RFC 8285 section 4.3: lengths 0, 1, 2 with padding, 4 */
        { TWO_BYTE, "0100 0201bb 00 0304cccccccc 0000", "1: 2:bb 3:cccccccc" },
        { 0x100f, "ff01aa", "255:aa" }, /* any application bits */
        { TWO_BYTE, "0102aa", "" },
        { TWO_BYTE, "01", "" },
        { TWO_BYTE, "0101aa 02", "1:aa" },
        { 0x1234, "10aa", "" }, /* another profile is not ours */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].bytes);
        g_autofree char *found = describe(cases[i].profile, bytes);

        g_assert_cmpstr(found, ==, cases[i].expected);
    }
}

static void
first_element_of_an_id_is_found(void)
{
    g_autoptr(GBytes) bytes = hex_parse("10aa 20bb 10cc");
    ScRtp rtp = wrap(ONE_BYTE, bytes);
    ScRtp without = { 0 };
    ScExtension extension;

    g_assert_true(sc_extension_lookup(&rtp, 1, &extension));
    hex_assert_equal(extension.data, extension.length, "aa");
    g_assert_false(sc_extension_lookup(&rtp, 3, &extension));
    g_assert_false(sc_extension_lookup(&rtp, 0, &extension));
    g_assert_false(sc_extension_lookup(&without, 1, &extension));
}

static void
known_values_are_read(void)
{
    /* mid "0", rid "hi", repaired "lo-_", 0x123456, 0xabcd */
    g_autoptr(GBytes) one = hex_parse("1030 216869 336c6f2d5f 42123456 51abcd");
    g_autoptr(GBytes) two = hex_parse("010130 02026869 03046c6f2d5f 0403123456 0502abcd");
    GBytes *blocks[] = { one, two };

    for (size_t i = 0; i < G_N_ELEMENTS(blocks); i++) {
        ScRtp rtp = wrap(i == 0 ? ONE_BYTE : TWO_BYTE, blocks[i]);
        ScExtensionValues values;

        sc_extension_parse(&rtp, &IDS, &values);
        g_assert_true(sc_extension_text_equal(&values.mid, "0"));
        g_assert_true(sc_extension_text_equal(&values.rid, "hi"));
        g_assert_false(sc_extension_text_equal(&values.rid, "h"));
        g_assert_true(sc_extension_text_equal(&values.repaired_rid, "lo-_"));
        g_assert_true(values.has_abs_send_time);
        g_assert_cmphex(values.abs_send_time, ==, 0x123456);
        g_assert_true(values.has_transport_sequence);
        g_assert_cmphex(values.transport_sequence, ==, 0xabcd);
    }
}

static void
wrong_values_are_absent(void)
{
    static const struct {
        uint16_t profile;
        const char *bytes;
        const char *why;
    } cases[] = {
        { ONE_BYTE, "1000", "a NUL is no mid" },
        { ONE_BYTE, "1020", "a blank is no mid" },
        { ONE_BYTE, "217f80", "a high byte is no rid" },
        { ONE_BYTE, "202f", "a slash is no rid" },
        { ONE_BYTE, "302e", "a dot is no rid" },
        { ONE_BYTE, "411234", "a send time of 2 bytes" },
        { ONE_BYTE, "4312345678", "a send time of 4 bytes" },
        { ONE_BYTE, "50ab", "a transport-wide number of 1 byte" },
        { ONE_BYTE, "52abcdef", "a transport-wide number of 3 bytes" },
        { TWO_BYTE, "0111 3030303030303030303030303030303030", "a mid of 17 bytes" },
        { TWO_BYTE, "0100 0200 0400 0500", "empty elements" },
        { ONE_BYTE, "6030", "an id that was not negotiated" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].bytes);
        ScRtp rtp = wrap(cases[i].profile, bytes);
        ScExtensionValues values;

        g_test_message("%s", cases[i].why);
        sc_extension_parse(&rtp, &IDS, &values);
        g_assert_cmpuint(values.mid.length, ==, 0);
        g_assert_cmpuint(values.rid.length, ==, 0);
        g_assert_cmpuint(values.repaired_rid.length, ==, 0);
        g_assert_false(values.has_abs_send_time);
        g_assert_false(values.has_transport_sequence);
    }
}

/* An id of 0 means not negotiated, and 0 bytes are padding. */
static void
nothing_is_read_where_nothing_was_negotiated(void)
{
    g_autoptr(GBytes) bytes = hex_parse("0030 10aa 51abcd");
    ScRtp rtp = wrap(ONE_BYTE, bytes);
    const ScExtensionIds none = { 0 };
    ScExtensionValues values;

    sc_extension_parse(&rtp, &none, &values);
    g_assert_cmpuint(values.mid.length, ==, 0);
    g_assert_false(values.has_transport_sequence);
}

static void
block_has_one_length_and_these_bytes(void)
{
    static const struct {
        uint8_t abs_send_time;
        uint8_t transport_cc;
        const char *expected;
    } cases[] = {
        { 0, 0, "" },
        { 4, 0, "bede 0001 42123456" },
        { 0, 5, "bede 0001 51abcd 00" },
        { 4, 5, "bede 0002 42123456 51abcd 00" },
        { 14, 1, "bede 0002 e2123456 11abcd 00" },
        { 15, 5, "1000 0003 0f03123456 0502abcd 000000" },
        { 0, 255, "1000 0001 ff02abcd" },
        { 16, 0, "1000 0002 1003123456 000000" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const ScExtensionIds ids = { .abs_send_time = cases[i].abs_send_time,
                                     .transport_cc = cases[i].transport_cc };
        size_t promised = sc_extension_get_write_length(&ids);
        g_autofree uint8_t *out =
            g_malloc(promised); /* exact: a byte too many is caught */
        size_t length = sc_extension_write(&ids, 0x123456, 0xabcd, out);

        g_assert_cmpuint(length, ==, promised);
        g_assert_cmpuint(length, <=, SC_EXTENSION_WRITE_MAX);
        hex_assert_equal(out, length, cases[i].expected);
    }
}

static void
block_is_read_back(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        const ScExtensionIds ids = {
            .abs_send_time = (uint8_t)g_test_rand_int_range(1, 128),
            .transport_cc = (uint8_t)g_test_rand_int_range(128, 256),
        };
        uint32_t send_time = g_test_rand_int() & 0xffffff;
        uint16_t sequence = (uint16_t)g_test_rand_int();
        uint8_t packet[SC_RTP_HEADER_LENGTH + SC_EXTENSION_WRITE_MAX];
        ScRtp rtp = { .extension = packet };
        ScExtensionValues values;

        sc_rtp_write_header(&rtp, packet);
        size_t length = sc_extension_write(&ids, send_time, sequence, packet + 12);
        g_assert_true(sc_rtp_parse(packet, 12 + length, &rtp));
        g_assert_cmpuint(rtp.payload_length, ==, 0);
        sc_extension_parse(&rtp, &ids, &values);
        g_assert_cmphex(values.abs_send_time, ==, send_time);
        g_assert_cmphex(values.transport_sequence, ==, sequence);
    }
}

static void
send_time_counts_64_seconds(void)
{
    static const struct {
        int64_t time_us;
        uint32_t expected;
    } cases[] = {
        { 0, 0 },
        { 500000, 1 << 17 },
        { 1000000, 1 << 18 },
        { 63999999, 0xffffff },
        { 64000000, 0 },
        { 64 * INT64_C(1000000) * 1000003 + 250000, 1 << 16 },
        { INT64_MAX,
          ((INT64_MAX / 1000000) << 18 | 775807 * (1LL << 18) / 1000000) & 0xffffff },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmphex(sc_extension_get_abs_send_time(cases[i].time_us), ==,
                        cases[i].expected);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/extension/elements_are_iterated", elements_are_iterated);
    g_test_add_func("/wire/extension/first_element_of_an_id_is_found",
                    first_element_of_an_id_is_found);
    g_test_add_func("/wire/extension/known_values_are_read", known_values_are_read);
    g_test_add_func("/wire/extension/wrong_values_are_absent", wrong_values_are_absent);
    g_test_add_func("/wire/extension/nothing_is_read_where_nothing_was_negotiated",
                    nothing_is_read_where_nothing_was_negotiated);
    g_test_add_func("/wire/extension/block_has_one_length_and_these_bytes",
                    block_has_one_length_and_these_bytes);
    g_test_add_func("/wire/extension/block_is_read_back", block_is_read_back);
    g_test_add_func("/wire/extension/send_time_counts_64_seconds",
                    send_time_counts_64_seconds);
    return g_test_run();
}
