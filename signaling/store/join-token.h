/* SPDX-License-Identifier: Apache-2.0 */
/* join-token.h: the rows behind token.h. Thread: the store's. All errors are
 * SC_STORE_ERROR. */
#pragma once

#include "signaling/role.h"
#include "signaling/store/store.h"

#define SC_JOIN_TOKEN_HASH_LENGTH 64 /* hexadecimal digits of a SHA-256 */

typedef struct {
    char *hash;   /* owned */
    char *lesson; /* owned */
    char *site;   /* owned */
    ScRole role;
    unsigned pupil; /* in the site, from 1; 0: it is the site's own */
    int64_t expires_ms;
} ScJoinTokenRow;

void sc_join_token_row_clear(ScJoinTokenRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScJoinTokenRow, sc_join_token_row_clear)

/* CONSTRAINT where the site is not of the lesson. */
bool sc_store_add_join_token(ScStore *store, const ScJoinTokenRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The highest number of a pupil of @site in @lesson; 0: none yet. */
bool sc_store_count_pupils(ScStore *store, const char *lesson, const char *site,
                           unsigned *out_n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NOT_FOUND where there is none. Fills @out_row, to be cleared. */
bool sc_store_get_join_token(ScStore *store, const char *hash, ScJoinTokenRow *out_row,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets those that expired before @before_ms. */
bool sc_store_remove_expired_join_tokens(ScStore *store, int64_t before_ms,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
