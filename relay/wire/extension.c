/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/extension.h"

#include <string.h>

#include "relay/wire/reader.h"

enum {
    ONE_BYTE_PROFILE = 0xbede,
    TWO_BYTE_PROFILE = 0x1000,
    TWO_BYTE_PROFILE_MASK = 0xfff0, /* the low 4 bits are the application's */
    ONE_BYTE_ID_MAX = 14,
    ONE_BYTE_ID_STOP = 15,
    HEADER_LENGTH = 4,
    ABS_SEND_TIME_LENGTH = 3,
    TRANSPORT_CC_LENGTH = 2,
};

ScExtensionIterator
sc_extension_iterate(const ScRtp *rtp)
{
    ScExtensionIterator self = { .data = rtp->extension,
                                 .length = rtp->extension_length };

    if (rtp->extension == NULL)
        self.length = 0;
    else if ((rtp->extension_profile & TWO_BYTE_PROFILE_MASK) == TWO_BYTE_PROFILE)
        self.two_byte = true;
    else if (rtp->extension_profile != ONE_BYTE_PROFILE)
        self.length = 0;
    return self;
}

/* The element's own header; 15 ends the one-byte form (RFC 8285 section 4.2). */
static bool
read_header(ScExtensionIterator *self, ScExtension *extension)
{
    uint8_t first = self->data[self->offset++];

    if (!self->two_byte) {
        extension->id = first >> 4;
        extension->length = (uint8_t)((first & 0x0f) + 1);
        return extension->id != ONE_BYTE_ID_STOP;
    }
    if (self->offset == self->length)
        return false;
    extension->id = first;
    extension->length = self->data[self->offset++];
    return true;
}

bool
sc_extension_next(ScExtensionIterator *self, ScExtension *out_extension)
{
    ScExtension extension;

    while (self->offset < self->length && self->data[self->offset] == 0)
        self->offset++; /* padding */
    if (self->offset == self->length)
        return false;

    if (!read_header(self, &extension)
        || extension.length > self->length - self->offset) {
        self->offset = self->length;
        return false;
    }
    extension.data = self->data + self->offset;
    self->offset += extension.length;
    *out_extension = extension;
    return true;
}

bool
sc_extension_lookup(const ScRtp *rtp, uint8_t id, ScExtension *out_extension)
{
    ScExtensionIterator iterator = sc_extension_iterate(rtp);
    ScExtension extension;

    while (sc_extension_next(&iterator, &extension)) {
        if (extension.id == id && id != 0) {
            *out_extension = extension;
            return true;
        }
    }
    return false;
}

static bool
is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_rid_character(uint8_t c)
{
    return is_alphanumeric(c) || c == '-' || c == '_';
}

static bool
is_token_character(uint8_t c)
{
    return is_alphanumeric(c) || (c != 0 && strchr("!#$%&'*+-.^_`{|}~", c) != NULL);
}

static ScExtensionText
take_text(const ScExtension *extension, bool (*is_allowed)(uint8_t))
{
    if (extension->length > SC_EXTENSION_TEXT_MAX)
        return (ScExtensionText){ 0 };
    for (unsigned i = 0; i < extension->length; i++) {
        if (!is_allowed(extension->data[i]))
            return (ScExtensionText){ 0 };
    }
    return (ScExtensionText){ (const char *)extension->data, extension->length };
}

static void
take_value(const ScExtension *extension, const ScExtensionIds *ids,
           ScExtensionValues *values)
{
    ScReader reader = sc_reader_init(extension->data, extension->length);

    if (extension->id == ids->transport_cc) {
        values->has_transport_sequence = extension->length == TRANSPORT_CC_LENGTH;
        values->transport_sequence = sc_reader_u16(&reader);
    } else if (extension->id == ids->abs_send_time) {
        values->has_abs_send_time = extension->length == ABS_SEND_TIME_LENGTH;
        values->abs_send_time = sc_reader_u24(&reader);
    } else if (extension->id == ids->mid) {
        values->mid = take_text(extension, is_token_character);
    } else if (extension->id == ids->rid) {
        values->rid = take_text(extension, is_rid_character);
    } else if (extension->id == ids->repaired_rid) {
        values->repaired_rid = take_text(extension, is_rid_character);
    }
}

void
sc_extension_parse(const ScRtp *rtp, const ScExtensionIds *ids,
                   ScExtensionValues *out_values)
{
    ScExtensionIterator iterator = sc_extension_iterate(rtp);
    ScExtension extension;

    *out_values = (ScExtensionValues){ 0 };
    while (sc_extension_next(&iterator, &extension)) {
        if (extension.id != 0)
            take_value(&extension, ids, out_values);
    }
}

bool
sc_extension_text_equal(const ScExtensionText *a, const char *b)
{
    return strlen(b) == a->length
           && (a->length == 0 || memcmp(a->text, b, a->length) == 0);
}

static bool
needs_two_byte(const ScExtensionIds *ids)
{
    return ids->abs_send_time > ONE_BYTE_ID_MAX || ids->transport_cc > ONE_BYTE_ID_MAX;
}

size_t
sc_extension_get_write_length(const ScExtensionIds *ids)
{
    size_t element_header = needs_two_byte(ids) ? 2 : 1;
    size_t length = 0;

    if (ids->abs_send_time != 0)
        length += element_header + ABS_SEND_TIME_LENGTH;
    if (ids->transport_cc != 0)
        length += element_header + TRANSPORT_CC_LENGTH;
    return length == 0 ? 0 : HEADER_LENGTH + (length + 3) / 4 * 4;
}

static void
write_element_header(ScWriter *writer, bool two_byte, uint8_t id, uint8_t length)
{
    if (two_byte) {
        sc_writer_u8(writer, id);
        sc_writer_u8(writer, length);
    } else {
        sc_writer_u8(writer, (uint8_t)(id << 4 | (length - 1)));
    }
}

size_t
sc_extension_write(const ScExtensionIds *ids, uint32_t abs_send_time,
                   uint16_t transport_sequence, uint8_t out[SC_EXTENSION_WRITE_MAX])
{
    size_t length = sc_extension_get_write_length(ids);
    bool two_byte = needs_two_byte(ids);
    ScWriter writer = sc_writer_init(out, length);

    if (length == 0)
        return 0;

    sc_writer_u16(&writer, two_byte ? TWO_BYTE_PROFILE : ONE_BYTE_PROFILE);
    sc_writer_u16(&writer, (uint16_t)((length - HEADER_LENGTH) / 4));
    if (ids->abs_send_time != 0) {
        write_element_header(&writer, two_byte, ids->abs_send_time, ABS_SEND_TIME_LENGTH);
        sc_writer_u24(&writer, abs_send_time);
    }
    if (ids->transport_cc != 0) {
        write_element_header(&writer, two_byte, ids->transport_cc, TRANSPORT_CC_LENGTH);
        sc_writer_u16(&writer, transport_sequence);
    }
    while (sc_writer_get_left(&writer) > 0)
        sc_writer_u8(&writer, 0);
    return length;
}

uint32_t
sc_extension_get_abs_send_time(int64_t time_us)
{
    /* Whole seconds apart, so that no epoch overflows the shift. */
    uint64_t seconds = (uint64_t)time_us / 1000000;
    uint64_t fraction = ((uint64_t)time_us % 1000000 << 18) / 1000000;

    return (uint32_t)((seconds << 18 | fraction) & 0xffffff);
}
