/* SPDX-License-Identifier: Apache-2.0 */
#include "client/acoustics.h"

#include <string.h>

#include <gst/gst.h>

#include "client/await.h"
#include "client/capture.h"
#include "client/far-end.h"
#include "client/speaker.h"

#define AT(seconds) ((size_t)((seconds)*SC_ECHO_RATE_HZ))
/* What is played when: [s] from the beginning. Devices take some seconds to settle, and
 * the canceller learns after that: so what is measured comes late, the sweep last. */
#define NOISE_TO 1.0
#define SYLLABLES_FROM 1.0
#define MEASURE_FROM 9.0
#define MEASURE_TO 12.0
#define SWEEP_FROM 12.5
#define SWEEP_TO 13.5
#define END 15.0
#define SYLLABLES_SEED 1

#define CHUNK_MS 20
#define CHUNK (SC_ECHO_RATE_HZ * CHUNK_MS / 1000) /* [samples] */
#define AHEAD_NS (100 * GST_MSECOND) /* handed to the loudspeaker before it is due */
#define WAIT_NS (500 * GST_MSECOND)  /* for both pipelines to run before time 0 */
#define CONNECT_LIMIT_US (10 * G_USEC_PER_SEC)
/* What comes back later than this is not measured. */
#define LATEST_S 1.5

/* What was recorded, from begin on. Streaming threads write, one each; main reads when
 * they are gone. */
typedef enum {
    PLAYED,   /* what was given to the loudspeaker, or to the far end to say */
    ARRIVED,  /* what the far end said, in the room */
    BEFORE,   /* the microphone */
    AFTER,    /* behind the canceller */
    RETURNED, /* at the far end */
    N_TRACKS
} Track;

typedef struct {
    GMainLoop *loop;         /* owned */
    ScSpeaker *speaker;      /* owned */
    ScCapture *capture;      /* owned */
    ScFarEnd *far;           /* owned; NULL: the room alone */
    GstClockTime begin;      /* CLOCK_MONOTONIC [ns] of sample 0 of each track */
    float *tracks[N_TRACKS]; /* owned */
    size_t n_given;          /* of PLAYED */
    gint has_sound;          /* atomic, as the next: a streaming thread sets it */
    gint has_returned;
} Acoustics;

/* Streaming thread. Of a sample of more channels the first one is taken. */
static void
record(Acoustics *self, Track name, GstSample *sample)
{
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    const GstStructure *caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
    float *track = self->tracks[name];
    int n_channels = 1;
    GstMapInfo map;
    gst_structure_get_int(caps, "channels", &n_channels);
    if (GST_BUFFER_PTS(buffer) < self->begin
        || !gst_buffer_map(buffer, &map, GST_MAP_READ))
        return;
    size_t at = gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer) - self->begin,
                                            SC_ECHO_RATE_HZ, GST_SECOND);
    size_t n_samples = map.size / sizeof(int16_t) / (size_t)n_channels;
    const int16_t *samples = (const int16_t *)(void *)map.data;
    for (size_t i = 0; i < n_samples && at + i < AT(END); i++)
        track[at + i] = samples[i * (size_t)n_channels] / (float)INT16_MAX;
    gst_buffer_unmap(buffer, &map);
}

/* Streaming thread, as the next two. */
static void
on_sample(const char *sink, GstSample *sample, void *user_data)
{
    Acoustics *self = user_data;
    bool is_after = !strcmp(sink, "after");
    record(self, is_after ? AFTER : BEFORE, sample);
    if (is_after && self->far)
        sc_far_end_answer(self->far, sample);
    g_atomic_int_set(&self->has_sound, 1);
}

static void
on_arrived(GstSample *sample, void *user_data)
{
    Acoustics *self = user_data;
    record(self, ARRIVED, sample);
    sc_speaker_push(self->speaker, 0, sample);
}

static void
on_returned(GstSample *sample, void *user_data)
{
    Acoustics *self = user_data;
    record(self, RETURNED, sample);
    g_atomic_int_set(&self->has_returned, 1);
}

static const ScFarEndHandlers far_end_handlers = { .arrived = on_arrived,
                                                   .returned = on_returned };

static GstSample *
create_chunk(const Acoustics *self, GstCaps *caps)
{
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, CHUNK * sizeof(int16_t), NULL);
    int16_t pieces[CHUNK];
    for (size_t i = 0; i < CHUNK; i++)
        pieces[i] = (int16_t)(self->tracks[PLAYED][self->n_given + i] * (float)INT16_MAX);
    gst_buffer_fill(buffer, 0, pieces, sizeof pieces);
    GST_BUFFER_PTS(buffer) =
        self->begin + gst_util_uint64_scale(self->n_given, GST_SECOND, SC_ECHO_RATE_HZ);
    GST_BUFFER_DURATION(buffer) = CHUNK_MS * GST_MSECOND;
    GstSample *sample = gst_sample_new(buffer, caps, NULL, NULL);
    gst_buffer_unref(buffer);
    return sample;
}

/* Its loudspeaker is given sound ahead of time; who speaks into a line is not. */
static void
give(Acoustics *self, GstSample *chunk)
{
    if (self->far)
        sc_far_end_say(self->far, chunk);
    else
        sc_speaker_push(self->speaker, 0, chunk);
}

static gboolean
on_tick(gpointer data)
{
    Acoustics *self = data;
    GstClockTime now = (GstClockTime)g_get_monotonic_time() * GST_USECOND;
    GstClockTime ahead = self->far ? 0 : AHEAD_NS;
    g_autoptr(GstCaps) caps = gst_caps_from_string(SC_CANCELLER_CAPS);
    while (self->n_given < AT(END)
           && self->begin
                      + gst_util_uint64_scale(self->n_given, GST_SECOND, SC_ECHO_RATE_HZ)
                  < now + ahead) {
        g_autoptr(GstSample) chunk = create_chunk(self, caps);
        give(self, chunk);
        self->n_given += CHUNK;
    }
    if (now > self->begin + (GstClockTime)(END * GST_SECOND))
        g_main_loop_quit(self->loop);
    return G_SOURCE_CONTINUE;
}

/* Neither sink waits for its first sample: both are on one thread, where the first would
 * keep the second from ever getting one. */
static bool
open_capture(Acoustics *self, const ScAcousticsSettings *settings, GError **error)
{
    g_autofree char *canceller = sc_canceller_dup_microphone(&settings->sound);
    g_autofree char *text = g_strdup_printf(
        "%s ! queue ! audioconvert ! audioresample ! " SC_CANCELLER_CAPS
        " ! tee name=fork ! %s ! appsink name=after sync=false async=false "
        "fork. ! appsink name=before sync=false async=false",
        settings->microphone, canceller);
    self->capture = sc_capture_new("microphone", text, on_sample, self, error);
    if (!self->capture)
        return false;
    sc_canceller_listen(sc_capture_get_pipeline(self->capture));
    sc_canceller_set_music(sc_capture_get_pipeline(self->capture), false);
    return true;
}

static bool
is_up(const void *far)
{
    return sc_far_end_is_up(far);
}

static bool
open_far_end(Acoustics *self, const ScAcousticsSettings *settings, GError **error)
{
    const ScFarEndSettings far = { settings->latency_ms, settings->audio_kbps };
    self->far = sc_far_end_new(settings->place, &far, &far_end_handlers, self, error);
    if (!self->far)
        return false;
    if (sc_await(is_up, self->far, CONNECT_LIMIT_US) >= 0)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer of the relay in %d s",
                (int)(CONNECT_LIMIT_US / G_USEC_PER_SEC));
    return false;
}

static void
listen(Acoustics *self)
{
    self->loop = g_main_loop_new(NULL, false);
    self->begin = (GstClockTime)g_get_monotonic_time() * GST_USECOND + WAIT_NS;
    guint tick = g_timeout_add(CHUNK_MS, on_tick, self);
    sc_capture_start(self->capture);
    g_main_loop_run(self->loop);
    g_source_remove(tick);
    g_main_loop_unref(self->loop);
}

/* While the room is played to, of what comes @late_s after it was played. */
static double
level_of(const Acoustics *self, Track name, double late_s)
{
    return sc_echo_get_level_db(self->tracks[name] + AT(MEASURE_FROM + late_s),
                                AT(MEASURE_TO) - AT(MEASURE_FROM));
}

static bool
find_sweep(const Acoustics *self, Track name, ScEchoPath *out_path)
{
    return sc_echo_find(
        self->tracks[PLAYED] + AT(SWEEP_FROM), AT(SWEEP_TO) - AT(SWEEP_FROM),
        self->tracks[name] + AT(SWEEP_FROM), AT(END) - AT(SWEEP_FROM), out_path);
}

/* The way back to the far end is as long as the way from it. */
static ScAcousticsFigures
judge(const Acoustics *self, bool has_far_end, unsigned latency_ms)
{
    ScEchoPath line = { 0 };
    ScAcousticsFigures figures = { .has_sound = self->has_sound,
                                   .has_far_end = has_far_end };
    figures.noise_db = sc_echo_get_level_db(self->tracks[BEFORE], AT(NOISE_TO));
    bool has_arrived = has_far_end && find_sweep(self, ARRIVED, &line);
    figures.has_line = has_arrived && self->has_returned;
    figures.is_heard =
        (!has_far_end || has_arrived) && find_sweep(self, BEFORE, &figures.path);
    double late_s = figures.is_heard ? MIN(figures.path.delay_ms / 1000, LATEST_S) : 0;
    double back_s = MIN(late_s + line.delay_ms / 1000, LATEST_S);
    figures.before_db = level_of(self, BEFORE, late_s);
    figures.after_db = level_of(self, AFTER, late_s);
    figures.far_db = level_of(self, RETURNED, back_s);
    figures.path.delay_ms -= line.delay_ms;
    figures.late_ms = MAX(figures.path.delay_ms - latency_ms, 0);
    return figures;
}

/* The threads that write the tracks have ended before they are judged. */
static ScAcousticsFigures
measure(Acoustics *self)
{
    bool has_far_end = self->far != NULL;
    listen(self);
    unsigned latency_ms = sc_speaker_get_latency_ms(self->speaker);
    g_clear_pointer(&self->capture, sc_capture_free);
    g_clear_pointer(&self->far, sc_far_end_free);
    return judge(self, has_far_end, latency_ms);
}

bool
sc_acoustics_measure(const ScAcousticsSettings *settings, ScAcousticsFigures *out_figures,
                     GError **error)
{
    Acoustics self = { 0 };
    for (int i = 0; i < N_TRACKS; i++)
        self.tracks[i] = g_new0(float, AT(END));
    sc_echo_make_sweep(self.tracks[PLAYED] + AT(SWEEP_FROM),
                       AT(SWEEP_TO) - AT(SWEEP_FROM));
    sc_echo_make_syllables(self.tracks[PLAYED] + AT(SYLLABLES_FROM),
                           AT(MEASURE_TO) - AT(SYLLABLES_FROM), SYLLABLES_SEED);
    bool is_open = open_capture(&self, settings, error);
    if (is_open) {
        self.speaker = sc_speaker_new_on(settings->loudspeaker, 1, settings->latency_ms);
        is_open = !settings->place || open_far_end(&self, settings, error);
    }
    if (is_open)
        *out_figures = measure(&self);
    sc_capture_free(self.capture);
    sc_far_end_free(self.far);
    sc_speaker_free(self.speaker);
    for (int i = 0; i < N_TRACKS; i++)
        g_free(self.tracks[i]);
    return is_open;
}
