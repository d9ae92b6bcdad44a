/* SPDX-License-Identifier: Apache-2.0 */
#include "client/stamp.h"

#include <string.h>

#include <glib.h>

#define CELL 8 /* [pixels] */
#define CELLS_PER_ROW (SC_STAMP_WIDTH / CELL)
#define N_BYTES 16
#define N_CRC_BYTES 2

/* Well inside 16…235, so that ringing is not clipped into a bias. */
#define LUMA_ZERO 40
#define LUMA_ONE 215
#define LUMA_THRESHOLD ((LUMA_ZERO + LUMA_ONE) / 2)

/* Only the middle of a cell is read: its rim is where the encoder puts its errors. */
#define RIM 2 /* [pixels] */

static uint16_t
crc_16(const uint8_t *bytes, size_t n_bytes)
{
    uint16_t crc = 0xffff;
    for (size_t i = 0; i < n_bytes; i++) {
        crc ^= (uint16_t)(bytes[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1);
    }
    return crc;
}

static void
write_be(uint8_t *bytes, uint64_t value, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++)
        bytes[i] = (uint8_t)(value >> (8 * (n_bytes - 1 - i)));
}

static uint64_t
parse_be(const uint8_t *bytes, size_t n_bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n_bytes; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void
paint_cell(uint8_t *cell, size_t stride, bool one)
{
    for (size_t y = 0; y < CELL; y++)
        memset(cell + y * stride, one ? LUMA_ONE : LUMA_ZERO, CELL);
}

static bool
read_cell(const uint8_t *cell, size_t stride)
{
    unsigned sum = 0;
    for (size_t y = RIM; y < CELL - RIM; y++)
        for (size_t x = RIM; x < CELL - RIM; x++)
            sum += cell[y * stride + x];
    return sum > LUMA_THRESHOLD * (CELL - 2 * RIM) * (CELL - 2 * RIM);
}

static size_t
cell_offset(size_t bit, size_t stride)
{
    return bit / CELLS_PER_ROW * CELL * stride + bit % CELLS_PER_ROW * CELL;
}

bool
sc_stamp_has_room(int width, int height)
{
    return width >= SC_STAMP_WIDTH && height >= SC_STAMP_HEIGHT;
}

void
sc_stamp_write(const ScStamp *self, uint8_t *luma, size_t stride)
{
    uint8_t bytes[N_BYTES];
    write_be(bytes, self->source, 2);
    write_be(bytes + 2, self->frame, 4);
    write_be(bytes + 6, (uint64_t)self->capture_us, 8);
    write_be(bytes + 14, crc_16(bytes, N_BYTES - N_CRC_BYTES), N_CRC_BYTES);

    for (size_t bit = 0; bit < N_BYTES * 8; bit++)
        paint_cell(luma + cell_offset(bit, stride), stride,
                   bytes[bit / 8] >> (7 - bit % 8) & 1);
}

bool
sc_stamp_parse(const uint8_t *luma, size_t stride, ScStamp *out_stamp)
{
    uint8_t bytes[N_BYTES] = { 0 };
    for (size_t bit = 0; bit < N_BYTES * 8; bit++)
        if (read_cell(luma + cell_offset(bit, stride), stride))
            bytes[bit / 8] |= (uint8_t)(1 << (7 - bit % 8));

    if (parse_be(bytes + 14, N_CRC_BYTES) != crc_16(bytes, N_BYTES - N_CRC_BYTES))
        return false;

    *out_stamp = (ScStamp){
        .source = (uint16_t)parse_be(bytes, 2),
        .frame = (uint32_t)parse_be(bytes + 2, 4),
        .capture_us = (int64_t)parse_be(bytes + 6, 8),
    };
    return true;
}
