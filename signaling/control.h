/* SPDX-License-Identifier: Apache-2.0 */
/* control.h: the relay's messages as structs. Parses only; media.c has the connection.
 * Thread: any; plain values. Spec: docs/protocol.md#control. */
#pragma once

#include <stdbool.h>

#include <json-glib/json-glib.h>

#include "signaling/sdp.h"

#define SC_CONTROL_PROTOCOL 1
#define SC_CONTROL_PATCHES_MAX 4096 /* of one slot.patch */
#define SC_CONTROL_TRANSPORTS_MAX 100000
#define SC_CONTROL_NAME_MAX 64       /* bytes of a transport's, track's or slot's name */
#define SC_CONTROL_CANDIDATES_MAX 16 /* of one transport */

/* Error codes of the relay's replies. */
typedef enum {
    SC_CONTROL_BAD_PARAMETERS = -32602,
    SC_CONTROL_UNKNOWN_TRANSPORT = -32001,
    SC_CONTROL_EXISTS = -32002,
    SC_CONTROL_LIMIT = -32003,
    SC_CONTROL_UNKNOWN_TRACK = -32004,
    SC_CONTROL_UNKNOWN_SLOT = -32005,
} ScControlError;

typedef enum {
    SC_CONTROL_NEW,
    SC_CONTROL_CONNECTED,
    SC_CONTROL_LOST,
    SC_CONTROL_CLOSED,
} ScControlState;

typedef struct {
    char instance[SC_CONTROL_NAME_MAX + 1];
    char version[33];
    int64_t pid;
} ScControlHello;

/* Answer to transport.create and transport.restart_ice; the latter has no fingerprint. */
typedef struct {
    ScSdpTransport transport; /* borrows from the texts below */
    char ufrag[257];
    char pwd[257];
    char fingerprint[256];
    char addresses[SC_CONTROL_CANDIDATES_MAX][48];
    ScSdpCandidate candidates[SC_CONTROL_CANDIDATES_MAX];
} ScControlAnswer;

typedef struct {
    char transport[SC_CONTROL_NAME_MAX + 1];
    ScControlState state;
} ScControlTransportState;

typedef struct {
    char name[SC_CONTROL_NAME_MAX + 1];  /* of the track or slot */
    char track[SC_CONTROL_NAME_MAX + 1]; /* slot: its feed; "": none */
    bool flowing;                        /* track */
} ScControlStream;

/* One of relay.list. */
typedef struct {
    ScControlTransportState is;
    char *tag;       /* owned */
    GArray *streams; /* owned, of ScControlStream: tracks, then slots */
} ScControlTransport;

typedef struct {
    double kbps;
    double loss_pct;
} ScControlFlow;

typedef struct {
    char transport[SC_CONTROL_NAME_MAX + 1];
    double rtt_ms;
    ScControlFlow up;   /* from the peer */
    ScControlFlow down; /* to the peer */
    /* In all, since the transport was made. */
    int64_t arrived_ms;   /* something came from it */
    int64_t delivered_ms; /* it confirmed media of ours */
    int64_t n_interruptions;
    bool delivering; /* now, as the next */
    bool limited;    /* its line does not carry all there is for it */
    /* Pixels of the largest picture it sends or is sent; 0: none. */
    int64_t width, height;
} ScControlQuality;

/* All: false and @error (SC_PROTOCOL_ERROR) where @object is not what it should be. */
bool sc_control_parse_hello(JsonObject *object, ScControlHello *out_hello,
                            GError **error);
bool sc_control_parse_answer(JsonObject *object, bool with_fingerprint,
                             ScControlAnswer *out_answer, GError **error);
bool sc_control_parse_transport_state(JsonObject *object,
                                      ScControlTransportState *out_state, GError **error);
bool sc_control_parse_track_state(JsonObject *object, ScControlStream *out_track,
                                  GError **error);
/* Of ScControlTransport; NULL and @error. */
GArray *sc_control_parse_list(JsonObject *object, GError **error);
/* Of ScControlQuality; NULL and @error. */
GArray *sc_control_parse_quality(JsonObject *object, GError **error);
