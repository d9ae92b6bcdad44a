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
#include "signaling/protocol/word.h"
#include "signaling/role.h"

#define SC_EVENT_SITES_MAX 1024  /* sites of one welcome */
#define SC_EVENT_MAX 1048576     /* bytes of one event: a welcome with so many sites */
#define SC_EVENT_SESSIONS_MAX 64 /* Locations of one rejoin */
#define SC_NAME_MAX 120          /* bytes of a name or title */
#define SC_INSTANT_MAX 32        /* bytes of an RFC 3339 instant */
#define SC_PROBLEM_NAME_MAX 32   /* bytes of a problem's NAME */
#define SC_DETAIL_MAX 250        /* bytes of a sentence */
#define SC_LOCATION_MAX 200      /* bytes of a session's path */
#define SC_NO_TILE (-1)          /* the site is no tile of the teacher's */

typedef enum {
    SC_EVENT_WELCOME,
    SC_EVENT_JOINED,
    SC_EVENT_LEFT,
    SC_EVENT_FLOOR,
    SC_EVENT_QUALITY,
    SC_EVENT_REJOIN,
    SC_EVENT_PONG,
    SC_EVENT_ERROR,
} ScEventType;

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
    char ends_at[SC_INSTANT_MAX + 1];
    ScLessonState state;
    char site[SC_ID_MAX + 1]; /* you */
    char name[SC_NAME_MAX + 1];
    ScRole role;
    char floor[SC_ID_MAX + 1]; /* "": nobody */
    ScEventSite *sites;        /* owned, @n_sites */
    unsigned n_sites;
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
    uint64_t
        seq;    /* welcome, joined, left, floor; 0: none, as it is for one client alone */
    int64_t id; /* floor, pong, error: the request's; SC_NO_ID where it gave none */
    union {
        ScWelcomeEvent welcome;
        ScPresenceEvent presence; /* joined, left */
        ScFloorEvent floor;
        ScQualityEvent quality;
        ScRejoinEvent rejoin;
        ScErrorEvent error;
    };
} ScEvent;

/* Errors: SC_PROTOCOL_ERROR. After success, clear by sc_event_clear(). */
bool sc_event_parse(const char *text, size_t length, ScEvent *out_event, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Copies what of @text fits into @size bytes, in whole characters: half a one would make
 * the message no UTF-8. */
void sc_event_copy_text(char *out_text, size_t size, const char *text);

char *sc_event_print(const ScEvent *event) G_GNUC_WARN_UNUSED_RESULT;

/* Frees what @event owns; it may be all zero. */
void sc_event_clear(ScEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScEvent, sc_event_clear)
