/* SPDX-License-Identifier: Apache-2.0 */
/* clashes.h: what a period, weekly or single, collides with, in words. Thread: the
 * store's. Spec: docs/api.md (a conflict). */
#pragma once

#include "signaling/api/party.h"

/* Adds to @conflicts (an array of objects) what @weekly collides with: entries of the
 * term and lessons that were made or moved by hand. */
bool sc_clashes_find_weekly(ScCall *call, const ScParty *party, const ScWeekly *weekly,
                            JsonArray *conflicts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same for one lesson at its own time. */
bool sc_clashes_find_single(ScCall *call, const ScParty *party, int64_t starts_ms,
                            int64_t ends_ms, JsonArray *conflicts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
