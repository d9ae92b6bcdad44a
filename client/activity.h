/* SPDX-License-Identifier: Apache-2.0 */
/* activity.h: what people in the lesson do besides being seen, as the events say: hands,
 * quiz, roll call, mute, help, the teacher's words; and how far our own reply came. Pure.
 * Thread: main. Spec: docs/protocol.md, The room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/keypad.h"
#include "signaling/protocol/event.h"

/* Of our own answer, or count of heads. */
typedef enum {
    SC_REPLY_NONE,
    SC_REPLY_SENT,
    SC_REPLY_KEPT,   /* the server has it, and will have it after a crash */
    SC_REPLY_FAILED, /* it could not be sent, or was refused */
} ScReply;

typedef struct {
    char site[SC_ID_MAX + 1]; /* ours; "" before the welcome */
    GStrv hands;              /* owned: sites, in the order of raising; may be NULL */
    GPtrArray *help;          /* owned, of owned sites that want it */
    bool is_muted;            /* the teacher wants our microphone off */
    char code[SC_ROOM_CODE_LENGTH + 1]; /* for our pupils' phones; "": none */

    ScQuizEvent quiz; /* owned; its number is 0: there was none yet */
    int64_t quiz_us;  /* when it became what it is */
    ScReply answer;
    ScQuizAnswer mine; /* what is kept */

    unsigned roll;       /* number of the roll call; 0: there was none yet */
    int64_t roll_us;     /* when it was begun */
    bool is_roll_newest; /* it was begun after the quiz */
    ScReply counting;
    unsigned count; /* what is kept, of our heads */
    int64_t count_us;

    char *said;            /* owned: the teacher's last words; NULL: none */
    unsigned said_message; /* their number */
    int64_t said_us;
} ScActivity;

void sc_activity_init(ScActivity *self);
void sc_activity_clear(ScActivity *self);

/* @teacher: id of the teacher's site, "" before it is known: whose words are kept.
 * @now_us: monotonic. */
void sc_activity_apply(ScActivity *self, const ScEvent *event, const char *teacher,
                       int64_t now_us);

/* What a classroom is asked just now. A roll call asks for two minutes: there may be
 * nobody who can press a key, and the keys mean other things as well. */
ScQuestion sc_activity_get_question(const ScActivity *self, int64_t now_us);
/* Our reply to @question went out; or it did not, or it was refused. */
void sc_activity_note_sent(ScActivity *self, ScQuestion question, bool is_sent);

/* Place of @site in the queue of hands, from 1; 0: its hand is down. */
unsigned sc_activity_get_place(const ScActivity *self, const char *site);
bool sc_activity_wants_help(const ScActivity *self, const char *site);
