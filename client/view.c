/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-view"
#include "client/view.h"

#include <string.h>

#include <gst/app/gstappsrc.h>
#include <gst/video/navigation.h>
#include <gst/video/videooverlay.h>

#include "client/window.h"

#define WIDTH SC_VIEW_WIDTH
#define HEIGHT SC_VIEW_HEIGHT
#define FPS 25
#define DRAWN "synclass-drawn" /* name of the message that tells of it */

enum { STROKES, POINTER, N_LAYERS };

struct ScView {
    ScWindow *window;     /* owned; NULL: the sink opens its own */
    GstElement *pipeline; /* ref */
    GPtrArray *inlets;    /* owned, of GstAppSrc, ref */
    GPtrArray *places;    /* owned, of the mixer's pads, ref */
    ScViewHandlers handlers;
    void *user_data; /* borrowed: see sc_view_new() */
    guint bus_watch;

    GstClockTime latency; /* [ns] of pictures, to the canvas */
    gulong still_probe;   /* at the mixer's pad for stills; 0: there was none so far */

    GMutex mutex; /* protects what follows: it is drawn on a streaming thread */
    GstVideoOverlayComposition *drawing; /* ref: layers, then the writing */
    GstClockTime still_pts;              /* of the last still; NONE: there was none */
    unsigned still;                      /* its number */
    bool has_come;                       /* it is at the mixer, and was not told yet */

    GstVideoOverlayRectangle *layers[N_LAYERS]; /* ref; main thread only, as the next */
    GstVideoOverlayComposition *writing;        /* ref */
};

/* It holds mutex. Is the still among what @sample was made of? */
static bool
has_still(const ScView *self, GstSample *sample)
{
    GstBuffer *frame = gst_sample_get_buffer(sample);
    GstClockTime end = GST_BUFFER_PTS(frame) + GST_SECOND / FPS;
    return self->has_come && GST_BUFFER_PTS_IS_VALID(frame) && self->still_pts < end;
}

/* A streaming thread. */
static GstPadProbeReturn
on_still(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    (void)pad;
    ScView *self = user_data;
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    g_mutex_lock(&self->mutex);
    self->has_come = GST_BUFFER_PTS(buffer) == self->still_pts;
    g_mutex_unlock(&self->mutex);
    return GST_PAD_PROBE_OK;
}

static void
post_drawn(GstElement *overlay, unsigned serial)
{
    GstStructure *drawn =
        gst_structure_new(DRAWN, "serial", G_TYPE_UINT, serial, "t-us", G_TYPE_INT64,
                          (gint64)g_get_monotonic_time(), NULL);
    gst_element_post_message(overlay,
                             gst_message_new_application(GST_OBJECT(overlay), drawn));
}

static GstVideoOverlayComposition *
on_draw(GstElement *overlay, GstSample *sample, gpointer user_data)
{
    ScView *self = user_data;
    g_mutex_lock(&self->mutex);
    GstVideoOverlayComposition *drawing =
        self->drawing ? gst_video_overlay_composition_ref(self->drawing) : NULL;
    unsigned still = has_still(self, sample) ? self->still : 0;
    if (still)
        self->has_come = false;
    g_mutex_unlock(&self->mutex);
    if (still)
        post_drawn(overlay, still);
    return drawing;
}

static void
on_key(const char *key, void *user_data)
{
    ScView *self = user_data;
    if (!strcmp(key, "q") || !strcmp(key, "Escape"))
        self->handlers.closed(self->user_data);
    else if (self->handlers.key)
        self->handlers.key(key, self->user_data);
}

/* Of a window that the sink opened. */
static void
take_navigation(ScView *self, GstMessage *message)
{
    g_autoptr(GstEvent) event = NULL;
    const char *key = NULL;
    if (!self->window
        && gst_navigation_message_get_type(message) == GST_NAVIGATION_MESSAGE_EVENT
        && gst_navigation_message_parse_event(message, &event)
        && gst_navigation_event_get_type(event) == GST_NAVIGATION_EVENT_KEY_PRESS
        && gst_navigation_event_parse_key_event(event, &key))
        on_key(key, self);
}

static void
take_drawn(ScView *self, const GstStructure *drawn)
{
    unsigned serial;
    gint64 t_us;
    if (self->handlers.drawn && gst_structure_has_name(drawn, DRAWN)
        && gst_structure_get(drawn, "serial", G_TYPE_UINT, &serial, "t-us", G_TYPE_INT64,
                             &t_us, NULL))
        self->handlers.drawn(serial, t_us, self->user_data);
}

static gboolean
on_bus_message(GstBus *bus, GstMessage *message, gpointer user_data)
{
    (void)bus;
    ScView *self = user_data;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) {
        gst_bin_recalculate_latency(GST_BIN(self->pipeline));
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        gst_message_parse_error(message, &error, NULL);
        g_message("window: %s", error->message);
        self->handlers.closed(self->user_data);
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT) {
        take_navigation(self, message);
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_APPLICATION) {
        take_drawn(self, gst_message_get_structure(message));
    }
    return G_SOURCE_CONTINUE;
}

/* A streaming thread: the sink asks where to draw. */
static GstBusSyncReply
on_sync_message(GstBus *bus, GstMessage *message, gpointer user_data)
{
    (void)bus;
    ScView *self = user_data;
    if (!self->window || !gst_is_video_overlay_prepare_window_handle_message(message))
        return GST_BUS_PASS;
    gst_video_overlay_set_window_handle(GST_VIDEO_OVERLAY(GST_MESSAGE_SRC(message)),
                                        sc_window_get_handle(self->window));
    return GST_BUS_DROP;
}

/* Tried in this order. OpenGL comes last: a box without a graphics driver has it too, in
 * software, and then it takes all the processor. */
static const char *const sinks[] = { "xvimagesink", "ximagesink", "waylandsink",
                                     "kmssink", "glimagesink" };

static const char *
choose_sink(GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sinks); i++) {
        g_autoptr(GstElement) sink = gst_element_factory_make(sinks[i], NULL);
        if (!sink)
            continue;
        gst_object_ref_sink(sink);
        GstStateChangeReturn opened = gst_element_set_state(sink, GST_STATE_READY);
        gst_element_set_state(sink, GST_STATE_NULL);
        if (opened != GST_STATE_CHANGE_FAILURE)
            return sinks[i];
    }
    g_set_error(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
                "no window can be opened here; --headless does without");
    return NULL;
}

/* An empty canvas runs along, so that the sentence is seen before the first picture. It
 * has the canvas' rate, because the mixer is late by a frame of its slowest input. */
static char *
describe(const char *sink, unsigned n_pictures, unsigned latency_ms)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(
        text,
        "compositor name=mix background=black start-time-selection=first ! "
        "video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1,"
        "pixel-aspect-ratio=1/1 ! overlaycomposition name=writing ! queue ! "
        "videoconvert ! videoscale ! %s "
        "videotestsrc is-live=true pattern=solid-color foreground-color=0xff10181c ! "
        "video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! mix. ",
        WIDTH, HEIGHT, FPS, sink, WIDTH, HEIGHT, FPS);
    for (unsigned i = 0; i < n_pictures; i++)
        g_string_append_printf(text,
                               "appsrc name=in%u is-live=true format=time max-buffers=8 "
                               "leaky-type=downstream min-latency=%" G_GUINT64_FORMAT
                               " ! videoconvert name=convert%u ! mix. ",
                               i, (guint64)latency_ms * GST_MSECOND, i);
    return g_string_free(text, false);
}

static void
collect(ScView *self, unsigned n_pictures)
{
    g_autoptr(GstElement) mix = gst_bin_get_by_name(GST_BIN(self->pipeline), "mix");
    self->inlets = g_ptr_array_new_with_free_func(gst_object_unref);
    self->places = g_ptr_array_new_with_free_func(gst_object_unref);
    for (unsigned i = 0; i < n_pictures; i++) {
        g_autofree char *inlet = g_strdup_printf("in%u", i);
        g_autofree char *place = g_strdup_printf("sink_%u", i + 1);
        g_ptr_array_add(self->inlets,
                        gst_bin_get_by_name(GST_BIN(self->pipeline), inlet));
        GstPad *pad = gst_element_get_static_pad(mix, place);
        gst_util_set_object_arg(G_OBJECT(pad), "sizing-policy", "keep-aspect-ratio");
        g_object_set(pad, "alpha", 0.0, NULL);
        g_ptr_array_add(self->places, pad);
    }
}

static bool
start(ScView *self, GError **error)
{
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(self->pipeline), clock);
    gst_element_set_start_time(self->pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(self->pipeline, 0);
    g_autoptr(GstBus) bus = gst_element_get_bus(self->pipeline);
    gst_bus_set_sync_handler(bus, on_sync_message, self, NULL);
    self->bus_watch = gst_bus_add_watch(bus, on_bus_message, self);
    if (gst_element_set_state(self->pipeline, GST_STATE_PLAYING)
        != GST_STATE_CHANGE_FAILURE)
        return true;
    g_set_error(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
                "no window can be opened here; --headless does without");
    return false;
}

/* @title: of its window; NULL: it has none. */
static ScView *
create(const char *sink, const char *title, unsigned n_pictures, unsigned latency_ms,
       const ScViewHandlers *handlers, void *user_data, GError **error)
{
    g_autoptr(ScView) self = g_new0(ScView, 1);
    g_autofree char *text = describe(sink, n_pictures, latency_ms);
    g_mutex_init(&self->mutex);
    self->still_pts = GST_CLOCK_TIME_NONE;
    self->latency = latency_ms * GST_MSECOND;
    self->handlers = *handlers;
    self->user_data = user_data;
    self->window = title ? sc_window_new(title, on_key, self) : NULL;
    self->pipeline = gst_parse_launch(text, error);
    if (!self->pipeline)
        return NULL;
    gst_object_ref_sink(self->pipeline);
    collect(self, n_pictures);
    g_autoptr(GstElement) overlay =
        gst_bin_get_by_name(GST_BIN(self->pipeline), "writing");
    g_signal_connect(overlay, "draw", G_CALLBACK(on_draw), self);
    if (!start(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

ScView *
sc_view_new(const char *title, unsigned n_pictures, unsigned latency_ms,
            const ScViewHandlers *handlers, void *user_data, GError **error)
{
    const char *sink = choose_sink(error);
    if (!sink)
        return NULL;
    return create(sink, title, n_pictures, latency_ms, handlers, user_data, error);
}

ScView *
sc_view_new_on(const char *sink, unsigned n_pictures, unsigned latency_ms,
               const ScViewHandlers *handlers, void *user_data, GError **error)
{
    return create(sink, NULL, n_pictures, latency_ms, handlers, user_data, error);
}

void
sc_view_free(ScView *self)
{
    if (!self)
        return;
    g_clear_handle_id(&self->bus_watch, g_source_remove);
    if (self->pipeline)
        gst_element_set_state(self->pipeline, GST_STATE_NULL);
    g_clear_pointer(&self->inlets, g_ptr_array_unref);
    g_clear_pointer(&self->places, g_ptr_array_unref);
    g_clear_object(&self->pipeline);
    sc_window_free(self->window);
    for (unsigned i = 0; i < N_LAYERS; i++)
        g_clear_pointer(&self->layers[i], gst_video_overlay_rectangle_unref);
    g_clear_pointer(&self->writing, gst_video_overlay_composition_unref);
    g_clear_pointer(&self->drawing, gst_video_overlay_composition_unref);
    g_mutex_clear(&self->mutex);
    g_free(self);
}

void
sc_view_push(ScView *self, unsigned index, GstSample *sample)
{
    gst_app_src_push_sample(g_ptr_array_index(self->inlets, index), sample);
}

static void
destroy_surface(gpointer data)
{
    cairo_surface_destroy(data);
}

static GstSample *
wrap(cairo_surface_t *picture, GstClockTime pts)
{
    int width = cairo_image_surface_get_width(picture);
    int height = cairo_image_surface_get_height(picture);
    int stride = cairo_image_surface_get_stride(picture);
    gsize size = (gsize)stride * (gsize)height;
    g_autoptr(GstCaps) caps = gst_caps_new_simple(
        "video/x-raw", "format", G_TYPE_STRING,
        G_BYTE_ORDER == G_LITTLE_ENDIAN ? "BGRx" : "xRGB", "width", G_TYPE_INT, width,
        "height", G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 0, 1,
        "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
    g_autoptr(GstBuffer) buffer = gst_buffer_new_wrapped_full(
        GST_MEMORY_FLAG_READONLY, cairo_image_surface_get_data(picture), size, 0, size,
        cairo_surface_reference(picture), destroy_surface);
    gst_buffer_add_video_meta_full(
        buffer, GST_VIDEO_FRAME_FLAG_NONE,
        G_BYTE_ORDER == G_LITTLE_ENDIAN ? GST_VIDEO_FORMAT_BGRx : GST_VIDEO_FORMAT_xRGB,
        (guint)width, (guint)height, 1, (gsize[GST_VIDEO_MAX_PLANES]){ 0 },
        (gint[GST_VIDEO_MAX_PLANES]){ stride });
    GST_BUFFER_PTS(buffer) = pts;
    return gst_sample_new(buffer, caps, NULL, NULL);
}

/* Of moving pictures one that is late may be passed over, and the next one is shown.
 * After a still there comes none. */
static void
keep_all(ScView *self, unsigned index)
{
    g_autofree char *name = g_strdup_printf("convert%u", index);
    g_autoptr(GstElement) convert = gst_bin_get_by_name(GST_BIN(self->pipeline), name);
    g_object_set(convert, "qos", FALSE, NULL);
}

static void
expect_stills(ScView *self, unsigned index)
{
    if (self->still_probe)
        return;
    keep_all(self, index);
    self->still_probe =
        gst_pad_add_probe(g_ptr_array_index(self->places, index),
                          GST_PAD_PROBE_TYPE_BUFFER, on_still, self, NULL);
}

/* Pictures are shown when their latency is over. A still has to keep step with nothing:
 * it is dated back by as much, and is in the next frame. */
void
sc_view_push_still(ScView *self, unsigned index, cairo_surface_t *picture,
                   unsigned serial)
{
    GstClockTime pts = (GstClockTime)g_get_monotonic_time() * GST_USECOND - self->latency;
    expect_stills(self, index);
    g_mutex_lock(&self->mutex);
    if (GST_CLOCK_TIME_IS_VALID(self->still_pts))
        pts = MAX(pts, self->still_pts + 1);
    self->still_pts = pts;
    self->still = serial;
    self->has_come = false;
    g_mutex_unlock(&self->mutex);
    g_autoptr(GstSample) sample = wrap(picture, pts);
    sc_view_push(self, index, sample);
}

void
sc_view_get_picture_size(const ScView *self, unsigned index, int *out_width,
                         int *out_height)
{
    g_autoptr(GstCaps) caps =
        gst_pad_get_current_caps(g_ptr_array_index(self->places, index));
    GstStructure *picture = caps ? gst_caps_get_structure(caps, 0) : NULL;
    *out_width = 0;
    *out_height = 0;
    if (picture) {
        gst_structure_get_int(picture, "width", out_width);
        gst_structure_get_int(picture, "height", out_height);
    }
}

void
sc_view_get_size(const ScView *self, int *out_width, int *out_height)
{
    (void)self;
    *out_width = WIDTH;
    *out_height = HEIGHT;
}

void
sc_view_place(ScView *self, unsigned index, bool shown, const ScArea *area)
{
    GstPad *pad = g_ptr_array_index(self->places, index);
    if (shown)
        g_object_set(pad, "xpos", area->x, "ypos", area->y, "width", area->width,
                     "height", area->height, "zorder", index + 1, NULL);
    g_object_set(pad, "alpha", shown ? 1.0 : 0.0, NULL);
}

static void
compose(ScView *self)
{
    GstVideoOverlayComposition *drawing = gst_video_overlay_composition_new(NULL);
    for (unsigned i = 0; i < N_LAYERS; i++)
        if (self->layers[i])
            gst_video_overlay_composition_add_rectangle(drawing, self->layers[i]);
    guint n =
        self->writing ? gst_video_overlay_composition_n_rectangles(self->writing) : 0;
    for (guint i = 0; i < n; i++)
        gst_video_overlay_composition_add_rectangle(
            drawing, gst_video_overlay_composition_get_rectangle(self->writing, i));
    g_mutex_lock(&self->mutex);
    g_clear_pointer(&self->drawing, gst_video_overlay_composition_unref);
    self->drawing = drawing;
    g_mutex_unlock(&self->mutex);
}

void
sc_view_lay(ScView *self, GstVideoOverlayRectangle *strokes,
            GstVideoOverlayRectangle *pointer)
{
    GstVideoOverlayRectangle *layers[N_LAYERS] = { strokes, pointer };
    for (unsigned i = 0; i < N_LAYERS; i++) {
        g_clear_pointer(&self->layers[i], gst_video_overlay_rectangle_unref);
        self->layers[i] = layers[i];
    }
    compose(self);
}

static void
take_writing(ScView *self, GstVideoOverlayComposition *writing)
{
    g_clear_pointer(&self->writing, gst_video_overlay_composition_unref);
    self->writing = writing;
    compose(self);
}

void
sc_view_write(ScView *self, const ScBanner *banner)
{
    ScBanner ours = *banner;
    ours.width = WIDTH;
    ours.height = HEIGHT;
    take_writing(self, sc_banner_draw(&ours));
}

void
sc_view_cover(ScView *self, const ScPoster *poster)
{
    ScPoster ours = *poster;
    ours.width = WIDTH;
    ours.height = HEIGHT;
    take_writing(self, sc_poster_draw(&ours));
}
