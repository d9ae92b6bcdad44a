/* SPDX-License-Identifier: Apache-2.0 */
/* rules.h: what holds of pairings, weekly entries and single lessons alike; who breaks it
 * is told in both languages. Thread: the store's. Spec: docs/api.md. */
#pragma once

#include "signaling/api/call.h"

/* When period @number of the bells @schedule begins and ends, in minutes after midnight.
 * INVALID_VALUE at "period" where there is none. */
bool sc_rules_read_period(ScCall *call, const char *schedule, int64_t number,
                          unsigned *out_starts_min, unsigned *out_ends_min,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is @teacher (NULL: nobody yet, which is allowed) an active teacher of the school of
 * @giving_site, or above it? INVALID_VALUE at "teacher" where not. */
bool sc_rules_check_teacher(ScCall *call, const char *teacher, const char *giving_site,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* True where @conflicts are none; else CONFLICT at @field with both lists (borrowed) as
 * members, @free_periods being offered instead. */
bool sc_rules_check_free(ScCall *call, const char *field, JsonArray *conflicts,
                         JsonArray *free_periods, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
