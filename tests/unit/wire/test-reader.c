/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/reader.h"
#include "tests/unit/wire/hex.h"

static void
numbers_are_in_network_order(void)
{
    g_autoptr(GBytes) bytes = hex_parse("01 0203 040506 0708090a 0b0c0d0e0f101112 13");
    ScReader reader =
        sc_reader_init(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    g_assert_cmphex(sc_reader_u8(&reader), ==, 0x01);
    g_assert_cmphex(sc_reader_u16(&reader), ==, 0x0203);
    g_assert_cmphex(sc_reader_u24(&reader), ==, 0x040506);
    g_assert_cmphex(sc_reader_u32(&reader), ==, 0x0708090a);
    g_assert_cmphex(sc_reader_u64(&reader), ==, 0x0b0c0d0e0f101112);
    g_assert_cmpuint(sc_reader_get_left(&reader), ==, 1);
    g_assert_false(reader.overrun);
}

static void
reading_too_far_sticks(void)
{
    const uint8_t bytes[] = { 0xff, 0xff, 0xff };
    ScReader reader = sc_reader_init(bytes, sizeof bytes);

    g_assert_cmphex(sc_reader_u32(&reader), ==, 0);
    g_assert_true(reader.overrun);
    g_assert_cmphex(sc_reader_u8(&reader), ==, 0);
    g_assert_null(sc_reader_take(&reader, 0));
}

static void
length_near_the_end_of_memory_is_refused(void)
{
    const uint8_t bytes[] = { 1, 2 };
    ScReader reader = sc_reader_init(bytes, sizeof bytes);

    sc_reader_u8(&reader);
    g_assert_null(sc_reader_take(&reader, SIZE_MAX));
    g_assert_true(reader.overrun);
}

static void
writer_mirrors_reader(void)
{
    uint8_t bytes[19];
    ScWriter writer = sc_writer_init(bytes, sizeof bytes);

    sc_writer_u8(&writer, 0x01);
    sc_writer_u16(&writer, 0x0203);
    sc_writer_u24(&writer, 0xff040506);
    sc_writer_u32(&writer, 0x0708090a);
    sc_writer_u64(&writer, 0x0b0c0d0e0f101112);
    sc_writer_bytes(&writer, "\x13", 1);
    g_assert_false(writer.overrun);
    hex_assert_equal(bytes, writer.offset, "01 0203 040506 0708090a 0b0c0d0e0f101112 13");
}

static void
writing_too_far_writes_nothing_and_sticks(void)
{
    uint8_t bytes[] = { 0xaa, 0xaa, 0xaa };
    ScWriter writer = sc_writer_init(bytes, 2);

    sc_writer_u24(&writer, 0x010203);
    sc_writer_u8(&writer, 1);
    g_assert_true(writer.overrun);
    g_assert_cmpuint(writer.offset, ==, 0);
    hex_assert_equal(bytes, sizeof bytes, "aa aa aa");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/reader/numbers_are_in_network_order",
                    numbers_are_in_network_order);
    g_test_add_func("/wire/reader/reading_too_far_sticks", reading_too_far_sticks);
    g_test_add_func("/wire/reader/length_near_the_end_of_memory_is_refused",
                    length_near_the_end_of_memory_is_refused);
    g_test_add_func("/wire/reader/writer_mirrors_reader", writer_mirrors_reader);
    g_test_add_func("/wire/reader/writing_too_far_writes_nothing_and_sticks",
                    writing_too_far_writes_nothing_and_sticks);
    return g_test_run();
}
