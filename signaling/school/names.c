/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/names.h"

struct ScNames {
    GHashTable *written; /* owned: text, owned → GArray of unsigned, owned */
    GHashTable *folded;  /* the same, of what the texts have in common */
};

static char *
fold(const char *text)
{
    g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);
    return g_utf8_casefold(normal, -1);
}

static GHashTable *
new_table(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_array_unref);
}

ScNames *
sc_names_new(void)
{
    ScNames *self = g_new0(ScNames, 1);
    self->written = new_table();
    self->folded = new_table();
    return self;
}

void
sc_names_free(ScNames *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->written);
    g_hash_table_unref(self->folded);
    g_free(self);
}

/* Takes @text. */
static void
add_to(GHashTable *table, char *text, unsigned value)
{
    GArray *values = g_hash_table_lookup(table, text);
    if (values != NULL) {
        g_array_append_val(values, value);
        g_free(text);
        return;
    }
    values = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_array_append_val(values, value);
    g_hash_table_insert(table, text, values);
}

static void
add(ScNames *self, const char *text, unsigned value)
{
    char *copy = g_strstrip(g_strdup(text));
    add_to(self->folded, fold(copy), value);
    add_to(self->written, copy, value);
}

void
sc_names_add(ScNames *self, const char *const *path, const char *id, unsigned value)
{
    unsigned n = g_strv_length((char **)path);
    g_autofree char *text = NULL;
    while (n > 0) {
        char *longer = text != NULL ? g_strconcat(path[n - 1], "/", text, NULL)
                                    : g_strdup(path[n - 1]);
        g_free(text);
        text = longer;
        add(self, text, value);
        n--;
    }
    if (text == NULL || !g_str_equal(text, id))
        add(self, id, value);
}

const GArray *
sc_names_find(const ScNames *self, const char *text)
{
    g_autofree char *copy = g_strstrip(g_strdup(text));
    const GArray *values = g_hash_table_lookup(self->written, copy);
    if (values != NULL)
        return values;
    g_autofree char *folded = fold(copy);
    return g_hash_table_lookup(self->folded, folded);
}
