/* SPDX-License-Identifier: Apache-2.0 */
/* What the relay is told of an answer: docs/protocol.md#control. */
#include "signaling/answer.h"

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
    json_object_set_boolean_member(
        track, "transport_cc",
        (codec->feedback & SC_SDP_TRANSPORT_CC) != 0
            && section->offered->extensions.ids[SC_SDP_TRANSPORT_WIDE_CC] != 0);
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
    if (section->offered->kind == SC_SDP_VIDEO)
        json_object_set_int_member(slot, "priority", section->priority);
    for (unsigned i = 0; i < section->n_codecs; i++) {
        JsonObject *payload = json_object_new();
        set_codec(payload, section->codecs[i]);
        json_array_add_object_element(payloads, payload);
    }
    json_object_set_array_member(slot, "payloads", payloads);
    return slot;
}

static JsonObject *
build_extensions(const ScSdpExtensions *extensions)
{
    JsonObject *object = json_object_new();

    for (ScSdpExtension i = 0; i < SC_SDP_N_EXTENSIONS; i++)
        if (extensions->ids[i] != 0)
            json_object_set_int_member(object, sc_sdp_extension_get_name(i),
                                       extensions->ids[i]);
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
