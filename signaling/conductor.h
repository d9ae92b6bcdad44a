/* SPDX-License-Identifier: Apache-2.0 */
/* conductor.h: the running lessons, and what happens when: it asks the lesson what to do
 * and does it, at the relay (media), in the store, and towards the people (its observer).
 * The doors (whip, events) and the relay meet here. Thread: main. */
#pragma once

#include <stdbool.h>

#include "signaling/clock.h"
#include "signaling/config.h"
#include "signaling/echo-tests.h"
#include "signaling/fragment.h"
#include "signaling/lesson.h"
#include "signaling/media.h"
#include "signaling/protocol/event.h"
#include "signaling/store/ringing.h"
#include "signaling/store/store.h"
#include "signaling/token.h"

typedef struct ScConductor ScConductor;

/* What people have to be told; all borrowed for the call. */
typedef struct {
    /* @event goes to everybody in @lesson who may hear it, and takes the next number if
     * its type has one. @asker: who is given
     * @event->id back; NULL: nobody. */
    void (*tell_lesson)(const char *lesson, const ScEvent *event, gpointer asker,
                        gpointer user_data);
    /* @event goes to @site ("": none), and to the teacher as well where @and_teacher,
     * without a number. @asker as above. */
    void (*tell_site)(const char *lesson, const char *site, bool and_teacher,
                      const ScEvent *event, gpointer asker, gpointer user_data);
    void (*tell_one)(gpointer asker, const ScEvent *event, gpointer user_data);
    bool (*has_people)(const char *lesson, gpointer user_data);
} ScConductorObserver;

/* Who counts what happens; all borrowed for the call. */
typedef struct {
    void (*figures)(const ScSession *session, const ScControlQuality *figures,
                    gpointer user_data);
    /* On whichever side. */
    void (*session_ended)(const ScSession *session, gpointer user_data);
    /* @site "": nobody has it. */
    void (*floor_given)(const char *lesson, const char *site, gpointer user_data);
} ScConductorWitness;

/* Borrows @clock and @store. Listens for the relay. */
ScConductor *sc_conductor_new(const ScConfig *config, ScClock *clock, ScStore *store,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_conductor_free(ScConductor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScConductor, sc_conductor_free)
/* @observer is static. */
void sc_conductor_set_observer(ScConductor *self, const ScConductorObserver *observer,
                               gpointer user_data);

/* @witness is static; NULL: nobody any more. */
void sc_conductor_set_witness(ScConductor *self, const ScConductorWitness *witness,
                              gpointer user_data);

ScMedia *sc_conductor_get_media(ScConductor *self); /* borrowed */
unsigned sc_conductor_count_lessons(ScConductor *self);
unsigned sc_conductor_count_sessions(ScConductor *self, ScSessionKind kind);

/* Whose token it is. @lesson: the one it is used for, or NULL. NULL and @error:
 * SC_PROBLEM_ERROR. */
ScTokenGrant *sc_conductor_verify(ScConductor *self, const char *token,
                                  const char *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same for media: of an echo test too. */
ScTokenGrant *sc_conductor_verify_media(ScConductor *self, const char *token,
                                        const char *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* An echo test for @owner, whose former one is over. Borrowed, until the main loop runs.
 * NULL and @error: TOO_MANY_SESSIONS. */
const ScEchoTest *sc_conductor_begin_echo_test(ScConductor *self, const char *owner,
                                               GError **error);

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
/* What @grant asks of the room (SC_REQUEST_FIRST_OF_ROOM and on) is done; told when it is
 * kept, which may fail: @asker hears of it then. False and @error: SC_PROBLEM_ERROR. */
bool sc_conductor_ask_room(ScConductor *self, const ScTokenGrant *grant,
                           const ScRequest *request, gpointer asker, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @document, which lies in its place already, belongs to the lesson; everybody is told.
 * Durable when it returns. Errors: DOCUMENT_LIMIT, LESSON_NOT_LIVE (it is over),
 * UNKNOWN_LESSON, those of the store. */
bool sc_conductor_hand_in(ScConductor *self, const ScTokenGrant *grant,
                          const ScDocumentRequest *document, unsigned *out_number,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Would it be taken. False and @error as above. */
bool sc_conductor_check_hand_in(ScConductor *self, const ScTokenGrant *grant,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The SHA-256 of each document that @lesson has and has kept, as a set; @site is one of
 * the lesson's. NULL and @error: as above. */
GHashTable *sc_conductor_dup_contents(ScConductor *self, const char *lesson,
                                      const char *site, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Does @site of the running @lesson have a media session? False where it does not run. */
bool sc_conductor_has_media(ScConductor *self, const char *lesson, const char *site);
/* False and @error: UNKNOWN_DOCUMENT, and the rest as above. */
bool sc_conductor_lookup_document(ScConductor *self, const ScTokenGrant *grant,
                                  unsigned number, ScDocumentRequest *out_document,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @asker is gone: it is told nothing any more. */
void sc_conductor_forget_asker(ScConductor *self, gpointer asker);
/* A token for one more pupil of the classroom that shows @code; both to be freed. False
 * and @error: UNKNOWN_CODE, LESSON_NOT_LIVE, TOO_MANY_SESSIONS. */
bool sc_conductor_admit_pupil(ScConductor *self, const char *code, char **out_lesson,
                              char **out_token, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The bell rang @row, which is in the store: people are told, @asker with @id, and the
 * sessions of a lesson that is over are closed, from the main loop. */
void sc_conductor_ring(ScConductor *self, const ScRingingRow *row, ScBellPhase phase,
                       int64_t id, gpointer asker);
/* Lessons were changed in the store: tells people where one of theirs was. */
void sc_conductor_look_again(ScConductor *self);
/* The last person left @lesson: forgets it where nothing else runs in it. */
void sc_conductor_release(ScConductor *self, const char *lesson);
