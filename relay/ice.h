/* SPDX-License-Identifier: Apache-2.0 */
/* ice.h: the relay's ICE-lite end of one transport: credentials, answers to connectivity
 * checks, nomination, consent. No sockets and no clock of its own. The only door to
 * libnice's STUN library (stun/stunagent.h). Thread: the worker that owns the transport.
 * Spec: RFC 8445 (lite), RFC 8489, RFC 7675. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/address.h"
#include "relay/verdict.h"

#define SC_ICE_UFRAG_MAX 256               /* RFC 8839, section 5.4 */
#define SC_ICE_PASSWORD_MAX 256            /* RFC 8839, section 5.4 */
#define SC_ICE_LOCAL_UFRAG_LENGTH 12       /* characters of ours */
#define SC_ICE_REPLY_MAX 256               /* bytes of a reply at most */
#define SC_ICE_CONSENT_US (30 * 1000000LL) /* RFC 7675, section 5.1 */
#define SC_ICE_SILENCE_US \
    (2 * 1000000LL) /* then an authenticated check alone may move us */

typedef struct ScIce ScIce;

typedef struct {
    ScVerdict verdict;   /* PASS: authenticated and answered */
    size_t reply_length; /* bytes to send back to where the request came from; 0: none */
    bool moved;          /* the selected address is a new one (sc_ice_get_selected()) */
} ScIceCheck;

/* New local credentials; @remote_* from the peer's offer (copied). False and @error where
 * they break RFC 8839's grammar: ufrag 4–256, password 22–256 ice-chars. */
ScIce *sc_ice_new(const char *remote_ufrag, const char *remote_password, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_ice_free(ScIce *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScIce, sc_ice_free)

/* Fresh local credentials; the old ones still answer until the first check with the new.
 */
bool sc_ice_restart(ScIce *self, const char *remote_ufrag, const char *remote_password,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *sc_ice_get_local_ufrag(const ScIce *self);    /* borrowed until a restart */
const char *sc_ice_get_local_password(const ScIce *self); /* borrowed until a restart */

/* Of a datagram that looks like STUN: the part of USERNAME before the colon, that is our
 * ufrag. False when there is none. Authenticates nothing; bounded by @length. */
bool sc_ice_peek_local_ufrag(const uint8_t *data, size_t length,
                             char out_ufrag[SC_ICE_UFRAG_MAX + 1])
    G_GNUC_WARN_UNUSED_RESULT;

/* Answers one datagram. The selected address moves by an authenticated check that carries
 * USE-CANDIDATE, or by any authenticated check once the selected address was silent for
 * SC_ICE_SILENCE_US; by nothing else. A controlled peer is answered with 487. */
ScIceCheck sc_ice_answer(ScIce *self, const uint8_t *data, size_t length,
                         const ScAddress *from, int64_t now_us,
                         uint8_t out_reply[SC_ICE_REPLY_MAX]);

/* Any authenticated packet from the selected address counts as life and as consent. */
void sc_ice_mark_alive(ScIce *self, int64_t now_us);

/* NULL before the first nomination. Borrowed. */
const ScAddress *sc_ice_get_selected(const ScIce *self);
bool sc_ice_has_consent(const ScIce *self, int64_t now_us);
