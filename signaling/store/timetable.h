/* SPDX-License-Identifier: Apache-2.0 */
/* timetable.h: the rows that lessons are made from, and lessons as rows that are made,
 * moved and taken away. Thread: the store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/school/term-calendar.h"
#include "signaling/store/store.h"

/* An entry with what it has of its pairing and its bell schedule. All texts owned. */
typedef struct {
    char *id;
    char *pairing;
    char *state; /* the pairing's */
    char *term;
    char *organisation; /* the pairing's */
    char *teacher;      /* the entry's, else the pairing's; NULL: none yet */
    char *subject;
    char *name; /* the pairing's */
    char *giving_site;
    char *weeks; /* "all", "odd", "even" */
    unsigned weekday;
    unsigned period;
    unsigned first_week, last_week;
    unsigned starts_min, ends_min;
} ScEntryRow;

void sc_entry_row_clear(ScEntryRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScEntryRow, sc_entry_row_clear)

/* NOT_FOUND where there is none. */
bool sc_store_get_entry(ScStore *store, const char *id, ScEntryRow *out_row,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ids; of one pairing, or of all active pairings of a term. */
char **sc_store_list_entries(ScStore *store, const char *pairing, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char **sc_store_list_term_entries(ScStore *store, const char *term, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* In the order of their places. */
char **sc_store_list_receiving_sites(ScStore *store, const char *pairing, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *first_day; /* owned */
    char *last_day;  /* owned */
    char **days;     /* owned: exceptions; NULL-terminated */
    char **follows;  /* owned: "" where nothing is held; as many */
    unsigned n_exceptions;
} ScTermRow;

void sc_term_row_clear(ScTermRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScTermRow, sc_term_row_clear)

bool sc_store_get_term(ScStore *store, const char *id, ScTermRow *out_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same as a calendar. NULL and @error. */
ScTermCalendar *sc_store_get_term_calendar(ScStore *store, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A lesson that the timetable made, as far as a new generation looks at it. */
typedef struct {
    char *id;        /* owned */
    char *entry_day; /* owned */
    char *teacher;   /* owned; NULL: none */
    int64_t starts_ms;
    int64_t ends_ms;
    bool is_free; /* scheduled, and never changed by hand */
} ScMadeLesson;

void sc_made_lesson_clear(gpointer lesson);
/* Of ScMadeLesson. */
GArray *sc_store_list_made_lessons(ScStore *store, const char *entry, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Everything borrowed by the call; NULL where there is none. */
typedef struct {
    const char *id;
    const char *organisation;
    const char *pairing;
    const char *term;
    const char *entry;
    const char *entry_day;
    const char *origin; /* "timetable", "single", "makeup" */
    const char *makes_up;
    const char *teacher;
    const char *title;
    const char *subject;
    const char *day;
    int64_t period; /* −1: none */
    int64_t starts_ms;
    int64_t ends_ms;
    const char *reason;
} ScNewLesson;

/* With the giving site as teacher, and the receiving sites in tile order. */
bool sc_store_add_made_lesson(ScStore *store, const ScNewLesson *lesson,
                              const char *giving_site, char *const *receiving_sites,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_move_made_lesson(ScStore *store, const char *id, const char *teacher,
                               int64_t period, int64_t starts_ms, int64_t ends_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_set_made_sites(ScStore *store, const char *id, const char *giving_site,
                             char *const *receiving_sites, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* With all that hangs on it. */
bool sc_store_remove_made_lesson(ScStore *store, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
