/* SPDX-License-Identifier: Apache-2.0 */
/* prompt.h: what a classroom's screen says over the picture: its hand, what is asked and
 * what it typed, the result, the teacher's words, the keys; and what a teacher's tile is
 * called; in either language. Pure: draws nothing. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/activity.h"
#include "client/keypad.h"

#define SC_PROMPT_LEGEND_MAX 3

typedef enum { SC_PROMPT_CALM, SC_PROMPT_GOOD, SC_PROMPT_ALARM } ScPromptTone;

typedef struct {
    unsigned key;      /* to press for it; 0: none */
    const char *text;  /* borrowed */
    const char *count; /* of answers; NULL: not told */
    bool is_chosen;
    bool is_right;
} ScPromptOption;

typedef struct {
    GPtrArray *notes; /* owned, of borrowed texts: short, above all else */
    const char *said; /* the teacher's words, while they are fresh; NULL: none */
    const char *text; /* what is asked, or was; NULL: nothing */
    ScPromptOption options[SC_KEYPAD_OPTIONS_MAX];
    unsigned n_options;
    const char *entry; /* typed digits; NULL: none are asked for */
    const char *state; /* how far the answer came; NULL with text */
    ScPromptTone tone; /* of the state */
    const char *scan;  /* for pupils' phones, as a QR code; NULL: none */
    const char *scan_name;
    const char *legend[SC_PROMPT_LEGEND_MAX + 1]; /* ends with NULL */
    GPtrArray *made;                              /* owned: texts that had to be */
} ScPrompt;

typedef struct {
    ScLanguage language;
    const char *url; /* of signaling */
    int64_t now_us;
    bool has_failed; /* the last thing that was pressed did not go out */
} ScPromptSettings;

/* @self is all zero, or cleared. What is lent outlives it. */
void sc_prompt_write(ScPrompt *self, const ScActivity *activity, const ScKeypad *keypad,
                     const ScPromptSettings *settings);
void sc_prompt_clear(ScPrompt *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScPrompt, sc_prompt_clear)

/* Of a teacher's tile: whose it is, whether it speaks to all, and what it wants. */
char *sc_prompt_dup_title(const ScActivity *activity, const ScEventSite *site,
                          bool has_floor, ScLanguage language) G_GNUC_WARN_UNUSED_RESULT;

/* All of it as one text, a line each: equal where nothing is new. */
char *sc_prompt_dup_words(const ScPrompt *self) G_GNUC_WARN_UNUSED_RESULT;
