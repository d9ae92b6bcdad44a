/* SPDX-License-Identifier: Apache-2.0 */
/* picture.h: how large a video's pictures are, from the packet that begins a key frame.
 * Thread: any; pure. Spec: ITU-T H.264 section 7.3.2.1.1 (sequence parameter set);
 * RFC 6386 section 9.1 (VP8). */
#pragma once

#include <glib.h>

#include "relay/wire/codec.h"

typedef struct {
    uint16_t width, height; /* pixels; what is shown: cropped, not scaled */
} ScPicture;

/* @facts: of sc_codec_inspect() of the same payload. False where it does not say: an IDR
 * slice whose SPS came in a packet before it, a broken one, another codec. */
bool sc_picture_read(ScCodec codec, const ScCodecFacts *facts, const uint8_t *payload,
                     size_t length, ScPicture *out_picture) G_GNUC_WARN_UNUSED_RESULT;
