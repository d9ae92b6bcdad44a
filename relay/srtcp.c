/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/srtcp.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "relay/encrypt-backend.h"

enum {
    HEADER_LENGTH = 8, /* in the clear: RFC 3711 section 3.4 */
    INDEX_LENGTH = 4,
    SSRC_AT = 4,
    SHA1_LENGTH = 20,
    WINDOW = 64, /* packets */
};

static const uint32_t ENCRYPTED = 1U << 31; /* the E flag, in the index's word */

/* What arrived of one SSRC. */
typedef struct {
    uint32_t ssrc; /* network order */
    uint32_t highest;
    uint64_t seen; /* bit n: highest - n has come */
} Stream;

struct ScSrtcp {
    ScSrtpProfile profile;
    ScEncryptSession keys;
    uint32_t index;  /* of the last packet sealed; one count for all SSRCs */
    Stream *streams; /* owned; SSRCs that a right tag has opened */
    uint8_t n_streams;
};

/* The ciphers of a thread: a key is set for each packet, which costs less than a context
 * for each peer is worth. */
typedef struct {
    EVP_CIPHER_CTX *gcm; /* owned */
    EVP_CIPHER_CTX *ctr; /* owned */
    EVP_MAC_CTX *hmac;   /* owned */
} Ciphers;

static void
ciphers_free(void *data)
{
    Ciphers *self = data;

    EVP_CIPHER_CTX_free(self->gcm);
    EVP_CIPHER_CTX_free(self->ctr);
    EVP_MAC_CTX_free(self->hmac);
    g_free(self);
}

static EVP_MAC_CTX *
make_hmac(void)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA1", 0),
        OSSL_PARAM_construct_end(),
    };

    g_assert(context != NULL && EVP_MAC_CTX_set_params(context, params) == 1);
    EVP_MAC_free(mac);
    return context;
}

static Ciphers *
get_ciphers(void)
{
    static GPrivate own = G_PRIVATE_INIT(ciphers_free);
    Ciphers *self = g_private_get(&own);

    if (self != NULL)
        return self;
    self = g_new0(Ciphers, 1);
    self->gcm = EVP_CIPHER_CTX_new();
    self->ctr = EVP_CIPHER_CTX_new();
    self->hmac = make_hmac();
    bool ok =
        EVP_CipherInit_ex2(self->gcm, EVP_aes_128_gcm(), NULL, NULL, 1, NULL) == 1
        && EVP_CipherInit_ex2(self->ctr, EVP_aes_128_ctr(), NULL, NULL, 1, NULL) == 1;
    g_assert(ok); /* out of memory alone */
    g_private_set(&own, self);
    return self;
}

ScSrtcp *
sc_srtcp_new(ScSrtpProfile profile, const ScSrtpMaster *master)
{
    ScSrtcp *self = g_new0(ScSrtcp, 1);

    self->profile = profile;
    sc_encrypt_session_derive(profile, SC_ENCRYPT_FOR_RTCP, master, &self->keys);
    return self;
}

void
sc_srtcp_free(ScSrtcp *self)
{
    if (self == NULL)
        return;
    OPENSSL_cleanse(&self->keys, sizeof self->keys);
    g_free(self->streams);
    g_free(self);
}

/* RFC 7714 section 9.1: 0, SSRC, 0, index; XOR salt. */
static void
write_gcm_iv(const ScSrtcp *self, const uint8_t *data, uint32_t index,
             uint8_t out[SC_ENCRYPT_GCM_IV_LENGTH])
{
    index = GUINT32_TO_BE(index);
    memset(out, 0, SC_ENCRYPT_GCM_IV_LENGTH);
    memcpy(out + 2, data + SSRC_AT, 4);
    memcpy(out + 8, &index, 4);
    for (unsigned i = 0; i < SC_ENCRYPT_GCM_IV_LENGTH; i++)
        out[i] ^= self->keys.salt[i];
}

/* The header and the index's word are authenticated: RFC 7714 section 9.2. */
static bool
start_gcm(const ScSrtcp *self, EVP_CIPHER_CTX *gcm, const uint8_t *data, uint32_t word,
          bool seals)
{
    uint8_t iv[SC_ENCRYPT_GCM_IV_LENGTH];
    uint32_t wire_word = GUINT32_TO_BE(word);
    int written;

    write_gcm_iv(self, data, word & ~ENCRYPTED, iv);
    return EVP_CipherInit_ex2(gcm, NULL, self->keys.key, iv, seals, NULL) == 1
           && EVP_CipherUpdate(gcm, NULL, &written, data, HEADER_LENGTH) == 1
           && EVP_CipherUpdate(gcm, NULL, &written, (const uint8_t *)&wire_word,
                               INDEX_LENGTH)
                  == 1;
}

/* Behind the header: sealed bytes, tag, index. */
static void
seal_gcm(const ScSrtcp *self, uint8_t *data, size_t length, uint32_t word)
{
    EVP_CIPHER_CTX *gcm = get_ciphers()->gcm;
    uint8_t *body = data + HEADER_LENGTH;
    int n_body = (int)(length - HEADER_LENGTH);
    int written;
    bool ok = start_gcm(self, gcm, data, word, true)
              && EVP_CipherUpdate(gcm, body, &written, body, n_body) == 1
              && EVP_CipherFinal_ex(gcm, body + n_body, &written) == 1
              && EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG,
                                     SC_ENCRYPT_GCM_TAG_LENGTH, data + length)
                     == 1;

    g_assert(ok);
}

static bool
open_gcm(const ScSrtcp *self, uint8_t *data, size_t length, uint32_t word)
{
    EVP_CIPHER_CTX *gcm = get_ciphers()->gcm;
    uint8_t *body = data + HEADER_LENGTH;
    int n_body = (int)(length - HEADER_LENGTH);
    int written;

    return start_gcm(self, gcm, data, word, false)
           && EVP_CipherUpdate(gcm, body, &written, body, n_body) == 1
           && EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, SC_ENCRYPT_GCM_TAG_LENGTH,
                                  data + length)
                  == 1
           && EVP_CipherFinal_ex(gcm, body + n_body, &written) == 1;
}

/* RFC 3711 section 4.1.1, with the index of section 3.4. */
static void
crypt_cm(const ScSrtcp *self, uint8_t *data, size_t length, uint32_t index)
{
    EVP_CIPHER_CTX *ctr = get_ciphers()->ctr;
    uint8_t iv[SC_ENCRYPT_CM_IV_LENGTH] = { 0 };
    uint8_t *body = data + HEADER_LENGTH;
    int written;

    index = GUINT32_TO_BE(index);
    memcpy(iv + 4, data + SSRC_AT, 4);
    memcpy(iv + 10, &index, 4);
    for (unsigned i = 0; i < SC_SRTP_SALT_LENGTH_MAX; i++)
        iv[i] ^= self->keys.salt[i];
    bool ok =
        EVP_CipherInit_ex2(ctr, NULL, self->keys.key, iv, 1, NULL) == 1
        && EVP_CipherUpdate(ctr, body, &written, body, (int)(length - HEADER_LENGTH))
               == 1;
    g_assert(ok);
}

static void
hash_cm(const ScSrtcp *self, const uint8_t *data, size_t length, uint8_t out[SHA1_LENGTH])
{
    EVP_MAC_CTX *hmac = get_ciphers()->hmac;
    size_t written;
    bool ok = EVP_MAC_init(hmac, self->keys.auth, sizeof self->keys.auth, NULL) == 1
              && EVP_MAC_update(hmac, data, length) == 1
              && EVP_MAC_final(hmac, out, &written, SHA1_LENGTH) == 1;

    g_assert(ok);
}

/* Behind the header: sealed bytes, index, tag. */
static void
seal_cm(const ScSrtcp *self, uint8_t *data, size_t length, uint32_t word)
{
    uint32_t wire_word = GUINT32_TO_BE(word);
    uint8_t tag[SHA1_LENGTH];

    crypt_cm(self, data, length, word & ~ENCRYPTED);
    memcpy(data + length, &wire_word, INDEX_LENGTH);
    hash_cm(self, data, length + INDEX_LENGTH, tag);
    memcpy(data + length + INDEX_LENGTH, tag, SC_ENCRYPT_CM_TAG_LENGTH);
}

static bool
open_cm(const ScSrtcp *self, uint8_t *data, size_t length, uint32_t word)
{
    uint8_t tag[SHA1_LENGTH];

    hash_cm(self, data, length + INDEX_LENGTH, tag);
    if (CRYPTO_memcmp(tag, data + length + INDEX_LENGTH, SC_ENCRYPT_CM_TAG_LENGTH) != 0)
        return false;
    crypt_cm(self, data, length, word & ~ENCRYPTED);
    return true;
}

void
sc_srtcp_seal(ScSrtcp *self, uint8_t *data, size_t *length)
{
    g_assert(*length >= HEADER_LENGTH);
    self->index = (self->index + 1) & ~ENCRYPTED;

    uint32_t word = self->index | ENCRYPTED;
    uint32_t wire_word = GUINT32_TO_BE(word);
    if (self->profile == SC_SRTP_AEAD_AES_128_GCM) {
        seal_gcm(self, data, *length, word);
        *length += SC_ENCRYPT_GCM_TAG_LENGTH + INDEX_LENGTH;
        memcpy(data + *length - INDEX_LENGTH, &wire_word, INDEX_LENGTH);
    } else {
        seal_cm(self, data, *length, word);
        *length += SC_ENCRYPT_CM_TAG_LENGTH + INDEX_LENGTH;
    }
}

static Stream *
lookup_stream(const ScSrtcp *self, uint32_t ssrc)
{
    for (unsigned i = 0; i < self->n_streams; i++)
        if (self->streams[i].ssrc == ssrc)
            return &self->streams[i];
    return NULL;
}

static bool
is_replayed(const Stream *stream, uint32_t index)
{
    if (stream == NULL || index > stream->highest)
        return false;
    return stream->highest - index >= WINDOW
           || (stream->seen >> (stream->highest - index) & 1) != 0;
}

static void
note_index(ScSrtcp *self, Stream *stream, uint32_t ssrc, uint32_t index)
{
    if (stream == NULL) {
        self->streams = g_renew(Stream, self->streams, self->n_streams + 1U);
        self->streams[self->n_streams++] =
            (Stream){ .ssrc = ssrc, .highest = index, .seen = 1 };
        return;
    }
    if (index > stream->highest) {
        uint32_t ahead = index - stream->highest;

        stream->seen = (ahead < WINDOW ? stream->seen << ahead : 0) | 1;
        stream->highest = index;
    } else {
        stream->seen |= UINT64_C(1) << (stream->highest - index);
    }
}

ScVerdict
sc_srtcp_open(ScSrtcp *self, uint8_t *data, size_t *length)
{
    bool is_gcm = self->profile == SC_SRTP_AEAD_AES_128_GCM;
    size_t tag_length = is_gcm ? SC_ENCRYPT_GCM_TAG_LENGTH : SC_ENCRYPT_CM_TAG_LENGTH;
    uint32_t word, ssrc;

    if (*length < HEADER_LENGTH + tag_length + INDEX_LENGTH)
        return SC_VERDICT_SRTP_MALFORMED;

    size_t n_clear = *length - tag_length - INDEX_LENGTH;
    memcpy(&word, data + n_clear + (is_gcm ? tag_length : 0), sizeof word);
    memcpy(&ssrc, data + SSRC_AT, sizeof ssrc);
    word = GUINT32_FROM_BE(word);
    if ((word & ENCRYPTED) == 0)
        return SC_VERDICT_SRTP_MALFORMED;

    Stream *stream = lookup_stream(self, ssrc);
    if (stream == NULL && self->n_streams == SC_SRTP_STREAMS_MAX)
        return SC_VERDICT_SRTP_STREAM_LIMIT;
    if (is_replayed(stream, word & ~ENCRYPTED))
        return SC_VERDICT_SRTP_REPLAYED;
    if (!(is_gcm ? open_gcm(self, data, n_clear, word)
                 : open_cm(self, data, n_clear, word)))
        return SC_VERDICT_SRTP_AUTHENTICATION;
    note_index(self, stream, ssrc, word & ~ENCRYPTED);
    *length = n_clear;
    return SC_VERDICT_PASS;
}
