/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/relay/actor.h"

#include <string.h>

#include "relay/wire/extension.h"
#include "relay/wire/feedback.h"
#include "relay/wire/rtp.h"
#include "relay/wire/sequence.h"
#include "relay/wire/twcc.h"

#define OUR_SSRC 0x77777777 /* as which an actor sends RTCP about slots */
#define RECENT 4096
#define BEHIND_US INT64_C(500000) /* a machine that slept: the rhythm begins anew */
#define REPORT_US SC_STAGE_SECOND_US
#define NTP_STEP_US (1000 * SC_STAGE_SECOND_US) /* each actor's wall clock is another */
#define CREDENTIALS "\"ice\":{\"ufrag\":\"%s\",\"pwd\":\"%s\"}"

static const char *const rids[] = { "h", "m", "l" };

static ScStream *
add_stream(ScActor *self, bool is_video, unsigned section)
{
    static uint32_t n_ids;
    ScStream *stream = &self->streams[self->n_streams];
    ScAsked *asked = &self->asked[self->n_streams];

    g_assert_cmpuint(self->n_streams, <, SC_ACTOR_STREAMS_MAX);
    sc_stream_init(stream, ++n_ids, is_video);
    stream->mid = g_intern_string((char[]){ (char)('0' + section), '\0' });
    stream->transport_sequence = &self->transport_sequence;
    asked->pli_us = g_array_new(FALSE, FALSE, sizeof(int64_t));
    asked->nacked = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    self->tracks[self->n_streams++] = g_strdup_printf("%s.k%u", self->name, section);
    return stream;
}

static void
append_track(ScActor *self, GString *json, char kind, unsigned section)
{
    ScStream *stream = add_stream(self, kind != 'a', section);

    g_string_append_printf(
        json,
        "%s{\"track\":\"%s.k%u\",\"mid\":\"%u\",\"kind\":\"%s\",\"codec\":\"%s\","
        "\"clock_hz\":%u,\"payload_type\":%u,\"nack\":%s,\"pli\":%s,\"transport_cc\":"
        "true",
        section == 0 ? "" : ",", self->name, section, section,
        stream->is_video ? "video" : "audio", stream->is_video ? "h264" : "opus",
        stream->clock_hz, stream->payload_type, stream->is_video ? "true" : "false",
        stream->is_video ? "true" : "false");
    if (stream->is_video)
        g_string_append_printf(json, ",\"rtx_payload_type\":%u",
                               stream->rtx_payload_type);
    if (kind == 's') {
        stream->rid = rids[0];
        for (unsigned i = 1; i < G_N_ELEMENTS(rids); i++)
            add_stream(self, true, section)->rid = rids[i];
        g_string_append(json, ",\"rids\":[\"h\",\"m\",\"l\"]");
    } else if (!self->plan.hides_ssrcs) {
        g_string_append_printf(json, ",\"ssrc\":%u", stream->ssrc);
        if (stream->is_video)
            g_string_append_printf(json, ",\"rtx_ssrc\":%u", stream->rtx_ssrc);
    }
    g_string_append_c(json, '}');
}

static void
append_slot(ScActor *self, GString *json, char kind, unsigned section)
{
    static uint32_t n_slots;
    ScHearing *slot = &self->slots[self->n_slots++];

    n_slots++;
    slot->is_video = kind == 'v';
    slot->ssrc = 0x20000000 + 2 * n_slots;
    slot->rtx_ssrc = slot->is_video ? slot->ssrc + 1 : 0;
    slot->name = g_strdup_printf("%s.s%u", self->name, self->n_slots - 1);
    slot->heard = g_array_new(FALSE, FALSE, sizeof(ScHeard));
    slot->lost = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_string_append_printf(
        json,
        "%s{\"slot\":\"%s\",\"mid\":\"%u\",\"kind\":\"%s\",\"ssrc\":%u,"
        "\"cname\":\"%s\",",
        self->n_slots == 1 ? "" : ",", slot->name, section,
        slot->is_video ? "video" : "audio", slot->ssrc, self->name);
    if (slot->is_video)
        g_string_append_printf(
            json,
            "\"rtx_ssrc\":%u,\"payloads\":[{\"codec\":\"h264\",\"clock_hz\":90000,"
            "\"payload_type\":96,\"rtx_payload_type\":97}]}",
            slot->rtx_ssrc);
    else
        g_string_append(json, "\"payloads\":[{\"codec\":\"opus\",\"clock_hz\":48000,"
                              "\"payload_type\":98}]}");
}

static char *
make_request(ScActor *self)
{
    GString *json = g_string_new(NULL);
    const char *tracks = self->plan.tracks != NULL ? self->plan.tracks : "";
    const char *slots = self->plan.slots != NULL ? self->plan.slots : "";
    unsigned section = 0;

    g_string_append_printf(
        json,
        "{\"transport\":\"%s\",\"tag\":\"tag of %s\"," CREDENTIALS
        ",\"fingerprint\":\"%s\",\"extensions\":{\"mid\":%d,\"rid\":%d,"
        "\"repaired_rid\":%d,\"abs_send_time\":%d,\"transport_cc\":%d},\"receive\":[",
        self->name, self->name, sc_peer_get_ufrag(self->peer),
        sc_peer_get_password(self->peer),
        sc_peer_identity_get_fingerprint(self->stage->identity), SC_MEDIA_EXTENSION_MID,
        SC_MEDIA_EXTENSION_RID, SC_MEDIA_EXTENSION_REPAIRED_RID,
        SC_MEDIA_EXTENSION_ABS_SEND_TIME, SC_MEDIA_EXTENSION_TRANSPORT_CC);
    for (; *tracks != '\0'; tracks++)
        append_track(self, json, *tracks, section++);
    g_string_append(json, "],\"send\":[");
    for (; *slots != '\0'; slots++)
        append_slot(self, json, *slots, section++);
    g_string_append(json, "]}");
    return g_string_free(json, FALSE);
}

static ScHearing *
lookup_slot(ScActor *self, uint32_t ssrc, bool *out_is_rtx)
{
    for (unsigned i = 0; i < self->n_slots; i++) {
        ScHearing *slot = &self->slots[i];

        *out_is_rtx = slot->is_video && ssrc == slot->rtx_ssrc;
        if (ssrc == slot->ssrc || *out_is_rtx)
            return slot;
    }
    return NULL;
}

/* Lately: numbers come round. */
static bool
has_heard(const ScHearing *slot, uint16_t sequence)
{
    for (unsigned i = slot->heard->len; i-- > 0 && slot->heard->len - i <= RECENT;)
        if (g_array_index(slot->heard, ScHeard, i).sequence == sequence)
            return true;
    return false;
}

static uint16_t
read_wide_sequence(const ScRtp *rtp)
{
    const ScExtensionIds ids = { .transport_cc = SC_MEDIA_EXTENSION_TRANSPORT_CC };
    ScExtensionValues values;

    sc_extension_parse(rtp, &ids, &values);
    return values.transport_sequence;
}

static void
on_rtp(G_GNUC_UNUSED ScPeer *peer, uint8_t *data, size_t length, int64_t now_us,
       void *user_data)
{
    ScActor *self = user_data;
    ScRtp rtp;
    bool is_rtx = false;

    g_assert_true(sc_rtp_parse(data, length, &rtp));
    ScHearing *slot = lookup_slot(self, rtp.ssrc, &is_rtx);
    if (slot == NULL) {
        self->n_strange++;
        return;
    }
    if (self->line != NULL)
        sc_thin_line_take(self->line, &rtp, length, now_us);
    ScHeard heard = {
        .is_repair = is_rtx,
        .marker = rtp.marker,
        .payload_type = rtp.payload_type,
        .sequence = rtp.sequence,
        .wide_sequence = read_wide_sequence(&rtp),
        .timestamp = rtp.timestamp,
        .arrival_us = now_us,
    };
    if (is_rtx && !sc_rtp_unwrap_rtx(&rtp, &heard.sequence))
        return;
    if (is_rtx && has_heard(slot, heard.sequence)) {
        self->n_repeated++;
        return;
    }
    if (slot->loses > 0 && !is_rtx) {
        slot->loses--;
        g_array_append_val(slot->lost, heard.sequence);
        return;
    }
    heard.is_intact = sc_media_read(rtp.payload, rtp.payload_length, &heard.label);
    g_array_append_val(slot->heard, heard);
}

static int
find_stream(const ScActor *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->n_streams; i++)
        if (self->streams[i].ssrc == ssrc)
            return (int)i;
    return -1;
}

static void
take_nack(ScActor *self, unsigned i, const ScFeedback *feedback)
{
    ScFeedbackNacks nacks = sc_feedback_iterate_nacks(feedback);
    uint16_t sequence;

    while (sc_feedback_next_nack(&nacks, &sequence)) {
        g_array_append_val(self->asked[i].nacked, sequence);
        if (self->repairs)
            g_assert_true(sc_stream_repair(&self->streams[i], self->peer, sequence));
    }
}

static void
take_transport_feedback(ScActor *self, const ScFeedback *feedback)
{
    ScTwccFeedback report;
    ScTwccStatus status;

    g_assert_true(sc_twcc_parse(feedback, &report));
    self->n_feedbacks++;
    while (sc_twcc_next(&report, &status))
        self->n_feedback_received += status.received;
}

static void
take_feedback(ScActor *self, const ScFeedback *feedback, int64_t now_us)
{
    int i = find_stream(self, feedback->media_ssrc);

    if (feedback->kind == SC_FEEDBACK_TWCC)
        take_transport_feedback(self, feedback);
    if (i < 0)
        return;
    if (feedback->kind == SC_FEEDBACK_NACK)
        take_nack(self, (unsigned)i, feedback);
    if (feedback->kind == SC_FEEDBACK_PLI) {
        self->asked[i].n_plis++;
        g_array_append_val(self->asked[i].pli_us, now_us);
        self->streams[i].wants_key = true;
    }
}

static void
take_reports(ScActor *self, const ScRtcpPacket *packet, int64_t now_us)
{
    ScRtcpSenderInfo info;
    ScRtcpReport report;
    bool is_rtx = false;

    if (sc_rtcp_parse_sr(packet, &info)) {
        ScHearing *slot = lookup_slot(self, info.ssrc, &is_rtx);

        if (slot != NULL && !is_rtx) {
            slot->report = info;
            slot->report_us = now_us;
            slot->n_reports++;
        }
    }
    for (unsigned i = 0; sc_rtcp_parse_report(packet, i, &report); i++) {
        int stream = find_stream(self, report.ssrc);

        if (stream < 0)
            continue;
        self->asked[stream].report = report;
        self->asked[stream].n_reports++;
    }
}

static void
on_rtcp(G_GNUC_UNUSED ScPeer *peer, uint8_t *data, size_t length, int64_t now_us,
        void *user_data)
{
    ScActor *self = user_data;
    ScRtcpIterator iterator = sc_rtcp_iterate(data, length);
    ScRtcpPacket packet;
    ScFeedback feedback;

    g_assert_true(sc_rtcp_is_valid(data, length));
    while (sc_rtcp_next(&iterator, &packet)) {
        if (sc_feedback_parse(&packet, &feedback))
            take_feedback(self, &feedback, now_us);
        else
            take_reports(self, &packet, now_us);
    }
}

bool
sc_actor_is_connected(void *actor)
{
    const ScActor *self = actor;

    return sc_peer_get_state(self->peer) == SC_PEER_CONNECTED
           && g_strcmp0(sc_stage_get_state(self->stage, self->name), "connected") == 0;
}

/* The first candidate of our family. */
static ScAddress
choose_candidate(const ScActor *self, JsonObject *answer)
{
    JsonArray *candidates = json_object_get_array_member(answer, "candidates");
    ScAddress ours;
    ScAddress theirs;

    sc_peer_get_address(self->peer, &ours);
    for (unsigned i = 0; i < json_array_get_length(candidates); i++) {
        JsonObject *candidate = json_array_get_object_element(candidates, i);
        const char *text = json_object_get_string_member(candidate, "address");
        int64_t port = json_object_get_int_member(candidate, "port");

        g_assert_true(sc_address_parse(text, (uint16_t)port, &theirs));
        if (sc_address_is_v4(&theirs) == sc_address_is_v4(&ours))
            return theirs;
    }
    g_error("no candidate for %s", self->name);
}

static void
follow_answer(ScActor *self, JsonObject *answer)
{
    JsonObject *ice = json_object_get_object_member(answer, "ice");

    self->relay = choose_candidate(self, answer);
    self->relay_ufrag = g_strdup(json_object_get_string_member(ice, "ufrag"));
    self->relay_password = g_strdup(json_object_get_string_member(ice, "pwd"));
    sc_peer_connect(self->peer, &self->relay, self->relay_ufrag, self->relay_password,
                    json_object_get_string_member(answer, "fingerprint"));
}

void
sc_actor_connect(ScActor *self)
{
    g_autofree char *request = make_request(self);
    g_autoptr(JsonNode) answer = sc_stage_call(self->stage, "transport.create", request);

    follow_answer(self, json_node_get_object(answer));
}

ScActor *
sc_actor_new(ScStage *stage, const ScActorPlan *plan, bool connects)
{
    static const ScPeerHandlers handlers = { .on_rtp = on_rtp, .on_rtcp = on_rtcp };
    g_autoptr(GError) error = NULL;
    ScActor *self = g_new0(ScActor, 1);
    ScPeerOptions options = {
        .identity = stage->identity,
        .address = plan->address,
        .profiles = plan->profiles,
        .delays_handshake = plan->delays_handshake,
        .handlers = &handlers,
        .user_data = self,
    };

    self->stage = stage;
    self->plan = *plan;
    self->repairs = true;
    self->name = g_strdup_printf("t%u", ++stage->n_names);
    self->ntp_offset_us = stage->n_names * NTP_STEP_US;
    self->peer = sc_peer_new(stage->loop, &options, &error);
    g_assert_no_error(error);
    g_ptr_array_add(stage->actors, self);
    if (connects) {
        sc_actor_connect(self);
        g_assert_true(
            sc_stage_run_until(stage, sc_actor_is_connected, self, SC_STAGE_HANG_US));
    }
    return self;
}

void
sc_actor_free(ScActor *self)
{
    for (unsigned i = 0; i < self->n_streams; i++) {
        sc_stream_clear(&self->streams[i]);
        g_array_unref(self->asked[i].pli_us);
        g_array_unref(self->asked[i].nacked);
        g_free(self->tracks[i]);
    }
    for (unsigned i = 0; i < self->n_slots; i++) {
        g_array_unref(self->slots[i].heard);
        g_array_unref(self->slots[i].lost);
        g_free(self->slots[i].name);
    }
    sc_thin_line_free(self->line);
    sc_peer_free(self->peer);
    g_free(self->relay_ufrag);
    g_free(self->relay_password);
    g_free(self->name);
    g_free(self);
}

/* True once for each @period_us that has passed. */
static bool
is_due(int64_t *next_us, int64_t period_us, int64_t now_us)
{
    if (now_us < *next_us)
        return false;
    if (now_us - *next_us > BEHIND_US)
        *next_us = now_us;
    *next_us += period_us;
    return true;
}

static void
send_frames(ScActor *self, bool is_video)
{
    for (unsigned i = 0; i < self->n_streams; i++)
        if (self->streams[i].is_video == is_video)
            sc_stream_send_frame(&self->streams[i], self->peer);
}

static uint64_t
ntp_of(const ScActor *self, int64_t monotonic_us)
{
    uint64_t us = (uint64_t)(monotonic_us + self->ntp_offset_us);

    return (us / G_USEC_PER_SEC) << 32 | ((us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC;
}

/* The timestamps rise by the schedule, not by when a tick came round to it: so does the
 * wall clock that a report gives them. */
static void
send_reports(ScActor *self)
{
    for (unsigned i = 0; i < self->n_streams; i++) {
        ScStream *stream = &self->streams[i];
        int64_t scheduled_us = stream->is_video ? self->next_video_us - SC_MEDIA_FRAME_US
                                                : self->next_audio_us - SC_MEDIA_AUDIO_US;

        if (stream->n_packets > 0)
            sc_stream_send_report(stream, self->peer, ntp_of(self, scheduled_us));
    }
}

void
sc_actor_play(ScActor *self, int64_t now_us)
{
    if (self->line != NULL && sc_peer_get_state(self->peer) == SC_PEER_CONNECTED)
        sc_thin_line_tell(self->line, self->peer, self->slots[0].ssrc, now_us);
    if (!self->is_live || sc_peer_get_state(self->peer) != SC_PEER_CONNECTED)
        return;
    while (is_due(&self->next_audio_us, SC_MEDIA_AUDIO_US, now_us))
        send_frames(self, false);
    while (is_due(&self->next_video_us, SC_MEDIA_FRAME_US, now_us))
        send_frames(self, true);
    if (is_due(&self->next_report_us, REPORT_US, now_us))
        send_reports(self);
}

void
sc_actor_restart_ice(ScActor *self)
{
    sc_peer_restart(self->peer);
    g_autofree char *request =
        g_strdup_printf("{\"transport\":\"%s\"," CREDENTIALS "}", self->name,
                        sc_peer_get_ufrag(self->peer), sc_peer_get_password(self->peer));
    g_autoptr(JsonNode) answer =
        sc_stage_call(self->stage, "transport.restart_ice", request);
    JsonObject *ice = json_object_get_object_member(json_node_get_object(answer), "ice");

    sc_peer_set_remote(self->peer, json_object_get_string_member(ice, "ufrag"),
                       json_object_get_string_member(ice, "pwd"));
}

void
sc_actor_patch(ScActor *self, unsigned slot, const ScActor *from, unsigned stream)
{
    g_autofree char *track =
        from != NULL ? g_strdup_printf("\"%s\"", from->tracks[stream]) : g_strdup("null");
    g_autofree char *request = g_strdup_printf(
        "{\"patches\":[{\"slot\":\"%s\",\"track\":%s}]}", self->slots[slot].name, track);

    json_node_unref(sc_stage_call(self->stage, "slot.patch", request));
}

void
sc_actor_close(ScActor *self)
{
    g_autofree char *request = g_strdup_printf("{\"transport\":\"%s\"}", self->name);

    json_node_unref(sc_stage_call(self->stage, "transport.close", request));
}

void
sc_actor_send_pli(ScActor *self, unsigned slot)
{
    uint8_t packet[64];
    ScWriter writer = sc_writer_init(packet, sizeof packet);

    sc_feedback_write_pli(&writer, OUR_SSRC, self->slots[slot].ssrc);
    g_assert_true(sc_peer_send_rtcp(self->peer, packet, writer.offset));
}

void
sc_actor_send_nack(ScActor *self, unsigned slot, const uint16_t *sequences,
                   size_t n_sequences)
{
    uint8_t packet[1024];
    ScWriter writer = sc_writer_init(packet, sizeof packet);

    sc_feedback_write_nack(&writer, OUR_SSRC, self->slots[slot].ssrc, sequences,
                           n_sequences);
    g_assert_false(writer.overrun);
    g_assert_true(sc_peer_send_rtcp(self->peer, packet, writer.offset));
}

unsigned
sc_actor_count(const ScActor *self, unsigned slot, uint32_t id)
{
    unsigned n_heard = 0;

    for (unsigned i = 0; i < sc_actor_get_n_heard(self, slot); i++)
        n_heard += sc_actor_get_heard(self, slot, i)->label.id == id;
    return n_heard;
}

const ScHeard *
sc_actor_get_heard(const ScActor *self, unsigned slot, unsigned index)
{
    return &g_array_index(self->slots[slot].heard, ScHeard, index);
}

unsigned
sc_actor_get_n_heard(const ScActor *self, unsigned slot)
{
    return self->slots[slot].heard->len;
}

typedef struct {
    const ScActor *actor;
    unsigned slot;
    unsigned n_wanted;
} Wish;

static bool
is_fulfilled(void *data)
{
    const Wish *wish = data;

    return sc_actor_get_n_heard(wish->actor, wish->slot) >= wish->n_wanted;
}

void
sc_actor_wait_heard(ScActor *self, unsigned slot, unsigned n_packets)
{
    Wish wish = { self, slot, sc_actor_get_n_heard(self, slot) + n_packets };

    g_assert_true(sc_stage_run_until(self->stage, is_fulfilled, &wish, SC_STAGE_HANG_US));
}

typedef struct {
    uint64_t sequence; /* extended */
    const ScHeard *heard;
} Place;

static int
compare_places(gconstpointer a, gconstpointer b)
{
    const Place *left = a;
    const Place *right = b;

    return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

void
sc_actor_assert_continuous(const ScActor *self, unsigned slot)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    uint64_t near = 1 << 20;

    for (unsigned i = 0; i < sc_actor_get_n_heard(self, slot); i++) {
        const ScHeard *heard = sc_actor_get_heard(self, slot, i);
        Place place = { sc_sequence_extend(near, heard->sequence), heard };

        g_assert_true(heard->is_intact);
        near = place.sequence;
        g_array_append_val(places, place);
    }
    g_array_sort(places, compare_places);
    for (unsigned i = 1; i < places->len; i++) {
        const Place *before = &g_array_index(places, Place, i - 1);
        const Place *place = &g_array_index(places, Place, i);
        int32_t passed = (int32_t)(place->heard->timestamp - before->heard->timestamp);

        g_assert_cmpuint(place->sequence, ==, before->sequence + 1);
        g_assert_cmpint(passed, >=, 0);
    }
}
