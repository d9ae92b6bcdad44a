/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-canceller"
#include "client/canceller.h"

#include <speex/speex_echo.h>
#include <stdatomic.h>

#include "client/alignment.h"
#include "client/echo.h"

#define PROBE "loudspeaker"
#define PROCESSOR "microphone-processor"
#define CHOICE "microphone-choice"
#define CLEANED "sink_0" /* in the order of the text below */
#define UNTOUCHED "sink_1"
#define PERIOD (SC_ECHO_RATE_HZ / 100) /* [samples] */
/* From SC_ALIGNMENT_LEAD_MS before the first sound of an echo to the last that counts. */
#define TAIL (SC_ECHO_RATE_HZ * 128 / 1000) /* [samples] */
#define LEFT_IN 8 /* one part of so many of an echo: subtract() */

/* One for the whole program, and for ever: a microphone looks for the probe once, at its
 * start, and may be opened before there is a loudspeaker.
 *
 * webrtcechoprobe was made to stand before the loudspeaker. There it believes the latency
 * that the sink tells, hands the canceller what is heard a whole latency later, and drops
 * or stuffs samples wherever a time of the microphone shakes by 1 ms: over PulseAudio 3
 * to 9 dB were left of 33. So it stands apart, and is given by the microphone's thread
 * what belongs to each buffer, under that buffer's time.
 *
 * Two cancel: libspeexdsp subtracts what a filter can tell from what was played, and
 * webrtcdsp lowers what is left of it, which no filter can: what the loudspeaker bends,
 * and what clocks that drift apart leave. Alone, the one leaves that (15 dB at 50 ppm,
 * where the two take out 35), and the other takes 6 dB of who speaks at the same time
 * (4). */
typedef struct {
    ScAlignment *alignment;      /* owned */
    SpeexEchoState *subtraction; /* owned, as the next: the microphone's thread */
    double delay_ms;             /* it has learned for this one */
    GstElement *probe;           /* ref */
    GstPad *feed;                /* ref; into the probe */
    GstElement *loudspeaker;     /* borrowed: it detaches; the one that is listened to */
} Ear;

static bool
has_element(const char *name)
{
    g_autoptr(GstElementFactory) factory = gst_element_factory_find(name);
    return factory != NULL;
}

static bool
is_here(void)
{
    static atomic_flag told = ATOMIC_FLAG_INIT;
    if (has_element("webrtcdsp") && has_element("webrtcechoprobe")
        && has_element("audiobuffersplit"))
        return true;
    if (!atomic_flag_test_and_set(&told))
        g_message("there is no webrtcdsp here (gstreamer1.0-plugins-bad): echo and noise "
                  "stay in the sound");
    return false;
}

/* The probe asks for no latency but its pipeline's, and it has none. */
static void
open_feed(Ear *ear)
{
    g_autoptr(GstPad) in = gst_element_get_static_pad(ear->probe, "sink");
    g_autoptr(GstPad) out = gst_element_get_static_pad(ear->probe, "src");
    g_autoptr(GstCaps) caps = gst_caps_from_string(SC_CANCELLER_CAPS);
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_link(ear->feed, in);
    gst_pad_set_active(ear->feed, true);
    gst_element_set_state(ear->probe, GST_STATE_PLAYING);
    gst_pad_push_event(ear->feed, gst_event_new_stream_start(PROBE));
    gst_pad_push_event(ear->feed, gst_event_new_caps(caps));
    gst_pad_push_event(ear->feed, gst_event_new_segment(&segment));
    gst_pad_send_event(out, gst_event_new_latency(0));
}

static SpeexEchoState *
create_subtraction(void)
{
    SpeexEchoState *made = speex_echo_state_init(PERIOD, TAIL);
    int rate_hz = SC_ECHO_RATE_HZ;
    speex_echo_ctl(made, SPEEX_ECHO_SET_SAMPLING_RATE, &rate_hz);
    return made;
}

static Ear *
get_ear(void)
{
    static Ear ear;
    static gsize is_made = 0;
    if (g_once_init_enter(&is_made)) {
        ear.alignment = sc_alignment_new();
        ear.subtraction = create_subtraction();
        ear.probe =
            gst_object_ref_sink(gst_element_factory_make("webrtcechoprobe", PROBE));
        ear.feed = gst_object_ref_sink(gst_pad_new("played", GST_PAD_SRC));
        open_feed(&ear);
        g_once_init_leave(&is_made, 1);
    }
    return &ear;
}

static const char *
truth(bool value)
{
    return value ? "true" : "false";
}

/* The properties count levels from 0 beside a switch; we count 0 as off. extended-filter
 * and delay-agnostic changed no figure by 0.1 dB with Debian 12's library. */
static char *
dup_processor(const ScSoundSettings *settings)
{
    return g_strdup_printf(
        "webrtcdsp name=" PROCESSOR " probe=" PROBE " "
        "echo-cancel=%s echo-suppression-level=%d noise-suppression=%s "
        "noise-suppression-level=%d high-pass-filter=%s gain-control=%s "
        "compression-gain-db=%d",
        truth(settings->echo_suppression > 0), MAX(settings->echo_suppression - 1, 0),
        truth(settings->noise_suppression > 0), MAX(settings->noise_suppression - 1, 0),
        truth(settings->high_pass), truth(settings->gain_db > 0), settings->gain_db);
}

/* audiobuffersplit gives the periods in which both cancellers work.
 *
 * Two ways on one thread, of which one is let through: a switch that takes effect at
 * once, and of which the untouched side is untouched to the bit. */
char *
sc_canceller_dup_microphone(const ScSoundSettings *settings)
{
    bool has_work = settings->echo_suppression || settings->noise_suppression
                    || settings->gain_db || settings->high_pass;
    if (!has_work || !is_here())
        return g_strdup("identity");
    get_ear();
    g_autofree char *processor = dup_processor(settings);
    return g_strdup_printf(
        "tee name=microphone-fork ! audiobuffersplit "
        "output-buffer-duration=1/100 strict-buffer-size=true ! %s ! " CHOICE "." CLEANED
        " microphone-fork. ! " CHOICE "." UNTOUCHED " input-selector name=" CHOICE
        " sync-streams=false",
        processor);
}

/* Of a buffer's first sample, since CLOCK_MONOTONIC began; -1: it has no time. */
static int64_t
get_place(GstPad *pad, const GstBuffer *buffer, GstClockTime *out_time)
{
    g_autoptr(GstEvent) event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
    const GstSegment *segment = NULL;
    if (!event)
        return -1;
    gst_event_parse_segment(event, &segment);
    *out_time =
        gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    if (!GST_CLOCK_TIME_IS_VALID(*out_time))
        return -1;
    return (int64_t)gst_util_uint64_scale_round(*out_time, SC_ECHO_RATE_HZ, GST_SECOND);
}

/* The loudspeaker's thread. */
static GstPadProbeReturn
on_played(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    Ear *ear = user_data;
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    GstClockTime time;
    GstMapInfo map;
    int64_t at = get_place(pad, buffer, &time);
    if (at < 0 || !gst_buffer_map(buffer, &map, GST_MAP_READ))
        return GST_PAD_PROBE_OK;
    sc_alignment_add_played(ear->alignment, at, (const int16_t *)(void *)map.data,
                            map.size / sizeof(int16_t));
    gst_buffer_unmap(buffer, &map);
    return GST_PAD_PROBE_OK;
}

/* Another delay is another room. An eighth of what it subtracts is left in, for the
 * processor has to know an echo by its likeness to what was played: from noise that is
 * like nothing it takes who speaks for echo. */
static void
subtract(Ear *ear, int16_t *recorded, const int16_t *played)
{
    int16_t rest[PERIOD];
    double delay_ms = ear->delay_ms;
    if (!sc_alignment_get_delay_ms(ear->alignment, &delay_ms))
        return;
    if (delay_ms != ear->delay_ms)
        speex_echo_state_reset(ear->subtraction);
    ear->delay_ms = delay_ms;
    speex_echo_cancellation(ear->subtraction, recorded, played, rest);
    for (size_t i = 0; i < PERIOD; i++)
        recorded[i] = (int16_t)(rest[i] + (recorded[i] - rest[i]) / LEFT_IN);
}

/* The processor takes what is pushed here together with the buffer that it gets next.
 * Nothing is linked behind the probe, and it says so. */
static void
listen(Ear *ear, int64_t at, GstClockTime time, int16_t *recorded)
{
    int16_t played[PERIOD];
    sc_alignment_match(ear->alignment, at, recorded, PERIOD, played);
    subtract(ear, recorded, played);
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, sizeof played, NULL);
    gst_buffer_fill(buffer, 0, played, sizeof played);
    GST_BUFFER_PTS(buffer) = time;
    gst_pad_push(ear->feed, buffer);
}

/* The microphone's thread. */
static GstPadProbeReturn
on_recorded(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    GstBuffer *buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GstClockTime time;
    GstMapInfo map;
    GST_PAD_PROBE_INFO_DATA(info) = buffer;
    int64_t at = get_place(pad, buffer, &time);
    if (at < 0 || !gst_buffer_map(buffer, &map, GST_MAP_READWRITE))
        return GST_PAD_PROBE_OK;
    if (map.size == PERIOD * sizeof(int16_t))
        listen(user_data, at, time, (int16_t *)(void *)map.data);
    gst_buffer_unmap(buffer, &map);
    return GST_PAD_PROBE_OK;
}

void
sc_canceller_listen(GstElement *pipeline)
{
    g_autoptr(GstElement) processor = gst_bin_get_by_name(GST_BIN(pipeline), PROCESSOR);
    gboolean cancels = false;
    if (processor)
        g_object_get(processor, "echo-cancel", &cancels, NULL);
    if (!cancels)
        return;
    g_autoptr(GstPad) pad = gst_element_get_static_pad(processor, "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_recorded, get_ear(), NULL);
}

void
sc_canceller_set_music(GstElement *pipeline, bool is_on)
{
    g_autoptr(GstElement) choice = gst_bin_get_by_name(GST_BIN(pipeline), CHOICE);
    if (!choice)
        return; /* it is untouched anyway */
    g_autoptr(GstPad) pad =
        gst_element_get_static_pad(choice, is_on ? UNTOUCHED : CLEANED);
    g_object_set(choice, "active-pad", pad, NULL);
}

void
sc_canceller_attach(GstElement *pipeline, GstElement *mixed)
{
    Ear *ear = is_here() ? get_ear() : NULL;
    if (!ear || ear->loudspeaker)
        return;
    g_autoptr(GstPad) pad = gst_element_get_static_pad(mixed, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_played, ear, NULL);
    ear->loudspeaker = pipeline;
}

void
sc_canceller_detach(GstElement *pipeline)
{
    if (is_here() && get_ear()->loudspeaker == pipeline)
        get_ear()->loudspeaker = NULL;
}
