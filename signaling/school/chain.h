/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h: rows of which each carries the hash of the one before: SHA-256 over the
 * previous hash and the row's fields, each with its kind and length, so that no two
 * different rows are one text. Thread: any. Spec: docs/architecture.md#chains. */
#pragma once

#include <stdint.h>

#include <glib.h>

#define SC_CHAIN_HASH_LENGTH 64 /* hexadecimal digits */

typedef struct ScChainHasher ScChainHasher;

/* What stands for "the row before" at the first row of the chain @name. */
char *sc_chain_genesis(const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* @prev: SC_CHAIN_HASH_LENGTH digits. */
ScChainHasher *sc_chain_hasher_new(const char *prev) G_GNUC_WARN_UNUSED_RESULT;
void sc_chain_hasher_free(ScChainHasher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScChainHasher, sc_chain_hasher_free)

void sc_chain_hasher_add_text(ScChainHasher *self,
                              const char *text); /* NULL differs from "" */
void sc_chain_hasher_add_integer(ScChainHasher *self, int64_t integer);
void sc_chain_hasher_add_null(ScChainHasher *self); /* the same as a NULL text */
/* The row's hash; nothing can be added after it. */
char *sc_chain_hasher_finish(ScChainHasher *self) G_GNUC_WARN_UNUSED_RESULT;
