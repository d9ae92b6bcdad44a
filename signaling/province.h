/* SPDX-License-Identifier: Apache-2.0 */
/* province.h: a province to look at and to measure: cities, counties, schools, classrooms
 * with devices, teachers, pairings, a timetable, and some weeks of ledger behind. The
 * same plan makes the same rows, but for what is secret. Thread: the store's. */
#pragma once

#include "signaling/store/store.h"

#define SC_PROVINCE_SCHOOLS_MAX 5000
#define SC_PROVINCE_SITES_MAX 20000
#define SC_PROVINCE_WEEKS_MAX 18 /* of ledger: less than a term has */
#define SC_PROVINCE_WEEKLY_MAX                              \
    58 /* lessons of a class: as many as there are periods, \
        * but for those that odd and even weeks share */
#define SC_PROVINCE_TERM_WEEKS 20

typedef struct {
    unsigned n_schools;
    unsigned n_sites;  /* at least one for each school */
    unsigned n_weekly; /* lessons of each paired class in a week */
    unsigned n_weeks;  /* of lessons that were, with their ledger */
    bool
        in_earlier_term; /* those weeks are of the term before, and this one begins now */
    bool makes_lessons;  /* of the timetable, for the weeks to come */
    uint32_t seed;       /* of what is left to chance */
    int64_t now_ms;
} ScProvincePlan;

/* Adds the province with id "province"; its administrator, who comes last, has @hash for
 * a password, and so have a few others (docs/operating.md). CONSTRAINT where it stands
 * already, or one of its sign-in names does. A failure in between leaves a part. */
bool sc_province_seed(ScStore *store, const ScProvincePlan *plan, const char *hash,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The sub-command `seed --province --database FILE --output FILE …`; @argv[0] is "seed".
 * Writes {"sign_ins":[{"sign_in","password","name","organisation","role"}…],"term",
 * "device_tokens":[…]}, readable by the owner only. One that stands gets a new password
 * and nothing else. Returns the exit status; tells on stderr. */
int sc_province_run(int argc, char **argv);
