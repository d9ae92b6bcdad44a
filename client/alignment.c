/* SPDX-License-Identifier: Apache-2.0 */
#include "client/alignment.h"

#include <pthread.h>
#include <string.h>

#include "client/echo.h"

#define FROM_MS(ms) ((ms)*SC_ECHO_RATE_HZ / 1000)
#define RING (1 << 18) /* [samples], 5.4 s */
#define MASK (RING - 1)
/* A search takes every sixth sample: voices are below 4 kHz, and 0.1 ms is near enough.
 */
#define THIN 6
#define LISTENED_MS 2000
#define EVERY_MS 500
#define N_RECORDED (FROM_MS(LISTENED_MS) / THIN)
#define N_PLAYED (FROM_MS(LISTENED_MS + SC_ALIGNMENT_REACH_MS) / THIN)
/* Two searches that find the same are believed. */
#define AGREED FROM_MS(2)
/* A delay that moved by less is left: the canceller would have to learn anew. */
#define MOVED FROM_MS(8)
#define QUIET_DB (-70.0)
#define NOWHERE INT64_MIN

G_STATIC_ASSERT(FROM_MS(LISTENED_MS + 2 * SC_ALIGNMENT_REACH_MS) < RING);

typedef struct {
    int16_t samples[RING];
    int64_t end; /* of what is in it */
} Track;

struct ScAlignment {
    pthread_mutex_t mutex; /* protects played */
    Track played;
    Track recorded;
    int64_t searched; /* recorded.end at the last search */
    int64_t seen;     /* the last search's delay, or NOWHERE */
    int64_t delay;    /* the believed one, or NOWHERE */
    float thin_played[N_PLAYED];
    float thin_recorded[N_RECORDED];
};

static void
move(Track *track, int64_t at)
{
    if (at - track->end >= RING)
        memset(track->samples, 0, sizeof track->samples);
    else
        for (int64_t i = track->end; i < at; i++)
            track->samples[i & MASK] = 0;
    track->end = at;
}

static void
append(Track *track, int64_t at, const int16_t *samples, size_t n_samples)
{
    if (ABS(at - track->end) > FROM_MS(SC_ALIGNMENT_SLACK_MS))
        move(track, at);
    for (size_t i = 0; i < n_samples; i++)
        track->samples[(track->end + (int64_t)i) & MASK] = samples[i];
    track->end += (int64_t)n_samples;
}

static int16_t
get_sample(const Track *track, int64_t at)
{
    bool is_there = at < track->end && at >= track->end - RING;
    return is_there ? track->samples[at & MASK] : 0;
}

static void
thin_out(const Track *track, int64_t from, float *out_samples, size_t n_samples)
{
    for (size_t i = 0; i < n_samples; i++) {
        int sum = 0;
        for (int j = 0; j < THIN; j++)
            sum += get_sample(track, from + (int64_t)i * THIN + j);
        out_samples[i] = (float)sum / (float)(THIN * INT16_MAX);
    }
}

static bool
has_voice(const ScAlignment *self)
{
    return sc_echo_get_level_db(self->thin_played, N_PLAYED) > QUIET_DB
           && sc_echo_get_level_db(self->thin_recorded, N_RECORDED) > QUIET_DB;
}

static void
search(ScAlignment *self)
{
    int64_t from = self->recorded.end - FROM_MS(LISTENED_MS);
    size_t lag;
    pthread_mutex_lock(&self->mutex);
    thin_out(&self->played, from - FROM_MS(SC_ALIGNMENT_REACH_MS), self->thin_played,
             N_PLAYED);
    pthread_mutex_unlock(&self->mutex);
    thin_out(&self->recorded, from, self->thin_recorded, N_RECORDED);
    if (!has_voice(self)
        || !sc_echo_find_lag(self->thin_played, N_PLAYED, self->thin_recorded, N_RECORDED,
                             &lag))
        return;
    int64_t delay = FROM_MS(SC_ALIGNMENT_REACH_MS) - (int64_t)lag * THIN;
    bool is_sure = self->seen != NOWHERE && ABS(delay - self->seen) <= AGREED;
    self->seen = delay;
    if (is_sure && (self->delay == NOWHERE || ABS(delay - self->delay) > MOVED))
        self->delay = delay;
}

ScAlignment *
sc_alignment_new(void)
{
    ScAlignment *self = g_new0(ScAlignment, 1);
    pthread_mutex_init(&self->mutex, NULL);
    self->seen = NOWHERE;
    self->delay = NOWHERE;
    return self;
}

void
sc_alignment_free(ScAlignment *self)
{
    if (!self)
        return;
    pthread_mutex_destroy(&self->mutex);
    g_free(self);
}

void
sc_alignment_add_played(ScAlignment *self, int64_t at, const int16_t *samples,
                        size_t n_samples)
{
    pthread_mutex_lock(&self->mutex);
    append(&self->played, at, samples, n_samples);
    pthread_mutex_unlock(&self->mutex);
}

void
sc_alignment_match(ScAlignment *self, int64_t at, const int16_t *recorded,
                   size_t n_samples, int16_t *out_played)
{
    append(&self->recorded, at, recorded, n_samples);
    if (ABS(self->recorded.end - self->searched) >= FROM_MS(EVERY_MS)) {
        self->searched = self->recorded.end;
        search(self);
    }
    memset(out_played, 0, n_samples * sizeof *out_played);
    if (self->delay == NOWHERE)
        return;
    int64_t from = self->recorded.end - (int64_t)n_samples - self->delay
                   + FROM_MS(SC_ALIGNMENT_LEAD_MS);
    pthread_mutex_lock(&self->mutex);
    for (size_t i = 0; i < n_samples; i++)
        out_played[i] = get_sample(&self->played, from + (int64_t)i);
    pthread_mutex_unlock(&self->mutex);
}

bool
sc_alignment_get_delay_ms(const ScAlignment *self, double *out_delay_ms)
{
    if (self->delay == NOWHERE)
        return false;
    *out_delay_ms = 1000.0 * (double)self->delay / SC_ECHO_RATE_HZ;
    return true;
}
