/* SPDX-License-Identifier: Apache-2.0 */
/* organisation.h: the tree province → city → county → school. Thread: the store's.
 * All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

typedef enum {
    SC_ORGANISATION_PROVINCE,
    SC_ORGANISATION_CITY,
    SC_ORGANISATION_COUNTY,
    SC_ORGANISATION_SCHOOL,
} ScOrganisationKind;

/* Everything borrowed by the call. */
typedef struct {
    const char *id;
    const char *parent; /* NULL: a root */
    ScOrganisationKind kind;
    const char *name;    /* as written on its gate; not empty */
    const char *name_en; /* may be empty */
} ScOrganisation;

/* Adds it, or changes what is there under its id. CONSTRAINT where @parent is unknown. */
bool sc_store_put_organisation(ScStore *store, const ScOrganisation *organisation,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The ancestors of @organisation and of all below it, as the parents now say; for who has
 * written a parent. */
bool sc_store_renew_ancestors(ScStore *store, const char *organisation, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
