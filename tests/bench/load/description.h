/* SPDX-License-Identifier: Apache-2.0 */
/* description.h: just as much of SDP as the load needs: the offer of a browser with one
 * or two sections, and ICE, fingerprint and one address out of what the server wrote.
 * Thread: any; pure. Spec: RFC 8866, RFC 8829. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "relay/address.h"
#include "tests/peer/peer.h"

typedef struct {
    char *ufrag;       /* owned */
    char *password;    /* owned */
    char *fingerprint; /* owned: "sha-256 AB:…" */
    ScAddress address;
} ScLoadRemote;

/* False where something is missing. IPv4 before IPv6. */
bool sc_load_remote_parse(ScLoadRemote *self, const char *sdp);
void sc_load_remote_clear(ScLoadRemote *self);

typedef struct {
    const ScPeer *peer;
    const char *fingerprint;
    bool has_audio;
    bool sends; /* sendonly with our SSRCs, else recvonly */
} ScLoadOffer;

/* The caller frees. */
char *sc_load_offer_write(const ScLoadOffer *offer);

/* The answer to @sdp, an offer of one's media alone: the same, received. The caller
 * frees. */
char *sc_load_answer_write(const char *sdp, const ScPeer *peer, const char *fingerprint);
