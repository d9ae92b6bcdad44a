/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h: cursors over bytes in network order. A read or write beyond the end does
 * nothing, gives zeros and sticks, so a parser reads straight through and asks once at
 * its end whether it ran out. Thread: any; plain values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const uint8_t *data; /* borrowed */
    size_t length;       /* bytes of @data */
    size_t offset;       /* bytes read */
    bool overrun;        /* sticky */
} ScReader;

typedef struct {
    uint8_t *data; /* borrowed */
    size_t size;   /* bytes of room in @data */
    size_t offset; /* bytes written */
    bool overrun;  /* sticky */
} ScWriter;

static inline ScReader
sc_reader_init(const uint8_t *data, size_t length)
{
    return (ScReader){ .data = data, .length = length };
}

static inline size_t
sc_reader_get_left(const ScReader *self)
{
    return self->length - self->offset;
}

/* Lends @length bytes and steps over them; NULL, and overrun, where there are not as
 * many. */
static inline const uint8_t *
sc_reader_take(ScReader *self, size_t length)
{
    if (self->overrun || length > self->length - self->offset) {
        self->overrun = true;
        return NULL;
    }
    const uint8_t *bytes = self->data + self->offset;
    self->offset += length;
    return bytes;
}

static inline uint8_t
sc_reader_u8(ScReader *self)
{
    const uint8_t *b = sc_reader_take(self, 1);
    return b == NULL ? 0 : b[0];
}

static inline uint16_t
sc_reader_u16(ScReader *self)
{
    const uint8_t *b = sc_reader_take(self, 2);
    return (uint16_t)(b == NULL ? 0 : b[0] << 8 | b[1]);
}

static inline uint32_t
sc_reader_u24(ScReader *self)
{
    const uint8_t *b = sc_reader_take(self, 3);
    return b == NULL ? 0 : (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];
}

static inline uint32_t
sc_reader_u32(ScReader *self)
{
    const uint8_t *b = sc_reader_take(self, 4);
    return b == NULL
               ? 0
               : (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t
sc_reader_u64(ScReader *self)
{
    uint64_t high = sc_reader_u32(self);
    return high << 32 | sc_reader_u32(self);
}

static inline ScWriter
sc_writer_init(uint8_t *data, size_t size)
{
    return (ScWriter){ .data = data, .size = size };
}

static inline size_t
sc_writer_get_left(const ScWriter *self)
{
    return self->size - self->offset;
}

/* Reserves @length bytes for the caller to fill; NULL, and overrun, where there is no
 * room. */
static inline uint8_t *
sc_writer_reserve(ScWriter *self, size_t length)
{
    if (self->overrun || length > self->size - self->offset) {
        self->overrun = true;
        return NULL;
    }
    uint8_t *bytes = self->data + self->offset;
    self->offset += length;
    return bytes;
}

static inline void
sc_writer_u8(ScWriter *self, uint8_t value)
{
    uint8_t *b = sc_writer_reserve(self, 1);
    if (b != NULL)
        b[0] = value;
}

static inline void
sc_writer_u16(ScWriter *self, uint16_t value)
{
    uint8_t *b = sc_writer_reserve(self, 2);
    if (b != NULL) {
        b[0] = (uint8_t)(value >> 8);
        b[1] = (uint8_t)value;
    }
}

/* The low 24 bits of @value. */
static inline void
sc_writer_u24(ScWriter *self, uint32_t value)
{
    uint8_t *b = sc_writer_reserve(self, 3);
    if (b != NULL) {
        b[0] = (uint8_t)(value >> 16);
        b[1] = (uint8_t)(value >> 8);
        b[2] = (uint8_t)value;
    }
}

static inline void
sc_writer_u32(ScWriter *self, uint32_t value)
{
    uint8_t *b = sc_writer_reserve(self, 4);
    if (b != NULL) {
        b[0] = (uint8_t)(value >> 24);
        b[1] = (uint8_t)(value >> 16);
        b[2] = (uint8_t)(value >> 8);
        b[3] = (uint8_t)value;
    }
}

static inline void
sc_writer_u64(ScWriter *self, uint64_t value)
{
    sc_writer_u32(self, (uint32_t)(value >> 32));
    sc_writer_u32(self, (uint32_t)value);
}

static inline void
sc_writer_bytes(ScWriter *self, const void *bytes, size_t length)
{
    uint8_t *b = sc_writer_reserve(self, length);
    if (b != NULL && length > 0)
        memcpy(b, bytes, length);
}
