/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tally.h"

#define N_DELAYS 10000 /* buckets of 1 ms; the last holds all above */
#define DELAY_UNIT_US 1000

/* The old feed's last pictures may come after the news that it was taken away. */
#define PAUSE_GRACE_US (300 * 1000)

/* Below this a step of PTS is the jitter buffer following the sender's clock. */
#define GAP_MIN_US (20 * 1000)

struct ScPictureTally {
    int64_t frames_expected;
    int64_t frames_decoded;
    int64_t frames_damaged;
    int64_t longest_freeze_us;
    int64_t first_frame_us;
    int64_t last_frame_us;
    bool has_stamps;

    bool has_run;
    uint16_t source;
    uint32_t last_frame;
    int64_t run_begin_us;
    bool paused;
    int64_t paused_us;

    uint32_t delays[N_DELAYS];
    uint64_t n_delays;
    unsigned n_recent;
    unsigned n_recent_delays;
    int64_t recent_delay_us; /* sum */
};

static int64_t
percentile(const ScPictureTally *self, unsigned rank)
{
    if (self->n_delays == 0)
        return SC_TALLY_UNKNOWN;
    uint64_t wanted = (self->n_delays * rank + 99) / 100;
    uint64_t seen = 0;
    for (unsigned i = 0; i < N_DELAYS; i++) {
        seen += self->delays[i];
        if (seen >= wanted)
            return (int64_t)i * DELAY_UNIT_US;
    }
    return SC_TALLY_UNKNOWN;
}

static void
add_delay(ScPictureTally *self, int64_t now_us, const ScStamp *stamp)
{
    int64_t delay_us = MAX(now_us - stamp->capture_us, 0);
    self->delays[MIN(delay_us / DELAY_UNIT_US, N_DELAYS - 1)]++;
    self->n_delays++;
    self->n_recent_delays++;
    self->recent_delay_us += delay_us;
}

static bool
begins_run(const ScPictureTally *self, int64_t now_us, const ScStamp *stamp)
{
    if (!self->has_run)
        return true;
    if (self->paused && now_us - self->paused_us > PAUSE_GRACE_US)
        return true;
    if (!stamp)
        return false;
    /* Numbers that start again are a publisher that did. */
    return stamp->source != self->source || stamp->frame < self->last_frame;
}

static void
begin_run(ScPictureTally *self, int64_t now_us, const ScStamp *stamp)
{
    self->has_run = true;
    self->paused = false;
    self->run_begin_us = now_us;
    self->frames_decoded++;
    if (!stamp)
        return;
    self->has_stamps = true;
    self->source = stamp->source;
    self->last_frame = stamp->frame;
    self->frames_expected++;
}

static void
continue_run(ScPictureTally *self, int64_t now_us, const ScStamp *stamp)
{
    int64_t gap_us = now_us - self->last_frame_us;
    self->longest_freeze_us = MAX(self->longest_freeze_us, gap_us);
    if (!stamp && self->has_stamps) {
        self->frames_damaged++;
        return;
    }
    if (!stamp) {
        self->frames_decoded++;
        return;
    }
    if (stamp->frame == self->last_frame)
        return;
    self->frames_expected += stamp->frame - self->last_frame;
    self->frames_decoded++;
    self->last_frame = stamp->frame;
    if (stamp->capture_us > self->run_begin_us)
        add_delay(self, now_us, stamp);
}

ScPictureTally *
sc_picture_tally_new(void)
{
    ScPictureTally *self = g_new0(ScPictureTally, 1);
    self->first_frame_us = SC_TALLY_UNKNOWN;
    self->last_frame_us = SC_TALLY_UNKNOWN;
    return self;
}

void
sc_picture_tally_free(ScPictureTally *self)
{
    g_free(self);
}

bool
sc_picture_tally_add(ScPictureTally *self, int64_t now_us, const ScStamp *stamp)
{
    bool begins = begins_run(self, now_us, stamp);
    if (begins)
        begin_run(self, now_us, stamp);
    else
        continue_run(self, now_us, stamp);

    self->n_recent++;
    self->last_frame_us = now_us;
    if (self->first_frame_us == SC_TALLY_UNKNOWN)
        self->first_frame_us = now_us;
    return begins;
}

void
sc_picture_tally_pause(ScPictureTally *self, int64_t now_us)
{
    self->paused = true;
    self->paused_us = now_us;
}

ScPictureFigures
sc_picture_tally_get(const ScPictureTally *self)
{
    return (ScPictureFigures){
        .frames_expected = self->has_stamps ? self->frames_expected : SC_TALLY_UNKNOWN,
        .frames_decoded = self->frames_decoded,
        .frames_damaged = self->frames_damaged,
        .longest_freeze_us = self->longest_freeze_us,
        .first_frame_us = self->first_frame_us,
        .last_frame_us = self->last_frame_us,
        .delay_us_p50 = percentile(self, 50),
        .delay_us_p95 = percentile(self, 95),
    };
}

uint16_t
sc_picture_tally_get_source(const ScPictureTally *self)
{
    return self->source;
}

void
sc_picture_tally_take_recent(ScPictureTally *self, unsigned *out_n, int64_t *out_delay_us)
{
    *out_n = self->n_recent;
    *out_delay_us = self->n_recent_delays ? self->recent_delay_us / self->n_recent_delays
                                          : SC_TALLY_UNKNOWN;
    self->n_recent = 0;
    self->n_recent_delays = 0;
    self->recent_delay_us = 0;
}

void
sc_sound_tally_lose(ScSoundTally *self, int64_t duration_us)
{
    self->gap_us += duration_us;
    self->longest_gap_us = MAX(self->longest_gap_us, self->gap_us);
}

void
sc_sound_tally_receive(ScSoundTally *self)
{
    self->gap_us = 0;
}

void
sc_sound_tally_decode(ScSoundTally *self, int64_t pts_us, int64_t duration_us)
{
    int64_t gap_us = pts_us - self->end_us;
    if (self->end_us && gap_us > GAP_MIN_US)
        self->longest_gap_us = MAX(self->longest_gap_us, gap_us);
    self->end_us = pts_us + duration_us;
}

void
sc_sound_tally_pause(ScSoundTally *self)
{
    self->gap_us = 0;
    self->end_us = 0;
}
