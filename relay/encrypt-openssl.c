/* SPDX-License-Identifier: Apache-2.0 */
/* The plain back end, on every processor. A key holds contexts with their key schedule
 * ready, so that a packet sets an IV and no key.
 *
 * HMAC is written out over the SHA-1 of <openssl/sha.h>: EVP_MAC and EVP_MD_CTX_copy_ex()
 * allocate on every packet, and nothing may on this path. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_*: see above */

#include <stdbool.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "relay/encrypt-backend.h"

enum {
    INNER_PAD = 0x36, /* RFC 2104 section 2 */
    OUTER_PAD = 0x5c,
};

typedef struct {
    ScEncryptKey base;
    EVP_CIPHER_CTX *cipher; /* owned */
    SHA_CTX inner;          /* AES-CM: hashed the key XOR INNER_PAD already */
    SHA_CTX outer;          /* AES-CM: hashed the key XOR OUTER_PAD already */
} Key;

static ScEncryptor *
openssl_encryptor_new(GError **error)
{
    (void)error;
    return g_new0(ScEncryptor, 1);
}

static void
openssl_encryptor_free(ScEncryptor *encryptor)
{
    g_free(encryptor);
}

static void
hash_pad(SHA_CTX *sha, const ScEncryptSession *session, uint8_t pad)
{
    uint8_t block[SHA_CBLOCK];

    memset(block, pad, sizeof block);
    for (size_t i = 0; i < sizeof session->auth; i++)
        block[i] ^= session->auth[i];
    SHA1_Init(sha);
    SHA1_Update(sha, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
}

static ScEncryptKey *
openssl_key_new(ScEncryptor *encryptor, ScSrtpProfile profile,
                const ScEncryptSession *session)
{
    const EVP_CIPHER *cipher =
        profile == SC_SRTP_AEAD_AES_128_GCM ? EVP_aes_128_gcm() : EVP_aes_128_ctr();
    Key *key = g_new0(Key, 1);

    (void)encryptor;
    key->cipher = EVP_CIPHER_CTX_new();
    bool ok = key->cipher != NULL
              && EVP_EncryptInit_ex2(key->cipher, cipher, session->key, NULL, NULL) == 1;
    g_assert(ok); /* without memory for a key there is nothing to go on with */
    if (profile == SC_SRTP_AES128_CM_SHA1_80) {
        hash_pad(&key->inner, session, INNER_PAD);
        hash_pad(&key->outer, session, OUTER_PAD);
    }
    key->base.n_read = sizeof *key;
    return &key->base;
}

static void
openssl_key_free(ScEncryptKey *base)
{
    Key *key = (Key *)base;

    EVP_CIPHER_CTX_free(key->cipher);
    OPENSSL_cleanse(key, sizeof *key);
    g_free(key);
}

static bool
seal_gcm(const Key *key, const ScEncryptJob *job)
{
    uint8_t *sealed = job->out + job->header_length;
    uint8_t iv[SC_ENCRYPT_GCM_IV_LENGTH];
    int written;

    sc_encrypt_write_gcm_iv(job, iv);
    return EVP_EncryptInit_ex2(key->cipher, NULL, NULL, iv, NULL) == 1
           && EVP_EncryptUpdate(key->cipher, NULL, &written, job->out, job->header_length)
                  == 1
           && EVP_EncryptUpdate(key->cipher, sealed, &written, job->payload,
                                job->payload_length)
                  == 1
           && EVP_EncryptFinal_ex(key->cipher, sealed + job->payload_length, &written)
                  == 1
           && EVP_CIPHER_CTX_ctrl(key->cipher, EVP_CTRL_AEAD_GET_TAG,
                                  SC_ENCRYPT_GCM_TAG_LENGTH, sealed + job->payload_length)
                  == 1;
}

static void
authenticate(const Key *key, const ScEncryptJob *job)
{
    size_t length = (size_t)job->header_length + job->payload_length;
    SHA_CTX inner = key->inner;
    SHA_CTX outer = key->outer;
    uint8_t digest[SHA_DIGEST_LENGTH];

    sc_encrypt_append_roc(job);
    SHA1_Update(&inner, job->out, length + SC_ENCRYPT_ROC_LENGTH);
    SHA1_Final(digest, &inner);
    SHA1_Update(&outer, digest, sizeof digest);
    SHA1_Final(digest, &outer);
    memcpy(job->out + length, digest, SC_ENCRYPT_CM_TAG_LENGTH);
}

static bool
seal_cm(const Key *key, const ScEncryptJob *job)
{
    uint8_t iv[SC_ENCRYPT_CM_IV_LENGTH];
    int written;

    sc_encrypt_write_cm_iv(job, iv);
    if (EVP_EncryptInit_ex2(key->cipher, NULL, NULL, iv, NULL) != 1
        || EVP_EncryptUpdate(key->cipher, job->out + job->header_length, &written,
                             job->payload, job->payload_length)
               != 1)
        return false;
    authenticate(key, job);
    return true;
}

static void
openssl_seal(ScEncryptor *encryptor, const ScEncryptJob *jobs, size_t n_jobs)
{
    (void)encryptor;
    for (size_t i = 0; i < n_jobs; i++) {
        const Key *key = (const Key *)jobs[i].key;
        bool ok = key->base.profile == SC_SRTP_AEAD_AES_128_GCM ? seal_gcm(key, &jobs[i])
                                                                : seal_cm(key, &jobs[i]);
        g_assert(ok);
    }
}

const ScEncryptBackend sc_encrypt_openssl = {
    .name = "openssl",
    .encryptor_new = openssl_encryptor_new,
    .encryptor_free = openssl_encryptor_free,
    .key_new = openssl_key_new,
    .key_free = openssl_key_free,
    .seal = openssl_seal,
};
