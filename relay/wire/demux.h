/* SPDX-License-Identifier: Apache-2.0 */
/* demux.h: what a datagram on the one port is, by its first bytes alone.
 * Thread: any; pure. Spec: RFC 7983 section 7 (first byte); RFC 5761 section 4 (RTP or
 * RTCP). */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
    SC_DEMUX_UNKNOWN, /* ZRTP, TURN channels and QUIC too: none is ours */
    SC_DEMUX_STUN,
    SC_DEMUX_DTLS,
    SC_DEMUX_RTP,
    SC_DEMUX_RTCP,
} ScDemuxKind;

/* Says only where the datagram is to go: whoever gets it still has to parse it. */
ScDemuxKind sc_demux_get_kind(const uint8_t *data, size_t length);
