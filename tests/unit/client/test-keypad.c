/* SPDX-License-Identifier: Apache-2.0 */
/* What keys mean, by what is asked. */
#include <glib.h>

#include "client/keypad.h"

/* Keys pressed one after the other; the last one's meaning, and what then stands. */
typedef struct {
    ScQuestion question;
    unsigned n_options;
    const char *keys; /* names, apart by a blank */
    ScKeypadMeaning meaning;
    unsigned chosen;
    int64_t number;
} Case;

static const Case cases[] = {
    /* Nothing is asked. */
    { SC_QUESTION_NONE, 0, "0", SC_KEYPAD_HAND, 0, 0 },
    { SC_QUESTION_NONE, 0, "KP_0", SC_KEYPAD_HAND, 0, 0 },
    { SC_QUESTION_NONE, 0, "KP_Insert", SC_KEYPAD_HAND, 0, 0 },
    { SC_QUESTION_NONE, 0, "1", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NONE, 0, "Return", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NONE, 0, "BackSpace", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NONE, 0, "asterisk", SC_KEYPAD_HELP, 0, 0 },
    { SC_QUESTION_NONE, 0, "KP_Multiply", SC_KEYPAD_HELP, 0, 0 },
    { SC_QUESTION_NONE, 0, "plus", SC_KEYPAD_LOUDER, 0, 0 },
    { SC_QUESTION_NONE, 0, "KP_Add", SC_KEYPAD_LOUDER, 0, 0 },
    { SC_QUESTION_NONE, 0, "Up", SC_KEYPAD_LOUDER, 0, 0 },
    { SC_QUESTION_NONE, 0, "minus", SC_KEYPAD_SOFTER, 0, 0 },
    { SC_QUESTION_NONE, 0, "KP_Subtract", SC_KEYPAD_SOFTER, 0, 0 },
    { SC_QUESTION_NONE, 0, "Down", SC_KEYPAD_SOFTER, 0, 0 },
    { SC_QUESTION_NONE, 0, "a", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NONE, 0, "10", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NONE, 0, "KP_", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NONE, 0, "", SC_KEYPAD_NOTHING, 0, 0 },
    /* One of four. */
    { SC_QUESTION_SINGLE, 4, "2", SC_KEYPAD_TYPED, 0x2, 0 },
    { SC_QUESTION_SINGLE, 4, "KP_Down", SC_KEYPAD_TYPED, 0x2, 0 },
    { SC_QUESTION_SINGLE, 4, "2 KP_3", SC_KEYPAD_TYPED, 0x4, 0 },
    { SC_QUESTION_SINGLE, 4, "5", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_SINGLE, 4, "0", SC_KEYPAD_HAND, 0, 0 },
    { SC_QUESTION_SINGLE, 4, "Return", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_SINGLE, 4, "2 KP_Enter", SC_KEYPAD_SEND, 0x2, 0 },
    { SC_QUESTION_SINGLE, 4, "2 BackSpace", SC_KEYPAD_TYPED, 0, 0 },
    { SC_QUESTION_SINGLE, 4, "2 BackSpace Return", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_SINGLE, 4, "2 KP_Add", SC_KEYPAD_LOUDER, 0x2, 0 },
    /* Several of eight. */
    { SC_QUESTION_MULTIPLE, 8, "8 1", SC_KEYPAD_TYPED, 0x81, 0 },
    { SC_QUESTION_MULTIPLE, 8, "8 1 8", SC_KEYPAD_TYPED, 0x01, 0 },
    { SC_QUESTION_MULTIPLE, 8, "9", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_MULTIPLE, 8, "1 2 Return", SC_KEYPAD_SEND, 0x03, 0 },
    { SC_QUESTION_MULTIPLE, 8, "1 1 Return", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_MULTIPLE, 99, "8", SC_KEYPAD_TYPED, 0x80, 0 },
    /* True or false. */
    { SC_QUESTION_TRUTH, 0, "1", SC_KEYPAD_TYPED, 0x1, 0 },
    { SC_QUESTION_TRUTH, 0, "1 2 Return", SC_KEYPAD_SEND, 0x2, 0 },
    { SC_QUESTION_TRUTH, 0, "3", SC_KEYPAD_NOTHING, 0, 0 },
    /* A number: its digits and its sign are no longer hands and volume. */
    { SC_QUESTION_NUMBER, 0, "4 0", SC_KEYPAD_TYPED, 0, 40 },
    { SC_QUESTION_NUMBER, 0, "0 7", SC_KEYPAD_TYPED, 0, 7 },
    { SC_QUESTION_NUMBER, 0, "minus 1 2", SC_KEYPAD_TYPED, 0, -12 },
    { SC_QUESTION_NUMBER, 0, "1 2 KP_Subtract", SC_KEYPAD_TYPED, 0, -12 },
    { SC_QUESTION_NUMBER, 0, "minus 1 2 plus", SC_KEYPAD_TYPED, 0, 12 },
    { SC_QUESTION_NUMBER, 0, "minus Return", SC_KEYPAD_NOTHING, 0, 0 },
    { SC_QUESTION_NUMBER, 0, "1 2 BackSpace", SC_KEYPAD_TYPED, 0, 1 },
    { SC_QUESTION_NUMBER, 0, "minus BackSpace 5", SC_KEYPAD_TYPED, 0, 5 },
    { SC_QUESTION_NUMBER, 0, "9 9 9 9 9 9 9 9 9 9", SC_KEYPAD_NOTHING, 0, 999999999 },
    { SC_QUESTION_NUMBER, 0, "0 Return", SC_KEYPAD_SEND, 0, 0 },
    { SC_QUESTION_NUMBER, 0, "Up", SC_KEYPAD_LOUDER, 0, 0 },
    /* Heads. */
    { SC_QUESTION_COUNT, 0, "3 2 Return", SC_KEYPAD_SEND, 0, 32 },
    { SC_QUESTION_COUNT, 0, "1 2 3 4", SC_KEYPAD_NOTHING, 0, 123 },
    { SC_QUESTION_COUNT, 0, "5 0 0", SC_KEYPAD_TYPED, 0, 500 },
    { SC_QUESTION_COUNT, 0, "5 0 1", SC_KEYPAD_NOTHING, 0, 50 },
    { SC_QUESTION_COUNT, 0, "minus", SC_KEYPAD_SOFTER, 0, 0 },
    { SC_QUESTION_COUNT, 0, "asterisk", SC_KEYPAD_HELP, 0, 0 },
};

static void
keys_mean_what_the_question_makes_of_them(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        ScKeypad keypad = { .chosen = 0xff, .digits = "1" };
        ScKeypadMeaning meaning = SC_KEYPAD_NOTHING;
        g_auto(GStrv) names = g_strsplit(c->keys, " ", -1);
        sc_keypad_ask(&keypad, c->question, c->n_options);
        for (GStrv name = names; *name; name++)
            meaning = sc_keypad_press(&keypad, *name);
        g_test_message("question %d: %s", c->question, c->keys);
        g_assert_cmpint(meaning, ==, c->meaning);
        g_assert_cmpuint(keypad.chosen, ==, c->chosen);
        g_assert_cmpint(sc_keypad_get_number(&keypad), ==, c->number);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keypad/meanings", keys_mean_what_the_question_makes_of_them);
    return g_test_run();
}
