/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/codec.h"

#include <glib.h>

#include "relay/wire/reader.h"

/* RFC 6184 table 1 and ITU-T H.264 table 7-1. */
enum {
    NAL_SLICE = 1,
    NAL_PARTITION_A = 2,
    NAL_IDR = 5,
    NAL_SEI = 6,
    NAL_SPS = 7,
    NAL_PPS = 8,
    NAL_DELIMITER = 9,
    NAL_SINGLE_MAX = 23,
    NAL_STAP_A = 24,
    NAL_FU_A = 28,
    NAL_TYPE_MASK = 0x1f,
    FU_START_BIT = 0x80,
    FIRST_MACROBLOCK_ZERO = 0x80, /* ue(v) of 0 is a single 1 bit (H.264 section 9.1) */
};

/* RFC 7741 section 4.2 and 4.3. */
enum {
    VP8_EXTENDED = 0x80,
    VP8_START = 0x10,
    VP8_PARTITION_MASK = 0x07,
    VP8_HAS_PICTURE_ID = 0x80,
    VP8_HAS_TL0 = 0x40,
    VP8_HAS_TID = 0x20,
    VP8_HAS_KEY_INDEX = 0x10,
    VP8_LONG_PICTURE_ID = 0x80,
    VP8_INTER_FRAME = 0x01,
};

static const char *const NAMES[] = {
    [SC_CODEC_OPUS] = "opus",
    [SC_CODEC_H264] = "h264",
    [SC_CODEC_VP8] = "vp8",
};

bool
sc_codec_parse(const char *name, ScCodec *out_codec)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        if (g_ascii_strcasecmp(name, NAMES[i]) == 0) {
            *out_codec = (ScCodec)i;
            return true;
        }
    }
    return false;
}

const char *
sc_codec_get_name(ScCodec codec)
{
    g_assert(codec < G_N_ELEMENTS(NAMES));
    return NAMES[codec];
}

/* @reader stands behind the NAL unit's header. */
static void
inspect_nal(unsigned type, ScReader reader, ScCodecFacts *facts)
{
    bool is_first_slice = (sc_reader_u8(&reader) & FIRST_MACROBLOCK_ZERO) != 0;

    if (reader.overrun)
        return;
    switch (type) {
    case NAL_SLICE:
    case NAL_PARTITION_A:
        facts->starts_frame |= is_first_slice;
        break;
    case NAL_IDR:
        facts->starts_frame |= is_first_slice;
        facts->starts_key_frame |= is_first_slice;
        break;
    case NAL_SPS:
        facts->starts_frame = true;
        facts->starts_key_frame = true;
        break;
    case NAL_SEI:
    case NAL_PPS:
    case NAL_DELIMITER:
        facts->starts_frame = true;
        break;
    default:
        break;
    }
}

/* RFC 6184 section 5.7.1: each unit behind its 16-bit size. */
static void
inspect_aggregate(ScReader reader, ScCodecFacts *facts)
{
    ScCodecFacts found = { 0 };

    while (sc_reader_get_left(&reader) > 0) {
        uint16_t size = sc_reader_u16(&reader);
        const uint8_t *nal = sc_reader_take(&reader, size);

        if (reader.overrun || size == 0)
            return;
        inspect_nal(nal[0] & NAL_TYPE_MASK, sc_reader_init(nal + 1, size - 1U), &found);
    }
    *facts = found;
}

static void
inspect_h264(ScReader reader, ScCodecFacts *facts)
{
    unsigned type = sc_reader_u8(&reader) & NAL_TYPE_MASK;

    if (type == NAL_STAP_A) {
        inspect_aggregate(reader, facts);
    } else if (type == NAL_FU_A) {
        uint8_t fragment = sc_reader_u8(&reader);

        if (fragment & FU_START_BIT)
            inspect_nal(fragment & NAL_TYPE_MASK, reader, facts);
    } else if (type <= NAL_SINGLE_MAX) {
        inspect_nal(type, reader, facts);
    }
}

static void
read_vp8_extension(ScReader *reader, ScCodecVp8 *vp8)
{
    uint8_t flags = sc_reader_u8(reader);

    if (flags & VP8_HAS_PICTURE_ID) {
        vp8->picture_id_offset = (uint8_t)reader->offset;
        vp8->picture_id_bits = 7;
        if (sc_reader_u8(reader) & VP8_LONG_PICTURE_ID) {
            vp8->picture_id_bits = 15;
            sc_reader_u8(reader);
        }
    }
    if (flags & VP8_HAS_TL0) {
        vp8->tl0_offset = (uint8_t)reader->offset;
        sc_reader_u8(reader);
    }
    if (flags & (VP8_HAS_TID | VP8_HAS_KEY_INDEX))
        sc_reader_u8(reader);
}

static void
inspect_vp8(ScReader reader, ScCodecFacts *facts)
{
    ScCodecVp8 vp8 = { 0 };

    uint8_t descriptor = sc_reader_u8(&reader);
    if (descriptor & VP8_EXTENDED)
        read_vp8_extension(&reader, &vp8);
    vp8.frame_offset = (uint8_t)reader.offset;
    uint8_t first = sc_reader_u8(&reader);
    if (reader.overrun)
        return;

    facts->vp8 = vp8;
    facts->starts_frame = (descriptor & (VP8_START | VP8_PARTITION_MASK)) == VP8_START;
    facts->starts_key_frame = facts->starts_frame && !(first & VP8_INTER_FRAME);
}

ScCodecFacts
sc_codec_inspect(ScCodec codec, const uint8_t *payload, size_t length)
{
    ScReader reader = sc_reader_init(payload, length);
    ScCodecFacts facts = { 0 };

    switch (codec) {
    case SC_CODEC_OPUS:
        facts.starts_frame = facts.starts_key_frame = length > 0;
        break;
    case SC_CODEC_H264:
        inspect_h264(reader, &facts);
        break;
    case SC_CODEC_VP8:
        inspect_vp8(reader, &facts);
        break;
    }
    return facts;
}
