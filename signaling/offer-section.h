/* SPDX-License-Identifier: Apache-2.0 */
/* offer-section.h: one m= section of an offer, attribute by attribute. For offer.c alone.
 * Thread: any; no state. Spec: as offer.h. */
#pragma once

#include <gst/sdp/sdp.h>

#include "signaling/offer-payload.h"
#include "signaling/offer-transport.h"
#include "signaling/offer.h"

/* What each local identifier of a header extension means in the whole bundle. */
typedef struct {
    const char *uris[256]; /* borrowed from the message */
} ScOfferExtmap;

/* What is known of a section only while it is read. */
typedef struct {
    ScOfferTransport transport;
    bool is_offered; /* audio or video over DTLS-SRTP, with a port or bundle-only */
    bool rtcp_mux;
    GString *refused_codecs; /* owned: names, for the refusal */
} ScOfferSectionFacts;

void sc_offer_section_facts_clear(ScOfferSectionFacts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScOfferSectionFacts, sc_offer_section_facts_clear)

/* Fills @section from @media; of @session the extensions told for all sections. */
bool sc_offer_section_read(const GstSDPMessage *session, const GstSDPMedia *media,
                           ScOfferExtmap *extmap, ScOfferSection *section,
                           ScOfferSectionFacts *facts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_offer_section_clear(ScOfferSection *section);
