/* SPDX-License-Identifier: Apache-2.0 */
/* attendance.h: keeps the books of lessons that run: for how long each site really had
 * the teacher's media, by what the relay counts; and closes them into the ledger when a
 * lesson is over. Time of media is monotonic; only what lies between bell and end counts.
 * Written every few seconds, so a crash costs no more than those. Thread: main. Spec:
 * docs/architecture.md#attendance. */
#pragma once

#include "signaling/bell.h"
#include "signaling/clock.h"
#include "signaling/conductor.h"
#include "signaling/store/ledger.h"

typedef struct ScAttendance ScAttendance;

/* Borrows all; they outlive it. Takes up lessons that run, and those that are over and
 * not in the ledger. */
ScAttendance *sc_attendance_new(ScClock *clock, GTimeZone *zone, ScStore *store,
                                ScConductor *conductor, ScBell *bell)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_attendance_free(ScAttendance *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScAttendance, sc_attendance_free)

/* Writes what is in memory, as the timer does. False: it is tried again. */
bool sc_attendance_flush(ScAttendance *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lessons that are over are written into the ledger, a batch at a time; true: there are
 * more. */
bool sc_attendance_sweep(ScAttendance *self);

/* What is counted so far of @site in @lesson, if it runs. */
bool sc_attendance_lookup(const ScAttendance *self, const char *lesson, const char *site,
                          ScAttendanceRow *out_row);
