/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/keyframe.h"

#define MS 1000LL

static void
requests_of_many_are_one_a_second_and_the_deferred_one_is_not_lost(void)
{
    ScKeyframe keyframe = { 0 };

    g_assert_false(sc_keyframe_take_due(&keyframe, 5 * MS));
    for (unsigned i = 0; i < 1000; i++)
        sc_keyframe_want(&keyframe);
    g_assert_true(sc_keyframe_take_due(&keyframe, 10 * MS));
    g_assert_false(sc_keyframe_take_due(&keyframe, 11 * MS));
    sc_keyframe_arrived(&keyframe);
    g_assert_false(sc_keyframe_take_due(&keyframe, 5000 * MS));

    sc_keyframe_want(&keyframe);
    g_assert_true(sc_keyframe_take_due(&keyframe, 5001 * MS));
    sc_keyframe_arrived(&keyframe);
    sc_keyframe_want(&keyframe); /* too early: deferred */
    g_assert_false(sc_keyframe_take_due(&keyframe, 5002 * MS));
    g_assert_false(sc_keyframe_take_due(&keyframe, 6000 * MS));
    g_assert_true(sc_keyframe_take_due(&keyframe, 6001 * MS));
}

static void
a_lost_request_is_repeated(void)
{
    ScKeyframe keyframe = { 0 };

    sc_keyframe_want(&keyframe);
    g_assert_true(sc_keyframe_take_due(&keyframe, 10 * MS));
    g_assert_false(sc_keyframe_take_due(&keyframe, 1009 * MS));
    g_assert_true(sc_keyframe_take_due(&keyframe, 1010 * MS));
    g_assert_true(sc_keyframe_take_due(&keyframe, 2010 * MS));
}

static void
put(ScHistory *history, uint64_t sequence, unsigned frame, bool key)
{
    static const uint8_t payload[1000];
    ScPacket packet = {
        .sequence = sequence,
        .timestamp = frame * 3600,
        .arrival_us = frame * 40 * MS,
        .length = sizeof payload,
        .starts_key_frame = key,
    };

    g_assert_cmpint(sc_history_put(history, &packet, payload), ==, SC_VERDICT_PASS);
}

/* Frames of 4 packets from sequence 1000 on; the 10th is a key frame. */
static ScHistory *
make_history(unsigned n_frames)
{
    ScHistory *history = sc_history_new(512);

    for (unsigned i = 0; i < n_frames; i++)
        for (unsigned j = 0; j < 4; j++)
            put(history, 1000 + 4 * i + j, i, i == 10 && j == 0);
    return history;
}

static void
a_joiner_starts_at_the_last_key_frame_and_knows_the_present_one(void)
{
    g_autoptr(ScHistory) history = make_history(30);
    ScKeyframeLimits limits = { 4000 * MS, 1 << 20 };
    ScKeyframeStart start;

    g_assert_true(sc_keyframe_find_start(history, sc_history_get_head(history), &limits,
                                         1300 * MS, &start));
    g_assert_cmpuint(start.key_sequence, ==, 1040);
    g_assert_cmpuint(start.key_timestamp, ==, 36000);
    g_assert_cmpuint(start.live_sequence, ==, 1000 + 4 * 29);
    g_assert_cmpuint(start.live_timestamp, ==, 29 * 3600);
    g_assert_cmpint(start.live_arrival_us, ==, 29 * 40 * MS);
}

static void
a_start_that_is_too_old_or_too_large_or_not_there_is_none(void)
{
    static const struct {
        unsigned n_frames;
        int64_t max_age_us;
        uint32_t max_bytes;
        bool expected;
    } cases[] = {
        { 0, 4000 * MS, 1 << 20, false },
        { 10, 4000 * MS, 1 << 20, false }, /* no key frame yet */
        { 11, 4000 * MS, 1 << 20, true },
        { 30, 4000 * MS, 79000, true }, /* 79 packets behind the first */
        { 30, 4000 * MS, 78999, false },
        { 30, 900 * MS, 1 << 20, true }, /* 400 ms to 1300 ms */
        { 30, 899 * MS, 1 << 20, false },
        { 30, 0, 0, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScHistory) history = make_history(cases[i].n_frames);
        ScKeyframeLimits limits = { cases[i].max_age_us, cases[i].max_bytes };
        ScKeyframeStart start;

        g_assert_true(sc_keyframe_find_start(history, sc_history_get_head(history),
                                             &limits, 1300 * MS, &start)
                      == cases[i].expected);
    }
}

static void
a_key_frame_that_has_just_come_is_a_start_whatever_the_limits(void)
{
    g_autoptr(ScHistory) history = make_history(12);
    ScKeyframeLimits limits = { 0, 0 };
    ScKeyframeStart start;

    g_assert_true(sc_keyframe_find_start(history, sc_history_get_head(history), &limits,
                                         440 * MS, &start));
    g_assert_cmpuint(start.key_sequence, ==, 1040);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/keyframe/" #name, name)
    ADD(requests_of_many_are_one_a_second_and_the_deferred_one_is_not_lost);
    ADD(a_lost_request_is_repeated);
    ADD(a_joiner_starts_at_the_last_key_frame_and_knows_the_present_one);
    ADD(a_start_that_is_too_old_or_too_large_or_not_there_is_none);
    ADD(a_key_frame_that_has_just_come_is_a_start_whatever_the_limits);
    return g_test_run();
}
