/* SPDX-License-Identifier: Apache-2.0 */
/* room.h: what people do in a lesson besides being seen, as a state machine: hands, quiz,
 * chat, roll call, slides and marks, help, time of the floor. A request comes in, a
 * refusal or an event comes out; what is kept is done again, in order, after a restart.
 * Decides, and does nothing else: no socket, no store, time is passed in. Thread: main.
 * Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "signaling/protocol/event.h"
#include "signaling/store/lesson.h"

/* Sites. Above, what one classroom does is not told to all the others: that would be the
 * square of their number. */
#define SC_ROOM_LARGE 64

typedef struct ScRoom ScRoom;

/* Who asks. */
typedef struct {
    const char *site; /* borrowed */
    ScRole role;
    unsigned pupil; /* 0: the site itself */
} ScRoomActor;

/* Who hears what came of it. */
typedef enum {
    SC_ROOM_TELL_ALL,
    SC_ROOM_TELL_SITE, /* the actor's, and the teacher */
    SC_ROOM_TELL_TEACHER,
    SC_ROOM_TELL_ASKER,
} ScRoomTell;

typedef struct {
    ScEvent event; /* to be cleared */
    ScRoomTell tell;
    int64_t number; /* of the record to be kept; 0: none */
} ScRoomOutcome;

ScRoom *sc_room_new(const ScLessonRow *row) G_GNUC_WARN_UNUSED_RESULT;
void sc_room_free(ScRoom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRoom, sc_room_free)

/* Takes the sites of @row that came since. */
void sc_room_update(ScRoom *self, const ScLessonRow *row);
bool sc_room_has_site(const ScRoom *self, const char *site);

/* Is @request the room's at all: all of its section, and the floor, whose time it counts.
 */
bool sc_room_takes(ScRequestType type);

/* Does what @actor asks, at @at_ms of Unix time; @now_us is for its pace. False and
 * @error (SC_PROBLEM_ERROR), and nothing has changed. */
bool sc_room_ask(ScRoom *self, const ScRoomActor *actor, const ScRequest *request,
                 int64_t at_ms, int64_t now_us, ScRoomOutcome *out_outcome,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for what was kept: the next record of the lesson. */
bool sc_room_replay(ScRoom *self, const ScRoomActor *actor, const ScRequest *request,
                    int64_t at_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

unsigned sc_room_get_shown(const ScRoom *self); /* document; 0: no page of any */
bool sc_room_has_hand(const ScRoom *self, const char *site);
bool sc_room_is_muted(const ScRoom *self, const char *site);
/* May one more document be handed in. False and @error: DOCUMENT_LIMIT. */
bool sc_room_check_document_space(const ScRoom *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NULL: there is none of that number. Borrowed. */
const ScDocumentRequest *sc_room_lookup_document(const ScRoom *self, unsigned document);
/* The open quiz and its sum so far; false where none is open. Clear @out_event. */
bool sc_room_get_tally(const ScRoom *self, ScEvent *out_event);
/* How it stands, as @actor may know it. */
ScWelcomeRoom *sc_room_dup_state(const ScRoom *self, const ScRoomActor *actor,
                                 int64_t now_ms) G_GNUC_WARN_UNUSED_RESULT;
