/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-session"
#include "client/session.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <nice/agent.h>

#include "client/candidate.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NiceAgent, g_object_unref)

/* libnice repeats a check that was not answered within max(500 ms, pacing timer), and
 * then loses its way: with a round trip of 520 to 1000 ms it never connects (measured,
 * 0.1.21). So the timer is made longer than the round trip. It is also the interval
 * between checks, but that was fixed when the checks began: see give_candidates(). */
#define BUNDLE_SESSION 0 /* of rtpbin: all media share one transport */
#define LONG_ROUND_TRIP_US (350 * 1000)
#define PACING_MAX_MS 2000
#define SHORT_PACING_MS 20 /* libnice's default, as RFC 8445, 14.2 */

/* Everything is bundled on one transport: libnice's first stream and component. */
#define NICE_STREAM 1
#define NICE_COMPONENT 1

struct ScSession {
    GstElement *pipeline;  /* ref */
    GstElement *webrtc;    /* borrowed: the pipeline holds it */
    ScResource *resource;  /* owned */
    GMainContext *context; /* ref: of the main thread */
    guint bus_watch;
    char *offer;             /* owned: applied when it is answered */
    ScCandidates candidates; /* of the answer */
    int64_t round_trip_us;   /* of signaling */
    unsigned n_offers;
    const ScSessionHandlers *handlers; /* borrowed: see sc_session_new() */
    void *user_data;                   /* borrowed: the owner of the session */

    _Atomic int64_t last_heard_us; /* written by streaming threads */
    bool closed;                   /* notes that are still on their way are dropped */
};

/* What another thread has to tell: it only posts. */
typedef enum {
    NOTE_OFFER,
    NOTE_OFFER_FAILED,
    NOTE_ANSWER_SET,
    NOTE_OPENED,
    NOTE_FAILED
} NoteKind;

typedef struct {
    ScSession *session; /* ref */
    NoteKind kind;
    char *text; /* owned */
} Note;

static void
session_clear(gpointer data)
{
    ScSession *self = data;
    g_main_context_unref(self->context);
    sc_candidates_clear(&self->candidates);
    g_free(self->offer);
}

static void
session_release(ScSession *self)
{
    g_atomic_rc_box_release_full(self, session_clear);
}

static void
note_free(gpointer data)
{
    Note *note = data;
    session_release(note->session);
    g_free(note->text);
    g_free(note);
}

static void on_offer_answered(const char *answer, int64_t round_trip_us,
                              const ScRefusal *refusal, void *user_data);

static bool give_candidates(ScSession *self, const ScCandidates *candidates);

static gboolean
on_note(gpointer data)
{
    Note *note = data;
    ScSession *self = note->session;
    if (self->closed)
        return G_SOURCE_REMOVE;

    switch (note->kind) {
    case NOTE_OFFER:
        self->offer = g_steal_pointer(&note->text);
        g_debug("offer made");
        sc_resource_post(self->resource, self->offer, on_offer_answered, self);
        break;
    case NOTE_OFFER_FAILED:
        self->handlers->broken(note->text, self->user_data);
        break;
    case NOTE_ANSWER_SET:
        g_debug("answer applied");
        give_candidates(self, &self->candidates);
        break;
    case NOTE_OPENED:
        self->handlers->opened(self->user_data);
        break;
    case NOTE_FAILED:
        self->handlers->failed(note->text, self->user_data);
        break;
    }
    return G_SOURCE_REMOVE;
}

static void
post(ScSession *self, NoteKind kind, char *text)
{
    Note *note = g_new0(Note, 1);
    note->session = g_atomic_rc_box_acquire(self);
    note->kind = kind;
    note->text = text;
    g_main_context_invoke_full(self->context, G_PRIORITY_DEFAULT, on_note, note,
                               note_free);
}

static NiceAgent *
get_agent(ScSession *self)
{
    g_autoptr(GObject) ice = NULL;
    NiceAgent *agent = NULL;
    g_object_get(self->webrtc, "ice-agent", &ice, NULL);
    g_object_get(ice, "agent", &agent, NULL);
    return agent;
}

/* webrtcbin's thread. */
static void
on_offer_made(GstPromise *promise, gpointer user_data)
{
    ScSession *self = user_data;
    GstWebRTCSessionDescription *offer = NULL;
    const GstStructure *reply = NULL;
    if (gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED)
        reply = gst_promise_get_reply(promise);
    if (reply)
        gst_structure_get(reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer,
                          NULL);
    if (offer) {
        g_autofree char *text = gst_sdp_message_as_text(offer->sdp);
        post(self, NOTE_OFFER, g_steal_pointer(&text));
        gst_webrtc_session_description_free(offer);
    } else {
        post(self, NOTE_OFFER_FAILED, g_strdup("webrtcbin made no offer"));
    }
    gst_promise_unref(promise);
}

static void
make_offer(ScSession *self)
{
    self->n_offers++;
    GstPromise *promise = gst_promise_new_with_change_func(
        on_offer_made, g_atomic_rc_box_acquire(self), (GDestroyNotify)session_release);
    g_signal_emit_by_name(self->webrtc, "create-offer", NULL, promise);
}

static void
set_description(ScSession *self, const char *signal, GstWebRTCSDPType type,
                const char *text, GstPromise *promise)
{
    GstSDPMessage *sdp = NULL;
    if (gst_sdp_message_new_from_text(text, &sdp) != GST_SDP_OK) {
        self->handlers->broken("the answer is no SDP", self->user_data);
        return;
    }
    GstWebRTCSessionDescription *description =
        gst_webrtc_session_description_new(type, sdp);
    g_signal_emit_by_name(self->webrtc, signal, description, promise);
    gst_webrtc_session_description_free(description);
}

/* The relay is public, and asks for no port of our router. Before anything is gathered,
 * for then libnice looks for a router by multicast on every interface. */
static void
forbid_upnp(ScSession *self)
{
    g_autoptr(NiceAgent) agent = get_agent(self);
    g_object_set(agent, "upnp", FALSE, NULL);
}

/* Only the addresses that lead to the relay are gathered; one pair a family. */
static void
set_up_ice(ScSession *self, const ScCandidates *candidates)
{
    g_autoptr(GObject) ice = NULL;
    g_autoptr(NiceAgent) agent = get_agent(self);
    g_object_get(self->webrtc, "ice-agent", &ice, NULL);
    g_object_set(ice, "ice-tcp", FALSE, NULL);
    /* Requests, not indications: the relay needs them as consent (RFC 7675), and
     * libnice's own consent mode would stop a living session on a lossy line after 10 s.
     */
    g_object_set(agent, "keepalive-conncheck", TRUE, NULL);

    for (unsigned i = 0; i < candidates->n; i++) {
        g_autofree char *address = g_inet_address_to_string(candidates->items[i].local);
        gboolean added;
        g_signal_emit_by_name(ice, "add-local-ip-address", address, &added);
    }
}

/* Checks begin here, at once and in quick steps; what the timer is set to afterwards is
 * how long each of them waits for its answer. */
static bool
give_candidates(ScSession *self, const ScCandidates *candidates)
{
    g_autoptr(NiceAgent) agent = get_agent(self);
    GSList *list = NULL;
    for (unsigned i = 0; i < candidates->n; i++) {
        g_autofree char *text = g_inet_address_to_string(candidates->items[i].remote);
        NiceCandidate *candidate = nice_candidate_new(NICE_CANDIDATE_TYPE_HOST);
        candidate->stream_id = NICE_STREAM;
        candidate->component_id = NICE_COMPONENT;
        candidate->transport = NICE_CANDIDATE_TRANSPORT_UDP;
        nice_address_set_from_string(&candidate->addr, text);
        nice_address_set_port(&candidate->addr, candidates->items[i].port);
        g_snprintf(candidate->foundation, sizeof candidate->foundation, "%u", i + 1);
        list = g_slist_append(list, candidate);
    }
    g_object_set(agent, "stun-pacing-timer", SHORT_PACING_MS, NULL);
    int n = nice_agent_set_remote_candidates(agent, NICE_STREAM, NICE_COMPONENT, list);
    if (self->round_trip_us > LONG_ROUND_TRIP_US) {
        int64_t pacing_ms = self->round_trip_us * 5 / 4 / 1000;
        g_object_set(agent, "stun-pacing-timer", (guint)MIN(pacing_ms, PACING_MAX_MS),
                     NULL);
    }
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
    return n > 0;
}

/* webrtcbin's thread. */
static void
on_answer_set(GstPromise *promise, gpointer user_data)
{
    post(user_data, NOTE_ANSWER_SET, NULL);
    gst_promise_unref(promise);
}

static void
on_offer_answered(const char *answer, int64_t round_trip_us, const ScRefusal *refusal,
                  void *user_data)
{
    ScSession *self = user_data;
    if (refusal) {
        self->handlers->refused(refusal, self->user_data);
        return;
    }
    sc_candidates_clear(&self->candidates);
    sc_candidates_choose(answer, sc_candidate_route, &self->candidates);
    if (self->candidates.n == 0) {
        self->handlers->broken("no way leads to the relay's addresses", self->user_data);
        return;
    }
    g_debug("%s: answered after %" G_GINT64_FORMAT " ms",
            sc_resource_get_location(self->resource), round_trip_us / 1000);
    self->round_trip_us = round_trip_us;
    set_up_ice(self, &self->candidates);
    self->handlers->answered(round_trip_us, self->user_data);

    g_autofree char *bare = sc_candidates_strip(answer);
    set_description(self, "set-local-description", GST_WEBRTC_SDP_TYPE_OFFER, self->offer,
                    NULL);
    set_description(self, "set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER, bare,
                    gst_promise_new_with_change_func(on_answer_set,
                                                     g_atomic_rc_box_acquire(self),
                                                     (GDestroyNotify)session_release));
}

/* The relay's part of a restart, given to libnice directly: webrtcbin 1.22 cannot restart
 * ICE by itself, and need not know. */
static bool
apply_fragment(ScSession *self, const char *fragment)
{
    g_autofree char *ufrag = sc_candidate_dup_attribute(fragment, "ice-ufrag");
    g_autofree char *pwd = sc_candidate_dup_attribute(fragment, "ice-pwd");
    g_auto(ScCandidates) candidates = { .n = 0 };
    sc_candidates_choose(fragment, sc_candidate_route, &candidates);
    if (!ufrag || !pwd || candidates.n == 0)
        return false;

    g_autoptr(NiceAgent) agent = get_agent(self);
    return nice_agent_set_remote_credentials(agent, NICE_STREAM, ufrag, pwd)
           && give_candidates(self, &candidates);
}

static void
on_restart_answered(const char *fragment, int64_t round_trip_us, const ScRefusal *refusal,
                    void *user_data)
{
    (void)round_trip_us;
    ScSession *self = user_data;
    if (refusal || !apply_fragment(self, fragment))
        self->handlers->restart_refused(self->user_data);
}

/* GStreamer's five seconds (RFC 3550, section 6.2) are long for a relay that counts by
 * our reports what we got; RFC 4585, section 3.4 d, allows less. Not from a signal of
 * rtpbin: it holds its lock then. */
static void
report_each_second(GObject *webrtc)
{
    g_autoptr(GstElement) rtpbin = gst_bin_get_by_name(GST_BIN(webrtc), "rtpbin");
    g_autoptr(GObject) rtp = NULL;
    g_signal_emit_by_name(rtpbin, "get-internal-session", BUNDLE_SESSION, &rtp);
    if (rtp)
        g_object_set(rtp, "rtcp-min-interval", (guint64)GST_SECOND, NULL);
}

/* webrtcbin's thread. */
static void
on_connection_state(GObject *webrtc, GParamSpec *spec, gpointer user_data)
{
    (void)spec;
    ScSession *self = user_data;
    GstWebRTCPeerConnectionState state;
    g_object_get(webrtc, "connection-state", &state, NULL);
    if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) {
        report_each_second(webrtc);
        post(self, NOTE_OPENED, NULL);
    }
    if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
        post(self, NOTE_FAILED, g_strdup("ICE failed"));
}

/* A streaming thread: packets that were authenticated. */
static GstPadProbeReturn
on_heard(GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
    (void)pad;
    (void)info;
    ScSession *self = user_data;
    atomic_store_explicit(&self->last_heard_us, g_get_monotonic_time(),
                          memory_order_relaxed);
    return GST_PAD_PROBE_OK;
}

static void
listen_on_pad(GstElement *rtpbin, GstPad *pad, gpointer user_data)
{
    (void)rtpbin;
    ScSession *self = user_data;
    if (g_str_has_prefix(GST_PAD_NAME(pad), "recv_rtp_sink_")
        || g_str_has_prefix(GST_PAD_NAME(pad), "recv_rtcp_sink_"))
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
                          on_heard, g_atomic_rc_box_acquire(self),
                          (GDestroyNotify)session_release);
}

static gboolean
on_bus_message(GstBus *bus, GstMessage *message, gpointer user_data)
{
    (void)bus;
    ScSession *self = user_data;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_LATENCY) {
        gst_bin_recalculate_latency(GST_BIN(self->pipeline));
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        gst_message_parse_error(message, &error, NULL);
        g_autofree char *reason = g_strdup_printf(
            "%s: %s", GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), error->message);
        self->bus_watch = 0;
        self->handlers->broken(reason, self->user_data);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

ScSession *
sc_session_new(GstElement *pipeline, GstElement *webrtc, ScResource *resource,
               const ScSessionHandlers *handlers, void *user_data)
{
    ScSession *self = g_atomic_rc_box_new0(ScSession);
    self->pipeline = gst_object_ref_sink(pipeline);
    self->webrtc = webrtc;
    self->resource = resource;
    self->context = g_main_context_ref_thread_default();
    self->handlers = handlers;
    self->user_data = user_data;
    forbid_upnp(self);

    /* Running time is CLOCK_MONOTONIC in every pipeline of ours: a sample fits whatever
     * session comes next, and a delay is a subtraction. */
    g_autoptr(GstClock) clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
    gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(pipeline, 0);

    g_autoptr(GstElement) rtpbin = gst_bin_get_by_name(GST_BIN(webrtc), "rtpbin");
    g_signal_connect_data(rtpbin, "pad-added", G_CALLBACK(listen_on_pad),
                          g_atomic_rc_box_acquire(self),
                          (GClosureNotify)(void (*)(void))session_release, 0);
    g_signal_connect_data(webrtc, "notify::connection-state",
                          G_CALLBACK(on_connection_state), g_atomic_rc_box_acquire(self),
                          (GClosureNotify)(void (*)(void))session_release, 0);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    self->bus_watch = gst_bus_add_watch(bus, on_bus_message, self);
    return self;
}

/* In this order: 1. nothing of ours is called any more; 2. the relay is told; 3. the
 * streaming threads end; 4. notes still on their way drop the last references. */
void
sc_session_free(ScSession *self)
{
    if (!self)
        return;
    self->closed = true;
    g_clear_handle_id(&self->bus_watch, g_source_remove);
    sc_resource_delete(self->resource);
    g_clear_pointer(&self->resource, sc_resource_free);
    gst_element_set_state(self->pipeline, GST_STATE_NULL);
    g_clear_object(&self->pipeline);
    session_release(self);
}

void
sc_session_start(ScSession *self)
{
    gst_element_set_state(self->pipeline, GST_STATE_PLAYING);
    make_offer(self);
}

void
sc_session_restart_ice(ScSession *self)
{
    g_autoptr(NiceAgent) agent = get_agent(self);
    g_autofree char *ufrag = NULL;
    g_autofree char *pwd = NULL;
    if (!sc_resource_get_location(self->resource)
        || !nice_agent_restart_stream(agent, NICE_STREAM)
        || !nice_agent_get_local_credentials(agent, NICE_STREAM, &ufrag, &pwd)) {
        self->handlers->restart_refused(self->user_data);
        return;
    }
    g_autofree char *fragment =
        g_strdup_printf("a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", ufrag, pwd);
    sc_resource_patch(self->resource, fragment, on_restart_answered, self);
}

int64_t
sc_session_get_last_heard_us(const ScSession *self)
{
    return atomic_load_explicit(&self->last_heard_us, memory_order_relaxed);
}

const char *
sc_session_get_location(const ScSession *self)
{
    return sc_resource_get_location(self->resource);
}

unsigned
sc_session_get_renegotiations(const ScSession *self)
{
    return self->n_offers - 1;
}

GstElement *
sc_session_get_pipeline(const ScSession *self)
{
    return self->pipeline;
}
