/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-speaker"
#include "client/speaker.h"

#include <stdbool.h>

#include <gst/app/gstappsrc.h>
#include <gst/audio/streamvolume.h>

#include "client/canceller.h"

#define REOPEN_MS 1000

struct ScSpeaker {
    GstElement *pipeline; /* ref */
    GPtrArray *inlets;    /* owned, of GstAppSrc, ref */
    guint bus_watch;
    guint reopen;
    bool told; /* this outage is in the log */
};

static void
start(ScSpeaker *self)
{
    gst_element_set_state(self->pipeline, GST_STATE_PLAYING);
}

static gboolean
on_reopen(gpointer data)
{
    ScSpeaker *self = data;
    self->reopen = 0;
    start(self);
    return G_SOURCE_REMOVE;
}

static gboolean
on_bus_message(GstBus *bus, GstMessage *message, gpointer user_data)
{
    (void)bus;
    ScSpeaker *self = user_data;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) {
        gst_bin_recalculate_latency(GST_BIN(self->pipeline));
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        gst_message_parse_error(message, &error, NULL);
        if (!self->told)
            g_warning("loudspeaker: %s; opening it again every second", error->message);
        self->told = true;
        gst_element_set_state(self->pipeline, GST_STATE_NULL);
        if (!self->reopen)
            self->reopen = g_timeout_add(REOPEN_MS, on_reopen, self);
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ASYNC_DONE) {
        self->told = false;
    }
    return G_SOURCE_CONTINUE;
}

/* Silence runs along, so that the mixer keeps time while nobody speaks. Mono at the end:
 * a canceller can follow one path from a loudspeaker to a microphone, not two. */
static char *
describe(const char *sink, unsigned n_sounds, unsigned latency_ms)
{
    GString *text = g_string_new(NULL);
    g_string_printf(
        text,
        "audiomixer name=mix start-time-selection=first output-buffer-duration=20000000 "
        "! volume name=volume ! audioconvert ! capsfilter name=mixed "
        "caps=" SC_CANCELLER_CAPS " "
        "! audioconvert ! audioresample ! %s "
        "audiotestsrc is-live=true wave=silence samplesperbuffer=960 ! "
        "audio/x-raw,format=S16LE,rate=48000,channels=2 ! mix. ",
        sink);
    for (unsigned i = 0; i < n_sounds; i++)
        g_string_append_printf(
            text,
            "appsrc name=in%u is-live=true format=time max-time=1000000000 "
            "leaky-type=downstream min-latency=%" G_GUINT64_FORMAT
            " ! audioconvert ! audioresample ! "
            "audio/x-raw,format=S16LE,rate=48000,channels=2 ! mix. ",
            i, (guint64)latency_ms * GST_MSECOND);
    return g_string_free(text, false);
}

static void
attach_canceller(ScSpeaker *self)
{
    g_autoptr(GstElement) mixed = gst_bin_get_by_name(GST_BIN(self->pipeline), "mixed");
    sc_canceller_attach(self->pipeline, mixed);
}

ScSpeaker *
sc_speaker_new(unsigned n_sounds, unsigned latency_ms)
{
    return sc_speaker_new_on("autoaudiosink", n_sounds, latency_ms);
}

ScSpeaker *
sc_speaker_new_on(const char *sink, unsigned n_sounds, unsigned latency_ms)
{
    ScSpeaker *self = g_new0(ScSpeaker, 1);
    g_autofree char *text = describe(sink, n_sounds, latency_ms);
    g_autoptr(GError) error = NULL;
    self->pipeline = gst_object_ref_sink(gst_parse_launch(text, &error));
    g_assert_no_error(error);
    attach_canceller(self);
    self->inlets = g_ptr_array_new_with_free_func(gst_object_unref);
    for (unsigned i = 0; i < n_sounds; i++) {
        g_autofree char *name = g_strdup_printf("in%u", i);
        g_ptr_array_add(self->inlets, gst_bin_get_by_name(GST_BIN(self->pipeline), name));
    }
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(self->pipeline), clock);
    gst_element_set_start_time(self->pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(self->pipeline, 0);
    g_autoptr(GstBus) bus = gst_element_get_bus(self->pipeline);
    self->bus_watch = gst_bus_add_watch(bus, on_bus_message, self);
    start(self);
    return self;
}

void
sc_speaker_free(ScSpeaker *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->reopen, g_source_remove);
    g_clear_handle_id(&self->bus_watch, g_source_remove);
    gst_element_set_state(self->pipeline, GST_STATE_NULL);
    sc_canceller_detach(self->pipeline);
    g_ptr_array_unref(self->inlets);
    gst_object_unref(self->pipeline);
    g_free(self);
}

void
sc_speaker_set_volume(ScSpeaker *self, unsigned pct)
{
    g_autoptr(GstElement) volume = gst_bin_get_by_name(GST_BIN(self->pipeline), "volume");
    g_object_set(volume, "volume",
                 gst_stream_volume_convert_volume(GST_STREAM_VOLUME_FORMAT_CUBIC,
                                                  GST_STREAM_VOLUME_FORMAT_LINEAR,
                                                  pct / 100.0),
                 NULL);
}

unsigned
sc_speaker_get_latency_ms(const ScSpeaker *self)
{
    g_autoptr(GstQuery) query = gst_query_new_latency();
    GstClockTime latency = 0;
    if (gst_element_query(self->pipeline, query))
        gst_query_parse_latency(query, NULL, &latency, NULL);
    return (unsigned)(latency / GST_MSECOND);
}

void
sc_speaker_push(ScSpeaker *self, unsigned index, GstSample *sample)
{
    gst_app_src_push_sample(g_ptr_array_index(self->inlets, index), sample);
}
