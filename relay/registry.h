/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h: what the main thread knows of transports, tracks and slots, by signaling's
 * names. A mirror: the things themselves live with workers. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "relay/notice.h"
#include "relay/track.h"

typedef struct ScRegistry ScRegistry;

typedef struct {
    char *name; /* owned */
    char *tag;  /* owned; signaling's, handed back by relay.list */
    uint64_t id;
    ScTransportState state;
    GPtrArray *tracks; /* owned; ScRegistryTrack, owned */
    GPtrArray *slots;  /* owned; ScRegistrySlot, owned */
} ScRegistryTransport;

typedef struct {
    char *name;     /* owned */
    ScTrack *track; /* ref */
    bool flowing;
} ScRegistryTrack;

typedef struct {
    char *name;                     /* owned */
    ScRegistryTransport *transport; /* borrowed: owns us */
    unsigned index;
    char *track; /* owned; the name of what feeds it, NULL: nothing */
} ScRegistrySlot;

ScRegistry *sc_registry_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_registry_free(ScRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRegistry, sc_registry_free)

/* @name must be new. Tracks and slots, whose names must be new too, follow in the order
 * of their indices. The pointers returned are lent until the transport is removed. */
ScRegistryTransport *sc_registry_add(ScRegistry *self, const char *name, const char *tag,
                                     uint64_t id);
void sc_registry_add_track(ScRegistry *self, ScRegistryTransport *transport,
                           ScTrack *track);
void sc_registry_add_slot(ScRegistry *self, ScRegistryTransport *transport,
                          const char *name);

/* With its tracks and slots; slots of others that were fed by them have none then. */
void sc_registry_remove(ScRegistry *self, ScRegistryTransport *transport);

/* NULL where there is none. */
ScRegistryTransport *sc_registry_lookup(const ScRegistry *self, const char *name);
ScRegistryTransport *sc_registry_lookup_id(const ScRegistry *self, uint64_t id);
ScRegistryTrack *sc_registry_lookup_track(const ScRegistry *self, const char *name);
ScRegistrySlot *sc_registry_lookup_slot(const ScRegistry *self, const char *name);

void sc_registry_feed(ScRegistrySlot *slot, const char *track);

/* Which of a slot's names for its feed is still a track; NULL: none. */
const char *sc_registry_get_feed(const ScRegistry *self, const ScRegistrySlot *slot);

unsigned sc_registry_count(const ScRegistry *self);
unsigned sc_registry_count_tracks(const ScRegistry *self);
unsigned sc_registry_count_slots(const ScRegistry *self);
void sc_registry_foreach(const ScRegistry *self,
                         void (*visit)(ScRegistryTransport *transport, void *user_data),
                         void *user_data);
