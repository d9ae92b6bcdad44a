/* SPDX-License-Identifier: Apache-2.0 */
/* outlet.h: where packets for one receiver go and what they are sealed with: the part of
 * a transport that the fan-out reads for each message, kept together and small. Thread:
 * the worker that owns the receiver. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "relay/bandwidth.h"
#include "relay/encrypt.h"
#include "relay/slot.h"
#include "relay/socket.h"
#include "relay/wire/extension.h"

struct ScOutlet {
    const ScEncryptKey *key; /* borrowed from the transport; NULL until the handshake */
    ScSocketName name;       /* the selected address */
    ScSrtpProfile profile;   /* of @key */
    uint8_t name_length;
    uint8_t tag_length; /* bytes */
    bool is_open;       /* has keys, an address and consent */
    bool has_source;
    bool wants_report;      /* a slot has a new feed: sender reports soon */
    uint16_t wide_sequence; /* next transport-wide number */
    struct in6_addr source; /* our address the peer talks to; valid where has_source */
    uint8_t
        extension[SC_EXTENSION_WRITE_MAX]; /* the header extension block, written once */
    uint8_t extension_length;              /* bytes; 0: none negotiated */
    uint8_t abs_send_time_offset;          /* in @extension; 0: not negotiated */
    uint8_t transport_cc_offset;           /* the same */
    ScBandwidth *bandwidth; /* borrowed from the transport; NULL: gives no feedback */
    uint64_t n_packets, n_bytes; /* media sent, UDP payload bytes */
};

/* The constant part of a header: what was negotiated and where its values stand. */
void sc_outlet_set_extensions(ScOutlet *self, const ScExtensionIds *ids);
