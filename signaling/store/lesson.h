/* SPDX-License-Identifier: Apache-2.0 */
/* lesson.h: lessons, their sites and who has the floor. Thread: the store's.
 * All errors are SC_STORE_ERROR. Instants are Unix time in milliseconds. */
#pragma once

#include "signaling/protocol/word.h"
#include "signaling/role.h"
#include "signaling/store/store.h"

typedef struct {
    char *site; /* owned */
    ScRole role;
    int tile;        /* 0, 1, … among classrooms; −1: has none */
    char *name;      /* owned: the site's; read only, set by the site */
    char *name_en;   /* owned: as @name */
    char *school;    /* owned: the organisation's name; read only */
    char *school_en; /* owned: as @school */
} ScLessonSite;

typedef struct {
    char *id;      /* owned */
    char *pairing; /* owned; NULL: a lesson outside any pairing */
    char *title;   /* owned */
    char *subject; /* owned */
    int64_t starts_ms;
    int64_t ends_ms;
    ScLessonState state;
    char *floor;         /* owned: the site that has it; NULL: nobody; read only */
    ScLessonSite *sites; /* owned: teacher, classrooms by tile, observers */
    unsigned n_sites;
    /* What the bell wrote, see ringing.h; read only. Instants are 0 before they were. */
    unsigned overtime_min;
    int64_t opened_ms;
    int64_t begun_ms;
    int64_t ended_ms;
} ScLessonRow;

const char *sc_lesson_state_get_name(ScLessonState state); /* "scheduled" */

void sc_lesson_row_free(ScLessonRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLessonRow, sc_lesson_row_free)

/* Inserts @row with its sites; read-only fields are ignored. */
bool sc_store_add_lesson(ScStore *store, const ScLessonRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_add_lesson_site(ScStore *store, const char *lesson,
                              const ScLessonSite *site, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* With its tokens and the floor, if it has it. NOT_FOUND where it is not of @lesson. */
bool sc_store_remove_lesson_site(ScStore *store, const char *lesson, const char *site,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL and NOT_FOUND where there is none. */
ScLessonRow *sc_store_get_lesson(ScStore *store, const char *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The ids of lessons that are not ended: what a restarted process rebuilds. */
char **sc_store_list_open_lessons(ScStore *store, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* By hand, and not by the bell; SCHEDULED forgets what the bell wrote. NOT_FOUND where
 * there is none. Durable on return. */
bool sc_store_set_lesson_state(ScStore *store, const char *lesson, ScLessonState state,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_set_lesson_times(ScStore *store, const char *lesson, int64_t starts_ms,
                               int64_t ends_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @site NULL takes the floor back. CONSTRAINT where @site is not of @lesson. Durable. */
bool sc_store_set_floor(ScStore *store, const char *lesson, const char *site,
                        int64_t now_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
