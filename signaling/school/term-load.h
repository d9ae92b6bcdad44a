/* SPDX-License-Identifier: Apache-2.0 */
/* term-load.h: how many lessons go on in each minute of a term's weeks, for the capacity
 * of a relay. Thread: any; no clock, no store. */
#pragma once

#include "signaling/school/occupancy.h"

typedef struct ScTermLoad ScTermLoad;

/* Of @n_weeks (at most SC_WEEKS_MAX); of what lies beyond nothing is known. */
ScTermLoad *sc_term_load_new(unsigned n_weeks) G_GNUC_WARN_UNUSED_RESULT;
void sc_term_load_free(ScTermLoad *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScTermLoad, sc_term_load_free)

/* One lesson in each week of @when. */
void sc_term_load_add(ScTermLoad *self, const ScWeekly *when);
/* The most that go on at one instant of @when; *@out_week (from 1): where they first do,
 * untouched if there are none. */
unsigned sc_term_load_get_peak(const ScTermLoad *self, const ScWeekly *when,
                               unsigned *out_week);
