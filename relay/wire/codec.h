/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h: what the relay has to know of a payload to forward it: where frames and key
 * frames start. Reads no further than that. Thread: any; pure. Spec: RFC 6184 (H.264),
 * RFC 7741 (VP8), RFC 7587 (Opus). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    SC_CODEC_OPUS,
    SC_CODEC_H264,
    SC_CODEC_VP8,
} ScCodec;

/* Where a VP8 payload descriptor has the two numbers that a change of source must carry
 * on. */
typedef struct {
    uint8_t picture_id_offset; /* bytes from the payload's start; 0: none */
    uint8_t picture_id_bits;   /* 7 or 15; 0: none */
    uint8_t tl0_offset;        /* of TL0PICIDX, one byte; 0: none */
    uint8_t frame_offset;      /* of what follows the descriptor */
} ScCodecVp8;

typedef struct {
    bool starts_frame;     /* H.264: parameter sets, SEI, AUD, or a slice that begins a
                              picture */
    bool starts_key_frame; /* H.264: an SPS, or the first slice of an IDR picture (with
                            * its SPS in a packet before it both are marked: take the
                            * first of a timestamp). Opus: always */
    ScCodecVp8 vp8;        /* VP8 only, else zeros */
} ScCodecFacts;

/* "h264", "vp8", "opus", as in the control protocol; case does not matter. */
bool sc_codec_parse(const char *name, ScCodec *out_codec);
const char *sc_codec_get_name(ScCodec codec);

/* Hot. Any bytes are fine: what is broken starts nothing. */
ScCodecFacts sc_codec_inspect(ScCodec codec, const uint8_t *payload, size_t length);
