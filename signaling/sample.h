/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h: one town school, village schools, a pairing and a lesson that is on now, made
 * through the same calls as real data. Thread: the store's. */
#pragma once

#include "signaling/store/store.h"

#define SC_SAMPLE_CLASSROOMS_DEFAULT 2
#define SC_SAMPLE_CLASSROOMS_MAX 1000
#define SC_SAMPLE_LESSON_MS (2 * 60 * 60 * 1000LL) /* how long it is on after seeding */

typedef struct {
    char *site;  /* owned */
    char *name;  /* owned: in Chinese, as shown */
    char *token; /* owned */
} ScSampleSite;

typedef struct {
    char *lesson;        /* owned */
    ScSampleSite *sites; /* owned: the teacher's first, then classrooms in tile order */
    unsigned n_sites;
} ScSample;

void sc_sample_free(ScSample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSample, sc_sample_free)

/* A second call changes nothing but the number of classrooms and the lesson's end, and
 * issues fresh tokens. All or nothing. NULL and @error (SC_STORE_ERROR) where the store
 * refuses. */
ScSample *sc_sample_seed(ScStore *store, unsigned n_classrooms, int64_t now_ms,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The sub-command `seed --database FILE --classrooms N --url URL --output FILE`; @argv[0]
 * is "seed". Writes
 * {"url","lesson","teacher_token","classroom_tokens":[…],"sites":[{"site",
 * "name","token"}…]}, readable by the owner only. Returns the exit status; tells on
 * stderr. With --province it is sc_province_run(). */
int sc_sample_run(int argc, char **argv);
