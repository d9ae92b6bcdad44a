/* SPDX-License-Identifier: Apache-2.0 */
/* The synthetic peer against ICE, DTLS and SRTP of the relay put together with a bare
 * socket: that the parts fit, and that the peer of the integration tests can be believed.
 */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "relay/dtls.h"
#include "relay/ice.h"
#include "relay/mailbox.h"
#include "relay/wire/demux.h"
#include "tests/peer/peer.h"

#define HANG_US INT64_C(10000000) /* ends a hung test, never waited for */

typedef struct {
    const char *address;
    const char *profile;
} Case;

typedef struct {
    int fd; /* owned */
    ScAddress address;
    ScIce *ice;         /* owned */
    ScDtlsPool *pool;   /* owned */
    ScDtls *dtls;       /* owned */
    ScSrtp *srtp;       /* owned; NULL before the handshake ended */
    ScMailbox *mailbox; /* owned */
    unsigned n_moves;
    uint8_t last_rtp[2048]; /* opened */
    size_t last_rtp_length;

    ScPeerLoop *loop;         /* owned */
    ScPeerIdentity *identity; /* owned */
    ScPeer *peer;             /* owned */
    unsigned n_rtcp;
} Fixture;

typedef struct {
    ScMail mail;
    ScDtlsEvent event;
} EventMail;

static void
send_to_selected(Fixture *f, const uint8_t *data, size_t length)
{
    struct sockaddr_storage native;
    socklen_t native_length;

    sc_address_write_native(sc_ice_get_selected(f->ice), &native, &native_length);
    g_assert_cmpint(
        sendto(f->fd, data, length, 0, (struct sockaddr *)&native, native_length), ==,
        (ssize_t)length);
}

static void
on_event_mail(ScMail *mail, void *self)
{
    const ScDtlsEvent *event = &((EventMail *)mail)->event;
    Fixture *f = self;

    if (f != NULL && event->type == SC_DTLS_SEND)
        send_to_selected(f, event->data, event->length);
    if (f != NULL && event->type == SC_DTLS_CONNECTED) {
        f->srtp = sc_srtp_new(event->profile, &event->remote, &event->local, NULL);
        g_assert_nonnull(f->srtp);
    }
    g_free(mail);
}

static void
post(const ScDtlsEvent *event, void *user_data)
{
    Fixture *f = user_data;
    EventMail *mail = g_new0(EventMail, 1);

    mail->mail.deliver = on_event_mail;
    mail->event = *event;
    g_assert_true(sc_mailbox_post(f->mailbox, &mail->mail));
}

static void
receive(Fixture *f)
{
    uint8_t data[2048];
    uint8_t reply[SC_ICE_REPLY_MAX];
    struct sockaddr_storage native;
    socklen_t native_length = sizeof native;
    ScAddress from;
    ssize_t received = recvfrom(f->fd, data, sizeof data, MSG_DONTWAIT,
                                (struct sockaddr *)&native, &native_length);

    if (received <= 0)
        return;
    size_t length = (size_t)received;
    g_assert_true(sc_address_from_sockaddr((struct sockaddr *)&native, &from));
    switch (sc_demux_get_kind(data, length)) {
    case SC_DEMUX_STUN: {
        ScIceCheck check =
            sc_ice_answer(f->ice, data, length, &from, g_get_monotonic_time(), reply);

        f->n_moves += check.moved;
        sendto(f->fd, reply, check.reply_length, 0, (struct sockaddr *)&native,
               native_length);
        break;
    }
    case SC_DEMUX_DTLS:
        g_assert_cmpint(sc_dtls_receive(f->dtls, data, length), ==, SC_VERDICT_PASS);
        break;
    case SC_DEMUX_RTP:
        g_assert_cmpint(sc_srtp_open_rtp(f->srtp, data, &length), ==, SC_VERDICT_PASS);
        memcpy(f->last_rtp, data, length);
        f->last_rtp_length = length;
        break;
    case SC_DEMUX_RTCP:
    case SC_DEMUX_UNKNOWN:
        g_assert_not_reached();
    }
}

static void
on_rtcp(G_GNUC_UNUSED ScPeer *peer, G_GNUC_UNUSED uint8_t *data,
        G_GNUC_UNUSED size_t length, G_GNUC_UNUSED int64_t now_us, void *user_data)
{
    Fixture *f = user_data;

    f->n_rtcp++;
}

static void
set_up(Fixture *f, gconstpointer data)
{
    static const ScPeerHandlers handlers = { .on_rtcp = on_rtcp };
    const Case *c = data;
    struct sockaddr_storage native;
    socklen_t length;

    g_assert_true(sc_address_parse(c->address, 0, &f->address));
    sc_address_write_native(&f->address, &native, &length);
    f->fd = socket(native.ss_family, SOCK_DGRAM, 0);
    g_assert_cmpint(bind(f->fd, (struct sockaddr *)&native, length), ==, 0);
    g_assert_cmpint(getsockname(f->fd, (struct sockaddr *)&native, &length), ==, 0);
    g_assert_true(sc_address_from_sockaddr((struct sockaddr *)&native, &f->address));

    f->loop = sc_peer_loop_new();
    f->identity = sc_peer_identity_new();
    ScPeerOptions options = {
        .identity = f->identity,
        .address = c->address,
        .profiles = c->profile,
        .handlers = &handlers,
        .user_data = f,
    };
    f->peer = sc_peer_new(f->loop, &options, NULL);
    g_assert_nonnull(f->peer);

    f->ice = sc_ice_new(sc_peer_get_ufrag(f->peer), sc_peer_get_password(f->peer), NULL);
    f->pool = sc_dtls_pool_new(1, NULL);
    f->mailbox = sc_mailbox_new(1000, NULL);
    f->dtls =
        sc_dtls_new(f->pool, 1, sc_peer_identity_get_fingerprint(f->identity), post, f);
}

static void
tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    sc_peer_free(f->peer);
    sc_peer_loop_free(f->loop);
    sc_peer_identity_free(f->identity);
    sc_dtls_free(f->dtls);
    sc_dtls_pool_free(f->pool);
    sc_mailbox_free(f->mailbox);
    sc_srtp_free(f->srtp);
    sc_ice_free(f->ice);
    close(f->fd);
}

static bool
is_connected(const Fixture *f)
{
    return f->srtp != NULL && sc_peer_get_state(f->peer) == SC_PEER_CONNECTED;
}

static bool
has_rtp(const Fixture *f)
{
    return f->last_rtp_length > 0;
}

static bool
has_rtcp(const Fixture *f)
{
    return f->n_rtcp > 0;
}

static bool
has_moved(const Fixture *f)
{
    return f->n_moves == 2;
}

static void
run(Fixture *f, bool (*is_done)(const Fixture *))
{
    int64_t hang_us = g_get_monotonic_time() + HANG_US;
    struct pollfd fds[] = {
        { .fd = f->fd, .events = POLLIN },
        { .fd = sc_mailbox_get_fd(f->mailbox), .events = POLLIN },
        { .fd = sc_peer_loop_get_fd(f->loop), .events = POLLIN },
    };

    while (!is_done(f)) {
        g_assert_cmpint(g_get_monotonic_time(), <, hang_us);
        poll(fds, G_N_ELEMENTS(fds), SC_PEER_TICK_US / 1000);
        receive(f);
        sc_mailbox_deliver(f->mailbox, f);
        sc_peer_loop_run_once(f->loop, 0);
    }
}

static void
connect_peer(Fixture *f)
{
    sc_peer_connect(f->peer, &f->address, sc_ice_get_local_ufrag(f->ice),
                    sc_ice_get_local_password(f->ice),
                    sc_dtls_pool_get_fingerprint(f->pool));
    run(f, is_connected);
}

static void
peer_connects_and_media_cross_both_ways(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    const uint8_t rtp[] = { 0x80, 96, 0, 1,   0,   0,   0,   2,  0,
                            0,    0,  3, 'm', 'e', 'd', 'i', 'a' };
    uint8_t rtcp[8 + SC_SRTP_TRAILER_MAX] = { 0x80, 201, 0, 1, 0, 0, 0, 9 };
    size_t length = 8;

    connect_peer(f);
    g_assert_true(sc_peer_send_rtp(f->peer, rtp, sizeof rtp));
    run(f, has_rtp);
    g_assert_cmpuint(f->last_rtp_length, ==, sizeof rtp);
    g_assert_true(memcmp(f->last_rtp, rtp, sizeof rtp) == 0);

    g_assert_cmpint(sc_srtp_seal_rtcp(f->srtp, rtcp, &length), ==, SC_VERDICT_PASS);
    send_to_selected(f, rtcp, length);
    run(f, has_rtcp);
    g_assert_cmpuint(sc_peer_get_stats(f->peer)->n_unopened, ==, 0);
}

static void
peer_that_moves_is_followed(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ScAddress address;

    connect_peer(f);
    g_assert_true(sc_peer_move(f->peer, true, NULL));
    run(f, has_moved);
    sc_peer_get_address(f->peer, &address);
    g_assert_true(sc_address_equal(sc_ice_get_selected(f->ice), &address));
}

#define ADD(name, address, profile)                                                   \
    do {                                                                              \
        static const Case c = { address, profile };                                   \
        g_test_add("/relay/peer/" address "/" profile "/" #name, Fixture, &c, set_up, \
                   name, tear_down);                                                  \
    } while (0)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(peer_connects_and_media_cross_both_ways, "127.0.0.1", SC_PEER_PROFILE_GCM);
    ADD(peer_connects_and_media_cross_both_ways, "127.0.0.1", SC_PEER_PROFILE_SHA1);
    ADD(peer_connects_and_media_cross_both_ways, "::1", SC_PEER_PROFILE_GCM);
    ADD(peer_that_moves_is_followed, "127.0.0.1", SC_PEER_PROFILE_GCM);
    return g_test_run();
}
