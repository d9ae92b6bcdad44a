/* SPDX-License-Identifier: Apache-2.0 */
/* Bad packets, from strangers and from a peer of the relay's own, while a lesson runs:
 * each is dropped and counted by its name, and the lesson loses nothing by it. */
#include <errno.h>
#include <string.h>
#include <stun/stunagent.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "relay/wire/reader.h"
#include "relay/wire/rtp.h"
#include "tests/integration/relay/actor.h"
#include "tests/peer/peer-stun.h"

#define SECOND SC_STAGE_SECOND_US
#define REPEATS 3
#define N_FALSE_TAGS 100000
#define BURST 500 /* false packets between two looks at what the relay counted */
#define OUR_SSRC 0x55555555

typedef struct {
    ScStage stage;
    ScActor *teacher;   /* publishes all the time */
    ScActor *classroom; /* and must lose nothing */
    ScActor *pest;      /* a good transport of a bad peer */
    int stranger;       /* owned: a socket that no check came from */
    uint16_t sequence;  /* of the pest's next packet */
} Fixture;

typedef struct {
    const char *name;
    const char *verdict;
    void (*send)(Fixture *f);
} Row;

static void
set_up(Fixture *f, gconstpointer data)
{
    sc_stage_set_up(&f->stage, data);
    f->teacher = sc_actor_new(&f->stage, &(ScActorPlan){ .tracks = "av" }, true);
    f->classroom = sc_actor_new(&f->stage, &(ScActorPlan){ .slots = "av" }, true);
    f->pest =
        sc_actor_new(&f->stage, &(ScActorPlan){ .tracks = "v", .slots = "v" }, true);
    f->teacher->is_live = true;
    for (unsigned slot = 0; slot < 2; slot++) {
        sc_actor_patch(f->classroom, slot, f->teacher, slot);
        sc_actor_wait_heard(f->classroom, slot, 20);
    }
    sc_actor_patch(f->pest, 0, f->teacher, 1);
    f->stranger = socket(AF_INET, SOCK_DGRAM, 0);
    g_assert_cmpint(f->stranger, >=, 0);
    f->sequence = 1000;
}

/* The lesson went on: nothing lost, nothing changed, nobody asked for a key frame. */
static void
tear_down(Fixture *f, gconstpointer data)
{
    for (unsigned slot = 0; slot < 2; slot++) {
        sc_actor_wait_heard(f->classroom, slot, 40);
        sc_actor_assert_continuous(f->classroom, slot);
    }
    g_assert_cmpuint(f->teacher->asked[1].n_plis, ==, 0);
    g_assert_cmpstr(sc_stage_get_state(&f->stage, f->classroom->name), ==, "connected");
    g_assert_cmpstr(sc_stage_get_state(&f->stage, f->pest->name), ==, "connected");
    close(f->stranger);
    sc_stage_tear_down(&f->stage, data);
}

static void
send_from_stranger(Fixture *f, const void *data, size_t length)
{
    struct sockaddr_storage native;
    socklen_t native_length;

    sc_address_write_native(&f->pest->relay, &native, &native_length);
    g_assert_cmpint(
        sendto(f->stranger, data, length, 0, (struct sockaddr *)&native, native_length),
        ==, (ssize_t)length);
}

static void
send_from_pest(Fixture *f, const void *data, size_t length)
{
    sc_peer_send_raw(f->pest->peer, data, length);
}

/* The socket. */

static void
send_empty(Fixture *f)
{
    send_from_stranger(f, "", 0);
}

static void
send_oversized(Fixture *f)
{
    uint8_t data[4000] = { 0x80, 96 };

    send_from_pest(f, data, sizeof data);
}

static void
send_unknown_kind(Fixture *f)
{
    uint8_t data[100] = { 70 };

    send_from_stranger(f, data, sizeof data);
}

static void
send_rtp_of_stranger(Fixture *f)
{
    uint8_t data[100] = { 0x80, 96 };

    send_from_stranger(f, data, sizeof data);
}

static void
on_hello(const uint8_t *data, size_t length, void *user_data)
{
    GByteArray *hello = user_data;

    g_byte_array_append(hello, data, (unsigned)length);
}

/* A ClientHello with a random of its own; the caller frees it. */
static GByteArray *
make_hello(Fixture *f)
{
    ScPeerDtlsOptions options = { .profiles = SC_PEER_PROFILES_ALL };
    GByteArray *hello = g_byte_array_new();
    g_autoptr(ScPeerDtls) client =
        sc_peer_dtls_new(f->stage.identity, &options, on_hello, hello);

    sc_peer_dtls_start(client);
    g_assert_cmpuint(hello->len, >, 0);
    return hello;
}

static void
send_hello_of_stranger(Fixture *f)
{
    g_autoptr(GByteArray) hello = make_hello(f);

    send_from_stranger(f, hello->data, hello->len);
}

/* STUN. */

static size_t
write_check(const Fixture *f, ScPeerCheck check, uint8_t out[SC_PEER_STUN_MAX])
{
    uint8_t id[SC_PEER_STUN_ID_LENGTH];
    g_autofree char *username =
        g_strconcat(f->pest->relay_ufrag, ":", sc_peer_get_ufrag(f->pest->peer), NULL);

    check.username = check.username != NULL ? check.username : username;
    check.password = check.password != NULL ? check.password : f->pest->relay_password;
    check.is_nominating = true;
    return sc_peer_stun_write_check(&check, out, id);
}

static void
send_check_cut_short(Fixture *f)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length = write_check(f, (ScPeerCheck){ 0 }, data);

    send_from_pest(f, data, length - 4);
}

static void
send_check_with_lying_length(Fixture *f)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length = write_check(f, (ScPeerCheck){ 0 }, data);

    data[22] = 0xff; /* of USERNAME, the first attribute */
    data[23] = 0xfc;
    send_from_pest(f, data, length);
}

static void
send_check_of_unknown_user(Fixture *f)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length =
        write_check(f, (ScPeerCheck){ .username = "nobody-we-know:peer" }, data);

    send_from_stranger(f, data, length);
}

static void
send_check_with_false_password(Fixture *f)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length =
        write_check(f, (ScPeerCheck){ .password = "a-password-that-is-wrong" }, data);

    send_from_stranger(f, data, length);
}

static void
send_check_of_controlled_peer(Fixture *f)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length = write_check(f, (ScPeerCheck){ .is_controlled = true }, data);

    send_from_pest(f, data, length);
}

/* @attribute: one more, empty; 0: none. */
static void
send_stun(Fixture *f, StunClass class, StunAttribute attribute)
{
    static const uint16_t known[] = { 0 };
    StunAgent agent;
    StunMessage message;
    uint8_t data[SC_PEER_STUN_MAX];
    const char *password = f->pest->relay_password;
    g_autofree char *username =
        g_strconcat(f->pest->relay_ufrag, ":", sc_peer_get_ufrag(f->pest->peer), NULL);

    stun_agent_init(&agent, known, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                        | STUN_AGENT_USAGE_USE_FINGERPRINT);
    if (class == STUN_INDICATION)
        stun_agent_init_indication(&agent, &message, data, sizeof data, STUN_BINDING);
    else
        stun_agent_init_request(&agent, &message, data, sizeof data, STUN_BINDING);
    stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, username);
    if (attribute != 0)
        stun_message_append_flag(&message, attribute);
    size_t length = stun_agent_finish_message(&agent, &message, (const uint8_t *)password,
                                              strlen(password));
    g_assert_cmpuint(length, >, 0);
    send_from_pest(f, data, length);
}

static void
send_unknown_attribute(Fixture *f)
{
    send_stun(f, STUN_REQUEST, (StunAttribute)0x7f00);
}

static void
send_indication(Fixture *f)
{
    send_stun(f, STUN_INDICATION, (StunAttribute)0);
}

/* DTLS. */

static void
send_dtls_cut_short(Fixture *f)
{
    g_autoptr(GByteArray) hello = make_hello(f);

    send_from_pest(f, hello->data, hello->len - 1);
}

static void
send_dtls_with_lying_length(Fixture *f)
{
    g_autoptr(GByteArray) hello = make_hello(f);

    hello->data[11] = 0xff;
    send_from_pest(f, hello->data, hello->len);
}

/* SRTP. */

/* Clear text of @payload_length bytes, with room for the tag behind. */
static size_t
write_rtp(Fixture *f, uint32_t ssrc, uint8_t payload_type, size_t payload_length,
          uint8_t out[SC_PEER_DATAGRAM_MAX])
{
    ScRtp rtp = {
        .ssrc = ssrc,
        .payload_type = payload_type,
        .sequence = f->sequence++,
        .timestamp = 1,
    };

    memset(out, 0, SC_PEER_DATAGRAM_MAX);
    sc_rtp_write_header(&rtp, out);
    return SC_RTP_HEADER_LENGTH + payload_length;
}

static void
send_sealed(Fixture *f, uint8_t *data, size_t length)
{
    g_assert_true(sc_peer_seal_rtp(f->pest->peer, data, &length));
    send_from_pest(f, data, length);
}

static void
send_sealed_rtcp(Fixture *f, const uint8_t *bytes, size_t length)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];

    memcpy(data, bytes, length);
    g_assert_true(sc_peer_seal_rtcp(f->pest->peer, data, &length));
    send_from_pest(f, data, length);
}

static void
send_false_tag(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, f->pest->streams[0].ssrc, 102, 200, data);

    send_from_pest(f, data, length);
}

static void
send_false_rtcp_tag(Fixture *f)
{
    uint8_t data[60] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };

    data[sizeof data - 14] = 0x80; /* "encrypted", with either profile's tag */
    data[sizeof data - 4] = 0x80;
    send_from_pest(f, data, sizeof data);
}

static void
send_short_srtp(Fixture *f)
{
    uint8_t data[] = { 0x80, 102, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9 };

    send_from_pest(f, data, sizeof data);
}

static void
send_replayed(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, f->pest->streams[0].ssrc, 102, 200, data);

    g_assert_true(sc_peer_seal_rtp(f->pest->peer, data, &length));
    send_from_pest(f, data, length);
    send_from_pest(f, data, length);
}

/* RTP with a right tag. */

static void
send_lying_padding(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, f->pest->streams[0].ssrc, 102, 50, data);

    data[0] |= 0x20;
    data[length - 1] = 51;
    send_sealed(f, data, length);
}

static void
send_unknown_stream(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, OUR_SSRC, 35, 50, data);

    send_sealed(f, data, length);
}

static void
send_unknown_payload_type(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, f->pest->streams[0].ssrc, 35, 50, data);

    send_sealed(f, data, length);
}

static void
send_short_rtx(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, f->pest->streams[0].rtx_ssrc, 103, 1, data);

    send_sealed(f, data, length);
}

static void
send_rtx_of_padding(Fixture *f)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = write_rtp(f, f->pest->streams[0].rtx_ssrc, 103, 50, data);

    data[0] |= 0x20;
    data[length - 1] = 50;
    send_sealed(f, data, length);
}

/* RTCP with a right tag. */

static void
send_rtcp_with_lying_length(Fixture *f)
{
    send_sealed_rtcp(f, (const uint8_t[]){ 0x80, 201, 0, 9, 1, 2, 3, 4 }, 8);
}

static void
send_report_without_its_blocks(Fixture *f)
{
    send_sealed_rtcp(f, (const uint8_t[]){ 0x9f, 201, 0, 1, 1, 2, 3, 4 }, 8);
}

static void
send_transport_feedback_of_too_many(Fixture *f)
{
    send_sealed_rtcp(f, (const uint8_t[]){ 0x8f, 205, 0, 4, 1,    2,    3, 4, 5, 6,
                                           7,    8,   0, 1, 0xff, 0xff, 0, 0, 0, 0 },
                     20);
}

static void
send_unknown_rtcp(Fixture *f)
{
    send_sealed_rtcp(f, (const uint8_t[]){ 0x80, 211, 0, 1, 1, 2, 3, 4 }, 8);
}

static const Row ROWS[] = {
    { "no bytes", "empty", send_empty },
    { "more bytes than a datagram of ours", "truncated", send_oversized },
    { "first byte of nothing", "unknown_kind", send_unknown_kind },
    { "RTP of a stranger", "unknown_address", send_rtp_of_stranger },
    { "ClientHello of a stranger", "unknown_address", send_hello_of_stranger },
    { "check cut short", "stun_malformed", send_check_cut_short },
    { "check with a lying attribute", "stun_malformed", send_check_with_lying_length },
    { "check of an unknown user", "stun_unknown_user", send_check_of_unknown_user },
    { "check signed falsely", "stun_unauthenticated", send_check_with_false_password },
    { "check of a controlled peer", "stun_role_conflict", send_check_of_controlled_peer },
    { "check with an unknown attribute", "stun_unknown_attribute",
      send_unknown_attribute },
    { "binding indication", "stun_not_a_request", send_indication },
    { "DTLS cut short", "dtls_malformed", send_dtls_cut_short },
    { "DTLS with a lying length", "dtls_malformed", send_dtls_with_lying_length },
    { "SRTP with a false tag", "srtp_authentication", send_false_tag },
    { "SRTCP with a false tag", "srtp_authentication", send_false_rtcp_tag },
    { "SRTP shorter than its tag", "srtp_malformed", send_short_srtp },
    { "SRTP replayed", "srtp_replayed", send_replayed },
    { "RTP of more padding than payload", "rtp_malformed", send_lying_padding },
    { "RTP of no stream", "rtp_unknown_stream", send_unknown_stream },
    { "RTP of no payload type", "rtp_unknown_payload_type", send_unknown_payload_type },
    { "RTX of one byte", "rtx_malformed", send_short_rtx },
    { "RTX of padding alone", "rtx_padding", send_rtx_of_padding },
    { "RTCP with a lying length", "rtcp_malformed", send_rtcp_with_lying_length },
    { "RTCP report without blocks", "rtcp_malformed", send_report_without_its_blocks },
    { "TWCC of 65535 packets", "rtcp_malformed", send_transport_feedback_of_too_many },
    { "RTCP of an unknown type", "rtcp_unknown", send_unknown_rtcp },
};

typedef struct {
    ScStage *stage;
    const char *verdict;
    uint64_t wanted;
} Count;

static bool
is_counted(void *data)
{
    Count *count = data;

    return sc_stage_get_verdict(count->stage, count->verdict) >= count->wanted;
}

static void
each_bad_packet_is_counted_by_its_name(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const Row *row = &ROWS[i];
        Count count = { &f->stage, row->verdict,
                        sc_stage_get_verdict(&f->stage, row->verdict) + REPEATS };

        for (unsigned n = 0; n < REPEATS; n++)
            row->send(f);
        if (!sc_stage_run_until(&f->stage, is_counted, &count, 5 * SECOND))
            g_error("%s: not counted as %s", row->name, row->verdict);
    }
}

/* From lengths 0 to 300 and any first byte, from both a stranger and the pest. */
static void
random_datagrams_disturb_nobody(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t bytes[300];
        size_t length = (size_t)g_test_rand_int_range(0, sizeof bytes);

        for (size_t at = 0; at < length; at++)
            bytes[at] = (uint8_t)g_test_rand_int();
        if (i % 2 == 0)
            send_from_stranger(f, bytes, length);
        else
            send_from_pest(f, bytes, length);
        if (i % BURST == 0)
            sc_stage_run_for(&f->stage, SECOND / 20);
    }
}

/* Good packets with a few bits changed go deeper than random ones. */
static void
changed_packets_disturb_nobody(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GByteArray) hello = make_hello(f);
    uint8_t check[SC_PEER_STUN_MAX];
    size_t check_length = write_check(f, (ScPeerCheck){ 0 }, check);
    uint8_t rtp[SC_PEER_DATAGRAM_MAX];
    size_t rtp_length = write_rtp(f, f->pest->streams[0].ssrc, 102, 100, rtp);

    g_assert_true(sc_peer_seal_rtp(f->pest->peer, rtp, &rtp_length));
    const struct {
        const uint8_t *data;
        size_t length;
    } seeds[] = { { hello->data, hello->len },
                  { check, check_length },
                  { rtp, rtp_length } };

    for (unsigned i = 0; i < 9000; i++) {
        uint8_t bytes[SC_PEER_DATAGRAM_MAX];
        size_t length = seeds[i % G_N_ELEMENTS(seeds)].length;

        memcpy(bytes, seeds[i % G_N_ELEMENTS(seeds)].data, length);
        for (unsigned n = (unsigned)g_test_rand_int_range(1, 6); n > 0; n--)
            bytes[g_test_rand_int_range(0, (gint32)length)] = (uint8_t)g_test_rand_int();
        if (i % 4 == 0)
            length = (size_t)g_test_rand_int_range(0, (gint32)length);
        send_from_pest(f, bytes, length);
        if (i % BURST == 0)
            sc_stage_run_for(&f->stage, SECOND / 20);
    }
}

static void
false_tags_by_the_hundred_thousand_are_counted_one_by_one(
    Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    unsigned n_lines = sc_stage_count_log_lines(&f->stage);

    for (unsigned n_sent = 0; n_sent < N_FALSE_TAGS; n_sent += BURST) {
        Count count = { &f->stage, "srtp_authentication", n_sent + BURST };

        for (unsigned i = 0; i < BURST; i++) {
            uint8_t bytes[SC_PEER_DATAGRAM_MAX];
            size_t length = write_rtp(f, OUR_SSRC + n_sent + i, 102, 100, bytes);

            send_from_pest(f, bytes, length);
        }
        g_assert_true(
            sc_stage_run_until(&f->stage, is_counted, &count, SC_STAGE_HANG_US));
    }
    g_assert_cmpuint(sc_stage_get_verdict(&f->stage, "srtp_authentication"), ==,
                     N_FALSE_TAGS);
    g_assert_cmpuint(sc_stage_get_verdict(&f->stage, "srtp_stream_limit"), ==, 0);
    g_assert_cmpuint(sc_stage_count_log_lines(&f->stage), ==, n_lines);
}

static void
peer_of_a_thousand_streams_is_held_to_the_limit(Fixture *f,
                                                G_GNUC_UNUSED gconstpointer data)
{
    Count count = { &f->stage, "srtp_stream_limit", 900 };

    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t bytes[SC_PEER_DATAGRAM_MAX];
        size_t length = write_rtp(f, OUR_SSRC + i, 102, 50, bytes);

        send_sealed(f, bytes, length);
        if (i % 100 == 0)
            sc_stage_run_for(&f->stage, SECOND / 50);
    }
    g_assert_true(sc_stage_run_until(&f->stage, is_counted, &count, 5 * SECOND));
}

static void
send_hellos(Fixture *f, ScActor *actor, unsigned n_hellos)
{
    for (unsigned i = 0; i < n_hellos; i++) {
        g_autoptr(GByteArray) hello = make_hello(f);

        sc_peer_send_raw(actor->peer, hello->data, hello->len);
        send_from_stranger(f, hello->data, hello->len);
    }
}

static bool
is_checked(void *data)
{
    const ScActor *actor = data;

    return sc_peer_get_stats(actor->peer)->n_checks_answered > 0;
}

static void
foreign_hellos_stop_no_handshake_and_end_no_stream(Fixture *f,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan plan = { .slots = "v", .delays_handshake = true };
    ScActor *late = sc_actor_new(&f->stage, &plan, false);

    sc_actor_connect(late);
    g_assert_true(sc_stage_run_until(&f->stage, is_checked, late, SC_STAGE_HANG_US));

    send_hellos(f, late, 2); /* before */
    sc_stage_run_for(&f->stage, SECOND / 5);
    sc_peer_start_handshake(late->peer);
    send_hellos(f, late, 10); /* during: the peer's own is on its way */
    g_assert_true(
        sc_stage_run_until(&f->stage, sc_actor_is_connected, late, SC_STAGE_HANG_US));
    send_hellos(f, late, 10); /* after */

    sc_actor_patch(late, 0, f->teacher, 1);
    sc_actor_wait_heard(late, 0, 60);
    sc_actor_assert_continuous(late, 0);
    send_hellos(f, f->classroom, 10);
    send_hellos(f, f->teacher, 10);
    sc_actor_wait_heard(late, 0, 60);
    sc_actor_assert_continuous(late, 0);
    g_assert_cmpstr(sc_stage_get_state(&f->stage, late->name), ==, "connected");
}

static void
media_before_the_keys_are_dropped(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ScActorPlan plan = { .tracks = "v", .delays_handshake = true };
    ScActor *early = sc_actor_new(&f->stage, &plan, false);
    Count count = { &f->stage, "srtp_no_keys", 10 };
    uint8_t bytes[100] = { 0x80, 102 };

    sc_actor_connect(early);
    g_assert_true(sc_stage_run_until(&f->stage, is_checked, early, SC_STAGE_HANG_US));
    for (unsigned i = 0; i < 10; i++)
        sc_peer_send_raw(early->peer, bytes, sizeof bytes);
    g_assert_true(sc_stage_run_until(&f->stage, is_counted, &count, 5 * SECOND));
}

#define ADD(name) \
    g_test_add("/integration/abuse/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(each_bad_packet_is_counted_by_its_name);
    ADD(random_datagrams_disturb_nobody);
    ADD(changed_packets_disturb_nobody);
    ADD(false_tags_by_the_hundred_thousand_are_counted_one_by_one);
    ADD(peer_of_a_thousand_streams_is_held_to_the_limit);
    ADD(foreign_hellos_stop_no_handshake_and_end_no_stream);
    ADD(media_before_the_keys_are_dropped);
    return g_test_run();
}
