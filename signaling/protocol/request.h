/* SPDX-License-Identifier: Apache-2.0 */
/* request.h: what a client says on the events connection: one struct per message, parsed
 * by signaling, printed by the client. Thread: any; plain values. Spec: docs/protocol.md,
 * Events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/room-request.h"
#include "signaling/protocol/word.h"

#define SC_EVENTS_PROTOCOL "synclass.v1" /* WebSocket sub-protocol */
#define SC_MESSAGE_MAX 16384             /* bytes of one message, both ways */
#define SC_TOKEN_TEXT_MAX 128            /* bytes of a token's text; ours have 43 */
#define SC_REQUEST_ID_MAX INT32_MAX      /* an id that is echoed: 0 to this */
#define SC_NO_ID (-1)                    /* the client gave none */

#define SC_EXTEND_MAX_MIN 30 /* minutes of one request to run over */

typedef enum {
    SC_REQUEST_HELLO,
    SC_REQUEST_FLOOR,
    SC_REQUEST_EXTEND,
    SC_REQUEST_END,
    SC_REQUEST_PING,
    /* the room */
    SC_REQUEST_HAND,
    SC_REQUEST_HANDS_DOWN,
    SC_REQUEST_MUTE,
    SC_REQUEST_ROLL_CALL,
    SC_REQUEST_PRESENT,
    SC_REQUEST_QUIZ_OPEN,
    SC_REQUEST_QUIZ_CLOSE,
    SC_REQUEST_QUIZ_REVEAL,
    SC_REQUEST_ANSWER,
    SC_REQUEST_CHAT,
    SC_REQUEST_CHAT_OPEN,
    SC_REQUEST_CHAT_REMOVE,
    SC_REQUEST_REACT,
    SC_REQUEST_PEN,
    SC_REQUEST_PEN_CLEAR,
    SC_REQUEST_POINTER,
    SC_REQUEST_HELP,
    SC_REQUEST_PAGE,
    SC_REQUEST_DOCUMENT, /* of signaling itself: it stands in the records alone */
    SC_REQUEST_DOCUMENT_REMOVE,
    SC_N_REQUESTS
} ScRequestType;

#define SC_REQUEST_FIRST_OF_ROOM SC_REQUEST_HAND

typedef struct {
    char token[SC_TOKEN_TEXT_MAX + 1];
    ScLanguage language; /* zh-CN where absent */
} ScHelloRequest;

typedef struct {
    char site[SC_ID_MAX + 1]; /* "": take the floor back */
} ScFloorRequest;

typedef struct {
    unsigned minutes; /* 1 to SC_EXTEND_MAX_MIN more */
} ScExtendRequest;

typedef struct {
    ScRequestType type;
    int64_t id; /* echoed by the answer; SC_NO_ID where absent */
    union {
        ScHelloRequest hello;
        ScFloorRequest floor;
        ScExtendRequest extend;
        ScHandRequest hand;
        ScHandsDownRequest hands_down;
        ScMuteRequest mute;
        ScPresentRequest present;
        ScQuizOpenRequest quiz_open;
        ScQuizCloseRequest quiz_close;
        ScQuizRevealRequest quiz_reveal;
        ScAnswerRequest answer;
        ScChatRequest chat;
        ScChatOpenRequest chat_open;
        ScChatRemoveRequest chat_remove;
        ScReactRequest react;
        ScPenRequest pen;
        ScPointerRequest pointer;
        ScHelpRequest help;
        ScPageRequest page;
        ScDocumentRequest document;
        ScDocumentRemoveRequest document_remove;
    };
} ScRequest;

/* Errors: SC_PROTOCOL_ERROR; @out_request->id is set even then where it could be read, so
 * that the refusal can name it. */
bool sc_request_parse(const char *text, size_t length, ScRequest *out_request,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "quiz-open"; static. */
const char *sc_request_get_name(ScRequestType type);

char *sc_request_print(const ScRequest *request) G_GNUC_WARN_UNUSED_RESULT;
