/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tally.h"

#define MS 1000
#define BEGIN_US (1000LL * G_USEC_PER_SEC)
#define FRAME_US (40 * MS)

/* Frame @frame of @source, captured on time, decoded @delay_ms later. */
static bool
add(ScPictureTally *tally, uint16_t source, uint32_t frame, int delay_ms)
{
    int64_t capture_us = BEGIN_US + frame * FRAME_US;
    const ScStamp stamp = { source, frame, capture_us };
    return sc_picture_tally_add(tally, capture_us + delay_ms * MS, &stamp);
}

static void
whole_run_is_counted_whole(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    for (uint32_t frame = 10; frame < 110; frame++)
        g_assert_cmpint(add(tally, 1, frame, 30), ==, frame == 10);
    ScPictureFigures figures = sc_picture_tally_get(tally);
    g_assert_cmpint(figures.frames_expected, ==, 100);
    g_assert_cmpint(figures.frames_decoded, ==, 100);
    g_assert_cmpint(figures.longest_freeze_us, ==, FRAME_US);
    g_assert_cmpint(figures.first_frame_us, ==, BEGIN_US + 10 * FRAME_US + 30 * MS);
    g_assert_cmpint(figures.delay_us_p50, ==, 30 * MS);
    g_assert_cmpint(figures.delay_us_p95, ==, 30 * MS);
}

static void
missing_numbers_are_expected_but_not_decoded(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    for (uint32_t frame = 0; frame < 100; frame++)
        if (frame < 40 || frame >= 45)
            add(tally, 1, frame, 30);
    ScPictureFigures figures = sc_picture_tally_get(tally);
    g_assert_cmpint(figures.frames_expected, ==, 100);
    g_assert_cmpint(figures.frames_decoded, ==, 95);
    g_assert_cmpint(figures.longest_freeze_us, ==, 6 * FRAME_US);
}

static void
picture_without_its_stamp_is_damaged_where_others_have_one(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    sc_picture_tally_add(tally, BEGIN_US, NULL);
    sc_picture_tally_add(tally, BEGIN_US + FRAME_US, NULL);
    g_assert_cmpint(sc_picture_tally_get(tally).frames_decoded, ==, 2);
    g_assert_cmpint(sc_picture_tally_get(tally).frames_damaged, ==, 0);
    add(tally, 1, 2, 30);
    sc_picture_tally_add(tally, BEGIN_US + 3 * FRAME_US, NULL);
    g_assert_cmpint(sc_picture_tally_get(tally).frames_decoded, ==, 3);
    g_assert_cmpint(sc_picture_tally_get(tally).frames_damaged, ==, 1);
}

static void
picture_shown_twice_is_counted_once(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    add(tally, 1, 0, 30);
    add(tally, 1, 1, 30);
    add(tally, 1, 1, 50);
    add(tally, 1, 2, 30);
    g_assert_cmpint(sc_picture_tally_get(tally).frames_expected, ==, 3);
    g_assert_cmpint(sc_picture_tally_get(tally).frames_decoded, ==, 3);
}

static void
another_source_begins_a_run_and_is_no_freeze(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    for (uint32_t frame = 0; frame < 10; frame++)
        add(tally, 2, frame, 30);
    g_assert_true(add(tally, 3, 500, 30));
    g_assert_cmpuint(sc_picture_tally_get_source(tally), ==, 3);
    add(tally, 3, 501, 30);
    ScPictureFigures figures = sc_picture_tally_get(tally);
    g_assert_cmpint(figures.frames_expected, ==, 12);
    g_assert_cmpint(figures.frames_decoded, ==, 12);
    g_assert_cmpint(figures.longest_freeze_us, ==, FRAME_US);
}

static void
same_source_after_a_pause_begins_a_run(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    for (uint32_t frame = 0; frame < 10; frame++)
        add(tally, 2, frame, 30);
    sc_picture_tally_pause(tally, BEGIN_US + 10 * FRAME_US);
    /* The last of the old feed, after the news. */
    g_assert_false(add(tally, 2, 10, 30));
    g_assert_true(add(tally, 2, 100, 30));
    g_assert_false(add(tally, 2, 101, 30));
    ScPictureFigures figures = sc_picture_tally_get(tally);
    g_assert_cmpint(figures.frames_expected, ==, 13);
    g_assert_cmpint(figures.frames_decoded, ==, 13);
    g_assert_cmpint(figures.longest_freeze_us, ==, FRAME_US);
}

static void
publisher_that_starts_anew_begins_a_run(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    add(tally, 1, 900, 30);
    g_assert_true(add(tally, 1, 0, 30));
    g_assert_cmpint(sc_picture_tally_get(tally).frames_expected, ==, 2);
}

/* What the relay gives to start a decoder was captured before anybody asked. */
static void
history_of_the_relay_is_no_delay(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    int64_t joined_us = BEGIN_US + 50 * FRAME_US;
    for (uint32_t frame = 0; frame < 50; frame++) {
        const ScStamp stamp = { 1, frame, BEGIN_US + frame * FRAME_US };
        sc_picture_tally_add(tally, joined_us + frame * MS, &stamp);
    }
    g_assert_cmpint(sc_picture_tally_get(tally).delay_us_p95, ==, SC_TALLY_UNKNOWN);
    for (uint32_t frame = 51; frame < 60; frame++)
        add(tally, 1, frame, 20);
    g_assert_cmpint(sc_picture_tally_get(tally).delay_us_p95, ==, 20 * MS);
}

static void
percentiles_are_by_nearest_rank(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    add(tally, 1, 0, 0);
    for (uint32_t frame = 1; frame <= 100; frame++)
        add(tally, 1, frame, (int)frame);
    ScPictureFigures figures = sc_picture_tally_get(tally);
    g_assert_cmpint(figures.delay_us_p50, ==, 50 * MS);
    g_assert_cmpint(figures.delay_us_p95, ==, 95 * MS);
}

static void
pictures_without_stamps_are_counted_by_arrival(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    for (int i = 0; i < 25; i++)
        sc_picture_tally_add(tally, BEGIN_US + i * FRAME_US, NULL);
    ScPictureFigures figures = sc_picture_tally_get(tally);
    g_assert_cmpint(figures.frames_expected, ==, SC_TALLY_UNKNOWN);
    g_assert_cmpint(figures.frames_decoded, ==, 25);
    g_assert_cmpint(figures.delay_us_p50, ==, SC_TALLY_UNKNOWN);
    g_assert_cmpint(figures.longest_freeze_us, ==, FRAME_US);
}

static void
recent_figures_are_given_once(void)
{
    g_autoptr(ScPictureTally) tally = sc_picture_tally_new();
    unsigned n;
    int64_t delay_us;
    for (uint32_t frame = 0; frame < 5; frame++)
        add(tally, 1, frame, 30);
    sc_picture_tally_take_recent(tally, &n, &delay_us);
    g_assert_cmpuint(n, ==, 5);
    g_assert_cmpint(delay_us, ==, 30 * MS);
    sc_picture_tally_take_recent(tally, &n, &delay_us);
    g_assert_cmpuint(n, ==, 0);
    g_assert_cmpint(delay_us, ==, SC_TALLY_UNKNOWN);
}

static void
longest_run_of_lost_sound_is_the_gap(void)
{
    ScSoundTally tally = { 0 };
    sc_sound_tally_lose(&tally, 20 * MS);
    sc_sound_tally_receive(&tally);
    sc_sound_tally_lose(&tally, 20 * MS);
    sc_sound_tally_lose(&tally, 20 * MS);
    sc_sound_tally_receive(&tally);
    sc_sound_tally_lose(&tally, 20 * MS);
    g_assert_cmpint(tally.longest_gap_us, ==, 40 * MS);
}

static void
sound_that_is_late_is_a_gap_unless_paused(void)
{
    ScSoundTally tally = { 0 };
    sc_sound_tally_decode(&tally, BEGIN_US, 20 * MS);
    sc_sound_tally_decode(&tally, BEGIN_US + 25 * MS, 20 * MS);
    g_assert_cmpint(tally.longest_gap_us, ==, 0);
    sc_sound_tally_decode(&tally, BEGIN_US + 105 * MS, 20 * MS);
    g_assert_cmpint(tally.longest_gap_us, ==, 60 * MS);
    sc_sound_tally_pause(&tally);
    sc_sound_tally_decode(&tally, BEGIN_US + 9000 * MS, 20 * MS);
    g_assert_cmpint(tally.longest_gap_us, ==, 60 * MS);
}

#define ADD(name) g_test_add_func("/client/tally/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(whole_run_is_counted_whole);
    ADD(missing_numbers_are_expected_but_not_decoded);
    ADD(picture_without_its_stamp_is_damaged_where_others_have_one);
    ADD(picture_shown_twice_is_counted_once);
    ADD(another_source_begins_a_run_and_is_no_freeze);
    ADD(same_source_after_a_pause_begins_a_run);
    ADD(publisher_that_starts_anew_begins_a_run);
    ADD(history_of_the_relay_is_no_delay);
    ADD(percentiles_are_by_nearest_rank);
    ADD(pictures_without_stamps_are_counted_by_arrival);
    ADD(recent_figures_are_given_once);
    ADD(longest_run_of_lost_sound_is_the_gap);
    ADD(sound_that_is_late_is_a_gap_unless_paused);
    return g_test_run();
}
