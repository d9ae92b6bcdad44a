/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "client/encoder.h"

#define N_FRAMES 30
#define ASKED_AT 12

static const ScEncoderSettings settings = {
    .bitrate_kbps = 300, .width = 320, .height = 240, .fps = 30
};

static GstSample *
encode_next(GstElement *src, GstElement *sink, int n)
{
    g_autoptr(GstCaps) caps = gst_caps_from_string(
        "video/x-raw,format=I420,width=320,height=240,framerate=30/1");
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, 320 * 240 * 3 / 2, NULL);
    gst_buffer_memset(buffer, 0, (guint8)(n * 7), 320 * 240 * 3 / 2);
    GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(n, GST_SECOND, 30);
    g_autoptr(GstSample) sample = gst_sample_new(buffer, caps, NULL, NULL);
    gst_buffer_unref(buffer);
    gst_app_src_push_sample(GST_APP_SRC(src), sample);
    return gst_app_sink_try_pull_sample(GST_APP_SINK(sink), 5 * GST_SECOND);
}

/* One picture in, one out: an encoder that holds one back delays a whole lesson by it. A
 * key frame comes first and when it is asked for, and else not before its time. */
static void
check_encoder(const char *name, const char *what, void *user_data)
{
    (void)what;
    unsigned *n_checked = user_data;
    GstElement *pipeline = gst_pipeline_new(NULL);
    GstElement *src = gst_element_factory_make("appsrc", NULL);
    GstElement *sink = gst_element_factory_make("appsink", NULL);
    GstElement *encoder = sc_encoder_create(name, &settings);
    g_object_set(src, "format", GST_FORMAT_TIME, NULL);
    g_object_set(sink, "sync", FALSE, NULL);
    gst_bin_add_many(GST_BIN(pipeline), src, encoder, sink, NULL);
    g_assert_true(gst_element_link_many(src, encoder, sink, NULL));
    gst_element_set_state(pipeline, GST_STATE_PLAYING);

    for (int n = 0; n < N_FRAMES; n++) {
        if (n == ASKED_AT) {
            g_autoptr(GstPad) pad = gst_element_get_static_pad(sink, "sink");
            g_assert_true(
                gst_pad_push_event(pad, gst_video_event_new_upstream_force_key_unit(
                                            GST_CLOCK_TIME_NONE, TRUE, 1)));
        }
        GstSample *sample = encode_next(src, sink, n);
        g_assert_nonnull(sample);
        GstBuffer *buffer = gst_sample_get_buffer(sample);
        bool is_key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
        g_assert_cmpint(is_key, ==, n == 0 || n == ASKED_AT);
        const char *profile = gst_structure_get_string(
            gst_caps_get_structure(gst_sample_get_caps(sample), 0), "profile");
        g_assert_cmpstr(profile, ==, "constrained-baseline");
        gst_sample_unref(sample);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    (*n_checked)++;
}

static void
every_encoder_here_gives_each_picture_at_once_and_keys_when_asked(void)
{
    unsigned n_checked = 0;
    sc_encoder_list(check_encoder, &n_checked);
    g_assert_cmpuint(n_checked, >, 0);
}

static void
encoder_that_is_not_here_is_refused_by_name(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sc_encoder_choose("nothingenc", &error));
    g_assert_nonnull(strstr(error->message, "nothingenc"));
    g_assert_nonnull(strstr(error->message, "synclass devices"));
}

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client/encoder/"
                    "every_encoder_here_gives_each_picture_at_once_and_keys_when_asked",
                    every_encoder_here_gives_each_picture_at_once_and_keys_when_asked);
    g_test_add_func("/client/encoder/encoder_that_is_not_here_is_refused_by_name",
                    encoder_that_is_not_here_is_refused_by_name);
    return g_test_run();
}
