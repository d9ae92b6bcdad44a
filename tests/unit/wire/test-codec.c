/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/codec.h"
#include "tests/unit/wire/hex.h"

static ScCodecFacts
inspect(ScCodec codec, const char *text)
{
    g_autoptr(GBytes) bytes = hex_parse(text);

    return sc_codec_inspect(codec, g_bytes_get_data(bytes, NULL),
                            g_bytes_get_size(bytes));
}

static void
h264_starts_are_found(void)
{
    static const struct {
        const char *payload;
        bool frame;
        bool key;
        const char *what;
    } cases[] = {
        { "67 42e01f", true, true, "SPS" },
        { "68 ce3c80", true, false, "PPS" },
        { "06 0504", true, false, "SEI" },
        { "09 f0", true, false, "access unit delimiter" },
        { "65 88", true, true, "IDR, first slice" },
        { "65 40", false, false, "IDR, a later slice" },
        { "41 9a", true, false, "first slice" },
        { "41 40", false, false, "a later slice" },
        { "01 e0", true, false, "disposable first slice" },
        { "42 9a", true, false, "partition A" },
        { "43 9a", false, false, "partition B" },
        { "0c ff", false, false, "filler" },
        { "18 0004 6742e01f 0004 68ce3c80", true, true, "STAP-A of SPS and PPS" },
        { "18 0002 419a 0002 4140", true, false, "STAP-A of slices" },
        { "18 0002 09f0 0002 6588", true, true, "STAP-A of delimiter and IDR" },
        { "18 0004 6742e01f 0005 68ce3c80", false, false, "STAP-A that lies" },
        { "18 0000 0002 6588", false, false, "STAP-A with an empty unit" },
        { "18 00", false, false, "STAP-A with half a size" },
        { "18", false, false, "STAP-A of nothing" },
        { "7c 85 88", true, true, "FU-A, start of IDR" },
        { "7c 05 88", false, false, "FU-A, middle of IDR" },
        { "7c 45 88", false, false, "FU-A, end of IDR" },
        { "7c 85 40", false, false, "FU-A, start of a later slice" },
        { "5c 81 9a", true, false, "FU-A, start of a slice" },
        { "7c 87 42", true, true, "FU-A, start of SPS" },
        { "7c 85", false, false, "FU-A without a payload" },
        { "7c", false, false, "FU-A without a header" },
        { "1d 85 0000 88", false, false, "FU-B, not in packetization mode 1" },
        { "19 0000 0002 6588", false, false, "STAP-B, not in packetization mode 1" },
        { "65", false, false, "IDR of nothing" },
        { "67", false, false, "SPS of nothing" },
        { "", false, false, "nothing" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScCodecFacts facts = inspect(SC_CODEC_H264, cases[i].payload);

        g_test_message("%s", cases[i].what);
        g_assert_true(facts.starts_frame == cases[i].frame);
        g_assert_true(facts.starts_key_frame == cases[i].key);
        g_assert_cmpuint(facts.vp8.picture_id_offset, ==, 0);
    }
}

static void
vp8_starts_are_found(void)
{
    static const struct {
        const char *payload;
        bool frame;
        bool key;
        ScCodecVp8 vp8;
        const char *what;
    } cases[] = {
        { "10 10 0000", true, true, { 0, 0, 0, 1 }, "key frame" },
        { "10 11 0000", true, false, { 0, 0, 0, 1 }, "inter frame" },
        { "00 10", false, false, { 0, 0, 0, 1 }, "middle of a partition" },
        { "11 10", false, false, { 0, 0, 0, 1 }, "second partition" },
        { "30 10", true, true, { 0, 0, 0, 1 }, "non-reference" },
        { "90 00 10", true, true, { 0, 0, 0, 2 }, "extended, nothing in it" },
        { "90 80 17 10", true, true, { 2, 7, 0, 3 }, "picture id of 7 bits" },
        { "90 80 9234 11", true, false, { 2, 15, 0, 4 }, "picture id of 15 bits" },
        { "90 e0 9234 56 20 10", true, true, { 2, 15, 4, 6 }, "TL0PICIDX and TID" },
        { "90 40 56 10", true, true, { 0, 0, 2, 3 }, "TL0PICIDX alone" },
        { "90 20 20 11", true, false, { 0, 0, 0, 3 }, "TID alone" },
        { "90 10 01 10", true, true, { 0, 0, 0, 3 }, "key index alone" },
        { "90 f0 17 56 21 10", true, true, { 2, 7, 3, 5 }, "all" },
        { "80 80 17 10", false, false, { 2, 7, 0, 3 }, "middle, with a picture id" },
        { "10", false, false, { 0 }, "no payload" },
        { "90", false, false, { 0 }, "no extension byte" },
        { "90 80", false, false, { 0 }, "no picture id" },
        { "90 80 92", false, false, { 0 }, "half a picture id" },
        { "90 80 9234", false, false, { 0 }, "no payload behind a picture id" },
        { "90 f0 17 56 21", false, false, { 0 }, "no payload behind all" },
        { "", false, false, { 0 }, "nothing" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScCodecFacts facts = inspect(SC_CODEC_VP8, cases[i].payload);

        g_test_message("%s", cases[i].what);
        g_assert_true(facts.starts_frame == cases[i].frame);
        g_assert_true(facts.starts_key_frame == cases[i].key);
        g_assert_cmpuint(facts.vp8.picture_id_offset, ==, cases[i].vp8.picture_id_offset);
        g_assert_cmpuint(facts.vp8.picture_id_bits, ==, cases[i].vp8.picture_id_bits);
        g_assert_cmpuint(facts.vp8.tl0_offset, ==, cases[i].vp8.tl0_offset);
        g_assert_cmpuint(facts.vp8.frame_offset, ==, cases[i].vp8.frame_offset);
    }
}

static void
opus_starts_anywhere(void)
{
    g_assert_true(inspect(SC_CODEC_OPUS, "fc").starts_key_frame);
    g_assert_true(inspect(SC_CODEC_OPUS, "fc").starts_frame);
    g_assert_false(inspect(SC_CODEC_OPUS, "").starts_frame);
}

static void
codecs_have_names(void)
{
    static const ScCodec codecs[] = { SC_CODEC_OPUS, SC_CODEC_H264, SC_CODEC_VP8 };
    ScCodec codec;

    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        g_assert_true(sc_codec_parse(sc_codec_get_name(codecs[i]), &codec));
        g_assert_cmpint(codec, ==, codecs[i]);
    }
    g_assert_true(sc_codec_parse("VP8", &codec));
    g_assert_cmpint(codec, ==, SC_CODEC_VP8);
    g_assert_false(sc_codec_parse("vp9", &codec));
    g_assert_false(sc_codec_parse("", &codec));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/codec/h264_starts_are_found", h264_starts_are_found);
    g_test_add_func("/wire/codec/vp8_starts_are_found", vp8_starts_are_found);
    g_test_add_func("/wire/codec/opus_starts_anywhere", opus_starts_anywhere);
    g_test_add_func("/wire/codec/codecs_have_names", codecs_have_names);
    return g_test_run();
}
