/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/residents.h"

#include <string.h>

void
sc_residents_init(ScResidents *self)
{
    self->all = g_ptr_array_new();
    self->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    self->by_address =
        g_hash_table_new_full(sc_address_hash, sc_address_equal, g_free, NULL);
    self->by_ufrag = g_hash_table_new(g_str_hash, g_str_equal);
}

void
sc_residents_clear(ScResidents *self)
{
    g_assert(self->all->len == 0);
    g_ptr_array_unref(self->all);
    g_hash_table_unref(self->by_id);
    g_hash_table_unref(self->by_address);
    g_hash_table_unref(self->by_ufrag);
}

void
sc_residents_add(ScResidents *self, ScTransport *transport)
{
    transport->resident = self->all->len;
    g_ptr_array_add(self->all, transport);
    g_hash_table_insert(self->by_id, &transport->id, transport);
}

/* Another peer may have come with the same address or name since: theirs stays. */
static void
forget(GHashTable *table, const void *key, const ScTransport *transport)
{
    if (g_hash_table_lookup(table, key) == transport)
        g_hash_table_remove(table, key);
}

void
sc_residents_remove(ScResidents *self, ScTransport *transport)
{
    ScTransport *last = self->all->pdata[self->all->len - 1];

    g_ptr_array_remove_index_fast(self->all, transport->resident);
    last->resident = transport->resident;
    g_hash_table_remove(self->by_id, &transport->id);
    for (unsigned i = 0; i < transport->n_addresses; i++)
        forget(self->by_address, &transport->addresses[i], transport);
    for (unsigned i = 0; i < SC_LOBBY_UFRAGS_MAX; i++)
        if (transport->ufrags[i] != NULL)
            forget(self->by_ufrag, transport->ufrags[i], transport);
}

void
sc_residents_note_address(ScResidents *self, ScTransport *transport,
                          const ScAddress *from)
{
    ScAddress *addresses = transport->addresses;
    unsigned at = 0;

    while (at < transport->n_addresses && !sc_address_equal(&addresses[at], from))
        at++;
    if (at == SC_TRANSPORT_ADDRESSES_MAX)
        forget(self->by_address, &addresses[--at], transport);
    else if (at == transport->n_addresses)
        transport->n_addresses++;
    memmove(&addresses[1], &addresses[0], at * sizeof addresses[0]);
    addresses[0] = *from;
    if (g_hash_table_lookup(self->by_address, from) != transport)
        g_hash_table_replace(self->by_address, g_memdup2(from, sizeof *from), transport);
}

void
sc_residents_note_ufrag(ScResidents *self, ScTransport *transport, const char *ufrag)
{
    const unsigned oldest = SC_LOBBY_UFRAGS_MAX - 1;

    if (transport->ufrags[oldest] != NULL)
        forget(self->by_ufrag, transport->ufrags[oldest], transport);
    g_free(transport->ufrags[oldest]);
    memmove(&transport->ufrags[1], &transport->ufrags[0],
            oldest * sizeof transport->ufrags[0]);
    transport->ufrags[0] = g_strdup(ufrag);
    g_hash_table_replace(self->by_ufrag, transport->ufrags[0], transport);
}

ScTransport *
sc_residents_lookup(const ScResidents *self, uint64_t id)
{
    return g_hash_table_lookup(self->by_id, &id);
}

ScTransport *
sc_residents_lookup_address(const ScResidents *self, const ScAddress *from)
{
    return g_hash_table_lookup(self->by_address, from);
}

ScTransport *
sc_residents_lookup_ufrag(const ScResidents *self, const char *ufrag)
{
    return g_hash_table_lookup(self->by_ufrag, ufrag);
}
