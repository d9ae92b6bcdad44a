/* SPDX-License-Identifier: Apache-2.0 */
/* pairing.h: lasting links of a giving site and receiving sites. Thread: the store's.
 * All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

/* Everything borrowed by the call. */
typedef struct {
    const char *id;
    const char *giving_site;
    const char *subject;
    const char *const *receiving_sites; /* in the order of their places */
    unsigned n_receiving_sites;
} ScPairing;

/* Adds it as active, or changes what is there under its id, receiving sites included.
 * CONSTRAINT where a site is unknown. */
bool sc_store_put_pairing(ScStore *store, const ScPairing *pairing, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
