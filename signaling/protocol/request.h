/* SPDX-License-Identifier: Apache-2.0 */
/* request.h: what a client says on the events connection: one struct per message, parsed
 * by signaling, printed by the client. Thread: any; plain values. Spec: docs/protocol.md,
 * Events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/word.h"

#define SC_EVENTS_PROTOCOL "synclass.v1" /* WebSocket sub-protocol */
#define SC_MESSAGE_MAX 16384             /* bytes of one message, both ways */
#define SC_ID_MAX 64                     /* bytes of a site's or lesson's id */
#define SC_TOKEN_TEXT_MAX 128            /* bytes of a token's text; ours have 43 */
#define SC_REQUEST_ID_MAX INT32_MAX      /* an id that is echoed: 0 to this */
#define SC_NO_ID (-1)                    /* the client gave none */

typedef enum { SC_REQUEST_HELLO, SC_REQUEST_FLOOR, SC_REQUEST_PING } ScRequestType;

typedef struct {
    char token[SC_TOKEN_TEXT_MAX + 1];
    ScLanguage language; /* zh-CN where absent */
} ScHelloRequest;

typedef struct {
    char site[SC_ID_MAX + 1]; /* "": take the floor back */
} ScFloorRequest;

typedef struct {
    ScRequestType type;
    int64_t id; /* echoed by the answer; SC_NO_ID where absent */
    union {
        ScHelloRequest hello;
        ScFloorRequest floor;
    };
} ScRequest;

/* Errors: SC_PROTOCOL_ERROR; @out_request->id is set even then where it could be read, so
 * that the refusal can name it. */
bool sc_request_parse(const char *text, size_t length, ScRequest *out_request,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

char *sc_request_print(const ScRequest *request) G_GNUC_WARN_UNUSED_RESULT;
