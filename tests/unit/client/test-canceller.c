/* SPDX-License-Identifier: Apache-2.0 */
/* A made room: what goes through the loudspeaker's side comes back to the microphone's
 * 87 ms later and 12 dB weaker, over noise. Both pipelines are fed by hand, 10 ms at a
 * time with times of our own, so that no clock and no load of the machine plays a part.
 */
#include <math.h>
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "client/canceller.h"
#include "client/echo.h"

#define PERIOD (SC_ECHO_RATE_HZ / 100) /* [samples] */
#define PERIOD_NS (10 * GST_MSECOND)
#define SECONDS 12
#define N_SAMPLES (SECONDS * SC_ECHO_RATE_HZ)
#define CONVERGED (6 * SC_ECHO_RATE_HZ) /* measured from here on */
#define N_MEASURED (N_SAMPLES - CONVERGED)
#define LATE (87 * SC_ECHO_RATE_HZ / 1000) /* [samples] */
#define ECHO_GAIN 0.25                     /* -12 dB */
#define NOISE 0.001
#define FAR_SEED 11
#define NOISE_SEED 37
#define DELAY_LIMIT_MS 20.0

typedef struct {
    GstElement *pipeline; /* ref */
    GstElement *in;       /* ref */
    GstElement *out;      /* ref */
} Line;

typedef struct {
    Line loudspeaker;
    Line microphone;
    float *far;   /* owned; what is played */
    float *near;  /* owned; who speaks in the room */
    float *heard; /* owned; into the microphone */
    float *sent;  /* owned; out of the canceller */
} Room;

static const ScSoundSettings usual = { .echo_suppression = 1,
                                       .noise_suppression = 2,
                                       .high_pass = true };

static Line
open_line(const char *text)
{
    g_autoptr(GError) error = NULL;
    Line line = { .pipeline = gst_object_ref_sink(gst_parse_launch(text, &error)) };
    g_assert_no_error(error);
    line.in = gst_bin_get_by_name(GST_BIN(line.pipeline), "in");
    line.out = gst_bin_get_by_name(GST_BIN(line.pipeline), "out");
    gst_element_set_start_time(line.pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(line.pipeline, 0);
    return line;
}

static void
close_line(Line *line)
{
    gst_element_set_state(line->pipeline, GST_STATE_NULL);
    sc_canceller_detach(line->pipeline);
    gst_object_unref(line->in);
    gst_object_unref(line->out);
    gst_object_unref(line->pipeline);
}

#define IN "appsrc name=in is-live=true format=time caps=" SC_CANCELLER_CAPS
#define OUT "appsink name=out sync=false"

static void
open_room(Room *room, const ScSoundSettings *settings)
{
    room->loudspeaker =
        open_line(IN " ! capsfilter name=mixed caps=" SC_CANCELLER_CAPS " ! " OUT);
    GstBin *bin = GST_BIN(room->loudspeaker.pipeline);
    g_autoptr(GstElement) mixed = gst_bin_get_by_name(bin, "mixed");
    sc_canceller_attach(room->loudspeaker.pipeline, mixed);
    g_autofree char *canceller = sc_canceller_dup_microphone(settings);
    g_autofree char *text = g_strdup_printf(IN " ! %s ! " OUT, canceller);
    room->microphone = open_line(text);
    sc_canceller_listen(room->microphone.pipeline);
    sc_canceller_set_music(room->microphone.pipeline, settings->music);
    room->far = g_new0(float, N_SAMPLES);
    room->near = g_new0(float, N_SAMPLES);
    room->heard = g_new0(float, N_SAMPLES);
    room->sent = g_new0(float, N_SAMPLES);
    gst_element_set_state(room->loudspeaker.pipeline, GST_STATE_PLAYING);
    gst_element_set_state(room->microphone.pipeline, GST_STATE_PLAYING);
}

static void
close_room(Room *room)
{
    close_line(&room->microphone);
    close_line(&room->loudspeaker);
    g_free(room->far);
    g_free(room->near);
    g_free(room->heard);
    g_free(room->sent);
}

static void
push(const Line *line, const float *samples, size_t at)
{
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, PERIOD * sizeof(int16_t), NULL);
    GstMapInfo map;
    g_assert_true(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
    for (size_t i = 0; i < PERIOD; i++)
        ((int16_t *)(void *)map.data)[i] =
            (int16_t)lrint((double)samples[at + i] * INT16_MAX);
    gst_buffer_unmap(buffer, &map);
    GST_BUFFER_PTS(buffer) = at / PERIOD * PERIOD_NS;
    GST_BUFFER_DURATION(buffer) = PERIOD_NS;
    g_assert_cmpint(gst_app_src_push_buffer(GST_APP_SRC(line->in), buffer), ==,
                    GST_FLOW_OK);
}

/* To where its time says; NULL: nobody wants to know. False: there is none yet. */
static bool
pull(const Line *line, float *out_samples, GstClockTime limit)
{
    g_autoptr(GstSample) sample =
        gst_app_sink_try_pull_sample(GST_APP_SINK(line->out), limit);
    if (!sample || !out_samples)
        return sample != NULL;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    GstMapInfo map;
    size_t at =
        gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer), SC_ECHO_RATE_HZ, GST_SECOND);
    g_assert_true(gst_buffer_map(buffer, &map, GST_MAP_READ));
    for (size_t i = 0; i < map.size / sizeof(int16_t) && at + i < N_SAMPLES; i++)
        out_samples[at + i] = ((const int16_t *)(void *)map.data)[i] / (float)INT16_MAX;
    gst_buffer_unmap(buffer, &map);
    return true;
}

/* The wall's part of @at, the voice's and the noise's. */
static void
sound(Room *room, size_t late)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(NOISE_SEED);
    for (size_t i = 0; i < N_SAMPLES; i++) {
        double echo = i >= late ? ECHO_GAIN * (double)room->far[i - late] : 0;
        room->heard[i] = (float)(echo + (double)room->near[i]
                                 + g_rand_double_range(chance, -NOISE, NOISE));
    }
}

static void
play(Room *room)
{
    for (size_t at = 0; at < N_SAMPLES; at += PERIOD) {
        push(&room->loudspeaker, room->far, at);
        g_assert_true(pull(&room->loudspeaker, NULL, 5 * GST_SECOND));
        push(&room->microphone, room->heard, at);
        g_assert_true(pull(&room->microphone, room->sent, 5 * GST_SECOND));
    }
}

static void
run(Room *room)
{
    sound(room, LATE);
    play(room);
}

/* Twenty harmonics of a tone that rises and falls, four syllables a second with a rest in
 * each: what a noise suppressor may not take for noise. */
static void
speak(float *out_samples, size_t n_samples)
{
    double phase = 0;
    for (size_t i = 0; i < n_samples; i++) {
        double t = (double)i / SC_ECHO_RATE_HZ;
        phase += 2 * G_PI * (160 + 30 * sin(2 * G_PI * 0.7 * t)) / SC_ECHO_RATE_HZ;
        double tone = 0;
        for (int harmonic = 1; harmonic <= 20; harmonic++)
            tone += sin(harmonic * phase) / harmonic;
        out_samples[i] = (float)(0.15 * tone * MAX(sin(2 * G_PI * 4 * t), 0));
    }
}

static double
level_of(const float *samples)
{
    return sc_echo_get_level_db(samples + CONVERGED, N_MEASURED);
}

static void
an_echo_falls_by_far_more_than_10_db(void)
{
    Room room;
    open_room(&room, &usual);
    sc_echo_make_syllables(room.far, N_SAMPLES, FAR_SEED);
    run(&room);
    double before_db = level_of(room.heard), after_db = level_of(room.sent);
    g_test_message("echo %.1f dB, after the canceller %.1f dB: ERLE %.1f dB", before_db,
                   after_db, before_db - after_db);
    g_assert_cmpfloat(before_db - after_db, >, 20);
    close_room(&room);
}

static void
an_echo_is_found_however_late_it_is(void)
{
    static const int late_ms[] = { 20, 60, 120, 250, 600 };
    for (size_t i = 0; i < G_N_ELEMENTS(late_ms); i++) {
        Room room;
        open_room(&room, &usual);
        sc_echo_make_syllables(room.far, N_SAMPLES, FAR_SEED);
        sound(&room, (size_t)late_ms[i] * SC_ECHO_RATE_HZ / 1000);
        play(&room);
        double erle_db = level_of(room.heard) - level_of(room.sent);
        g_test_message("%d ms: ERLE %.1f dB", late_ms[i], erle_db);
        g_assert_cmpfloat(erle_db, >, 20);
        close_room(&room);
    }
}

static void
a_voice_in_the_room_passes_within_3_db(void)
{
    Room room;
    open_room(&room, &usual);
    speak(room.near, N_SAMPLES);
    run(&room);
    double change_db = level_of(room.sent) - level_of(room.heard);
    g_test_message("a voice alone: %+.1f dB", change_db);
    g_assert_cmpfloat(fabs(change_db), <, 3);
    close_room(&room);
}

/* The canceller may learn for six seconds; then somebody answers, in the far end's pause.
 */
static void
an_answer_passes_within_3_db(void)
{
    Room room;
    open_room(&room, &usual);
    sc_echo_make_syllables(room.far, CONVERGED - LATE, FAR_SEED);
    speak(room.near + CONVERGED, N_MEASURED);
    run(&room);
    double change_db = level_of(room.sent) - level_of(room.heard);
    g_test_message("an answer: %+.1f dB", change_db);
    g_assert_cmpfloat(fabs(change_db), <, 3);
    close_room(&room);
}

/* So much of @part is in @whole [dB]; what else is in it has no part in that. */
static double
get_share_db(const float *part, const float *whole)
{
    ScEchoPath path;
    g_assert_true(sc_echo_find(part + CONVERGED, N_MEASURED - SC_ECHO_RATE_HZ,
                               whole + CONVERGED, N_MEASURED, &path));
    return path.gain_db;
}

/* As loud in the microphone as the echo is. */
static void
a_voice_passes_within_6_db_while_the_far_end_speaks(void)
{
    Room room;
    open_room(&room, &usual);
    sc_echo_make_syllables(room.far, N_SAMPLES, FAR_SEED);
    speak(room.near + CONVERGED, N_MEASURED);
    run(&room);
    double share_db = get_share_db(room.near, room.sent);
    g_test_message("near %.1f dB, heard %.1f dB, sent %.1f dB, of the voice %+.1f dB",
                   level_of(room.near), level_of(room.heard), level_of(room.sent),
                   share_db);
    g_assert_cmpfloat(share_db, >, -6);
    close_room(&room);
}

static void
music_is_untouched_to_the_bit(void)
{
    Room room;
    ScSoundSettings music = usual;
    music.music = true;
    open_room(&room, &music);
    sc_echo_make_syllables(room.far, N_SAMPLES, FAR_SEED);
    sc_echo_make_sweep(room.near, N_SAMPLES);
    run(&room);
    for (size_t i = 0; i < N_SAMPLES; i++)
        g_assert_cmpint(lrint((double)room.heard[i] * INT16_MAX), ==,
                        lrint((double)room.sent[i] * INT16_MAX));
    close_room(&room);
}

/* By the times of the buffers. A period of 10 ms is not waited for on top: devices give
 * sound in such periods, and 20 ms of it travel together with the canceller or without.
 */
static void
the_chain_adds_no_more_than_20_ms(void)
{
    Room room;
    ScEchoPath path;
    open_room(&room, &usual);
    sc_echo_make_sweep(room.near + CONVERGED, SC_ECHO_RATE_HZ);
    run(&room);
    g_assert_true(sc_echo_find(room.near + CONVERGED, SC_ECHO_RATE_HZ,
                               room.sent + CONVERGED, 2 * SC_ECHO_RATE_HZ, &path));
    g_test_message("added delay: %.1f ms", path.delay_ms);
    g_assert_cmpfloat(path.delay_ms, <=, DELAY_LIMIT_MS);
    close_room(&room);
}

static void
where_there_is_nothing_to_do_nothing_stands(void)
{
    const ScSoundSettings nothing = { 0 };
    g_autofree char *text = sc_canceller_dup_microphone(&nothing);
    g_assert_cmpstr(text, ==, "identity");
}

static void
a_second_loudspeaker_plays_as_well(void)
{
    Room first, second;
    const ScSoundSettings nothing = { 0 };
    open_room(&first, &usual);
    open_room(&second, &nothing);
    push(&second.loudspeaker, second.far, 0);
    g_assert_true(pull(&second.loudspeaker, NULL, 5 * GST_SECOND));
    close_room(&second);
    close_room(&first);
}

int
main(int argc, char **argv)
{
    gst_init(NULL, NULL);
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/canceller/" #name, name)
    ADD(where_there_is_nothing_to_do_nothing_stands);
    ADD(an_echo_falls_by_far_more_than_10_db);
    ADD(an_echo_is_found_however_late_it_is);
    ADD(a_voice_in_the_room_passes_within_3_db);
    ADD(an_answer_passes_within_3_db);
    ADD(a_voice_passes_within_6_db_while_the_far_end_speaks);
    ADD(music_is_untouched_to_the_bit);
    ADD(the_chain_adds_no_more_than_20_ms);
    ADD(a_second_loudspeaker_plays_as_well);
    return g_test_run();
}
