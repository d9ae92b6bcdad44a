/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h: walks a chain of rows and finds what was changed, moved or taken away. Only
 * reads. Thread: the store's. */
#pragma once

#include "signaling/store/store.h"

typedef struct {
    bool is_sound;
    int64_t n_rows;
    char *head;   /* owned: hash of the last row that is right */
    char *detail; /* owned: what is wrong first; "" where it is sound */
} ScVerified;

void sc_verified_clear(ScVerified *verified);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScVerified, sc_verified_clear)

/* @chain: "ledger" or "audit"; with the ledger its sums, which reports are read from. False and SC_STORE_ERROR where it cannot be read. */
bool sc_store_verify(ScStore *store, const char *chain, ScVerified *out_verified,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
