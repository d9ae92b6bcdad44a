/* SPDX-License-Identifier: Apache-2.0 */
/* echo.h: what of a known signal comes back: how late, how loud, how clearly. Pure; the
 * only door to GStreamer's FFT. Samples are mono at SC_ECHO_RATE_HZ, full scale is 1. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_ECHO_RATE_HZ 48000
#define SC_ECHO_SILENCE_DB (-120.0) /* no level is given below */

typedef struct {
    double delay_ms;
    double gain_db;      /* of the strongest path, from played to recorded */
    double clearness_db; /* of its peak above what else the correlation holds */
} ScEchoPath;

/* A sweep from 200 to 6000 Hz, equally long in each octave, faded at both ends. */
void sc_echo_make_sweep(float *out_samples, size_t n_samples);
/* Noise in syllables of uneven loudness, four a second, no two alike: for a canceller and
 * a noise suppressor it is speech, and no steady noise. The same for the same seed. */
void sc_echo_make_syllables(float *out_samples, size_t n_samples, uint32_t seed);

/* Where @played is in @recorded, which begins at the same instant. False if it is not:
 * its peak is not twelve times what chance makes. */
bool sc_echo_find(const float *played, size_t n_played, const float *recorded,
                  size_t n_recorded, ScEchoPath *out_path);

/* The same for what nobody made for it, a voice for one: every tone counts alike, however
 * loud. Any rate; of it the lower nine tenths are looked at, and not the lowest
 * twentieth.
 * @recorded is the shorter one: it is @played from @out_lag on. */
bool sc_echo_find_lag(const float *played, size_t n_played, const float *recorded,
                      size_t n_recorded, size_t *out_lag);

/* Root mean square against full scale [dB]. */
double sc_echo_get_level_db(const float *samples, size_t n_samples);
