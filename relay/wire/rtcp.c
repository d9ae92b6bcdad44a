/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/wire/rtcp.h"

#include <string.h>

#include <glib.h>

enum {
    VERSION = 2,
    PADDING_BIT = 0x20,
    HEADER_LENGTH = 4,
    SSRC_LENGTH = 4,
    SENDER_INFO_LENGTH = 20, /* behind the SSRC */
    REPORT_LENGTH = 24,
    SDES_END = 0,
    SDES_CNAME = 1,
};

ScRtcpIterator
sc_rtcp_iterate(const uint8_t *data, size_t length)
{
    return (ScRtcpIterator){ .reader = sc_reader_init(data, length) };
}

/* RFC 3550 section 6.4.1 wants padding in multiples of 4 and on the last packet alone,
 * but libwebrtc pads each transport-wide feedback packet by 1 to 3 bytes. */
static bool
strip_padding(ScRtcpPacket *packet)
{
    if (packet->body_length == 0)
        return false;

    uint8_t padding = packet->body[packet->body_length - 1];
    if (padding == 0 || padding > packet->body_length)
        return false;
    packet->body_length -= padding;
    return true;
}

bool
sc_rtcp_next(ScRtcpIterator *self, ScRtcpPacket *out_packet)
{
    ScReader *reader = &self->reader;
    ScRtcpPacket packet;

    if (reader->overrun || sc_reader_get_left(reader) == 0)
        return false;

    uint8_t first = sc_reader_u8(reader);
    packet.count = first & 0x1f;
    packet.type = sc_reader_u8(reader);
    packet.body_length = (size_t)sc_reader_u16(reader) * 4;
    packet.body = sc_reader_take(reader, packet.body_length);
    if (first >> 6 != VERSION)
        reader->overrun = true;
    if (!reader->overrun && first & PADDING_BIT && !strip_padding(&packet))
        reader->overrun = true;
    if (reader->overrun)
        return false;

    *out_packet = packet;
    return true;
}

bool
sc_rtcp_is_valid(const uint8_t *data, size_t length)
{
    ScRtcpIterator iterator = sc_rtcp_iterate(data, length);
    ScRtcpPacket packet;
    unsigned n_packets = 0;

    while (sc_rtcp_next(&iterator, &packet))
        n_packets++;
    return n_packets > 0 && !iterator.reader.overrun;
}

bool
sc_rtcp_parse_sr(const ScRtcpPacket *packet, ScRtcpSenderInfo *out_info)
{
    ScReader reader = sc_reader_init(packet->body, packet->body_length);
    ScRtcpSenderInfo info;

    info.ssrc = sc_reader_u32(&reader);
    info.ntp = sc_reader_u64(&reader);
    info.rtp_timestamp = sc_reader_u32(&reader);
    info.n_packets = sc_reader_u32(&reader);
    info.n_bytes = sc_reader_u32(&reader);
    if (packet->type != SC_RTCP_SR || reader.overrun)
        return false;
    *out_info = info;
    return true;
}

bool
sc_rtcp_parse_reporter(const ScRtcpPacket *packet, uint32_t *out_ssrc)
{
    ScReader reader = sc_reader_init(packet->body, packet->body_length);
    uint32_t ssrc = sc_reader_u32(&reader);

    if ((packet->type != SC_RTCP_SR && packet->type != SC_RTCP_RR) || reader.overrun)
        return false;
    *out_ssrc = ssrc;
    return true;
}

static int32_t
sign_extend_24(uint32_t value)
{
    return (int32_t)(value ^ 0x800000) - 0x800000;
}

bool
sc_rtcp_parse_report(const ScRtcpPacket *packet, unsigned index, ScRtcpReport *out_report)
{
    ScReader reader = sc_reader_init(packet->body, packet->body_length);
    ScRtcpReport report;

    if ((packet->type != SC_RTCP_SR && packet->type != SC_RTCP_RR)
        || index >= packet->count)
        return false;

    sc_reader_take(&reader, SSRC_LENGTH);
    if (packet->type == SC_RTCP_SR)
        sc_reader_take(&reader, SENDER_INFO_LENGTH);
    sc_reader_take(&reader, (size_t)index * REPORT_LENGTH);
    report.ssrc = sc_reader_u32(&reader);
    report.fraction_lost = sc_reader_u8(&reader);
    report.n_lost = sign_extend_24(sc_reader_u24(&reader));
    report.highest_sequence = sc_reader_u32(&reader);
    report.jitter = sc_reader_u32(&reader);
    report.last_sr = sc_reader_u32(&reader);
    report.delay_since_sr = sc_reader_u32(&reader);
    if (reader.overrun)
        return false;
    *out_report = report;
    return true;
}

bool
sc_rtcp_parse_bye(const ScRtcpPacket *packet, unsigned index, uint32_t *out_ssrc)
{
    ScReader reader = sc_reader_init(packet->body, packet->body_length);

    if (packet->type != SC_RTCP_BYE || index >= packet->count)
        return false;

    sc_reader_take(&reader, (size_t)index * SSRC_LENGTH);
    uint32_t ssrc = sc_reader_u32(&reader);
    if (reader.overrun)
        return false;
    *out_ssrc = ssrc;
    return true;
}

/* One chunk: SSRC, items, an end, and padding up to the next 4 bytes. */
static ScRtcpSource
read_source(ScReader *reader)
{
    ScRtcpSource source = { .ssrc = sc_reader_u32(reader) };
    uint8_t item;

    while ((item = sc_reader_u8(reader)) != SDES_END) {
        uint8_t length = sc_reader_u8(reader);
        const uint8_t *text = sc_reader_take(reader, length);

        if (item == SDES_CNAME && source.cname == NULL) {
            source.cname = (const char *)text;
            source.cname_length = length;
        }
    }
    sc_reader_take(reader, -reader->offset % 4);
    return source;
}

bool
sc_rtcp_parse_sdes(const ScRtcpPacket *packet, unsigned index, ScRtcpSource *out_source)
{
    ScReader reader = sc_reader_init(packet->body, packet->body_length);
    ScRtcpSource source = { 0 };

    if (packet->type != SC_RTCP_SDES || index >= packet->count)
        return false;

    for (unsigned i = 0; i <= index && !reader.overrun; i++)
        source = read_source(&reader);
    if (reader.overrun)
        return false;
    *out_source = source;
    return true;
}

void
sc_rtcp_write_header(ScWriter *writer, uint8_t count, ScRtcpType type, size_t length)
{
    g_assert(count <= 0x1f && length >= HEADER_LENGTH && length % 4 == 0);

    sc_writer_u8(writer, (uint8_t)(VERSION << 6 | count));
    sc_writer_u8(writer, (uint8_t)type);
    sc_writer_u16(writer, (uint16_t)(length / 4 - 1));
}

static void
write_reports(ScWriter *writer, const ScRtcpReport *reports, unsigned n_reports)
{
    for (unsigned i = 0; i < n_reports; i++) {
        sc_writer_u32(writer, reports[i].ssrc);
        sc_writer_u8(writer, reports[i].fraction_lost);
        sc_writer_u24(writer, (uint32_t)CLAMP(reports[i].n_lost, -0x800000, 0x7fffff));
        sc_writer_u32(writer, reports[i].highest_sequence);
        sc_writer_u32(writer, reports[i].jitter);
        sc_writer_u32(writer, reports[i].last_sr);
        sc_writer_u32(writer, reports[i].delay_since_sr);
    }
}

void
sc_rtcp_write_sr(ScWriter *writer, const ScRtcpSenderInfo *info,
                 const ScRtcpReport *reports, unsigned n_reports)
{
    g_assert(n_reports <= SC_RTCP_REPORTS_MAX);

    sc_rtcp_write_header(writer, (uint8_t)n_reports, SC_RTCP_SR,
                         HEADER_LENGTH + SSRC_LENGTH + SENDER_INFO_LENGTH
                             + n_reports * REPORT_LENGTH);
    sc_writer_u32(writer, info->ssrc);
    sc_writer_u64(writer, info->ntp);
    sc_writer_u32(writer, info->rtp_timestamp);
    sc_writer_u32(writer, info->n_packets);
    sc_writer_u32(writer, info->n_bytes);
    write_reports(writer, reports, n_reports);
}

void
sc_rtcp_write_rr(ScWriter *writer, uint32_t ssrc, const ScRtcpReport *reports,
                 unsigned n_reports)
{
    g_assert(n_reports <= SC_RTCP_REPORTS_MAX);

    sc_rtcp_write_header(writer, (uint8_t)n_reports, SC_RTCP_RR,
                         HEADER_LENGTH + SSRC_LENGTH + n_reports * REPORT_LENGTH);
    sc_writer_u32(writer, ssrc);
    write_reports(writer, reports, n_reports);
}

void
sc_rtcp_write_sdes(ScWriter *writer, uint32_t ssrc, const char *cname)
{
    size_t length = strlen(cname);
    /* Item type and length before the text, and at least one byte of end behind it. */
    size_t items = (2 + length + 1 + 3) / 4 * 4;

    g_assert(length <= SC_RTCP_CNAME_MAX);

    sc_rtcp_write_header(writer, 1, SC_RTCP_SDES, HEADER_LENGTH + SSRC_LENGTH + items);
    sc_writer_u32(writer, ssrc);
    sc_writer_u8(writer, SDES_CNAME);
    sc_writer_u8(writer, (uint8_t)length);
    sc_writer_bytes(writer, cname, length);
    for (size_t i = 2 + length; i < items; i++)
        sc_writer_u8(writer, SDES_END);
}

void
sc_rtcp_write_bye(ScWriter *writer, const uint32_t *ssrcs, unsigned n_ssrcs)
{
    g_assert(n_ssrcs <= SC_RTCP_REPORTS_MAX);

    sc_rtcp_write_header(writer, (uint8_t)n_ssrcs, SC_RTCP_BYE,
                         HEADER_LENGTH + n_ssrcs * SSRC_LENGTH);
    for (unsigned i = 0; i < n_ssrcs; i++)
        sc_writer_u32(writer, ssrcs[i]);
}
