/* SPDX-License-Identifier: Apache-2.0 */
/* source.h: the teacher of the load: video frames of a pattern at a steady rate and,
 * where wanted, 50 Opus packets a second. It only makes packets; where they go is its
 * sender's matter. Thread: the loop's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "tests/bench/load/pattern.h"

#define SC_LOAD_VIDEO_TYPE 102 /* payload types, the same for all peers */
#define SC_LOAD_AUDIO_TYPE 111
#define SC_LOAD_VIDEO_SSRC 0x51000001u
#define SC_LOAD_AUDIO_SSRC 0x51000002u
#define SC_LOAD_VIDEO_HZ 90000
#define SC_LOAD_AUDIO_HZ 48000

/* One packet in the clear; it may be written to and has room for SRTP's trailer. */
typedef struct {
    uint8_t *data;
    size_t length;
    bool is_video;
} ScLoadPacket;

/* Sends the packets of one frame, all at once. */
typedef void (*ScLoadSend)(ScLoadPacket *packets, unsigned n_packets, void *user_data);

typedef struct ScLoadSource ScLoadSource;

typedef struct {
    const ScLoadPattern *pattern; /* borrowed */
    bool has_audio;
    ScLoadSend send;
    void *user_data; /* for @send */
} ScLoadSourceSetup;

ScLoadSource *sc_load_source_new(const ScLoadSourceSetup *setup);
void sc_load_source_free(ScLoadSource *self);

/* From now on so many frames a second; 0 stops it. Time stamps go on by 90000 / @fps. */
void sc_load_source_set_fps(ScLoadSource *self, double fps, int64_t now_us);

/* Sends what is due; returns when the next is, INT64_MAX: never. A source that falls
 * behind sends what it missed, without a pause. */
int64_t sc_load_source_run(ScLoadSource *self, int64_t now_us);

/* How many frames and packets were sent so far. */
uint64_t sc_load_source_get_n_frames(const ScLoadSource *self);
uint64_t sc_load_source_get_n_packets(const ScLoadSource *self);
/* How often a frame left more than a frame's time late. */
uint64_t sc_load_source_get_n_late(const ScLoadSource *self);

/* The time stamp of @frame, where the frames before it all had the present rate. */
uint32_t sc_load_source_get_step(const ScLoadSource *self);

/* The newest frame that was sent before @at_ns of CLOCK_REALTIME; it must be one of the
 * last 64. */
uint64_t sc_load_source_get_frame_at(const ScLoadSource *self, int64_t at_ns);

int64_t sc_load_read_realtime_ns(void);
