/* SPDX-License-Identifier: Apache-2.0 */
/* rtcp.h: compound RTCP packets, sender and receiver reports, SDES CNAME, BYE. Feedback
 * messages (NACK, PLI, FIR, REMB) are feedback.h's, transport-wide feedback twcc.h's.
 * Thread: any; pure. Spec: RFC 3550 section 6; RFC 5506 (reduced size). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/wire/reader.h"

#define SC_RTCP_REPORTS_MAX 31 /* report blocks of one packet: 5 bits count them */
#define SC_RTCP_CNAME_MAX 255  /* bytes */

typedef enum {
    SC_RTCP_SR = 200,
    SC_RTCP_RR = 201,
    SC_RTCP_SDES = 202,
    SC_RTCP_BYE = 203,
    SC_RTCP_APP = 204,
    SC_RTCP_RTPFB = 205, /* NACK, transport-wide feedback: RFC 4585 section 6.2 */
    SC_RTCP_PSFB = 206,  /* PLI, FIR, REMB: RFC 4585 section 6.3 */
    SC_RTCP_XR = 207,
} ScRtcpType;

/* One packet of a compound. */
typedef struct {
    uint8_t type;        /* ScRtcpType, or what we do not know */
    uint8_t count;       /* 5 bits: report or source count, or feedback message type */
    const uint8_t *body; /* behind the 4 bytes of header; borrowed from the datagram */
    size_t body_length;  /* bytes; padding is not counted */
} ScRtcpPacket;

typedef struct {
    ScReader reader;
} ScRtcpIterator;

typedef struct {
    uint32_t ssrc;
    uint32_t rtp_timestamp;
    uint64_t ntp; /* 32.32 fixed point seconds since 1900 */
    uint32_t n_packets;
    uint32_t n_bytes;
} ScRtcpSenderInfo;

typedef struct {
    uint32_t ssrc;
    uint8_t fraction_lost;     /* in 1/256, since the report before */
    int32_t n_lost;            /* 24 bits signed: duplicates can make it negative */
    uint32_t highest_sequence; /* cycles in the high 16 bits */
    uint32_t jitter;           /* in ticks of the RTP clock */
    uint32_t last_sr;        /* sc_rtcp_ntp_get_middle() of the SR heard last; 0: none */
    uint32_t delay_since_sr; /* in 1/65536 s */
} ScRtcpReport;

typedef struct {
    uint32_t ssrc;
    const char *
        cname; /* not terminated; borrowed from the datagram; NULL: this chunk has none */
    uint8_t cname_length;
} ScRtcpSource;

/* The 32 bits of @ntp that reports speak of: 16.16 fixed point seconds. */
static inline uint32_t
sc_rtcp_ntp_get_middle(uint64_t ntp)
{
    return (uint32_t)(ntp >> 16);
}

/* True where @data is a chain of whole RTCP packets, with no byte left: version 2,
 * lengths that fit, padding on the last one only. Reduced size compounds (RFC 5506) are
 * fine. */
bool sc_rtcp_is_valid(const uint8_t *data, size_t length);

ScRtcpIterator sc_rtcp_iterate(const uint8_t *data, size_t length);

/* False at the end, also at the first packet that is broken. Unknown types are given too.
 */
bool sc_rtcp_next(ScRtcpIterator *self, ScRtcpPacket *out_packet);

/* False unless @packet is an SR that holds its sender info. */
bool sc_rtcp_parse_sr(const ScRtcpPacket *packet, ScRtcpSenderInfo *out_info);

/* Who reports: the SSRC of an SR or RR. */
bool sc_rtcp_parse_reporter(const ScRtcpPacket *packet, uint32_t *out_ssrc);

/* The report block @index of an SR or RR; false behind the last one. */
bool sc_rtcp_parse_report(const ScRtcpPacket *packet, unsigned index,
                          ScRtcpReport *out_report);

/* The source @index of a BYE; false behind the last one. */
bool sc_rtcp_parse_bye(const ScRtcpPacket *packet, unsigned index, uint32_t *out_ssrc);

/* The chunk @index of an SDES; false behind the last one and where the chunk is broken.
 */
bool sc_rtcp_parse_sdes(const ScRtcpPacket *packet, unsigned index,
                        ScRtcpSource *out_source);

/* Each appends one whole packet; where there is no room @writer is overrun and its
 * content not to be used. At most SC_RTCP_REPORTS_MAX reports; @info's and @reports'
 * values are cut to their bits on the wire. */
void sc_rtcp_write_sr(ScWriter *writer, const ScRtcpSenderInfo *info,
                      const ScRtcpReport *reports, unsigned n_reports);
void sc_rtcp_write_rr(ScWriter *writer, uint32_t ssrc, const ScRtcpReport *reports,
                      unsigned n_reports);
void sc_rtcp_write_sdes(ScWriter *writer, uint32_t ssrc, const char *cname);
void sc_rtcp_write_bye(ScWriter *writer, const uint32_t *ssrcs, unsigned n_ssrcs);

/* The 4 bytes each packet begins with; @length counts the whole packet, a multiple of 4.
 */
void sc_rtcp_write_header(ScWriter *writer, uint8_t count, ScRtcpType type,
                          size_t length);
