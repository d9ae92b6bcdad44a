/* SPDX-License-Identifier: Apache-2.0 */
/* room-event.h: what happens in the room, and how it stands when somebody comes; the
 * members of ScEvent. Thread: any; plain values. Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/room-request.h"

#define SC_NAME_MAX 120             /* bytes of a name or title */
#define SC_INSTANT_MAX 32           /* bytes of an RFC 3339 instant */
#define SC_EVENT_SITES_MAX 1024     /* sites of one event */
#define SC_CHAT_KEPT 50             /* messages of a welcome */
#define SC_QUIZ_NUMBERS_MAX 20      /* values of a sum, the most frequent */
#define SC_STROKES_MAX 2000         /* of one page */
#define SC_STROKE_POINTS_MAX 100000 /* of one page; each is two numbers */
#define SC_ROOM_CODE_LENGTH 6       /* digits */
#define SC_PUPILS_MAX 100           /* of one site */

typedef struct {
    char site[SC_ID_MAX + 1]; /* "": all, lowered by the teacher */
    bool up;
    GStrv hands; /* owned: all that are up, first raised first */
} ScHandEvent;

typedef struct {
    unsigned roll; /* from 1 */
} ScRollCallEvent;

typedef struct {
    char site[SC_ID_MAX + 1];
    unsigned count;
} ScPresentEvent;

typedef struct {
    char site[SC_ID_MAX + 1];
    unsigned n_answers;
    unsigned choices[SC_QUIZ_OPTIONS_MAX];
} ScQuizSite;

/* How many answered, and what. */
typedef struct {
    unsigned n_answers;
    unsigned n_choices; /* options; 0: `number` */
    unsigned choices[SC_QUIZ_OPTIONS_MAX];
    ScQuizSite *sites; /* owned, @n_sites: those that answered */
    unsigned n_sites;
    unsigned n_numbers;
    struct {
        int64_t value;
        unsigned n;
    } numbers[SC_QUIZ_NUMBERS_MAX]; /* the most frequent first */
} ScQuizSum;

typedef struct {
    unsigned quiz; /* from 1 */
    ScQuizState state;
    ScQuizOpenRequest asked;
    ScQuizAnswer right; /* SC_ANSWER_NONE: not revealed, or there is none */
    ScQuizSum *sum;     /* owned; NULL: not to be known yet */
} ScQuizEvent;

typedef struct {
    unsigned quiz;
    ScQuizSum *sum; /* owned */
} ScTallyEvent;

typedef struct {
    unsigned message; /* from 1 */
    char site[SC_ID_MAX + 1];
    char name[SC_NAME_MAX + 1];
    char text[SC_CHAT_TEXT_MAX * SC_CHARACTER_MAX + 1];
} ScChatEvent;

typedef struct {
    char site[SC_ID_MAX + 1];
    ScReaction what;
} ScReactEvent;

typedef struct {
    char site[SC_ID_MAX + 1];
    bool wanted;
} ScHelpEvent;

/* A number for a site: heads, or seconds. */
typedef struct {
    char site[SC_ID_MAX + 1];
    unsigned n;
} ScSiteNumber;

typedef struct {
    ScSiteNumber *sites; /* owned, @n_sites */
    unsigned n_sites;
} ScSiteNumbers;

typedef struct {
    int32_t stroke;
    ScColour colour;
    unsigned width;
    unsigned n_points; /* numbers: x, y, … */
    uint16_t *points;  /* owned */
} ScStroke;

typedef struct {
    char at[SC_INSTANT_MAX + 1];
    ScChatEvent chat;
} ScChatLine;

/* A PDF of the lesson, which every site draws itself. */
typedef struct {
    unsigned document; /* from 1 */
    char name[SC_DOCUMENT_NAME_MAX * SC_CHARACTER_MAX + 1];
    unsigned pages;
    int64_t bytes;
} ScDocumentEvent;

typedef struct {
    unsigned document; /* 0: no page is shown */
    unsigned page;
    ScStroke *strokes; /* owned, @n_strokes: on what is shown from now on */
    unsigned n_strokes;
} ScPageEvent;

/* `room` of the welcome. */
typedef struct {
    GStrv hands; /* owned, as the other lists of sites; NULL: none */
    GStrv muted;
    GStrv help;
    unsigned roll;         /* 0: there was no roll call */
    ScSiteNumbers present; /* heads */
    ScQuizEvent *quiz;     /* owned: the last one; NULL: none */
    ScQuizAnswer mine;     /* to @quiz */
    bool chat_open;
    ScChatLine *messages; /* owned, @n_messages, the oldest first */
    unsigned n_messages;
    ScStroke *strokes; /* owned, @n_strokes, in the order they were begun */
    unsigned n_strokes;
    ScDocumentEvent *documents; /* owned, @n_documents, in the order of their numbers */
    unsigned n_documents;
    ScPageRequest page;                 /* that is shown */
    ScSiteNumbers floor_times;          /* seconds; the teacher's */
    char code[SC_ROOM_CODE_LENGTH + 1]; /* a classroom's; "": none */
} ScWelcomeRoom;

void sc_quiz_sum_free(ScQuizSum *sum);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScQuizSum, sc_quiz_sum_free)
void sc_quiz_event_clear(ScQuizEvent *quiz);
void sc_strokes_free(ScStroke *strokes, unsigned n_strokes);
void sc_welcome_room_free(ScWelcomeRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScWelcomeRoom, sc_welcome_room_free)
