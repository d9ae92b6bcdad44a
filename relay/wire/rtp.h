/* SPDX-License-Identifier: Apache-2.0 */
/* rtp.h: the RTP packet. Thread: any; pure. Spec: RFC 3550 section 5.1 and 5.3.1. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_RTP_HEADER_LENGTH 12 /* bytes, without CSRCs and extension */
#define SC_RTP_RTX_LENGTH 2     /* bytes: original sequence number, RFC 4588 section 4 */

typedef struct {
    uint32_t ssrc;
    uint32_t timestamp;
    uint16_t sequence;
    uint8_t payload_type; /* 0–127 */
    bool marker;
    uint8_t padding_length; /* bytes at the end, the count itself included; 0: no P bit */
    uint8_t n_csrcs;
    uint16_t extension_profile; /* valid where @extension is not NULL */
    uint16_t header_length;     /* bytes before the payload, CSRCs and extension included;
                                 * 65535 for the few longer ones that no datagram holds */
    const uint8_t *extension;   /* borrowed from the packet; NULL: no X bit */
    size_t
        extension_length; /* bytes, a multiple of 4; without the extension's own header */
    const uint8_t *payload; /* borrowed from the packet */
    size_t payload_length;  /* bytes, may be 0; padding is not counted */
} ScRtp;

/* False unless version, CSRCs, extension and padding all fit into @length. */
bool sc_rtp_parse(const uint8_t *data, size_t length, ScRtp *out_rtp);

/* Hot. Writes the 12 fixed bytes with no CSRC. The X bit is set where @extension is not
 * NULL (its pointer is not followed: sc_extension_write() puts the block behind), the P
 * bit where
 * @padding_length is not 0. */
void sc_rtp_write_header(const ScRtp *rtp, uint8_t out[SC_RTP_HEADER_LENGTH]);

/* An RTX payload begins with the original sequence number (RFC 4588 section 4): steps
 * @rtp's payload over it. False where the payload is shorter; a payload of padding alone,
 * which estimators send as probes, is one of them. */
bool sc_rtp_unwrap_rtx(ScRtp *rtp, uint16_t *out_sequence);
