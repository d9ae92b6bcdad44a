/* SPDX-License-Identifier: Apache-2.0 */
/* residents.h: the transports of one worker, by every name a datagram or a mail has for
 * them: the peer's address, our ICE user-name fragment, the id. Thread: the worker's. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "relay/transport.h"

typedef struct {
    GPtrArray *all;         /* owned; ScTransports, owned by the worker */
    GHashTable *by_id;      /* owned */
    GHashTable *by_address; /* owned; keys are copies */
    GHashTable *by_ufrag;   /* owned; keys are the transports' own */
} ScResidents;

void sc_residents_init(ScResidents *self);
/* Nobody may be left. */
void sc_residents_clear(ScResidents *self);

void sc_residents_add(ScResidents *self, ScTransport *transport);
void sc_residents_remove(ScResidents *self, ScTransport *transport);

/* An authenticated check came from @from: packets from there are @transport's from now
 * on. It keeps the last SC_TRANSPORT_ADDRESSES_MAX. */
void sc_residents_note_address(ScResidents *self, ScTransport *transport,
                               const ScAddress *from);
void sc_residents_note_ufrag(ScResidents *self, ScTransport *transport,
                             const char *ufrag);

ScTransport *sc_residents_lookup(const ScResidents *self, uint64_t id);
ScTransport *sc_residents_lookup_address(const ScResidents *self, const ScAddress *from);
ScTransport *sc_residents_lookup_ufrag(const ScResidents *self, const char *ufrag);
