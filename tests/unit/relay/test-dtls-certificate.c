/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <glib.h>

#include "relay/dtls-certificate.h"
#include "relay/dtls-session.h"

static char *
make_fingerprint(void)
{
    SSL_CTX *context = sc_dtls_session_create_context(NULL);
    char *fingerprint =
        sc_dtls_fingerprint_write(sc_dtls_certificate_make(context, NULL));

    SSL_CTX_free(context);
    return fingerprint;
}

static bool
is_valid(const char *text)
{
    ScDtlsFingerprint parsed;

    return sc_dtls_fingerprint_parse(text, &parsed);
}

static void
fingerprint_is_read_strictly(void)
{
    g_autofree char *right = make_fingerprint();
    g_autofree char *lower = g_ascii_strdown(right, -1);
    g_autofree char *upper = g_ascii_strup(right, -1);
    g_autofree char *longer = g_strconcat(right, ":00", NULL);
    g_autofree char *trailing = g_strconcat(right, " ", NULL);
    g_autofree char *sha1 = g_strconcat("sha-1 ", right + strlen("sha-256 "), NULL);
    g_autofree char *sha384 = g_strconcat("sha-384 ", right + strlen("sha-256 "), NULL);
    const struct {
        const char *text;
        bool is_good;
    } cases[] = {
        { right, true },      { lower, true },       { upper, true },   { longer, false },
        { trailing, false },  { sha1, false },       { sha384, false }, { "", false },
        { "sha-256", false }, { "sha-256 ", false }, { " ", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_true(is_valid(cases[i].text) == cases[i].is_good);
    for (size_t at = 0; at < strlen(right); at++) {
        g_autofree char *changed = g_strdup(right);

        changed[at] = '!';
        g_assert_false(is_valid(changed));
        changed[at] = '\0';
        g_assert_false(is_valid(changed));
    }
}

static void
certificate_matches_its_fingerprints_alone(void)
{
    static const struct {
        const char *name;
        const EVP_MD *(*digest)(void);
    } cases[] = {
        { "sha-256", EVP_sha256 },
        { "sha-384", EVP_sha384 },
        { "sha-512", EVP_sha512 },
    };
    SSL_CTX *context = sc_dtls_session_create_context(NULL);
    X509 *certificate = sc_dtls_certificate_make(context, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t bytes[EVP_MAX_MD_SIZE];
        unsigned length = 0;
        ScDtlsFingerprint parsed;
        g_autoptr(GString) text = g_string_new(cases[i].name);

        g_assert_cmpint(X509_digest(certificate, cases[i].digest(), bytes, &length), ==,
                        1);
        for (unsigned at = 0; at < length; at++)
            g_string_append_printf(text, "%c%02X", at == 0 ? ' ' : ':', bytes[at]);
        g_assert_true(sc_dtls_fingerprint_parse(text->str, &parsed));
        g_assert_true(sc_dtls_fingerprint_matches(&parsed, certificate));
        parsed.bytes[length - 1] ^= 1;
        g_assert_false(sc_dtls_fingerprint_matches(&parsed, certificate));
    }
    SSL_CTX_free(context);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/relay/dtls-certificate/fingerprint_is_read_strictly",
                    fingerprint_is_read_strictly);
    g_test_add_func("/relay/dtls-certificate/certificate_matches_its_fingerprints_alone",
                    certificate_matches_its_fingerprints_alone);
    return g_test_run();
}
