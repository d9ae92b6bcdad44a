/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/answer.h"

#include <string.h>

/* What WHIP asks for and WHEP gives first: H.264 is what rooms have hardware for. */
static const ScSdpCodecId preference[SC_SDP_N_CODECS] = { SC_SDP_OPUS, SC_SDP_H264,
                                                          SC_SDP_VP8 };

/* Feedback that we answer where it was offered; audio loses nothing by a picture's. */
static const struct {
    ScSdpFeedback bit;
    const char *name;
} feedbacks[] = {
    { SC_SDP_GOOG_REMB, "goog-remb" }, { SC_SDP_TRANSPORT_CC, "transport-cc" },
    { SC_SDP_CCM_FIR, "ccm fir" },     { SC_SDP_NACK, "nack" },
    { SC_SDP_NACK_PLI, "nack pli" },
};

static const struct {
    const char *uri;
    size_t offset; /* in ScSdpExtensions */
    const char *member;
    bool is_simulcast; /* of use with layers only */
} extensions[] = {
    { "urn:ietf:params:rtp-hdrext:sdes:mid", G_STRUCT_OFFSET(ScSdpExtensions, mid), "mid",
      false },
    { "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
      G_STRUCT_OFFSET(ScSdpExtensions, rid), "rid", true },
    { "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
      G_STRUCT_OFFSET(ScSdpExtensions, repaired_rid), "repaired_rid", true },
    { "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
      G_STRUCT_OFFSET(ScSdpExtensions, abs_send_time), "abs_send_time", false },
    { "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
      G_STRUCT_OFFSET(ScSdpExtensions, transport_cc), "transport_cc", false },
};

static uint8_t
get_extension(const ScSdpExtensions *ids, size_t i)
{
    return G_STRUCT_MEMBER(uint8_t, ids, extensions[i].offset);
}

/* Whether the peer's @direction has the other half of ours. */
static bool
can_meet(ScSdpDirection theirs, ScSdpDirection ours)
{
    return (theirs & (ours == SC_SDP_RECVONLY ? SC_SDP_SENDONLY : SC_SDP_RECVONLY)) != 0;
}

static const ScAnswerStream *
lookup_stream(const ScAnswerStream *streams, unsigned n_streams, ScSdpKind kind,
              unsigned k)
{
    for (unsigned i = 0; i < n_streams; i++)
        if (streams[i].kind == kind && k-- == 0)
            return &streams[i];
    return NULL;
}

static void
choose_codecs(ScAnswerSection *section, unsigned n_codecs_max)
{
    for (size_t i = 0; i < SC_SDP_N_CODECS && section->n_codecs < n_codecs_max; i++) {
        const ScOfferCodec *codec =
            sc_offer_section_lookup_codec(section->offered, preference[i]);
        if (codec != NULL)
            section->codecs[section->n_codecs++] = codec;
    }
}

/* The k-th section of a kind gets the k-th stream, so a section of no use still takes its
 * turn: what the peer counts is its own sections. */
static ScAnswer *
answer_new(const ScOffer *offer, ScSdpDirection direction, const ScAnswerStream *streams,
           unsigned n_streams, GError **error)
{
    g_autoptr(ScAnswer) self = g_new0(ScAnswer, 1);
    unsigned n_of_kind[] = { [SC_SDP_AUDIO] = 0, [SC_SDP_VIDEO] = 0, [SC_SDP_OTHER] = 0 };

    self->offer = offer;
    self->direction = direction;
    self->sections = g_new0(ScAnswerSection, offer->n_sections);
    for (unsigned i = 0; i < offer->n_sections; i++) {
        ScAnswerSection *section = &self->sections[i];

        section->offered = &offer->sections[i];
        section->is_bundled = section->offered->is_usable && self->n_accepted == 0;
        choose_codecs(section, direction == SC_SDP_RECVONLY ? 1 : SC_SDP_N_CODECS);
        if (!can_meet(section->offered->direction, direction))
            continue;
        const ScAnswerStream *stream =
            lookup_stream(streams, n_streams, section->offered->kind,
                          n_of_kind[section->offered->kind]++);
        if (stream == NULL || !section->offered->is_usable)
            continue;
        section->stream = g_strdup(stream->name);
        section->group = g_strdup(stream->group);
        section->is_bundled = true;
        self->n_accepted++;
    }
    if (self->n_accepted == 0) {
        g_set_error(error, SC_SDP_ERROR, SC_SDP_ERROR_BAD_SDP,
                    "none of %u sections is one that %s here", offer->n_sections,
                    direction == SC_SDP_RECVONLY ? "may be published"
                                                 : "can be subscribed to");
        return NULL;
    }
    return g_steal_pointer(&self);
}

ScAnswer *
sc_answer_new_receive(const ScOffer *offer, const ScAnswerStream *streams,
                      unsigned n_streams, GError **error)
{
    return answer_new(offer, SC_SDP_RECVONLY, streams, n_streams, error);
}

static bool
has_rtx(const ScAnswerSection *section)
{
    for (unsigned i = 0; i < section->n_codecs; i++)
        if (section->codecs[i]->rtx_payload_type >= 0)
            return true;
    return false;
}

ScAnswer *
sc_answer_new_send(const ScOffer *offer, const ScAnswerStream *streams,
                   unsigned n_streams, ScAnswerMakeSsrc make_ssrc, void *user_data,
                   GError **error)
{
    ScAnswer *self = answer_new(offer, SC_SDP_SENDONLY, streams, n_streams, error);

    if (self == NULL)
        return NULL;
    for (unsigned i = 0; i < offer->n_sections; i++) {
        ScAnswerSection *section = &self->sections[i];

        if (section->stream == NULL)
            continue;
        section->ssrc = make_ssrc(user_data);
        if (has_rtx(section))
            section->rtx_ssrc = make_ssrc(user_data);
    }
    return self;
}

void
sc_answer_free(ScAnswer *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; self->sections != NULL && i < self->offer->n_sections; i++) {
        g_free(self->sections[i].stream);
        g_free(self->sections[i].group);
    }
    g_free(self->sections);
    g_free(self);
}

const char *
sc_answer_get_mid(const ScAnswer *self)
{
    for (unsigned i = 0; i < self->offer->n_sections; i++)
        if (self->sections[i].is_bundled)
            return self->sections[i].offered->mid;
    g_assert_not_reached();
}

/* --- for the relay -------------------------------------------------------------------
 */

static void
set_codec(JsonObject *object, const ScOfferCodec *codec)
{
    json_object_set_string_member(object, "codec", sc_sdp_codec_get_name(codec->id));
    json_object_set_int_member(object, "clock_hz", sc_sdp_codec_get_clock_hz(codec->id));
    json_object_set_int_member(object, "payload_type", codec->payload_type);
    if (codec->rtx_payload_type >= 0)
        json_object_set_int_member(object, "rtx_payload_type", codec->rtx_payload_type);
}

static void
set_ssrcs(JsonObject *object, uint32_t ssrc, uint32_t rtx_ssrc)
{
    if (ssrc != 0)
        json_object_set_int_member(object, "ssrc", ssrc);
    if (rtx_ssrc != 0)
        json_object_set_int_member(object, "rtx_ssrc", rtx_ssrc);
}

static JsonObject *
build_stream(const ScAnswerSection *section, const char *name_member, const char *prefix)
{
    JsonObject *stream = json_object_new();
    g_autofree char *name = g_strdup_printf("%s.%s", prefix, section->stream);

    json_object_set_string_member(stream, name_member, name);
    json_object_set_string_member(stream, "mid", section->offered->mid);
    json_object_set_string_member(stream, "kind",
                                  sc_sdp_kind_get_name(section->offered->kind));
    return stream;
}

static JsonObject *
build_receive(const ScAnswerSection *section, const char *prefix)
{
    const ScOfferCodec *codec = section->codecs[0];
    JsonObject *track = build_stream(section, "track", prefix);

    set_codec(track, codec);
    set_ssrcs(track, section->offered->ssrc, section->offered->rtx_ssrc);
    if (section->offered->rids[0] != NULL) {
        JsonArray *rids = json_array_new();
        for (char *const *rid = section->offered->rids; *rid != NULL; rid++)
            json_array_add_string_element(rids, *rid);
        json_object_set_array_member(track, "rids", rids);
    }
    json_object_set_boolean_member(track, "nack", (codec->feedback & SC_SDP_NACK) != 0);
    json_object_set_boolean_member(track, "pli",
                                   (codec->feedback & SC_SDP_NACK_PLI) != 0);
    json_object_set_boolean_member(track, "transport_cc",
                                   (codec->feedback & SC_SDP_TRANSPORT_CC) != 0
                                       && section->offered->extensions.transport_cc != 0);
    return track;
}

static JsonObject *
build_send(const ScAnswerSection *section, const char *prefix)
{
    JsonObject *slot = build_stream(section, "slot", prefix);
    JsonArray *payloads = json_array_new();
    g_autofree char *cname = g_strdup_printf("%s.%s", prefix, section->group);

    set_ssrcs(slot, section->ssrc, section->rtx_ssrc);
    json_object_set_string_member(slot, "cname", cname);
    for (unsigned i = 0; i < section->n_codecs; i++) {
        JsonObject *payload = json_object_new();
        set_codec(payload, section->codecs[i]);
        json_array_add_object_element(payloads, payload);
    }
    json_object_set_array_member(slot, "payloads", payloads);
    return slot;
}

static JsonObject *
build_extensions(const ScSdpExtensions *ids)
{
    JsonObject *object = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++)
        if (get_extension(ids, i) != 0)
            json_object_set_int_member(object, extensions[i].member,
                                       get_extension(ids, i));
    return object;
}

JsonObject *
sc_answer_build_transport(const ScAnswer *self, const char *prefix)
{
    JsonObject *transport = json_object_new();
    JsonObject *ice = json_object_new();
    JsonArray *receive = json_array_new();
    JsonArray *send = json_array_new();

    json_object_set_string_member(ice, "ufrag", self->offer->ice_ufrag);
    json_object_set_string_member(ice, "pwd", self->offer->ice_pwd);
    for (unsigned i = 0; i < self->offer->n_sections; i++) {
        const ScAnswerSection *section = &self->sections[i];

        if (section->stream == NULL)
            continue;
        if (self->direction == SC_SDP_RECVONLY)
            json_array_add_object_element(receive, build_receive(section, prefix));
        else
            json_array_add_object_element(send, build_send(section, prefix));
    }
    json_object_set_object_member(transport, "ice", ice);
    json_object_set_string_member(transport, "fingerprint", self->offer->fingerprint);
    json_object_set_object_member(transport, "extensions",
                                  build_extensions(&self->offer->extensions));
    json_object_set_array_member(transport, "receive", receive);
    json_object_set_array_member(transport, "send", send);
    return transport;
}

/* --- for the peer --------------------------------------------------------------------
 */

static void
append_fmtp(GString *text, const ScOfferCodec *codec)
{
    switch (codec->id) {
    case SC_SDP_OPUS:
        g_string_append_printf(text, "a=fmtp:%u minptime=10;%suseinbandfec=1\r\n",
                               codec->payload_type, codec->stereo ? "stereo=1;" : "");
        break;
    case SC_SDP_H264:
        if (codec->packetization_mode == 1 && codec->profile_level_id != 0)
            g_string_append_printf(text,
                                   "a=fmtp:%u level-asymmetry-allowed=1;"
                                   "packetization-mode=1;profile-level-id=%06x\r\n",
                                   codec->payload_type, codec->profile_level_id);
        else if (codec->packetization_mode == 1)
            g_string_append_printf(text, "a=fmtp:%u packetization-mode=1\r\n",
                                   codec->payload_type);
        else if (codec->profile_level_id != 0)
            g_string_append_printf(text, "a=fmtp:%u profile-level-id=%06x\r\n",
                                   codec->payload_type, codec->profile_level_id);
        break;
    case SC_SDP_VP8:
        break;
    }
}

static void
append_codec(GString *text, const ScOfferCodec *codec)
{
    static const char *const encodings[SC_SDP_N_CODECS] = {
        [SC_SDP_OPUS] = "opus/48000/2",
        [SC_SDP_H264] = "H264/90000",
        [SC_SDP_VP8] = "VP8/90000",
    };

    g_string_append_printf(text, "a=rtpmap:%u %s\r\n", codec->payload_type,
                           encodings[codec->id]);
    for (size_t i = 0; i < G_N_ELEMENTS(feedbacks); i++)
        if ((codec->feedback & feedbacks[i].bit) != 0)
            g_string_append_printf(text, "a=rtcp-fb:%u %s\r\n", codec->payload_type,
                                   feedbacks[i].name);
    append_fmtp(text, codec);
    if (codec->rtx_payload_type >= 0)
        g_string_append_printf(text, "a=rtpmap:%d rtx/%u\r\na=fmtp:%d apt=%u\r\n",
                               codec->rtx_payload_type,
                               sc_sdp_codec_get_clock_hz(codec->id),
                               codec->rtx_payload_type, codec->payload_type);
}

static void
append_extensions(GString *text, const ScOfferSection *offered)
{
    for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++) {
        uint8_t id = get_extension(&offered->extensions, i);

        if (id != 0 && (!extensions[i].is_simulcast || offered->rids[0] != NULL))
            g_string_append_printf(text, "a=extmap:%u %s\r\n", id, extensions[i].uri);
    }
}

static void
append_simulcast(GString *text, const ScOfferSection *offered)
{
    for (char *const *rid = offered->rids; *rid != NULL; rid++)
        g_string_append_printf(text, "a=rid:%s recv\r\n", *rid);
    for (char *const *rid = offered->rids; *rid != NULL; rid++)
        g_string_append_printf(text, "%s%s",
                               rid == offered->rids ? "a=simulcast:recv " : ";", *rid);
    if (offered->rids[0] != NULL)
        g_string_append(text, "\r\n");
}

static void
append_sources(GString *text, const ScAnswerSection *section, const char *prefix)
{
    g_string_append_printf(text, "a=msid:%s %s\r\n", section->group, section->stream);
    if (section->rtx_ssrc != 0)
        g_string_append_printf(text, "a=ssrc-group:FID %u %u\r\n", section->ssrc,
                               section->rtx_ssrc);
    g_string_append_printf(text, "a=ssrc:%u cname:%s.%s\r\n", section->ssrc, prefix,
                           section->group);
    if (section->rtx_ssrc != 0)
        g_string_append_printf(text, "a=ssrc:%u cname:%s.%s\r\n", section->rtx_ssrc,
                               prefix, section->group);
}

static void
append_media_line(GString *text, const ScAnswerSection *section)
{
    const ScOfferSection *offered = section->offered;

    g_string_append_printf(text, "m=%s 9 %s", offered->media, offered->protocol);
    for (unsigned i = 0; i < section->n_codecs; i++)
        g_string_append_printf(text, " %u", section->codecs[i]->payload_type);
    for (unsigned i = 0; i < section->n_codecs; i++)
        if (section->codecs[i]->rtx_payload_type >= 0)
            g_string_append_printf(text, " %d", section->codecs[i]->rtx_payload_type);
    g_string_append(text, "\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n");
}

static void
append_bundled(const ScAnswer *self, GString *text, const ScAnswerSection *section,
               const ScSdpTransport *transport, const char *prefix)
{
    const ScOfferSection *offered = section->offered;

    append_media_line(text, section);
    g_string_append_printf(text,
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:%s\r\n"
                           "a=setup:passive\r\na=mid:%s\r\n",
                           transport->ice_ufrag, transport->ice_pwd,
                           transport->fingerprint, offered->mid);
    append_extensions(text, offered);
    g_string_append_printf(text, "a=%s\r\na=rtcp-mux\r\n%s",
                           section->stream == NULL              ? "inactive"
                           : self->direction == SC_SDP_RECVONLY ? "recvonly"
                                                                : "sendonly",
                           offered->rtcp_rsize ? "a=rtcp-rsize\r\n" : "");
    for (unsigned i = 0; i < section->n_codecs; i++)
        append_codec(text, section->codecs[i]);
    if (section->stream != NULL && self->direction == SC_SDP_RECVONLY)
        append_simulcast(text, offered);
    else if (section->stream != NULL)
        append_sources(text, section, prefix);
    sc_sdp_append_candidates(text, transport);
}

static void
append_rejected(GString *text, const ScOfferSection *offered)
{
    g_string_append_printf(text, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n",
                           offered->media, offered->protocol, offered->formats);
    if (offered->mid != NULL)
        g_string_append_printf(text, "a=mid:%s\r\n", offered->mid);
}

char *
sc_answer_write(const ScAnswer *self, const ScSdpTransport *transport, const char *prefix,
                uint64_t session_id)
{
    g_autoptr(GString) text = g_string_new("v=0\r\n");

    g_string_append_printf(text, "o=- %" G_GUINT64_FORMAT " 1 IN IP4 127.0.0.1\r\n",
                           session_id);
    g_string_append(text, "s=-\r\nt=0 0\r\na=group:BUNDLE");
    for (unsigned i = 0; i < self->offer->n_sections; i++)
        if (self->sections[i].is_bundled)
            g_string_append_printf(text, " %s", self->sections[i].offered->mid);
    g_string_append(text, "\r\na=ice-lite\r\n");
    for (unsigned i = 0; i < self->offer->n_sections; i++) {
        const ScAnswerSection *section = &self->sections[i];

        if (section->is_bundled)
            append_bundled(self, text, section, transport, prefix);
        else
            append_rejected(text, section->offered);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
