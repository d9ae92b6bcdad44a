/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads: the first byte chooses the codec. */
#include <glib.h>

#include "relay/wire/picture.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;

    ScCodec codec = (ScCodec)(data[0] % 3);
    ScCodecFacts facts = sc_codec_inspect(codec, data + 1, size - 1);

    g_assert(facts.starts_frame || !facts.starts_key_frame);
    g_assert(codec == SC_CODEC_VP8
             || (facts.vp8.picture_id_offset | facts.vp8.tl0_offset) == 0);
    g_assert(facts.vp8.picture_id_offset + facts.vp8.picture_id_bits / 8U < size);
    g_assert(facts.vp8.tl0_offset < size);
    ScPicture picture;
    if (sc_picture_read(codec, &facts, data + 1, size - 1, &picture))
        g_assert(facts.starts_key_frame && picture.width > 0 && picture.height > 0);
    return 0;
}
