/* SPDX-License-Identifier: Apache-2.0 */
/* dtls-session.h: one run of the DTLS server's side of a handshake, over records handed
 * in and datagrams handed out. Thread: the pool thread that made it; a context is shared
 * by all. Spec: RFC 6347, RFC 5764. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/dtls-certificate.h"
#include "relay/srtp.h"

typedef struct ScDtlsSession ScDtlsSession;

typedef enum {
    SC_DTLS_SESSION_SHAKING,     /* waits for the peer */
    SC_DTLS_SESSION_ESTABLISHED, /* keys can be had */
    SC_DTLS_SESSION_CLOSED,      /* was established; the peer ended it */
    SC_DTLS_SESSION_FAILED,      /* sc_dtls_session_get_reason() */
} ScDtlsSessionState;

/* @data is lent for the call. */
typedef void (*ScDtlsSend)(const uint8_t *data, size_t length, void *user_data);

/* The settings that all sessions share: DTLS 1.2, a client certificate demanded, our SRTP
 * profiles. Has no certificate of its own yet. */
SSL_CTX *sc_dtls_session_create_context(GError **error);

/* @context and @fingerprint must outlive the session. */
ScDtlsSession *sc_dtls_session_new(SSL_CTX *context, const ScDtlsFingerprint *fingerprint,
                                   ScDtlsSend send, void *user_data);
void sc_dtls_session_free(ScDtlsSession *self);

/* Hands in one whole record of at most SC_DTLS_DATAGRAM_MAX bytes. */
ScDtlsSessionState sc_dtls_session_receive(ScDtlsSession *self, const uint8_t *record,
                                           size_t length);

/* Time until sc_dtls_session_retransmit() is due; -1 where nothing waits for the peer. */
int64_t sc_dtls_session_get_timeout_us(ScDtlsSession *self);
ScDtlsSessionState sc_dtls_session_retransmit(ScDtlsSession *self);

/* Static text, once FAILED. */
const char *sc_dtls_session_get_reason(const ScDtlsSession *self);

/* Once ESTABLISHED. @out_remote opens what the peer sends, @out_local seals what we send.
 */
ScSrtpProfile sc_dtls_session_get_keys(ScDtlsSession *self, ScSrtpMaster *out_remote,
                                       ScSrtpMaster *out_local);
