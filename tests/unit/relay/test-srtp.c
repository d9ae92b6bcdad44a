/* SPDX-License-Identifier: Apache-2.0 */
/* The peer is libsrtp, used directly. */
#include <string.h>

#include <glib.h>
#include <srtp2/srtp.h>

#include "relay/srtp.h"

#define SSRC 0x12345678u
#define PAYLOAD 100    /* bytes */
#define PACKET_MAX 256 /* bytes */
#define REPLAY_WINDOW 1024
#define N_FALSE_TAGS 100000

typedef struct {
    ScSrtpProfile profile;
    ScSrtp *ours;   /* owned */
    srtp_t to_us;   /* owned: the peer's sending side */
    srtp_t from_us; /* owned: the peer's receiving side */
    uint8_t packet[PACKET_MAX];
    size_t length;
} Fixture;

static const ScSrtpMaster remote_master = { "remote key 16 by", "remote salt 14" };
static const ScSrtpMaster local_master = { "local key 16 byt", "local salt 14b" };

static srtp_t
create_peer(ScSrtpProfile profile, const ScSrtpMaster *master, srtp_ssrc_type_t direction)
{
    uint8_t key[SC_SRTP_KEY_LENGTH + SC_SRTP_SALT_LENGTH_MAX];
    srtp_policy_t policy = {
        .ssrc.type = direction, .key = key, .window_size = 128, .allow_repeat_tx = 1
    };
    srtp_t session;

    memcpy(key, master->key, sizeof master->key);
    memcpy(key + sizeof master->key, master->salt, sc_srtp_get_salt_length(profile));
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)profile);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)profile);
    g_assert_cmpint(srtp_create(&session, &policy), ==, srtp_err_status_ok);
    return session;
}

static void
set_up(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    f->profile = *(const ScSrtpProfile *)data;
    f->ours = sc_srtp_new(f->profile, &remote_master, &local_master, &error);
    g_assert_no_error(error);
    f->to_us = create_peer(f->profile, &remote_master, ssrc_any_outbound);
    f->from_us = create_peer(f->profile, &local_master, ssrc_any_inbound);
}

static void
tear_down(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    srtp_dealloc(f->to_us);
    srtp_dealloc(f->from_us);
    sc_srtp_free(f->ours);
}

static void
put_u32(uint8_t *at, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(at, &value, sizeof value);
}

/* Clear text: 12 bytes of header, then PAYLOAD bytes that depend on the number. */
static void
write_rtp(Fixture *f, uint32_t ssrc, uint16_t sequence)
{
    memset(f->packet, sequence & 0xff, sizeof f->packet);
    f->packet[0] = 0x80;
    f->packet[1] = 96;
    f->packet[2] = (uint8_t)(sequence >> 8);
    f->packet[3] = (uint8_t)sequence;
    put_u32(f->packet + 4, sequence * 3000u);
    put_u32(f->packet + 8, ssrc);
    f->length = 12 + PAYLOAD;
}

static void
make_rtp(Fixture *f, uint32_t ssrc, uint16_t sequence)
{
    write_rtp(f, ssrc, sequence);
    int length = (int)f->length;
    g_assert_cmpint(srtp_protect(f->to_us, f->packet, &length), ==, srtp_err_status_ok);
    f->length = (size_t)length;
}

/* An empty receiver report. */
static void
write_rtcp(Fixture *f, uint32_t ssrc)
{
    memcpy(f->packet, (const uint8_t[]){ 0x80, 201, 0, 1 }, 4);
    put_u32(f->packet + 4, ssrc);
    f->length = 8;
}

static void
make_rtcp(Fixture *f, uint32_t ssrc)
{
    write_rtcp(f, ssrc);
    int length = (int)f->length;
    g_assert_cmpint(srtp_protect_rtcp(f->to_us, f->packet, &length), ==,
                    srtp_err_status_ok);
    f->length = (size_t)length;
}

/* On a copy, so that the same packet can be opened again. */
static ScVerdict
open_rtp(Fixture *f)
{
    uint8_t copy[PACKET_MAX];
    size_t length = f->length;

    memcpy(copy, f->packet, f->length);
    return sc_srtp_open_rtp(f->ours, copy, &length);
}

static ScVerdict
open_rtcp(Fixture *f)
{
    uint8_t copy[PACKET_MAX];
    size_t length = f->length;

    memcpy(copy, f->packet, f->length);
    return sc_srtp_open_rtcp(f->ours, copy, &length);
}

static void
assert_same(const Fixture *f, const Fixture *clear)
{
    g_assert_cmpuint(f->length, ==, clear->length);
    g_assert_true(memcmp(f->packet, clear->packet, clear->length) == 0);
}

static void
rtp_of_the_peer_is_opened_in_place(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Fixture clear;

    for (unsigned i = 65000; i < 66000; i++) { /* over the wrap of the sequence number */
        write_rtp(&clear, SSRC, (uint16_t)i);
        make_rtp(f, SSRC, (uint16_t)i);
        g_assert_cmpint(sc_srtp_open_rtp(f->ours, f->packet, &f->length), ==,
                        SC_VERDICT_PASS);
        assert_same(f, &clear);
    }
}

static void
rtcp_of_the_peer_is_opened_in_place(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Fixture clear;

    write_rtcp(&clear, SSRC);
    make_rtcp(f, SSRC);
    g_assert_cmpint(sc_srtp_open_rtcp(f->ours, f->packet, &f->length), ==,
                    SC_VERDICT_PASS);
    assert_same(f, &clear);
}

static void
rtcp_of_ours_is_opened_by_the_peer(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Fixture clear;

    for (uint32_t ssrc = 1; ssrc <= 100; ssrc++) {
        write_rtcp(&clear, ssrc);
        write_rtcp(f, ssrc);
        g_assert_cmpint(sc_srtp_seal_rtcp(f->ours, f->packet, &f->length), ==,
                        SC_VERDICT_PASS);
        g_assert_cmpuint(f->length, <=, clear.length + SC_SRTP_TRAILER_MAX);
        int length = (int)f->length;
        g_assert_cmpint(srtp_unprotect_rtcp(f->from_us, f->packet, &length), ==,
                        srtp_err_status_ok);
        f->length = (size_t)length;
        assert_same(f, &clear);
    }
}

static void
packet_that_comes_twice_is_opened_once(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    make_rtp(f, SSRC, 1);
    g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_PASS);
    g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_SRTP_REPLAYED);
    make_rtcp(f, SSRC);
    g_assert_cmpint(open_rtcp(f), ==, SC_VERDICT_PASS);
    g_assert_cmpint(open_rtcp(f), ==, SC_VERDICT_SRTP_REPLAYED);
}

static void
packet_is_opened_late_within_the_window(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    Fixture late = *f;
    Fixture too_late = *f;

    make_rtp(&too_late, SSRC, 1000);
    make_rtp(&late, SSRC, 1001);
    make_rtp(f, SSRC, 1000 + REPLAY_WINDOW);
    g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_PASS);
    g_assert_cmpint(open_rtp(&late), ==, SC_VERDICT_PASS);
    g_assert_cmpint(open_rtp(&late), ==, SC_VERDICT_SRTP_REPLAYED);
    g_assert_cmpint(open_rtp(&too_late), ==, SC_VERDICT_SRTP_REPLAYED);
}

/* Any other SSRC is refused then, also with a right tag; the open ones go on. */
static void
open_streams_up_to_the_limit(Fixture *f)
{
    for (uint32_t i = 0; i < SC_SRTP_STREAMS_MAX; i++) {
        make_rtp(f, SSRC + i, 1);
        g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_PASS);
    }
    make_rtp(f, SSRC + SC_SRTP_STREAMS_MAX, 1);
    g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_SRTP_STREAM_LIMIT);
    make_rtcp(f, SSRC + SC_SRTP_STREAMS_MAX);
    g_assert_cmpint(open_rtcp(f), ==, SC_VERDICT_SRTP_STREAM_LIMIT);
    make_rtp(f, SSRC, 2);
    g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_PASS);
    make_rtcp(f, SSRC);
    g_assert_cmpint(open_rtcp(f), ==, SC_VERDICT_PASS);
}

static void
peer_opens_no_more_streams_than_the_limit(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    open_streams_up_to_the_limit(f);
}

static void
packets_with_a_false_tag_open_no_stream(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    for (uint32_t i = 0; i < N_FALSE_TAGS; i++) {
        write_rtp(f, SSRC + 1000 + i, (uint16_t)i);
        f->length += 16;
        g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_SRTP_AUTHENTICATION);
    }
    for (uint32_t i = 0; i < N_FALSE_TAGS / 100; i++) {
        write_rtcp(f, SSRC + 1000 + i);
        f->length += SC_SRTP_TRAILER_MAX;
        f->packet[f->length - 4] |= 0x80;
        g_assert_cmpint(open_rtcp(f), !=, SC_VERDICT_PASS);
    }
    open_streams_up_to_the_limit(f); /* none of the places was taken */
}

static void
any_bit_changed_is_found(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    make_rtp(f, SSRC, 1);
    for (size_t bit = 0; bit < 8 * f->length; bit++) {
        f->packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        g_assert_cmpint(open_rtp(f), !=, SC_VERDICT_PASS);
        f->packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    g_assert_cmpint(open_rtp(f), ==, SC_VERDICT_PASS);
}

static void
any_bit_of_rtcp_changed_is_found(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    make_rtcp(f, SSRC);
    for (size_t bit = 0; bit < 8 * f->length; bit++) {
        f->packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        g_assert_cmpint(open_rtcp(f), !=, SC_VERDICT_PASS);
        f->packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    g_assert_cmpint(open_rtcp(f), ==, SC_VERDICT_PASS);
}

static void
rtcp_is_opened_in_any_order_within_the_window(Fixture *f,
                                              G_GNUC_UNUSED gconstpointer data)
{
    static const unsigned order[] = { 64, 1, 65, 30, 2, 129, 66 };
    Fixture all[130];

    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        make_rtcp(f, SSRC);
        all[i] = *f;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        g_assert_cmpint(open_rtcp(&all[order[i]]), ==, SC_VERDICT_PASS);
        g_assert_cmpint(open_rtcp(&all[order[i]]), ==, SC_VERDICT_SRTP_REPLAYED);
    }
    /* 64 behind the highest and older: seen or not, nobody knows any more. */
    g_assert_cmpint(open_rtcp(&all[129 - 64]), ==, SC_VERDICT_SRTP_REPLAYED);
    g_assert_cmpint(open_rtcp(&all[3]), ==, SC_VERDICT_SRTP_REPLAYED);
}

/* Exactly as large as the bytes, so that AddressSanitizer sees a read behind the end. */
static void
packet_cut_at_any_length_is_dropped(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    static const uint8_t first_bytes[] = { 0x80, 0x8f, 0x90, 0x9f, 0xbf };

    make_rtp(f, SSRC, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(first_bytes); i++)
        for (size_t cut = 0; cut < f->length; cut++) {
            g_autofree uint8_t *copy = g_memdup2(f->packet, cut);
            size_t length = cut;

            if (cut > 0)
                copy[0] = first_bytes[i];
            g_assert_cmpint(sc_srtp_open_rtp(f->ours, copy, &length), !=,
                            SC_VERDICT_PASS);
            g_assert_cmpuint(length, ==, cut);
            g_assert_cmpint(sc_srtp_open_rtcp(f->ours, copy, &length), !=,
                            SC_VERDICT_PASS);
        }
}

static void
extension_that_claims_too_much_is_dropped(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    static const uint16_t words[] = { 25, 26, 28, 29, 30, 255, 0x3fff, 0xffff };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        make_rtp(f, SSRC, (uint16_t)(i + 1));
        f->packet[0] |= 0x10;
        f->packet[14] = (uint8_t)(words[i] >> 8);
        f->packet[15] = (uint8_t)words[i];
        g_autofree uint8_t *copy = g_memdup2(f->packet, f->length);
        size_t length = f->length;
        g_assert_cmpint(sc_srtp_open_rtp(f->ours, copy, &length), !=, SC_VERDICT_PASS);
    }
}

static void
keys_of_the_other_profile_open_nothing(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    ScSrtpProfile other = f->profile == SC_SRTP_AEAD_AES_128_GCM
                              ? SC_SRTP_AES128_CM_SHA1_80
                              : SC_SRTP_AEAD_AES_128_GCM;
    g_autoptr(ScSrtp) srtp = sc_srtp_new(other, &remote_master, &local_master, NULL);

    make_rtp(f, SSRC, 1);
    g_assert_cmpint(sc_srtp_open_rtp(srtp, f->packet, &f->length), ==,
                    SC_VERDICT_SRTP_AUTHENTICATION);
}

static const ScSrtpProfile gcm = SC_SRTP_AEAD_AES_128_GCM;
static const ScSrtpProfile cm_sha1 = SC_SRTP_AES128_CM_SHA1_80;

#define ADD(name)                                                                 \
    g_test_add("/relay/srtp/gcm/" #name, Fixture, &gcm, set_up, name, tear_down); \
    g_test_add("/relay/srtp/cm-sha1/" #name, Fixture, &cm_sha1, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(rtp_of_the_peer_is_opened_in_place);
    ADD(rtcp_of_the_peer_is_opened_in_place);
    ADD(rtcp_of_ours_is_opened_by_the_peer);
    ADD(packet_that_comes_twice_is_opened_once);
    ADD(packet_is_opened_late_within_the_window);
    ADD(peer_opens_no_more_streams_than_the_limit);
    ADD(packets_with_a_false_tag_open_no_stream);
    ADD(any_bit_changed_is_found);
    ADD(any_bit_of_rtcp_changed_is_found);
    ADD(rtcp_is_opened_in_any_order_within_the_window);
    ADD(packet_cut_at_any_length_is_dropped);
    ADD(extension_that_claims_too_much_is_dropped);
    ADD(keys_of_the_other_profile_open_nothing);
    return g_test_run();
}
