/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.h: work too long for one answer, done from the main loop in slices of a few
 * milliseconds, each a durable step with its progress; what was under way when the
 * process ended goes on at the next start. Thread: main. */
#pragma once

#include "signaling/bell.h"
#include "signaling/clock.h"
#include "signaling/store/store.h"

typedef struct ScJobs ScJobs;

/* Borrows all; they outlive it. Takes up what is unfinished. @bell may be NULL. */
ScJobs *sc_jobs_new(ScStore *store, ScClock *clock, GTimeZone *zone, ScBell *bell)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_jobs_free(ScJobs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScJobs, sc_jobs_free)

/* Asks for the lessons of @term, in the caller's transaction; begins after it. The job's
 * id; one that runs for the same term is given instead of a second. */
char *sc_jobs_generate(ScJobs *self, const char *organisation, const char *term,
                       const char *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for rows that @store, any connection, has just written: always a job of its
 * own, as one that runs has read its entries already. It waits for sc_jobs_wake(), on the
 * main thread and after the transaction. Thread: the store's. */
char *sc_jobs_ask(ScStore *store, const char *organisation, const char *term,
                  const char *person, int64_t now_ms, GError **error);
void sc_jobs_wake(ScJobs *self);

/* The longest that a slice has held the main loop. */
int64_t sc_jobs_get_longest_us(const ScJobs *self);
