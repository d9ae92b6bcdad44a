/* SPDX-License-Identifier: Apache-2.0 */
#include "client/echo.h"

#include <math.h>

#include <glib.h>
#include <gst/fft/gstfftf32.h>

#define SWEEP_FROM_HZ 200.0
#define SWEEP_TO_HZ 6000.0
#define FADE_SAMPLES (SC_ECHO_RATE_HZ / 100)
#define SYLLABLE_SAMPLES (SC_ECHO_RATE_HZ / 4)
#define QUIETEST_SYLLABLE 0.3
#define AMPLITUDE 0.5
/* Of 10^5 values of chance the largest is 4.5 times their root mean square. */
#define CLEAR_DB 21.6

static double
to_db(double amplitude)
{
    return amplitude > 0 ? MAX(20 * log10(amplitude), SC_ECHO_SILENCE_DB)
                         : SC_ECHO_SILENCE_DB;
}

static double
get_fade(size_t i, size_t n_samples)
{
    size_t edge = MIN(i, n_samples - 1 - i);
    return edge < FADE_SAMPLES ? (double)edge / FADE_SAMPLES : 1;
}

void
sc_echo_make_sweep(float *out_samples, size_t n_samples)
{
    double octaves = log(SWEEP_TO_HZ / SWEEP_FROM_HZ);
    double seconds = (double)n_samples / SC_ECHO_RATE_HZ;
    for (size_t i = 0; i < n_samples; i++) {
        double phase = 2 * G_PI * SWEEP_FROM_HZ * seconds / octaves
                       * (exp((double)i / (double)n_samples * octaves) - 1);
        out_samples[i] = (float)(AMPLITUDE * get_fade(i, n_samples) * sin(phase));
    }
}

void
sc_echo_make_syllables(float *out_samples, size_t n_samples, uint32_t seed)
{
    g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
    double loudness = 0, colour = 0, past = 0;
    for (size_t i = 0; i < n_samples; i++) {
        size_t at = i % SYLLABLE_SAMPLES;
        if (at == 0) {
            loudness = g_rand_double_range(chance, QUIETEST_SYLLABLE, 1);
            colour = g_rand_double_range(chance, 0.6, 0.95);
        }
        past = colour * past + (1 - colour) * g_rand_double_range(chance, -1, 1);
        double swell = sin(G_PI * (double)at / SYLLABLE_SAMPLES);
        double scale = sqrt((1 + colour) / (1 - colour)); /* the colour takes loudness */
        out_samples[i] =
            (float)CLAMP(AMPLITUDE * loudness * swell * scale * past, -1.0, 1.0);
    }
}

static GstFFTF32Complex *
transform(const float *samples, size_t n_samples, int length)
{
    g_autofree float *padded = g_new0(float, (size_t)length);
    for (size_t i = 0; i < n_samples; i++)
        padded[i] = samples[i];
    GstFFTF32Complex *bins = g_new(GstFFTF32Complex, (size_t)length / 2 + 1);
    GstFFTF32 *fft = gst_fft_f32_new(length, FALSE);
    gst_fft_f32_fft(fft, padded, bins);
    gst_fft_f32_free(fft);
    return bins;
}

/* The spectrum of the two's correlation. */
static GstFFTF32Complex *
multiply(const float *played, size_t n_played, const float *recorded, size_t n_recorded,
         int length)
{
    g_autofree GstFFTF32Complex *a = transform(played, n_played, length);
    GstFFTF32Complex *b = transform(recorded, n_recorded, length);
    for (int i = 0; i <= length / 2; i++) {
        GstFFTF32Complex product = { .r = a[i].r * b[i].r + a[i].i * b[i].i,
                                     .i = a[i].r * b[i].i - a[i].i * b[i].r };
        b[i] = product;
    }
    return b;
}

/* @length of them; the last ones are of a negative delay. */
static float *
invert(const GstFFTF32Complex *bins, int length)
{
    float *lags = g_new(float, (size_t)length);
    GstFFTF32 *fft = gst_fft_f32_new(length, TRUE);
    gst_fft_f32_inverse_fft(fft, bins, lags);
    gst_fft_f32_free(fft);
    for (int i = 0; i < length; i++)
        lags[i] /= (float)length;
    return lags;
}

static double
sum_squares(const float *samples, size_t n_samples)
{
    double sum = 0;
    for (size_t i = 0; i < n_samples; i++)
        sum += (double)samples[i] * (double)samples[i];
    return sum;
}

static size_t
find_peak(const float *lags, size_t n_lags)
{
    size_t best = 0;
    for (size_t i = 1; i < n_lags; i++)
        if (fabsf(lags[i]) > fabsf(lags[best]))
            best = i;
    return best;
}

static double
get_clearness_db(const float *lags, size_t n_lags, size_t peak)
{
    double rest = sqrt(sum_squares(lags, n_lags) / (double)n_lags);
    return rest > 0 ? to_db((double)fabsf(lags[peak]) / rest) : 0;
}

bool
sc_echo_find(const float *played, size_t n_played, const float *recorded,
             size_t n_recorded, ScEchoPath *out_path)
{
    double energy = sum_squares(played, n_played);
    if (energy <= 0 || n_recorded == 0)
        return false;
    int length = gst_fft_next_fast_length((int)(n_played + n_recorded));
    g_autofree GstFFTF32Complex *bins =
        multiply(played, n_played, recorded, n_recorded, length);
    g_autofree float *lags = invert(bins, length);
    size_t best = find_peak(lags, n_recorded);
    double peak = (double)fabsf(lags[best]);
    double clearness_db = get_clearness_db(lags, n_recorded, best);
    if (clearness_db < CLEAR_DB)
        return false;
    *out_path = (ScEchoPath){ .delay_ms = 1000.0 * (double)best / SC_ECHO_RATE_HZ,
                              .gain_db = to_db(peak / energy),
                              .clearness_db = clearness_db };
    return true;
}

/* Of a product of spectra only the phases are left. */
static void
whiten(GstFFTF32Complex *bins, int length)
{
    int lowest = length / 40, highest = length * 9 / 20;
    for (int i = 0; i <= length / 2; i++) {
        float size = hypotf(bins[i].r, bins[i].i);
        float scale = i >= lowest && i <= highest && size > 0 ? 1 / size : 0;
        bins[i].r *= scale;
        bins[i].i *= scale;
    }
}

bool
sc_echo_find_lag(const float *played, size_t n_played, const float *recorded,
                 size_t n_recorded, size_t *out_lag)
{
    int length = gst_fft_next_fast_length((int)n_played);
    size_t n_lags = n_played - n_recorded + 1; /* it lies wholly within: no wrapping */
    g_autofree GstFFTF32Complex *bins =
        multiply(recorded, n_recorded, played, n_played, length);
    whiten(bins, length);
    g_autofree float *lags = invert(bins, length);
    size_t best = find_peak(lags, n_lags);
    if (get_clearness_db(lags, n_lags, best) < CLEAR_DB)
        return false;
    *out_lag = best;
    return true;
}

double
sc_echo_get_level_db(const float *samples, size_t n_samples)
{
    if (n_samples == 0)
        return SC_ECHO_SILENCE_DB;
    return to_db(sqrt(sum_squares(samples, n_samples) / (double)n_samples));
}
