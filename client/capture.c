/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-capture"
#include "client/capture.h"

#include <gst/app/gstappsink.h>

#define REOPEN_MS 1000

struct ScCapture {
    char *name;           /* owned */
    GstElement *pipeline; /* ref */
    ScCaptureOutlet outlet;
    void *user_data; /* borrowed: the source that owns this */
    guint bus_watch;
    guint reopen;
    bool told; /* this outage is in the log */
    bool has_level;
    double level_db; /* valid if has_level */
};

/* The pipeline's base time is 0 on the system clock: running time is CLOCK_MONOTONIC. */
static GstFlowReturn
on_sample(GstAppSink *sink, gpointer user_data)
{
    ScCapture *self = user_data;
    g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
    if (!sample)
        return GST_FLOW_EOS;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    GstClockTime captured = gst_segment_to_running_time(
        gst_sample_get_segment(sample), GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    if (!GST_CLOCK_TIME_IS_VALID(captured))
        return GST_FLOW_OK;

    g_autoptr(GstBuffer) timed = gst_buffer_copy(buffer);
    GST_BUFFER_PTS(timed) = captured;
    GST_BUFFER_DTS(timed) = GST_CLOCK_TIME_NONE;
    g_autoptr(GstSample) out =
        gst_sample_new(timed, gst_sample_get_caps(sample), NULL, NULL);
    self->outlet(GST_OBJECT_NAME(sink), out, self->user_data);
    return GST_FLOW_OK;
}

static gboolean
on_reopen(gpointer data)
{
    ScCapture *self = data;
    self->reopen = 0;
    sc_capture_start(self);
    return G_SOURCE_REMOVE;
}

static void
reopen_later(ScCapture *self, const char *reason)
{
    if (!self->told)
        g_warning("%s: %s; opening it again every second", self->name, reason);
    self->told = true;
    self->has_level = false;
    gst_element_set_state(self->pipeline, GST_STATE_NULL);
    if (!self->reopen)
        self->reopen = g_timeout_add(REOPEN_MS, on_reopen, self);
}

/* One value for each channel, in the old array type that `level` has kept. */
static void
note_level(ScCapture *self, const GstStructure *said)
{
    const GValue *rms = gst_structure_has_name(said, "level")
                            ? gst_structure_get_value(said, "rms")
                            : NULL;
    const GValueArray *channels = rms ? g_value_get_boxed(rms) : NULL;
    if (!channels || channels->n_values == 0)
        return;
    self->level_db = g_value_get_double(channels->values);
    self->has_level = true;
}

static gboolean
on_bus_message(GstBus *bus, GstMessage *message, gpointer user_data)
{
    (void)bus;
    ScCapture *self = user_data;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        gst_message_parse_error(message, &error, NULL);
        reopen_later(self, error->message);
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
        reopen_later(self, "ended");
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) {
        gst_bin_recalculate_latency(GST_BIN(self->pipeline));
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT) {
        note_level(self, gst_message_get_structure(message));
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ASYNC_DONE && self->told) {
        g_message("%s: is back", self->name);
        self->told = false;
    }
    return G_SOURCE_CONTINUE;
}

static void
connect_sinks(ScCapture *self)
{
    GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
    g_autoptr(GstIterator) sinks = gst_bin_iterate_sinks(GST_BIN(self->pipeline));
    GValue item = G_VALUE_INIT;
    while (gst_iterator_next(sinks, &item) == GST_ITERATOR_OK) {
        gst_app_sink_set_callbacks(g_value_get_object(&item), &callbacks, self, NULL);
        g_value_reset(&item);
    }
    g_value_unset(&item);
}

ScCapture *
sc_capture_new(const char *name, const char *description, ScCaptureOutlet outlet,
               void *user_data, GError **error)
{
    GstElement *pipeline =
        gst_parse_launch_full(description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
    if (!pipeline)
        return NULL;
    ScCapture *self = g_new0(ScCapture, 1);
    self->name = g_strdup(name);
    self->pipeline = gst_object_ref_sink(pipeline);
    self->outlet = outlet;
    self->user_data = user_data;
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
    gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(pipeline, 0);
    connect_sinks(self);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    self->bus_watch = gst_bus_add_watch(bus, on_bus_message, self);
    return self;
}

void
sc_capture_free(ScCapture *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->reopen, g_source_remove);
    g_clear_handle_id(&self->bus_watch, g_source_remove);
    gst_element_set_state(self->pipeline, GST_STATE_NULL);
    gst_object_unref(self->pipeline);
    g_free(self->name);
    g_free(self);
}

GstElement *
sc_capture_get_pipeline(ScCapture *self)
{
    return self->pipeline;
}

void
sc_capture_start(ScCapture *self)
{
    if (gst_element_set_state(self->pipeline, GST_STATE_PLAYING)
        == GST_STATE_CHANGE_FAILURE)
        reopen_later(self, "cannot be opened");
}

bool
sc_capture_get_level_db(const ScCapture *self, double *out_level_db)
{
    if (self->has_level)
        *out_level_db = self->level_db;
    return self->has_level;
}
