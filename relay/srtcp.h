/* SPDX-License-Identifier: Apache-2.0 */
/* srtcp.h: seals and opens RTCP. Every receiver has it both ways while only publishers
 * have inbound RTP, so it is not left to libsrtp: Debian's is built on NSS, where a
 * context takes 16 KiB and each packet searches lists as long as there are contexts in
 * the process. Here a peer is its keys, and the ciphers are the thread's. Thread: the
 * worker that owns the peer. Spec: RFC 3711 section 3.4, RFC 7714 section 9. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/srtp.h"

/* One direction of one peer. */
typedef struct ScSrtcp ScSrtcp;

/* Copies what it needs of @master. */
ScSrtcp *sc_srtcp_new(ScSrtpProfile profile, const ScSrtpMaster *master)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_srtcp_free(ScSrtcp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSrtcp, sc_srtcp_free)

/* Both work in place and expect no less than 8 bytes of header in @length. */

/* @data must have SC_SRTP_TRAILER_MAX bytes of room behind @length. Never fails. */
void sc_srtcp_seal(ScSrtcp *self, uint8_t *data, size_t *length);

/* After a drop the bytes are undefined. DROP verdicts: SRTP_MALFORMED (too short, or not
 * encrypted: RFC 5764 offers no such profile), SRTP_AUTHENTICATION, SRTP_REPLAYED,
 * SRTP_STREAM_LIMIT (an SSRC beyond SC_SRTP_STREAMS_MAX). */
ScVerdict sc_srtcp_open(ScSrtcp *self, uint8_t *data, size_t *length)
    G_GNUC_WARN_UNUSED_RESULT;
