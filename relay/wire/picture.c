/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/picture.h"

#include "relay/wire/reader.h"

#define SPS_MAX 64 /* bytes that are looked at: the size stands before the VUI */
#define SIZE_MAX_PX 16384
#define UE_BITS_MAX 31
#define POC_CYCLE_MAX 255
#define MACROBLOCK_PX 16

/* RFC 6184 table 1, ITU-T H.264 table 7-1. */
enum { NAL_SPS = 7, NAL_STAP_A = 24, NAL_TYPE_MASK = 0x1f };

/* RFC 6386 section 9.1: a frame tag of 3 bytes, a start code, two sizes with 2 bits of
 * scaling each. */
enum { VP8_TAG = 3, VP8_START_CODE = 0x9d012a, VP8_SIZE_MASK = 0x3fff };

/* An RBSP, bit by bit; beyond its end zeros, and overrun. */
typedef struct {
    uint8_t data[SPS_MAX];
    size_t n_bits;
    size_t offset;
    bool overrun;
} Bits;

/* Without the emulation prevention bytes: 00 00 03 stands for 00 00. */
static void
init_bits(Bits *self, const uint8_t *nal, size_t length)
{
    size_t n = 0;
    unsigned n_zeros = 0;

    for (size_t i = 0; i < length && n < SPS_MAX; i++) {
        if (n_zeros >= 2 && nal[i] == 3) {
            n_zeros = 0;
            continue;
        }
        n_zeros = nal[i] == 0 ? n_zeros + 1 : 0;
        self->data[n++] = nal[i];
    }
    self->n_bits = n * 8;
    self->offset = 0;
    self->overrun = false;
}

static unsigned
read_bit(Bits *self)
{
    if (self->offset >= self->n_bits) {
        self->overrun = true;
        return 0;
    }
    unsigned bit = self->data[self->offset / 8] >> (7 - self->offset % 8) & 1;
    self->offset++;
    return bit;
}

static uint32_t
read_bits(Bits *self, unsigned n)
{
    uint32_t value = 0;

    while (n-- > 0)
        value = value << 1 | read_bit(self);
    return value;
}

/* ue(v), section 9.1. */
static uint32_t
read_ue(Bits *self)
{
    unsigned n_zeros = 0;

    while (!self->overrun && n_zeros <= UE_BITS_MAX && read_bit(self) == 0)
        n_zeros++;
    if (n_zeros > UE_BITS_MAX)
        self->overrun = true;
    return self->overrun ? 0 : (1U << n_zeros) - 1 + read_bits(self, n_zeros);
}

static int32_t
read_se(Bits *self)
{
    uint32_t code = read_ue(self);
    return code % 2 == 1 ? (int32_t)(code / 2 + 1) : -(int32_t)(code / 2);
}

static void
skip_scaling_list(Bits *bits, unsigned size)
{
    int32_t last = 8, next = 8;

    for (unsigned i = 0; i < size && next != 0; i++) {
        next = (last + read_se(bits) % 256 + 256) % 256;
        last = next == 0 ? last : next;
    }
}

/* Profiles that say more of their samples (section 7.3.2.1.1). */
static bool
has_chroma_format(uint32_t profile)
{
    static const uint8_t profiles[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128 };

    for (unsigned i = 0; i < sizeof profiles; i++) {
        if (profiles[i] == profile)
            return true;
    }
    return false;
}

/* Its chroma_format_idc. */
static uint32_t
read_samples(Bits *bits, uint32_t profile)
{
    if (!has_chroma_format(profile))
        return 1;

    uint32_t chroma = read_ue(bits);
    if (chroma == 3)
        (void)read_bit(bits); /* separate_colour_plane_flag */
    (void)read_ue(bits);      /* bit depth, luma */
    (void)read_ue(bits);      /* and chroma */
    (void)read_bit(bits);     /* qpprime_y_zero_transform_bypass_flag */
    if (read_bit(bits)) {
        for (unsigned i = 0; i < (chroma == 3 ? 12U : 8U); i++) {
            if (read_bit(bits))
                skip_scaling_list(bits, i < 6 ? 16 : 64);
        }
    }
    return chroma;
}

static void
skip_order(Bits *bits)
{
    (void)read_ue(bits); /* log2_max_frame_num_minus4 */
    uint32_t type = read_ue(bits);
    if (type == 0)
        (void)read_ue(bits);
    if (type == 1) {
        (void)read_bit(bits);
        (void)read_se(bits);
        (void)read_se(bits);
        uint32_t n = read_ue(bits);
        if (n > POC_CYCLE_MAX)
            bits->overrun = true;
        for (uint32_t i = 0; i < n && !bits->overrun; i++)
            (void)read_se(bits);
    }
    (void)read_ue(bits);  /* max_num_ref_frames */
    (void)read_bit(bits); /* gaps_in_frame_num_value_allowed_flag */
}

static bool
set_size(int64_t width, int64_t height, ScPicture *out_picture)
{
    if (width < 1 || height < 1 || width > SIZE_MAX_PX || height > SIZE_MAX_PX)
        return false;
    *out_picture = (ScPicture){ (uint16_t)width, (uint16_t)height };
    return true;
}

/* @nal: from behind its header. */
static bool
read_sps(const uint8_t *nal, size_t length, ScPicture *out_picture)
{
    Bits bits;

    init_bits(&bits, nal, length);
    uint32_t profile = read_bits(&bits, 8);
    (void)read_bits(&bits, 16); /* constraints, level */
    (void)read_ue(&bits);       /* seq_parameter_set_id */
    uint32_t chroma = read_samples(&bits, profile);
    skip_order(&bits);
    int64_t width = ((int64_t)read_ue(&bits) + 1) * MACROBLOCK_PX;
    int64_t units = (int64_t)read_ue(&bits) + 1;
    int64_t fields = read_bit(&bits) ? 1 : 2; /* of a frame */
    if (fields == 2)
        (void)read_bit(&bits); /* mb_adaptive_frame_field_flag */
    (void)read_bit(&bits);     /* direct_8x8_inference_flag */
    int64_t height = units * MACROBLOCK_PX * fields;
    if (read_bit(&bits)) {
        int64_t unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
        int64_t unit_y = (chroma == 1 ? 2 : 1) * fields;
        width -= unit_x * read_ue(&bits);
        width -= unit_x * read_ue(&bits);
        height -= unit_y * read_ue(&bits);
        height -= unit_y * read_ue(&bits);
    }
    return !bits.overrun && set_size(width, height, out_picture);
}

static bool
read_h264(ScReader reader, ScPicture *out_picture)
{
    unsigned type = sc_reader_u8(&reader) & NAL_TYPE_MASK;

    if (type == NAL_SPS)
        return read_sps(reader.data + reader.offset, sc_reader_get_left(&reader),
                        out_picture);
    while (type == NAL_STAP_A && sc_reader_get_left(&reader) > 0) {
        uint16_t size = sc_reader_u16(&reader);
        const uint8_t *nal = sc_reader_take(&reader, size);

        if (reader.overrun || size == 0)
            return false;
        if ((nal[0] & NAL_TYPE_MASK) == NAL_SPS)
            return read_sps(nal + 1, size - 1U, out_picture);
    }
    return false;
}

static bool
read_vp8(ScReader reader, ScPicture *out_picture)
{
    (void)sc_reader_take(&reader, VP8_TAG);
    uint32_t code = sc_reader_u24(&reader);
    const uint8_t *sizes = sc_reader_take(&reader, 4); /* little-endian */

    if (reader.overrun || code != VP8_START_CODE)
        return false;
    return set_size((sizes[0] | sizes[1] << 8) & VP8_SIZE_MASK,
                    (sizes[2] | sizes[3] << 8) & VP8_SIZE_MASK, out_picture);
}

bool
sc_picture_read(ScCodec codec, const ScCodecFacts *facts, const uint8_t *payload,
                size_t length, ScPicture *out_picture)
{
    if (!facts->starts_key_frame)
        return false;
    switch (codec) {
    case SC_CODEC_H264:
        return read_h264(sc_reader_init(payload, length), out_picture);
    case SC_CODEC_VP8:
        return read_vp8(sc_reader_init(payload + facts->vp8.frame_offset,
                                       length - facts->vp8.frame_offset),
                        out_picture);
    case SC_CODEC_OPUS:
        break;
    }
    return false;
}
