/* SPDX-License-Identifier: Apache-2.0 */
/* peer-dtls.h: the DTLS client of a synthetic peer; written apart from relay/dtls.c, so
 * that each is the other's oracle. No socket: datagrams go in and out by calls. Thread:
 * any one. Spec: RFC 5763, RFC 5764, RFC 6347. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/srtp.h"

#define SC_PEER_PROFILES_ALL "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"
#define SC_PEER_PROFILE_GCM "SRTP_AEAD_AES_128_GCM"
#define SC_PEER_PROFILE_SHA1 "SRTP_AES128_CM_SHA1_80"

/* A certificate, its key and OpenSSL's settings: costly to make, shared by many peers. */
typedef struct ScPeerIdentity ScPeerIdentity;
ScPeerIdentity *sc_peer_identity_new(void);
void sc_peer_identity_free(ScPeerIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPeerIdentity, sc_peer_identity_free)
/* "sha-256 AB:CD:…". Borrowed. */
const char *sc_peer_identity_get_fingerprint(const ScPeerIdentity *self);

typedef enum {
    SC_PEER_DTLS_NEW,
    SC_PEER_DTLS_SHAKING,
    SC_PEER_DTLS_CONNECTED,
    SC_PEER_DTLS_FAILED,
    SC_PEER_DTLS_CLOSED, /* by the other side */
} ScPeerDtlsState;

typedef struct {
    const char *profiles;    /* OpenSSL's names; NULL: no use_srtp */
    const char *fingerprint; /* of the other side, sha-256; NULL: anybody */
    bool hides_certificate;  /* sends none, though asked */
} ScPeerDtlsOptions;

typedef struct ScPeerDtls ScPeerDtls;
typedef void (*ScPeerSend)(const uint8_t *data, size_t length, void *user_data);

/* @identity must outlive it; @options are copied. */
ScPeerDtls *sc_peer_dtls_new(ScPeerIdentity *identity, const ScPeerDtlsOptions *options,
                             ScPeerSend send, void *user_data);
void sc_peer_dtls_free(ScPeerDtls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPeerDtls, sc_peer_dtls_free)

/* Sends the ClientHello. */
void sc_peer_dtls_start(ScPeerDtls *self);
/* Sends close_notify, once connected. */
void sc_peer_dtls_close(ScPeerDtls *self);
void sc_peer_dtls_receive(ScPeerDtls *self, const uint8_t *data, size_t length);
/* -1: no timer runs. */
int64_t sc_peer_dtls_get_timeout_us(ScPeerDtls *self);
void sc_peer_dtls_run_timer(ScPeerDtls *self);

ScPeerDtlsState sc_peer_dtls_get_state(const ScPeerDtls *self);

/* Once connected. @out_remote opens what the other side sends. */
ScSrtpProfile sc_peer_dtls_get_keys(ScPeerDtls *self, ScSrtpMaster *out_remote,
                                    ScSrtpMaster *out_local);
