/* SPDX-License-Identifier: Apache-2.0 */
/* attendant.h: what a classroom's box does when no lesson is on: gets itself enrolled,
 * keeps its timetable fresh, and enters a lesson as soon as that is open. Decides, and
 * does nothing else; goes by the server's clock, as boxes boot in 1970. Pure: time and
 * chance are passed in. Thread: main. Spec: docs/api.md, device.json. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <json-glib/json-glib.h>

typedef enum {
    SC_ATTENDANT_REST,   /* nothing is due */
    SC_ATTENDANT_ENROL,  /* POST /enrolments */
    SC_ATTENDANT_ASK,    /* GET /enrolments/ID: has somebody confirmed it? */
    SC_ATTENDANT_FETCH,  /* GET /device */
    SC_ATTENDANT_REPORT, /* POST /device/report */
    SC_ATTENDANT_ENTER,  /* POST /device/lessons/ID/join */
} ScAttendantStep;

typedef enum {
    SC_ATTENDANT_UNREACHED, /* no answer from the server, now */
    SC_ATTENDANT_ENROLLING, /* a code is shown */
    SC_ATTENDANT_IDLE,      /* enrolled, and no lesson is open */
    SC_ATTENDANT_ENTERING,
} ScAttendantState;

typedef struct {
    char *id, *title, *subject;           /* owned */
    int64_t starts_ms, opens_ms, ends_ms; /* of the server's wall */
} ScAttendantLesson;

typedef struct {
    /* Enrolment; each NULL: none is under way. All owned. */
    char *enrolment, *secret, *code, *url;
    char *token;              /* owned: the identity; NULL: not enrolled */
    char *site, *school;      /* owned; "" before the first answer */
    GArray *lessons;          /* owned, of ScAttendantLesson, by their beginning */
    char *entering;           /* owned: a lesson; NULL: none */
    int64_t said_ms, said_us; /* the server's time, when ours was; 0: not known */
    int64_t poll_us;
    int64_t due_us; /* of the next step that is no lesson's */
    int64_t report_due_us;
    int64_t not_before_us; /* to enter, after a refusal */
    unsigned n_failed;     /* in a row */
    bool was_revoked;      /* the last identity: it is told on the screen */
} ScAttendant;

/* @token: the identity of before, or NULL. @poll_us: between two looks at the timetable.
 */
void sc_attendant_init(ScAttendant *self, const char *token, int64_t poll_us);
void sc_attendant_clear(ScAttendant *self);

ScAttendantState sc_attendant_get_state(const ScAttendant *self);
/* What is due; a step that was given is under way until one of the next two is called. */
ScAttendantStep sc_attendant_decide(ScAttendant *self, int64_t now_us);
/* It was answered by @status (0: not at all) and @answer, which may be NULL. @chance: 0
 * to 1, spreads what many boxes do. True where the identity changed: keep it. */
bool sc_attendant_take(ScAttendant *self, ScAttendantStep step, unsigned status,
                       JsonObject *answer, double chance, int64_t now_us);

/* We are back from the lesson that was entered. */
void sc_attendant_return(ScAttendant *self, int64_t now_us);

/* The next one that is not over; NULL: none is known. Borrowed. */
const ScAttendantLesson *sc_attendant_get_next(const ScAttendant *self, int64_t now_us);
/* The server's wall; 0: not known yet. */
int64_t sc_attendant_get_wall_ms(const ScAttendant *self, int64_t now_us);
