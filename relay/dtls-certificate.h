/* SPDX-License-Identifier: Apache-2.0 */
/* dtls-certificate.h: our self-signed certificate, and the fingerprints by which both
 * ends know each other's. Thread: any; plain values. Spec: RFC 8122, section 5; RFC 8827.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/ssl.h>

/* What a=fingerprint says. */
typedef struct {
    const EVP_MD *digest; /* static */
    unsigned length;      /* bytes of @bytes */
    uint8_t bytes[EVP_MAX_MD_SIZE];
} ScDtlsFingerprint;

/* @text: "sha-256 AB:CD:…" (sha-256, sha-384 or sha-512; hex digits of either case). */
bool sc_dtls_fingerprint_parse(const char *text, ScDtlsFingerprint *out_fingerprint);
bool sc_dtls_fingerprint_matches(const ScDtlsFingerprint *self, const X509 *certificate);

/* "sha-256 AB:CD:…" of @certificate; the caller frees it. */
char *sc_dtls_fingerprint_write(const X509 *certificate);

/* Makes an ECDSA P-256 key and a certificate of it, and gives both to @context. The
 * certificate is lent by @context. NULL and @error set where OpenSSL refuses. */
X509 *sc_dtls_certificate_make(SSL_CTX *context, GError **error);
