/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/answer.h"

#include <string.h>

/* What WHIP asks for and WHEP gives first: H.264 is what rooms have hardware for. */
static const ScSdpCodecId preference[SC_SDP_N_CODECS] = { SC_SDP_OPUS, SC_SDP_H264,
                                                          SC_SDP_VP8 };

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
        section->priority = stream->priority;
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
