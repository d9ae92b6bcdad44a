/* SPDX-License-Identifier: Apache-2.0 */
/* From the history to receivers' sockets on loopback, opened there by libsrtp: who gets
 * which packets, with which numbers, when. Time is the test's. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "relay/audience.h"
#include "relay/outlet.h"
#include "relay/wire/extension.h"
#include "relay/wire/rtp.h"

#define HZ 90000
#define FRAME_US 40000
#define N_RECEIVERS 3
#define FIRST_SEQUENCE 70000

static const ScExtensionIds IDS = { .abs_send_time = 3, .transport_cc = 4 };

typedef struct {
    int fd;
    ScOutlet outlet;
    ScEncryptKey *key;
    ScSrtp *srtp; /* the receiver's own */
    ScSlot slot;
    uint32_t next_wide;
    uint64_t next_mark; /* in sequence it gets next */
    uint16_t next_out;  /* out sequence it gets next */
} Receiver;

typedef struct {
    ScConfig *config;
    ScStats stats;
    ScKit kit;
    int fd;
    ScTrack *track;
    Receiver receivers[N_RECEIVERS];
} Fixture;

/* What a receiver took from its socket. */
typedef struct {
    ScRtp rtp;
    ScExtensionValues values;
    uint64_t mark; /* the first 8 bytes of the payload: the in sequence it had */
    uint8_t data[1600];
} Taken;

static int
open_socket(struct sockaddr_in *out_name)
{
    socklen_t length = sizeof *out_name;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    *out_name = (struct sockaddr_in){ .sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    g_assert_cmpint(bind(fd, (struct sockaddr *)out_name, length), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)out_name, &length), ==, 0);
    return fd;
}

static ScTrack *
make_track(const Fixture *f, unsigned n_rids, ScCodec codec)
{
    ScTrackSpec spec = {
        .name = "k",
        .is_video = codec != SC_CODEC_OPUS,
        .codec = codec,
        .clock_hz = HZ,
        .n_rids = n_rids,
    };

    return sc_track_new(&spec, 1, 1, f->config);
}

static void
make_receiver(Fixture *f, Receiver *receiver, unsigned index)
{
    ScSrtpProfile profile =
        index % 2 == 0 ? SC_SRTP_AEAD_AES_128_GCM : SC_SRTP_AES128_CM_SHA1_80;
    ScSrtpMaster ours = { .key = { (uint8_t)(index + 1) } };
    ScSrtpMaster theirs = { .key = { 99 } };
    ScSlotSpec spec = {
        .is_video = true,
        .ssrc = 100 + index,
        .rtx_ssrc = 200 + index,
        .n_payloads = 2,
        .payloads = { { SC_CODEC_VP8, HZ, 96, 97 }, { SC_CODEC_H264, HZ, 102, 103 } },
    };

    receiver->fd = open_socket(&receiver->outlet.name.in);
    receiver->outlet.name_length = sizeof receiver->outlet.name.in;
    receiver->srtp = sc_srtp_new(profile, &ours, &theirs, NULL);
    receiver->key = sc_encrypt_key_new(f->kit.encryptor, profile, &ours);
    receiver->outlet.key = receiver->key;
    receiver->outlet.profile = profile;
    receiver->outlet.tag_length = (uint8_t)sc_encrypt_key_get_tag_length(receiver->key);
    receiver->outlet.is_open = true;
    receiver->next_mark = FIRST_SEQUENCE;
    receiver->next_out = (uint16_t)(1000 * index + 1);
    sc_outlet_set_extensions(&receiver->outlet, &IDS);
    sc_slot_init(&receiver->slot, &spec, &receiver->outlet, (uint16_t)(1000 * index + 1),
                 7);
}

static void
set_up(Fixture *f, const void *data)
{
    const bool *gso = data;
    struct sockaddr_in name;

    f->config = sc_config_new();
    f->fd = open_socket(&name);
    f->kit = (ScKit){
        .config = f->config,
        .family = AF_INET,
        .stats = &f->stats,
        .encryptor = sc_encryptor_new(NULL, NULL),
        .touched = g_ptr_array_new(),
        .audiences = g_ptr_array_new_with_free_func(sc_audience_free),
        .now_us = 1000000,
    };
    f->kit.fanout = sc_fanout_new(&(ScFanoutSetup){
        .fd = f->fd,
        .family = AF_INET,
        .encryptor = f->kit.encryptor,
        .stats = &f->stats,
        .gso = gso == NULL || *gso,
    });
    f->track = make_track(f, 2, SC_CODEC_VP8);
    for (unsigned i = 0; i < N_RECEIVERS; i++)
        make_receiver(f, &f->receivers[i], i);
}

static void
tear_down(Fixture *f, const void *data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < N_RECEIVERS; i++) {
        Receiver *receiver = &f->receivers[i];

        sc_audience_leave(&f->kit, &receiver->slot);
        sc_slot_clear(&receiver->slot);
        sc_encrypt_key_free(receiver->key);
        sc_srtp_free(receiver->srtp);
        close(receiver->fd);
    }
    sc_audience_sweep(&f->kit);
    g_assert_cmpuint(f->kit.audiences->len, ==, 0);
    g_assert_cmpuint(atomic_load(&f->track->n_refs), ==, 1);
    sc_track_unref(f->track);
    sc_fanout_free(f->kit.fanout);
    sc_encryptor_free(f->kit.encryptor);
    g_ptr_array_unref(f->kit.audiences);
    g_ptr_array_unref(f->kit.touched);
    sc_config_free(f->config);
    close(f->fd);
}

static void
put(Fixture *f, unsigned layer, uint64_t sequence, unsigned frame, size_t length,
    bool key)
{
    uint8_t payload[SC_HISTORY_PAYLOAD_MAX] = { 0 };
    ScPacket packet = {
        .sequence = sequence,
        .arrival_us = f->kit.now_us,
        .timestamp = frame * (HZ / 25),
        .length = (uint16_t)length,
        .starts_key_frame = key,
    };

    memcpy(payload, &sequence, sizeof sequence);
    g_assert_cmpint(sc_history_put(f->track->layers[layer].history, &packet, payload), ==,
                    SC_VERDICT_PASS);
}

/* A frame of 4 packets whose sizes differ as Chromium's do. */
static void
put_frame(Fixture *f, unsigned layer, unsigned frame, bool key)
{
    for (unsigned i = 0; i < 4; i++)
        put(f, layer, FIRST_SEQUENCE + 4 * frame + i, frame, i < 2 ? 1000 : 999,
            key && i == 0);
}

static void
serve(Fixture *f, unsigned layer)
{
    sc_fanout_begin(f->kit.fanout, f->kit.now_us);
    sc_audience_serve(&f->kit, &f->track->layers[layer]);
    sc_fanout_flush(f->kit.fanout);
}

static bool
take(Receiver *receiver, Taken *taken)
{
    ssize_t received = recv(receiver->fd, taken->data, sizeof taken->data, 0);
    size_t length = (size_t)received;

    if (received < 0) {
        g_assert_cmpint(errno, ==, EAGAIN);
        return false;
    }
    g_assert_cmpint(sc_srtp_open_rtp(receiver->srtp, taken->data, &length), ==,
                    SC_VERDICT_PASS);
    g_assert_true(sc_rtp_parse(taken->data, length, &taken->rtp));
    sc_extension_parse(&taken->rtp, &IDS, &taken->values);
    g_assert_true(taken->values.has_abs_send_time);
    g_assert_true(taken->values.has_transport_sequence);
    g_assert_cmpuint(taken->values.transport_sequence, ==,
                     (uint16_t)receiver->next_wide++);
    memcpy(&taken->mark, taken->rtp.payload, MIN(8, taken->rtp.payload_length));
    return true;
}

/* Takes what is there; asserts that it goes on in order, without a gap. */
static void
drain(Receiver *receiver)
{
    Taken taken;

    while (take(receiver, &taken)) {
        g_assert_cmpuint(taken.mark, ==, receiver->next_mark);
        g_assert_cmpuint(taken.rtp.sequence, ==, receiver->next_out);
        g_assert_cmpuint(taken.rtp.ssrc, ==, receiver->slot.spec.ssrc);
        g_assert_cmpuint(taken.rtp.payload_type, ==, 96);
        receiver->next_mark++;
        receiver->next_out++;
    }
}

/* It has had all from FIRST_SEQUENCE up to @end. */
static void
assert_taken(Receiver *receiver, uint64_t end)
{
    drain(receiver);
    g_assert_cmpuint(receiver->next_mark, ==, end);
}

/* Sockets hold less than a test sends. */
static void
drain_all(Fixture *f)
{
    for (unsigned i = 0; i < N_RECEIVERS; i++)
        drain(&f->receivers[i]);
}

static void
pass(Fixture *f, int64_t us)
{
    f->kit.now_us += us;
}

static void
all_receivers_get_each_packet_once_and_in_order(Fixture *f, const void *data)
{
    const bool *gso = data;

    put_frame(f, 0, 0, true);
    for (unsigned i = 0; i < N_RECEIVERS; i++)
        sc_audience_join(&f->kit, &f->track->layers[0], &f->receivers[i].slot);
    for (unsigned frame = 1; frame < 50; frame++) {
        pass(f, FRAME_US);
        put_frame(f, 0, frame, false);
        serve(f, 0);
        drain_all(f);
    }
    for (unsigned i = 0; i < N_RECEIVERS; i++)
        assert_taken(&f->receivers[i], FIRST_SEQUENCE + 200);
    g_assert_cmpuint(f->stats.counters[SC_COUNTER_PACKETS_OUT], ==, 600);
    g_assert_cmpuint(f->stats.counters[SC_COUNTER_MESSAGES_OUT], ==, *gso ? 150 : 600);
}

static void
a_joiner_waits_for_a_key_frame_and_asks_for_it(Fixture *f, const void *data G_GNUC_UNUSED)
{
    ScLayer *layer = &f->track->layers[0];

    put_frame(f, 0, 0, false);
    sc_audience_join(&f->kit, layer, &f->receivers[0].slot);
    g_assert_true(atomic_load(&layer->key_frame_wanted));
    put_frame(f, 0, 1, false);
    serve(f, 0);
    assert_taken(&f->receivers[0], FIRST_SEQUENCE);
    g_assert_cmpuint(f->stats.verdicts[SC_VERDICT_SLOT_WAITS_FOR_KEY_FRAME], >, 0);
    put_frame(f, 0, 2, true);
    put_frame(f, 0, 3, false);
    serve(f, 0);
    f->receivers[0].next_mark = FIRST_SEQUENCE + 8; /* the key frame */
    assert_taken(&f->receivers[0], FIRST_SEQUENCE + 16);
}

static void
a_late_joiner_catches_up_at_its_pace_while_others_go_on(Fixture *f,
                                                        const void *data G_GNUC_UNUSED)
{
    unsigned frame = 0;
    unsigned n_turns = 0;

    f->config->join_pace_kbps = 4000; /* 20 KB a frame's time; a frame has 4 */
    put_frame(f, 0, frame++, true);
    sc_audience_join(&f->kit, &f->track->layers[0], &f->receivers[0].slot);
    for (; frame < 50; frame++) {
        pass(f, FRAME_US);
        put_frame(f, 0, frame, false);
        serve(f, 0);
        drain_all(f);
    }
    sc_audience_join(&f->kit, &f->track->layers[0], &f->receivers[1].slot);
    g_assert_cmpuint(f->kit.n_catching_up, ==, 1);
    while (f->kit.n_catching_up > 0 && n_turns++ < 100) {
        pass(f, FRAME_US);
        put_frame(f, 0, frame++, false);
        serve(f, 0);
        drain_all(f);
    }
    /* 200 KB less the first credit, and 4 KB more each turn: about (200 - 32) / 16 turns.
     */
    g_assert_cmpuint(n_turns, >=, 9);
    g_assert_cmpuint(n_turns, <=, 12);
    put_frame(f, 0, frame++, false);
    serve(f, 0);
    for (unsigned i = 0; i < 2; i++)
        assert_taken(&f->receivers[i], FIRST_SEQUENCE + 4 * frame);
    g_assert_cmpuint(f->stats.counters[SC_COUNTER_JOINS_FROM_HISTORY], ==, 1);
}

static void
a_repair_that_comes_late_goes_out_late_with_its_number(Fixture *f,
                                                       const void *data G_GNUC_UNUSED)
{
    Taken taken;

    put(f, 0, 70000, 0, 100, true);
    sc_audience_join(&f->kit, &f->track->layers[0], &f->receivers[0].slot);
    put(f, 0, 70002, 1, 100, false);
    serve(f, 0);
    put(f, 0, 70001, 1, 100, false);
    put(f, 0, 69999, 0, 100, false); /* from before the feed's start: nobody's */
    put(f, 0, 70003, 2, 100, false);
    serve(f, 0);
    static const uint16_t expected[] = { 1, 3, 2, 4 };
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_true(take(&f->receivers[0], &taken));
        g_assert_cmpuint(taken.rtp.sequence, ==, expected[i]);
        g_assert_cmpuint(taken.mark, ==, 69999 + expected[i]);
    }
    g_assert_false(take(&f->receivers[0], &taken));
}

static void
a_repair_is_rtx_with_the_time_it_was_first_sent_with(Fixture *f,
                                                     const void *data G_GNUC_UNUSED)
{
    Receiver *receiver = &f->receivers[0];
    ScHistory *history = f->track->layers[0].history;
    uint64_t sequence;
    Taken first, again;
    uint16_t original;

    for (unsigned frame = 0; frame < 5; frame++, pass(f, FRAME_US))
        put_frame(f, 0, frame, frame == 0);
    sc_audience_join(&f->kit, &f->track->layers[0], &receiver->slot);
    sc_fanout_flush(f->kit.fanout);
    g_assert_true(take(receiver, &first)); /* of a pressed frame */
    const ScFeed *feed =
        sc_slot_find_feed(&receiver->slot, first.rtp.sequence, &sequence);
    while (take(receiver, &again))
        ;
    sc_fanout_repair(f->kit.fanout, &receiver->slot, feed,
                     sc_history_lookup(history, sc_history_get_head(history), sequence));
    sc_fanout_flush(f->kit.fanout);
    g_assert_true(take(receiver, &again));
    g_assert_cmpuint(again.rtp.ssrc, ==, receiver->slot.spec.rtx_ssrc);
    g_assert_cmpuint(again.rtp.payload_type, ==, 97);
    g_assert_cmpuint(again.rtp.timestamp, ==, first.rtp.timestamp);
    g_assert_true(sc_rtp_unwrap_rtx(&again.rtp, &original));
    g_assert_cmpuint(original, ==, first.rtp.sequence);
    g_assert_cmpmem(again.rtp.payload, (int)again.rtp.payload_length, first.rtp.payload,
                    (int)first.rtp.payload_length);
}

/* Two headers under one number are two uses of one AES-GCM nonce. */
static void
without_rtx_a_repair_has_its_own_number_and_is_never_sealed_by_gcm(
    Fixture *f, const void *data G_GNUC_UNUSED)
{
    ScHistory *history = f->track->layers[0].history;

    put_frame(f, 0, 0, true);
    for (unsigned i = 0; i < 2; i++) {
        Receiver *receiver = &f->receivers[i];
        uint8_t packet[1600];
        uint64_t sequence;

        receiver->slot.spec.rtx_ssrc = 0;
        sc_audience_join(&f->kit, &f->track->layers[0], &receiver->slot);
        sc_fanout_flush(f->kit.fanout);
        drain(receiver);

        const ScFeed *feed =
            sc_slot_find_feed(&receiver->slot, (uint16_t)(1000 * i + 2), &sequence);
        size_t n_bytes = sc_fanout_repair(
            f->kit.fanout, &receiver->slot, feed,
            sc_history_lookup(history, sc_history_get_head(history), sequence));
        sc_fanout_flush(f->kit.fanout);
        ssize_t received = recv(receiver->fd, packet, sizeof packet, 0);
        if (receiver->outlet.profile == SC_SRTP_AEAD_AES_128_GCM) {
            g_assert_cmpuint(n_bytes, ==, 0);
            g_assert_cmpint(received, ==, -1);
            continue;
        }
        g_assert_cmpint(received, ==, (ssize_t)n_bytes);
        /* It has that one already, so libsrtp knows its number. */
        g_assert_cmpint(sc_srtp_open_rtp(receiver->srtp, packet, &n_bytes), ==,
                        SC_VERDICT_SRTP_REPLAYED);
    }
}

static void
another_layer_takes_over_at_its_key_frame(Fixture *f, const void *data G_GNUC_UNUSED)
{
    Receiver *receiver = &f->receivers[0];
    Taken taken;

    put_frame(f, 0, 0, true);
    sc_audience_join(&f->kit, &f->track->layers[0], &receiver->slot);
    put_frame(f, 1, 0, false);
    sc_audience_join(&f->kit, &f->track->layers[1], &receiver->slot);
    put_frame(f, 0, 1, false); /* still the old one */
    serve(f, 0);
    serve(f, 1);
    assert_taken(receiver, FIRST_SEQUENCE + 8);
    put_frame(f, 0, 2, false);
    put(f, 1, 90000, 2, 500, true);
    serve(f, 1);
    serve(f, 0);
    g_assert_true(take(receiver, &taken));
    g_assert_cmpuint(taken.mark, ==, 90000);
    g_assert_cmpuint(taken.rtp.sequence, ==, 9);
    g_assert_false(take(receiver, &taken));
}

static void
after_a_patch_nothing_of_the_old_track_is_sent(Fixture *f, const void *data G_GNUC_UNUSED)
{
    Receiver *receiver = &f->receivers[0];
    g_autoptr(ScTrack) other = make_track(f, 0, SC_CODEC_VP8);

    put_frame(f, 0, 0, true);
    sc_audience_join(&f->kit, &f->track->layers[0], &receiver->slot);
    sc_audience_join(&f->kit, &other->layers[0], &receiver->slot); /* has nothing yet */
    put_frame(f, 0, 1, false);
    serve(f, 0);
    assert_taken(receiver, FIRST_SEQUENCE + 4);
    sc_audience_leave(&f->kit, &receiver->slot);
}

static void
a_codec_without_a_payload_type_is_counted_and_not_sent(Fixture *f,
                                                       const void *data G_GNUC_UNUSED)
{
    g_autoptr(ScTrack) voice = make_track(f, 0, SC_CODEC_OPUS);

    sc_audience_join(&f->kit, &voice->layers[0], &f->receivers[0].slot);
    g_assert_true(f->receivers[0].slot.is_mute);
    g_assert_cmpuint(f->stats.verdicts[SC_VERDICT_SLOT_NO_PAYLOAD_TYPE], ==, 1);
    sc_audience_sweep(&f->kit);
}

static void
who_has_no_consent_is_sent_nothing(Fixture *f, const void *data G_GNUC_UNUSED)
{
    put_frame(f, 0, 0, true);
    for (unsigned i = 0; i < 2; i++)
        sc_audience_join(&f->kit, &f->track->layers[0], &f->receivers[i].slot);
    f->receivers[0].outlet.is_open = false;
    put_frame(f, 0, 1, false);
    serve(f, 0);
    assert_taken(&f->receivers[0], FIRST_SEQUENCE + 4);
    assert_taken(&f->receivers[1], FIRST_SEQUENCE + 8);
    g_assert_cmpuint(f->stats.verdicts[SC_VERDICT_NO_CONSENT], ==, 4);
}

static void
what_one_address_refuses_does_not_keep_others_from_theirs(Fixture *f,
                                                          const void *data G_GNUC_UNUSED)
{
    put_frame(f, 0, 0, true);
    for (unsigned i = 0; i < N_RECEIVERS; i++)
        sc_audience_join(&f->kit, &f->track->layers[0], &f->receivers[i].slot);
    sc_fanout_flush(f->kit.fanout);
    /* Port 0 is refused by the kernel with EINVAL, GSO or not. */
    f->receivers[1].outlet.name.in.sin_port = 0;
    put_frame(f, 0, 1, false);
    serve(f, 0);
    assert_taken(&f->receivers[0], FIRST_SEQUENCE + 8);
    assert_taken(&f->receivers[1], FIRST_SEQUENCE + 4);
    assert_taken(&f->receivers[2], FIRST_SEQUENCE + 8);
    g_assert_cmpuint(f->stats.verdicts[SC_VERDICT_SEND_FAILED], ==, 4);
}

int
main(int argc, char **argv)
{
    static const bool with_gso = true;
    static const bool without_gso = false;

    g_test_init(&argc, &argv, NULL);
    g_test_add("/relay/audience/gso/all_receivers_get_each_packet_once_and_in_order",
               Fixture, &with_gso, set_up,
               all_receivers_get_each_packet_once_and_in_order, tear_down);
    g_test_add("/relay/audience/plain/all_receivers_get_each_packet_once_and_in_order",
               Fixture, &without_gso, set_up,
               all_receivers_get_each_packet_once_and_in_order, tear_down);
#define ADD(name) \
    g_test_add("/relay/audience/" #name, Fixture, NULL, set_up, name, tear_down)
    ADD(a_joiner_waits_for_a_key_frame_and_asks_for_it);
    ADD(a_late_joiner_catches_up_at_its_pace_while_others_go_on);
    ADD(a_repair_that_comes_late_goes_out_late_with_its_number);
    ADD(a_repair_is_rtx_with_the_time_it_was_first_sent_with);
    ADD(without_rtx_a_repair_has_its_own_number_and_is_never_sealed_by_gcm);
    ADD(another_layer_takes_over_at_its_key_frame);
    ADD(after_a_patch_nothing_of_the_old_track_is_sent);
    ADD(a_codec_without_a_payload_type_is_counted_and_not_sent);
    ADD(who_has_no_consent_is_sent_nothing);
    ADD(what_one_address_refuses_does_not_keep_others_from_theirs);
    return g_test_run();
}
