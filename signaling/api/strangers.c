/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/strangers.h"

typedef struct {
    char *name; /* owned */
    unsigned n_failed;
    int64_t locked_until_ms; /* 0: it is not */
} Stranger;

struct ScStrangers {
    GHashTable *names; /* owned: name → Stranger, owned */
    GQueue order;      /* of the Strangers, borrowed: who came first is first */
};

static void
stranger_free(gpointer data)
{
    Stranger *stranger = data;
    g_free(stranger->name);
    g_free(stranger);
}

ScStrangers *
sc_strangers_new(void)
{
    ScStrangers *self = g_new0(ScStrangers, 1);
    self->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, stranger_free);
    g_queue_init(&self->order);
    return self;
}

void
sc_strangers_free(ScStrangers *self)
{
    if (self == NULL)
        return;
    g_queue_clear(&self->order);
    g_hash_table_unref(self->names);
    g_free(self);
}

int64_t
sc_strangers_get_lock(const ScStrangers *self, const char *name)
{
    const Stranger *stranger = g_hash_table_lookup(self->names, name);
    return stranger != NULL ? stranger->locked_until_ms : 0;
}

static Stranger *
meet(ScStrangers *self, const char *name)
{
    Stranger *stranger = g_hash_table_lookup(self->names, name);
    if (stranger != NULL)
        return stranger;
    if (g_queue_get_length(&self->order) >= SC_STRANGERS_MAX)
        g_hash_table_remove(self->names,
                            ((Stranger *)g_queue_pop_head(&self->order))->name);
    stranger = g_new0(Stranger, 1);
    stranger->name = g_strdup(name);
    g_hash_table_insert(self->names, stranger->name, stranger);
    g_queue_push_tail(&self->order, stranger);
    return stranger;
}

bool
sc_strangers_fail(ScStrangers *self, const char *name, unsigned max, int64_t until_ms)
{
    Stranger *stranger = meet(self, name);
    bool locks = ++stranger->n_failed >= max;
    stranger->locked_until_ms = locks ? until_ms : 0;
    if (locks)
        stranger->n_failed = 0;
    return locks;
}
