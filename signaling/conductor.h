/* SPDX-License-Identifier: Apache-2.0 */
/* conductor.h: the running lessons, and what happens when: it asks the lesson what to do
 * and does it, at the relay (media), in the store, and towards the people (its observer).
 * The doors (whip, events) and the relay meet here. Thread: main. */
#pragma once

#include <stdbool.h>

#include "signaling/config.h"
#include "signaling/fragment.h"
#include "signaling/lesson.h"
#include "signaling/media.h"
#include "signaling/protocol/event.h"
#include "signaling/store/store.h"
#include "signaling/token.h"

typedef struct ScConductor ScConductor;

/* What people have to be told; all borrowed for the call. */
typedef struct {
    /* @event goes to everybody in @lesson and takes the next number. @asker: who is given
     * @event->id back; NULL: nobody. */
    void (*tell_lesson)(const char *lesson, const ScEvent *event, gpointer asker,
                        gpointer user_data);
    /* @event goes to @site, and to the teacher as well where @and_teacher. */
    void (*tell_site)(const char *lesson, const char *site, bool and_teacher,
                      const ScEvent *event, gpointer user_data);
    bool (*has_people)(const char *lesson, gpointer user_data);
} ScConductorObserver;

/* Borrows @store. Listens for the relay. */
ScConductor *sc_conductor_new(const ScConfig *config, ScStore *store, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_conductor_free(ScConductor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScConductor, sc_conductor_free)
/* @observer is static. */
void sc_conductor_set_observer(ScConductor *self, const ScConductorObserver *observer,
                               gpointer user_data);

ScMedia *sc_conductor_get_media(ScConductor *self); /* borrowed */
unsigned sc_conductor_count_lessons(ScConductor *self);
unsigned sc_conductor_count_sessions(ScConductor *self, ScSessionKind kind);

/* Whose token it is. @lesson: the one it is used for, or NULL. NULL and @error:
 * SC_PROBLEM_ERROR. */
ScTokenGrant *sc_conductor_verify(ScConductor *self, const char *token,
                                  const char *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Exactly once: @session (borrowed, and already running) and its @answer, or @error. */
typedef void (*ScConductorOpened)(ScSession *session, const char *answer,
                                  const GError *error, gpointer user_data);
/* Answers @offer by a new session of @grant's site. */
void sc_conductor_open(ScConductor *self, const ScTokenGrant *grant, ScSessionKind kind,
                       const char *offer, size_t length, ScConductorOpened opened,
                       gpointer user_data);

/* The session @id, which must be of @grant's lesson and site. NULL and @error. */
ScSession *sc_conductor_lookup_session(ScConductor *self, const ScTokenGrant *grant,
                                       ScSessionKind kind, const char *id,
                                       GError **error);
/* New ICE credentials of both ends; @answer is an SDP fragment. */
void sc_conductor_restart(ScConductor *self, ScSession *session,
                          const ScFragment *fragment, ScConductorOpened restarted,
                          gpointer user_data);
void sc_conductor_close(ScConductor *self, ScSession *session);

/* What a person is told first, as @grant allows; clear by sc_event_clear(). False and
 * @error: SC_PROBLEM_ERROR. */
bool sc_conductor_welcome(ScConductor *self, const ScTokenGrant *grant,
                          ScLanguage language, ScEvent *out_event, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Durable before anybody is told. @site "": nobody. */
bool sc_conductor_set_floor(ScConductor *self, const ScTokenGrant *grant,
                            const char *site, int64_t id, gpointer asker, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The last person left @lesson: forgets it where nothing else runs in it. */
void sc_conductor_release(ScConductor *self, const char *lesson);
