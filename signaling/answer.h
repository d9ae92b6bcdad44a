/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h: what we make of an offer. First the decision (which section is which stream,
 * which codecs), then what the relay has to be told of it, then the text. Thread: any; no
 * state. Spec: RFC 9429 section 5.3, RFC 9725, RFC 8853; docs/protocol.md#sdp,
 * docs/protocol.md#control. */
#pragma once

#include <json-glib/json-glib.h>

#include "signaling/offer.h"

/* One stream that a session could have. The k-th section of a kind gets the k-th of
 * these. */
typedef struct {
    ScSdpKind kind;    /* SC_SDP_AUDIO or SC_SDP_VIDEO */
    const char *name;  /* "main-video": the slot or the track */
    const char *group; /* "main": the streams of one group are played in step */
    unsigned priority; /* of a picture, on a thin line: 0 is kept longest */
} ScAnswerStream;

/* A section without a stream is answered with port 0; but the one that the bundle's
 * transport hangs on, being the first of use, is kept and made inactive: libwebrtc loses
 * the transport with it. */
typedef struct {
    const ScOfferSection *offered; /* borrowed: the offer outlives the answer */
    char *stream;                  /* owned: the name of the slot or track; NULL: none */
    char *group;                   /* owned; NULL like @stream */
    bool is_bundled;               /* has a stream or is inactive */
    const ScOfferCodec
        *codecs[SC_SDP_N_CODECS]; /* borrowed from @offered, first is preferred */
    unsigned n_codecs;
    unsigned priority; /* as in ScAnswerStream */
    uint32_t ssrc;     /* ours; 0 unless we send */
    uint32_t rtx_ssrc; /* ours; 0 unless we send and a codec has rtx */
} ScAnswerSection;

typedef struct {
    const ScOffer *offer;      /* borrowed: outlives us */
    ScSdpDirection direction;  /* ours: RECVONLY for WHIP, SENDONLY for WHEP */
    ScAnswerSection *sections; /* owned: one for each of the offer */
    unsigned n_accepted;       /* sections with a stream */
} ScAnswer;

/* WHIP. Of video one codec is answered: H.264 where offered, else VP8. NULL and @error
 * (BAD_SDP) where no section is left, by direction or by kind. @streams is copied. */
ScAnswer *sc_answer_new_receive(const ScOffer *offer, const ScAnswerStream *streams,
                                unsigned n_streams, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Returns a number that is not 0 and not used in the session: random in the program,
 * counted in tests. */
typedef uint32_t (*ScAnswerMakeSsrc)(void *user_data);

/* WHEP. All common codecs are answered, one payload type each. Errors as above. */
ScAnswer *sc_answer_new_send(const ScOffer *offer, const ScAnswerStream *streams,
                             unsigned n_streams, ScAnswerMakeSsrc make_ssrc,
                             void *user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_answer_free(ScAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScAnswer, sc_answer_free)

/* For the relay: the members "ice", "fingerprint", "extensions", "receive" and "send" of
 * transport.create. Tracks and slots are called PREFIX.STREAM, cnames PREFIX.GROUP. */
JsonObject *sc_answer_build_transport(const ScAnswer *self, const char *prefix)
    G_GNUC_WARN_UNUSED_RESULT;

/* The text, CRLF line ends. @prefix as above; @session_id of the o= line, RFC 8866. */
char *sc_answer_write(const ScAnswer *self, const ScSdpTransport *transport,
                      const char *prefix, uint64_t session_id) G_GNUC_WARN_UNUSED_RESULT;

/* The mid of the section that the bundle hangs on; fragments name it. */
const char *sc_answer_get_mid(const ScAnswer *self);
