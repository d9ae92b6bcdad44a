/* SPDX-License-Identifier: Apache-2.0 */
/* word.h: the closed vocabularies of docs/protocol.md, as enums and as the texts that
 * travel. Thread: any; plain values. */
#pragma once

#include <stdbool.h>

typedef enum {
    SC_LESSON_SCHEDULED,
    SC_LESSON_LIVE,
    SC_LESSON_ENDED,
    SC_N_LESSON_STATES
} ScLessonState;

typedef enum { SC_LANGUAGE_ZH_CN, SC_LANGUAGE_EN, SC_N_LANGUAGES } ScLanguage;

/* Seen from the site: what it sends, what it receives. */
typedef enum { SC_DIRECTION_UP, SC_DIRECTION_DOWN, SC_N_DIRECTIONS } ScDirection;

typedef enum { SC_LEVEL_GOOD, SC_LEVEL_WEAK, SC_LEVEL_BAD, SC_N_LEVELS } ScLevel;

/* Each SC_N_… texts, indexed by the enum. */
extern const char *const sc_word_lesson_states[SC_N_LESSON_STATES]; /* "scheduled" … */
extern const char *const sc_word_languages[SC_N_LANGUAGES];         /* "zh-CN", "en" */
extern const char *const sc_word_directions[SC_N_DIRECTIONS];       /* "up", "down" */
extern const char *const sc_word_levels[SC_N_LEVELS];               /* "good" … */

/* The index of @text among @n_words @words; false where it is none of them. */
bool sc_word_find(const char *const *words, unsigned n_words, const char *text,
                  unsigned *out_index);
