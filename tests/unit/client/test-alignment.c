/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "client/alignment.h"
#include "client/echo.h"

#define PERIOD (SC_ECHO_RATE_HZ / 100) /* [samples] */
#define SECONDS 12
#define N_SAMPLES (SECONDS * SC_ECHO_RATE_HZ)
#define HALF (N_SAMPLES / 2)
#define FROM_MS(ms) ((ms)*SC_ECHO_RATE_HZ / 1000)
#define LEAD FROM_MS(SC_ALIGNMENT_LEAD_MS)
#define FAR_SEED 11
#define NEAR_SEED 23
#define CHANCE_SEED 37
#define NEAR_ENOUGH_MS 0.5

typedef struct {
    int16_t far[N_SAMPLES];
    int16_t heard[N_SAMPLES];
    int16_t handed[N_SAMPLES];
} Room;

static void
speak(int16_t *out_samples, uint32_t seed)
{
    g_autofree float *voice = g_new(float, N_SAMPLES);
    sc_echo_make_syllables(voice, N_SAMPLES, seed);
    for (size_t i = 0; i < N_SAMPLES; i++)
        out_samples[i] = (int16_t)(voice[i] * INT16_MAX);
}

static Room *
create_room(double near_gain)
{
    Room *room = g_new0(Room, 1);
    speak(room->far, FAR_SEED);
    speak(room->heard, NEAR_SEED);
    for (size_t i = 0; i < N_SAMPLES; i++)
        room->heard[i] = (int16_t)(near_gain * room->heard[i]);
    return room;
}

static void
reflect(Room *room, size_t from, size_t late, double gain)
{
    for (size_t i = MAX(from, late); i < N_SAMPLES; i++)
        room->heard[i] = (int16_t)CLAMP(room->heard[i] + gain * room->far[i - late],
                                        INT16_MIN, INT16_MAX);
}

/* The loudspeaker is given what it plays 100 ms before it is due. Each time of the
 * microphone's is wrong by less than @shake. */
static void
listen(ScAlignment *alignment, Room *room, size_t to, int shake)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(CHANCE_SEED);
    const size_t ahead = FROM_MS(100);
    for (size_t i = 0; i + PERIOD <= to + ahead; i += PERIOD) {
        if (i + PERIOD <= N_SAMPLES)
            sc_alignment_add_played(alignment, (int64_t)i, room->far + i, PERIOD);
        if (i < ahead)
            continue;
        size_t at = i - ahead;
        int wrong = shake ? g_rand_int_range(chance, -shake, shake) : 0;
        sc_alignment_match(alignment, (int64_t)at + wrong, room->heard + at, PERIOD,
                           room->handed + at);
    }
}

static void
assert_delay_ms(const ScAlignment *alignment, double delay_ms)
{
    double found_ms = -1;
    g_assert_true(sc_alignment_get_delay_ms(alignment, &found_ms));
    g_assert_cmpfloat_with_epsilon(found_ms, delay_ms, NEAR_ENOUGH_MS);
}

static void
a_delay_is_found_and_what_was_played_leads_by_as_much_as_is_said(void)
{
    static const struct {
        int delay_ms;
        double gain, near_gain;
    } cases[] = {
        { 20, 0.3, 0 },      { 250, 0.3, 0 },   { 990, 0.3, 0 },
        { 120, 0.03, 0.02 }, { 290, 0.3, 0.3 }, /* somebody speaks as loud all the time */
        { 290, 0.3, 0.9 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScAlignment) alignment = sc_alignment_new();
        g_autofree Room *room = create_room(cases[i].near_gain);
        reflect(room, 0, FROM_MS(cases[i].delay_ms), cases[i].gain);
        listen(alignment, room, HALF, 0);
        assert_delay_ms(alignment, cases[i].delay_ms);
        double found_ms = 0;
        sc_alignment_get_delay_ms(alignment, &found_ms);
        size_t late = (size_t)FROM_MS(found_ms) - LEAD;
        for (size_t j = HALF - SC_ECHO_RATE_HZ; j < HALF; j++)
            g_assert_cmpint(room->handed[j], ==, room->far[j - late]);
    }
}

static void
a_voice_that_was_not_played_is_not_taken_for_it(void)
{
    g_autoptr(ScAlignment) alignment = sc_alignment_new();
    g_autofree Room *room = create_room(1);
    double found_ms;
    listen(alignment, room, N_SAMPLES, 0);
    g_assert_false(sc_alignment_get_delay_ms(alignment, &found_ms));
    for (size_t i = 0; i < N_SAMPLES; i++)
        g_assert_cmpint(room->handed[i], ==, 0);
}

static void
a_delay_that_moves_is_followed(void)
{
    g_autoptr(ScAlignment) alignment = sc_alignment_new();
    g_autofree Room *room = create_room(0);
    reflect(room, 0, FROM_MS(180), 0.3);
    for (size_t i = HALF; i < N_SAMPLES; i++)
        room->heard[i] = 0;
    reflect(room, HALF, FROM_MS(60), 0.3);
    listen(alignment, room, N_SAMPLES, 0);
    assert_delay_ms(alignment, 60);
}

/* A canceller would learn anew each time. */
static void
times_that_shake_move_nothing(void)
{
    g_autoptr(ScAlignment) alignment = sc_alignment_new();
    g_autofree Room *room = create_room(0);
    reflect(room, 0, FROM_MS(180), 0.3);
    listen(alignment, room, HALF, FROM_MS(SC_ALIGNMENT_SLACK_MS) - 1);
    assert_delay_ms(alignment, 180);
    for (size_t i = HALF - SC_ECHO_RATE_HZ; i < HALF; i++)
        g_assert_cmpint(room->handed[i], ==, room->far[i - FROM_MS(180) + LEAD]);
}

/* What the microphone lost is lost, and its time is the truth. */
static void
a_gap_in_what_is_recorded_leaves_the_delay(void)
{
    g_autoptr(ScAlignment) alignment = sc_alignment_new();
    g_autofree Room *room = create_room(0);
    int16_t handed[PERIOD];
    size_t after = HALF + FROM_MS(500);
    reflect(room, 0, FROM_MS(180), 0.3);
    listen(alignment, room, HALF, 0);
    sc_alignment_add_played(alignment, HALF + FROM_MS(100),
                            room->far + HALF + FROM_MS(100), FROM_MS(500));
    sc_alignment_match(alignment, (int64_t)after, room->heard + after, PERIOD, handed);
    for (size_t i = 0; i < PERIOD; i++)
        g_assert_cmpint(handed[i], ==, room->far[after + i - FROM_MS(180) + LEAD]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/alignment/" #name, name)
    ADD(a_delay_is_found_and_what_was_played_leads_by_as_much_as_is_said);
    ADD(a_voice_that_was_not_played_is_not_taken_for_it);
    ADD(a_delay_that_moves_is_followed);
    ADD(times_that_shake_move_nothing);
    ADD(a_gap_in_what_is_recorded_leaves_the_delay);
    return g_test_run();
}
