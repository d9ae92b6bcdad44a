/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-publish"
#include "client/publish.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>

/* Payload types of our own choice. webrtcbin gives those from 98 on to RTX. */
#define OPUS_PAYLOAD 96
#define H264_PAYLOAD 97
#define SLIDES_PAYLOAD 110

#define PACKET_MTU \
    1200 /* [bytes] with the RTP header; leaves room for SRTP and a tunnel */

typedef struct {
    GstElement *appsrc; /* ref; NULL while there is no session */
    ScPublish *publish; /* borrowed: holds this */
    ScSourceMedium medium;
    bool has_encoder;
} Entry;

struct ScPublish {
    ScPublishSettings settings;
    ScLink *link; /* owned */
    void (*changed)(void *user_data);
    void *user_data; /* borrowed: see sc_publish_new() */

    GMutex mutex; /* protects what follows: sources push from their threads */
    Entry entries[SC_N_SOURCE_MEDIA];
    bool open; /* DTLS is done */
    bool is_muted;
};

static const char *const entry_names[SC_N_SOURCE_MEDIA] = {
    [SC_SOURCE_VIDEO] = "video",
    [SC_SOURCE_AUDIO] = "audio",
    [SC_SOURCE_SLIDES] = "slides",
};

/* The encoder stands between @appsrc and the payloader named like it. */
static void
insert_encoder(ScPublish *self, ScSourceMedium medium, GstElement *appsrc,
               const GstVideoInfo *video)
{
    g_autoptr(GstObject) pipeline = gst_object_get_parent(GST_OBJECT(appsrc));
    if (!pipeline)
        return; /* the session ended in between */
    g_autofree char *name = g_strdup_printf("%s-pay", entry_names[medium]);
    g_autoptr(GstElement) pay = gst_bin_get_by_name(GST_BIN(pipeline), name);
    bool is_slides = medium == SC_SOURCE_SLIDES;
    int fps = video->fps_d > 0 ? (video->fps_n + video->fps_d - 1) / video->fps_d : 0;
    const ScEncoderSettings settings = {
        .bitrate_kbps =
            is_slides ? self->settings.slides_kbps : self->settings.video_kbps,
        .width = video->width,
        .height = video->height,
        .fps = fps > 0 ? fps : 30,
    };
    GstElement *encoder = sc_encoder_create(self->settings.encoder, &settings);
    gst_bin_add(GST_BIN(pipeline), encoder);
    gst_element_link_many(appsrc, encoder, pay, NULL);
    gst_element_sync_state_with_parent(encoder);
}

/* Each encoder we know gives every key frame its parameter sets. The payloader, asked to
 * do so by config-interval, would repeat them in front of each slice, which decoders take
 * for the begin of another picture. */
static GString *
describe_video(GString *text, const char *name, unsigned payload)
{
    g_string_append_printf(
        text,
        "appsrc name=%s is-live=true format=time max-buffers=3 leaky-type=downstream "
        "rtph264pay name=%s-pay pt=%u mtu=%u "
        "aggregate-mode=zero-latency ! "
        "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=%u "
        "! webrtc. ",
        name, name, payload, PACKET_MTU, payload);
    return text;
}

static char *
describe(const ScPublish *self)
{
    GString *text = g_string_new("webrtcbin name=webrtc bundle-policy=max-bundle ");
    g_string_append_printf(
        text,
        "appsrc name=audio is-live=true format=time max-buffers=10 leaky-type=downstream "
        "! opusenc bitrate=%u frame-size=20 inband-fec=true packet-loss-percentage=10 "
        "dtx=false bitrate-type=cbr ! rtpopuspay name=audio-pay pt=%d mtu=%u ! "
        "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=%d "
        "! webrtc. ",
        self->settings.audio_kbps * 1000, OPUS_PAYLOAD, PACKET_MTU, OPUS_PAYLOAD);
    describe_video(text, entry_names[SC_SOURCE_VIDEO], H264_PAYLOAD);
    if (self->settings.slides_kbps)
        describe_video(text, entry_names[SC_SOURCE_SLIDES], SLIDES_PAYLOAD);
    return g_string_free(text, false);
}

/* A section as it will be offered: a payloader knows its caps only when the first picture
 * comes, which is after the answer. Its SSRC is named, with that of its RTX, so that the
 * relay need not guess. */
static void
set_up_section(GstElement *pipeline, int index, const char *pay_name,
               const char *caps_text, bool nack)
{
    g_autoptr(GstElement) webrtc = gst_bin_get_by_name(GST_BIN(pipeline), "webrtc");
    g_autoptr(GstElement) pay = gst_bin_get_by_name(GST_BIN(pipeline), pay_name);
    guint ssrc = g_random_int();
    g_object_set(pay, "ssrc", ssrc, NULL);

    GstWebRTCRTPTransceiver *transceiver = NULL;
    g_signal_emit_by_name(webrtc, "get-transceiver", index, &transceiver);
    g_assert(transceiver);
    g_autoptr(GstCaps) caps = gst_caps_from_string(caps_text);
    gst_caps_set_simple(caps, "ssrc", G_TYPE_UINT, ssrc, NULL);
    g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
                 "codec-preferences", caps, "do-nack", nack, NULL);
    gst_object_unref(transceiver);
}

static void
set_up_video_section(GstElement *pipeline, int index, const char *pay_name,
                     unsigned payload)
{
    g_autofree char *caps = g_strdup_printf(
        "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=%u,"
        "packetization-mode=(string)1,profile-level-id=(string)42e01f,"
        "level-asymmetry-allowed=(string)1,rtcp-fb-nack-pli=true",
        payload);
    set_up_section(pipeline, index, pay_name, caps, true);
}

static GstElement *
build(GstElement **out_webrtc, int64_t round_trip_us, void *user_data)
{
    (void)round_trip_us;
    ScPublish *self = user_data;
    g_autofree char *text = describe(self);
    g_autoptr(GError) error = NULL;
    GstElement *pipeline = gst_parse_launch(text, &error);
    g_assert_no_error(error);
    g_autoptr(GstElement) webrtc = gst_bin_get_by_name(GST_BIN(pipeline), "webrtc");

    g_autofree char *opus = g_strdup_printf(
        "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=%d,"
        "encoding-params=(string)2,useinbandfec=(string)1",
        OPUS_PAYLOAD);
    set_up_section(pipeline, 0, "audio-pay", opus, false);
    set_up_video_section(pipeline, 1, "video-pay", H264_PAYLOAD);
    if (self->settings.slides_kbps)
        set_up_video_section(pipeline, 2, "slides-pay", SLIDES_PAYLOAD);

    g_mutex_lock(&self->mutex);
    for (int i = 0; i < SC_N_SOURCE_MEDIA; i++) {
        self->entries[i].appsrc = gst_bin_get_by_name(GST_BIN(pipeline), entry_names[i]);
        self->entries[i].has_encoder = i == SC_SOURCE_AUDIO;
    }
    g_mutex_unlock(&self->mutex);
    *out_webrtc = webrtc;
    return pipeline;
}

static void
drop(void *user_data)
{
    ScPublish *self = user_data;
    g_mutex_lock(&self->mutex);
    self->open = false;
    for (int i = 0; i < SC_N_SOURCE_MEDIA; i++)
        g_clear_object(&self->entries[i].appsrc);
    g_mutex_unlock(&self->mutex);
}

static void
opened(void *user_data)
{
    ScPublish *self = user_data;
    g_mutex_lock(&self->mutex);
    self->open = true;
    g_mutex_unlock(&self->mutex);
}

static void
changed(void *user_data)
{
    ScPublish *self = user_data;
    self->changed(self->user_data);
}

static const ScLinkOwner owner = {
    .build = build,
    .drop = drop,
    .opened = opened,
    .changed = changed,
};

ScPublish *
sc_publish_new(const ScPlace *place, const ScPublishSettings *settings,
               void (*on_changed)(void *user_data), void *user_data)
{
    ScPublish *self = g_new0(ScPublish, 1);
    self->settings = *settings;
    self->changed = on_changed;
    self->user_data = user_data;
    g_mutex_init(&self->mutex);
    self->link = sc_link_new(place, SC_DOOR_WHIP, &owner, self);
    return self;
}

void
sc_publish_free(ScPublish *self)
{
    if (!self)
        return;
    sc_link_free(self->link);
    g_mutex_clear(&self->mutex);
    g_free(self);
}

void
sc_publish_push(ScPublish *self, ScSourceMedium medium, GstSample *sample)
{
    g_autoptr(GstElement) appsrc = NULL;
    bool needs_encoder = false;

    g_mutex_lock(&self->mutex);
    Entry *entry = &self->entries[medium];
    bool is_off = self->is_muted && medium == SC_SOURCE_AUDIO;
    if (self->open && entry->appsrc && !is_off) {
        appsrc = gst_object_ref(entry->appsrc);
        needs_encoder = !entry->has_encoder;
        entry->has_encoder = true;
    }
    g_mutex_unlock(&self->mutex);
    if (!appsrc)
        return;

    if (needs_encoder) {
        GstVideoInfo video;
        if (!gst_video_info_from_caps(&video, gst_sample_get_caps(sample)))
            return;
        insert_encoder(self, medium, appsrc, &video);
    }
    gst_app_src_push_sample(GST_APP_SRC(appsrc), sample);
}

void
sc_publish_mute(ScPublish *self, bool is_muted)
{
    g_mutex_lock(&self->mutex);
    self->is_muted = is_muted;
    g_mutex_unlock(&self->mutex);
}

ScLink *
sc_publish_get_link(ScPublish *self)
{
    return self->link;
}
