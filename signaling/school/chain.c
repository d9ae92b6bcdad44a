/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/chain.h"

#include <inttypes.h>
#include <string.h>

#define GENESIS_PREFIX "synclass chain "

struct ScChainHasher {
    GChecksum *sum; /* owned */
};

char *
sc_chain_genesis(const char *name)
{
    g_autofree char *text = g_strconcat(GENESIS_PREFIX, name, NULL);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static void
add(ScChainHasher *self, const char *bytes)
{
    g_checksum_update(self->sum, (const guchar *)bytes, (gssize)strlen(bytes));
}

ScChainHasher *
sc_chain_hasher_new(const char *prev)
{
    g_assert(strlen(prev) == SC_CHAIN_HASH_LENGTH);
    ScChainHasher *self = g_new0(ScChainHasher, 1);
    self->sum = g_checksum_new(G_CHECKSUM_SHA256);
    add(self, prev);
    return self;
}

void
sc_chain_hasher_free(ScChainHasher *self)
{
    if (self == NULL)
        return;
    g_checksum_free(self->sum);
    g_free(self);
}

void
sc_chain_hasher_add_null(ScChainHasher *self)
{
    add(self, "n;");
}

/* "t5:hello;" */
void
sc_chain_hasher_add_text(ScChainHasher *self, const char *text)
{
    if (text == NULL) {
        sc_chain_hasher_add_null(self);
        return;
    }
    char head[32];
    g_snprintf(head, sizeof head, "t%zu:", strlen(text));
    add(self, head);
    add(self, text);
    add(self, ";");
}

/* "i-7;" */
void
sc_chain_hasher_add_integer(ScChainHasher *self, int64_t integer)
{
    char text[32];
    g_snprintf(text, sizeof text, "i%" PRId64 ";", integer);
    add(self, text);
}

char *
sc_chain_hasher_finish(ScChainHasher *self)
{
    return g_strdup(g_checksum_get_string(self->sum));
}
