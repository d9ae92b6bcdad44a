/* SPDX-License-Identifier: Apache-2.0 */
/* A pool of the relay's against the synthetic peers' client. Datagrams cross by calls, so
 * that each can be lost, repeated or forged; the only time waited is a retransmission
 * timer's. */
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include <glib.h>

#include "relay/dtls-handshake.h"
#include "relay/dtls-record.h"
#include "relay/dtls.h"
#include "relay/mailbox.h"
#include "tests/peer/peer-dtls.h"

#define ASSOCIATION 42
#define SENTINEL 43
#define HANG_US INT64_C(20000000) /* ends a hung test, never waited for */
#define OUR_MTU 1200
#define KEEP (-1)

typedef struct {
    uint8_t bytes[SC_DTLS_DATAGRAM_MAX];
    size_t length;
} Datagram;

typedef struct {
    ScDtlsPool *pool;         /* owned */
    ScPeerIdentity *identity; /* owned */
    ScMailbox *mailbox;       /* owned: events on their way from the pool's threads */
    ScDtls *dtls;             /* owned */
    ScPeerDtls *client;       /* owned */

    int lose_to_server; /* which datagram of that direction to lose; KEEP: none */
    int lose_to_client;
    int n_to_server;
    int n_to_client;
    Datagram last_to_server;

    bool has_sentinel;
    bool is_connected;
    bool is_closed;
    const char *reason; /* of the failure */
    ScDtlsEvent keys;
} Fixture;

typedef struct {
    ScMail mail;
    ScDtlsEvent event;
} EventMail;

static void
on_event_mail(ScMail *mail, void *self)
{
    const ScDtlsEvent *event = &((EventMail *)mail)->event;
    Fixture *f = self;

    if (f != NULL && event->association == SENTINEL) {
        f->has_sentinel = true;
    } else if (f != NULL) {
        g_assert_cmpuint(event->association, ==, ASSOCIATION);
        switch (event->type) {
        case SC_DTLS_SEND:
            g_assert_cmpuint(event->length, <=, OUR_MTU);
            if (f->n_to_client++ != f->lose_to_client && f->client != NULL)
                sc_peer_dtls_receive(f->client, event->data, event->length);
            break;
        case SC_DTLS_CONNECTED:
            g_assert_false(f->is_connected);
            f->is_connected = true;
            f->keys = *event;
            break;
        case SC_DTLS_FAILED:
            g_assert_null(f->reason);
            g_assert_nonnull(event->reason);
            f->reason = event->reason;
            break;
        case SC_DTLS_CLOSED:
            f->is_closed = true;
            break;
        }
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
on_client_sends(const uint8_t *data, size_t length, void *user_data)
{
    Fixture *f = user_data;

    memcpy(f->last_to_server.bytes, data, length);
    f->last_to_server.length = length;
    if (f->n_to_server++ != f->lose_to_server)
        g_assert_cmpint(sc_dtls_receive(f->dtls, data, length), !=,
                        SC_VERDICT_DTLS_MALFORMED);
}

static void
set_up(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    f->pool = sc_dtls_pool_new(2, &error);
    g_assert_no_error(error);
    f->mailbox = sc_mailbox_new(100000, NULL);
    f->identity = sc_peer_identity_new();
    f->lose_to_server = KEEP;
    f->lose_to_client = KEEP;
}

static void
tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    sc_dtls_free(f->dtls);
    sc_dtls_pool_free(f->pool);
    sc_mailbox_free(f->mailbox);
    sc_peer_dtls_free(f->client);
    sc_peer_identity_free(f->identity);
}

static void
associate(Fixture *f, ScPeerDtlsOptions options, const char *fingerprint)
{
    options.fingerprint = sc_dtls_pool_get_fingerprint(f->pool);
    f->dtls = sc_dtls_new(f->pool, ASSOCIATION, fingerprint, post, f);
    g_assert_nonnull(f->dtls);
    f->client = sc_peer_dtls_new(f->identity, &options, on_client_sends, f);
}

static void
associate_well(Fixture *f)
{
    associate(f, (ScPeerDtlsOptions){ .profiles = SC_PEER_PROFILES_ALL },
              sc_peer_identity_get_fingerprint(f->identity));
}

/* Another association in the same fixture. */
static void
forget(Fixture *f)
{
    g_clear_pointer(&f->dtls, sc_dtls_free);
    g_clear_pointer(&f->pool, sc_dtls_pool_free);
    sc_mailbox_deliver(f->mailbox, NULL);
    g_clear_pointer(&f->client, sc_peer_dtls_free);
    f->pool = sc_dtls_pool_new(1, NULL);
    f->is_connected = false;
    f->reason = NULL;
    f->n_to_server = 0;
    f->n_to_client = 0;
}

static bool
is_client_done(const Fixture *f)
{
    ScPeerDtlsState state =
        f->client != NULL ? sc_peer_dtls_get_state(f->client) : SC_PEER_DTLS_CLOSED;

    return state != SC_PEER_DTLS_SHAKING && state != SC_PEER_DTLS_NEW;
}

/* Lets both sides go on until @is_done, or until the test hangs. */
static void
run(Fixture *f, bool (*is_done)(const Fixture *))
{
    int64_t hang_us = g_get_monotonic_time() + HANG_US;
    struct pollfd fd = { .fd = sc_mailbox_get_fd(f->mailbox), .events = POLLIN };

    while (!is_done(f)) {
        int64_t timeout_us =
            f->client != NULL ? sc_peer_dtls_get_timeout_us(f->client) : -1;
        int64_t left_us = hang_us - g_get_monotonic_time();

        g_assert_cmpint(left_us, >, 0);
        if (timeout_us >= 0)
            left_us = MIN(left_us, timeout_us);
        poll(&fd, 1, (int)(left_us / 1000) + 1);
        sc_mailbox_deliver(f->mailbox, f);
        if (f->client != NULL && sc_peer_dtls_get_timeout_us(f->client) == 0)
            sc_peer_dtls_run_timer(f->client);
    }
}

static bool
is_connected_or_failed(const Fixture *f)
{
    return is_client_done(f) && (f->is_connected || f->reason != NULL);
}

static bool
has_failed(const Fixture *f)
{
    return f->reason != NULL;
}

static bool
is_closed(const Fixture *f)
{
    return f->is_closed;
}

static void
assert_same_keys(Fixture *f)
{
    ScSrtpMaster remote = { 0 };
    ScSrtpMaster local = { 0 };

    g_assert_true(f->is_connected);
    g_assert_cmpint(sc_peer_dtls_get_state(f->client), ==, SC_PEER_DTLS_CONNECTED);
    g_assert_cmpint(sc_peer_dtls_get_keys(f->client, &remote, &local), ==,
                    f->keys.profile);
    g_assert_cmpint(memcmp(&remote, &f->keys.local, sizeof remote), ==, 0);
    g_assert_cmpint(memcmp(&local, &f->keys.remote, sizeof local), ==, 0);
}

static void
handshake_ends_with_the_same_keys_on_both_sides(Fixture *f,
                                                G_GNUC_UNUSED gconstpointer data)
{
    static const struct {
        const char *offered;
        ScSrtpProfile expected;
    } cases[] = {
        { SC_PEER_PROFILE_GCM, SC_SRTP_AEAD_AES_128_GCM },
        { SC_PEER_PROFILE_SHA1, SC_SRTP_AES128_CM_SHA1_80 },
        { SC_PEER_PROFILE_SHA1 ":" SC_PEER_PROFILE_GCM, SC_SRTP_AEAD_AES_128_GCM },
        { "SRTP_AES128_CM_SHA1_32:" SC_PEER_PROFILE_SHA1, SC_SRTP_AES128_CM_SHA1_80 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        forget(f);
        associate(f, (ScPeerDtlsOptions){ .profiles = cases[i].offered },
                  sc_peer_identity_get_fingerprint(f->identity));
        sc_peer_dtls_start(f->client);
        run(f, is_connected_or_failed);
        assert_same_keys(f);
        g_assert_cmpint(f->keys.profile, ==, cases[i].expected);
    }
}

static void
peer_that_is_not_whom_we_expect_fails(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(ScPeerIdentity) other = sc_peer_identity_new();
    const char *right = sc_peer_identity_get_fingerprint(f->identity);
    const char *wrong = sc_peer_identity_get_fingerprint(other);
    const struct {
        ScPeerDtlsOptions options;
        const char *fingerprint;
        const char *reason;
    } cases[] = {
        { { .profiles = SC_PEER_PROFILES_ALL }, wrong, "fingerprint" },
        { { .profiles = SC_PEER_PROFILES_ALL, .hides_certificate = true },
          right,
          "certificate" },
        { { .profiles = NULL }, right, "SRTP" },
        { { .profiles = "SRTP_AES128_CM_SHA1_32" }, right, "SRTP" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        forget(f);
        associate(f, cases[i].options, cases[i].fingerprint);
        sc_peer_dtls_start(f->client);
        run(f, has_failed);
        g_assert_false(f->is_connected);
        g_assert_nonnull(strstr(f->reason, cases[i].reason));
        g_assert_cmpint(
            sc_dtls_receive(f->dtls, f->last_to_server.bytes, f->last_to_server.length),
            ==, SC_VERDICT_DTLS_UNEXPECTED);
    }
}

static void
any_lost_datagram_is_made_up_for(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (int lost = 0; lost < 6; lost++) {
        forget(f);
        f->lose_to_server = lost < 3 ? lost : KEEP;
        f->lose_to_client = lost < 3 ? KEEP : lost - 3;
        associate_well(f);
        sc_peer_dtls_start(f->client);
        run(f, is_connected_or_failed);
        assert_same_keys(f);
    }
}

static void
on_hello(const uint8_t *data, size_t length, void *user_data)
{
    Datagram *hello = user_data;

    memcpy(hello->bytes, data, length);
    hello->length = length;
}

/* A ClientHello of a client that never comes again; each has its own random. */
static Datagram
make_foreign_hello(Fixture *f)
{
    Datagram hello = { 0 };
    ScPeerDtlsOptions options = { .profiles = SC_PEER_PROFILES_ALL };
    g_autoptr(ScPeerDtls) stranger =
        sc_peer_dtls_new(f->identity, &options, on_hello, &hello);

    sc_peer_dtls_start(stranger);
    g_assert_cmpuint(hello.length, >, 0);
    return hello;
}

static void
send_foreign_hellos(Fixture *f, unsigned n_hellos)
{
    for (unsigned i = 0; i < n_hellos; i++) {
        Datagram hello = make_foreign_hello(f);

        while (sc_dtls_receive(f->dtls, hello.bytes, hello.length)
               == SC_VERDICT_DTLS_QUEUE_FULL)
            sched_yield();
    }
}

static bool
has_sentinel(const Fixture *f)
{
    return f->has_sentinel;
}

/* Waits until the pool's one thread has answered all that it was given, by an association
 * that comes last. */
static void
drain(Fixture *f)
{
    Datagram hello = make_foreign_hello(f);
    g_autoptr(ScDtls) last = sc_dtls_new(
        f->pool, SENTINEL, sc_peer_identity_get_fingerprint(f->identity), post, f);

    f->has_sentinel = false;
    g_assert_cmpint(sc_dtls_receive(last, hello.bytes, hello.length), ==,
                    SC_VERDICT_PASS);
    run(f, has_sentinel);
}

static void
foreign_hellos_before_the_handshake_do_not_stop_it(Fixture *f,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    static const unsigned cases[] = { 1, 3, 20 };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        forget(f);
        associate_well(f);
        send_foreign_hellos(f, cases[i]);
        drain(f); /* so that the answers reach the client before it has started */
        sc_peer_dtls_start(f->client);
        run(f, is_connected_or_failed);
        assert_same_keys(f);
    }
}

static bool
has_heard_the_server(const Fixture *f)
{
    return f->n_to_client > 0;
}

/* Not covered, since no server can help it: a client that is waiting for its ServerHello
 * takes the answer to somebody else's, and fails on the signature in it. */
static void
foreign_hellos_during_the_handshake_do_not_stop_it(Fixture *f,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    static const int lost[] = { KEEP,
                                1 }; /* 1: the hellos arrive before its second flight */

    for (size_t i = 0; i < G_N_ELEMENTS(lost); i++) {
        forget(f);
        associate_well(f);
        f->lose_to_server = lost[i];
        sc_peer_dtls_start(f->client);
        run(f, has_heard_the_server);
        send_foreign_hellos(f, 20);
        run(f, is_connected_or_failed);
        assert_same_keys(f);
    }
}

static void
hello_that_cannot_be_answered_ends_nothing(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    const size_t ciphers_at = 13 + 12 + 2 + SC_DTLS_RANDOM_LENGTH + 2;
    Datagram hello = make_foreign_hello(f);
    size_t n_bytes = (size_t)hello.bytes[ciphers_at] << 8 | hello.bytes[ciphers_at + 1];

    memset(hello.bytes + ciphers_at + 2, 0, n_bytes); /* TLS_NULL_WITH_NULL_NULL */
    forget(f);
    associate_well(f);
    g_assert_cmpint(sc_dtls_receive(f->dtls, hello.bytes, hello.length), ==,
                    SC_VERDICT_PASS);
    drain(f);
    g_assert_null(f->reason);
    sc_peer_dtls_start(f->client);
    run(f, is_connected_or_failed);
    assert_same_keys(f);
}

/* The client closes by an encrypted alert: it arrives only where the session still lives.
 */
static void
nothing_forged_ends_what_is_established(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    static const uint8_t alert[] = {
        21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40
    };
    static const uint8_t false_tag[64] = {
        22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 51
    };
    static const uint8_t high_number[64] = { 23,   0xfe, 0xfd, 0,    1, 0xff, 0xff,
                                             0xff, 0xff, 0xff, 0xff, 0, 51 };
    static const uint8_t finished[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 12,
                                        20, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0 };
    static const struct {
        const uint8_t *data;
        size_t length;
    } forged[] = {
        { alert, sizeof alert },
        { false_tag, sizeof false_tag },
        { high_number, sizeof high_number },
        { finished, sizeof finished },
    };

    associate_well(f);
    sc_peer_dtls_start(f->client);
    run(f, is_connected_or_failed);
    assert_same_keys(f);

    for (size_t i = 0; i < G_N_ELEMENTS(forged); i++)
        g_assert_cmpint(sc_dtls_receive(f->dtls, forged[i].data, forged[i].length), ==,
                        SC_VERDICT_PASS);
    send_foreign_hellos(f, 20);
    g_assert_null(f->reason);
    g_assert_false(f->is_closed);

    sc_peer_dtls_close(f->client);
    run(f, is_closed);
    g_assert_null(f->reason);
}

static void
forged_alert_and_record_number_do_not_stop_the_handshake(Fixture *f,
                                                         G_GNUC_UNUSED gconstpointer data)
{
    static const uint8_t alert[] = {
        21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40
    };

    associate_well(f);
    sc_peer_dtls_start(f->client);
    Datagram repeated = f->last_to_server;
    sc_dtls_record_set_number(repeated.bytes, (UINT64_C(1) << 48) - 1);
    g_assert_cmpint(sc_dtls_receive(f->dtls, alert, sizeof alert), ==, SC_VERDICT_PASS);
    g_assert_cmpint(sc_dtls_receive(f->dtls, repeated.bytes, repeated.length), ==,
                    SC_VERDICT_PASS);
    run(f, is_connected_or_failed);
    assert_same_keys(f);
}

static void
what_is_no_dtls_is_malformed(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    associate_well(f);
    Datagram hello = make_foreign_hello(f);

    for (size_t length = 0; length < hello.length; length++) {
        g_autofree uint8_t *copy = g_memdup2(hello.bytes, length);

        g_assert_cmpint(sc_dtls_receive(f->dtls, copy, length), ==,
                        SC_VERDICT_DTLS_MALFORMED);
    }
    g_autofree uint8_t *too_long = g_malloc0(SC_DTLS_DATAGRAM_MAX + 1);
    g_assert_cmpint(sc_dtls_receive(f->dtls, too_long, SC_DTLS_DATAGRAM_MAX + 1), ==,
                    SC_VERDICT_DTLS_MALFORMED);
    for (unsigned i = 0; i < 20000; i++) {
        size_t at = (size_t)g_test_rand_int_range(0, (gint32)hello.length);
        uint8_t right = hello.bytes[at];

        /* Not into the random: each new one is a new, costly candidate. */
        if (at >= 27 && at < 59)
            continue;
        hello.bytes[at] = (uint8_t)g_test_rand_int();
        g_assert_cmpint(sc_dtls_receive(f->dtls, hello.bytes, hello.length), <,
                        SC_N_VERDICTS);
        hello.bytes[at] = right;
    }
}

static void
association_begins_with_a_hello(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    static const uint8_t finished[] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 12,
                                        20, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0, 0 };

    associate_well(f);
    g_assert_cmpint(sc_dtls_receive(f->dtls, finished, sizeof finished), ==,
                    SC_VERDICT_DTLS_UNEXPECTED);
    sc_peer_dtls_start(f->client);
    run(f, is_connected_or_failed);
    assert_same_keys(f);
}

static void
association_is_freed_at_any_moment(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (int moment = 0; moment < 5; moment++) {
        forget(f);
        associate_well(f);
        if (moment > 0)
            sc_peer_dtls_start(f->client);
        if (moment > 1)
            run(f, has_heard_the_server);
        if (moment > 2)
            run(f, is_connected_or_failed);
        if (moment > 3) {
            sc_peer_dtls_close(f->client);
            run(f, is_closed);
        }
    }
    sc_dtls_free(NULL);
}

/* A pool thread is held in its callback, so that the queues can be seen to fill. */
typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_held;
    bool is_free;
} Gate;

static void
wait_at_gate(G_GNUC_UNUSED const ScDtlsEvent *event, void *user_data)
{
    Gate *gate = user_data;

    pthread_mutex_lock(&gate->mutex);
    gate->is_held = true;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->is_free)
        pthread_cond_wait(&gate->changed, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
}

static ScDtls *
hold_the_thread(Fixture *f, Gate *gate, const Datagram *hello)
{
    ScDtls *dtls = sc_dtls_new(f->pool, 1, sc_peer_identity_get_fingerprint(f->identity),
                               wait_at_gate, gate);

    g_assert_cmpint(sc_dtls_receive(dtls, hello->bytes, hello->length), ==,
                    SC_VERDICT_PASS);
    pthread_mutex_lock(&gate->mutex);
    while (!gate->is_held)
        pthread_cond_wait(&gate->changed, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
    return dtls;
}

static void
open_gate(Gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    gate->is_free = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->mutex);
}

static void
seventeenth_waiting_datagram_is_dropped(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Gate gate = { .mutex = PTHREAD_MUTEX_INITIALIZER,
                  .changed = PTHREAD_COND_INITIALIZER };
    Datagram hello = make_foreign_hello(f);

    forget(f);
    ScDtls *dtls = hold_the_thread(f, &gate, &hello);
    for (int i = 0; i < 16; i++)
        g_assert_cmpint(sc_dtls_receive(dtls, hello.bytes, hello.length), ==,
                        SC_VERDICT_PASS);
    g_assert_cmpint(sc_dtls_receive(dtls, hello.bytes, hello.length), ==,
                    SC_VERDICT_DTLS_QUEUE_FULL);
    open_gate(&gate);
    sc_dtls_free(dtls);
    g_clear_pointer(&f->pool, sc_dtls_pool_free);
}

static void
no_more_handshakes_run_than_the_limit(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Gate gate = { .mutex = PTHREAD_MUTEX_INITIALIZER,
                  .changed = PTHREAD_COND_INITIALIZER };
    g_autoptr(GPtrArray) all =
        g_ptr_array_new_with_free_func((GDestroyNotify)sc_dtls_free);
    Datagram hello = make_foreign_hello(f);

    forget(f);
    g_ptr_array_add(all, hold_the_thread(f, &gate, &hello));
    for (unsigned i = 1; i <= SC_DTLS_HANDSHAKES_MAX; i++) {
        ScDtls *dtls =
            sc_dtls_new(f->pool, i, sc_peer_identity_get_fingerprint(f->identity),
                        wait_at_gate, &gate);
        ScVerdict expected =
            i < SC_DTLS_HANDSHAKES_MAX ? SC_VERDICT_PASS : SC_VERDICT_DTLS_QUEUE_FULL;

        g_ptr_array_add(all, dtls);
        g_assert_cmpint(sc_dtls_receive(dtls, hello.bytes, hello.length), ==, expected);
    }
    g_ptr_array_set_size(all, 0);
    open_gate(&gate);
    g_clear_pointer(&f->pool, sc_dtls_pool_free);
}

typedef struct {
    unsigned n_events[SC_DTLS_CLOSED + 1];
} Count;

static void
count_event(const ScDtlsEvent *event, void *user_data)
{
    Count *count = user_data;

    count->n_events[event->type]++;
}

static void
handshake_is_given_up_after_thirty_seconds(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    SSL_CTX *context = sc_dtls_session_create_context(NULL);
    ScDtlsFingerprint fingerprint;
    Count count = { 0 };
    Datagram hello = make_foreign_hello(f);
    Datagram second = make_foreign_hello(f);

    g_assert_nonnull(sc_dtls_certificate_make(context, NULL));
    g_assert_true(sc_dtls_fingerprint_parse(sc_peer_identity_get_fingerprint(f->identity),
                                            &fingerprint));
    ScDtlsHandshake *handshake =
        sc_dtls_handshake_new(context, &fingerprint, ASSOCIATION, count_event, &count);

    sc_dtls_handshake_receive(handshake, hello.bytes, hello.length, 0);
    sc_dtls_handshake_receive(handshake, second.bytes, second.length, 1);
    g_assert_cmpuint(count.n_events[SC_DTLS_SEND], >, 1);
    g_assert_cmpint(sc_dtls_handshake_get_wake_us(handshake, 1), ==,
                    SC_DTLS_GIVE_UP_US + 1);
    sc_dtls_handshake_run_timers(handshake, SC_DTLS_GIVE_UP_US);
    g_assert_false(sc_dtls_handshake_is_over(handshake));
    sc_dtls_handshake_run_timers(handshake, SC_DTLS_GIVE_UP_US + 1);
    g_assert_true(sc_dtls_handshake_is_over(handshake));
    g_assert_cmpuint(count.n_events[SC_DTLS_FAILED], ==, 1);
    sc_dtls_handshake_free(handshake);
    SSL_CTX_free(context);
}

#define ADD(name) g_test_add("/relay/dtls/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(handshake_ends_with_the_same_keys_on_both_sides);
    ADD(peer_that_is_not_whom_we_expect_fails);
    ADD(any_lost_datagram_is_made_up_for);
    ADD(foreign_hellos_before_the_handshake_do_not_stop_it);
    ADD(foreign_hellos_during_the_handshake_do_not_stop_it);
    ADD(hello_that_cannot_be_answered_ends_nothing);
    ADD(nothing_forged_ends_what_is_established);
    ADD(forged_alert_and_record_number_do_not_stop_the_handshake);
    ADD(what_is_no_dtls_is_malformed);
    ADD(association_begins_with_a_hello);
    ADD(association_is_freed_at_any_moment);
    ADD(seventeenth_waiting_datagram_is_dropped);
    ADD(no_more_handshakes_run_than_the_limit);
    ADD(handshake_is_given_up_after_thirty_seconds);
    return g_test_run();
}
