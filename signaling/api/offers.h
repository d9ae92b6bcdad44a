/* SPDX-License-Identifier: Apache-2.0 */
/* offers.h: periods near by in which nobody of a party is taken. Thread: the store's.
 * Spec: docs/api.md (a free period). */
#pragma once

#include "signaling/api/party.h"

/* Adds to @free_periods (an array of objects) those periods of @schedule nearest to
 * @weekly. */
bool sc_offers_find_weekly(ScCall *call, const ScParty *party, const char *schedule,
                           const ScWeekly *weekly, JsonArray *free_periods,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* And those on single days around @starts_ms. */
bool sc_offers_find_single(ScCall *call, const ScParty *party, const char *schedule,
                           int64_t starts_ms, JsonArray *free_periods, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
