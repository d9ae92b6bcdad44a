/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/slot.h"

#define VIDEO_HZ 90000

static const ScSlotPayload H264 = { SC_CODEC_H264, VIDEO_HZ, 102, 103 };
static const ScSlotSpec SPEC = {
    .name = "s",
    .cname = "c",
    .is_video = true,
    .ssrc = 1,
    .rtx_ssrc = 2,
    .payloads = { { SC_CODEC_H264, VIDEO_HZ, 102, 103 } },
    .n_payloads = 1,
};

static ScTrack *
make_track(void)
{
    g_autoptr(ScConfig) config = sc_config_new();
    ScTrackSpec spec = {
        .name = "k", .is_video = true, .codec = SC_CODEC_H264, .clock_hz = VIDEO_HZ
    };

    return sc_track_new(&spec, 1, 1, config);
}

/* A start with no history before the present frame. */
static ScKeyframeStart
start_now(uint64_t sequence, uint32_t timestamp, int64_t now_us)
{
    return (ScKeyframeStart){
        .key_sequence = sequence,
        .key_timestamp = timestamp,
        .live_sequence = sequence,
        .live_timestamp = timestamp,
        .live_arrival_us = now_us,
    };
}

typedef struct {
    uint64_t sequence;
    uint32_t timestamp;
} Sent;

static Sent
send_packet(ScSlot *slot, uint64_t sequence, uint32_t timestamp)
{
    const ScFeed *feed = &slot->feeds[0];
    ScPacket packet = { .sequence = sequence, .timestamp = timestamp, .length = 100 };
    Sent sent = { sc_feed_map_sequence(feed, sequence),
                  sc_feed_map_timestamp(feed, &packet) };

    sc_slot_note_sent(slot, sequence, sent.timestamp, 1, 100);
    return sent;
}

static void
a_stream_begins_where_it_was_told(void)
{
    g_autoptr(ScTrack) track = make_track();
    ScKeyframeStart start = start_now(65536 + 60000, 777, 1000000);
    ScSlot slot;

    sc_slot_init(&slot, &SPEC, NULL, 1234, 5678);
    sc_slot_start_feed(&slot, &track->layers[0], &H264, &start);

    Sent first = send_packet(&slot, 65536 + 60000, 777);
    g_assert_cmpuint(first.sequence, ==, 1234);
    g_assert_cmpuint(first.timestamp, ==, 5678);
    sc_slot_clear(&slot);
}

static void
numbers_and_time_go_on_over_a_patch(void)
{
    g_autoptr(ScTrack) teacher = make_track();
    g_autoptr(ScTrack) guest = make_track();
    ScKeyframeStart first = start_now(100000, 0xfffffff0, 1000000);
    ScKeyframeStart second = start_now(70000, 12345, 3000000); /* two seconds later */
    ScSlot slot;

    sc_slot_init(&slot, &SPEC, NULL, 0x7fff, 0xffff0000);
    sc_slot_start_feed(&slot, &teacher->layers[0], &H264, &first);
    for (unsigned i = 0; i < 40000; i++) /* over the wrap of both */
        g_assert_cmpuint(send_packet(&slot, 100000 + i, 0xfffffff0 + i).sequence, ==,
                         0x7fff + i);

    sc_slot_start_feed(&slot, &guest->layers[0], &H264, &second);
    Sent sent = send_packet(&slot, 70000, 12345);
    g_assert_cmpuint(sent.sequence, ==, 0x7fff + 40000);
    g_assert_cmpuint(sent.timestamp, ==, (uint32_t)(0xffff0000 + 2 * VIDEO_HZ));
    sc_slot_clear(&slot);
}

static void
time_never_goes_back_although_a_publisher_ran_ahead(void)
{
    g_autoptr(ScTrack) fast = make_track();
    g_autoptr(ScTrack) next = make_track();
    ScKeyframeStart first = start_now(100000, 0, 1000000);
    ScKeyframeStart second = start_now(70000, 0, 1100000);
    ScSlot slot;

    sc_slot_init(&slot, &SPEC, NULL, 1, 1000);
    sc_slot_start_feed(&slot, &fast->layers[0], &H264, &first);
    Sent last = send_packet(&slot, 100000, 5 * VIDEO_HZ);
    sc_slot_start_feed(&slot, &next->layers[0], &H264, &second);
    Sent sent = send_packet(&slot, 70000, 0);
    g_assert_cmpint((int32_t)(sent.timestamp - last.timestamp), ==, VIDEO_HZ / 1000);
    sc_slot_clear(&slot);
}

static void
frames_before_the_present_one_are_pressed_together(void)
{
    g_autoptr(ScTrack) before = make_track();
    g_autoptr(ScTrack) track = make_track();
    const uint32_t frame = VIDEO_HZ / 25;
    ScKeyframeStart first = start_now(100000, 0, 1000000);
    ScKeyframeStart start = {
        .key_sequence = 200000, /* 25 frames of 4 packets, the 26th is the present one */
        .key_timestamp = 0xfffff000,
        .live_sequence = 200100,
        .live_timestamp = 0xfffff000 + 25 * frame,
        .live_arrival_us = 1001000,
    };
    ScSlot slot;

    sc_slot_init(&slot, &SPEC, NULL, 1, 1000);
    sc_slot_start_feed(&slot, &before->layers[0], &H264, &first);
    Sent last = send_packet(&slot, 100000, 0);
    sc_slot_start_feed(&slot, &track->layers[0], &H264, &start);

    uint32_t previous = last.timestamp;
    for (unsigned i = 0; i < 25; i++) {
        Sent sent = send_packet(&slot, 200000 + 4 * i, 0xfffff000 + i * frame);

        g_assert_cmpint((int32_t)(sent.timestamp - previous), >, 0);
        g_assert_cmpint((int32_t)(sent.timestamp - previous), <=, VIDEO_HZ / 700);
        previous = sent.timestamp;
    }
    Sent live = send_packet(&slot, 200100, start.live_timestamp);
    g_assert_cmpint((int32_t)(live.timestamp - previous), ==, frame / SC_SLOT_PRESS);
    Sent next = send_packet(&slot, 200104, start.live_timestamp + frame);
    g_assert_cmpuint(next.timestamp - live.timestamp, ==, frame);
    sc_slot_clear(&slot);
}

static void
a_nack_finds_the_packet_of_the_last_four_feeds(void)
{
    ScTrack *tracks[6] = { NULL };
    ScSlot slot;

    sc_slot_init(&slot, &SPEC, NULL, 0x7ff0, 0);
    for (unsigned i = 0; i < 6; i++) {
        ScKeyframeStart start = start_now(100000 * (i + 1), 0, 1000000 * (i + 1));

        tracks[i] = make_track();
        sc_slot_start_feed(&slot, &tracks[i]->layers[0], &H264, &start);
        for (unsigned j = 0; j < 10; j++)
            send_packet(&slot, 100000 * (i + 1) + 2 * j,
                        0); /* each second one is missing */
    }
    /* 19 numbers each: the last packet of a feed is followed by the next one's first. */
    for (unsigned i = 0; i < 6 * 19; i++) {
        uint64_t sequence = 0;
        const ScFeed *feed = sc_slot_find_feed(&slot, (uint16_t)(0x7ff0 + i), &sequence);

        if (i < 2 * 19) {
            g_assert_null(feed);
            continue;
        }
        g_assert_true(feed->layer == &tracks[i / 19]->layers[0]);
        g_assert_cmpuint(sequence, ==, 100000 * (i / 19 + 1) + i % 19);
    }
    uint64_t none;
    g_assert_null(sc_slot_find_feed(&slot, 0x7ff0 + 6 * 19, &none)); /* not sent yet */
    sc_slot_clear(&slot);
    for (unsigned i = 0; i < 6; i++)
        g_clear_pointer(&tracks[i], sc_track_unref);
}

static void
feeds_of_publishers_who_left_are_let_go(void)
{
    g_autoptr(ScTrack) track = make_track();
    ScKeyframeStart start = start_now(100000, 0, 1000000);
    ScSlot slot;

    sc_slot_init(&slot, &SPEC, NULL, 1, 0);
    sc_slot_start_feed(&slot, &track->layers[0], &H264, &start);
    send_packet(&slot, 100000, 0);
    g_assert_cmpuint(atomic_load(&track->n_refs), ==, 2);
    sc_slot_drop_closed(&slot);
    g_assert_cmpuint(atomic_load(&track->n_refs), ==, 2);
    atomic_store(&track->closed, true);
    sc_slot_drop_closed(&slot);
    g_assert_cmpuint(atomic_load(&track->n_refs), ==, 1);
    g_assert_cmpuint(slot.next_out, ==, 2); /* the stream itself goes on */
    sc_slot_clear(&slot);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/slot/" #name, name)
    ADD(a_stream_begins_where_it_was_told);
    ADD(numbers_and_time_go_on_over_a_patch);
    ADD(time_never_goes_back_although_a_publisher_ran_ahead);
    ADD(frames_before_the_present_one_are_pressed_together);
    ADD(a_nack_finds_the_packet_of_the_last_four_feeds);
    ADD(feeds_of_publishers_who_left_are_let_go);
    return g_test_run();
}
