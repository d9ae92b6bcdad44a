/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/offer.h"

#include <string.h>

#include "signaling/offer-section.h"

typedef GstSDPMessage Message;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, gst_sdp_message_free)

/* What is known only while the offer is read. */
typedef struct {
    ScOffer *offer; /* borrowed */
    ScOfferTransport session;
    ScOfferExtmap extmap;
    char **bundle; /* owned: mids of the group; NULL: no group */
    ScOfferSectionFacts facts[SC_OFFER_SECTIONS_MAX];
} Reading;

static void
reading_clear(Reading *reading)
{
    sc_offer_transport_clear(&reading->session);
    g_strfreev(reading->bundle);
    for (unsigned i = 0; i < SC_OFFER_SECTIONS_MAX; i++)
        sc_offer_section_facts_clear(&reading->facts[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static bool
check_line(const char *line, size_t length, unsigned number, GError **error)
{
    if (length > SC_OFFER_LINE_LENGTH_MAX)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "line %u has %zu bytes, allowed are %d", number, length,
                             SC_OFFER_LINE_LENGTH_MAX);
    if (length < 2 || !g_ascii_islower(line[0]) || line[1] != '=')
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "line %u does not start with a letter and =", number);
    return true;
}

/* Measures the text before anything is built from it: a flood of lines or sections costs
 * one pass. */
static bool
check_shape(const char *text, size_t length, GError **error)
{
    unsigned n_lines = 0;
    unsigned n_sections = 0;

    if (length > SC_OFFER_LENGTH_MAX)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "the offer has %zu bytes, allowed are %d", length,
                             SC_OFFER_LENGTH_MAX);
    if (length == 0)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP, "the offer is empty");
    if (memchr(text, '\0', length) != NULL
        || !g_utf8_validate(text, (gssize)length, NULL))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "the offer is not UTF-8 text without NUL");
    for (const char *line = text, *end = text + length; line < end;) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        const char *next = line_end != NULL ? line_end + 1 : end;
        size_t line_length = (size_t)((line_end != NULL ? line_end : end) - line);

        if (line_length > 0 && line[line_length - 1] == '\r')
            line_length--;
        if (++n_lines > SC_OFFER_LINES_MAX)
            return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                                 "the offer has over %d lines", SC_OFFER_LINES_MAX);
        if (line_length > 0 && !check_line(line, line_length, n_lines, error))
            return false;
        n_sections += line_length > 0 && line[0] == 'm';
        line = next;
    }
    if (n_sections > SC_OFFER_SECTIONS_MAX)
        return sc_sdp_refuse(error, SC_SDP_ERROR_TOO_MANY_SECTIONS,
                             "the offer has %u media sections, allowed are %d",
                             n_sections, SC_OFFER_SECTIONS_MAX);
    if (length < 3 || memcmp(text, "v=0", 3) != 0)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "the offer does not start with v=0");
    if (n_sections == 0)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "the offer has no media section");
    return true;
}

static Message *
parse_message(const char *text, size_t length, GError **error)
{
    g_autoptr(Message) message = NULL;

    gst_sdp_message_new(&message);
    if (gst_sdp_message_parse_buffer((const guint8 *)text, (guint)length, message)
            != GST_SDP_OK
        || gst_sdp_message_medias_len(message) == 0
        || gst_sdp_message_medias_len(message) > SC_OFFER_SECTIONS_MAX) {
        sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP, "the offer cannot be parsed as SDP");
        return NULL;
    }
    return g_steal_pointer(&message);
}

static bool
read_session(Reading *reading, const Message *message, GError **error)
{
    for (guint i = 0; i < gst_sdp_message_attributes_len(message); i++) {
        const GstSDPAttribute *attribute = gst_sdp_message_get_attribute(message, i);
        const char *value = attribute->value != NULL ? attribute->value : "";

        if (g_str_equal(attribute->key, "group") && g_str_has_prefix(value, "BUNDLE ")
            && reading->bundle == NULL)
            reading->bundle =
                g_strsplit(value + strlen("BUNDLE "), " ", 2 * SC_OFFER_SECTIONS_MAX);
        if (!sc_offer_transport_read(&reading->session, attribute->key, value, error))
            return false;
    }
    return true;
}

/* The layers a section names, its streams and its mid belong to it alone. */
static bool
check_unique(const ScOffer *offer, unsigned index, GError **error)
{
    const ScOfferSection *section = &offer->sections[index];

    for (unsigned i = 0; i < index; i++) {
        const ScOfferSection *other = &offer->sections[i];
        const uint32_t theirs[] = { other->ssrc, other->rtx_ssrc };

        if (section->mid != NULL && g_strcmp0(section->mid, other->mid) == 0)
            return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                                 "sections %u and %u both have mid \"%s\"", i, index,
                                 section->mid);
        for (size_t j = 0; j < G_N_ELEMENTS(theirs); j++)
            if (theirs[j] != 0
                && (theirs[j] == section->ssrc || theirs[j] == section->rtx_ssrc))
                return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                                     "sections %u and %u both have ssrc %u", i, index,
                                     theirs[j]);
    }
    return true;
}

static bool
check_bundled(const Reading *reading, unsigned index, GError **error)
{
    const ScOfferSection *section = &reading->offer->sections[index];

    if (section->mid == NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP, "section %u (%s) has no mid",
                             index, section->media);
    if (reading->bundle == NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_NO_BUNDLE,
                             "the offer has no a=group:BUNDLE");
    if (!g_strv_contains((const char *const *)reading->bundle, section->mid))
        return sc_sdp_refuse(error, SC_SDP_ERROR_NO_BUNDLE,
                             "a=group:BUNDLE leaves out section %u with mid \"%s\"",
                             index, section->mid);
    if (!reading->facts[index].rtcp_mux)
        return sc_sdp_refuse(error, SC_SDP_ERROR_NO_BUNDLE,
                             "section %u with mid \"%s\" has no a=rtcp-mux", index,
                             section->mid);
    return true;
}

static bool
read_sections(Reading *reading, const Message *message, GError **error)
{
    ScOffer *offer = reading->offer;

    for (unsigned i = 0; i < offer->n_sections; i++) {
        ScOfferSection *section = &offer->sections[i];
        ScOfferSectionFacts *facts = &reading->facts[i];

        if (!sc_offer_section_read(message, gst_sdp_message_get_media(message, i),
                                   &reading->extmap, section, facts, error)
            || !check_unique(offer, i, error))
            return false;
        if (!facts->is_offered)
            continue;
        if (!check_bundled(reading, i, error))
            return false;
        sc_offer_transport_inherit(&facts->transport, &reading->session);
        section->is_usable = section->n_codecs > 0;
    }
    return true;
}

/* The first section of the group that is offered speaks for the transport; the others may
 * repeat it. Theirs to differ is allowed by RFC 9143 for peers that can do without
 * BUNDLE. */
static bool
read_transport(Reading *reading, GError **error)
{
    ScOffer *offer = reading->offer;
    ScOfferTransport *first = NULL;

    for (unsigned i = 0; i < offer->n_sections; i++) {
        ScOfferTransport *transport = &reading->facts[i].transport;

        if (!reading->facts[i].is_offered)
            continue;
        if (first == NULL) {
            first = transport;
            if (!sc_offer_transport_check(first, error))
                return false;
        } else if (!sc_offer_transport_check_same(transport, first,
                                                  offer->sections[i].mid, error)) {
            return false;
        }
    }
    if (first == NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "the offer has no audio or video section over DTLS-SRTP");
    offer->ice_ufrag = g_steal_pointer(&first->ice_ufrag);
    offer->ice_pwd = g_steal_pointer(&first->ice_pwd);
    offer->fingerprint = g_steal_pointer(&first->fingerprint);
    return true;
}

/* Refused where a whole kind would be lost; one section without a codec of ours is no use
 * alone. */
static bool
check_codecs(const Reading *reading, GError **error)
{
    static const char *const ours[] = { "opus/48000/2",
                                        "H264 with packetization-mode 1, and VP8" };

    for (ScSdpKind kind = SC_SDP_AUDIO; kind <= SC_SDP_VIDEO; kind++) {
        const GString *refused = NULL;
        bool has_usable = false;

        for (unsigned i = 0; i < reading->offer->n_sections; i++) {
            const ScOfferSection *section = &reading->offer->sections[i];
            if (section->kind != kind || !reading->facts[i].is_offered)
                continue;
            has_usable |= section->is_usable;
            refused = reading->facts[i].refused_codecs;
        }
        if (refused != NULL && !has_usable)
            return sc_sdp_refuse(
                error, SC_SDP_ERROR_NO_COMMON_CODEC,
                "%s is offered with %s; known are %s", sc_sdp_kind_get_name(kind),
                refused->len > 0 ? refused->str : "no codec", ours[kind]);
    }
    return true;
}

/* One identifier for each extension in the bundle: the first told. */
static void
merge_extensions(ScOffer *offer)
{
    uint8_t *whole = offer->extensions.ids;

    for (unsigned i = 0; i < offer->n_sections; i++) {
        uint8_t *part = offer->sections[i].extensions.ids;

        for (unsigned j = 0; offer->sections[i].is_usable && j < SC_SDP_N_EXTENSIONS; j++)
            if (whole[j] == 0)
                whole[j] = part[j];
            else if (part[j] != whole[j])
                part[j] = 0;
    }
}

ScOffer *
sc_offer_parse(const char *text, size_t length, GError **error)
{
    g_autoptr(ScOffer) self = g_new0(ScOffer, 1);
    g_auto(Reading) reading = { .offer = self };

    if (!check_shape(text, length, error))
        return NULL;
    g_autoptr(Message) message = parse_message(text, length, error);
    if (message == NULL)
        return NULL;
    self->n_sections = gst_sdp_message_medias_len(message);
    self->sections = g_new0(ScOfferSection, self->n_sections);
    if (!read_session(&reading, message, error)
        || !read_sections(&reading, message, error) || !read_transport(&reading, error)
        || !check_codecs(&reading, error))
        return NULL;
    merge_extensions(self);
    return g_steal_pointer(&self);
}

void
sc_offer_free(ScOffer *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < self->n_sections; i++)
        sc_offer_section_clear(&self->sections[i]);
    g_free(self->sections);
    g_free(self->ice_ufrag);
    g_free(self->ice_pwd);
    g_free(self->fingerprint);
    g_free(self);
}

const ScOfferCodec *
sc_offer_section_lookup_codec(const ScOfferSection *section, ScSdpCodecId codec)
{
    const ScOfferCodec *best = NULL;
    int best_rank = -1;

    for (unsigned i = 0; i < section->n_codecs; i++) {
        const ScOfferCodec *candidate = &section->codecs[i];
        if (candidate->id != codec)
            continue;
        int rank = 0;
        if (codec == SC_SDP_H264 && candidate->packetization_mode == 1)
            rank = 1 + (int)sc_sdp_get_h264_rank(candidate->profile_level_id);
        if (rank > best_rank) {
            best = candidate;
            best_rank = rank;
        }
    }
    return best;
}
