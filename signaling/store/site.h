/* SPDX-License-Identifier: Apache-2.0 */
/* site.h: physical classrooms and teachers' desks. Thread: the store's.
 * All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

/* Everything borrowed by the call. */
typedef struct {
    const char *id;
    const char *organisation;
    const char *name;    /* as shown in a lesson; not empty */
    const char *name_en; /* may be empty */
} ScSite;

/* Adds it, or changes what is there under its id. CONSTRAINT where @organisation is
 * unknown. */
bool sc_store_put_site(ScStore *store, const ScSite *site, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
