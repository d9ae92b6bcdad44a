/* SPDX-License-Identifier: Apache-2.0 */
/* event.h: what signaling says on the events connection: one struct per message, printed
 * by signaling, parsed by the client. Thread: any; plain values. Spec: docs/protocol.md,
 * Events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/request.h"
#include "signaling/protocol/room-event.h"
#include "signaling/protocol/word.h"
#include "signaling/role.h"

#define SC_EVENT_MAX 2097152 /* bytes of one event: a welcome with sites and strokes */
#define SC_EVENT_SESSIONS_MAX 64 /* Locations of one rejoin */
#define SC_PROBLEM_NAME_MAX 32   /* bytes of a problem's NAME */
#define SC_DETAIL_MAX 250        /* bytes of a sentence */
#define SC_LOCATION_MAX 200      /* bytes of a session's path */
#define SC_NO_TILE (-1)          /* the site is no tile of the teacher's */
#define SC_NO_PHASE (-1)         /* the lesson is not open yet */
#define SC_CLOSE_OVER 4410       /* WebSocket close code: the lesson is over */

typedef enum {
    SC_EVENT_WELCOME,
    SC_EVENT_JOINED,
    SC_EVENT_LEFT,
    SC_EVENT_FLOOR,
    SC_EVENT_BELL,
    SC_EVENT_QUALITY,
    SC_EVENT_REJOIN,
    SC_EVENT_PONG,
    SC_EVENT_ERROR,
    /* the room */
    SC_EVENT_HAND,
    SC_EVENT_MUTE,
    SC_EVENT_ROLL_CALL,
    SC_EVENT_PRESENT,
    SC_EVENT_QUIZ,
    SC_EVENT_ANSWERED,
    SC_EVENT_TALLY,
    SC_EVENT_CHAT,
    SC_EVENT_CHAT_OPEN,
    SC_EVENT_CHAT_REMOVED,
    SC_EVENT_REACT,
    SC_EVENT_PEN,
    SC_EVENT_PEN_CLEAR,
    SC_EVENT_POINTER,
    SC_EVENT_HELP,
    SC_EVENT_FLOOR_TIME,
    SC_EVENT_DOCUMENT,
    SC_EVENT_DOCUMENT_REMOVED,
    SC_EVENT_PAGE,
    SC_N_EVENTS
} ScEventType;

#define SC_EVENT_FIRST_OF_ROOM SC_EVENT_HAND

typedef struct {
    char site[SC_ID_MAX + 1];
    char name[SC_NAME_MAX + 1];
    char school[SC_NAME_MAX + 1];
    ScRole role;
    int tile;     /* from 0 in tile order; SC_NO_TILE */
    bool present; /* publishes or is subscribed */
} ScEventSite;

typedef struct {
    char lesson[SC_ID_MAX + 1];
    char title[SC_NAME_MAX + 1];
    char subject[SC_NAME_MAX + 1];
    char starts_at[SC_INSTANT_MAX + 1];
    char ends_at[SC_INSTANT_MAX + 1]; /* with overtime */
    ScLessonState state;
    int phase;                /* opened, begun or ending, of ScBellPhase; SC_NO_PHASE */
    char site[SC_ID_MAX + 1]; /* you */
    char name[SC_NAME_MAX + 1];
    ScRole role;
    char floor[SC_ID_MAX + 1]; /* "": nobody */
    ScEventSite *sites;        /* owned, @n_sites */
    unsigned n_sites;
    char now[SC_INSTANT_MAX + 1]; /* by the server's clock */
    ScWelcomeRoom *room;          /* owned; NULL: not told */
} ScWelcomeEvent;

/* joined, left: what came or went; the flags say what stands now. */
typedef struct {
    char site[SC_ID_MAX + 1];
    bool publishing;
    bool subscribed;
} ScPresenceEvent;

typedef struct {
    char site[SC_ID_MAX + 1]; /* "": nobody */
} ScFloorEvent;

typedef struct {
    ScBellPhase phase;
    char starts_at[SC_INSTANT_MAX + 1];
    char ends_at[SC_INSTANT_MAX + 1]; /* with overtime */
    char now[SC_INSTANT_MAX + 1];     /* by the server's clock */
} ScBellEvent;

typedef struct {
    char site[SC_ID_MAX + 1];
    ScDirection direction;
    double loss_pct;
    unsigned rtt_ms;
    unsigned kbps;
    ScLevel level;
} ScQualityEvent;

typedef struct {
    GStrv sessions; /* owned: Locations to POST anew */
    char reason[SC_DETAIL_MAX + 1];
} ScRejoinEvent;

typedef struct {
    char problem[SC_PROBLEM_NAME_MAX + 1];
    char detail[SC_DETAIL_MAX + 1];
} ScErrorEvent;

typedef struct {
    ScEventType type;
    uint64_t seq; /* 0: none, see sc_event_is_numbered() */
    int64_t id;   /* the request's that it answers; SC_NO_ID: it gave none */
    char at[SC_INSTANT_MAX + 1]; /* the room: when it happened; "": not said */
    union {
        ScWelcomeEvent welcome;
        ScPresenceEvent presence; /* joined, left */
        ScFloorEvent floor;
        ScBellEvent bell;
        ScQualityEvent quality;
        ScRejoinEvent rejoin;
        ScErrorEvent error;
        ScHandEvent hand;
        ScMuteRequest mute;
        ScRollCallEvent roll_call;
        ScPresentEvent present;
        ScQuizEvent quiz;
        ScAnswerRequest answered;
        ScTallyEvent tally;
        ScChatEvent chat;
        ScChatOpenRequest chat_open;
        ScChatRemoveRequest chat_removed;
        ScReactEvent react;
        ScPenRequest pen;
        ScPointerRequest pointer;
        ScHelpEvent help;
        ScSiteNumbers floor_time;
        ScDocumentEvent document;
        ScDocumentRemoveRequest document_removed;
        ScPageEvent page;
    };
} ScEvent;

/* Is it told to everybody under the next number? (@type's of one client alone are not.)
 */
bool sc_event_is_numbered(ScEventType type);

/* Errors: SC_PROTOCOL_ERROR. After success, clear by sc_event_clear(). */
bool sc_event_parse(const char *text, size_t length, ScEvent *out_event, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Copies what of @text fits into @size bytes, in whole characters: half a one would make
 * the message no UTF-8. */
void sc_event_copy_text(char *out_text, size_t size, const char *text);

/* @time_ms of Unix time as RFC 3339 in UTC, "" where that cannot be written. */
void sc_event_write_instant(int64_t time_ms, char out_text[SC_INSTANT_MAX + 1]);

char *sc_event_print(const ScEvent *event) G_GNUC_WARN_UNUSED_RESULT;

/* Frees what @event owns; it may be all zero. */
void sc_event_clear(ScEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScEvent, sc_event_clear)
