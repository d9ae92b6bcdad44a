/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/peer/peer-dtls.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define DATAGRAM_MAX 2048 /* bytes */
#define FIRST_TIMEOUT_US 200000u
#define LAST_TIMEOUT_US 1600000u
#define YEAR_S (365L * 24 * 3600)

struct ScPeerIdentity {
    SSL_CTX *context;         /* owned */
    X509 *certificate;        /* owned */
    EVP_PKEY *key;            /* owned */
    BIO_METHOD *inbox_method; /* owned */
    char *fingerprint;        /* owned */
};

struct ScPeerDtls {
    ScPeerIdentity *identity; /* borrowed: the caller keeps it longer */
    SSL *ssl;                 /* owned */
    char *fingerprint;        /* owned; NULL: anybody */
    ScPeerSend send;
    void *user_data; /* for @send */
    ScPeerDtlsState state;
    const uint8_t *datagram; /* borrowed: during one call */
    size_t length;
};

static int
on_read(BIO *bio, char *out_data, int size)
{
    ScPeerDtls *self = BIO_get_data(bio);
    size_t length = MIN(self->length, (size_t)size);

    BIO_clear_retry_flags(bio);
    if (length == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(out_data, self->datagram, length);
    self->length = 0; /* the rest of a datagram is lost, as on a socket */
    return (int)length;
}

static int
on_write(BIO *bio, const char *data, int length)
{
    ScPeerDtls *self = BIO_get_data(bio);

    self->send((const uint8_t *)data, (size_t)length, self->user_data);
    return length;
}

static long
on_control(G_GNUC_UNUSED BIO *bio, int command, G_GNUC_UNUSED long number,
           G_GNUC_UNUSED void *pointer)
{
    return command == BIO_CTRL_FLUSH;
}

static char *
fingerprint_of(const X509 *certificate)
{
    uint8_t bytes[32];
    unsigned length = 0;
    GString *text = g_string_new("sha-256 ");

    g_assert_cmpint(X509_digest(certificate, EVP_sha256(), bytes, &length), ==, 1);
    for (unsigned i = 0; i < length; i++)
        g_string_append_printf(text, i == 0 ? "%02X" : ":%02X", bytes[i]);
    return g_string_free(text, FALSE);
}

static int
on_verify(X509_STORE_CTX *store, G_GNUC_UNUSED void *user_data)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const ScPeerDtls *self = SSL_get_app_data(ssl);
    g_autofree char *actual = fingerprint_of(X509_STORE_CTX_get0_cert(store));

    return self->fingerprint == NULL || strcmp(actual, self->fingerprint) == 0;
}

static unsigned
on_timer(G_GNUC_UNUSED SSL *ssl, unsigned last_us)
{
    return last_us == 0 ? FIRST_TIMEOUT_US : MIN(2 * last_us, LAST_TIMEOUT_US);
}

ScPeerIdentity *
sc_peer_identity_new(void)
{
    ScPeerIdentity *self = g_new0(ScPeerIdentity, 1);

    self->key = EVP_EC_gen("P-256");
    self->certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(self->certificate), -YEAR_S);
    X509_gmtime_adj(X509_getm_notAfter(self->certificate), YEAR_S);
    X509_set_pubkey(self->certificate, self->key);
    g_assert_cmpint(X509_sign(self->certificate, self->key, EVP_sha256()), >, 0);
    self->fingerprint = fingerprint_of(self->certificate);

    self->context = SSL_CTX_new(DTLS_client_method());
    SSL_CTX_set_options(self->context, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(self->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(self->context, on_verify, NULL);
    SSL_CTX_set_session_cache_mode(self->context, SSL_SESS_CACHE_OFF);

    self->inbox_method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "peer");
    BIO_meth_set_read(self->inbox_method, on_read);
    BIO_meth_set_write(self->inbox_method, on_write);
    BIO_meth_set_ctrl(self->inbox_method, on_control);
    return self;
}

void
sc_peer_identity_free(ScPeerIdentity *self)
{
    if (self == NULL)
        return;
    SSL_CTX_free(self->context);
    X509_free(self->certificate);
    EVP_PKEY_free(self->key);
    BIO_meth_free(self->inbox_method);
    g_free(self->fingerprint);
    g_free(self);
}

const char *
sc_peer_identity_get_fingerprint(const ScPeerIdentity *self)
{
    return self->fingerprint;
}

ScPeerDtls *
sc_peer_dtls_new(ScPeerIdentity *identity, const ScPeerDtlsOptions *options,
                 ScPeerSend send, void *user_data)
{
    ScPeerDtls *self = g_new0(ScPeerDtls, 1);
    BIO *bio = BIO_new(identity->inbox_method);

    self->identity = identity;
    self->fingerprint = g_strdup(options->fingerprint);
    self->send = send;
    self->user_data = user_data;
    self->ssl = SSL_new(identity->context);
    BIO_set_data(bio, self);
    BIO_set_init(bio, 1);
    SSL_set_bio(self->ssl, bio, bio);
    SSL_set_app_data(self->ssl, self);
    SSL_set_mtu(self->ssl, 1200);
    DTLS_set_timer_cb(self->ssl, on_timer);
    if (options->profiles != NULL)
        g_assert_cmpint(SSL_set_tlsext_use_srtp(self->ssl, options->profiles), ==, 0);
    if (!options->hides_certificate) {
        SSL_use_certificate(self->ssl, identity->certificate);
        SSL_use_PrivateKey(self->ssl, identity->key);
    }
    SSL_set_connect_state(self->ssl);
    return self;
}

void
sc_peer_dtls_free(ScPeerDtls *self)
{
    if (self == NULL)
        return;
    SSL_free(self->ssl);
    g_free(self->fingerprint);
    g_free(self);
}

static void
step(ScPeerDtls *self)
{
    uint8_t ignored[DATAGRAM_MAX];
    int result;

    ERR_clear_error();
    if (self->state == SC_PEER_DTLS_SHAKING) {
        result = SSL_do_handshake(self->ssl);
        if (result == 1)
            self->state = SC_PEER_DTLS_CONNECTED;
        else if (SSL_get_error(self->ssl, result) != SSL_ERROR_WANT_READ)
            self->state = SC_PEER_DTLS_FAILED;
    }
    if (self->state == SC_PEER_DTLS_CONNECTED) {
        do
            result = SSL_read(self->ssl, ignored, sizeof ignored);
        while (result > 0);
        if (SSL_get_error(self->ssl, result) != SSL_ERROR_WANT_READ)
            self->state = SC_PEER_DTLS_CLOSED;
    }
}

void
sc_peer_dtls_start(ScPeerDtls *self)
{
    if (self->state != SC_PEER_DTLS_NEW)
        return;
    self->state = SC_PEER_DTLS_SHAKING;
    step(self);
}

void
sc_peer_dtls_close(ScPeerDtls *self)
{
    if (self->state == SC_PEER_DTLS_CONNECTED)
        SSL_shutdown(self->ssl);
}

/* What comes before the start is dropped: it can not be for us. */
void
sc_peer_dtls_receive(ScPeerDtls *self, const uint8_t *data, size_t length)
{
    if (self->state == SC_PEER_DTLS_NEW)
        return;
    self->datagram = data;
    self->length = length;
    step(self);
    self->datagram = NULL;
    self->length = 0;
}

int64_t
sc_peer_dtls_get_timeout_us(ScPeerDtls *self)
{
    struct timeval left;

    if (self->state != SC_PEER_DTLS_SHAKING || DTLSv1_get_timeout(self->ssl, &left) != 1)
        return -1;
    return left.tv_sec * G_USEC_PER_SEC + left.tv_usec;
}

void
sc_peer_dtls_run_timer(ScPeerDtls *self)
{
    if (self->state == SC_PEER_DTLS_SHAKING && DTLSv1_handle_timeout(self->ssl) < 0)
        self->state = SC_PEER_DTLS_FAILED;
}

ScPeerDtlsState
sc_peer_dtls_get_state(const ScPeerDtls *self)
{
    return self->state;
}

ScSrtpProfile
sc_peer_dtls_get_keys(ScPeerDtls *self, ScSrtpMaster *out_remote, ScSrtpMaster *out_local)
{
    uint8_t material[60];
    ScSrtpProfile profile = (ScSrtpProfile)SSL_get_selected_srtp_profile(self->ssl)->id;
    size_t salt = profile == SC_SRTP_AEAD_AES_128_GCM ? 12 : 14;

    g_assert_cmpint(SSL_export_keying_material(self->ssl, material, 32 + 2 * salt,
                                               "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0),
                    ==, 1);
    memcpy(out_local->key, material, 16);
    memcpy(out_remote->key, material + 16, 16);
    memcpy(out_local->salt, material + 32, salt);
    memcpy(out_remote->salt, material + 32 + salt, salt);
    return profile;
}
