/* SPDX-License-Identifier: Apache-2.0 */
/* hours.h: where the lesson is in its time, from what signaling says; by the server's
 * clock, so that a wrong one of ours does no harm. Pure. Spec: docs/protocol.md, the
 * bell. */
#pragma once

#include "client/sentence.h"
#include "signaling/protocol/event.h"

typedef struct {
    int64_t starts_ms; /* Unix time; 0: not known yet */
    int64_t said_ms;   /* the server's time … */
    int64_t said_us;   /* … when our monotonic clock showed this */
    bool has_begun;
    bool is_over;
    bool is_cancelled;
} ScHours;

/* @now_us: monotonic. True where @event changed something. */
bool sc_hours_apply(ScHours *self, const ScEvent *event, int64_t now_us);

/* Minutes to the bell, begun ones count; 0: it has rung, or is not known. */
unsigned sc_hours_get_minutes_to_bell(const ScHours *self, int64_t now_us);

/* What people in the room read: of @state, unless the hour says more. */
char *sc_hours_dup_sentence(const ScHours *self, ScRoomState state, ScRole role,
                            ScLanguage language, int64_t now_us);
