/* SPDX-License-Identifier: Apache-2.0 */
/* echo-tests.h: lessons of a minute in which a site hears what the far end would hear of
 * it. The site is both ends: what it says as `far`, a teacher, it plays as `near`, a
 * classroom, and what the microphone there sends comes back to `far`. They live in memory
 * alone. Pure: the clock is passed in. Thread: main. Spec: docs/protocol.md#echo-test. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/store/lesson.h"
#include "signaling/token.h"

#define SC_ECHO_TEST_LIMIT_MS 60000 /* so long it may take */
#define SC_ECHO_TESTS_MAX 32        /* at once */

typedef struct {
    char *lesson; /* owned, as the next */
    char *far;    /* a token of a teacher */
    char *near;   /* of a classroom */
} ScEchoTest;

typedef struct ScEchoTests ScEchoTests;

ScEchoTests *sc_echo_tests_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_echo_tests_free(ScEchoTests *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScEchoTests, sc_echo_tests_free)

/* One of @owner's, whose former one must be over. Borrowed, until it ends. NULL and
 * @error: SC_PROBLEM_ERROR TOO_MANY_SESSIONS. */
const ScEchoTest *sc_echo_tests_begin(ScEchoTests *self, const char *owner,
                                      int64_t now_ms, GError **error);
/* The test of @owner, or, @owner NULL, one that is over; NULL: there is none. The
 * lesson's id is borrowed, until it ends. */
const char *sc_echo_tests_find(const ScEchoTests *self, const char *owner,
                               int64_t now_ms);
void sc_echo_tests_end(ScEchoTests *self, const char *lesson);
bool sc_echo_tests_has(const ScEchoTests *self, const char *lesson);
unsigned sc_echo_tests_count(const ScEchoTests *self);

/* NULL where @token is of none. */
ScTokenGrant *sc_echo_tests_verify(const ScEchoTests *self, const char *token)
    G_GNUC_WARN_UNUSED_RESULT;
/* The lesson as the store would have it; NULL where @lesson is none of them. */
ScLessonRow *sc_echo_tests_dup_row(const ScEchoTests *self, const char *lesson)
    G_GNUC_WARN_UNUSED_RESULT;
