/* SPDX-License-Identifier: Apache-2.0 */
/* extension.h: RTP header extensions, one-byte and two-byte form, and the block that the
 * relay writes itself. Thread: any; pure. Spec: RFC 8285; RFC 9143 section 15 (mid); RFC
 * 8852 (rid, repaired rid); abs-send-time
 * (http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time);
 * draft-holmer-rmcat-transport-wide-cc-extensions-01. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/wire/rtp.h"

#define SC_EXTENSION_TEXT_MAX \
    16 /* bytes of a mid or rid we take: what the one-byte form holds */
#define SC_EXTENSION_WRITE_MAX \
    16 /* bytes of the longest block sc_extension_write() makes */

/* Negotiated ids; 0: not negotiated. */
typedef struct {
    uint8_t mid;
    uint8_t rid;
    uint8_t repaired_rid;
    uint8_t abs_send_time;
    uint8_t transport_cc;
} ScExtensionIds;

typedef struct {
    uint8_t id;
    uint8_t length;      /* bytes, may be 0 in the two-byte form */
    const uint8_t *data; /* borrowed from the packet */
} ScExtension;

typedef struct {
    const uint8_t *data; /* borrowed from the packet */
    size_t length;
    size_t offset;
    bool two_byte;
} ScExtensionIterator;

/* Not terminated by NUL; @length 0: absent. */
typedef struct {
    const char *text; /* borrowed from the packet */
    uint8_t length;   /* at most SC_EXTENSION_TEXT_MAX */
} ScExtensionText;

typedef struct {
    ScExtensionText mid;          /* token characters, RFC 8866 section 9 */
    ScExtensionText rid;          /* letters, digits, "-" and "_", RFC 8851 section 10 */
    ScExtensionText repaired_rid; /* the same */
    bool has_abs_send_time;
    bool has_transport_sequence;
    uint16_t transport_sequence;
    uint32_t abs_send_time; /* 24 bits, 6.18 fixed point seconds */
} ScExtensionValues;

/* An unknown profile, or no extension, iterates over nothing. */
ScExtensionIterator sc_extension_iterate(const ScRtp *rtp);

/* False at the end, also where an element lies about its length. */
bool sc_extension_next(ScExtensionIterator *self, ScExtension *out_extension);

/* The first element of @id; false where there is none. @id 0 is never found. */
bool sc_extension_lookup(const ScRtp *rtp, uint8_t id, ScExtension *out_extension);

/* Hot. All that the relay knows of @rtp's extensions in one pass. What has the wrong
 * length or letters is absent. */
void sc_extension_parse(const ScRtp *rtp, const ScExtensionIds *ids,
                        ScExtensionValues *out_values);

bool sc_extension_text_equal(const ScExtensionText *a, const char *b);

/* Length of what sc_extension_write() writes with these @ids: 0 without abs-send-time and
 * transport-cc, at most SC_EXTENSION_WRITE_MAX. Constant for a receiver, so that the
 * packets of a GSO message stay of one size. */
size_t sc_extension_get_write_length(const ScExtensionIds *ids);

/* Hot. Writes abs-send-time and the transport-wide number, each where it was negotiated,
 * with the extension's own header and padding. Returns the bytes written. */
size_t sc_extension_write(const ScExtensionIds *ids, uint32_t abs_send_time,
                          uint16_t transport_sequence,
                          uint8_t out[SC_EXTENSION_WRITE_MAX]);

/* 24 bits of 6.18 fixed point seconds; wraps every 64 s. @time_us of any epoch, not
 * negative. */
uint32_t sc_extension_get_abs_send_time(int64_t time_us);
