/* SPDX-License-Identifier: Apache-2.0 */
/* What the peer is told: the answer's text. */
#include "signaling/answer.h"

/* Feedback that we answer where it was offered. */
static const struct {
    ScSdpFeedback bit;
    const char *name;
} feedbacks[] = {
    { SC_SDP_GOOG_REMB, "goog-remb" }, { SC_SDP_TRANSPORT_CC, "transport-cc" },
    { SC_SDP_CCM_FIR, "ccm fir" },     { SC_SDP_NACK, "nack" },
    { SC_SDP_NACK_PLI, "nack pli" },
};

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
    g_string_append_printf(text, "a=rtpmap:%u %s\r\n", codec->payload_type,
                           sc_sdp_codec_get_encoding(codec->id));
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

/* Those that name layers are of use with layers only. */
static void
append_extensions(GString *text, const ScOfferSection *offered)
{
    for (ScSdpExtension i = 0; i < SC_SDP_N_EXTENSIONS; i++) {
        bool names_layers = i == SC_SDP_RID || i == SC_SDP_REPAIRED_RID;

        if (offered->extensions.ids[i] != 0
            && (!names_layers || offered->rids[0] != NULL))
            g_string_append_printf(text, "a=extmap:%u %s\r\n", offered->extensions.ids[i],
                                   sc_sdp_extension_get_uri(i));
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
