/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-canceller"
#include "client/canceller.h"

#include <stdatomic.h>

#define PROBE "loudspeaker"
#define CHOICE "microphone-choice"
#define CLEANED "sink_0" /* in the order of the text below */
#define UNTOUCHED "sink_1"

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
    if (has_element("webrtcdsp") && has_element("webrtcechoprobe"))
        return true;
    if (!atomic_flag_test_and_set(&told))
        g_message("there is no webrtcdsp here (gstreamer1.0-plugins-bad): echo and noise "
                  "stay in the sound");
    return false;
}

/* One for the whole program, and for ever: a microphone looks for it once, at its start,
 * and may be opened before there is a loudspeaker. */
static GstElement *
get_probe(void)
{
    static gsize probe = 0;
    if (g_once_init_enter(&probe)) {
        GstElement *made = gst_element_factory_make("webrtcechoprobe", PROBE);
        g_once_init_leave(&probe, (gsize)gst_object_ref_sink(made));
    }
    return GSIZE_TO_POINTER(probe);
}

static const char *
truth(bool value)
{
    return value ? "true" : "false";
}

/* What passes the probe seems to be played later, and is not. */
static void
shift_probe(int delay_ms)
{
    g_autoptr(GstPad) in = gst_element_get_static_pad(get_probe(), "sink");
    g_autoptr(GstPad) out = gst_element_get_static_pad(get_probe(), "src");
    gst_pad_set_offset(in, delay_ms * (gint64)GST_MSECOND);
    gst_pad_set_offset(out, -delay_ms * (gint64)GST_MSECOND);
}

/* The properties count levels from 0 beside a switch; we count 0 as off.
 *
 * The properties extended-filter and delay-agnostic changed no figure by 0.1 dB with
 * Debian 12's library: the filter seems to end at 50 ms, and where an echo is later than
 * that has to be said to it (shift_probe()). */
static char *
dup_processor(const ScSoundSettings *settings)
{
    return g_strdup_printf(
        "webrtcdsp probe=" PROBE " "
        "echo-cancel=%s echo-suppression-level=%d noise-suppression=%s "
        "noise-suppression-level=%d high-pass-filter=%s gain-control=%s "
        "compression-gain-db=%d",
        truth(settings->echo_suppression > 0), MAX(settings->echo_suppression - 1, 0),
        truth(settings->noise_suppression > 0), MAX(settings->noise_suppression - 1, 0),
        truth(settings->high_pass), truth(settings->gain_db > 0), settings->gain_db);
}

/* Two ways on one thread, of which one is let through: a switch that takes effect at
 * once, and of which the untouched side is untouched to the bit. */
char *
sc_canceller_dup_microphone(const ScSoundSettings *settings)
{
    bool has_work = settings->echo_suppression || settings->noise_suppression
                    || settings->gain_db || settings->high_pass;
    if (!has_work || !is_here())
        return g_strdup("identity");
    shift_probe(settings->echo_delay_ms);
    g_autofree char *processor = dup_processor(settings);
    return g_strdup_printf("tee name=microphone-fork ! %s ! " CHOICE "." CLEANED
                           " microphone-fork. ! " CHOICE "." UNTOUCHED
                           " input-selector name=" CHOICE " sync-streams=false",
                           processor);
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
sc_canceller_attach(GstElement *pipeline, GstElement *before, GstElement *behind)
{
    GstElement *probe = is_here() ? get_probe() : NULL;
    if (!probe || GST_OBJECT_PARENT(probe)) {
        gst_element_link(before, behind);
        return;
    }
    gst_bin_add(GST_BIN(pipeline), probe);
    gst_element_link_many(before, probe, behind, NULL);
}

void
sc_canceller_detach(GstElement *pipeline)
{
    if (is_here() && GST_OBJECT_PARENT(get_probe()) == GST_OBJECT(pipeline))
        gst_bin_remove(GST_BIN(pipeline), get_probe());
}
