/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-private.h: what the parts of the conductor share: conductor.c keeps the
 * lessons, their sessions and their slots; conductor-open.c makes sessions;
 * conductor-relay.c follows what the relay tells and lists; conductor-people.c speaks for
 * people; conductor-room.c has what they do in the room kept; conductor-bell.c does what
 * the bell says; conductor-echo.c has a site hear itself. */
#pragma once

#include "signaling/conductor.h"
#include "signaling/journal.h"
#include "signaling/phase.h"

/* A lesson that somebody is in. */
typedef struct {
    ScConductor *conductor; /* borrowed: owns us */
    ScLesson *lesson;       /* owned */
    ScLessonRow *row;       /* owned: as the store had it when it was read last */
    GHashTable *told;       /* owned: site → ScLessonPresence as people know it */
    guint patching;         /* source; 0: no look at all slots is due */
    guint closing;          /* source; 0: no sessions to be closed because it is over */
    bool is_echo_test;      /* nobody's lesson: there is nothing to count or to keep */
} ScRunning;

struct ScConductor {
    const ScConfig *config; /* borrowed: main keeps it to the end */
    ScClock *clock;         /* borrowed: outlives us */
    ScStore *store;         /* borrowed likewise */
    ScMedia *media;         /* owned */
    GHashTable *lessons;    /* owned: id → ScRunning */
    GHashTable
        *sessions; /* owned: session's id → ScRunning, both borrowed from @lessons */
    bool knows_sessions;     /* a relay's list was taken: what it lists more is rubbish */
    guint refreshing;        /* source; 0: none */
    ScEchoTests *echo_tests; /* owned */
    guint looking_at_tests;  /* source; 0: there are none */
    ScJournal *journal;      /* owned: what is done in the rooms, until it is kept */
    GHashTable *places;      /* owned: the rooms, by lesson */
    const ScConductorObserver *observer; /* static; NULL: nobody */
    gpointer user_data;
    const ScConductorWitness *witness; /* static; NULL: nobody */
    gpointer witness_data;
};

/* What the relay tells, for sc_media_new(); its user data is the conductor. */
extern const ScMediaObserver sc_conductor_media_observer;

/* The lesson from the store. NULL and @error: UNKNOWN_LESSON, or SC_STORE_ERROR. */
ScLessonRow *sc_conductor_read_row(ScConductor *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The running lesson, which must have @site; it is started where nobody was in it.
 * Release it where nobody enters then. NULL and @error: SC_PROBLEM_ERROR. */
ScRunning *sc_conductor_open_lesson(ScConductor *self, const char *id, const char *site,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the row from the store again. */
bool sc_running_reread(ScRunning *running, GError **error) G_GNUC_WARN_UNUSED_RESULT;

ScPhase sc_running_get_phase(const ScRunning *running);
/* May sites join. False and @error: LESSON_NOT_LIVE, or SC_STORE_ERROR. */
bool sc_running_check_open(ScRunning *running, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* May people come, who can wait. Errors as above. */
bool sc_running_check_not_over(ScRunning *running, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Rung off, or cancelled: its sessions are being closed. */
bool sc_running_is_over(const ScRunning *running);

/* It is over from here on: its sessions are closed in turns of the main loop. */
void sc_running_end(ScRunning *running);

/* NULL where nobody has it. Both lent. */
ScSession *sc_conductor_find_session(ScConductor *self, const char *id,
                                     ScRunning **out_running);
void sc_running_take_session(ScRunning *running, ScSession *session);
/* Our side of a session ends; the relay's is the caller's business. May end the lesson,
 * and free @running with it. */
void sc_running_remove_session(ScRunning *running, const char *id);
/* The relay's side. */
void sc_conductor_close_transport(ScConductor *self, const char *id);
/* Tells people where @site's sessions are not what they were told last. */
void sc_running_tell_presence(ScRunning *running, const char *site);

void sc_conductor_start_rooms(ScConductor *self);
void sc_conductor_stop_rooms(ScConductor *self);
/* Its lesson is over. */
void sc_conductor_end_room(ScConductor *self, const char *lesson);
/* @welcome->room, as @grant may know it; all of it is in the store. */
bool sc_running_fill_room(ScRunning *running, const ScTokenGrant *grant,
                          ScWelcomeEvent *welcome, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @grant's teacher has given the floor to @site, "": nobody. */
void sc_running_follow_floor(ScRunning *running, const ScTokenGrant *grant,
                             const char *site);

/* Takes @patches, of ScLessonPatch. */
void sc_conductor_send_patches(ScConductor *self, GArray *patches);
/* One look at all slots of the lesson, in this turn of the main loop. */
void sc_running_schedule_patches(ScRunning *running);
