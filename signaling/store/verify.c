/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/verify.h"

#include "signaling/store/chain.h"
#include "signaling/store/query.h"

/* All columns that are hashed, seq first, then prev and hash. */
static const struct {
    const char *name;
    const char *sql;
    int n_hashed;
} chains[] = {
    { "ledger",
      "SELECT seq, lesson, site, role, organisation, term, pairing, teacher, subject,"
      " state, starts_ms, scheduled_ms, delivered_ms, received_ms, sent_ms,"
      " n_interruptions, loss_permille, rtt_ms, width, height, n_floor, floor_ms,"
      " closed_ms, prev, hash FROM ledger ORDER BY seq",
      23 },
    { "audit",
      "SELECT seq, at_ms, actor, actor_name, address, action, outcome, kind, object,"
      " organisation, before, after, prev, hash FROM audit ORDER BY seq",
      12 },
};

typedef struct {
    int64_t first_seq;
    int64_t last_seq;
    char *first_prev; /* owned */
    char *last_hash;  /* owned */
} Ends;

static void
ends_clear(Ends *ends)
{
    g_free(ends->first_prev);
    g_free(ends->last_hash);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ends, ends_clear)

void
sc_verified_clear(ScVerified *verified)
{
    g_clear_pointer(&verified->head, g_free);
    g_clear_pointer(&verified->detail, g_free);
}

/* One that never had a row has no ends in the table either. */
static bool
read_ends(ScStore *store, const char *chain, Ends *out_ends, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT first_seq, first_prev, last_seq, last_hash FROM chain"
                       " WHERE name = $1",
                       error))
        return false;
    sc_query_bind_text(&query, chain);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_ends = has_row ? (Ends){ .first_seq = sc_query_get_integer(&query, 0),
                                  .first_prev = sc_query_dup_text(&query, 1),
                                  .last_seq = sc_query_get_integer(&query, 2),
                                  .last_hash = sc_query_dup_text(&query, 3) }
                        : (Ends){ .first_seq = 1,
                                  .first_prev = sc_chain_genesis(chain),
                                  .last_hash = sc_chain_genesis(chain) };
    return true;
}

static char *
hash_row(const ScQuery *query, int n_hashed, const char *prev)
{
    g_autoptr(ScChainHasher) hasher = sc_chain_hasher_new(prev);
    for (int i = 0; i < n_hashed; i++) {
        if (sc_query_is_null(query, i))
            sc_chain_hasher_add_null(hasher);
        else if (sc_query_is_integer(query, i))
            sc_chain_hasher_add_integer(hasher, sc_query_get_integer(query, i));
        else
            sc_chain_hasher_add_text(hasher, sc_query_get_text(query, i));
    }
    return sc_chain_hasher_finish(hasher);
}

/* What is wrong with the present row, which should be @seq behind @prev; NULL: nothing.
 */
static char *
look_at_row(const ScQuery *query, int n_hashed, int64_t seq, const char *prev)
{
    int64_t have = sc_query_get_integer(query, 0);
    if (have != seq)
        return g_strdup_printf("row %" G_GINT64_FORMAT " is missing", (gint64)seq);
    if (g_strcmp0(sc_query_get_text(query, n_hashed), prev) != 0)
        return g_strdup_printf(
            "row %" G_GINT64_FORMAT " does not follow the one before it", (gint64)seq);
    g_autofree char *hash = hash_row(query, n_hashed, prev);
    if (g_strcmp0(sc_query_get_text(query, n_hashed + 1), hash) != 0)
        return g_strdup_printf("row %" G_GINT64_FORMAT " was changed", (gint64)seq);
    return NULL;
}

static bool
walk(ScStore *store, unsigned chain, const Ends *ends, ScVerified *verified,
     GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    int n_hashed = chains[chain].n_hashed;
    verified->head = g_strdup(ends->first_prev);
    if (!sc_query_init(&query, store, chains[chain].sql, error))
        return false;
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        verified->detail = look_at_row(
            &query, n_hashed, ends->first_seq + verified->n_rows, verified->head);
        if (verified->detail != NULL)
            return true;
        g_free(verified->head);
        verified->head = sc_query_dup_text(&query, n_hashed + 1);
        verified->n_rows++;
    }
    return false;
}

static char *
look_at_tail(const Ends *ends, const ScVerified *verified)
{
    int64_t last = ends->first_seq + verified->n_rows - 1;
    if (last < ends->last_seq)
        return g_strdup_printf("rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                               " are missing at the end",
                               (gint64)(last + 1), (gint64)ends->last_seq);
    if (last > ends->last_seq || g_strcmp0(ends->last_hash, verified->head) != 0)
        return g_strdup("the chain's own end is not its last row");
    return NULL;
}

/* A lesson that is said to be in the ledger has a row for each of its sites. */
static bool
look_for_lessons(ScStore *store, ScVerified *verified, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, store,
                       "SELECT id FROM lesson WHERE recorded = 1 AND term IS NOT NULL"
                       " AND NOT EXISTS (SELECT 1 FROM ledger"
                       " WHERE ledger.lesson = lesson.id) LIMIT 1",
                       error)
        || !sc_query_step(&query, &has_row, error))
        return false;
    if (has_row)
        verified->detail = g_strdup_printf("lesson %s is over and has no row",
                                           sc_query_get_text(&query, 0));
    return true;
}

/* Reports are read from the sums. Those of time and number follow from the rows; how many
 * lessons counted as given or received hangs on the coefficients of that day, which are
 * not kept: of these only that there are no more of them than there can be. */
#define KEYS "term, pairing, site, role, teacher, subject"
#define COUNTED                                                                        \
    "SELECT COALESCE(term, '') AS term, COALESCE(pairing, '') AS pairing, site, role," \
    " COALESCE(teacher, '') AS teacher, subject, COUNT(*) AS n_due,"                   \
    " SUM(CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END) AS n_cancelled,"            \
    " SUM(scheduled_ms), SUM(delivered_ms), SUM(received_ms), SUM(n_interruptions),"   \
    " SUM(n_floor), SUM(floor_ms) FROM ledger GROUP BY 1, 2, site, role, 5, subject"
#define TOLD                                                                         \
    "SELECT " KEYS ", SUM(n_due) AS n_due, SUM(n_cancelled) AS n_cancelled,"         \
    " SUM(scheduled_ms), SUM(delivered_ms), SUM(received_ms), SUM(n_interruptions)," \
    " SUM(n_floor), SUM(floor_ms) FROM summary GROUP BY " KEYS

static const char *const sum_checks[] = {
    "SELECT site FROM (SELECT * FROM (" COUNTED ") AS c EXCEPT SELECT * FROM (" TOLD
    ") AS t) AS missing LIMIT 1",
    "SELECT site FROM (SELECT * FROM (" TOLD ") AS t EXCEPT SELECT * FROM (" COUNTED
    ") AS c) AS surplus LIMIT 1",
    "SELECT site FROM summary WHERE n_given > n_due - n_cancelled"
    " OR n_received > CASE role WHEN 'classroom' THEN n_due - n_cancelled ELSE 0 END"
    " OR n_makeup > n_given OR n_given < 0 OR n_received < 0 OR n_makeup < 0"
    " OR n_given_sites < 0 OR (n_given = 0 AND n_given_sites > 0)"
    " OR (role <> 'teacher' AND n_given_sites > 0) LIMIT 1",
    "SELECT site FROM summary WHERE NOT EXISTS (SELECT 1 FROM ledger"
    " WHERE ledger.site = summary.site AND ledger.organisation = summary.organisation)"
    " LIMIT 1",
};

static bool
look_at_sums(ScStore *store, ScVerified *verified, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(sum_checks); i++) {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, store, sum_checks[i], error)
            || !sc_query_step(&query, &has_row, error))
            return false;
        if (has_row) {
            verified->detail =
                g_strdup_printf("the sums of site %s are not those of its rows",
                                sc_query_get_text(&query, 0));
            return true;
        }
    }
    return true;
}

bool
sc_store_verify(ScStore *store, const char *chain, ScVerified *out_verified,
                GError **error)
{
    unsigned index = g_str_equal(chain, chains[0].name) ? 0 : 1;
    g_auto(Ends) ends = { 0 };
    g_auto(ScVerified) verified = { 0 };
    g_assert(g_str_equal(chain, chains[index].name));
    if (!read_ends(store, chain, &ends, error)
        || !walk(store, index, &ends, &verified, error))
        return false;
    if (verified.detail == NULL)
        verified.detail = look_at_tail(&ends, &verified);
    if (verified.detail == NULL && index == 0
        && !look_for_lessons(store, &verified, error))
        return false;
    if (verified.detail == NULL && index == 0 && !look_at_sums(store, &verified, error))
        return false;
    verified.is_sound = verified.detail == NULL;
    if (verified.is_sound)
        verified.detail = g_strdup("");
    *out_verified = verified;
    verified = (ScVerified){ 0 };
    return true;
}
