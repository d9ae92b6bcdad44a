/* SPDX-License-Identifier: Apache-2.0 */
/* generation.h: lessons from the timetable. An entry of an active pairing has a lesson on
 * each day of the term that is held as its weekday in one of its weeks. What is already
 * there is brought in line: lessons to come that nobody has changed by hand are moved,
 * or taken away; those that were, that run or are over stay. So it may be run at any time
 * and again. Thread: the store's. Spec: docs/architecture.md#the-timetable. */
#pragma once

#include "signaling/store/store.h"

typedef struct ScGenerator ScGenerator;

typedef struct {
    unsigned n_made;
    unsigned n_moved;
    unsigned n_removed;
} ScGenerated;

/* Keeps calendars and bells it has read: for one round of work. @zone borrowed. */
ScGenerator *sc_generator_new(ScStore *store, GTimeZone *zone, int64_t now_ms)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_generator_free(ScGenerator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScGenerator, sc_generator_free)

/* Each adds to *@out_counts; within the caller's transaction. One that is gone has
 * nothing to be held any more. */
bool sc_generator_run_entry(ScGenerator *self, const char *entry, ScGenerated *out_counts,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All entries of @pairing; its sites are renewed in lessons to come. */
bool sc_generator_run_pairing(ScGenerator *self, const char *pairing,
                              ScGenerated *out_counts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
