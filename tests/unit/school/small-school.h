/* SPDX-License-Identifier: Apache-2.0 */
/* small-school.h: a county with a giving and two receiving sites, a teacher, a term of
 * four weeks, and a lesson on Mondays; in a store of its own. */
#pragma once

#include <glib.h>

#include "signaling/store/query.h"

#define SMALL_SCHOOL_LESSON_MS (40LL * 60 * 1000)
/* 2026-09-01 12:00 in Shanghai: before the term, which is 2026-09-07 to 2026-10-04. */
#define SMALL_SCHOOL_NOW_MS 1788235200000LL
#define DAY_MS (24LL * 3600 * 1000)

typedef struct {
    char *folder;    /* owned */
    char *path;      /* owned: the database */
    ScStore *store;  /* owned */
    GTimeZone *zone; /* owned */
} SmallSchool;

void small_school_set_up(SmallSchool *school, gconstpointer user_data);
void small_school_tear_down(SmallSchool *school, gconstpointer user_data);
void small_school_open(SmallSchool *school);
void small_school_close(SmallSchool *school);

/* One statement. */
void small_school_run(SmallSchool *school, const char *sql);
int64_t small_school_count(SmallSchool *school, const char *sql);
/* All rows of @sql, columns parted by "|" and rows by line ends. */
char *small_school_read(SmallSchool *school, const char *sql) G_GNUC_WARN_UNUSED_RESULT;
