/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-reel"
#include "client/reel.h"

#include <gst/app/gstappsink.h>

#include "client/source.h"

#define FIRST_SAMPLE_LIMIT (5 * GST_SECOND)
#define PULL_LIMIT (50 * GST_MSECOND) /* how late a stop or an end may be noticed */
#define AHEAD 12                      /* samples decoded before they are due */
#define LATE_LIMIT                                                      \
    (500 * GST_MSECOND) /* then time is let go instead of hurried after \
                         */
#define DEFAULT_DURATION (GST_SECOND / 30)
#define RETRY_US G_USEC_PER_SEC

struct ScReel {
    char *path; /* owned */
    ScReelMedium medium;
    GstElement *pipeline; /* ref */
    GstAppSink *sink;     /* ref */
    ScReelOutlet outlet;
    void *user_data; /* borrowed: the source that owns this */

    GThread *thread; /* owned; NULL before sc_reel_start() */
    GMutex mutex;    /* protects stopping */
    GCond stop;
    bool stopping;

    /* Of the thread alone. Times are CLOCK_MONOTONIC [ns]. */
    GstClockTime loop_begin;     /* when the first sample of this loop was due */
    GstClockTime loop_first_pts; /* GST_CLOCK_TIME_NONE: the loop has not begun */
    GstClockTime last_pts;
    GstClockTime next_due; /* when the last sample ends; NONE: none was */
    bool told_cut_off;
};

static GstClockTime
now_ns(void)
{
    return (GstClockTime)g_get_monotonic_time() * 1000;
}

/* False if the reel was stopped meanwhile. */
static bool
wait_until(ScReel *self, GstClockTime due)
{
    g_mutex_lock(&self->mutex);
    while (!self->stopping && now_ns() < due)
        g_cond_wait_until(&self->stop, &self->mutex, (gint64)(due / 1000));
    bool go_on = !self->stopping;
    g_mutex_unlock(&self->mutex);
    return go_on;
}

/* A segment seek without flush: what is decoded ahead stays, and the end of the loop is
 * announced by SEGMENT_DONE while samples of it still wait to be due. */
static bool
rewind_reel(GstElement *pipeline, GstSeekFlags flags)
{
    return gst_element_seek(pipeline, 1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_SEGMENT | flags,
                            GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0);
}

/* On a thread of its own: the seek waits for the demuxer, which may be waiting for room
 * in a queue that only our pulling makes. Knows no ScReel, which may be freed meanwhile.
 */
static void
rewind_apart(GstElement *pipeline, gpointer user_data)
{
    (void)user_data;
    if (!rewind_reel(pipeline, GST_SEEK_FLAG_NONE))
        gst_element_post_message(
            pipeline, gst_message_new_application(
                          GST_OBJECT(pipeline), gst_structure_new_empty("not-rewound")));
}

static void
begin_loop(ScReel *self)
{
    self->loop_first_pts = GST_CLOCK_TIME_NONE;
    self->last_pts = GST_CLOCK_TIME_NONE;
}

/* Back to a state in which a flushing seek works, whatever went wrong. */
static void
reopen(ScReel *self)
{
    g_autoptr(GstBus) bus = gst_element_get_bus(self->pipeline);
    gst_element_set_state(self->pipeline, GST_STATE_READY);
    gst_bus_set_flushing(bus, true); /* the end of a loop that is over */
    gst_bus_set_flushing(bus, false);
    gst_element_set_state(self->pipeline, GST_STATE_PAUSED);
    gst_element_get_state(self->pipeline, NULL, NULL, FIRST_SAMPLE_LIMIT);
    rewind_reel(self->pipeline, GST_SEEK_FLAG_FLUSH);
    gst_element_set_state(self->pipeline, GST_STATE_PLAYING);
    begin_loop(self);
}

static void
on_error(ScReel *self, GstMessage *message)
{
    g_autoptr(GError) error = NULL;
    gst_message_parse_error(message, &error, NULL);
    if (!self->told_cut_off)
        g_warning("%s: cut off or damaged (%s); playing what is there", self->path,
                  error->message);
    self->told_cut_off = true;
    if (self->loop_first_pts != GST_CLOCK_TIME_NONE
        || wait_until(self, now_ns() + RETRY_US * 1000))
        reopen(self);
}

static void
read_bus(ScReel *self)
{
    g_autoptr(GstBus) bus = gst_element_get_bus(self->pipeline);
    g_autoptr(GstMessage) message = gst_bus_pop_filtered(
        bus, GST_MESSAGE_SEGMENT_DONE | GST_MESSAGE_APPLICATION | GST_MESSAGE_ERROR);
    if (!message)
        return;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        on_error(self, message);
    else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_SEGMENT_DONE)
        gst_element_call_async(self->pipeline, rewind_apart, NULL, NULL);
    else
        reopen(self);
}

/* When @buffer is due; loops follow each other without a gap. */
static GstClockTime
schedule(ScReel *self, const GstBuffer *buffer)
{
    GstClockTime pts = GST_BUFFER_PTS(buffer);
    bool is_new_loop = self->loop_first_pts == GST_CLOCK_TIME_NONE
                       || (self->last_pts != GST_CLOCK_TIME_NONE && pts < self->last_pts);
    if (is_new_loop) {
        self->loop_begin =
            self->next_due != GST_CLOCK_TIME_NONE ? self->next_due : now_ns();
        self->loop_first_pts = pts;
    }
    self->last_pts = pts;
    GstClockTime due = self->loop_begin + (pts - self->loop_first_pts);
    GstClockTime now = now_ns();
    if (now > due + LATE_LIMIT) {
        self->loop_begin += now - due;
        due = now;
    }
    self->next_due = due
                     + (GST_BUFFER_DURATION_IS_VALID(buffer) ? GST_BUFFER_DURATION(buffer)
                                                             : DEFAULT_DURATION);
    return due;
}

static bool
hand_out(ScReel *self, GstSample *sample)
{
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    if (!GST_BUFFER_PTS_IS_VALID(buffer))
        return true;
    GstClockTime due = schedule(self, buffer);
    if (!wait_until(self, due))
        return false;

    g_autoptr(GstBuffer) timed = gst_buffer_copy(buffer);
    GST_BUFFER_PTS(timed) = due;
    GST_BUFFER_DTS(timed) = GST_CLOCK_TIME_NONE;
    g_autoptr(GstSample) out =
        gst_sample_new(timed, gst_sample_get_caps(sample), NULL, NULL);
    self->outlet(out, self->user_data);
    return true;
}

static gpointer
run(gpointer data)
{
    ScReel *self = data;
    bool go_on = true;
    while (go_on) {
        read_bus(self);
        g_autoptr(GstSample) sample =
            gst_app_sink_try_pull_sample(self->sink, PULL_LIMIT);
        if (sample)
            go_on = hand_out(self, sample);
        else if (gst_app_sink_is_eos(self->sink)) /* its demuxer knows no segments */
            reopen(self);
        if (!sample)
            go_on = wait_until(self, 0);
    }
    return NULL;
}

static const char *
media_type(const ScReel *self)
{
    return self->medium == SC_REEL_VIDEO ? "video" : "audio";
}

static bool
is_container(const GstCaps *caps)
{
    GList *demuxers = gst_element_factory_list_get_elements(
        GST_ELEMENT_FACTORY_TYPE_DEMUXER, GST_RANK_MARGINAL);
    GList *fitting = gst_element_factory_list_filter(demuxers, caps, GST_PAD_SINK, false);
    bool found = fitting != NULL;
    gst_plugin_feature_list_free(fitting);
    gst_plugin_feature_list_free(demuxers);
    return found;
}

/* The other medium of the file is not decoded. */
static gboolean
on_continue(GstElement *decodebin, GstPad *pad, GstCaps *caps, gpointer user_data)
{
    (void)decodebin;
    (void)pad;
    ScReel *self = user_data;
    const char *name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
    bool is_other =
        g_str_has_prefix(name, self->medium == SC_REEL_VIDEO ? "audio/" : "video/");
    return !is_other || is_container(caps);
}

static GstPadProbeReturn
on_other(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    (void)pad;
    (void)info;
    (void)user_data;
    return GST_PAD_PROBE_DROP;
}

/* It is thrown away, but has to flow: a demuxer stops when nobody takes its first stream.
 */
static void
on_pad_added(GstElement *decodebin, GstPad *pad, gpointer user_data)
{
    (void)decodebin;
    ScReel *self = user_data;
    g_autoptr(GstCaps) caps = gst_pad_query_caps(pad, NULL);
    g_autofree char *wanted = g_strdup_printf("%s/x-raw", media_type(self));
    if (!gst_structure_has_name(gst_caps_get_structure(caps, 0), wanted))
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
                          on_other, NULL, NULL);
}

ScReel *
sc_reel_new(const char *path, ScReelMedium medium, const char *tail, ScReelOutlet outlet,
            void *user_data, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("filesrc name=file ! decodebin name=decode ! %s ! "
                        "appsink name=out sync=false max-buffers=%d",
                        tail, AHEAD);
    g_autoptr(ScReel) self = g_new0(ScReel, 1);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->stop);
    self->path = g_strdup(path);
    self->medium = medium;
    self->outlet = outlet;
    self->user_data = user_data;
    self->next_due = GST_CLOCK_TIME_NONE;
    begin_loop(self);

    self->pipeline = gst_parse_launch(text, error);
    if (!self->pipeline)
        return NULL;
    gst_object_ref_sink(self->pipeline);
    g_autoptr(GstElement) file = gst_bin_get_by_name(GST_BIN(self->pipeline), "file");
    g_autoptr(GstElement) decode = gst_bin_get_by_name(GST_BIN(self->pipeline), "decode");
    g_object_set(file, "location", path, NULL);
    g_signal_connect(decode, "autoplug-continue", G_CALLBACK(on_continue), self);
    g_signal_connect(decode, "pad-added", G_CALLBACK(on_pad_added), self);
    self->sink = GST_APP_SINK(gst_bin_get_by_name(GST_BIN(self->pipeline), "out"));
    gst_element_set_state(self->pipeline, GST_STATE_PAUSED);
    return g_steal_pointer(&self);
}

bool
sc_reel_wait(ScReel *self, GError **error)
{
    if (gst_element_get_state(self->pipeline, NULL, NULL, FIRST_SAMPLE_LIMIT)
        == GST_STATE_CHANGE_SUCCESS)
        return true;

    g_autoptr(GstBus) bus = gst_element_get_bus(self->pipeline);
    g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    g_autoptr(GError) cause = NULL;
    if (message)
        gst_message_parse_error(message, &cause, NULL);
    g_set_error(error, SC_SOURCE_ERROR, SC_SOURCE_ERROR_NOT_MEDIA,
                "source %s: holds no %s that can be decoded (%s)", self->path,
                media_type(self), cause ? cause->message : "nothing came within 5 s");
    return false;
}

void
sc_reel_free(ScReel *self)
{
    if (!self)
        return;
    g_mutex_lock(&self->mutex);
    self->stopping = true;
    g_cond_signal(&self->stop);
    g_mutex_unlock(&self->mutex);
    g_clear_pointer(&self->thread, g_thread_join);
    if (self->pipeline)
        gst_element_set_state(self->pipeline, GST_STATE_NULL);
    g_clear_object(&self->sink);
    g_clear_object(&self->pipeline);
    g_cond_clear(&self->stop);
    g_mutex_clear(&self->mutex);
    g_free(self->path);
    g_free(self);
}

void
sc_reel_start(ScReel *self)
{
    rewind_reel(self->pipeline, GST_SEEK_FLAG_FLUSH);
    gst_element_set_state(self->pipeline, GST_STATE_PLAYING);
    self->thread = g_thread_new("sc-reel", run, self);
}
