/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/relay/pest.h"

#include <string.h>
#include <stun/stunagent.h>
#include <unistd.h>

#include "relay/wire/rtp.h"

#define OUR_SSRC 0x55555555 /* of no track */

void
sc_pest_set_up(ScPest *self, gconstpointer data)
{
    sc_stage_set_up(&self->stage, data);
    self->teacher = sc_actor_new(&self->stage, &(ScActorPlan){ .tracks = "av" }, true);
    self->classroom = sc_actor_new(&self->stage, &(ScActorPlan){ .slots = "av" }, true);
    self->pest =
        sc_actor_new(&self->stage, &(ScActorPlan){ .tracks = "v", .slots = "v" }, true);
    self->teacher->is_live = true;
    for (unsigned slot = 0; slot < 2; slot++) {
        sc_actor_patch(self->classroom, slot, self->teacher, slot);
        sc_actor_wait_heard(self->classroom, slot, 20);
    }
    sc_actor_patch(self->pest, 0, self->teacher, 1);
    self->stranger = socket(AF_INET, SOCK_DGRAM, 0);
    g_assert_cmpint(self->stranger, >=, 0);
    self->sequence = 1000;
}

/* The lesson went on: nothing lost, nothing changed, nobody asked for a key frame. */
void
sc_pest_tear_down(ScPest *self, gconstpointer data)
{
    for (unsigned slot = 0; slot < 2; slot++) {
        sc_actor_wait_heard(self->classroom, slot, 40);
        sc_actor_assert_continuous(self->classroom, slot);
    }
    g_assert_cmpuint(self->teacher->asked[1].n_plis, ==, 0);
    g_assert_cmpstr(sc_stage_get_state(&self->stage, self->classroom->name), ==,
                    "connected");
    g_assert_cmpstr(sc_stage_get_state(&self->stage, self->pest->name), ==, "connected");
    close(self->stranger);
    sc_stage_tear_down(&self->stage, data);
}

void
sc_pest_send_from_stranger(ScPest *self, const void *data, size_t length)
{
    struct sockaddr_storage native;
    socklen_t native_length;

    sc_address_write_native(&self->pest->relay, &native, &native_length);
    g_assert_cmpint(sendto(self->stranger, data, length, 0, (struct sockaddr *)&native,
                           native_length),
                    ==, (ssize_t)length);
}

void
sc_pest_send(ScPest *self, const void *data, size_t length)
{
    sc_peer_send_raw(self->pest->peer, data, length);
}

/* The socket. */

static void
send_empty(ScPest *self)
{
    sc_pest_send_from_stranger(self, "", 0);
}

static void
send_oversized(ScPest *self)
{
    uint8_t data[4000] = { 0x80, 96 };

    sc_pest_send(self, data, sizeof data);
}

static void
send_unknown_kind(ScPest *self)
{
    uint8_t data[100] = { 70 };

    sc_pest_send_from_stranger(self, data, sizeof data);
}

static void
send_rtp_of_stranger(ScPest *self)
{
    uint8_t data[100] = { 0x80, 96 };

    sc_pest_send_from_stranger(self, data, sizeof data);
}

static void
on_hello(const uint8_t *data, size_t length, void *user_data)
{
    GByteArray *hello = user_data;

    g_byte_array_append(hello, data, (unsigned)length);
}

GByteArray *
sc_pest_make_hello(ScPest *self)
{
    ScPeerDtlsOptions options = { .profiles = SC_PEER_PROFILES_ALL };
    GByteArray *hello = g_byte_array_new();
    g_autoptr(ScPeerDtls) client =
        sc_peer_dtls_new(self->stage.identity, &options, on_hello, hello);

    sc_peer_dtls_start(client);
    g_assert_cmpuint(hello->len, >, 0);
    return hello;
}

static void
send_hello_of_stranger(ScPest *self)
{
    g_autoptr(GByteArray) hello = sc_pest_make_hello(self);

    sc_pest_send_from_stranger(self, hello->data, hello->len);
}

/* STUN. */

static size_t
write_check(const ScPest *self, ScPeerCheck check, uint8_t out[SC_PEER_STUN_MAX])
{
    uint8_t id[SC_PEER_STUN_ID_LENGTH];
    g_autofree char *username = g_strconcat(self->pest->relay_ufrag, ":",
                                            sc_peer_get_ufrag(self->pest->peer), NULL);

    check.username = check.username != NULL ? check.username : username;
    check.password = check.password != NULL ? check.password : self->pest->relay_password;
    check.is_nominating = true;
    return sc_peer_stun_write_check(&check, out, id);
}

size_t
sc_pest_write_check(const ScPest *self, uint8_t out[SC_PEER_STUN_MAX])
{
    return write_check(self, (ScPeerCheck){ 0 }, out);
}

static void
send_check_cut_short(ScPest *self)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length = sc_pest_write_check(self, data);

    sc_pest_send(self, data, length - 4);
}

static void
send_check_with_lying_length(ScPest *self)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length = sc_pest_write_check(self, data);

    data[22] = 0xff; /* of USERNAME, the first attribute */
    data[23] = 0xfc;
    sc_pest_send(self, data, length);
}

static void
send_check_of_unknown_user(ScPest *self)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length =
        write_check(self, (ScPeerCheck){ .username = "nobody-we-know:peer" }, data);

    sc_pest_send_from_stranger(self, data, length);
}

static void
send_check_with_false_password(ScPest *self)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length =
        write_check(self, (ScPeerCheck){ .password = "a-password-that-is-wrong" }, data);

    sc_pest_send_from_stranger(self, data, length);
}

static void
send_check_of_controlled_peer(ScPest *self)
{
    uint8_t data[SC_PEER_STUN_MAX];
    size_t length = write_check(self, (ScPeerCheck){ .is_controlled = true }, data);

    sc_pest_send(self, data, length);
}

/* @attribute: one more, empty; 0: none. */
static void
send_stun(ScPest *self, StunClass class, StunAttribute attribute)
{
    static const uint16_t known[] = { 0 };
    StunAgent agent;
    StunMessage message;
    uint8_t data[SC_PEER_STUN_MAX];
    const char *password = self->pest->relay_password;
    g_autofree char *username = g_strconcat(self->pest->relay_ufrag, ":",
                                            sc_peer_get_ufrag(self->pest->peer), NULL);

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
    sc_pest_send(self, data, length);
}

static void
send_unknown_attribute(ScPest *self)
{
    send_stun(self, STUN_REQUEST, (StunAttribute)0x7f00);
}

static void
send_indication(ScPest *self)
{
    send_stun(self, STUN_INDICATION, (StunAttribute)0);
}

/* DTLS. */

static void
send_dtls_cut_short(ScPest *self)
{
    g_autoptr(GByteArray) hello = sc_pest_make_hello(self);

    sc_pest_send(self, hello->data, hello->len - 1);
}

static void
send_dtls_with_lying_length(ScPest *self)
{
    g_autoptr(GByteArray) hello = sc_pest_make_hello(self);

    hello->data[11] = 0xff;
    sc_pest_send(self, hello->data, hello->len);
}

/* SRTP. */

size_t
sc_pest_write_rtp(ScPest *self, uint32_t ssrc, uint8_t payload_type,
                  size_t payload_length, uint8_t out[SC_PEER_DATAGRAM_MAX])
{
    ScRtp rtp = {
        .ssrc = ssrc,
        .payload_type = payload_type,
        .sequence = self->sequence++,
        .timestamp = 1,
    };

    memset(out, 0, SC_PEER_DATAGRAM_MAX);
    sc_rtp_write_header(&rtp, out);
    return SC_RTP_HEADER_LENGTH + payload_length;
}

void
sc_pest_send_sealed(ScPest *self, uint8_t *data, size_t length)
{
    g_assert_true(sc_peer_seal_rtp(self->pest->peer, data, &length));
    sc_pest_send(self, data, length);
}

static void
send_sealed_rtcp(ScPest *self, const uint8_t *bytes, size_t length)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];

    memcpy(data, bytes, length);
    g_assert_true(sc_peer_seal_rtcp(self->pest->peer, data, &length));
    sc_pest_send(self, data, length);
}

static void
send_false_tag(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = sc_pest_write_rtp(self, self->pest->streams[0].ssrc, 102, 200, data);

    sc_pest_send(self, data, length);
}

static void
send_false_rtcp_tag(ScPest *self)
{
    uint8_t data[60] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };

    data[sizeof data - 14] = 0x80; /* "encrypted", with either profile's tag */
    data[sizeof data - 4] = 0x80;
    sc_pest_send(self, data, sizeof data);
}

static void
send_short_srtp(ScPest *self)
{
    uint8_t data[] = { 0x80, 102, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9 };

    sc_pest_send(self, data, sizeof data);
}

static void
send_replayed(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = sc_pest_write_rtp(self, self->pest->streams[0].ssrc, 102, 200, data);

    g_assert_true(sc_peer_seal_rtp(self->pest->peer, data, &length));
    sc_pest_send(self, data, length);
    sc_pest_send(self, data, length);
}

/* RTP with a right tag. */

static void
send_lying_padding(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = sc_pest_write_rtp(self, self->pest->streams[0].ssrc, 102, 50, data);

    data[0] |= 0x20;
    data[length - 1] = 51;
    sc_pest_send_sealed(self, data, length);
}

static void
send_unknown_stream(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = sc_pest_write_rtp(self, OUR_SSRC, 35, 50, data);

    sc_pest_send_sealed(self, data, length);
}

static void
send_unknown_payload_type(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length = sc_pest_write_rtp(self, self->pest->streams[0].ssrc, 35, 50, data);

    sc_pest_send_sealed(self, data, length);
}

static void
send_short_rtx(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length =
        sc_pest_write_rtp(self, self->pest->streams[0].rtx_ssrc, 103, 1, data);

    sc_pest_send_sealed(self, data, length);
}

static void
send_rtx_of_padding(ScPest *self)
{
    uint8_t data[SC_PEER_DATAGRAM_MAX];
    size_t length =
        sc_pest_write_rtp(self, self->pest->streams[0].rtx_ssrc, 103, 50, data);

    data[0] |= 0x20;
    data[length - 1] = 50;
    sc_pest_send_sealed(self, data, length);
}

/* RTCP with a right tag. */

static void
send_rtcp_with_lying_length(ScPest *self)
{
    send_sealed_rtcp(self, (const uint8_t[]){ 0x80, 201, 0, 9, 1, 2, 3, 4 }, 8);
}

static void
send_report_without_its_blocks(ScPest *self)
{
    send_sealed_rtcp(self, (const uint8_t[]){ 0x9f, 201, 0, 1, 1, 2, 3, 4 }, 8);
}

static void
send_transport_feedback_of_too_many(ScPest *self)
{
    send_sealed_rtcp(self, (const uint8_t[]){ 0x8f, 205, 0, 4, 1,    2,    3, 4, 5, 6,
                                              7,    8,   0, 1, 0xff, 0xff, 0, 0, 0, 0 },
                     20);
}

static void
send_unknown_rtcp(ScPest *self)
{
    send_sealed_rtcp(self, (const uint8_t[]){ 0x80, 211, 0, 1, 1, 2, 3, 4 }, 8);
}

const ScPestPacket sc_pest_packets[] = {
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
const size_t sc_pest_n_packets = G_N_ELEMENTS(sc_pest_packets);
