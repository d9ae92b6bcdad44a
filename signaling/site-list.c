/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/site-list.h"

void
sc_site_list_init(ScSiteList *self)
{
    self->sites = g_ptr_array_new_with_free_func(g_free);
}

void
sc_site_list_clear(ScSiteList *self)
{
    g_clear_pointer(&self->sites, g_ptr_array_unref);
}

bool
sc_site_list_has(const ScSiteList *self, const char *site)
{
    return g_ptr_array_find_with_equal_func(self->sites, site, g_str_equal, NULL);
}

void
sc_site_list_add(ScSiteList *self, const char *site)
{
    if (!sc_site_list_has(self, site))
        g_ptr_array_add(self->sites, g_strdup(site));
}

void
sc_site_list_remove(ScSiteList *self, const char *site)
{
    guint index;
    if (g_ptr_array_find_with_equal_func(self->sites, site, g_str_equal, &index))
        g_ptr_array_remove_index(self->sites, index);
}

void
sc_site_list_remove_all(ScSiteList *self)
{
    g_ptr_array_set_size(self->sites, 0);
}

GStrv
sc_site_list_dup(const ScSiteList *self)
{
    GStrv copy = g_new0(char *, self->sites->len + 1);
    for (guint i = 0; i < self->sites->len; i++)
        copy[i] = g_strdup(g_ptr_array_index(self->sites, i));
    return copy;
}
