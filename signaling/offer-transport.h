/* SPDX-License-Identifier: Apache-2.0 */
/* offer-transport.h: what an offer tells about ICE and DTLS, once for the session or anew
 * in each section. For offer.c and offer-section.c alone. Thread: any; no state. Spec:
 * RFC 8839, RFC 8122 (fingerprint), RFC 8842 (setup), RFC 9143 section 7. */
#pragma once

#include "signaling/sdp.h"

typedef struct {
    char *ice_ufrag;    /* owned; all may be NULL: not told */
    char *ice_pwd;      /* owned */
    char *fingerprint;  /* owned: normalised; sha-256 where it is among those told */
    char *setup;        /* owned */
    char *foreign_hash; /* owned: the name of a hash that we do not know */
} ScOfferTransport;

void sc_offer_transport_clear(ScOfferTransport *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScOfferTransport, sc_offer_transport_clear)

/* Takes a=ice-ufrag, ice-pwd, fingerprint and setup; leaves others alone. */
bool sc_offer_transport_read(ScOfferTransport *self, const char *key, const char *value,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fills what @self does not tell from @session. */
void sc_offer_transport_inherit(ScOfferTransport *self, const ScOfferTransport *session);

/* That one peer can be met with it: credentials, fingerprint, setup. */
bool sc_offer_transport_check(const ScOfferTransport *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* That the section @mid stands for the same peer as the bundle's first. */
bool sc_offer_transport_check_same(const ScOfferTransport *self,
                                   const ScOfferTransport *first, const char *mid,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
