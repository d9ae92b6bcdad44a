/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-watch"
#include "client/watch.h"

#include <gst/webrtc/webrtc.h>

/* Room for one repair by NACK and RTX: a round trip, and time to notice. */
#define REPAIR_MARGIN_MS 60
#define LATENCY_MAX_MS 2000

/* By this the relay finds what the line carries: docs/architecture.md#lines. */
#define TRANSPORT_CC                                                       \
    "rtcp-fb-transport-cc=true,extmap-3=(string)\"http://www.ietf.org/id/" \
    "draft-holmer-rmcat-transport-wide-cc-extensions-01\""
/* The same codec has the same payload type in every section: they are bundled. */
#define OPUS_CAPS                                                                   \
    "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96," \
    "encoding-params=(string)2,useinbandfec=(string)1," TRANSPORT_CC
#define VIDEO_CAPS                                                                  \
    "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=97," \
    "packetization-mode=(string)1,profile-level-id=(string)42e01f,"                 \
    "level-asymmetry-allowed=(string)1,rtcp-fb-nack-pli=true," TRANSPORT_CC ";"     \
    "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=98,"  \
    "rtcp-fb-nack-pli=true," TRANSPORT_CC

struct ScWatch {
    GPtrArray *slots; /* ref: of ScSlot, borrowed */
    unsigned latency_ms;
    ScLink *link; /* owned */
    void (*changed)(void *user_data);
    void *user_data; /* borrowed: see sc_watch_new() */
};

/* Streaming thread; the slots outlive the session that calls. */
static void
on_pad_added(GstElement *webrtc, GstPad *pad, gpointer user_data)
{
    ScWatch *self = user_data;
    g_autoptr(GstWebRTCRTPTransceiver) transceiver = NULL;
    guint section = G_MAXUINT;
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC)
        return;
    g_object_get(pad, "transceiver", &transceiver, NULL);
    if (transceiver)
        g_object_get(transceiver, "mlineindex", &section, NULL);
    g_autoptr(GstObject) pipeline = gst_object_get_parent(GST_OBJECT(webrtc));
    if (section < self->slots->len && pipeline)
        sc_slot_attach(g_ptr_array_index(self->slots, section), GST_BIN(pipeline), pad);
}

static void
add_section(GstElement *webrtc, const ScSlot *slot)
{
    bool is_video = sc_slot_get_kind(slot) == SC_SLOT_VIDEO;
    g_autoptr(GstCaps) caps = gst_caps_from_string(is_video ? VIDEO_CAPS : OPUS_CAPS);
    GstWebRTCRTPTransceiver *transceiver = NULL;
    g_signal_emit_by_name(webrtc, "add-transceiver",
                          GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps,
                          &transceiver);
    g_object_set(transceiver, "do-nack", TRUE, NULL);
    gst_object_unref(transceiver);
}

static GstElement *
build(GstElement **out_webrtc, int64_t round_trip_us, void *user_data)
{
    ScWatch *self = user_data;
    unsigned repair_ms = (unsigned)(round_trip_us / 1000 * 3 / 2) + REPAIR_MARGIN_MS;
    unsigned latency_ms = MIN(MAX(self->latency_ms, repair_ms), LATENCY_MAX_MS);

    GstElement *pipeline = gst_pipeline_new("watch");
    GstElement *webrtc = gst_element_factory_make("webrtcbin", "webrtc");
    g_assert(webrtc);
    gst_bin_add(GST_BIN(pipeline), webrtc);
    g_object_set(webrtc, "latency", latency_ms, NULL);
    gst_util_set_object_arg(G_OBJECT(webrtc), "bundle-policy", "max-bundle");
    for (unsigned i = 0; i < self->slots->len; i++)
        add_section(webrtc, g_ptr_array_index(self->slots, i));
    g_signal_connect(webrtc, "pad-added", G_CALLBACK(on_pad_added), self);
    *out_webrtc = webrtc;
    return pipeline;
}

static void
changed(void *user_data)
{
    ScWatch *self = user_data;
    self->changed(self->user_data);
}

static const ScLinkOwner owner = {
    .build = build,
    .changed = changed,
};

ScWatch *
sc_watch_new(const ScPlace *place, GPtrArray *slots, unsigned latency_ms,
             void (*on_changed)(void *user_data), void *user_data)
{
    ScWatch *self = g_new0(ScWatch, 1);
    self->slots = g_ptr_array_ref(slots);
    self->latency_ms = latency_ms;
    self->changed = on_changed;
    self->user_data = user_data;
    self->link = sc_link_new(place, SC_DOOR_WHEP, &owner, self);
    return self;
}

void
sc_watch_free(ScWatch *self)
{
    if (!self)
        return;
    sc_link_free(self->link);
    g_ptr_array_unref(self->slots);
    g_free(self);
}

ScLink *
sc_watch_get_link(ScWatch *self)
{
    return self->link;
}
