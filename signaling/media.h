/* SPDX-License-Identifier: Apache-2.0 */
/* media.h: the relay's other end: the Unix socket it dials, its hello and list, our
 * requests with their time limit. One relay at a time; a second is refused by name.
 * Thread: main. Spec: JSON-RPC 2.0; docs/protocol.md#control. */
#pragma once

#include <stdbool.h>

#include <json-glib/json-glib.h>

#include "signaling/config.h"
#include "signaling/control.h"

typedef struct ScMedia ScMedia;

/* What the relay tells; all borrowed for the call. */
typedef struct {
    /* Connected, and this is all it runs: @list of ScControlTransport. From here requests
     * are taken. */
    void (*ready)(const ScControlHello *hello, GArray *list, gpointer user_data);
    void (*gone)(gpointer user_data);
    void (*transport_state)(const ScControlTransportState *state, gpointer user_data);
    void (*track_state)(const ScControlStream *track, gpointer user_data);
    void (*quality)(GArray *list, gpointer user_data); /* of ScControlQuality */
} ScMediaObserver;

/* Exactly once: @result (borrowed), or NULL and @error: SC_PROBLEM_ERROR NO_RELAY where
 * it is gone or did not answer in time, else an ScControlError of SC_MEDIA_ERROR. */
typedef void (*ScMediaReply)(JsonObject *result, const GError *error, gpointer user_data);

#define SC_MEDIA_ERROR (sc_media_error_quark())
GQuark sc_media_error_quark(void);

/* Listens on @config->socket, mode 0600. @observer is static. */
ScMedia *sc_media_new(const ScConfig *config, const ScMediaObserver *observer,
                      gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Requests still open are answered with NO_RELAY; removes the socket. */
void sc_media_free(ScMedia *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScMedia, sc_media_free)

bool sc_media_is_ready(const ScMedia *self);
/* The random name of the relay's process; NULL while none is ready. Borrowed. */
const char *sc_media_get_instance(const ScMedia *self);

/* Takes @parameters; @reply may be NULL. */
void sc_media_call(ScMedia *self, const char *method, JsonObject *parameters,
                   ScMediaReply reply, gpointer user_data);
/* Asks for relay.list again; its result goes to the observer's ready(). */
void sc_media_refresh(ScMedia *self);
