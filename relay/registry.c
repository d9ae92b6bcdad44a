/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/registry.h"

struct ScRegistry {
    GHashTable *by_name; /* owned; owns the transports, borrows their names */
    GHashTable *by_id;   /* owned */
    GHashTable *tracks;  /* owned; by name */
    GHashTable *slots;   /* owned; by name */
};

static void
free_track(void *data)
{
    ScRegistryTrack *track = data;

    sc_track_unref(track->track);
    g_free(track->name);
    g_free(track);
}

static void
free_slot(void *data)
{
    ScRegistrySlot *slot = data;

    g_free(slot->name);
    g_free(slot->track);
    g_free(slot);
}

static void
free_transport(void *data)
{
    ScRegistryTransport *transport = data;

    g_ptr_array_unref(transport->tracks);
    g_ptr_array_unref(transport->slots);
    g_free(transport->name);
    g_free(transport->tag);
    g_free(transport);
}

ScRegistry *
sc_registry_new(void)
{
    ScRegistry *self = g_new0(ScRegistry, 1);

    self->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_transport);
    self->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    self->tracks = g_hash_table_new(g_str_hash, g_str_equal);
    self->slots = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void
sc_registry_free(ScRegistry *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->tracks);
    g_hash_table_unref(self->slots);
    g_hash_table_unref(self->by_id);
    g_hash_table_unref(self->by_name);
    g_free(self);
}

ScRegistryTransport *
sc_registry_add(ScRegistry *self, const char *name, const char *tag, uint64_t id)
{
    ScRegistryTransport *transport = g_new0(ScRegistryTransport, 1);

    transport->name = g_strdup(name);
    transport->tag = g_strdup(tag);
    transport->id = id;
    transport->tracks = g_ptr_array_new_with_free_func(free_track);
    transport->slots = g_ptr_array_new_with_free_func(free_slot);
    g_assert(g_hash_table_insert(self->by_name, transport->name, transport));
    g_hash_table_insert(self->by_id, &transport->id, transport);
    return transport;
}

void
sc_registry_add_track(ScRegistry *self, ScRegistryTransport *transport, ScTrack *track)
{
    ScRegistryTrack *entry = g_new0(ScRegistryTrack, 1);

    entry->name = g_strdup(track->spec.name);
    entry->track = sc_track_ref(track);
    g_ptr_array_add(transport->tracks, entry);
    g_assert(g_hash_table_insert(self->tracks, entry->name, entry));
}

void
sc_registry_add_slot(ScRegistry *self, ScRegistryTransport *transport, const char *name)
{
    ScRegistrySlot *entry = g_new0(ScRegistrySlot, 1);

    entry->name = g_strdup(name);
    entry->transport = transport;
    entry->index = transport->slots->len;
    g_ptr_array_add(transport->slots, entry);
    g_assert(g_hash_table_insert(self->slots, entry->name, entry));
}

void
sc_registry_remove(ScRegistry *self, ScRegistryTransport *transport)
{
    for (unsigned i = 0; i < transport->tracks->len; i++)
        g_hash_table_remove(self->tracks,
                            ((ScRegistryTrack *)transport->tracks->pdata[i])->name);
    for (unsigned i = 0; i < transport->slots->len; i++)
        g_hash_table_remove(self->slots,
                            ((ScRegistrySlot *)transport->slots->pdata[i])->name);
    g_hash_table_remove(self->by_id, &transport->id);
    g_hash_table_remove(self->by_name, transport->name);
}

ScRegistryTransport *
sc_registry_lookup(const ScRegistry *self, const char *name)
{
    return g_hash_table_lookup(self->by_name, name);
}

ScRegistryTransport *
sc_registry_lookup_id(const ScRegistry *self, uint64_t id)
{
    return g_hash_table_lookup(self->by_id, &id);
}

ScRegistryTrack *
sc_registry_lookup_track(const ScRegistry *self, const char *name)
{
    return g_hash_table_lookup(self->tracks, name);
}

ScRegistrySlot *
sc_registry_lookup_slot(const ScRegistry *self, const char *name)
{
    return g_hash_table_lookup(self->slots, name);
}

void
sc_registry_feed(ScRegistrySlot *slot, const char *track)
{
    g_free(slot->track);
    slot->track = g_strdup(track);
}

const char *
sc_registry_get_feed(const ScRegistry *self, const ScRegistrySlot *slot)
{
    return slot->track != NULL && sc_registry_lookup_track(self, slot->track) != NULL
               ? slot->track
               : NULL;
}

unsigned
sc_registry_count(const ScRegistry *self)
{
    return g_hash_table_size(self->by_name);
}

unsigned
sc_registry_count_tracks(const ScRegistry *self)
{
    return g_hash_table_size(self->tracks);
}

unsigned
sc_registry_count_slots(const ScRegistry *self)
{
    return g_hash_table_size(self->slots);
}

void
sc_registry_foreach(const ScRegistry *self,
                    void (*visit)(ScRegistryTransport *transport, void *user_data),
                    void *user_data)
{
    GHashTableIter iterator;
    gpointer transport;

    g_hash_table_iter_init(&iterator, self->by_name);
    while (g_hash_table_iter_next(&iterator, NULL, &transport))
        visit(transport, user_data);
}
