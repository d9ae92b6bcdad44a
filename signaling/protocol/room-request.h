/* SPDX-License-Identifier: Apache-2.0 */
/* room-request.h: what people ask of the room: hands, quiz, chat, roll call, marks; the
 * members of ScRequest. Thread: any; plain values. Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "signaling/protocol/word.h"

#define SC_ID_MAX 64 /* bytes of a site's or lesson's id */

#define SC_HEADS_MAX 500         /* of one classroom */
#define SC_QUIZ_MAX 200          /* quizzes of one lesson */
#define SC_QUIZ_QUESTION_MAX 300 /* characters */
#define SC_QUIZ_OPTIONS_MIN 2
#define SC_QUIZ_OPTIONS_MAX 8
#define SC_QUIZ_OPTION_MAX 80           /* characters */
#define SC_QUIZ_TRUTHS 2                /* choices of `truth`: 0 true, 1 false */
#define SC_QUIZ_NUMBER_MAX 1000000000LL /* either way */
#define SC_CHAT_TEXT_MAX 500            /* characters */
#define SC_CHARACTER_MAX 4              /* bytes, UTF-8 */
#define SC_STROKE_MAX INT32_MAX         /* a stroke's number: 0 to this */
#define SC_PEN_WIDTH_MAX 40             /* thousandths of the slide's width */
#define SC_PEN_NUMBERS_MIN 2
#define SC_PEN_NUMBERS_MAX 128      /* of one message: x, y, x, y, … */
#define SC_PEN_COORDINATE_MAX 10000 /* ten-thousandths of the slide */
#define SC_DOCUMENTS_MAX 20         /* of one lesson, those removed counted */
#define SC_DOCUMENT_NAME_MAX 120    /* characters */
#define SC_DOCUMENT_PAGES_MAX 300
#define SC_DOCUMENT_BYTES_MAX (64LL << 20)
#define SC_SHA256_LENGTH 64 /* hexadecimal digits */

/* What was chosen, or would have been right. */
typedef enum { SC_ANSWER_NONE, SC_ANSWER_CHOICE, SC_ANSWER_NUMBER } ScAnswerShape;
typedef struct {
    ScAnswerShape shape;
    uint8_t choices; /* bit k: the k-th option; SC_ANSWER_CHOICE */
    int64_t number;  /* SC_ANSWER_NUMBER */
} ScQuizAnswer;

typedef struct {
    bool up;
} ScHandRequest;

typedef struct {
    char site[SC_ID_MAX + 1]; /* "": all */
} ScHandsDownRequest;

typedef struct {
    char site[SC_ID_MAX + 1]; /* "": all */
    bool muted;
} ScMuteRequest;

typedef struct {
    unsigned count; /* heads, 0 to SC_HEADS_MAX */
} ScPresentRequest;

typedef struct {
    ScQuizKind kind;
    char question[SC_QUIZ_QUESTION_MAX * SC_CHARACTER_MAX + 1];
    unsigned n_options; /* 0: `truth` and `number` have none */
    char options[SC_QUIZ_OPTIONS_MAX][SC_QUIZ_OPTION_MAX * SC_CHARACTER_MAX + 1];
} ScQuizOpenRequest;

typedef struct {
    unsigned quiz;
} ScQuizCloseRequest;

typedef struct {
    unsigned quiz;
    ScQuizAnswer right; /* SC_ANSWER_NONE: there is no right one */
} ScQuizRevealRequest;

typedef struct {
    unsigned quiz;
    ScQuizAnswer answer;
} ScAnswerRequest;

typedef struct {
    char text[SC_CHAT_TEXT_MAX * SC_CHARACTER_MAX + 1];
} ScChatRequest;

typedef struct {
    bool open;
} ScChatOpenRequest;

typedef struct {
    unsigned message; /* 0: all */
} ScChatRemoveRequest;

typedef struct {
    ScReaction what;
} ScReactRequest;

typedef struct {
    int32_t stroke;
    ScColour colour;
    unsigned width;
    unsigned n_points; /* numbers, an even count: x, y, … */
    uint16_t points[SC_PEN_NUMBERS_MAX];
} ScPenRequest;

typedef struct {
    bool gone; /* no place */
    uint16_t x;
    uint16_t y;
} ScPointerRequest;

typedef struct {
    bool wanted;
} ScHelpRequest;

/* What is shown where slides stand. */
typedef struct {
    unsigned document; /* 0: no page; the shared screen, where there is one */
    unsigned page;     /* from 1; 0 with no document */
} ScPageRequest;

typedef struct {
    unsigned document;
} ScDocumentRemoveRequest;

/* Asked by signaling itself, once the document lies in its place. */
typedef struct {
    char name[SC_DOCUMENT_NAME_MAX * SC_CHARACTER_MAX + 1];
    unsigned pages;
    int64_t bytes;
    char sha256[SC_SHA256_LENGTH + 1];
} ScDocumentRequest;
