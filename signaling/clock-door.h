/* SPDX-License-Identifier: Apache-2.0 */
/* clock-door.h: /test/clock, by which a test moves the wall clock of a whole service;
 * only there with `serve --test-clock`, and only on loopback. Thread: main. Spec:
 * docs/protocol.md#http. */
#pragma once

#include "signaling/clock.h"
#include "signaling/server.h"

typedef struct ScClockDoor ScClockDoor;

/* Adds its routes to @server; borrows @clock. NULL and @error (SC_CONFIG_ERROR) where
 * @config listens on more than loopback. */
ScClockDoor *sc_clock_door_new(const ScConfig *config, ScServer *server, ScClock *clock,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Answers who waits, for which @server is still there; nothing may come in any more. */
void sc_clock_door_free(ScClockDoor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScClockDoor, sc_clock_door_free)
