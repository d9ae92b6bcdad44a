/* SPDX-License-Identifier: Apache-2.0 */
/* dtls-handshake.h: one association from its first ClientHello until some time after the
 * handshake. Nothing protects a hello, so anybody who can forge the peer's address can
 * send one: several are followed at a time, and the one that reaches its end is the
 * peer's. Thread: one pool thread. Time is handed in, but for OpenSSL's retransmission
 * timer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/dtls-session.h"
#include "relay/dtls.h"

#define SC_DTLS_GIVE_UP_US (30 * 1000000LL) /* after the last new hello */
#define SC_DTLS_LINGER_US \
    (10 * 1000000LL) /* our last flight may be lost: asked for again */

typedef struct ScDtlsHandshake ScDtlsHandshake;

/* @context, @fingerprint and @user_data must outlive the handshake. @post is called from
 * within receive() and run_timers() alone. */
ScDtlsHandshake *sc_dtls_handshake_new(SSL_CTX *context,
                                       const ScDtlsFingerprint *fingerprint,
                                       uint64_t association, ScDtlsPost post,
                                       void *user_data);
void sc_dtls_handshake_free(ScDtlsHandshake *self);

/* @data passed sc_dtls_datagram_is_valid(). */
void sc_dtls_handshake_receive(ScDtlsHandshake *self, const uint8_t *data, size_t length,
                               int64_t now_us);

/* When to call sc_dtls_handshake_run_timers(); INT64_MAX: not before something comes. */
int64_t sc_dtls_handshake_get_wake_us(const ScDtlsHandshake *self, int64_t now_us);
void sc_dtls_handshake_run_timers(ScDtlsHandshake *self, int64_t now_us);

/* Nothing more will be said. */
bool sc_dtls_handshake_is_over(const ScDtlsHandshake *self);
