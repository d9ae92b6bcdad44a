/* SPDX-License-Identifier: Apache-2.0 */
/* pupils.h: the door by which a pupil with a phone comes into the lesson of its
 * classroom: the room's code for a token. Thread: main. Spec:
 * docs/protocol.md#the-room. */
#pragma once

#include "signaling/conductor.h"
#include "signaling/server.h"

typedef struct ScPupils ScPupils;

/* Borrows @clock and @conductor. Free after @server. */
ScPupils *sc_pupils_new(ScServer *server, ScClock *clock, ScConductor *conductor)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_pupils_free(ScPupils *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPupils, sc_pupils_free)
