/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/rtp.h"

#include <glib.h>

#include "relay/wire/reader.h"

enum {
    VERSION = 2,
    PADDING_BIT = 0x20,
    EXTENSION_BIT = 0x10,
    CSRC_COUNT_MASK = 0x0f,
    MARKER_BIT = 0x80,
};

static void
parse_extension(ScReader *reader, ScRtp *rtp)
{
    rtp->extension_profile = sc_reader_u16(reader);
    rtp->extension_length = (size_t)sc_reader_u16(reader) * 4;
    rtp->extension = sc_reader_take(reader, rtp->extension_length);
}

/* The last byte of the packet counts the padding, itself included. */
static bool
strip_padding(ScRtp *rtp)
{
    if (rtp->payload_length == 0)
        return false;

    rtp->padding_length = rtp->payload[rtp->payload_length - 1];
    if (rtp->padding_length == 0 || rtp->padding_length > rtp->payload_length)
        return false;
    rtp->payload_length -= rtp->padding_length;
    return true;
}

bool
sc_rtp_parse(const uint8_t *data, size_t length, ScRtp *out_rtp)
{
    ScReader reader = sc_reader_init(data, length);
    ScRtp rtp = { 0 };

    uint8_t first = sc_reader_u8(&reader);
    uint8_t second = sc_reader_u8(&reader);
    rtp.marker = (second & MARKER_BIT) != 0;
    rtp.payload_type = second & 0x7f;
    rtp.sequence = sc_reader_u16(&reader);
    rtp.timestamp = sc_reader_u32(&reader);
    rtp.ssrc = sc_reader_u32(&reader);
    rtp.n_csrcs = first & CSRC_COUNT_MASK;
    sc_reader_take(&reader, rtp.n_csrcs * 4U);
    if (first & EXTENSION_BIT)
        parse_extension(&reader, &rtp);
    if (reader.overrun || first >> 6 != VERSION)
        return false;

    rtp.header_length = (uint16_t)MIN(reader.offset, UINT16_MAX);
    rtp.payload_length = sc_reader_get_left(&reader);
    rtp.payload = sc_reader_take(&reader, rtp.payload_length);
    if (first & PADDING_BIT && !strip_padding(&rtp))
        return false;

    *out_rtp = rtp;
    return true;
}

void
sc_rtp_write_header(const ScRtp *rtp, uint8_t out[SC_RTP_HEADER_LENGTH])
{
    ScWriter writer = sc_writer_init(out, SC_RTP_HEADER_LENGTH);
    unsigned first = VERSION << 6;
    unsigned second = rtp->payload_type & 0x7fU;

    if (rtp->padding_length != 0)
        first |= PADDING_BIT;
    if (rtp->extension != NULL)
        first |= EXTENSION_BIT;
    if (rtp->marker)
        second |= MARKER_BIT;

    sc_writer_u8(&writer, (uint8_t)first);
    sc_writer_u8(&writer, (uint8_t)second);
    sc_writer_u16(&writer, rtp->sequence);
    sc_writer_u32(&writer, rtp->timestamp);
    sc_writer_u32(&writer, rtp->ssrc);
}

bool
sc_rtp_unwrap_rtx(ScRtp *rtp, uint16_t *out_sequence)
{
    ScReader reader = sc_reader_init(rtp->payload, rtp->payload_length);
    uint16_t sequence = sc_reader_u16(&reader);

    if (reader.overrun)
        return false;
    rtp->payload += SC_RTP_RTX_LENGTH;
    rtp->payload_length -= SC_RTP_RTX_LENGTH;
    *out_sequence = sequence;
    return true;
}
