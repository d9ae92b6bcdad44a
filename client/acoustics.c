/* SPDX-License-Identifier: Apache-2.0 */
#include "client/acoustics.h"

#include <string.h>

#include <gst/gst.h>

#include "client/capture.h"
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
#define LATENCY_MS 80                /* as in a lesson */

typedef struct {
    GMainLoop *loop;    /* owned */
    ScSpeaker *speaker; /* owned */
    ScCapture *capture; /* owned */
    GstClockTime begin; /* CLOCK_MONOTONIC [ns] of sample 0 of each of these */
    float *played;      /* owned */
    float *before; /* owned, as the next: streaming threads write them, and main reads
                      them when the capture is gone */
    float *after;
    size_t n_given; /* to the loudspeaker */
    gint has_sound; /* atomic: a streaming thread sets it */
} Acoustics;

/* Streaming thread. */
static void
on_sample(const char *sink, GstSample *sample, void *user_data)
{
    Acoustics *self = user_data;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    float *track = !strcmp(sink, "before") ? self->before : self->after;
    GstMapInfo map;
    if (GST_BUFFER_PTS(buffer) < self->begin
        || !gst_buffer_map(buffer, &map, GST_MAP_READ))
        return;
    size_t at = gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer) - self->begin,
                                            SC_ECHO_RATE_HZ, GST_SECOND);
    for (size_t i = 0; i < map.size / sizeof(int16_t) && at + i < AT(END); i++)
        track[at + i] = ((const int16_t *)(void *)map.data)[i] / (float)INT16_MAX;
    gst_buffer_unmap(buffer, &map);
    g_atomic_int_set(&self->has_sound, 1);
}

static GstSample *
create_chunk(const Acoustics *self, GstCaps *caps)
{
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, CHUNK * sizeof(int16_t), NULL);
    int16_t pieces[CHUNK];
    for (size_t i = 0; i < CHUNK; i++)
        pieces[i] = (int16_t)(self->played[self->n_given + i] * (float)INT16_MAX);
    gst_buffer_fill(buffer, 0, pieces, sizeof pieces);
    GST_BUFFER_PTS(buffer) =
        self->begin + gst_util_uint64_scale(self->n_given, GST_SECOND, SC_ECHO_RATE_HZ);
    GST_BUFFER_DURATION(buffer) = CHUNK_MS * GST_MSECOND;
    GstSample *sample = gst_sample_new(buffer, caps, NULL, NULL);
    gst_buffer_unref(buffer);
    return sample;
}

static gboolean
on_tick(gpointer data)
{
    Acoustics *self = data;
    GstClockTime now = (GstClockTime)g_get_monotonic_time() * GST_USECOND;
    g_autoptr(GstCaps) caps = gst_caps_from_string(SC_CANCELLER_CAPS);
    while (self->n_given < AT(END)
           && self->begin
                      + gst_util_uint64_scale(self->n_given, GST_SECOND, SC_ECHO_RATE_HZ)
                  < now + AHEAD_NS) {
        g_autoptr(GstSample) chunk = create_chunk(self, caps);
        sc_speaker_push(self->speaker, 0, chunk);
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

static double
level_of(const float *track, double from, double to)
{
    return sc_echo_get_level_db(track + AT(from), AT(to) - AT(from));
}

static ScAcousticsFigures
judge(const Acoustics *self, unsigned latency_ms)
{
    ScAcousticsFigures figures = {
        .has_sound = self->has_sound,
        .noise_db = level_of(self->before, 0, NOISE_TO),
        .before_db = level_of(self->before, MEASURE_FROM, MEASURE_TO),
        .after_db = level_of(self->after, MEASURE_FROM, MEASURE_TO),
    };
    figures.is_heard = sc_echo_find(
        self->played + AT(SWEEP_FROM), AT(SWEEP_TO) - AT(SWEEP_FROM),
        self->before + AT(SWEEP_FROM), AT(END) - AT(SWEEP_FROM), &figures.path);
    if (figures.is_heard)
        figures.late_ms = MAX(figures.path.delay_ms - latency_ms, 0);
    return figures;
}

bool
sc_acoustics_measure(const ScAcousticsSettings *settings, ScAcousticsFigures *out_figures,
                     GError **error)
{
    Acoustics self = { .played = g_new0(float, AT(END)),
                       .before = g_new0(float, AT(END)),
                       .after = g_new0(float, AT(END)) };
    sc_echo_make_sweep(self.played + AT(SWEEP_FROM), AT(SWEEP_TO) - AT(SWEEP_FROM));
    sc_echo_make_syllables(self.played + AT(SYLLABLES_FROM),
                           AT(MEASURE_TO) - AT(SYLLABLES_FROM), SYLLABLES_SEED);
    bool is_open = open_capture(&self, settings, error);
    if (is_open) {
        self.speaker = sc_speaker_new_on(settings->loudspeaker, 1, LATENCY_MS);
        listen(&self);
        unsigned latency_ms = sc_speaker_get_latency_ms(self.speaker);
        g_clear_pointer(&self.capture, sc_capture_free);
        sc_speaker_free(self.speaker);
        *out_figures = judge(&self, latency_ms);
    }
    g_free(self.played);
    g_free(self.before);
    g_free(self.after);
    return is_open;
}
