/* SPDX-License-Identifier: Apache-2.0 */
/* srtp.h: opens what one peer sends and seals the RTCP we send to it. The only door to
 * libsrtp, which opens the media of publishers; RTCP is srtcp.h's, outgoing RTP
 * encrypt.h's. Thread: the worker that owns the peer. Spec: RFC 3711, RFC 7714, RFC 5764
 * section 4.1.2. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/verdict.h"

/* DTLS-SRTP protection profiles (RFC 5764, RFC 7714), by their IANA numbers. */
typedef enum {
    SC_SRTP_AES128_CM_SHA1_80 = 0x0001,
    SC_SRTP_AEAD_AES_128_GCM = 0x0007,
} ScSrtpProfile;

#define SC_SRTP_KEY_LENGTH 16      /* bytes, both profiles */
#define SC_SRTP_SALT_LENGTH_MAX 14 /* bytes: 14 with AES-CM, 12 with AES-GCM */
#define SC_SRTP_TRAILER_MAX 20     /* bytes SRTCP adds at most: tag 16, index 4 */

typedef struct {
    uint8_t key[SC_SRTP_KEY_LENGTH];
    uint8_t salt[SC_SRTP_SALT_LENGTH_MAX]; /* 12 used with AES-GCM */
} ScSrtpMaster;

typedef struct ScSrtp ScSrtp;

size_t sc_srtp_get_salt_length(ScSrtpProfile profile);

/* Copies both masters. NULL and @error set where libsrtp refuses. */
ScSrtp *sc_srtp_new(ScSrtpProfile profile, const ScSrtpMaster *remote,
                    const ScSrtpMaster *local, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_srtp_free(ScSrtp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSrtp, sc_srtp_free)

/* Hot. Decrypts in place and shortens @length; after a drop the bytes are undefined. A
 * peer may open at most SC_SRTP_STREAMS_MAX SSRCs; only an authenticated packet opens
 * one. */
#define SC_SRTP_STREAMS_MAX 64
ScVerdict sc_srtp_open_rtp(ScSrtp *self, uint8_t *data, size_t *length)
    G_GNUC_WARN_UNUSED_RESULT;
ScVerdict sc_srtp_open_rtcp(ScSrtp *self, uint8_t *data, size_t *length)
    G_GNUC_WARN_UNUSED_RESULT;

/* Seals in place; @data must have SC_SRTP_TRAILER_MAX bytes of room behind @length. */
ScVerdict sc_srtp_seal_rtcp(ScSrtp *self, uint8_t *data, size_t *length)
    G_GNUC_WARN_UNUSED_RESULT;
