/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-slot"
#include "client/slot.h"

#include <stdatomic.h>
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

struct ScSlot {
    char *name; /* owned */
    ScSlotKind kind;
    const ScSlotHandlers *handlers; /* borrowed: static tables */
    void *user_data;                /* borrowed: see sc_slot_new() */
    GMainContext *context;          /* ref: of the main thread */

    ScPictureTally *pictures; /* owned */
    ScSoundTally sound;
    int64_t last_us;
    int64_t rates_us; /* when rates were last taken */
    uint64_t rates_bytes, rates_packets, rates_lost;

    /* Streaming threads add, main reads: figures for people, so no order is needed. */
    _Atomic uint64_t n_bytes;
    _Atomic uint64_t n_packets;
    _Atomic uint64_t n_lost;
    _Atomic int width;
    _Atomic int height;
};

/* What a streaming thread has to tell: it only posts. */
typedef enum { NOTE_PICTURE, NOTE_SOUND, NOTE_LOST, NOTE_RECEIVED } NoteKind;

typedef struct {
    ScSlot *slot;
    NoteKind kind;
    bool has_stamp;
    ScStamp stamp;
    int64_t t_us;        /* when it happened */
    int64_t pts_us;      /* of sound */
    int64_t duration_us; /* of sound, decoded or lost */
} Note;

static void
note_picture(ScSlot *self, const Note *note)
{
    bool is_first = self->last_us == 0;
    self->last_us = note->t_us;
    bool begins = sc_picture_tally_add(self->pictures, note->t_us,
                                       note->has_stamp ? &note->stamp : NULL);
    if (is_first && self->handlers->first)
        self->handlers->first(self, note->t_us, self->user_data);
    if (begins && self->handlers->source_changed)
        self->handlers->source_changed(self, note->stamp.source, note->t_us,
                                       self->user_data);
}

static void
note_sound(ScSlot *self, const Note *note)
{
    bool is_first = self->last_us == 0;
    self->last_us = note->t_us;
    sc_sound_tally_decode(&self->sound, note->pts_us, note->duration_us);
    if (is_first && self->handlers->first)
        self->handlers->first(self, note->t_us, self->user_data);
}

static gboolean
on_note(gpointer data)
{
    const Note *note = data;
    switch (note->kind) {
    case NOTE_PICTURE:
        note_picture(note->slot, note);
        break;
    case NOTE_SOUND:
        note_sound(note->slot, note);
        break;
    case NOTE_LOST:
        sc_sound_tally_lose(&note->slot->sound, note->duration_us);
        break;
    case NOTE_RECEIVED:
        sc_sound_tally_receive(&note->slot->sound);
        break;
    }
    return G_SOURCE_REMOVE;
}

static void
post(const Note *note)
{
    g_main_context_invoke_full(note->slot->context, G_PRIORITY_DEFAULT, on_note,
                               g_memdup2(note, sizeof *note), g_free);
}

/* Packets and losses, as the jitter buffer lets them go. */
static GstPadProbeReturn
on_rtp(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    (void)pad;
    ScSlot *self = user_data;
    if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
        atomic_fetch_add(&self->n_bytes,
                         gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info)));
        atomic_fetch_add(&self->n_packets, 1);
        if (self->kind == SC_SLOT_AUDIO)
            post(&(Note){ .slot = self, .kind = NOTE_RECEIVED });
        return GST_PAD_PROBE_OK;
    }
    const GstStructure *lost = gst_event_get_structure(GST_PAD_PROBE_INFO_EVENT(info));
    GstClockTime duration = 0;
    if (!lost || !gst_structure_has_name(lost, "GstRTPPacketLost"))
        return GST_PAD_PROBE_OK;
    gst_structure_get_clock_time(lost, "duration", &duration);
    atomic_fetch_add(&self->n_lost, 1);
    if (self->kind == SC_SLOT_AUDIO)
        post(&(Note){
            .slot = self, .kind = NOTE_LOST, .duration_us = (int64_t)(duration / 1000) });
    return GST_PAD_PROBE_OK;
}

static bool
read_stamp(ScSlot *self, GstBuffer *buffer, GstCaps *caps, ScStamp *out_stamp)
{
    GstVideoInfo info;
    GstVideoFrame frame;
    if (!gst_video_info_from_caps(&info, caps))
        return false;
    atomic_store(&self->width, info.width);
    atomic_store(&self->height, info.height);
    if (!sc_stamp_has_room(info.width, info.height)
        || !gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ))
        return false;
    bool found =
        sc_stamp_parse(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0),
                       (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0), out_stamp);
    gst_video_frame_unmap(&frame);
    return found;
}

/* What the decoder gave. The clock is read first: what follows is our own cost. */
static GstPadProbeReturn
on_decoded(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    ScSlot *self = user_data;
    Note note = { .slot = self, .t_us = g_get_monotonic_time() };
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);

    if (self->kind == SC_SLOT_VIDEO) {
        note.kind = NOTE_PICTURE;
        note.has_stamp = read_stamp(self, buffer, caps, &note.stamp);
    } else {
        note.kind = NOTE_SOUND;
        note.pts_us = (int64_t)(GST_BUFFER_PTS(buffer) / 1000);
        note.duration_us = (int64_t)(GST_BUFFER_DURATION(buffer) / 1000);
    }
    post(&note);
    if (self->handlers->decoded) {
        g_autoptr(GstSample) sample = gst_sample_new(buffer, caps, NULL, NULL);
        self->handlers->decoded(self, sample, self->user_data);
    }
    return GST_PAD_PROBE_OK;
}

/* One decoding thread, not frame threads, which each hold a picture back. H.264 as avc,
 * with the parameter sets apart: libav takes those that some senders repeat before each
 * slice for the begin of another picture, and loses the slices in front of them. */
static const struct {
    const char *encoding;
    const char *chain;
} chains[] = {
    { "H264", "rtph264depay name=in request-keyframe=true ! "
              "video/x-h264,stream-format=avc,alignment=au ! "
              "avdec_h264 name=out max-threads=1 ! fakesink sync=false async=false" },
    { "VP8", "rtpvp8depay name=in request-keyframe=true ! "
             "vp8dec name=out threads=1 ! fakesink sync=false async=false" },
    { "OPUS", "rtpopusdepay name=in ! opusdec name=out use-inband-fec=true plc=true ! "
              "fakesink sync=false async=false" },
};

static const char *
choose_chain(GstPad *pad)
{
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
    if (!caps)
        caps = gst_pad_query_caps(pad, NULL);
    const char *encoding =
        gst_caps_is_empty(caps)
            ? NULL
            : gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name");
    for (size_t i = 0; encoding && i < G_N_ELEMENTS(chains); i++)
        if (!g_ascii_strcasecmp(chains[i].encoding, encoding))
            return chains[i].chain;
    return "fakesink name=in sync=false async=false";
}

static void
add_probe(GstElement *bin, const char *element, const char *pad_name,
          GstPadProbeType types, GstPadProbeCallback callback, ScSlot *self)
{
    g_autoptr(GstElement) found = gst_bin_get_by_name(GST_BIN(bin), element);
    if (!found)
        return;
    g_autoptr(GstPad) pad = gst_element_get_static_pad(found, pad_name);
    gst_pad_add_probe(pad, types, callback, self, NULL);
}

ScSlot *
sc_slot_new(const char *name, ScSlotKind kind, const ScSlotHandlers *handlers,
            void *user_data)
{
    ScSlot *self = g_new0(ScSlot, 1);
    self->name = g_strdup(name);
    self->kind = kind;
    self->handlers = handlers;
    self->user_data = user_data;
    self->context = g_main_context_ref_thread_default();
    self->pictures = sc_picture_tally_new();
    self->rates_us = g_get_monotonic_time();
    return self;
}

/* Its chains ended with their session; what they posted before that is still to come and
 * must not meet a freed slot. */
void
sc_slot_free(ScSlot *self)
{
    if (!self)
        return;
    while (g_main_context_iteration(self->context, false))
        ;
    g_main_context_unref(self->context);
    sc_picture_tally_free(self->pictures);
    g_free(self->name);
    g_free(self);
}

void
sc_slot_attach(ScSlot *self, GstBin *pipeline, GstPad *pad)
{
    g_autoptr(GError) error = NULL;
    GstElement *chain = gst_parse_bin_from_description(choose_chain(pad), false, &error);
    g_assert_no_error(error);
    g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(chain), "in");
    g_autoptr(GstPad) target = gst_element_get_static_pad(in, "sink");
    gst_element_add_pad(chain, gst_ghost_pad_new("sink", target));

    add_probe(chain, "in", "sink",
              GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_rtp,
              self);
    add_probe(chain, "out", "src", GST_PAD_PROBE_TYPE_BUFFER, on_decoded, self);

    gst_bin_add(pipeline, chain);
    gst_element_sync_state_with_parent(chain);
    g_autoptr(GstPad) sink = gst_element_get_static_pad(chain, "sink");
    gst_pad_link(pad, sink);
}

void
sc_slot_pause(ScSlot *self)
{
    sc_picture_tally_pause(self->pictures, g_get_monotonic_time());
    sc_sound_tally_pause(&self->sound);
}

const char *
sc_slot_get_name(const ScSlot *self)
{
    return self->name;
}

ScSlotKind
sc_slot_get_kind(const ScSlot *self)
{
    return self->kind;
}

ScPictureFigures
sc_slot_get_pictures(const ScSlot *self)
{
    return sc_picture_tally_get(self->pictures);
}

uint16_t
sc_slot_get_source(const ScSlot *self)
{
    return sc_picture_tally_get_source(self->pictures);
}

int64_t
sc_slot_get_longest_gap_us(const ScSlot *self)
{
    return self->sound.longest_gap_us;
}

int64_t
sc_slot_get_last_us(const ScSlot *self)
{
    return self->last_us;
}

ScSlotRates
sc_slot_take_rates(ScSlot *self, int64_t now_us)
{
    double seconds = (double)MAX(now_us - self->rates_us, 1) / G_USEC_PER_SEC;
    uint64_t bytes = atomic_load(&self->n_bytes);
    uint64_t packets = atomic_load(&self->n_packets);
    uint64_t lost = atomic_load(&self->n_lost);
    uint64_t due = packets - self->rates_packets + lost - self->rates_lost;
    unsigned n_pictures;
    ScSlotRates rates = { .width = atomic_load(&self->width),
                          .height = atomic_load(&self->height) };

    sc_picture_tally_take_recent(self->pictures, &n_pictures, &rates.delay_us);
    rates.fps = n_pictures / seconds;
    rates.kbps = (double)(bytes - self->rates_bytes) * 8 / 1000 / seconds;
    rates.loss_pct = due ? 100.0 * (double)(lost - self->rates_lost) / (double)due : 0;
    self->rates_us = now_us;
    self->rates_bytes = bytes;
    self->rates_packets = packets;
    self->rates_lost = lost;
    return rates;
}
