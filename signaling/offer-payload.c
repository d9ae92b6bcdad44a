/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/offer-payload.h"

#include <string.h>

#define REFUSED_MAX 120 /* bytes of a refusal's text */
#define REFUSED_NAME_MAX 32

static const char *
skip_blanks(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

/* "96 rest": the payload type and what follows it. */
static bool
read_payload_type(ScOfferPayloads *self, const char **value, ScOfferPayload **out_payload)
{
    uint64_t payload_type;

    if (!sc_sdp_read_number(value, SC_OFFER_PAYLOAD_TYPES - 1, &payload_type))
        return false;
    *value = skip_blanks(*value);
    *out_payload = &self->types[payload_type];
    return true;
}

/* "opus/48000/2": false where it is none of ours. */
static bool
lookup_codec(const char *encoding, ScSdpCodecId *out_codec)
{
    for (ScSdpCodecId i = 0; i < SC_SDP_N_CODECS; i++)
        if (g_ascii_strcasecmp(encoding, sc_sdp_codec_get_encoding(i)) == 0) {
            *out_codec = i;
            return true;
        }
    return false;
}

static void
note_refused(GString *names, const char *encoding)
{
    size_t length = strcspn(encoding, "/");

    if (length > REFUSED_NAME_MAX || names->len > REFUSED_MAX)
        return;
    g_autofree char *name = g_strndup(encoding, length);
    if (strstr(names->str, name) == NULL)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
}

static bool
read_rtpmap(ScOfferPayloads *self, const char *value, GError **error)
{
    const char *encoding = value;
    ScOfferPayload *payload;

    if (!read_payload_type(self, &encoding, &payload))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "rtpmap \"%.40s\": the payload type is not 0 to %d", value,
                             SC_OFFER_PAYLOAD_TYPES - 1);
    payload->is_rtx = g_ascii_strncasecmp(encoding, "rtx/", 4) == 0;
    payload->is_known = lookup_codec(encoding, &payload->codec.id)
                        && sc_sdp_codec_get_kind(payload->codec.id) == self->kind;
    if (!payload->is_known && !payload->is_rtx)
        note_refused(self->refused, encoding);
    return true;
}

static void
take_parameter(ScOfferPayload *payload, const char *name, const char *value)
{
    uint64_t number;

    if (g_ascii_strcasecmp(name, "profile-level-id") == 0) {
        if (strlen(value) == 6)
            payload->codec.profile_level_id = (uint32_t)g_ascii_strtoull(value, NULL, 16);
        return;
    }
    if (!sc_sdp_read_number(&value, SC_OFFER_PAYLOAD_TYPES - 1, &number))
        return;
    if (g_ascii_strcasecmp(name, "apt") == 0)
        payload->apt = (uint8_t)number;
    else if (g_ascii_strcasecmp(name, "stereo") == 0)
        payload->codec.stereo = number == 1;
    else if (g_ascii_strcasecmp(name, "packetization-mode") == 0) {
        payload->has_packetization_mode = true;
        payload->packetization_mode = (uint8_t)number;
    }
}

static bool
read_fmtp(ScOfferPayloads *self, const char *value, GError **error)
{
    const char *rest = value;
    ScOfferPayload *payload;

    if (!read_payload_type(self, &rest, &payload))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "fmtp \"%.40s\": the payload type is not 0 to %d", value,
                             SC_OFFER_PAYLOAD_TYPES - 1);
    g_auto(GStrv) parameters = g_strsplit(rest, ";", -1);
    for (char **parameter = parameters; *parameter != NULL; parameter++) {
        char *name = g_strstrip(*parameter);
        char *equals = strchr(name, '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        take_parameter(payload, name, equals + 1);
    }
    return true;
}

static bool
read_feedback(ScOfferPayloads *self, const char *value, GError **error)
{
    static const struct {
        const char *name;
        ScSdpFeedback bit;
    } known[] = {
        { "nack", SC_SDP_NACK },           { "nack pli", SC_SDP_NACK_PLI },
        { "ccm fir", SC_SDP_CCM_FIR },     { "transport-cc", SC_SDP_TRANSPORT_CC },
        { "goog-remb", SC_SDP_GOOG_REMB },
    };
    const char *name = value;
    unsigned *feedback = &self->wildcard_feedback;
    ScOfferPayload *payload;

    if (g_str_has_prefix(value, "* "))
        name = skip_blanks(value + 1);
    else if (read_payload_type(self, &name, &payload))
        feedback = &payload->codec.feedback;
    else
        return sc_sdp_refuse(
            error, SC_SDP_ERROR_BAD_SDP,
            "rtcp-fb \"%.40s\": the payload type is neither * nor 0 to %d", value,
            SC_OFFER_PAYLOAD_TYPES - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(name, known[i].name))
            *feedback |= known[i].bit;
    return true;
}

bool
sc_offer_payloads_read(ScOfferPayloads *self, const char *key, const char *value,
                       GError **error)
{
    if (g_str_equal(key, "rtpmap"))
        return read_rtpmap(self, value, error);
    if (g_str_equal(key, "fmtp"))
        return read_fmtp(self, value, error);
    if (g_str_equal(key, "rtcp-fb"))
        return read_feedback(self, value, error);
    return true;
}

static bool
is_usable_h264(const ScOfferPayload *payload)
{
    if (payload->has_packetization_mode && payload->packetization_mode != 1)
        return false;
    return payload->codec.profile_level_id == 0
           || sc_sdp_get_h264_rank(payload->codec.profile_level_id) > 0;
}

/* Retransmission is for video: a lost voice packet is better hidden than waited for. */
static int16_t
lookup_rtx(const ScOfferPayloads *self, size_t payload_type)
{
    for (int16_t i = 0; self->kind == SC_SDP_VIDEO && i < SC_OFFER_PAYLOAD_TYPES; i++)
        if (self->types[i].is_rtx && self->types[i].apt == payload_type)
            return i;
    return -1;
}

ScOfferCodec *
sc_offer_payloads_collect(ScOfferPayloads *self, const GstSDPMedia *media,
                          unsigned *out_n_codecs)
{
    guint n_formats = gst_sdp_media_formats_len(media);
    ScOfferCodec *codecs = g_new0(ScOfferCodec, SC_OFFER_PAYLOAD_TYPES);

    *out_n_codecs = 0;
    for (guint i = 0; i < n_formats; i++) {
        const char *format = gst_sdp_media_get_format(media, i);
        ScOfferPayload *payload;

        if (!read_payload_type(self, &format, &payload) || !payload->is_known)
            continue;
        if (payload->codec.id == SC_SDP_H264 && !is_usable_h264(payload)) {
            note_refused(self->refused, "H264 of another profile or mode");
            continue;
        }
        payload->is_known = false; /* a format named twice counts once */
        size_t payload_type = (size_t)(payload - self->types);
        payload->codec.payload_type = (uint8_t)payload_type;
        payload->codec.feedback |= self->wildcard_feedback;
        payload->codec.packetization_mode = payload->has_packetization_mode ? 1 : -1;
        payload->codec.rtx_payload_type = lookup_rtx(self, payload_type);
        codecs[(*out_n_codecs)++] = payload->codec;
    }
    return codecs;
}
