/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/word.h"

#include <string.h>

const char *const sc_word_lesson_states[SC_N_LESSON_STATES] = { "scheduled", "live",
                                                                "ended", "cancelled" };
const char *const sc_word_bell_phases[SC_N_BELL_PHASES] = { "opened",   "begun", "ending",
                                                            "extended", "ended", "moved",
                                                            "cancelled" };
const char *const sc_word_languages[SC_N_LANGUAGES] = { "zh-CN", "en" };
const char *const sc_word_directions[SC_N_DIRECTIONS] = { "up", "down" };
const char *const sc_word_levels[SC_N_LEVELS] = { "good", "weak", "bad" };
const char *const sc_word_quiz_kinds[SC_N_QUIZ_KINDS] = { "single", "multiple", "truth",
                                                          "number" };
const char *const sc_word_quiz_states[SC_N_QUIZ_STATES] = { "open", "closed",
                                                            "revealed" };
const char *const sc_word_reactions[SC_N_REACTIONS] = { "clap", "thumb", "heart", "laugh",
                                                        "question" };
const char *const sc_word_colours[SC_N_COLOURS] = { "red", "blue", "green", "black" };

bool
sc_word_find(const char *const *words, unsigned n_words, const char *text,
             unsigned *out_index)
{
    for (unsigned i = 0; i < n_words; i++) {
        if (strcmp(words[i], text) == 0) {
            *out_index = i;
            return true;
        }
    }
    return false;
}
