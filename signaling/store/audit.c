/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/audit.h"

#include "signaling/store/chain.h"
#include "signaling/store/query.h"

#define CHAIN "audit"

static const char *const outcomes[] = {
    [SC_AUDIT_DONE] = "done",
    [SC_AUDIT_REFUSED] = "refused",
    [SC_AUDIT_LOOKED] = "looked",
};

const char *
sc_audit_outcome_get_name(ScAuditOutcome outcome)
{
    return outcomes[outcome];
}

/* The texts of a row in the order in which they are hashed and stored. */
enum { N_TEXTS = 10 };

static void
list_texts(const ScAuditRow *row, const char *out_texts[N_TEXTS])
{
    const char *const texts[N_TEXTS] = {
        row->actor,  row->actor_name,        row->address,
        row->action, outcomes[row->outcome], row->kind,
        row->object, row->organisation,      row->before,
        row->after,
    };
    for (unsigned i = 0; i < N_TEXTS; i++)
        out_texts[i] = texts[i];
}

static char *
hash_row(const ScAuditRow *row, int64_t seq, const char *prev)
{
    const char *texts[N_TEXTS];
    g_autoptr(ScChainHasher) hasher = sc_chain_hasher_new(prev);
    sc_chain_hasher_add_integer(hasher, seq);
    sc_chain_hasher_add_integer(hasher, row->at_ms);
    list_texts(row, texts);
    for (unsigned i = 0; i < N_TEXTS; i++)
        sc_chain_hasher_add_text(hasher, texts[i]);
    return sc_chain_hasher_finish(hasher);
}

static bool
insert_row(ScStore *store, const ScAuditRow *row, int64_t seq, const char *prev,
           const char *hash, GError **error)
{
    const char *texts[N_TEXTS];
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, store,
            "INSERT INTO audit (seq, at_ms, actor, actor_name, address, action,"
            " outcome, kind, object, organisation, before, after, prev, hash)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
            " $14)",
            error))
        return false;
    sc_query_bind_integer(&query, seq);
    sc_query_bind_integer(&query, row->at_ms);
    list_texts(row, texts);
    for (unsigned i = 0; i < N_TEXTS; i++)
        sc_query_bind_text(&query, texts[i]);
    sc_query_bind_text(&query, prev);
    sc_query_bind_text(&query, hash);
    return sc_query_run(&query, error);
}

static bool
append(ScStore *store, const ScAuditRow *row, GError **error)
{
    ScChainEnd end;
    if (!sc_store_get_chain_end(store, CHAIN, &end, error))
        return false;
    g_autofree char *hash = hash_row(row, end.seq + 1, end.hash);
    if (!insert_row(store, row, end.seq + 1, end.hash, hash, error))
        return false;
    end.seq++;
    g_strlcpy(end.hash, hash, sizeof end.hash);
    return sc_store_set_chain_end(store, CHAIN, &end, error);
}

bool
sc_store_add_audit(ScStore *store, const ScAuditRow *row, GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!append(store, row, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}

/* The first row to be kept: the oldest that is not of before @before_ms, but not more
 * than @max behind the present first. */
static bool
find_first_kept(ScStore *store, int64_t before_ms, unsigned max, int64_t *out_seq,
                char **out_prev, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT seq, prev FROM audit WHERE seq = ("
                       " SELECT MIN(seq) FROM audit WHERE at_ms >= $1 OR seq >="
                       " (SELECT first_seq + $2 FROM chain WHERE name = 'audit') OR seq ="
                       " (SELECT last_seq FROM chain WHERE name = 'audit'))",
                       error))
        return false;
    sc_query_bind_integer(&query, before_ms);
    sc_query_bind_integer(&query, max);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_seq = has_row ? sc_query_get_integer(&query, 0) : 0;
    *out_prev = has_row ? sc_query_dup_text(&query, 1) : NULL;
    return true;
}

static bool
move_first(ScStore *store, int64_t seq, const char *prev, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store,
                       "UPDATE chain SET first_seq = $1, first_prev = $2"
                       " WHERE name = 'audit'",
                       error))
        return false;
    sc_query_bind_integer(&query, seq);
    sc_query_bind_text(&query, prev);
    return sc_query_run(&query, error);
}

static bool
prune(ScStore *store, int64_t before_ms, unsigned max, GError **error)
{
    int64_t seq;
    g_autofree char *prev = NULL;
    if (!find_first_kept(store, before_ms, max, &seq, &prev, error))
        return false;
    if (prev == NULL)
        return true;
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, store, "DELETE FROM audit WHERE seq < $1", error))
        return false;
    sc_query_bind_integer(&query, seq);
    return sc_query_run(&query, error) && move_first(store, seq, prev, error);
}

bool
sc_store_prune_audit(ScStore *store, int64_t before_ms, unsigned max, GError **error)
{
    if (!sc_store_begin(store, error))
        return false;
    if (!prune(store, before_ms, max, error)) {
        sc_store_rollback(store);
        return false;
    }
    return sc_store_commit(store, error);
}
