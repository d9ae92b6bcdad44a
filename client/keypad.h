/* SPDX-License-Identifier: Apache-2.0 */
/* keypad.h: what a key of a remote control or a numeric keypad means, by what is asked of
 * the room just now; and what was typed and not yet sent. Pure. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SC_KEYPAD_OPTIONS_MAX 8 /* keys 1 to 8 */
#define SC_KEYPAD_DIGITS_MAX 9
#define SC_KEYPAD_COUNT_MAX 500 /* heads: docs/protocol.md, The room */

typedef enum {
    SC_QUESTION_NONE,
    SC_QUESTION_SINGLE, /* one of several options */
    SC_QUESTION_MULTIPLE,
    SC_QUESTION_TRUTH,  /* key 1 is true, 2 is false */
    SC_QUESTION_NUMBER, /* with a sign */
    SC_QUESTION_COUNT,  /* roll call: heads */
} ScQuestion;

typedef struct {
    ScQuestion question;
    unsigned n_options; /* 0 where there are none to choose from */
    unsigned chosen;    /* bit 0 is the first option */
    char digits[SC_KEYPAD_DIGITS_MAX + 1];
    bool is_negative;
} ScKeypad;

typedef enum {
    SC_KEYPAD_NOTHING,
    SC_KEYPAD_HAND, /* raise or lower it */
    SC_KEYPAD_HELP, /* ask for it, or no more */
    SC_KEYPAD_LOUDER,
    SC_KEYPAD_SOFTER,
    SC_KEYPAD_TYPED, /* what was typed is another */
    SC_KEYPAD_SEND,  /* what was typed, which is an answer */
} ScKeypadMeaning;

/* Another question, or none: what was typed is forgotten. */
void sc_keypad_ask(ScKeypad *self, ScQuestion question, unsigned n_options);

/* @key: X11's name of it, as "5", "KP_5", "KP_Begin", "Return", "plus". */
ScKeypadMeaning sc_keypad_press(ScKeypad *self, const char *key);

/* Something is typed that can be sent. */
bool sc_keypad_has_answer(const ScKeypad *self);
/* Of a number or a count. */
int64_t sc_keypad_get_number(const ScKeypad *self);
