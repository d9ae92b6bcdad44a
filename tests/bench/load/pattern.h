/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h: which packets a frame is made of, and what stands in them: a byte that
 * makes it the codec's, when it was sent, which packet it is, and bytes that follow from
 * that, so that whoever opens it can tell each wrong bit. Thread: any; pure once loaded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#define SC_LOAD_FRAME_PACKETS_MAX 256
#define SC_LOAD_PAYLOAD_MAX 1400

typedef struct {
    uint16_t lengths[SC_LOAD_FRAME_PACKETS_MAX]; /* payload bytes */
    unsigned n_packets;
    bool is_key;
} ScLoadFrameSizes;

typedef struct {
    GArray *frames; /* owned; of ScLoadFrameSizes; replayed round and round */
} ScLoadPattern;

/* @name: "synthetic" is 10 packets of 1200 bytes, a key frame each 50th; else a file with
 * a frame's payload sizes on each line, # for comments. A frame above three times the
 * mean counts as a key frame. */
bool sc_load_pattern_init(ScLoadPattern *self, const char *name, GError **error);
void sc_load_pattern_clear(ScLoadPattern *self);
const ScLoadFrameSizes *sc_load_pattern_get(const ScLoadPattern *self, uint64_t frame);
double sc_load_pattern_get_mean_packets(const ScLoadPattern *self);

typedef struct {
    uint8_t first;   /* H.264: the NAL unit's header; Opus: its TOC */
    uint32_t number; /* of the packet in its stream */
    int64_t sent_ns; /* CLOCK_REALTIME */
} ScLoadMark;

void sc_load_pattern_write(const ScLoadMark *mark, uint8_t *payload, size_t length);

/* False where a byte is not what follows from the others. Payloads shorter than a mark
 * carry none: they are checked, and sent_ns is 0. */
bool sc_load_pattern_read(const uint8_t *payload, size_t length, ScLoadMark *out_mark);
