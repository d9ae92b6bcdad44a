/* SPDX-License-Identifier: Apache-2.0 */
/* desk.h: signaling's requests carried out: a table of handlers, each of which parses
 * (request.h), decides against what there is (registry.h) and gives orders (relay.h).
 * Knows no connection, so what runs goes on while there is none. Thread: main. Spec:
 * docs/protocol.md#control. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "relay/config.h"
#include "relay/relay.h"

typedef struct ScDesk ScDesk;

typedef struct {
    /* To signaling, where it is there. @params is floating. */
    void (*notify)(const char *method, GVariant *params, void *user_data);
    /* The answer to a request that sc_desk_handle() put off: @result (floating), or
     * @error. */
    void (*reply)(unsigned ticket, GVariant *result, const GError *error,
                  void *user_data);
    void *user_data;
} ScDeskListener;

/* @config and @relay are borrowed; the desk listens to the relay. */
ScDesk *sc_desk_new(const ScConfig *config, ScRelay *relay) G_GNUC_WARN_UNUSED_RESULT;
void sc_desk_free(ScDesk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDesk, sc_desk_free)

void sc_desk_listen(ScDesk *self, const ScDeskListener *listener);

/* The floating result of @method, or NULL and @error (the codes of request.h). NULL
 * without an error: the reply follows under @ticket, which the caller chose. */
GVariant *sc_desk_handle(ScDesk *self, const char *method, GVariant *params,
                         unsigned ticket, GError **error);
