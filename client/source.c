/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-source"
#include "client/source.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/video/video.h>

#include "client/capture.h"
#include "client/reel.h"
#include "client/stamp.h"
#include "client/voice.h"

#define CAMERA_PREFIX "camera:"
#define CAMERA_DEFAULT "/dev/video0"
#define SCREEN_FPS 15
#define RTSP_LATENCY_MS 100

#define AUDIO_TAIL                                                         \
    "audioconvert ! audioresample ! "                                      \
    "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved ! " \
    "audiobuffersplit output-buffer-duration=1/50"
#define VIDEO_OUT "appsink name=video sync=false max-buffers=2 drop=true"
#define AUDIO_OUT "appsink name=audio sync=false max-buffers=50 drop=true"
#define SILENCE "audiotestsrc is-live=true wave=silence"

struct ScSource {
    ScSourceSettings settings; /* its name is owned */
    ScSourceKind kind;
    ScSourceOutlet outlet;
    void *user_data; /* borrowed: see sc_source_new() */

    ScReel *pictures;  /* owned; of a file */
    ScReel *sound;     /* owned; of a file that has sound */
    ScCapture *video;  /* owned; of all but files; an RTSP address brings sound along */
    ScCapture *audio;  /* owned; where sound comes from elsewhere, or is silence */
    uint32_t n_frames; /* stamped so far; of the one thread that brings pictures */
    _Atomic uint16_t number; /* main writes it, that thread reads it */
};

GQuark
sc_source_error_quark(void)
{
    return g_quark_from_static_string("sc-source-error");
}

/* Right where capture ends: what comes after, encoder included, is part of the delay. */
static GstSample *
stamp(ScSource *self, GstSample *sample)
{
    GstVideoInfo info;
    GstVideoFrame frame;
    GstCaps *caps = gst_sample_get_caps(sample);
    if (!gst_video_info_from_caps(&info, caps)
        || !sc_stamp_has_room(info.width, info.height))
        return gst_sample_ref(sample);

    /* A deep copy: a decoder may still predict from these pixels. */
    g_autoptr(GstBuffer) buffer = gst_buffer_copy_deep(gst_sample_get_buffer(sample));
    if (gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE)) {
        const ScStamp value = {
            .source = atomic_load(&self->number),
            .frame = self->n_frames++,
            .capture_us = g_get_monotonic_time(),
        };
        sc_stamp_write(&value, GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                       (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
        gst_video_frame_unmap(&frame);
    }
    return gst_sample_new(buffer, caps, NULL, NULL);
}

static void
on_picture(GstSample *sample, void *user_data)
{
    ScSource *self = user_data;
    ScSourceMedium medium = self->settings.slides ? SC_SOURCE_SLIDES : SC_SOURCE_VIDEO;
    g_autoptr(GstSample) out =
        self->settings.stamp ? stamp(self, sample) : gst_sample_ref(sample);
    self->outlet(medium, out, self->user_data);
}

static void
on_sound(GstSample *sample, void *user_data)
{
    ScSource *self = user_data;
    self->outlet(SC_SOURCE_AUDIO, sample, self->user_data);
}

static void
on_capture(const char *sink, GstSample *sample, void *user_data)
{
    if (!strcmp(sink, "video"))
        on_picture(sample, user_data);
    else
        on_sound(sample, user_data);
}

/* I420 of even size, no larger than asked for. */
static char *
describe_video_tail(const ScSource *self)
{
    return g_strdup_printf(
        "videoconvert ! videoscale ! videorate drop-only=true max-rate=%d ! "
        "video/x-raw,format=I420,width=[2,%d,2],height=[2,%d,2],pixel-aspect-ratio=1/1",
        self->settings.max_fps, self->settings.max_width, self->settings.max_height);
}

static bool
open_silence(ScSource *self, GError **error)
{
    self->audio = sc_capture_new("silence", SILENCE " ! " AUDIO_TAIL " ! " AUDIO_OUT,
                                 on_capture, self, error);
    return self->audio != NULL;
}

static bool
open_microphone(ScSource *self, GError **error)
{
    if (self->settings.slides)
        return true;
    g_autofree char *canceller = sc_canceller_dup_microphone(&self->settings.sound);
    g_autofree char *text = g_strdup_printf(
        "autoaudiosrc ! queue ! audioconvert ! audioresample ! " SC_CANCELLER_CAPS
        " ! %s ! level interval=500000000 ! " AUDIO_TAIL " ! " AUDIO_OUT,
        canceller);
    self->audio = sc_capture_new("microphone", text, on_capture, self, error);
    if (!self->audio)
        return false;
    sc_canceller_listen(sc_capture_get_pipeline(self->audio));
    sc_source_set_music(self, self->settings.sound.music);
    return true;
}

static const char *
camera_device(const char *name)
{
    return g_str_has_prefix(name, CAMERA_PREFIX) ? name + strlen(CAMERA_PREFIX)
                                                 : CAMERA_DEFAULT;
}

static bool
check_camera(const char *name, GError **error)
{
    const char *device = camera_device(name);
    if (g_access(device, R_OK | W_OK) == 0)
        return true;
    g_set_error(error, SC_SOURCE_ERROR, SC_SOURCE_ERROR_NOT_FOUND,
                "source %s: camera %s: %s; `synclass devices` lists the cameras here",
                name, device, g_strerror(errno));
    return false;
}

static bool
check_screen(GError **error)
{
    if (g_getenv("DISPLAY"))
        return true;
    g_set_error(error, SC_SOURCE_ERROR, SC_SOURCE_ERROR_NOT_FOUND,
                "source screen: there is none here (DISPLAY is not set)");
    return false;
}

static bool
check_file(const char *path, GError **error)
{
    GStatBuf facts;
    if (g_stat(path, &facts) != 0) {
        g_set_error(error, SC_SOURCE_ERROR, SC_SOURCE_ERROR_NOT_FOUND, "source %s: %s",
                    path, g_strerror(errno));
        return false;
    }
    if (!S_ISREG(facts.st_mode) || facts.st_size == 0) {
        g_set_error(error, SC_SOURCE_ERROR, SC_SOURCE_ERROR_NOT_MEDIA, "source %s: %s",
                    path,
                    S_ISREG(facts.st_mode) ? "the file is empty (0 bytes)"
                                           : "not a regular file");
        return false;
    }
    return true;
}

static bool
open_file(ScSource *self, GError **error)
{
    const char *path = self->settings.name;
    g_autofree char *tail = describe_video_tail(self);
    /* Both read at the same time; only then is either waited for. */
    self->pictures = sc_reel_new(path, SC_REEL_VIDEO, tail, on_picture, self, error);
    if (!self->pictures)
        return false;
    if (self->settings.slides)
        return sc_reel_wait(self->pictures, error);
    self->sound = sc_reel_new(path, SC_REEL_AUDIO, AUDIO_TAIL, on_sound, self, error);
    if (!self->sound || !sc_reel_wait(self->pictures, error))
        return false;

    g_autoptr(GError) no_sound = NULL;
    if (sc_reel_wait(self->sound, &no_sound))
        return true;
    g_message("%s; sending silence", no_sound->message);
    g_clear_pointer(&self->sound, sc_reel_free);
    return open_silence(self, error);
}

static bool
open_camera(ScSource *self, GError **error)
{
    const char *name = self->settings.name;
    g_autofree char *tail = describe_video_tail(self);
    g_autofree char *text = g_strdup_printf(
        "v4l2src device=\"%s\" ! decodebin ! %s ! " VIDEO_OUT, camera_device(name), tail);
    self->video = sc_capture_new(name, text, on_capture, self, error);
    return self->video && open_microphone(self, error);
}

static bool
open_screen(ScSource *self, GError **error)
{
    g_autofree char *tail = describe_video_tail(self);
    g_autofree char *text = g_strdup_printf(
        "ximagesrc use-damage=false ! video/x-raw,framerate=%d/1 ! %s ! " VIDEO_OUT,
        SCREEN_FPS, tail);
    self->video = sc_capture_new("screen", text, on_capture, self, error);
    return self->video && open_microphone(self, error);
}

static void
on_rtsp_setup(GstElement *bin, GstElement *source, gpointer user_data)
{
    (void)bin;
    (void)user_data;
    g_object_set(source, "latency", RTSP_LATENCY_MS, NULL);
}

static bool
open_rtsp(ScSource *self, GError **error)
{
    g_autofree char *tail = describe_video_tail(self);
    g_autofree char *text = g_strdup_printf(
        "uridecodebin name=in uri=\"%s\" in. ! %s ! " VIDEO_OUT " %s",
        self->settings.name, tail,
        self->settings.slides ? "" : "in. ! queue ! " AUDIO_TAIL " ! " AUDIO_OUT);
    self->video = sc_capture_new(self->settings.name, text, on_capture, self, error);
    if (!self->video)
        return false;
    g_autoptr(GstElement) in =
        gst_bin_get_by_name(GST_BIN(sc_capture_get_pipeline(self->video)), "in");
    g_signal_connect(in, "source-setup", G_CALLBACK(on_rtsp_setup), NULL);
    return true;
}

static bool
open_voice(ScSource *self, GError **error)
{
    g_autoptr(GError) fault = NULL;
    g_autofree char *path = sc_voice_dup_path(&fault);
    if (path)
        self->sound =
            sc_reel_new(path, SC_REEL_AUDIO, AUDIO_TAIL, on_sound, self, &fault);
    if (self->sound && sc_reel_wait(self->sound, &fault))
        return true;
    g_clear_pointer(&self->sound, sc_reel_free);
    g_message("no voice (%s); ticking instead", fault->message);
    self->audio = sc_capture_new(
        "test",
        "audiotestsrc is-live=true wave=ticks volume=0.4 ! " AUDIO_TAIL " ! " AUDIO_OUT,
        on_capture, self, error);
    return self->audio != NULL;
}

static bool
open_test(ScSource *self, GError **error)
{
    g_autofree char *tail = describe_video_tail(self);
    g_autofree char *text = g_strdup_printf(
        "videotestsrc is-live=true pattern=ball background-color=0xff1d4d3a "
        "foreground-color=0xfff5f1e6 ! "
        "video/x-raw,width=640,height=480,framerate=30/1 ! "
        "clockoverlay time-format=\"%%H:%%M:%%S\" font-desc=\"Sans 40\" "
        "halignment=center valignment=center ! %s ! " VIDEO_OUT,
        tail);
    self->video = sc_capture_new("test", text, on_capture, self, error);
    if (!self->video || self->settings.slides)
        return self->video != NULL;
    return open_voice(self, error);
}

static bool
open_source(ScSource *self, GError **error)
{
    switch (self->kind) {
    case SC_SOURCE_FILE:
        return open_file(self, error);
    case SC_SOURCE_CAMERA:
        return open_camera(self, error);
    case SC_SOURCE_SCREEN:
        return open_screen(self, error);
    case SC_SOURCE_RTSP:
        return open_rtsp(self, error);
    case SC_SOURCE_TEST:
        return open_test(self, error);
    }
    return false;
}

ScSource *
sc_source_new(const ScSourceSettings *settings, ScSourceOutlet outlet, void *user_data,
              GError **error)
{
    g_autoptr(ScSource) self = g_new0(ScSource, 1);
    self->settings = *settings;
    self->settings.name = g_strdup(settings->name);
    self->outlet = outlet;
    self->user_data = user_data;
    if (!sc_source_check(settings->name, error)
        || !sc_source_parse(settings->name, &self->kind, error)
        || !open_source(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
sc_source_free(ScSource *self)
{
    if (!self)
        return;
    sc_reel_free(self->pictures);
    sc_reel_free(self->sound);
    sc_capture_free(self->video);
    sc_capture_free(self->audio);
    g_free((char *)self->settings.name);
    g_free(self);
}

void
sc_source_start(ScSource *self)
{
    if (self->pictures)
        sc_reel_start(self->pictures);
    if (self->sound)
        sc_reel_start(self->sound);
    if (self->video)
        sc_capture_start(self->video);
    if (self->audio)
        sc_capture_start(self->audio);
}

void
sc_source_set_number(ScSource *self, uint16_t number)
{
    atomic_store(&self->number, number);
}

void
sc_source_set_music(ScSource *self, bool is_on)
{
    if (self->audio)
        sc_canceller_set_music(sc_capture_get_pipeline(self->audio), is_on);
}

bool
sc_source_get_level_db(const ScSource *self, double *out_level_db)
{
    return self->audio && sc_capture_get_level_db(self->audio, out_level_db);
}

bool
sc_source_check(const char *name, GError **error)
{
    ScSourceKind kind;
    if (!sc_source_parse(name, &kind, error))
        return false;
    switch (kind) {
    case SC_SOURCE_FILE:
        return check_file(name, error);
    case SC_SOURCE_CAMERA:
        return check_camera(name, error);
    case SC_SOURCE_SCREEN:
        return check_screen(error);
    case SC_SOURCE_RTSP:
    case SC_SOURCE_TEST:
        break;
    }
    return true;
}

bool
sc_source_parse(const char *name, ScSourceKind *out_kind, GError **error)
{
    static const struct {
        const char *word;
        ScSourceKind kind;
    } words[] = {
        { "camera", SC_SOURCE_CAMERA },
        { "screen", SC_SOURCE_SCREEN },
        { "test", SC_SOURCE_TEST },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (!strcmp(name, words[i].word)) {
            *out_kind = words[i].kind;
            return true;
        }
    if (g_str_has_prefix(name, CAMERA_PREFIX "/")) {
        *out_kind = SC_SOURCE_CAMERA;
        return true;
    }
    bool is_rtsp =
        g_str_has_prefix(name, "rtsp://") || g_str_has_prefix(name, "rtsps://");
    if (is_rtsp && g_uri_is_valid(name, G_URI_FLAGS_NONE, NULL) && !strchr(name, '"')) {
        *out_kind = SC_SOURCE_RTSP;
        return true;
    }
    if (!*name || strstr(name, "://") || g_str_has_prefix(name, CAMERA_PREFIX)) {
        g_set_error(error, SC_SOURCE_ERROR, SC_SOURCE_ERROR_BAD_NAME,
                    "source \"%s\": not a file, camera, camera:/dev/videoN, screen, "
                    "rtsp://… or test",
                    name);
        return false;
    }
    *out_kind = SC_SOURCE_FILE;
    return true;
}
