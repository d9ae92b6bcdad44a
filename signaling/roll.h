/* SPDX-License-Identifier: Apache-2.0 */
/* roll.h: the roll call of a lesson: how many heads each classroom says it has. Thread:
 * any; one at a time. Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>

#include "signaling/protocol/room-event.h"

typedef struct ScRoll ScRoll;

ScRoll *sc_roll_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_roll_free(ScRoll *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRoll, sc_roll_free)

/* A new one; its number. */
unsigned sc_roll_begin(ScRoll *self);
/* False and @error NO_ROLL_CALL before the first one. */
bool sc_roll_count(ScRoll *self, const char *site, unsigned heads, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The present one's number, 0: none; and what was said, to be freed. */
unsigned sc_roll_get_number(const ScRoll *self);
ScSiteNumbers sc_roll_dup(const ScRoll *self);
