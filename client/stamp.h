/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.h: source number, frame number and capture time, written into the picture itself.
 *
 * 128 bits as black and white cells of 8×8 pixels in the luma plane, 32 cells a row, 4
 * rows, from the top left corner: 16 bits of source, 32 of frame, 64 of time, 16 of CRC
 * (CRC-16/CCITT-FALSE over the other 14 bytes), each most significant bit first. Cells
 * are large and their two greys far apart, so that they survive a starved encoder. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_STAMP_WIDTH 256 /* [pixels] */
#define SC_STAMP_HEIGHT 32 /* [pixels] */

typedef struct {
    uint16_t source;    /* teacher 1, receiving sites 2, 3, … in tile order */
    uint32_t frame;     /* counts from 0, rises by one with each captured frame */
    int64_t capture_us; /* CLOCK_MONOTONIC when the frame was captured [µs] */
} ScStamp;

/* True if a picture of @width × @height pixels has room for a stamp. */
bool sc_stamp_has_room(int width, int height);

/* Writes @self into @luma, a plane of 8-bit samples whose rows are @stride bytes apart
 * and that has room. */
void sc_stamp_write(const ScStamp *self, uint8_t *luma, size_t stride);

/* Reads a stamp; false, and @out_stamp untouched, if there is none or it was damaged. */
bool sc_stamp_parse(const uint8_t *luma, size_t stride, ScStamp *out_stamp);
