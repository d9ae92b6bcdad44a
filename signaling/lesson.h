/* SPDX-License-Identifier: Apache-2.0 */
/* lesson.h: a running lesson as a state machine: its sites in tile order, their sessions,
 * the floor; and from these what each slot is to be fed by. Decides, and does nothing
 * else: no socket, no store, the clock is passed in. Thread: main. Spec:
 * docs/architecture.md#slots, docs/protocol.md#sdp. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/answer.h"
#include "signaling/session.h"
#include "signaling/store/lesson.h"

/* So long silent, a publisher may be replaced. */
#define SC_LESSON_QUIET_US (2 * 1000000LL)

typedef struct ScLesson ScLesson;

typedef struct {
    unsigned max_sites;
    unsigned max_sessions;
    unsigned max_sessions_per_site;
} ScLessonLimits;

/* A change of one slot's feed: @track NULL: nothing. */
typedef struct {
    char *slot;  /* owned */
    char *track; /* owned */
} ScLessonPatch;

/* What stands of one site's sessions. */
typedef struct {
    bool publishing;
    bool subscribed;
} ScLessonPresence;

/* Takes what @row says, which stays the caller's. NULL and @error (SC_PROBLEM_ERROR,
 * TOO_MANY_SESSIONS) where it has more sites than @limits say. */
ScLesson *sc_lesson_new(const ScLessonRow *row, const ScLessonLimits *limits,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_lesson_free(ScLesson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLesson, sc_lesson_free)

/* Adds the sites of @row that came since, behind the others. Errors as above. */
bool sc_lesson_update(ScLesson *self, const ScLessonRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

const char *sc_lesson_get_id(const ScLesson *self);
bool sc_lesson_has_site(const ScLesson *self, const char *site);
ScRole sc_lesson_get_role(const ScLesson *self, const char *site); /* one of its sites */
unsigned sc_lesson_count_sites(const ScLesson *self);
bool sc_lesson_is_idle(const ScLesson *self); /* no session at all */
unsigned sc_lesson_count_sessions(const ScLesson *self, ScSessionKind kind);

/* The streams a session of @role and @kind may have, the k-th of a kind for the k-th
 * section; none where the role may not do it. Borrowed. */
const ScAnswerStream *sc_lesson_get_streams(const ScLesson *self, ScRole role,
                                            ScSessionKind kind, unsigned *out_n);

/* May @site open another session? On success @out_replaced is the session (borrowed) that
 * has to be closed for it, or NULL. False and @error: SC_PROBLEM_ERROR
 * ALREADY_PUBLISHING, TOO_MANY_SESSIONS. */
bool sc_lesson_admit(ScLesson *self, const char *site, ScSessionKind kind, int64_t now_us,
                     ScSession **out_replaced, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void sc_lesson_take_session(ScLesson *self, ScSession *session);
ScSession *sc_lesson_lookup_session(ScLesson *self, const char *id);
/* NULL where there is none; the caller owns it then. */
ScSession *sc_lesson_remove_session(ScLesson *self, const char *id);
/* The list is the caller's, the sessions are lent. */
GList *sc_lesson_list_sessions(ScLesson *self) G_GNUC_WARN_UNUSED_RESULT;
ScLessonPresence sc_lesson_get_presence(ScLesson *self, const char *site);

/* "" or a classroom of the lesson; false for anything else. */
bool sc_lesson_set_floor(ScLesson *self, const char *site);
const char *sc_lesson_get_floor(const ScLesson *self); /* "": nobody */

/* What has to change so that each slot has its feed, of ScLessonPatch; the slots count as
 * told from here on. */
GArray *sc_lesson_take_patches(ScLesson *self) G_GNUC_WARN_UNUSED_RESULT;
/* The same for the slots of one session: a joiner need not wait for a look at all. */
GArray *sc_lesson_take_session_patches(ScLesson *self, ScSession *session)
    G_GNUC_WARN_UNUSED_RESULT;
