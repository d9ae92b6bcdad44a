/* SPDX-License-Identifier: Apache-2.0 */
/* encrypt.h: seals outgoing RTP, from the shared plaintext into the send arena. One
 * interface, two back ends (encrypt-ipsecmb.c, encrypt-openssl.c), chosen once at start;
 * a test holds both byte-equal to libsrtp. Thread: an ScEncryptor belongs to one worker;
 * keys may be made and freed on that worker only. Spec: RFC 3711 (AES-CM, HMAC-SHA1), RFC
 * 7714 (AES-GCM). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/srtp.h"

#define SC_ENCRYPT_TAG_MAX 16    /* bytes: 16 with AES-GCM, 10 with HMAC-SHA1-80 */
#define SC_ENCRYPT_BATCH_MAX 256 /* jobs of one call */

typedef struct ScEncryptor ScEncryptor;
typedef struct ScEncryptKey ScEncryptKey; /* one receiver's expanded session keys */

/* One packet. @out starts with the finished RTP header; the sealed payload and the tag
 * are written behind it: header_length + payload_length + tag bytes in all, and not a
 * byte more, because the next segment of a GSO message starts there and its header is
 * already written. */
typedef struct {
    const ScEncryptKey *key; /* borrowed until the call returns */
    uint8_t *out;            /* header, then room for payload and tag */
    const uint8_t *payload;  /* plaintext, borrowed, never written */
    uint32_t roc;            /* roll-over counter of this packet */
    uint16_t header_length;  /* bytes, 12 at least; with CSRCs and extensions */
    uint16_t payload_length; /* bytes, may be 0 */
} ScEncryptJob;

/* @name: "ipsec-mb", "openssl", or NULL for the best this processor and build have.
 * NULL and @error set where the named one is not there. */
ScEncryptor *sc_encryptor_new(const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_encryptor_free(ScEncryptor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScEncryptor, sc_encryptor_free)
const char *sc_encryptor_get_name(const ScEncryptor *self);

/* Derives the session keys of @master (RFC 3711 section 4.3, key derivation rate 0). */
ScEncryptKey *sc_encrypt_key_new(ScEncryptor *self, ScSrtpProfile profile,
                                 const ScSrtpMaster *master) G_GNUC_WARN_UNUSED_RESULT;
void sc_encrypt_key_free(ScEncryptKey *key);
size_t sc_encrypt_key_get_tag_length(const ScEncryptKey *key);

/* Hot. Brings what sealing reads of @key (may be NULL) into the near cache. */
void sc_encrypt_key_fetch(const ScEncryptKey *key);

/* Hot. Seals @n_jobs (at most SC_ENCRYPT_BATCH_MAX) packets of any mixture of keys and
 * profiles. SSRC and sequence number are read from the header. Never fails. */
void sc_encryptor_seal(ScEncryptor *self, const ScEncryptJob *jobs, size_t n_jobs);
