/* SPDX-License-Identifier: Apache-2.0 */
/* offer-payload.h: the payload types of one section: which are codecs of ours, which
 * repair them, what feedback goes with them. For offer-section.c alone. Thread: any; no
 * state. Spec: RFC 8866 (rtpmap, fmtp), RFC 4585 (rtcp-fb), RFC 4588, 6184, 7587. */
#pragma once

#include <gst/sdp/sdp.h>

#include "signaling/offer.h"

#define SC_OFFER_PAYLOAD_TYPES 128

typedef struct {
    bool is_known; /* a codec of ours */
    bool is_rtx;
    uint8_t apt; /* rtx: the payload type it repairs */
    bool has_packetization_mode;
    uint8_t packetization_mode;
    ScOfferCodec codec;
} ScOfferPayload;

typedef struct {
    ScSdpKind kind;
    ScOfferPayload types[SC_OFFER_PAYLOAD_TYPES];
    unsigned wildcard_feedback; /* a=rtcp-fb:* */
    GString *refused; /* borrowed: names of codecs that are not ours are put there */
} ScOfferPayloads;

/* Takes a=rtpmap, fmtp and rtcp-fb; leaves others alone. */
bool sc_offer_payloads_read(ScOfferPayloads *self, const char *key, const char *value,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is ours, in the order of the m= line. Returns an owned array of *@out_n_codecs. */
ScOfferCodec *sc_offer_payloads_collect(ScOfferPayloads *self, const GstSDPMedia *media,
                                        unsigned *out_n_codecs) G_GNUC_WARN_UNUSED_RESULT;
