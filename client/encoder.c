/* SPDX-License-Identifier: Apache-2.0 */
#include "client/encoder.h"

#include <string.h>

#include <gio/gio.h>

#define KEY_INTERVAL_S 2

/* A second core pays for the slices it costs only from here on [pixels/s]. */
#define ONE_THREAD_RATE (640 * 480 * 30)
#define THREADS_MAX 4

typedef struct {
    const char *name; /* GStreamer's */
    const char *what; /* for a person */
    void (*set_up)(GstElement *encoder, const ScEncoderSettings *settings);
} Encoder;

static guint
key_interval(const ScEncoderSettings *settings)
{
    return (guint)settings->fps * KEY_INTERVAL_S;
}

static void
set_up_va(GstElement *encoder, const ScEncoderSettings *settings)
{
    g_object_set(encoder, "bitrate", settings->bitrate_kbps, "key-int-max",
                 key_interval(settings), "b-frames", 0, "ref-frames", 1, NULL);
    gst_util_set_object_arg(G_OBJECT(encoder), "rate-control", "cbr");
}

static void
set_up_vaapi(GstElement *encoder, const ScEncoderSettings *settings)
{
    g_object_set(encoder, "bitrate", settings->bitrate_kbps, "keyframe-period",
                 key_interval(settings), "max-bframes", 0, "refs", 1, NULL);
    gst_util_set_object_arg(G_OBJECT(encoder), "rate-control", "cbr");
}

static void
set_up_v4l2(GstElement *encoder, const ScEncoderSettings *settings)
{
    g_autoptr(GstStructure) controls = gst_structure_new(
        "controls", "video_bitrate", G_TYPE_INT, (int)settings->bitrate_kbps * 1000,
        "video_gop_size", G_TYPE_INT, (int)key_interval(settings),
        "repeat_sequence_header", G_TYPE_INT, 1, NULL);
    g_object_set(encoder, "extra-controls", controls, NULL);
}

static void
set_up_x264(GstElement *encoder, const ScEncoderSettings *settings)
{
    bool is_small =
        (int64_t)settings->width * settings->height * settings->fps <= ONE_THREAD_RATE;
    guint threads = is_small ? 1 : MIN(g_get_num_processors(), THREADS_MAX);

    gst_util_set_object_arg(G_OBJECT(encoder), "tune", "zerolatency");
    gst_util_set_object_arg(G_OBJECT(encoder), "speed-preset", "superfast");
    /* Threads work on slices of one frame: on frames they would delay them. Scene cuts
     * would add key frames at the worst moment for a thin line. */
    g_object_set(encoder, "bitrate", settings->bitrate_kbps, "key-int-max",
                 key_interval(settings), "bframes", 0, "threads", threads,
                 "sliced-threads", threads > 1, "aud", FALSE, "vbv-buf-capacity", 300,
                 "option-string", "scenecut=0", NULL);
}

static void
set_up_openh264(GstElement *encoder, const ScEncoderSettings *settings)
{
    g_object_set(encoder, "bitrate", settings->bitrate_kbps * 1000, "gop-size",
                 key_interval(settings), "scene-change-detection", FALSE, "multi-thread",
                 1, NULL);
    gst_util_set_object_arg(G_OBJECT(encoder), "complexity", "low");
    gst_util_set_object_arg(G_OBJECT(encoder), "rate-control", "bitrate");
}

static const Encoder encoders[] = {
    { "vah264enc", "VA-API", set_up_va },
    { "vaapih264enc", "VA-API (older plugin)", set_up_vaapi },
    { "v4l2h264enc", "V4L2", set_up_v4l2 },
    { "x264enc", "x264, on the processor", set_up_x264 },
    { "openh264enc", "OpenH264, on the processor", set_up_openh264 },
};

/* A plugin may be there without its hardware: only opening it tells. */
static bool
can_open(const Encoder *encoder)
{
    g_autoptr(GstElement) element = gst_element_factory_make(encoder->name, NULL);
    if (!element)
        return false;
    gst_object_ref_sink(element);
    bool opened =
        gst_element_set_state(element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
    gst_element_set_state(element, GST_STATE_NULL);
    return opened;
}

static const Encoder *
lookup(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encoders); i++)
        if (!strcmp(encoders[i].name, name))
            return &encoders[i];
    return NULL;
}

void
sc_encoder_list(void (*each)(const char *name, const char *what, void *user_data),
                void *user_data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encoders); i++)
        if (can_open(&encoders[i]))
            each(encoders[i].name, encoders[i].what, user_data);
}

const char *
sc_encoder_choose(const char *wanted, GError **error)
{
    bool is_auto = !strcmp(wanted, SC_ENCODER_AUTO);
    for (size_t i = 0; i < G_N_ELEMENTS(encoders); i++)
        if ((is_auto || !strcmp(encoders[i].name, wanted)) && can_open(&encoders[i]))
            return encoders[i].name;

    if (is_auto)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "this machine has no H.264 encoder; the package "
                    "gstreamer1.0-plugins-ugly brings x264");
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "encoder %s: not known or not usable here; `synclass devices` lists "
                    "those that are",
                    wanted);
    return NULL;
}

GstElement *
sc_encoder_create(const char *name, const ScEncoderSettings *settings)
{
    g_autofree char *text =
        g_strdup_printf("videoconvert ! %s name=encoder ! capsfilter "
                        "caps=video/x-h264,profile=constrained-baseline,"
                        "stream-format=byte-stream,alignment=au",
                        name);
    GstElement *bin = gst_parse_bin_from_description(text, true, NULL);
    g_assert(bin); /* sc_encoder_choose() opened it */
    g_autoptr(GstElement) encoder = gst_bin_get_by_name(GST_BIN(bin), "encoder");
    lookup(name)->set_up(encoder, settings);
    return bin;
}
