/* SPDX-License-Identifier: Apache-2.0 */
/* encrypt-backend.h: what a back end of encrypt.c provides. Private to encrypt*.c,
 * srtcp.c and their tests.
 * Thread: as encrypt.h. */
#pragma once

#include <string.h>

#include "relay/encrypt.h"

#define SC_ENCRYPT_AUTH_KEY_LENGTH 20 /* bytes, RFC 3711 section 5.2 */
#define SC_ENCRYPT_CM_TAG_LENGTH 10   /* bytes, HMAC-SHA1-80 */
#define SC_ENCRYPT_GCM_TAG_LENGTH 16  /* bytes, RFC 7714 section 13.2 */
#define SC_ENCRYPT_GCM_IV_LENGTH 12   /* bytes, RFC 7714 section 8.1 */
#define SC_ENCRYPT_CM_IV_LENGTH 16    /* bytes, RFC 3711 section 4.1.1 */
#define SC_ENCRYPT_ROC_LENGTH 4       /* bytes, authenticated behind an AES-CM packet */

/* Session keys (RFC 3711 section 4.3). */
typedef struct {
    uint8_t key[SC_SRTP_KEY_LENGTH];
    uint8_t salt[SC_SRTP_SALT_LENGTH_MAX];    /* the last 2 are 0 with AES-GCM */
    uint8_t auth[SC_ENCRYPT_AUTH_KEY_LENGTH]; /* AES-CM only */
} ScEncryptSession;

typedef struct {
    const char *name;
    /* NULL and @error set where this processor lacks what it takes. */
    ScEncryptor *(*encryptor_new)(GError **error);
    void (*encryptor_free)(ScEncryptor *encryptor);
    /* Copies what it needs of @session; encrypt.c fills the ScEncryptKey itself. */
    ScEncryptKey *(*key_new)(ScEncryptor *encryptor, ScSrtpProfile profile,
                             const ScEncryptSession *session);
    void (*key_free)(ScEncryptKey *key);
    void (*seal)(ScEncryptor *encryptor, const ScEncryptJob *jobs, size_t n_jobs);
} ScEncryptBackend;

/* The first member of each back end's own. */
struct ScEncryptor {
    const ScEncryptBackend *backend; /* static */
};

/* The first member of each back end's own. */
struct ScEncryptKey {
    const ScEncryptBackend *backend; /* static */
    ScSrtpProfile profile;
    uint16_t n_read; /* bytes from here on that sealing reads; the back end's to set */
    uint8_t salt[SC_ENCRYPT_CM_IV_LENGTH]; /* filled up with zeros */
};

extern const ScEncryptBackend sc_encrypt_openssl;
#ifdef SC_HAVE_IPSEC_MB
extern const ScEncryptBackend sc_encrypt_ipsecmb;
#endif

/* The first of the three labels of RFC 3711, section 4.3.1. */
typedef enum {
    SC_ENCRYPT_FOR_RTP = 0,
    SC_ENCRYPT_FOR_RTCP = 3,
} ScEncryptUse;

/* The two halves of sc_encrypt_key_new(), apart for srtcp.c and the RFCs' test vectors.
 */
void sc_encrypt_session_derive(ScSrtpProfile profile, ScEncryptUse use,
                               const ScSrtpMaster *master, ScEncryptSession *out_session);
ScEncryptKey *sc_encrypt_key_new_for_session(ScEncryptor *self, ScSrtpProfile profile,
                                             const ScEncryptSession *session)
    G_GNUC_WARN_UNUSED_RESULT;

/* SSRC, roll-over counter and sequence number, 10 bytes in network order, into @out. */
static inline void
sc_encrypt_write_index(const ScEncryptJob *job, uint8_t out[10])
{
    uint32_t roc = GUINT32_TO_BE(job->roc);

    memcpy(out, job->out + 8, 4); /* SSRC */
    memcpy(out + 4, &roc, 4);
    memcpy(out + 8, job->out + 2, 2); /* sequence number */
}

/* RFC 3711 section 4.1.1: salt × 2^16 XOR SSRC × 2^64 XOR index × 2^16. */
static inline void
sc_encrypt_write_cm_iv(const ScEncryptJob *job, uint8_t out[SC_ENCRYPT_CM_IV_LENGTH])
{
    uint8_t iv[SC_ENCRYPT_CM_IV_LENGTH] = { 0 };

    sc_encrypt_write_index(job, iv + 4);
    for (unsigned i = 0; i < sizeof iv; i++)
        out[i] = iv[i] ^ job->key->salt[i];
}

/* RFC 7714 section 8.1: 0, SSRC, ROC, sequence number; XOR salt. */
static inline void
sc_encrypt_write_gcm_iv(const ScEncryptJob *job, uint8_t out[SC_ENCRYPT_GCM_IV_LENGTH])
{
    uint8_t iv[SC_ENCRYPT_GCM_IV_LENGTH] = { 0 };

    sc_encrypt_write_index(job, iv + 2);
    for (unsigned i = 0; i < sizeof iv; i++)
        out[i] = iv[i] ^ job->key->salt[i];
}

/* Puts the ROC where the tag will be: it is hashed behind the packet (RFC 3711
 * section 4.2). */
static inline void
sc_encrypt_append_roc(const ScEncryptJob *job)
{
    uint32_t roc = GUINT32_TO_BE(job->roc);

    memcpy(job->out + job->header_length + job->payload_length, &roc, sizeof roc);
}
