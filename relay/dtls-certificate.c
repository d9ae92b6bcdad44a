/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/dtls-certificate.h"

#include <string.h>

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define VALID_BEFORE_S (-24L * 3600)          /* clocks differ */
#define VALID_AFTER_S (10L * 365 * 24 * 3600) /* longer than the process runs */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

static const EVP_MD *
lookup_digest(const char *name, size_t length)
{
    static const struct {
        const char *name;
        const EVP_MD *(*get)(void);
    } digests[] = {
        { "sha-256", EVP_sha256 },
        { "sha-384", EVP_sha384 },
        { "sha-512", EVP_sha512 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++)
        if (strlen(digests[i].name) == length
            && g_ascii_strncasecmp(digests[i].name, name, length) == 0)
            return digests[i].get();
    return NULL;
}

bool
sc_dtls_fingerprint_parse(const char *text, ScDtlsFingerprint *out_fingerprint)
{
    ScDtlsFingerprint parsed = { 0 };
    const char *space = strchr(text, ' ');

    if (space == NULL)
        return false;
    parsed.digest = lookup_digest(text, (size_t)(space - text));
    if (parsed.digest == NULL)
        return false;
    parsed.length = (unsigned)EVP_MD_get_size(parsed.digest);

    const char *hex = space + 1;
    if (strlen(hex) != 3 * parsed.length - 1)
        return false;
    for (unsigned i = 0; i < parsed.length; i++, hex += 3) {
        int high = g_ascii_xdigit_value(hex[0]);
        int low = g_ascii_xdigit_value(hex[1]);
        char separator = i + 1 < parsed.length ? ':' : '\0';

        if (high < 0 || low < 0 || hex[2] != separator)
            return false;
        parsed.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *out_fingerprint = parsed;
    return true;
}

bool
sc_dtls_fingerprint_matches(const ScDtlsFingerprint *self, const X509 *certificate)
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    return X509_digest(certificate, self->digest, bytes, &length) == 1
           && length == self->length && CRYPTO_memcmp(bytes, self->bytes, length) == 0;
}

char *
sc_dtls_fingerprint_write(const X509 *certificate)
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    GString *text = g_string_new("sha-256");

    g_assert(X509_digest(certificate, EVP_sha256(), bytes, &length) == 1);
    for (unsigned i = 0; i < length; i++)
        g_string_append_printf(text, "%c%02X", i == 0 ? ' ' : ':', bytes[i]);
    return g_string_free(text, FALSE);
}

static X509 *
sign_certificate(EVP_PKEY *key)
{
    g_autoptr(X509) certificate = X509_new();
    X509_NAME *name = certificate != NULL ? X509_get_subject_name(certificate) : NULL;

    if (name == NULL || X509_set_version(certificate, X509_VERSION_3) != 1
        || ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), g_random_int())
               != 1
        || X509_gmtime_adj(X509_getm_notBefore(certificate), VALID_BEFORE_S) == NULL
        || X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_AFTER_S) == NULL
        || X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"SynClass", -1, -1, 0)
               != 1
        || X509_set_issuer_name(certificate, name) != 1
        || X509_set_pubkey(certificate, key) != 1
        || X509_sign(certificate, key, EVP_sha256()) == 0)
        return NULL;
    return g_steal_pointer(&certificate);
}

X509 *
sc_dtls_certificate_make(SSL_CTX *context, GError **error)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(X509) certificate = key != NULL ? sign_certificate(key) : NULL;

    if (certificate == NULL || SSL_CTX_use_certificate(context, certificate) != 1
        || SSL_CTX_use_PrivateKey(context, key) != 1) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "making a certificate: %s",
                    ERR_reason_error_string(ERR_peek_error()));
        return NULL;
    }
    return SSL_CTX_get0_certificate(context);
}
