/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "client/echo.h"

#define N_PLAYED SC_ECHO_RATE_HZ
#define N_RECORDED (2 * SC_ECHO_RATE_HZ)
#define SEED 20250901
#define NOISE_SEED 7

/* What a room with one wall makes of @played: later, weaker, and its own noise. */
static float *
hear(const float *played, double delay_ms, double gain_db, double noise_db)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(NOISE_SEED);
    float *heard = g_new0(float, N_RECORDED);
    double gain = pow(10, gain_db / 20);
    double noise = pow(10, noise_db / 20) * sqrt(3); /* of even spread: its RMS is 1/√3 */
    size_t late = (size_t)(delay_ms * SC_ECHO_RATE_HZ / 1000 + 0.5);
    for (size_t i = 0; i < N_RECORDED; i++)
        heard[i] = (float)(g_rand_double_range(chance, -1, 1) * noise);
    for (size_t i = 0; i < N_PLAYED && i + late < N_RECORDED; i++)
        heard[i + late] += (float)(gain * (double)played[i]);
    return heard;
}

static void
a_path_is_found_with_its_delay_and_gain(void)
{
    static const struct {
        double delay_ms, gain_db, noise_db;
    } cases[] = {
        { 87, -12, -50 }, { 87, -12, -30 },  { 0, 0, -60 },
        { 3, -30, -60 },  { 400, -20, -40 }, { 87, -40, -40 },
    };
    g_autofree float *sweep = g_new(float, N_PLAYED);
    g_autofree float *syllables = g_new(float, N_PLAYED);
    sc_echo_make_sweep(sweep, N_PLAYED);
    sc_echo_make_syllables(syllables, N_PLAYED, SEED);
    const float *const signals[] = { sweep, syllables };
    for (size_t i = 0; i < G_N_ELEMENTS(cases) * G_N_ELEMENTS(signals); i++) {
        double delay_ms = cases[i / 2].delay_ms, gain_db = cases[i / 2].gain_db;
        const float *played = signals[i % 2];
        g_autofree float *heard = hear(played, delay_ms, gain_db, cases[i / 2].noise_db);
        ScEchoPath path;
        g_assert_true(sc_echo_find(played, N_PLAYED, heard, N_RECORDED, &path));
        g_test_message("%g ms %g dB: %.2f ms %.2f dB, clear by %.1f dB", delay_ms,
                       gain_db, path.delay_ms, path.gain_db, path.clearness_db);
        g_assert_cmpfloat_with_epsilon(path.delay_ms, delay_ms, 0.05);
        g_assert_cmpfloat_with_epsilon(path.gain_db, gain_db, 0.5);
    }
}

static void
what_was_not_played_is_not_found(void)
{
    g_autofree float *sweep = g_new(float, N_PLAYED);
    g_autofree float *other = g_new(float, N_PLAYED);
    g_autofree float *nothing = g_new0(float, N_RECORDED);
    sc_echo_make_sweep(sweep, N_PLAYED);
    sc_echo_make_syllables(other, N_PLAYED, SEED);
    g_autofree float *noise = hear(nothing, 0, 0, -30);
    g_autofree float *talk = hear(other, 50, -6, -50);
    const float *const cases[] = { nothing, noise, talk };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScEchoPath path = { .delay_ms = -1 };
        g_assert_false(sc_echo_find(sweep, N_PLAYED, cases[i], N_RECORDED, &path));
        g_assert_cmpfloat(path.delay_ms, ==, -1);
    }
}

static void
a_level_is_against_full_scale(void)
{
    float samples[4800];
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
        samples[i] = (float)sin(2 * G_PI * (double)i / 48);
    g_assert_cmpfloat_with_epsilon(sc_echo_get_level_db(samples, 4800), -3.01, 0.01);
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
        samples[i] = 0;
    g_assert_cmpfloat(sc_echo_get_level_db(samples, 4800), ==, SC_ECHO_SILENCE_DB);
    g_assert_cmpfloat(sc_echo_get_level_db(samples, 0), ==, SC_ECHO_SILENCE_DB);
}

static void
a_signal_is_the_same_for_the_same_seed(void)
{
    g_autofree float *a = g_new(float, N_PLAYED);
    g_autofree float *b = g_new(float, N_PLAYED);
    sc_echo_make_syllables(a, N_PLAYED, SEED);
    sc_echo_make_syllables(b, N_PLAYED, SEED);
    g_assert_cmpmem(a, N_PLAYED * sizeof *a, b, N_PLAYED * sizeof *b);
    sc_echo_make_syllables(b, N_PLAYED, SEED + 1);
    g_assert_cmpint(memcmp(a, b, N_PLAYED * sizeof *a), !=, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/echo/path", a_path_is_found_with_its_delay_and_gain);
    g_test_add_func("/echo/nothing", what_was_not_played_is_not_found);
    g_test_add_func("/echo/level", a_level_is_against_full_scale);
    g_test_add_func("/echo/seed", a_signal_is_the_same_for_the_same_seed);
    return g_test_run();
}
