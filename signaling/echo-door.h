/* SPDX-License-Identifier: Apache-2.0 */
/* echo-door.h: POST /echo-test, by which a site, or a box that stands in one, is given a
 * lesson of a minute with itself. Thread: main. Spec: docs/protocol.md#echo-test. */
#pragma once

#include "signaling/conductor.h"
#include "signaling/server.h"

typedef struct ScEchoDoor ScEchoDoor;

/* Adds its route to @server; borrows @clock, @store and @conductor. */
ScEchoDoor *sc_echo_door_new(ScServer *server, ScClock *clock, ScStore *store,
                             ScConductor *conductor) G_GNUC_WARN_UNUSED_RESULT;
void sc_echo_door_free(ScEchoDoor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScEchoDoor, sc_echo_door_free)
