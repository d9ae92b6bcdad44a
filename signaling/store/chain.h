/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h: the two ends of a chain of rows, for the files of store/ that append to one.
 * Thread: the store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/school/chain.h"
#include "signaling/store/store.h"

typedef struct {
    int64_t seq; /* of the last row; 0: there is none yet */
    char hash[SC_CHAIN_HASH_LENGTH + 1];
} ScChainEnd;

/* The last row of the chain @name; within a transaction that goes on to append. */
bool sc_store_get_chain_end(ScStore *store, const char *name, ScChainEnd *out_end,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_set_chain_end(ScStore *store, const char *name, const ScChainEnd *end,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
