/* SPDX-License-Identifier: Apache-2.0 */
#include "client/keypad.h"

#include <string.h>

#include <glib.h>

typedef enum { DIGIT, ENTER, ERASE, PLUS, MINUS, STAR, UP, DOWN } Kind;

/* A keypad whose number lock is off says KP_End for its 1: boxes start like that, and
 * nobody in a classroom knows the key that changes it. */
static const struct {
    const char *name;
    Kind kind;
    unsigned digit;
} keys[] = {
    { "Return", ENTER, 0 },
    { "KP_Enter", ENTER, 0 },
    { "Select", ENTER, 0 },
    { "BackSpace", ERASE, 0 },
    { "Delete", ERASE, 0 },
    { "KP_Delete", ERASE, 0 },
    { "KP_Decimal", ERASE, 0 },
    { "Left", ERASE, 0 },
    { "plus", PLUS, 0 },
    { "equal", PLUS, 0 },
    { "KP_Add", PLUS, 0 },
    { "minus", MINUS, 0 },
    { "KP_Subtract", MINUS, 0 },
    { "asterisk", STAR, 0 },
    { "KP_Multiply", STAR, 0 },
    { "Up", UP, 0 },
    { "XF86AudioRaiseVolume", UP, 0 },
    { "Down", DOWN, 0 },
    { "XF86AudioLowerVolume", DOWN, 0 },
    { "KP_Insert", DIGIT, 0 },
    { "KP_End", DIGIT, 1 },
    { "KP_Down", DIGIT, 2 },
    { "KP_Next", DIGIT, 3 },
    { "KP_Page_Down", DIGIT, 3 },
    { "KP_Left", DIGIT, 4 },
    { "KP_Begin", DIGIT, 5 },
    { "KP_Right", DIGIT, 6 },
    { "KP_Home", DIGIT, 7 },
    { "KP_Up", DIGIT, 8 },
    { "KP_Prior", DIGIT, 9 },
    { "KP_Page_Up", DIGIT, 9 },
};

static bool
find_key(const char *name, Kind *out_kind, unsigned *out_digit)
{
    const char *digit = g_str_has_prefix(name, "KP_") ? name + strlen("KP_") : name;
    if (g_ascii_isdigit(digit[0]) && digit[1] == '\0') {
        *out_kind = DIGIT;
        *out_digit = (unsigned)(digit[0] - '0');
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].name, name) != 0)
            continue;
        *out_kind = keys[i].kind;
        *out_digit = keys[i].digit;
        return true;
    }
    return false;
}

static bool
is_typed(const ScKeypad *self)
{
    return self->question == SC_QUESTION_NUMBER || self->question == SC_QUESTION_COUNT;
}

static ScKeypadMeaning
type(ScKeypad *self, unsigned digit)
{
    size_t length = strlen(self->digits);
    if (length == 1 && self->digits[0] == '0')
        length = 0; /* 07 is 7 */
    if (length >= SC_KEYPAD_DIGITS_MAX)
        return SC_KEYPAD_NOTHING;
    if (self->question == SC_QUESTION_COUNT
        && sc_keypad_get_number(self) * 10 + digit > SC_KEYPAD_COUNT_MAX)
        return SC_KEYPAD_NOTHING;
    self->digits[length] = (char)('0' + digit);
    self->digits[length + 1] = '\0';
    return SC_KEYPAD_TYPED;
}

static ScKeypadMeaning
choose(ScKeypad *self, unsigned digit)
{
    if (digit == 0)
        return SC_KEYPAD_HAND;
    if (digit > self->n_options)
        return SC_KEYPAD_NOTHING;
    unsigned bit = 1U << (digit - 1);
    self->chosen = self->question == SC_QUESTION_MULTIPLE ? self->chosen ^ bit : bit;
    return SC_KEYPAD_TYPED;
}

static ScKeypadMeaning
erase(ScKeypad *self)
{
    size_t length = strlen(self->digits);
    if (!self->chosen && length == 0 && !self->is_negative)
        return SC_KEYPAD_NOTHING;
    self->chosen = 0;
    if (length > 0)
        self->digits[length - 1] = '\0';
    else
        self->is_negative = false;
    return SC_KEYPAD_TYPED;
}

/* The sign of a number while one is asked for, else of the loudspeaker. */
static ScKeypadMeaning
sign(ScKeypad *self, bool is_negative)
{
    if (self->question != SC_QUESTION_NUMBER)
        return is_negative ? SC_KEYPAD_SOFTER : SC_KEYPAD_LOUDER;
    self->is_negative = is_negative;
    return SC_KEYPAD_TYPED;
}

void
sc_keypad_ask(ScKeypad *self, ScQuestion question, unsigned n_options)
{
    *self = (ScKeypad){ .question = question };
    if (question == SC_QUESTION_TRUTH)
        self->n_options = 2;
    else if (question == SC_QUESTION_SINGLE || question == SC_QUESTION_MULTIPLE)
        self->n_options = MIN(n_options, SC_KEYPAD_OPTIONS_MAX);
}

ScKeypadMeaning
sc_keypad_press(ScKeypad *self, const char *key)
{
    Kind kind;
    unsigned digit;
    if (!find_key(key, &kind, &digit))
        return SC_KEYPAD_NOTHING;
    switch (kind) {
    case DIGIT:
        return is_typed(self) ? type(self, digit) : choose(self, digit);
    case ENTER:
        return sc_keypad_has_answer(self) ? SC_KEYPAD_SEND : SC_KEYPAD_NOTHING;
    case ERASE:
        return erase(self);
    case PLUS:
        return sign(self, false);
    case MINUS:
        return sign(self, true);
    case STAR:
        return SC_KEYPAD_HELP;
    case UP:
        return SC_KEYPAD_LOUDER;
    case DOWN:
        return SC_KEYPAD_SOFTER;
    }
    return SC_KEYPAD_NOTHING;
}

bool
sc_keypad_has_answer(const ScKeypad *self)
{
    return is_typed(self) ? self->digits[0] != '\0' : self->chosen != 0;
}

int64_t
sc_keypad_get_number(const ScKeypad *self)
{
    int64_t number = g_ascii_strtoll(self->digits, NULL, 10);
    return self->is_negative ? -number : number;
}
