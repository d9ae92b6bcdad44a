/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/dtls-session.h"

#include <pthread.h>
#include <string.h>

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/srtp.h>

#include "relay/dtls-record.h"
#include "relay/dtls.h"

#define MTU 1200                 /* bytes of a datagram of ours: fits IPv6 and tunnels */
#define FIRST_TIMEOUT_US 250000u /* RFC 6347 proposes 1 s: too long when a room waits */
#define LAST_TIMEOUT_US 3000000u
#define EXPORTER_LABEL "EXTRACTOR-dtls_srtp" /* RFC 5764, section 4.2 */
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"
#define CIPHERS                                                    \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:" \
    "ECDHE-ECDSA-CHACHA20-POLY1305"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SSL_CTX, SSL_CTX_free)

struct ScDtlsSession {
    SSL *ssl;                             /* owned, with the BIO, which points to us */
    const ScDtlsFingerprint *fingerprint; /* borrowed: outlives us */
    ScDtlsSend send;
    void *user_data; /* for @send */
    ScDtlsSessionState state;
    const char *reason;     /* static */
    uint64_t plain_records; /* that were handed to OpenSSL */
    size_t length;          /* bytes of @record that OpenSSL has not read yet */
    uint8_t record[SC_DTLS_DATAGRAM_MAX];
};

/* A BIO that keeps the bounds of datagrams; OpenSSL's memory BIO is a stream. */

static int
on_bio_read(BIO *bio, char *out_data, int size)
{
    ScDtlsSession *self = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (self->length == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }

    size_t length = MIN(self->length, (size_t)size);
    memcpy(out_data, self->record, length);
    self->length = 0;
    return (int)length;
}

static int
on_bio_write(BIO *bio, const char *data, int length)
{
    ScDtlsSession *self = BIO_get_data(bio);

    if (length > 0 && length <= SC_DTLS_DATAGRAM_MAX)
        self->send((const uint8_t *)data, (size_t)length, self->user_data);
    return length;
}

static long
on_bio_control(G_GNUC_UNUSED BIO *bio, int command, G_GNUC_UNUSED long number,
               G_GNUC_UNUSED void *pointer)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method; /* never freed: as the library's own methods */

static void
make_bio_method(void)
{
    bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram");
    BIO_meth_set_read(bio_method, on_bio_read);
    BIO_meth_set_write(bio_method, on_bio_write);
    BIO_meth_set_ctrl(bio_method, on_bio_control);
}

static BIO_METHOD *
get_bio_method(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_bio_method);
    return bio_method;
}

/* Instead of a chain of trust: the peer is who signaling said it is (RFC 8122). */
static int
on_verify_certificate(X509_STORE_CTX *store, G_GNUC_UNUSED void *user_data)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    ScDtlsSession *self = SSL_get_app_data(ssl);
    X509 *certificate = X509_STORE_CTX_get0_cert(store);

    if (certificate != NULL
        && sc_dtls_fingerprint_matches(self->fingerprint, certificate))
        return 1;
    self->reason = "certificate does not match the fingerprint";
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static unsigned
on_timer(G_GNUC_UNUSED SSL *ssl, unsigned last_us)
{
    return last_us == 0 ? FIRST_TIMEOUT_US : MIN(2 * last_us, LAST_TIMEOUT_US);
}

static ScDtlsSessionState
fail(ScDtlsSession *self)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());

    if (self->reason == NULL)
        self->reason = reason != NULL ? reason : "handshake failed";
    self->state = SC_DTLS_SESSION_FAILED;
    return self->state;
}

static ScDtlsSessionState
shake(ScDtlsSession *self)
{
    int result = SSL_do_handshake(self->ssl);

    if (result != 1)
        return SSL_get_error(self->ssl, result) == SSL_ERROR_WANT_READ ? self->state
                                                                       : fail(self);
    if (SSL_get_selected_srtp_profile(self->ssl) == NULL) {
        self->reason = "no SRTP profile in common";
        return fail(self);
    }
    self->state = SC_DTLS_SESSION_ESTABLISHED;
    return self->state;
}

/* OpenSSL keeps 33 KiB of record buffers for what is a goodbye at most: they are here
 * only while it works. (SSL_MODE_RELEASE_BUFFERS does nothing for DTLS.) */
static void
rest(ScDtlsSession *self)
{
    if (self->state == SC_DTLS_SESSION_ESTABLISHED)
        SSL_free_buffers(self->ssl);
}

static void
wake(ScDtlsSession *self)
{
    if (self->state == SC_DTLS_SESSION_ESTABLISHED)
        SSL_alloc_buffers(self->ssl);
}

/* Application data is nothing to us. What ends the association here was authenticated:
 * OpenSSL drops silently what was not. */
static ScDtlsSessionState
read_on(ScDtlsSession *self)
{
    uint8_t ignored[SC_DTLS_DATAGRAM_MAX];
    int result;

    do
        result = SSL_read(self->ssl, ignored, sizeof ignored);
    while (result > 0);
    if (SSL_get_error(self->ssl, result) != SSL_ERROR_WANT_READ)
        self->state = SC_DTLS_SESSION_CLOSED;
    return self->state;
}

SSL_CTX *
sc_dtls_session_create_context(GError **error)
{
    g_autoptr(SSL_CTX) context = SSL_CTX_new(DTLS_server_method());

    if (context == NULL || SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) != 1
        || SSL_CTX_set_cipher_list(context, CIPHERS) != 1
        || SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1
        || SSL_CTX_set_tlsext_use_srtp(context, PROFILES) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "setting up DTLS: %s",
                    ERR_reason_error_string(ERR_peek_error()));
        return NULL;
    }
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION
                                     | SSL_OP_NO_TICKET
                                     | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, on_verify_certificate, NULL);
    return g_steal_pointer(&context);
}

ScDtlsSession *
sc_dtls_session_new(SSL_CTX *context, const ScDtlsFingerprint *fingerprint,
                    ScDtlsSend send, void *user_data)
{
    ScDtlsSession *self = g_new0(ScDtlsSession, 1);
    BIO *bio = BIO_new(get_bio_method());

    self->ssl = SSL_new(context);
    g_assert(self->ssl != NULL && bio != NULL); /* out of memory alone */
    self->fingerprint = fingerprint;
    self->send = send;
    self->user_data = user_data;

    BIO_set_data(bio, self);
    BIO_set_init(bio, 1);
    SSL_set_bio(self->ssl, bio, bio);
    SSL_set_app_data(self->ssl, self);
    SSL_set_mtu(self->ssl, MTU);
    DTLS_set_timer_cb(self->ssl, on_timer);
    SSL_set_accept_state(self->ssl);
    return self;
}

void
sc_dtls_session_free(ScDtlsSession *self)
{
    if (self == NULL)
        return;
    SSL_free(self->ssl);
    g_free(self);
}

/* Record numbers of epoch 0 are protected by nothing: one forged record with a high
 * number would move OpenSSL's replay window past all of the peer's. They are counted
 * anew, and repeated messages are found by their own number. */
ScDtlsSessionState
sc_dtls_session_receive(ScDtlsSession *self, const uint8_t *record, size_t length)
{
    ScDtlsRecord parsed;

    g_assert(length <= sizeof self->record);
    if (!sc_dtls_record_parse(record, length, &parsed))
        return self->state;
    memcpy(self->record, record, length);
    self->length = length;
    if (parsed.epoch == 0)
        sc_dtls_record_set_number(self->record, self->plain_records++);

    ERR_clear_error();
    wake(self);
    if (self->state == SC_DTLS_SESSION_SHAKING)
        shake(self);
    if (self->state == SC_DTLS_SESSION_ESTABLISHED)
        read_on(self);
    rest(self);
    self->length = 0;
    return self->state;
}

int64_t
sc_dtls_session_get_timeout_us(ScDtlsSession *self)
{
    struct timeval left;

    if (self->state != SC_DTLS_SESSION_SHAKING
        || DTLSv1_get_timeout(self->ssl, &left) != 1)
        return -1;
    return left.tv_sec * G_USEC_PER_SEC + left.tv_usec;
}

ScDtlsSessionState
sc_dtls_session_retransmit(ScDtlsSession *self)
{
    ERR_clear_error();
    if (self->state == SC_DTLS_SESSION_SHAKING && DTLSv1_handle_timeout(self->ssl) < 0)
        return fail(self);
    return self->state;
}

const char *
sc_dtls_session_get_reason(const ScDtlsSession *self)
{
    return self->reason;
}

/* The client's key, the server's key, the client's salt, the server's salt: RFC 5764,
 * section 4.2. We are the server. */
ScSrtpProfile
sc_dtls_session_get_keys(ScDtlsSession *self, ScSrtpMaster *out_remote,
                         ScSrtpMaster *out_local)
{
    uint8_t material[2 * (SC_SRTP_KEY_LENGTH + SC_SRTP_SALT_LENGTH_MAX)];
    const uint8_t *at = material;
    ScSrtpProfile profile = (ScSrtpProfile)SSL_get_selected_srtp_profile(self->ssl)->id;
    size_t salt_length = sc_srtp_get_salt_length(profile);
    int result = SSL_export_keying_material(
        self->ssl, material, 2 * (SC_SRTP_KEY_LENGTH + salt_length), EXPORTER_LABEL,
        strlen(EXPORTER_LABEL), NULL, 0, 0);

    g_assert(result == 1);
    memcpy(out_remote->key, at, SC_SRTP_KEY_LENGTH);
    at += SC_SRTP_KEY_LENGTH;
    memcpy(out_local->key, at, SC_SRTP_KEY_LENGTH);
    at += SC_SRTP_KEY_LENGTH;
    memcpy(out_remote->salt, at, salt_length);
    at += salt_length;
    memcpy(out_local->salt, at, salt_length);
    OPENSSL_cleanse(material, sizeof material);
    return profile;
}
