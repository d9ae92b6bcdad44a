/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/offer-section.h"

#include <string.h>

#define EXTENSION_ID_MAX 14            /* one-byte headers, RFC 8285, section 4.2 */
#define EXTENSION_ID_WIDE_MAX 255      /* two-byte headers: understood, not answered */
#define EXTENSION_ID_PROPOSAL_MIN 4096 /* RFC 8285, section 7: an offer with too many */
#define EXTENSION_ID_PROPOSAL_MAX 4351
#define RID_LENGTH_MAX 16 /* bytes, what a one-byte header extension can carry */

typedef struct {
    ScOfferSection *section;
    ScOfferSectionFacts *facts;
    ScOfferExtmap *extmap;
    ScOfferPayloads payloads;
    bool is_bundle_only;
    GPtrArray *sent_rids;  /* owned: of a=rid:… send */
    const char *simulcast; /* borrowed: value of a=simulcast */
} Draft;

static void
draft_clear(Draft *draft)
{
    g_clear_pointer(&draft->sent_rids, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static const char *
skip_blanks(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

static bool
read_mid(Draft *draft, const char *value, GError **error)
{
    size_t length = strlen(value);

    if (length == 0 || length > SC_OFFER_MID_MAX || strpbrk(value, " \t") != NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "a mid has %zu bytes, allowed are 1 to %d without blanks",
                             length, SC_OFFER_MID_MAX);
    if (draft->section->mid != NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "a section has two mids, \"%s\" and \"%s\"",
                             draft->section->mid, value);
    draft->section->mid = g_strdup(value);
    return true;
}

/* "3 URI", "3/sendonly URI attributes". The URI is compared up to its end, so one with
 * attributes is one we do not know. */
static bool
read_extmap(Draft *draft, const char *value, GError **error)
{
    const char *rest = value;
    uint64_t id;

    if (!sc_sdp_read_number(&rest, EXTENSION_ID_PROPOSAL_MAX, &id) || id == 0
        || (id > EXTENSION_ID_WIDE_MAX && id < EXTENSION_ID_PROPOSAL_MIN))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "extmap \"%.40s\": the identifier is not 1 to %d", value,
                             EXTENSION_ID_WIDE_MAX);

    bool has_direction = *rest == '/';
    rest = strchr(rest, ' ');
    if (rest == NULL)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP, "extmap \"%.40s\" has no URI",
                             value);
    rest = skip_blanks(rest);
    if (id > EXTENSION_ID_MAX)
        return true;

    const char **meaning = &draft->extmap->uris[id];
    if (*meaning == NULL)
        *meaning = rest;
    else if (!g_str_equal(*meaning, rest))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "extmap %u means both \"%.80s\" and \"%.80s\" in one bundle",
                             (unsigned)id, *meaning, rest);

    uint8_t *ids = draft->section->extensions.ids;
    for (ScSdpExtension i = 0; i < SC_SDP_N_EXTENSIONS; i++)
        if (ids[i] == 0 && !has_direction
            && g_str_equal(rest, sc_sdp_extension_get_uri(i)))
            ids[i] = (uint8_t)id;
    return true;
}

static bool
read_ssrc_number(const char **value, uint32_t *out_ssrc)
{
    uint64_t ssrc;

    if (!sc_sdp_read_number(value, UINT32_MAX, &ssrc) || ssrc == 0)
        return false;
    *out_ssrc = (uint32_t)ssrc;
    return true;
}

/* "1234 cname:text": the first SSRC named is the stream, unless a FID group said so
 * before. */
static bool
read_ssrc(Draft *draft, const char *value, GError **error)
{
    ScOfferSection *section = draft->section;
    const char *rest = value;
    uint32_t ssrc;

    if (!read_ssrc_number(&rest, &ssrc))
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP, "ssrc \"%.40s\" is not 1 to %u",
                             value, UINT32_MAX);
    if (section->ssrc == 0)
        section->ssrc = ssrc;
    rest = skip_blanks(rest);
    if (ssrc == section->ssrc && section->cname == NULL
        && g_str_has_prefix(rest, "cname:"))
        section->cname = g_strdup(rest + strlen("cname:"));
    return true;
}

/* "FID 1234 5678": a stream and its retransmissions (RFC 5576, RFC 4588). */
static bool
read_ssrc_group(Draft *draft, const char *value, GError **error)
{
    ScOfferSection *section = draft->section;
    uint32_t ssrc;
    uint32_t rtx_ssrc;

    if (!g_str_has_prefix(value, "FID "))
        return true;
    const char *rest = skip_blanks(value + strlen("FID "));
    bool is_pair = read_ssrc_number(&rest, &ssrc);
    rest = skip_blanks(rest);
    if (!is_pair || !read_ssrc_number(&rest, &rtx_ssrc) || rtx_ssrc == ssrc)
        return sc_sdp_refuse(error, SC_SDP_ERROR_BAD_SDP,
                             "ssrc-group \"%.60s\" does not name two streams", value);
    if (section->ssrc == 0)
        section->ssrc = ssrc;
    if (section->ssrc == ssrc)
        section->rtx_ssrc = rtx_ssrc;
    return true;
}

static bool
read_msid(Draft *draft, const char *value, GError **error G_GNUC_UNUSED)
{
    ScOfferSection *section = draft->section;

    if (section->stream_id != NULL)
        return true;
    g_auto(GStrv) ids = g_strsplit(value, " ", 2);
    section->stream_id = g_strdup(ids[0] != NULL ? ids[0] : "");
    section->track_id = ids[0] != NULL ? g_strdup(ids[1]) : NULL;
    return true;
}

/* "h send", "h send pt=96": restrictions are not looked at. */
static bool
read_rid(Draft *draft, const char *value, GError **error)
{
    size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_");

    if (length == 0 || length > RID_LENGTH_MAX || value[length] != ' ')
        return sc_sdp_refuse(
            error, SC_SDP_ERROR_BAD_SDP,
            "rid \"%.40s\" is not 1 to %d letters, digits, - and _ and a direction",
            value, RID_LENGTH_MAX);
    if (g_str_has_prefix(skip_blanks(value + length), "send"))
        g_ptr_array_add(draft->sent_rids, g_strndup(value, length));
    return true;
}

static bool
read_simulcast(Draft *draft, const char *value, GError **error G_GNUC_UNUSED)
{
    draft->simulcast = value;
    return true;
}

/* Attributes without a value; false where @name is none of these. */
static bool
read_flag(Draft *draft, const char *name)
{
    static const struct {
        const char *name;
        ScSdpDirection direction;
    } directions[] = {
        { "sendrecv", SC_SDP_SENDRECV },
        { "sendonly", SC_SDP_SENDONLY },
        { "recvonly", SC_SDP_RECVONLY },
        { "inactive", SC_SDP_INACTIVE },
    };
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        { "bundle-only", &draft->is_bundle_only },
        { "rtcp-mux", &draft->facts->rtcp_mux },
        { "rtcp-rsize", &draft->section->rtcp_rsize },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(directions); i++)
        if (g_str_equal(name, directions[i].name)) {
            draft->section->direction = directions[i].direction;
            return true;
        }
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (g_str_equal(name, flags[i].name))
            return *flags[i].flag = true;
    return false;
}

static bool
read_attribute(Draft *draft, const GstSDPAttribute *attribute, GError **error)
{
    static const struct {
        const char *name;
        bool (*read)(Draft *draft, const char *value, GError **error);
    } readers[] = {
        { "extmap", read_extmap },
        { "mid", read_mid },
        { "msid", read_msid },
        { "rid", read_rid },
        { "simulcast", read_simulcast },
        { "ssrc", read_ssrc },
        { "ssrc-group", read_ssrc_group },
    };
    const char *value = attribute->value != NULL ? attribute->value : "";

    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++)
        if (g_str_equal(attribute->key, readers[i].name))
            return readers[i].read(draft, value, error);
    return read_flag(draft, attribute->key)
           || (sc_offer_payloads_read(&draft->payloads, attribute->key, value, error)
               && sc_offer_transport_read(&draft->facts->transport, attribute->key, value,
                                          error));
}

/* Of "send h;m,x;~l recv …" takes h, m and l, as far as a=rid declared them. */
static void
collect_rids(Draft *draft)
{
    ScOfferSection *section = draft->section;
    unsigned n_rids = 0;

    if (draft->simulcast == NULL)
        return;
    g_auto(GStrv) words = g_strsplit(draft->simulcast, " ", 5);
    unsigned n_words = g_strv_length(words);
    const char *list = n_words >= 2 && g_str_equal(words[0], "send")   ? words[1]
                       : n_words >= 4 && g_str_equal(words[2], "send") ? words[3]
                                                                       : "";
    g_auto(GStrv) layers = g_strsplit(list, ";", SC_OFFER_RIDS_MAX + 1);
    for (char **layer = layers; *layer != NULL && n_rids < SC_OFFER_RIDS_MAX; layer++) {
        char *rid = **layer == '~' ? *layer + 1 : *layer;
        rid[strcspn(rid, ",")] = '\0';
        if (g_ptr_array_find_with_equal_func(draft->sent_rids, rid, g_str_equal, NULL))
            section->rids[n_rids++] = g_strdup(rid);
    }
    if (n_rids > 0) /* the layers' SSRCs are told by the packets */
        section->ssrc = section->rtx_ssrc = 0;
}

static ScSdpKind
parse_kind(const char *media)
{
    if (g_str_equal(media, "audio"))
        return SC_SDP_AUDIO;
    return g_str_equal(media, "video") ? SC_SDP_VIDEO : SC_SDP_OTHER;
}

static void
read_media_line(Draft *draft, const GstSDPMedia *media)
{
    ScOfferSection *section = draft->section;
    guint n_formats = gst_sdp_media_formats_len(media);
    g_autoptr(GString) formats = g_string_new(NULL);

    for (guint i = 0; i < n_formats; i++)
        g_string_append_printf(formats, "%s%s", i > 0 ? " " : "",
                               gst_sdp_media_get_format(media, i));
    section->formats = g_string_free(g_steal_pointer(&formats), FALSE);
    section->media = g_strdup(gst_sdp_media_get_media(media));
    section->protocol = g_strdup(gst_sdp_media_get_proto(media));
    section->kind = parse_kind(section->media);
    section->direction = SC_SDP_SENDRECV; /* RFC 8866, section 6.7 */
}

static bool
read_session_extensions(Draft *draft, const GstSDPMessage *session, GError **error)
{
    for (guint i = 0; i < gst_sdp_message_attributes_len(session); i++) {
        const GstSDPAttribute *attribute = gst_sdp_message_get_attribute(session, i);

        if (g_str_equal(attribute->key, "extmap")
            && !read_extmap(draft, attribute->value != NULL ? attribute->value : "",
                            error))
            return false;
    }
    return true;
}

bool
sc_offer_section_read(const GstSDPMessage *session, const GstSDPMedia *media,
                      ScOfferExtmap *extmap, ScOfferSection *section,
                      ScOfferSectionFacts *facts, GError **error)
{
    g_auto(Draft) draft = {
        .section = section,
        .facts = facts,
        .extmap = extmap,
        .sent_rids = g_ptr_array_new_with_free_func(g_free),
    };

    facts->refused_codecs = g_string_new(NULL);
    read_media_line(&draft, media);
    draft.payloads.kind = section->kind;
    draft.payloads.refused = facts->refused_codecs;
    if (!read_session_extensions(&draft, session, error))
        return false;
    for (guint i = 0; i < gst_sdp_media_attributes_len(media); i++)
        if (!read_attribute(&draft, gst_sdp_media_get_attribute(media, i), error))
            return false;
    facts->is_offered = section->kind != SC_SDP_OTHER
                        && (gst_sdp_media_get_port(media) != 0 || draft.is_bundle_only)
                        && (g_str_has_suffix(section->protocol, "RTP/SAVPF")
                            || g_str_has_suffix(section->protocol, "RTP/SAVP"));
    section->codecs =
        sc_offer_payloads_collect(&draft.payloads, media, &section->n_codecs);
    collect_rids(&draft);
    return true;
}

void
sc_offer_section_facts_clear(ScOfferSectionFacts *self)
{
    sc_offer_transport_clear(&self->transport);
    if (self->refused_codecs != NULL)
        g_string_free(g_steal_pointer(&self->refused_codecs), TRUE);
}

void
sc_offer_section_clear(ScOfferSection *section)
{
    g_free(section->media);
    g_free(section->protocol);
    g_free(section->formats);
    g_free(section->mid);
    g_free(section->codecs);
    g_free(section->cname);
    g_free(section->stream_id);
    g_free(section->track_id);
    for (unsigned i = 0; i < SC_OFFER_RIDS_MAX; i++)
        g_free(section->rids[i]);
}
