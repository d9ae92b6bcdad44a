/* SPDX-License-Identifier: Apache-2.0 */
/* bulletin.h: what signaling is told, as JSON (GVariant, the way jsonrpc-glib takes it).
 * Decides nothing. All that is made is floating. Thread: main; pure. Spec:
 * docs/protocol.md#control. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "relay/address.h"
#include "relay/notice.h"
#include "relay/registry.h"

/* How a peer finds us. All of it borrowed. */
typedef struct {
    const char *ufrag, *password;
    const char *fingerprint; /* NULL: left out */
    const ScAddress *addresses;
    unsigned n_addresses;
    uint16_t port;
} ScBulletinReach;

/* In the answers to transport.create and transport.restart_ice. */
GVariant *sc_bulletin_make_reach(const ScBulletinReach *reach);

const char *sc_bulletin_get_profile_name(ScSrtpProfile profile);

/* transport.state: @notice is of that kind. */
GVariant *sc_bulletin_make_transport_state(const ScRegistryTransport *transport,
                                           const ScNotice *notice);
/* track.state */
GVariant *sc_bulletin_make_track_state(const ScRegistryTrack *track);
/* quality, but of transports that are gone */
GVariant *sc_bulletin_make_qualities(const ScRegistry *registry,
                                     const ScQuality *qualities, unsigned n);
/* The answer to relay.list. */
GVariant *sc_bulletin_make_list(const ScRegistry *registry);
