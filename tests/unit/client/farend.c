/* SPDX-License-Identifier: Apache-2.0 */
#include "farend.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <libsoup/soup.h>

struct ScFarEnd {
    SoupServer *server; /* owned */
    char *url;          /* owned */
    GPtrArray *pipelines;
    unsigned n_sessions;
    unsigned n_refusals;
    _Atomic unsigned n_decoded;
};

/* A POST that waits for its answer. */
typedef struct {
    ScFarEnd *far_end;
    SoupServerMessage *message;
    GstElement *webrtc;
    bool is_whip;
} Exchange;

static const char *const sent[] = {
    "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=96 ssrc=1111 ! "
    "capsfilter caps=application/x-rtp,media=audio,encoding-name=OPUS,payload=96,"
    "clock-rate=48000,ssrc=(uint)1111",
    "videotestsrc is-live=true pattern=ball ! "
    "video/x-raw,width=320,height=180,framerate=25/1 ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! "
    "video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 pt=97 "
    "ssrc=2222 ! "
    "capsfilter caps=application/x-rtp,media=video,encoding-name=H264,payload=97,"
    "clock-rate=90000,ssrc=(uint)2222",
};

static GstPadProbeReturn
on_picture(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    (void)pad;
    (void)info;
    ScFarEnd *self = user_data;
    atomic_fetch_add(&self->n_decoded, 1);
    return GST_PAD_PROBE_OK;
}

static void
on_pad_added(GstElement *webrtc, GstPad *pad, gpointer user_data)
{
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
    if (!caps || GST_PAD_DIRECTION(pad) != GST_PAD_SRC)
        return;
    const char *media =
        gst_structure_get_string(gst_caps_get_structure(caps, 0), "media");
    bool is_video = !strcmp(media, "video");
    GstElement *bin = gst_parse_bin_from_description(
        is_video ? "rtph264depay ! avdec_h264 name=out ! fakesink sync=false async=false"
                 : "fakesink sync=false async=false",
        true, NULL);
    g_autoptr(GstObject) pipeline = gst_object_get_parent(GST_OBJECT(webrtc));
    gst_bin_add(GST_BIN(pipeline), bin);
    if (is_video) {
        g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(bin), "out");
        g_autoptr(GstPad) src = gst_element_get_static_pad(out, "src");
        gst_pad_add_probe(src, GST_PAD_PROBE_TYPE_BUFFER, on_picture, user_data, NULL);
    }
    gst_element_sync_state_with_parent(bin);
    g_autoptr(GstPad) sink = gst_element_get_static_pad(bin, "sink");
    gst_pad_link(pad, sink);
}

static void
answer(Exchange *exchange)
{
    g_autoptr(GstWebRTCSessionDescription) description = NULL;
    g_object_get(exchange->webrtc, "local-description", &description, NULL);
    g_autofree char *text = gst_sdp_message_as_text(description->sdp);
    g_autofree char *location =
        g_strdup_printf("/%s/lesson/%u", exchange->is_whip ? "whip" : "whep",
                        ++exchange->far_end->n_sessions);
    SoupMessageHeaders *headers =
        soup_server_message_get_response_headers(exchange->message);
    soup_message_headers_replace(headers, "Location", location);
    soup_server_message_set_status(exchange->message, SOUP_STATUS_CREATED, NULL);
    soup_server_message_set_response(exchange->message, "application/sdp",
                                     SOUP_MEMORY_COPY, text, strlen(text));
    soup_server_message_unpause(exchange->message);
    g_object_unref(exchange->message);
    g_free(exchange);
}

static gboolean
on_gathering_checked(gpointer data)
{
    Exchange *exchange = data;
    GstWebRTCICEGatheringState state;
    g_object_get(exchange->webrtc, "ice-gathering-state", &state, NULL);
    if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
        return G_SOURCE_CONTINUE;
    answer(exchange);
    return G_SOURCE_REMOVE;
}

static void
on_answer_made(GstPromise *promise, gpointer user_data)
{
    Exchange *exchange = user_data;
    g_autoptr(GstWebRTCSessionDescription) description = NULL;
    gst_structure_get(gst_promise_get_reply(promise), "answer",
                      GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
    g_signal_emit_by_name(exchange->webrtc, "set-local-description", description, NULL);
    g_timeout_add(5, on_gathering_checked, exchange);
    gst_promise_unref(promise);
}

static void
on_offer_set(GstPromise *promise, gpointer user_data)
{
    Exchange *exchange = user_data;
    gst_promise_unref(promise);
    promise = gst_promise_new_with_change_func(on_answer_made, exchange, NULL);
    g_signal_emit_by_name(exchange->webrtc, "create-answer", NULL, promise);
}

static void
add_sender(GstBin *pipeline, GstElement *webrtc)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++) {
        GstElement *bin = gst_parse_bin_from_description(sent[i], true, NULL);
        gst_bin_add(pipeline, bin);
        gst_element_link(bin, webrtc);
    }
}

/* A far end asks no router for anything either. */
static void
forbid_upnp(GstElement *webrtc)
{
    g_autoptr(GObject) ice = NULL;
    g_autoptr(GObject) agent = NULL;
    g_object_get(webrtc, "ice-agent", &ice, NULL);
    g_object_get(ice, "agent", &agent, NULL);
    g_object_set(agent, "upnp", FALSE, NULL);
}

static void
on_post(SoupServer *server, SoupServerMessage *message, const char *path,
        GHashTable *query, gpointer user_data)
{
    (void)server;
    (void)query;
    ScFarEnd *self = user_data;
    if (strcmp(soup_server_message_get_method(message), "POST") != 0) {
        soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
        return;
    }
    if (self->n_refusals) {
        self->n_refusals--;
        soup_server_message_set_status(message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
        return;
    }
    Exchange *exchange = g_new0(Exchange, 1);
    exchange->far_end = self;
    exchange->message = g_object_ref(message);
    exchange->is_whip = g_str_has_prefix(path, "/whip");
    GstElement *pipeline = gst_pipeline_new(NULL);
    GstElement *webrtc = gst_element_factory_make("webrtcbin", "webrtc");
    gst_util_set_object_arg(G_OBJECT(webrtc), "bundle-policy", "max-bundle");
    forbid_upnp(webrtc);
    gst_bin_add(GST_BIN(pipeline), webrtc);
    if (!exchange->is_whip)
        add_sender(GST_BIN(pipeline), webrtc);
    g_ptr_array_add(self->pipelines, gst_object_ref_sink(pipeline));
    exchange->webrtc = webrtc;
    g_signal_connect(webrtc, "pad-added", G_CALLBACK(on_pad_added), self);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);

    GstSDPMessage *sdp = NULL;
    gst_sdp_message_new_from_text(soup_server_message_get_request_body(message)->data,
                                  &sdp);
    g_autoptr(GstWebRTCSessionDescription) offer =
        gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, sdp);
    g_signal_emit_by_name(webrtc, "set-remote-description", offer,
                          gst_promise_new_with_change_func(on_offer_set, exchange, NULL));
    soup_server_message_pause(message);
}

static void
end_pipeline(gpointer data)
{
    gst_element_set_state(data, GST_STATE_NULL);
    gst_object_unref(data);
}

ScFarEnd *
sc_far_end_new(void)
{
    ScFarEnd *self = g_new0(ScFarEnd, 1);
    self->server = soup_server_new(NULL, NULL);
    self->pipelines = g_ptr_array_new_with_free_func(end_pipeline);
    soup_server_add_handler(self->server, "/whip", on_post, self, NULL);
    soup_server_add_handler(self->server, "/whep", on_post, self, NULL);
    soup_server_listen_local(self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL);
    GSList *uris = soup_server_get_uris(self->server);
    self->url = g_uri_to_string(uris->data);
    if (g_str_has_suffix(self->url, "/"))
        self->url[strlen(self->url) - 1] = '\0';
    g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
    return self;
}

void
sc_far_end_free(ScFarEnd *self)
{
    g_ptr_array_unref(self->pipelines);
    g_object_unref(self->server);
    g_free(self->url);
    g_free(self);
}

const char *
sc_far_end_get_url(const ScFarEnd *self)
{
    return self->url;
}

unsigned
sc_far_end_get_decoded(const ScFarEnd *self)
{
    return atomic_load(&self->n_decoded);
}

unsigned
sc_far_end_get_sessions(const ScFarEnd *self)
{
    return self->n_sessions;
}

void
sc_far_end_refuse(ScFarEnd *self, unsigned n)
{
    self->n_refusals = n;
}

void
sc_far_end_forget(ScFarEnd *self)
{
    g_ptr_array_set_size(self->pipelines, 0);
}
