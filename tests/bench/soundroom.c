/* SPDX-License-Identifier: Apache-2.0 */
/* bench-soundroom: what the canceller takes out over a sound server. A loudspeaker of
 * PulseAudio's, "room", is heard at the microphone of its "air", in which somebody speaks
 * too (house/bench_sound.py makes both). The same pipelines as in a lesson. Prints one
 * JSON object. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gst/gst.h>

#include "client/canceller.h"
#include "client/capture.h"
#include "client/echo.h"
#include "client/speaker.h"

#define AT(seconds) ((size_t)((seconds)*SC_ECHO_RATE_HZ))
/* The far end speaks all the time. */
#define ALONE_FROM 10.0
#define NEAR_FROM 12.0
#define NEAR_TO 16.0
#define HEARD_FROM 13.0
#define END 17.0
#define FAR_SEED 11
#define NEAR_AMPLITUDE 0.1 /* as loud in the microphone as the echo */

#define CHUNK_MS 20
#define CHUNK (SC_ECHO_RATE_HZ * CHUNK_MS / 1000) /* [samples] */
#define AHEAD_NS (100 * GST_MSECOND)
#define WAIT_NS (500 * GST_MSECOND)
#define LATENCY_MS 80

typedef struct {
    GMainLoop *loop;
    ScSpeaker *far;  /* in the room */
    ScSpeaker *near; /* in the air */
    GstClockTime begin;
    float *said[2];  /* far, near; owned, as the next */
    float *track[2]; /* before, after */
    size_t n_given;
} Room;

/* Streaming thread. */
static void
on_sample(const char *sink, GstSample *sample, void *user_data)
{
    Room *room = user_data;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    float *track = room->track[!strcmp(sink, "after")];
    GstMapInfo map;
    if (GST_BUFFER_PTS(buffer) < room->begin
        || !gst_buffer_map(buffer, &map, GST_MAP_READ))
        return;
    size_t at = gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer) - room->begin,
                                            SC_ECHO_RATE_HZ, GST_SECOND);
    for (size_t i = 0; i < map.size / sizeof(int16_t) && at + i < AT(END); i++)
        track[at + i] = ((const int16_t *)(void *)map.data)[i] / (float)INT16_MAX;
    gst_buffer_unmap(buffer, &map);
}

static void
say(ScSpeaker *speaker, const float *samples, GstClockTime due, GstCaps *caps)
{
    int16_t pieces[CHUNK];
    for (size_t i = 0; i < CHUNK; i++)
        pieces[i] = (int16_t)(samples[i] * (float)INT16_MAX);
    g_autoptr(GstBuffer) buffer = gst_buffer_new_memdup(pieces, sizeof pieces);
    GST_BUFFER_PTS(buffer) = due;
    GST_BUFFER_DURATION(buffer) = CHUNK_MS * GST_MSECOND;
    g_autoptr(GstSample) sample = gst_sample_new(buffer, caps, NULL, NULL);
    sc_speaker_push(speaker, 0, sample);
}

static gboolean
on_tick(gpointer data)
{
    Room *room = data;
    GstClockTime now = (GstClockTime)g_get_monotonic_time() * GST_USECOND;
    g_autoptr(GstCaps) caps = gst_caps_from_string(SC_CANCELLER_CAPS);
    for (;;) {
        GstClockTime due =
            room->begin
            + gst_util_uint64_scale(room->n_given, GST_SECOND, SC_ECHO_RATE_HZ);
        if (room->n_given >= AT(END) || due >= now + AHEAD_NS)
            break;
        say(room->far, room->said[0] + room->n_given, due, caps);
        say(room->near, room->said[1] + room->n_given, due, caps);
        room->n_given += CHUNK;
    }
    if (now > room->begin + (GstClockTime)(END * GST_SECOND))
        g_main_loop_quit(room->loop);
    return G_SOURCE_CONTINUE;
}

static ScCapture *
open_microphone(Room *room)
{
    const ScSoundSettings usual = { .echo_suppression = 1,
                                    .noise_suppression = 2,
                                    .high_pass = true };
    g_autofree char *canceller = sc_canceller_dup_microphone(&usual);
    g_autofree char *text = g_strdup_printf(
        "pulsesrc device=air.monitor ! queue ! audioconvert ! audioresample "
        "! " SC_CANCELLER_CAPS " ! tee name=fork ! %s "
        "! appsink name=after sync=false async=false "
        "fork. ! appsink name=before sync=false async=false",
        canceller);
    g_autoptr(GError) error = NULL;
    ScCapture *capture = sc_capture_new("microphone", text, on_sample, room, &error);
    g_assert_no_error(error);
    sc_canceller_listen(sc_capture_get_pipeline(capture));
    sc_canceller_set_music(sc_capture_get_pipeline(capture), false);
    return capture;
}

static void
listen(Room *room)
{
    room->loop = g_main_loop_new(NULL, FALSE);
    ScCapture *capture = open_microphone(room);
    room->far = sc_speaker_new_on("pulsesink device=room", 1, LATENCY_MS);
    room->near = sc_speaker_new_on("pulsesink device=air", 1, LATENCY_MS);
    room->begin = (GstClockTime)g_get_monotonic_time() * GST_USECOND + WAIT_NS;
    guint tick = g_timeout_add(CHUNK_MS, on_tick, room);
    sc_capture_start(capture);
    g_main_loop_run(room->loop);
    g_source_remove(tick);
    sc_capture_free(capture);
    sc_speaker_free(room->near);
    sc_speaker_free(room->far);
    g_main_loop_unref(room->loop);
}

static double
get_erle_db(const Room *room, double from, double to)
{
    return sc_echo_get_level_db(room->track[0] + AT(from), AT(to) - AT(from))
           - sc_echo_get_level_db(room->track[1] + AT(from), AT(to) - AT(from));
}

/* Of who speaks in the room, while the far end does: as loud as the echo at the
 * microphone, and the echo is gone behind the canceller. */
static double
get_voice_loss_db(const Room *room)
{
    size_t n_samples = AT(NEAR_TO) - AT(HEARD_FROM);
    return sc_echo_get_level_db(room->said[1] + AT(HEARD_FROM), n_samples)
           - sc_echo_get_level_db(room->track[1] + AT(HEARD_FROM), n_samples);
}

/* When the far end is heard from @from on, for a second. */
static double
get_delay_ms(const Room *room, double from)
{
    ScEchoPath path = { 0 };
    bool is_found = sc_echo_find(room->said[0] + AT(from), AT(1),
                                 room->track[0] + AT(from), AT(2), &path);
    return is_found ? path.delay_ms : -1;
}

/* Twenty harmonics of a tone that rises and falls, three syllables a second: people do
 * not speak in step, and the far end has four. */
static void
speak(float *out_samples, size_t n_samples)
{
    double phase = 0;
    for (size_t i = 0; i < n_samples; i++) {
        double t = (double)i / SC_ECHO_RATE_HZ;
        double tone = 0;
        phase += 2 * G_PI * (160 + 30 * sin(2 * G_PI * 0.7 * t)) / SC_ECHO_RATE_HZ;
        for (int harmonic = 1; harmonic <= 20; harmonic++)
            tone += sin(harmonic * phase) / harmonic;
        out_samples[i] = (float)(NEAR_AMPLITUDE * tone * MAX(sin(6 * G_PI * t), 0));
    }
}

static Room
create_room(void)
{
    Room room = { 0 };
    for (int i = 0; i < 2; i++) {
        room.said[i] = g_new0(float, AT(END));
        room.track[i] = g_new0(float, AT(END));
    }
    sc_echo_make_syllables(room.said[0], AT(END), FAR_SEED);
    speak(room.said[1] + AT(NEAR_FROM), AT(NEAR_TO) - AT(NEAR_FROM));
    return room;
}

static void
clear_room(Room *room)
{
    for (int i = 0; i < 2; i++) {
        g_free(room->said[i]);
        g_free(room->track[i]);
    }
}

/* A machine that is busy with other things plays and records in jerks, and no canceller
 * follows those: so the delays of each second are told as well. */
static void
print(const Room *room)
{
    printf("{\"erle_db\":%.1f,\"voice_loss_db\":%.1f,\"seconds\":[",
           get_erle_db(room, ALONE_FROM, NEAR_FROM), get_voice_loss_db(room));
    for (double second = 1; second < NEAR_FROM; second++)
        printf("%s{\"erle_db\":%.1f,\"delay_ms\":%.2f}", second > 1 ? "," : "",
               get_erle_db(room, second, second + 1), get_delay_ms(room, second));
    puts("]}");
}

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    Room room = create_room();
    listen(&room);
    print(&room);
    clear_room(&room);
    return 0;
}
