/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/encrypt.h"

#include <stdbool.h>

#include <gio/gio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "relay/encrypt-backend.h"

/* RFC 3711 section 4.3.1, from the first one of the use. */
typedef enum {
    LABEL_ENCRYPTION = 0,
    LABEL_AUTHENTICATION = 1,
    LABEL_SALT = 2,
} Label;

#define CACHE_LINE 64 /* bytes */

/* The best first. */
static const ScEncryptBackend *const BACKENDS[] = {
#ifdef SC_HAVE_IPSEC_MB
    &sc_encrypt_ipsecmb,
#endif
    &sc_encrypt_openssl,
};

ScEncryptor *
sc_encryptor_new(const char *name, GError **error)
{
    g_autoptr(GError) refusal = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(BACKENDS); i++) {
        if (name != NULL && strcmp(name, BACKENDS[i]->name) != 0)
            continue;
        g_clear_error(&refusal);
        ScEncryptor *self = BACKENDS[i]->encryptor_new(&refusal);
        if (self != NULL) {
            self->backend = BACKENDS[i];
            return self;
        }
    }

    if (refusal != NULL)
        g_propagate_error(error, g_steal_pointer(&refusal));
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "encryptor \"%s\" is not in this build", name);
    return NULL;
}

void
sc_encryptor_free(ScEncryptor *self)
{
    if (self != NULL)
        self->backend->encryptor_free(self);
}

const char *
sc_encryptor_get_name(const ScEncryptor *self)
{
    return self->backend->name;
}

/* AES-CM as pseudo-random function (RFC 3711 section 4.3.3): the key stream that starts
 * at (master salt XOR label × 2^48) × 2^16. */
static void
derive(const ScSrtpMaster *master, size_t salt_length, unsigned label, uint8_t *out,
       size_t length)
{
    static const uint8_t zeros[SC_ENCRYPT_AUTH_KEY_LENGTH];
    uint8_t iv[SC_ENCRYPT_CM_IV_LENGTH] = { 0 };
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written;

    memcpy(iv, master->salt, salt_length);
    iv[7] ^= (uint8_t)label;
    bool ok =
        context != NULL
        && EVP_EncryptInit_ex2(context, EVP_aes_128_ctr(), master->key, iv, NULL) == 1
        && EVP_EncryptUpdate(context, out, &written, zeros, (int)length) == 1;
    g_assert(ok); /* without memory for a key there is nothing to go on with */
    EVP_CIPHER_CTX_free(context);
}

void
sc_encrypt_session_derive(ScSrtpProfile profile, ScEncryptUse use,
                          const ScSrtpMaster *master, ScEncryptSession *out_session)
{
    size_t salt_length = sc_srtp_get_salt_length(profile);
    ScEncryptSession session = { 0 };

    derive(master, salt_length, use + LABEL_ENCRYPTION, session.key, sizeof session.key);
    derive(master, salt_length, use + LABEL_AUTHENTICATION, session.auth,
           sizeof session.auth);
    derive(master, salt_length, use + LABEL_SALT, session.salt, salt_length);
    *out_session = session;
    OPENSSL_cleanse(&session, sizeof session);
}

ScEncryptKey *
sc_encrypt_key_new_for_session(ScEncryptor *self, ScSrtpProfile profile,
                               const ScEncryptSession *session)
{
    ScEncryptKey *key = self->backend->key_new(self, profile, session);

    key->backend = self->backend;
    key->profile = profile;
    memcpy(key->salt, session->salt, sizeof session->salt);
    return key;
}

ScEncryptKey *
sc_encrypt_key_new(ScEncryptor *self, ScSrtpProfile profile, const ScSrtpMaster *master)
{
    ScEncryptSession session;

    sc_encrypt_session_derive(profile, SC_ENCRYPT_FOR_RTP, master, &session);
    ScEncryptKey *key = sc_encrypt_key_new_for_session(self, profile, &session);
    OPENSSL_cleanse(&session, sizeof session);
    return key;
}

void
sc_encrypt_key_free(ScEncryptKey *key)
{
    if (key != NULL)
        key->backend->key_free(key);
}

void
sc_encrypt_key_fetch(const ScEncryptKey *key)
{
    if (key == NULL)
        return;
    for (unsigned i = 0; i < key->n_read; i += CACHE_LINE)
        __builtin_prefetch((const uint8_t *)key + i);
}

size_t
sc_encrypt_key_get_tag_length(const ScEncryptKey *key)
{
    return key->profile == SC_SRTP_AEAD_AES_128_GCM ? SC_ENCRYPT_GCM_TAG_LENGTH
                                                    : SC_ENCRYPT_CM_TAG_LENGTH;
}

void
sc_encryptor_seal(ScEncryptor *self, const ScEncryptJob *jobs, size_t n_jobs)
{
    g_assert(n_jobs <= SC_ENCRYPT_BATCH_MAX);
    self->backend->seal(self, jobs, n_jobs);
}
