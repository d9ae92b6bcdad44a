/* SPDX-License-Identifier: Apache-2.0 */
/* quiz.h: one quiz of a lesson: open, closed, revealed; who answered what, and the sums,
 * kept with each answer. Decides, and does nothing else. Thread: any; one at a time.
 * Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>

#include "signaling/protocol/room-event.h"

typedef struct ScQuiz ScQuiz;

/* The @number-th of its lesson, open. */
ScQuiz *sc_quiz_new(unsigned number, const ScQuizOpenRequest *asked)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_quiz_free(ScQuiz *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScQuiz, sc_quiz_free)

unsigned sc_quiz_get_number(const ScQuiz *self);
ScQuizState sc_quiz_get_state(const ScQuiz *self);

/* Each false and @error (SC_PROBLEM_ERROR) where it may not be: QUIZ_CLOSED, QUIZ_OPEN,
 * UNKNOWN_OPTION. */
bool sc_quiz_close(ScQuiz *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_quiz_reveal(ScQuiz *self, const ScQuizAnswer *right, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* In place of the one given before. @pupil 0: the site itself, else up to SC_PUPILS_MAX.
 */
bool sc_quiz_answer(ScQuiz *self, const char *site, unsigned pupil,
                    const ScQuizAnswer *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

ScQuizAnswer sc_quiz_get_answer(const ScQuiz *self, const char *site, unsigned pupil);
ScQuizSum *sc_quiz_dup_sum(const ScQuiz *self) G_GNUC_WARN_UNUSED_RESULT;
/* As it is told, with the sum where @with_sum; clear by sc_quiz_event_clear(). */
void sc_quiz_fill(const ScQuiz *self, bool with_sum, ScQuizEvent *out_event);
