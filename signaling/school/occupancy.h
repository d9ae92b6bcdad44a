/* SPDX-License-Identifier: Apache-2.0 */
/* occupancy.h: who and what is taken when, by the week: a teacher, a giving or a
 * receiving site each has its weekly periods, and two collide where weekday, minutes and
 * a week meet. Thread: any; no clock, no store. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_WEEKS_MAX 63 /* of a term: bits of a mask, week 1 is bit 0 */

typedef enum {
    SC_CLASH_TEACHER,
    SC_CLASH_GIVING_SITE,
    SC_CLASH_RECEIVING_SITE,
    SC_CLASH_CAPACITY,
    SC_N_CLASHES
} ScClashKind;

/* "teacher", "giving-site", "receiving-site", "capacity"; static. */
const char *sc_clash_kind_get_name(ScClashKind kind);

/* A weekly period; half open: one may begin the minute another ends. */
typedef struct {
    unsigned weekday; /* 1: Monday */
    unsigned starts_min;
    unsigned ends_min;
    uint64_t weeks; /* bit w − 1: week w */
} ScWeekly;

typedef struct ScOccupancy ScOccupancy;

ScOccupancy *sc_occupancy_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_occupancy_free(ScOccupancy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScOccupancy, sc_occupancy_free)

/* @subject (a person's or site's id) is taken by @by (an entry's id, or a line of a
 * file); both are copied. */
void sc_occupancy_add(ScOccupancy *self, const char *subject, const ScWeekly *weekly,
                      const char *by);
/* What @subject is taken by at a time that meets @weekly, other than @except (NULL:
 * none);
 * @out_weeks: the weeks in which they meet. NULL: it is free. Borrowed. */
const char *sc_occupancy_find(const ScOccupancy *self, const char *subject,
                              const ScWeekly *weekly, const char *except,
                              uint64_t *out_weeks);

/* The weeks of a rule from @first to @last, as a mask. */
uint64_t sc_weeks_make(int rule /* ScWeekRule */, unsigned first, unsigned last);
/* "1–8, 10": for sentences. */
char *sc_weeks_print(uint64_t weeks) G_GNUC_WARN_UNUSED_RESULT;
