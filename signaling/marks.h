/* SPDX-License-Identifier: Apache-2.0 */
/* marks.h: what the teacher has drawn on one page, or on the shared screen. Thread: any;
 * one at a time. Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>

#include "signaling/protocol/room-event.h"

typedef struct ScMarks ScMarks;

ScMarks *sc_marks_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_marks_free(ScMarks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScMarks, sc_marks_free)

/* Goes on with the stroke of that number, or begins it. False and @error PEN_LIMIT where
 * the page is full. */
bool sc_marks_draw(ScMarks *self, const ScPenRequest *pen, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
unsigned sc_marks_count_points(const ScMarks *self);

/* As they were begun; each with points of its own. */
ScStroke *sc_marks_dup_strokes(const ScMarks *self, unsigned *out_n)
    G_GNUC_WARN_UNUSED_RESULT;
