/* SPDX-License-Identifier: Apache-2.0 */
/* offer.h: an SDP offer as we understand it. What arrives is measured first, then parsed
 * by gstreamer-sdp, then checked; an ScOffer that exists can be answered. Thread: any; no
 * state. Spec: RFC 8866, RFC 9143 (BUNDLE), RFC 8853 (simulcast), RFC 8285 (extmap), RFC
 * 4588 (rtx), RFC 5576 (ssrc); docs/protocol.md#sdp. */
#pragma once

#include <stddef.h>

#include "signaling/sdp.h"

#define SC_OFFER_LENGTH_MAX (64 * 1024) /* bytes */
#define SC_OFFER_SECTIONS_MAX 32
#define SC_OFFER_LINES_MAX 4096
#define SC_OFFER_LINE_LENGTH_MAX 2048 /* bytes, the line's end not counted */
#define SC_OFFER_MID_MAX 16 /* bytes: what a one-byte header extension can carry */
#define SC_OFFER_RIDS_MAX 3 /* layers of a simulcast section; more are ignored */

/* A payload type of an offer that we could answer. */
typedef struct {
    ScSdpCodecId id;
    uint8_t payload_type;
    int16_t rtx_payload_type; /* −1: none */
    int8_t packetization_mode; /* H.264 only, RFC 6184: 1; −1: not told, so any will do */
    uint32_t profile_level_id; /* H.264 only, RFC 6184: 0x42e01f; 0: not told */
    unsigned feedback;         /* ScSdpFeedback bits that were offered */
    bool stereo;               /* Opus only, RFC 7587 */
} ScOfferCodec;

typedef struct {
    ScSdpKind kind;
    char *media;    /* owned: "video", as offered */
    char *protocol; /* owned: "UDP/TLS/RTP/SAVPF" */
    char *formats;  /* owned: "96 97" */
    char *mid;      /* owned; NULL only where !is_usable */
    bool is_usable; /* audio or video, port not 0, in the bundle, with a codec of ours */
    bool rtcp_rsize;
    ScSdpDirection direction; /* the peer's */
    ScOfferCodec *codecs;     /* owned, in the peer's order */
    unsigned n_codecs;
    ScSdpExtensions extensions; /* those of this section */
    uint32_t ssrc;              /* 0: none told */
    uint32_t rtx_ssrc;          /* 0: none told */
    char *cname;                /* owned; NULL: none told */
    char *stream_id;            /* owned: the first of a=msid; NULL: none told */
    char *track_id;             /* owned: the second of a=msid; NULL: none told */
    char *rids[SC_OFFER_RIDS_MAX
               + 1]; /* owned, NULL-terminated: those to be sent, in order */
} ScOfferSection;

typedef struct {
    char *ice_ufrag;            /* owned */
    char *ice_pwd;              /* owned */
    char *fingerprint;          /* owned: "sha-256 AB:CD:…", hex in upper case */
    ScSdpExtensions extensions; /* of all sections together; one id each */
    ScOfferSection *sections;   /* owned, in the order of the m= lines */
    unsigned n_sections;
} ScOffer;

/* @text need not be NUL-terminated, and may be NULL with a @length of 0. NULL and @error
 * (SC_SDP_ERROR, never BAD_FRAGMENT) where the offer is refused as a whole; a section
 * that alone is no use has !is_usable. */
ScOffer *sc_offer_parse(const char *text, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_offer_free(ScOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScOffer, sc_offer_free)

/* The payload type we would choose for @codec, NULL where it was not offered: of H.264
 * the profile that most decoders know (constrained baseline, baseline, main, high).
 * Borrowed. */
const ScOfferCodec *sc_offer_section_lookup_codec(const ScOfferSection *section,
                                                  ScSdpCodecId codec);
