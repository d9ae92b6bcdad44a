/* SPDX-License-Identifier: Apache-2.0 */
/* dtls.h: DTLS-SRTP handshakes, in a pool of threads off the packet loops. The only door
 * to OpenSSL's TLS. The relay is always the DTLS server (a=setup:passive). Thread: a pool
 * belongs to the main thread. An ScDtls is driven by one worker; its SSL object lives on
 * one pool thread and is freed a while after the handshake, so an idle receiver costs no
 * TLS state. Spec: RFC 5763, RFC 5764, RFC 6347, RFC 8122 (fingerprints). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/srtp.h"

#define SC_DTLS_DATAGRAM_MAX \
    1472 /* bytes; we send flights in datagrams of at most 1200 */
#define SC_DTLS_HANDSHAKES_MAX \
    4096 /* of one pool at a time: the bell, and 10 s after it */

typedef struct ScDtlsPool ScDtlsPool;
typedef struct ScDtls ScDtls;

typedef enum {
    SC_DTLS_SEND,      /* @data, @length: send this datagram to the peer */
    SC_DTLS_CONNECTED, /* @profile, @remote, @local: keys are ready. Once. */
    SC_DTLS_FAILED,    /* @reason: handshake given up; nothing follows */
    SC_DTLS_CLOSED,    /* the peer ended it, within 10 s of CONNECTED; nothing follows */
} ScDtlsEventType;

typedef struct {
    ScDtlsEventType type;
    uint64_t association; /* as given to sc_dtls_new() */
    uint8_t data[SC_DTLS_DATAGRAM_MAX];
    size_t length; /* bytes of @data */
    ScSrtpProfile profile;
    ScSrtpMaster remote; /* opens what the peer sends */
    ScSrtpMaster local;  /* seals what we send */
    const char *reason;  /* static text */
} ScDtlsEvent;

/* Called on a pool thread with @event borrowed for the call; must not block. */
typedef void (*ScDtlsPost)(const ScDtlsEvent *event, void *user_data);

/* Makes one ECDSA P-256 certificate and starts @n_threads (at least 1). */
ScDtlsPool *sc_dtls_pool_new(unsigned n_threads, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* After every ScDtls was freed; joins the threads. */
void sc_dtls_pool_free(ScDtlsPool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDtlsPool, sc_dtls_pool_free)

/* "sha-256 AB:CD:…" of our certificate. Borrowed. */
const char *sc_dtls_pool_get_fingerprint(const ScDtlsPool *self);

/* Checks the text of an a=fingerprint value, "sha-256 AB:CD:…" (sha-256, sha-384 or
 * sha-512). */
bool sc_dtls_fingerprint_is_valid(const char *fingerprint);

/* @fingerprint is copied; the handshake fails unless the peer's certificate matches it.
 * @post is called on a pool thread; events for an association that the caller has
 * meanwhile freed may still arrive and are for the caller to ignore. NULL when
 * @fingerprint is invalid. */
ScDtls *sc_dtls_new(ScDtlsPool *pool, uint64_t association, const char *fingerprint,
                    ScDtlsPost post, void *user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Lets go, never blocks. No close_notify is sent: ten seconds after the handshake there
 * is no session left to send it by, and a peer learns of its end from signaling. */
void sc_dtls_free(ScDtls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDtls, sc_dtls_free)

/* Hands one datagram (copied) to the pool; feed it only what comes from an address that
 * ICE has authenticated. DROP verdicts: DTLS_MALFORMED (not whole DTLS records),
 * DTLS_QUEUE_FULL (16 are waiting, or SC_DTLS_HANDSHAKES_MAX are running),
 * DTLS_UNEXPECTED (no ClientHello yet, or all is said). Nothing that is not encrypted
 * ends or changes an established association, and a foreign ClientHello does not keep the
 * peer's own from its end. */
ScVerdict sc_dtls_receive(ScDtls *self, const uint8_t *data, size_t length)
    G_GNUC_WARN_UNUSED_RESULT;
