/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/pairing.h"

#include "signaling/store/query.h"

static bool
put_row(ScStore *store, const ScPairing *pairing, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO pairing"
                       " (id, giving_site, subject, name, state, organisation)"
                       " VALUES ($1, $2, $3, $3, 'active',"
                       " (SELECT organisation FROM site WHERE id = $2))"
                       " ON CONFLICT (id) DO UPDATE SET"
                       " giving_site = excluded.giving_site, subject = excluded.subject,"
                       " state = excluded.state, version = pairing.version + 1",
                       error))
        return false;
    sc_query_bind_text(&query, pairing->id);
    sc_query_bind_text(&query, pairing->giving_site);
    sc_query_bind_text(&query, pairing->subject);
    return sc_query_run(&query, error);
}

static bool
remove_sites(ScStore *store, const char *pairing, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store, "DELETE FROM pairing_site WHERE pairing = $1",
                       error))
        return false;
    sc_query_bind_text(&query, pairing);
    return sc_query_run(&query, error);
}

static bool
add_site(ScStore *store, const ScPairing *pairing, unsigned place, GError **error)
{
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, store,
                       "INSERT INTO pairing_site (pairing, site, place)"
                       " VALUES ($1, $2, $3)",
                       error))
        return false;
    sc_query_bind_text(&query, pairing->id);
    sc_query_bind_text(&query, pairing->receiving_sites[place]);
    sc_query_bind_integer(&query, place);
    if (!sc_query_run(&query, error)) {
        g_prefix_error(error, "receiving site \"%s\": ", pairing->receiving_sites[place]);
        return false;
    }
    return true;
}

static bool
put_all(ScStore *store, const ScPairing *pairing, GError **error)
{
    if (!put_row(store, pairing, error) || !remove_sites(store, pairing->id, error))
        return false;
    for (unsigned i = 0; i < pairing->n_receiving_sites; i++)
        if (!add_site(store, pairing, i, error))
            return false;
    return true;
}

bool
sc_store_put_pairing(ScStore *store, const ScPairing *pairing, GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!put_all(store, pairing, error)) {
        g_prefix_error(error, "pairing \"%s\": ", pairing->id);
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}
