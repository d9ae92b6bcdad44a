/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h: how well a slot's pictures and sound arrive, counted one by one. Pure: time is
 * passed in. Thread: main.
 *
 * A *run* is what a slot shows of one source without a pause in between: numbers rise by
 * one in it, and each that is missing was lost. Delay is counted over the pictures
 * captured after a run's first one was decoded: older ones came from the relay's history
 * to start the decoder, and could not have been here sooner. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/stamp.h"

#define SC_TALLY_UNKNOWN (-1)

typedef struct {
    int64_t frames_expected;   /* by frame numbers; SC_TALLY_UNKNOWN without stamps */
    int64_t frames_decoded;    /* each number once; without stamps: all */
    int64_t frames_damaged;    /* decoded without a stamp after others with one */
    int64_t longest_freeze_us; /* between two pictures of a run */
    int64_t first_frame_us; /* when the first one was decoded; SC_TALLY_UNKNOWN: none */
    int64_t last_frame_us;  /* when the last one was; SC_TALLY_UNKNOWN: none */
    int64_t delay_us_p50;   /* SC_TALLY_UNKNOWN without stamps */
    int64_t delay_us_p95;
} ScPictureFigures;

typedef struct ScPictureTally ScPictureTally;

ScPictureTally *sc_picture_tally_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_picture_tally_free(ScPictureTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPictureTally, sc_picture_tally_free)

/* A picture was decoded at @now_us; @stamp may be NULL. True if it begins a run. */
bool sc_picture_tally_add(ScPictureTally *self, int64_t now_us, const ScStamp *stamp);
/* The slot's feed was taken away or given anew: silence now is no freeze. */
void sc_picture_tally_pause(ScPictureTally *self, int64_t now_us);
ScPictureFigures sc_picture_tally_get(const ScPictureTally *self);
/* Source of the run that goes on; 0: not known. */
uint16_t sc_picture_tally_get_source(const ScPictureTally *self);
/* Mean delay and number of the pictures since the last call; SC_TALLY_UNKNOWN of none. */
void sc_picture_tally_take_recent(ScPictureTally *self, unsigned *out_n,
                                  int64_t *out_delay_us);

/* Sound: the longest time that had to be made up, because packets were lost or late. */
typedef struct {
    int64_t longest_gap_us;
    int64_t gap_us; /* running now */
    int64_t end_us; /* PTS where the last decoded sound ended; 0: none in this run */
} ScSoundTally;

/* The jitter buffer gave up on @duration_us of sound. */
void sc_sound_tally_lose(ScSoundTally *self, int64_t duration_us);
/* A packet came after what was lost. */
void sc_sound_tally_receive(ScSoundTally *self);
/* The decoder gave sound that begins at @pts_us. */
void sc_sound_tally_decode(ScSoundTally *self, int64_t pts_us, int64_t duration_us);
/* The slot's feed was taken away or given anew. */
void sc_sound_tally_pause(ScSoundTally *self);
