/* SPDX-License-Identifier: Apache-2.0 */
/* The fast back end. AES-GCM goes packet by packet, from the ring straight into the
 * arena; AES-CM is gathered over all receivers of the call, because SHA-1 gains from many
 * packets hashed side by side. The only door to intel-ipsec-mb. */
#include <intel-ipsec-mb.h>
#include <stdbool.h>

#include <gio/gio.h>

#include "relay/encrypt-backend.h"

enum {
    ROUND_KEYS_LENGTH = 11 * 16, /* AES-128 */
    SHA1_LENGTH = IMB_SHA1_DIGEST_SIZE_IN_BYTES,
    INNER_PAD = 0x36, /* RFC 2104 section 2 */
    OUTER_PAD = 0x5c,
    BURST_MAX = IMB_MAX_BURST_SIZE,
    KEY_ALIGNMENT = 64, /* of struct gcm_key_data */
};

typedef struct {
    ScEncryptor base;
    IMB_MGR *manager;                        /* owned */
    size_t n_burst;                          /* AES-CM packets gathered */
    const ScEncryptJob *gathered[BURST_MAX]; /* borrowed until the burst is done */
    IMB_JOB burst[BURST_MAX];
    uint8_t ivs[BURST_MAX][SC_ENCRYPT_CM_IV_LENGTH];
    uint8_t tags[BURST_MAX][SHA1_LENGTH]; /* cut to 10 bytes on their way out */
} Encryptor;

typedef struct {
    uint8_t round_keys[ROUND_KEYS_LENGTH];
    uint8_t inner[SHA1_LENGTH]; /* SHA-1 state behind the key XOR INNER_PAD */
    uint8_t outer[SHA1_LENGTH]; /* SHA-1 state behind the key XOR OUTER_PAD */
} CmKey;

/* Only the half that the profile needs is allocated. */
typedef struct {
    ScEncryptKey base;
    union {
        struct gcm_key_data gcm;
        CmKey cm;
    };
} Key;

static void ipsecmb_encryptor_free(ScEncryptor *base);

static ScEncryptor *
ipsecmb_encryptor_new(GError **error)
{
    Encryptor *self = g_new0(Encryptor, 1);
    IMB_ARCH arch = IMB_ARCH_NONE;

    self->manager = alloc_mb_mgr(0);
    if (self->manager != NULL)
        init_mb_mgr_auto(self->manager, &arch);
    /* Without AES instructions the library emulates them: OpenSSL is faster then. */
    if (arch < IMB_ARCH_SSE || imb_get_errno(self->manager) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "ipsec-mb: not on this processor (architecture %d)", (int)arch);
        ipsecmb_encryptor_free(&self->base);
        return NULL;
    }
    return &self->base;
}

static void
ipsecmb_encryptor_free(ScEncryptor *base)
{
    Encryptor *self = (Encryptor *)base;

    if (self->manager != NULL)
        free_mb_mgr(self->manager);
    g_free(self);
}

static void
hash_pad(IMB_MGR *manager, const ScEncryptSession *session, uint8_t pad, uint8_t *out)
{
    uint8_t block[IMB_SHA1_BLOCK_SIZE];

    memset(block, pad, sizeof block);
    for (size_t i = 0; i < sizeof session->auth; i++)
        block[i] ^= session->auth[i];
    IMB_SHA1_ONE_BLOCK(manager, block, out);
    explicit_bzero(block, sizeof block);
}

static void
expand_cm(IMB_MGR *manager, const ScEncryptSession *session, CmKey *cm)
{
    uint8_t unused[ROUND_KEYS_LENGTH] __attribute__((aligned(16))); /* for decryption */

    IMB_AES_KEYEXP_128(manager, session->key, cm->round_keys, unused);
    hash_pad(manager, session, INNER_PAD, cm->inner);
    hash_pad(manager, session, OUTER_PAD, cm->outer);
    explicit_bzero(unused, sizeof unused);
}

static size_t
get_key_size(ScSrtpProfile profile)
{
    return profile == SC_SRTP_AEAD_AES_128_GCM ? sizeof(Key)
                                               : offsetof(Key, cm) + sizeof(CmKey);
}

static ScEncryptKey *
ipsecmb_key_new(ScEncryptor *encryptor, ScSrtpProfile profile,
                const ScEncryptSession *session)
{
    IMB_MGR *manager = ((Encryptor *)encryptor)->manager;
    Key *key = g_aligned_alloc0(1, get_key_size(profile), KEY_ALIGNMENT);

    if (profile == SC_SRTP_AEAD_AES_128_GCM)
        IMB_AES128_GCM_PRE(manager, session->key, &key->gcm);
    else
        expand_cm(manager, session, &key->cm);
    key->base.n_read = (uint16_t)get_key_size(profile);
    return &key->base;
}

static void
ipsecmb_key_free(ScEncryptKey *base)
{
    explicit_bzero(base, get_key_size(base->profile));
    g_aligned_free(base);
}

static void
seal_gcm(IMB_MGR *manager, const ScEncryptJob *job)
{
    const Key *key = (const Key *)job->key;
    uint8_t *sealed = job->out + job->header_length;
    struct gcm_context_data context;
    uint8_t iv[SC_ENCRYPT_GCM_IV_LENGTH];

    sc_encrypt_write_gcm_iv(job, iv);
    IMB_AES128_GCM_ENC(manager, &key->gcm, &context, sealed, job->payload,
                       job->payload_length, iv, job->out, job->header_length,
                       sealed + job->payload_length, SC_ENCRYPT_GCM_TAG_LENGTH);
}

static void
prepare_cipher(Encryptor *self, size_t i)
{
    const ScEncryptJob *job = self->gathered[i];
    const Key *key = (const Key *)job->key;

    sc_encrypt_write_cm_iv(job, self->ivs[i]);
    self->burst[i] = (IMB_JOB){
        .enc_keys = key->cm.round_keys,
        .key_len_in_bytes = IMB_KEY_128_BYTES,
        .src = job->payload,
        .dst = job->out + job->header_length,
        .msg_len_to_cipher_in_bytes = job->payload_length,
        .iv = self->ivs[i],
        .iv_len_in_bytes = SC_ENCRYPT_CM_IV_LENGTH,
        .cipher_mode = IMB_CIPHER_CNTR,
        .cipher_direction = IMB_DIR_ENCRYPT,
    };
}

static void
prepare_hash(Encryptor *self, size_t i)
{
    const ScEncryptJob *job = self->gathered[i];
    const Key *key = (const Key *)job->key;

    sc_encrypt_append_roc(job);
    self->burst[i] = (IMB_JOB){
        .src = job->out,
        .msg_len_to_hash_in_bytes =
            (uint64_t)job->header_length + job->payload_length + SC_ENCRYPT_ROC_LENGTH,
        .auth_tag_output = self->tags[i],
        .auth_tag_output_len_in_bytes = SHA1_LENGTH,
        .u.HMAC._hashed_auth_key_xor_ipad = key->cm.inner,
        .u.HMAC._hashed_auth_key_xor_opad = key->cm.outer,
        .hash_alg = IMB_AUTH_HMAC_SHA_1,
    };
}

/* Both bursts return when all their jobs are done. */
static void
seal_burst(Encryptor *self)
{
    uint32_t n_burst = (uint32_t)self->n_burst;

    for (size_t i = 0; i < n_burst; i++)
        prepare_cipher(self, i);
    IMB_SUBMIT_CIPHER_BURST_NOCHECK(self->manager, self->burst, n_burst, IMB_CIPHER_CNTR,
                                    IMB_DIR_ENCRYPT, IMB_KEY_128_BYTES);
    for (size_t i = 0; i < n_burst; i++)
        prepare_hash(self, i);
    IMB_SUBMIT_HASH_BURST_NOCHECK(self->manager, self->burst, n_burst,
                                  IMB_AUTH_HMAC_SHA_1);
    for (size_t i = 0; i < n_burst; i++) {
        const ScEncryptJob *job = self->gathered[i];

        g_assert(self->burst[i].status == IMB_STATUS_COMPLETED);
        memcpy(job->out + job->header_length + job->payload_length, self->tags[i],
               SC_ENCRYPT_CM_TAG_LENGTH);
    }
    self->n_burst = 0;
}

static void
ipsecmb_seal(ScEncryptor *encryptor, const ScEncryptJob *jobs, size_t n_jobs)
{
    Encryptor *self = (Encryptor *)encryptor;

    for (size_t i = 0; i < n_jobs; i++) {
        if (jobs[i].key->profile == SC_SRTP_AEAD_AES_128_GCM) {
            seal_gcm(self->manager, &jobs[i]);
            continue;
        }
        self->gathered[self->n_burst++] = &jobs[i];
        if (self->n_burst == BURST_MAX)
            seal_burst(self);
    }
    if (self->n_burst > 0)
        seal_burst(self);
}

const ScEncryptBackend sc_encrypt_ipsecmb = {
    .name = "ipsec-mb",
    .encryptor_new = ipsecmb_encryptor_new,
    .encryptor_free = ipsecmb_encryptor_free,
    .key_new = ipsecmb_key_new,
    .key_free = ipsecmb_key_free,
    .seal = ipsecmb_seal,
};
