/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/chain.h"

#include "signaling/store/query.h"

bool
sc_store_get_chain_end(ScStore *store, const char *name, ScChainEnd *out_end,
                       GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT last_seq, last_hash FROM chain WHERE name = $1", error))
        return false;
    sc_query_bind_text(&query, name);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    g_autofree char *hash =
        has_row ? sc_query_dup_text(&query, 1) : sc_chain_genesis(name);
    out_end->seq = has_row ? sc_query_get_integer(&query, 0) : 0;
    g_strlcpy(out_end->hash, hash, sizeof out_end->hash);
    return true;
}

bool
sc_store_set_chain_end(ScStore *store, const char *name, const ScChainEnd *end,
                       GError **error)
{
    g_autofree char *genesis = sc_chain_genesis(name);
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "INSERT INTO chain"
                       " (name, first_seq, first_prev, last_seq, last_hash)"
                       " VALUES ($1, 1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET"
                       " last_seq = excluded.last_seq, last_hash = excluded.last_hash",
                       error))
        return false;
    sc_query_bind_text(&query, name);
    sc_query_bind_text(&query, genesis);
    sc_query_bind_integer(&query, end->seq);
    sc_query_bind_text(&query, end->hash);
    return sc_query_run(&query, error);
}
