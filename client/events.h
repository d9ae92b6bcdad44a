/* SPDX-License-Identifier: Apache-2.0 */
/* events.h: the events connection: a WebSocket that comes back by itself after 0.1 to 2
 * s. Its loss touches no media. Thread: main. Spec: RFC 6455; docs/protocol.md, Events.
 */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "client/place.h"
#include "signaling/protocol/event.h"

typedef struct ScEvents ScEvents;

/* @on_event: each event that came, borrowed. */
ScEvents *sc_events_new(const ScPlace *place, ScLanguage language,
                        void (*on_event)(const ScEvent *event, void *user_data),
                        void *user_data) G_GNUC_WARN_UNUSED_RESULT;
void sc_events_free(ScEvents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScEvents, sc_events_free)

void sc_events_start(ScEvents *self);
/* Gives @request the next id. False if there is no connection to ask on. */
bool sc_events_ask(ScEvents *self, ScRequest *request);
/* Likewise that @page be shown. */
bool sc_events_ask_page(ScEvents *self, const ScPageRequest *page);
/* The line is in doubt: unless something is heard within 2 s, connects anew. */
void sc_events_doubt(ScEvents *self);
bool sc_events_is_connected(const ScEvents *self);
