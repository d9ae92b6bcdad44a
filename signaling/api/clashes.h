/* SPDX-License-Identifier: Apache-2.0 */
/* clashes.h: what a period, weekly or single, collides with, in words, and where there is
 * room near by. Found by the sites and the teacher concerned, never by looking at all
 * lessons. Thread: the store's. Spec: docs/api.md (a conflict, a free period). */
#pragma once

#include "signaling/api/call.h"
#include "signaling/school/occupancy.h"

/* Who takes part. All borrowed. */
typedef struct {
    const char *term;
    const char *teacher; /* NULL: nobody yet */
    const char *giving_site;
    char *const *receiving_sites;
    const char *except_entry;  /* NULL: none */
    const char *except_lesson; /* NULL: none */
} ScClashParty;

/* Adds to @conflicts (an array of objects) what @weekly collides with: entries of the
 * term and lessons that were made or moved by hand. */
bool sc_clashes_find_weekly(ScCall *call, const ScClashParty *party,
                            const ScWeekly *weekly, JsonArray *conflicts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same for one lesson at its own time. */
bool sc_clashes_find_single(ScCall *call, const ScClashParty *party, int64_t starts_ms,
                            int64_t ends_ms, JsonArray *conflicts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Adds to @free the periods of @schedule nearest to @weekly in which nobody is taken. */
bool sc_clashes_offer_weekly(ScCall *call, const ScClashParty *party,
                             const char *schedule, const ScWeekly *weekly,
                             JsonArray *free_periods, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* And on single days around @starts_ms. */
bool sc_clashes_offer_single(ScCall *call, const ScClashParty *party,
                             const char *schedule, int64_t starts_ms,
                             JsonArray *free_periods, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
