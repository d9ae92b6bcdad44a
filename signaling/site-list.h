/* SPDX-License-Identifier: Apache-2.0 */
/* site-list.h: sites in the order in which they came, each once: raised hands, for one.
 * Thread: any; one at a time. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct {
    GPtrArray *sites; /* owned, of owned ids */
} ScSiteList;

void sc_site_list_init(ScSiteList *self);
void sc_site_list_clear(ScSiteList *self);

/* At the end, where it is not there yet. */
void sc_site_list_add(ScSiteList *self, const char *site);
void sc_site_list_remove(ScSiteList *self, const char *site);
void sc_site_list_remove_all(ScSiteList *self);
bool sc_site_list_has(const ScSiteList *self, const char *site);
/* NULL-terminated. */
GStrv sc_site_list_dup(const ScSiteList *self) G_GNUC_WARN_UNUSED_RESULT;
