/* SPDX-License-Identifier: Apache-2.0 */
/* word.h: the closed vocabularies of docs/protocol.md, as enums and as the texts that
 * travel. Thread: any; plain values. */
#pragma once

#include <stdbool.h>

typedef enum {
    SC_LESSON_SCHEDULED,
    SC_LESSON_LIVE,
    SC_LESSON_ENDED,
    SC_LESSON_CANCELLED,
    SC_N_LESSON_STATES
} ScLessonState;

/* What the bell tells. */
typedef enum {
    SC_BELL_OPENED,
    SC_BELL_BEGUN,
    SC_BELL_ENDING,
    SC_BELL_EXTENDED,
    SC_BELL_ENDED,
    SC_BELL_MOVED,
    SC_BELL_CANCELLED,
    SC_N_BELL_PHASES
} ScBellPhase;

typedef enum { SC_LANGUAGE_ZH_CN, SC_LANGUAGE_EN, SC_N_LANGUAGES } ScLanguage;

/* Seen from the site: what it sends, what it receives. */
typedef enum { SC_DIRECTION_UP, SC_DIRECTION_DOWN, SC_N_DIRECTIONS } ScDirection;

typedef enum { SC_LEVEL_GOOD, SC_LEVEL_WEAK, SC_LEVEL_BAD, SC_N_LEVELS } ScLevel;

/* What is asked, and how far it is. */
typedef enum {
    SC_QUIZ_SINGLE,
    SC_QUIZ_MULTIPLE,
    SC_QUIZ_TRUTH,
    SC_QUIZ_NUMBER,
    SC_N_QUIZ_KINDS
} ScQuizKind;
typedef enum {
    SC_QUIZ_OPEN,
    SC_QUIZ_CLOSED,
    SC_QUIZ_REVEALED,
    SC_N_QUIZ_STATES
} ScQuizState;

typedef enum {
    SC_REACTION_CLAP,
    SC_REACTION_THUMB,
    SC_REACTION_HEART,
    SC_REACTION_LAUGH,
    SC_REACTION_QUESTION,
    SC_N_REACTIONS
} ScReaction;

typedef enum {
    SC_COLOUR_RED,
    SC_COLOUR_BLUE,
    SC_COLOUR_GREEN,
    SC_COLOUR_BLACK,
    SC_N_COLOURS
} ScColour;

/* Each SC_N_… texts, indexed by the enum. */
extern const char *const sc_word_lesson_states[SC_N_LESSON_STATES]; /* "scheduled" … */
extern const char *const sc_word_bell_phases[SC_N_BELL_PHASES];     /* "opened" … */
extern const char *const sc_word_languages[SC_N_LANGUAGES];         /* "zh-CN", "en" */
extern const char *const sc_word_directions[SC_N_DIRECTIONS];       /* "up", "down" */
extern const char *const sc_word_levels[SC_N_LEVELS];               /* "good" … */
extern const char *const sc_word_quiz_kinds[SC_N_QUIZ_KINDS];       /* "single" … */
extern const char *const sc_word_quiz_states[SC_N_QUIZ_STATES];     /* "open" … */
extern const char *const sc_word_reactions[SC_N_REACTIONS];         /* "clap" … */
extern const char *const sc_word_colours[SC_N_COLOURS];             /* "red" … */

/* The index of @text among @n_words @words; false where it is none of them. */
bool sc_word_find(const char *const *words, unsigned n_words, const char *text,
                  unsigned *out_index);
