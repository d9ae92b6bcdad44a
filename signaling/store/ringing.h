/* SPDX-License-Identifier: Apache-2.0 */
/* ringing.h: lessons as the bell sees them: when they begin and end, and what was rung
 * already. Each list is found by an index and holds what is due, not what there is: a
 * term has hundreds of thousands of lessons. Thread: the store's. All errors are
 * SC_STORE_ERROR. Instants are Unix time in milliseconds. */
#pragma once

#include "signaling/protocol/word.h"
#include "signaling/store/store.h"

typedef struct {
    int64_t starts_ms;
    int64_t ends_ms; /* as planned */
    unsigned overtime_min;
    ScLessonState state;
    int64_t opened_ms; /* 0: not yet */
} ScLessonTimes;

typedef struct {
    char *id; /* owned */
    ScLessonTimes times;
} ScRingingRow;

void sc_ringing_row_clear(ScRingingRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScRingingRow, sc_ringing_row_clear)

/* When it ends, overtime and all. */
int64_t sc_lesson_times_get_end_ms(const ScLessonTimes *times);

/* All answer arrays of ScRingingRow; NULL and @error on failure. */

/* Scheduled, and to be opened (@early_ms before the start), begun or ended by @now_ms. */
GArray *sc_store_list_lessons_to_begin(ScStore *store, int64_t now_ms, int64_t early_ms,
                                       unsigned max, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Live, and over by @now_ms. */
GArray *sc_store_list_lessons_to_end(ScStore *store, int64_t now_ms, unsigned max,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Live, not over, but by @now_ms + @warn_ms; all of them. */
GArray *sc_store_list_ending_lessons(ScStore *store, int64_t now_ms, int64_t warn_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next instant after @now_ms at which one of the lists gets longer; INT64_MAX where
 * there is none. */
bool sc_store_get_next_ring(ScStore *store, int64_t now_ms, int64_t early_ms,
                            int64_t warn_ms, int64_t *out_next_ms, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Fills @out_row, to be cleared. NOT_FOUND where there is none. */
bool sc_store_get_ringing(ScStore *store, const char *lesson, ScRingingRow *out_row,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was rung, each durable on return unless it is part of a transaction; NOT_FOUND
 * where the lesson is not in the state that it leaves. */
bool sc_store_open_lesson(ScStore *store, const char *lesson, int64_t now_ms,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT; /* scheduled */
bool sc_store_begin_lesson(ScStore *store, const char *lesson, int64_t now_ms,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT; /* scheduled */
/* The floor is nobody's any more. */
bool sc_store_end_lesson(ScStore *store, const char *lesson, int64_t ended_ms,
                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* scheduled or live */
bool sc_store_extend_lesson(ScStore *store, const char *lesson, unsigned minutes,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT; /* live */
