/* SPDX-License-Identifier: Apache-2.0 */
/* delegate.h: speaks for the people of one room: what they press, or what standard input
 * asks, becomes a request; what is heard becomes words on the screen. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/config.h"
#include "client/events.h"
#include "client/keypad.h"
#include "client/order.h"
#include "client/prompt.h"
#include "client/roster.h"

typedef struct ScDelegate ScDelegate;

/* @config, @events and @roster outlive it. */
ScDelegate *sc_delegate_new(const ScConfig *config, ScEvents *events,
                            const ScRoster *roster) G_GNUC_WARN_UNUSED_RESULT;
void sc_delegate_free(ScDelegate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDelegate, sc_delegate_free)

/* After @event went to the roster. */
void sc_delegate_hear(ScDelegate *self, const ScEvent *event);

/* A key that means one of us here. Gives what it meant: the loudspeaker is not ours. */
ScKeypadMeaning sc_delegate_press(ScDelegate *self, const char *key);
/* A request that came in by standard input. */
void sc_delegate_ask(ScDelegate *self, const ScRequest *request);

/* The teacher wants this room's microphone off. */
bool sc_delegate_is_silenced(const ScDelegate *self);
/* Of a teacher's tile, as sc_prompt_dup_title(); "": it is nobody's. */
char *sc_delegate_dup_title(const ScDelegate *self, int tile) G_GNUC_WARN_UNUSED_RESULT;
/* For a classroom's screen; as sc_prompt_write(). */
void sc_delegate_write(ScDelegate *self, ScPrompt *prompt);
