/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/picture.h"
#include "tests/unit/wire/hex.h"

typedef struct {
    ScCodec codec;
    const char *payload;
    unsigned width, height; /* 0: it does not say */
    const char *what;
} Case;

/* Sequence parameter sets as x264 writes them, a frame header as libvpx does. */
static const Case cases[] = {
    { SC_CODEC_H264, "6742c01ed900a02ff97016a0c0c0d4a0000003002000000651e2c5c9", 640, 360,
      "baseline, cropped below" },
    { SC_CODEC_H264, "6742c01fd9005005bb016a020202800000030080000019478c1924", 1280, 720,
      "constrained baseline" },
    { SC_CODEC_H264, "67640028acd940780227e5c05a808080a0000003002000000651e30632c0", 1920,
      1080, "high" },
    { SC_CODEC_H264, "674d4015eca0a8cf113602d418181a94000003000400000300ca3c58b658", 322,
      182, "main, cropped on both sides" },
    { SC_CODEC_H264, "67f4001f919b280a00b7602d4040405000000300100000030328f1831960", 1280,
      720, "4:4:4" },
    { SC_CODEC_H264, "67f4001e90d9b28140f6c05a83030320000003002000000653e28532c0", 640,
      480, "interlaced" },
    { SC_CODEC_H264,
      "18 0002 09f0 001c 6742c01ed900a02ff97016a0c0c0d4a0000003002000000651e2c5c9"
      " 0004 68ce3c80",
      640, 360, "within a STAP-A" },
    { SC_CODEC_H264, "18 0002 6588", 0, 0, "a STAP-A without one" },
    { SC_CODEC_H264, "65 88", 0, 0, "an IDR slice alone" },
    { SC_CODEC_H264, "41 9a", 0, 0, "no key frame" },
    { SC_CODEC_H264, "6742c01ed9", 0, 0, "cut off before the size" },
    { SC_CODEC_H264, "67 00000000000000000000000000000000", 0, 0,
      "a number without end" },
    { SC_CODEC_VP8, "10 30b3009d012a80026801", 640, 360, "VP8" },
    { SC_CODEC_VP8, "90 80 05 30b3009d012a80026801", 640, 360,
      "VP8, descriptor extended" },
    { SC_CODEC_VP8, "10 30b3009d012a80c26841", 640, 360, "VP8, scaled when shown" },
    { SC_CODEC_VP8, "10 30b3009d012a800268", 0, 0, "VP8, cut off" },
    { SC_CODEC_VP8, "10 30b3009d012b80026801", 0, 0, "VP8, another start code" },
    { SC_CODEC_VP8, "10 30b3009d012a00006801", 0, 0, "VP8, no width" },
    { SC_CODEC_VP8, "10 31b3009d012a80026801", 0, 0, "VP8, no key frame" },
    { SC_CODEC_OPUS, "6742c01ed900a02ff97016a0c0c0d4", 0, 0, "Opus" },
};

static void
sizes_are_read(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        g_autoptr(GBytes) bytes = hex_parse(c->payload);
        gsize length;
        const uint8_t *payload = g_bytes_get_data(bytes, &length);
        ScCodecFacts facts = sc_codec_inspect(c->codec, payload, length);
        ScPicture picture = { 0 };

        g_test_message("%s", c->what);
        g_assert_cmpint(sc_picture_read(c->codec, &facts, payload, length, &picture), ==,
                        c->width > 0);
        g_assert_cmpuint(picture.width, ==, c->width);
        g_assert_cmpuint(picture.height, ==, c->height);
    }
}

static void
any_beginning_of_one_is_safe(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = hex_parse(cases[i].payload);

        for (size_t n = 0; n < g_bytes_get_size(bytes); n++) {
            g_autofree uint8_t *payload = hex_dup_prefix(bytes, n);
            ScCodecFacts facts = sc_codec_inspect(cases[i].codec, payload, n);
            ScPicture picture = { 0 };

            if (sc_picture_read(cases[i].codec, &facts, payload, n, &picture))
                g_assert_cmpuint(picture.width, ==, cases[i].width);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/picture/sizes are read", sizes_are_read);
    g_test_add_func("/picture/any beginning of one is safe",
                    any_beginning_of_one_is_safe);
    return g_test_run();
}
