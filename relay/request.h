/* SPDX-License-Identifier: Apache-2.0 */
/* request.h: signaling's requests, from JSON (as GVariant, the way jsonrpc-glib gives it)
 * to structs, with every limit. Decides nothing. Thread: main; pure. Spec:
 * docs/protocol.md#control. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "relay/slot.h"
#include "relay/track.h"
#include "relay/transport.h"

#define SC_REQUEST_TAG_MAX 2048 /* bytes */
#define SC_REQUEST_PATCHES_MAX 4096

#define SC_REQUEST_ERROR (sc_request_error_quark())
GQuark sc_request_error_quark(void);
/* The numbers of the protocol. */
typedef enum {
    SC_REQUEST_ERROR_BAD_PARAMETERS = -32602,
    SC_REQUEST_ERROR_UNKNOWN_METHOD = -32601,
    SC_REQUEST_ERROR_UNKNOWN_TRANSPORT = -32001,
    SC_REQUEST_ERROR_EXISTS = -32002,
    SC_REQUEST_ERROR_LIMIT = -32003,
    SC_REQUEST_ERROR_UNKNOWN_TRACK = -32004,
    SC_REQUEST_ERROR_UNKNOWN_SLOT = -32005,
} ScRequestError;

typedef struct {
    char ufrag[SC_ICE_UFRAG_MAX + 1];
    char password[SC_ICE_PASSWORD_MAX + 1];
} ScRequestIce;

typedef struct {
    char transport[SC_TRACK_NAME_MAX + 1];
    char tag[SC_REQUEST_TAG_MAX + 1];
    ScRequestIce ice;
    char fingerprint[256];
    ScExtensionIds extensions;
    unsigned n_tracks, n_slots;
    ScTrackSpec tracks[SC_TRANSPORT_TRACKS_MAX];
    ScSlotSpec slots[SC_TRANSPORT_SLOTS_MAX];
} ScRequestCreate;

typedef struct {
    char transport[SC_TRACK_NAME_MAX + 1];
    ScRequestIce ice;
} ScRequestRestart;

typedef struct {
    char slot[SC_TRACK_NAME_MAX + 1];
    char track[SC_TRACK_NAME_MAX + 1]; /* "": none */
} ScRequestPatch;

/* Each false with @error (-32602, or -32003 where a list is too long) naming the field;
 * the output is undefined then. */
bool sc_request_parse_create(GVariant *params, ScRequestCreate *out_request,
                             GError **error);
bool sc_request_parse_restart(GVariant *params, ScRequestRestart *out_request,
                              GError **error);
bool sc_request_parse_close(GVariant *params, char out_transport[SC_TRACK_NAME_MAX + 1],
                            GError **error);
/* An array of ScRequestPatch. NULL and @error as above. */
GArray *sc_request_parse_patches(GVariant *params, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
