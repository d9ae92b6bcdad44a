/* SPDX-License-Identifier: Apache-2.0 */
/* line-door.h: /line, by which a page measures its line before the lesson: bytes to
 * fetch, and a place to send some. Thread: main. Spec: docs/protocol.md#http. */
#pragma once

#include "signaling/conductor.h"
#include "signaling/server.h"

typedef struct ScLineDoor ScLineDoor;

/* Adds its routes to @server; borrows @clock and @conductor. */
ScLineDoor *sc_line_door_new(ScServer *server, ScClock *clock, ScConductor *conductor)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_line_door_free(ScLineDoor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLineDoor, sc_line_door_free)
