/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/peer/peer.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <srtp2/srtp.h>

#include "relay/wire/demux.h"
#include "tests/peer/peer-private.h"
#include "tests/peer/peer-stun.h"

#define UFRAG_LENGTH 8
#define PASSWORD_LENGTH 24
#define CHECKS_KEPT 4           /* checks whose answers are still known */
#define SOCKET_BUFFER (1 << 20) /* bytes */

typedef struct {
    uint8_t id[SC_PEER_STUN_ID_LENGTH];
    int64_t sent_us;
    char *password; /* owned: of the generation it was sent in */
} SentCheck;

struct ScPeer {
    ScPeerLoop *loop; /* borrowed: outlives us */
    ScPeerOptions options;
    int fd; /* owned */
    ScAddress to;
    ScPeerState state;
    ScPeerStats stats;
    ScPeerDtls *dtls; /* owned; NULL before connect() */
    srtp_t inbound;   /* owned; NULL before the handshake ended */
    srtp_t outbound;  /* owned; as inbound */
    ScSrtpProfile profile;

    char ufrag[UFRAG_LENGTH + 1];
    char password[PASSWORD_LENGTH + 1];
    char *username;        /* owned: "remote:local"; NULL before connect() */
    char *remote_password; /* owned */
    uint64_t tie_breaker;
    bool is_checking;
    bool is_answered; /* the last check, or one since */
    int64_t next_check_us;
    SentCheck sent[CHECKS_KEPT]; /* a ring */
    unsigned n_sent;
};

static void
make_text(char *out_text, size_t length)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < length; i++)
        out_text[i] = letters[g_random_int_range(0, 64)];
    out_text[length] = '\0';
}

static bool
open_socket(ScPeer *self, GError **error)
{
    const char *text =
        self->options.address != NULL ? self->options.address : "127.0.0.1";
    struct sockaddr_storage native;
    socklen_t length;
    ScAddress address;
    int size = SOCKET_BUFFER;
    int one = 1;

    if (!sc_address_parse(text, 0, &address)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no IP address: '%s'",
                    text);
        return false;
    }
    sc_address_write_native(&address, &native, &length);
    int fd = socket(native.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&native, length) != 0) {
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(errno),
                    "socket at %s: %s", text, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    self->fd = fd;
    sc_peer_loop_watch(self->loop, self, fd);
    return true;
}

static void
set_state(ScPeer *self, ScPeerState state)
{
    const ScPeerHandlers *handlers = self->options.handlers;

    if (self->state == state)
        return;
    self->state = state;
    if (handlers != NULL && handlers->on_state != NULL)
        handlers->on_state(self, state, self->options.user_data);
}

void
sc_peer_send_raw(ScPeer *self, const uint8_t *data, size_t length)
{
    struct sockaddr_storage native;
    socklen_t native_length;

    sc_address_write_native(&self->to, &native, &native_length);
    sendto(self->fd, data, length, MSG_NOSIGNAL, (struct sockaddr *)&native,
           native_length);
}

void
sc_peer_send_segments(ScPeer *self, const uint8_t *data, size_t length, size_t segment)
{
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))] = { 0 };
    struct cmsghdr *header = (struct cmsghdr *)control;
    struct sockaddr_storage native;
    struct iovec part = { (void *)data, length };
    struct msghdr message = {
        .msg_name = &native,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    uint16_t size = (uint16_t)segment;

    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(header), &size, sizeof size);
    sc_address_write_native(&self->to, &native, &message.msg_namelen);
    sendmsg(self->fd, &message, MSG_NOSIGNAL);
}

static void
on_dtls_sends(const uint8_t *data, size_t length, void *user_data)
{
    sc_peer_send_raw(user_data, data, length);
}

static srtp_t
create_session(ScSrtpProfile profile, const ScSrtpMaster *master,
               srtp_ssrc_type_t direction)
{
    uint8_t key[SC_SRTP_KEY_LENGTH + SC_SRTP_SALT_LENGTH_MAX];
    srtp_policy_t policy = {
        .ssrc.type = direction,
        .key = key,
        .window_size = 1024,
        .allow_repeat_tx = 1, /* a test may seal one packet twice */
    };
    srtp_t session = NULL;

    memcpy(key, master->key, SC_SRTP_KEY_LENGTH);
    memcpy(key + SC_SRTP_KEY_LENGTH, master->salt, SC_SRTP_SALT_LENGTH_MAX);
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)profile);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)profile);
    g_assert_cmpint(srtp_create(&session, &policy), ==, srtp_err_status_ok);
    return session;
}

static void
finish_handshake(ScPeer *self)
{
    ScSrtpMaster remote = { 0 };
    ScSrtpMaster local = { 0 };

    self->profile = sc_peer_dtls_get_keys(self->dtls, &remote, &local);
    if (self->options.keeps_sealed) {
        g_clear_pointer(&self->dtls, sc_peer_dtls_free);
    } else {
        self->inbound = create_session(self->profile, &remote, ssrc_any_inbound);
        self->outbound = create_session(self->profile, &local, ssrc_any_outbound);
    }
    set_state(self, SC_PEER_CONNECTED);
}

static void
follow_dtls(ScPeer *self)
{

    switch (sc_peer_dtls_get_state(self->dtls)) {
    case SC_PEER_DTLS_NEW:
    case SC_PEER_DTLS_SHAKING:
        break;
    case SC_PEER_DTLS_CONNECTED:
        if (self->state != SC_PEER_CONNECTED)
            finish_handshake(self);
        break;
    case SC_PEER_DTLS_FAILED:
        set_state(self, SC_PEER_FAILED);
        break;
    case SC_PEER_DTLS_CLOSED:
        set_state(self, SC_PEER_CLOSED);
        break;
    }
}

void
sc_peer_send_check(ScPeer *self, bool is_nominating)
{
    SentCheck *sent = &self->sent[self->n_sent++ % CHECKS_KEPT];
    uint8_t data[SC_PEER_STUN_MAX];
    ScPeerCheck check = {
        .username = self->username,
        .password = self->remote_password,
        .tie_breaker = self->tie_breaker,
        .is_nominating = is_nominating,
    };

    size_t length = sc_peer_stun_write_check(&check, data, sent->id);
    sent->sent_us = g_get_monotonic_time();
    g_free(sent->password);
    sent->password = g_strdup(self->remote_password);
    self->stats.n_checks_sent++;
    sc_peer_send_raw(self, data, length);
}

static void
receive_check(ScPeer *self, const uint8_t *data, size_t length)
{
    uint8_t answer[SC_PEER_STUN_MAX];
    size_t answer_length =
        sc_peer_stun_answer_check(data, length, self->password, &self->to, answer);

    if (answer_length > 0)
        sc_peer_send_raw(self, answer, answer_length);
}

void
sc_peer_start_handshake(ScPeer *self)
{
    sc_peer_dtls_start(self->dtls);
}

static void
receive_stun(ScPeer *self, const uint8_t *data, size_t length, int64_t now_us)
{
    bool is_request = length > 1 && ((data[0] & 0x01) | (data[1] & 0x10)) == 0;

    if (is_request && self->username != NULL) {
        receive_check(self, data, length);
        return;
    }
    for (unsigned i = 0; i < CHECKS_KEPT; i++) {
        SentCheck *sent = &self->sent[i];

        if (sent->password == NULL)
            continue;
        int code = sc_peer_stun_read_answer(data, length, sent->id, sent->password);
        if (code < 0)
            continue;
        g_clear_pointer(&sent->password, g_free);
        if (code > 0) {
            self->stats.n_check_errors++;
            self->stats.last_check_error = code;
            return;
        }
        self->stats.n_checks_answered++;
        self->stats.rtt_us = now_us - sent->sent_us;
        self->is_answered = true;
        self->next_check_us = now_us + SC_PEER_CONSENT_US;
        if (self->state == SC_PEER_CHECKING) {
            set_state(self, SC_PEER_SHAKING);
            if (!self->options.delays_handshake)
                sc_peer_start_handshake(self);
        }
        return;
    }
}

static void
receive_media(ScPeer *self, uint8_t *data, size_t length, int64_t now_us, bool is_rtcp)
{
    const ScPeerHandlers *handlers = self->options.handlers;
    int opened_length = (int)length;
    srtp_err_status_t status = srtp_err_status_no_ctx;

    if (!is_rtcp && self->options.keeps_sealed) {
        self->stats.n_rtp++;
        if (handlers != NULL && handlers->on_sealed != NULL)
            handlers->on_sealed(self, data, length, self->options.user_data);
        return;
    }
    if (self->inbound != NULL)
        status = is_rtcp ? srtp_unprotect_rtcp(self->inbound, data, &opened_length)
                         : srtp_unprotect(self->inbound, data, &opened_length);
    if (status != srtp_err_status_ok) {
        self->stats.n_unopened++;
        return;
    }

    if (is_rtcp) {
        self->stats.n_rtcp++;
        if (handlers != NULL && handlers->on_rtcp != NULL)
            handlers->on_rtcp(self, data, (size_t)opened_length, now_us,
                              self->options.user_data);
    } else {
        self->stats.n_rtp++;
        if (handlers != NULL && handlers->on_rtp != NULL)
            handlers->on_rtp(self, data, (size_t)opened_length, now_us,
                             self->options.user_data);
    }
}

static void
receive_datagram(ScPeer *self, uint8_t *data, size_t length, int64_t now_us)
{
    ScDemuxKind kind = sc_demux_get_kind(data, length);

    self->stats.n_datagrams++;
    self->stats.n_bytes += length;
    self->stats.last_received_us = now_us;
    switch (kind) {
    case SC_DEMUX_UNKNOWN:
        break;
    case SC_DEMUX_STUN:
        receive_stun(self, data, length, now_us);
        break;
    case SC_DEMUX_DTLS:
        self->stats.n_dtls++;
        if (self->dtls == NULL)
            break;
        sc_peer_dtls_receive(self->dtls, data, length);
        follow_dtls(self);
        break;
    case SC_DEMUX_RTP:
    case SC_DEMUX_RTCP:
        receive_media(self, data, length, now_us, kind == SC_DEMUX_RTCP);
        break;
    }
}

void
sc_peer_receive(ScPeer *self, const ScPeerMessage *message, int64_t now_us)
{
    self->stats.n_messages++;
    self->stats.arrival_ns = message->arrival_ns;
    for (size_t begin = 0; begin < message->length; begin += message->segment)
        receive_datagram(self, message->data + begin,
                         MIN(message->segment, message->length - begin), now_us);
}

int
sc_peer_get_fd(const ScPeer *self)
{
    return self->fd;
}

/* While shaking, OpenSSL's own timer is asked at each tick: handshakes are short. */
int64_t
sc_peer_get_wake_us(const ScPeer *self)
{
    if (self->state == SC_PEER_SHAKING)
        return 0;
    return self->is_checking ? self->next_check_us : INT64_MAX;
}

void
sc_peer_run_timers(ScPeer *self, int64_t now_us)
{
    if (self->state == SC_PEER_SHAKING && sc_peer_dtls_get_timeout_us(self->dtls) == 0) {
        sc_peer_dtls_run_timer(self->dtls);
        follow_dtls(self);
    }
    if (self->is_checking && now_us >= self->next_check_us) {
        self->next_check_us = now_us + SC_PEER_CHECK_US;
        self->is_answered = false;
        sc_peer_send_check(self, true);
    }
}

/* A process can initialise libsrtp once only, and relay/srtp.c may live in this one too:
 * it does so when it makes its first context. */
static pthread_once_t srtp_once = PTHREAD_ONCE_INIT;

static void
init_srtp(void)
{
    const ScSrtpMaster any = { 0 };
    g_autoptr(ScSrtp) first = sc_srtp_new(SC_SRTP_AES128_CM_SHA1_80, &any, &any, NULL);

    g_assert_nonnull(first);
}

ScPeer *
sc_peer_new(ScPeerLoop *loop, const ScPeerOptions *options, GError **error)
{
    pthread_once(&srtp_once, init_srtp);
    g_autofree ScPeer *self = g_new0(ScPeer, 1);
    self->loop = loop;
    self->options = *options;
    if (!open_socket(self, error))
        return NULL;
    self->tie_breaker = (uint64_t)g_random_int() << 32 | g_random_int();
    sc_peer_restart(self);
    sc_peer_loop_add(loop, self);
    return g_steal_pointer(&self);
}

void
sc_peer_free(ScPeer *self)
{
    if (self == NULL)
        return;
    sc_peer_loop_remove(self->loop, self);
    close(self->fd);
    sc_peer_dtls_free(self->dtls);
    g_clear_pointer(&self->inbound, srtp_dealloc);
    g_clear_pointer(&self->outbound, srtp_dealloc);
    for (unsigned i = 0; i < CHECKS_KEPT; i++)
        g_free(self->sent[i].password);
    g_free(self->username);
    g_free(self->remote_password);
    g_free(self);
}

const char *
sc_peer_get_ufrag(const ScPeer *self)
{
    return self->ufrag;
}

const char *
sc_peer_get_password(const ScPeer *self)
{
    return self->password;
}

void
sc_peer_connect(ScPeer *self, const ScAddress *to, const char *ufrag,
                const char *password, const char *fingerprint)
{
    const char *profiles = self->options.profiles;
    ScPeerDtlsOptions options = {
        .profiles = profiles != NULL ? profiles : SC_PEER_PROFILES_ALL,
        .fingerprint = fingerprint,
    };

    g_assert_null(self->dtls);
    self->to = *to;
    self->dtls = sc_peer_dtls_new(self->options.identity, &options, on_dtls_sends, self);
    set_state(self, SC_PEER_CHECKING);
    self->is_checking = true;
    sc_peer_set_remote(self, ufrag, password);
}

void
sc_peer_restart(ScPeer *self)
{
    make_text(self->ufrag, UFRAG_LENGTH);
    make_text(self->password, PASSWORD_LENGTH);
}

void
sc_peer_set_remote(ScPeer *self, const char *ufrag, const char *password)
{
    g_free(self->username);
    g_free(self->remote_password);
    self->username = g_strconcat(ufrag, ":", self->ufrag, NULL);
    self->remote_password = g_strdup(password);
    self->next_check_us = 0;
}

bool
sc_peer_move(ScPeer *self, bool checks, GError **error)
{
    int old_fd = self->fd;

    if (!open_socket(self, error))
        return false;
    close(old_fd);
    if (checks)
        self->next_check_us = 0;
    return true;
}

void
sc_peer_set_checking(ScPeer *self, bool is_checking)
{
    self->is_checking = is_checking;
    self->next_check_us = 0;
}

static bool
seal(srtp_t session, srtp_err_status_t (*protect)(srtp_t, void *, int *), uint8_t *data,
     size_t *length)
{
    int sealed_length = (int)*length;

    if (session == NULL || protect(session, data, &sealed_length) != srtp_err_status_ok)
        return false;
    *length = (size_t)sealed_length;
    return true;
}

bool
sc_peer_seal_rtp(ScPeer *self, uint8_t *data, size_t *length)
{
    return seal(self->outbound, srtp_protect, data, length);
}

bool
sc_peer_seal_rtcp(ScPeer *self, uint8_t *data, size_t *length)
{
    return seal(self->outbound, srtp_protect_rtcp, data, length);
}

static bool
seal_and_send(ScPeer *self, srtp_err_status_t (*protect)(srtp_t, void *, int *),
              const uint8_t *data, size_t length)
{
    uint8_t sealed[SC_PEER_DATAGRAM_MAX];

    if (length > sizeof sealed - SC_SRTP_TRAILER_MAX)
        return false;
    memcpy(sealed, data, length);
    if (!seal(self->outbound, protect, sealed, &length))
        return false;
    sc_peer_send_raw(self, sealed, length);
    return true;
}

bool
sc_peer_send_rtp(ScPeer *self, const uint8_t *data, size_t length)
{
    return seal_and_send(self, srtp_protect, data, length);
}

bool
sc_peer_send_rtcp(ScPeer *self, const uint8_t *data, size_t length)
{
    return seal_and_send(self, srtp_protect_rtcp, data, length);
}

void
sc_peer_close(ScPeer *self)
{
    if (self->dtls != NULL)
        sc_peer_dtls_close(self->dtls);
}

ScPeerState
sc_peer_get_state(const ScPeer *self)
{
    return self->state;
}

const ScPeerStats *
sc_peer_get_stats(const ScPeer *self)
{
    return &self->stats;
}

void
sc_peer_get_address(const ScPeer *self, ScAddress *out_address)
{
    struct sockaddr_storage native;
    socklen_t length = sizeof native;

    g_assert_cmpint(getsockname(self->fd, (struct sockaddr *)&native, &length), ==, 0);
    g_assert_true(sc_address_from_sockaddr((struct sockaddr *)&native, out_address));
}

ScSrtpProfile
sc_peer_get_profile(const ScPeer *self)
{
    return self->profile;
}
