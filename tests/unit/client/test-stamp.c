/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "client/stamp.h"

#define STRIDE 512
#define N_CODED_FRAMES 100

static const ScStamp CASES[] = {
    { 0, 0, 0 },
    { 1, 1, 1 },
    { 2, 1800, 123456789012 },
    { UINT16_MAX, UINT32_MAX, INT64_MAX },
    { 0xaaaa, 0x55555555, 0x5a5a5a5a5a5a5a5a },
};

static void
assert_same(const ScStamp *a, const ScStamp *b)
{
    g_assert_cmpuint(a->source, ==, b->source);
    g_assert_cmpuint(a->frame, ==, b->frame);
    g_assert_cmpint(a->capture_us, ==, b->capture_us);
}

static void
what_is_written_is_read(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        uint8_t luma[STRIDE * SC_STAMP_HEIGHT];
        ScStamp read;
        memset(luma, 128, sizeof luma);
        sc_stamp_write(&CASES[i], luma, STRIDE);
        g_assert_true(sc_stamp_parse(luma, STRIDE, &read));
        assert_same(&CASES[i], &read);
    }
}

static void
nothing_outside_its_cells_is_touched(void)
{
    uint8_t luma[STRIDE * (SC_STAMP_HEIGHT + 1)];
    memset(luma, 77, sizeof luma);
    sc_stamp_write(&CASES[4], luma, STRIDE);
    for (size_t y = 0; y <= SC_STAMP_HEIGHT; y++)
        for (size_t x = 0; x < STRIDE; x++)
            if (y >= SC_STAMP_HEIGHT || x >= SC_STAMP_WIDTH)
                g_assert_cmpuint(luma[y * STRIDE + x], ==, 77);
}

static void
picture_without_stamp_is_refused(void)
{
    uint8_t luma[STRIDE * SC_STAMP_HEIGHT];
    ScStamp read = { 7, 7, 7 };
    for (int grey = 0; grey < 256; grey++) {
        memset(luma, grey, sizeof luma);
        g_assert_false(sc_stamp_parse(luma, STRIDE, &read));
    }
    g_assert_cmpuint(read.source, ==, 7);
}

static void
every_flipped_cell_is_noticed(void)
{
    for (size_t bit = 0; bit < 128; bit++) {
        uint8_t luma[STRIDE * SC_STAMP_HEIGHT];
        ScStamp read;
        sc_stamp_write(&CASES[2], luma, STRIDE);
        for (size_t y = 0; y < 8; y++)
            for (size_t x = 0; x < 8; x++) {
                uint8_t *pixel = &luma[(bit / 32 * 8 + y) * STRIDE + bit % 32 * 8 + x];
                *pixel = (uint8_t)(255 - *pixel);
            }
        g_assert_false(sc_stamp_parse(luma, STRIDE, &read));
    }
}

static void
narrow_pictures_have_no_room(void)
{
    g_assert_true(sc_stamp_has_room(480, 270));
    g_assert_true(sc_stamp_has_room(320, 180));
    g_assert_true(sc_stamp_has_room(256, 32));
    g_assert_false(sc_stamp_has_room(255, 180));
    g_assert_false(sc_stamp_has_room(320, 31));
}

static GstPadProbeReturn
stamp_frame(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    (void)user_data;
    GstBuffer *buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
    GstVideoInfo video;
    GstVideoFrame frame;
    g_assert_true(gst_video_info_from_caps(&video, caps));
    g_assert_true(gst_video_frame_map(&frame, &video, buffer, GST_MAP_READWRITE));

    uint32_t n =
        (uint32_t)gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer), 30, GST_SECOND);
    ScStamp stamp = { 3, n, 5000000000 + (int64_t)n * 33333 };
    sc_stamp_write(&stamp, GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                   (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
    gst_video_frame_unmap(&frame);
    GST_PAD_PROBE_INFO_DATA(info) = buffer;
    return GST_PAD_PROBE_OK;
}

static bool
read_sample(GstSample *sample, ScStamp *out_stamp)
{
    GstVideoInfo video;
    GstVideoFrame frame;
    g_assert_true(gst_video_info_from_caps(&video, gst_sample_get_caps(sample)));
    g_assert_true(
        gst_video_frame_map(&frame, &video, gst_sample_get_buffer(sample), GST_MAP_READ));
    bool found =
        sc_stamp_parse(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                       (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0), out_stamp);
    gst_video_frame_unmap(&frame);
    return found;
}

/* The hardest plain picture for an encoder, moving noise, at a rate that starves it. */
static void
stamp_survives_a_starved_encoder(gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        g_strdup_printf("videotestsrc num-buffers=%d pattern=%s ! "
                        "capsfilter name=raw caps=video/x-raw,format=I420,"
                        "width=320,height=180,framerate=30/1 ! "
                        "x264enc tune=zerolatency speed-preset=ultrafast bitrate=100 "
                        "key-int-max=60 ! avdec_h264 ! appsink name=out sync=false",
                        N_CODED_FRAMES, (const char *)data);
    g_autoptr(GstElement) pipeline = gst_parse_launch(text, &error);
    g_assert_no_error(error);
    g_autoptr(GstElement) raw = gst_bin_get_by_name(GST_BIN(pipeline), "raw");
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
    g_autoptr(GstPad) pad = gst_element_get_static_pad(raw, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_frame, NULL, NULL);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);

    uint32_t n = 0;
    for (GstSample *sample; (sample = gst_app_sink_pull_sample(GST_APP_SINK(out))); n++) {
        ScStamp stamp;
        g_assert_true(read_sample(sample, &stamp));
        assert_same(&stamp, &(ScStamp){ 3, n, 5000000000 + (int64_t)n * 33333 });
        gst_sample_unref(sample);
    }
    g_assert_cmpuint(n, ==, N_CODED_FRAMES);
    gst_element_set_state(pipeline, GST_STATE_NULL);
}

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client/stamp/what_is_written_is_read", what_is_written_is_read);
    g_test_add_func("/client/stamp/nothing_outside_its_cells_is_touched",
                    nothing_outside_its_cells_is_touched);
    g_test_add_func("/client/stamp/picture_without_stamp_is_refused",
                    picture_without_stamp_is_refused);
    g_test_add_func("/client/stamp/every_flipped_cell_is_noticed",
                    every_flipped_cell_is_noticed);
    g_test_add_func("/client/stamp/narrow_pictures_have_no_room",
                    narrow_pictures_have_no_room);
    g_test_add_data_func("/client/stamp/stamp_survives_a_starved_encoder/ball", "ball",
                         stamp_survives_a_starved_encoder);
    g_test_add_data_func("/client/stamp/stamp_survives_a_starved_encoder/snow", "snow",
                         stamp_survives_a_starved_encoder);
    return g_test_run();
}
