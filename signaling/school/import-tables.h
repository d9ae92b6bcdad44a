/* SPDX-License-Identifier: Apache-2.0 */
/* import-tables.h: what a school has, in memory, as far as a timetable's rows name it or
 * may collide with it: organisations, sites, teachers, bells, and the pairings and
 * entries of one term. Filled once from the store, then only asked. Texts are copied;
 * everything that is lent lives as long as the tables. Thread: any; no clock, no store.
 */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "signaling/school/occupancy.h"
#include "signaling/school/term-calendar.h"

#define SC_IMPORT_PERIODS_MAX 30
#define SC_IMPORT_NONE UINT_MAX /* an index: nothing */

typedef struct {
    const char *id;
    const char *name;
    const char *parent;     /* id; NULL: a root */
    unsigned above;         /* index of the parent, or SC_IMPORT_NONE */
    bool is_appointed;      /* the actor administers it itself */
    bool is_seen_appointed; /* or inspects it */
    bool is_administered;   /* it, or what lies above it */
    bool is_seen;
} ScImportOrganisation;

typedef struct {
    const char *id;
    const char *name;
    unsigned organisation;
    bool gives; /* active, and may give */
    bool receives;
} ScImportSite;

typedef struct {
    const char *id;
    const char *name;
    const char *sign_in;
    bool is_active;
    GArray *schools; /* owned: of unsigned, organisations where it is a teacher */
} ScImportPerson;

typedef struct {
    const char *id;
    const char *name;
    unsigned organisation;
    /* By number − 1; ends_min 0: there is none. */
    unsigned starts_min[SC_IMPORT_PERIODS_MAX];
    unsigned ends_min[SC_IMPORT_PERIODS_MAX];
    const char *period_names[SC_IMPORT_PERIODS_MAX];
} ScImportSchedule;

/* One of the term, or one that the file asks for. */
typedef struct {
    const char *id; /* NULL: not made yet */
    const char *name;
    const char *organisation; /* id: the nearest above all its sites */
    const char *state;        /* "active", … */
    const char *teacher;      /* id; NULL: none yet */
    const char *giving_site;  /* id */
    const char *subject;
    const char *grade;
    GPtrArray *receiving; /* owned: ids in their order */
    unsigned line;        /* that asks for it; 0: it is there already */
} ScImportPairing;

typedef struct {
    const char *id;           /* NULL: not made yet */
    ScImportPairing *pairing; /* borrowed */
    const char *teacher;      /* id: who gives it; NULL: nobody yet */
    unsigned weekday;
    const char *schedule; /* id */
    unsigned period;
    ScWeekRule rule;
    unsigned first_week, last_week;
    unsigned line; /* 0: it is there already */
} ScImportEntry;

typedef struct ScImportTables ScImportTables;

/* Of a term with @n_weeks. */
ScImportTables *sc_import_tables_new(unsigned n_weeks) G_GNUC_WARN_UNUSED_RESULT;
void sc_import_tables_free(ScImportTables *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScImportTables, sc_import_tables_free)

/* Filling. Organisations first, all of them; then sc_import_tables_link(); the rest in
 * the order of its references. What names something that is not there is left out. */
void sc_import_tables_add_organisation(ScImportTables *self, const char *id,
                                       const char *parent, const char *name);
/* The actor's appointment. */
void sc_import_tables_appoint(ScImportTables *self, const char *organisation,
                              bool administers);
void sc_import_tables_link(ScImportTables *self);
void sc_import_tables_add_site(ScImportTables *self, const char *id,
                               const char *organisation, const char *name, bool gives,
                               bool receives);
void sc_import_tables_add_person(ScImportTables *self, const char *id, const char *name,
                                 const char *sign_in, bool is_active);
/* Teaches at @organisation, and at all that lies below it. */
void sc_import_tables_add_teacher(ScImportTables *self, const char *person,
                                  const char *organisation);
void sc_import_tables_add_schedule(ScImportTables *self, const char *id,
                                   const char *organisation, const char *name);
void sc_import_tables_add_period(ScImportTables *self, const char *schedule,
                                 unsigned number, const char *name, unsigned starts_min,
                                 unsigned ends_min);
/* @pairing: texts and @receiving are copied. */
void sc_import_tables_add_pairing(ScImportTables *self, const ScImportPairing *pairing);
/* @pairing: its id. @entry's own pairing is left out of account. */
void sc_import_tables_add_entry(ScImportTables *self, const char *pairing,
                                const ScImportEntry *entry);
/* A lesson that is where no entry says: @when, of @n @subjects (teacher, sites). */
void sc_import_tables_add_lesson(ScImportTables *self, const char *title,
                                 const ScWeekly *when, const char *const *subjects);
/* A lesson of another term, which takes nobody of ours, but its part of the relay. */
void sc_import_tables_add_other(ScImportTables *self, const ScWeekly *when);

/* Asking. Indexes are of the arrays. */
unsigned sc_import_tables_get_n_weeks(const ScImportTables *self);
unsigned sc_import_tables_count(const ScImportTables *self); /* organisations */
const ScImportOrganisation *sc_import_tables_get_organisation(const ScImportTables *self,
                                                              unsigned index);
const ScImportSite *sc_import_tables_get_site(const ScImportTables *self, unsigned index);
const ScImportPerson *sc_import_tables_get_person(const ScImportTables *self,
                                                  unsigned index);
const ScImportSchedule *sc_import_tables_get_schedule(const ScImportTables *self,
                                                      unsigned index);
const GPtrArray *sc_import_tables_get_entries(const ScImportTables *self);
unsigned sc_import_tables_find_organisation(const ScImportTables *self, const char *id);
unsigned sc_import_tables_find_site(const ScImportTables *self, const char *id);
unsigned sc_import_tables_find_person(const ScImportTables *self, const char *id);
unsigned sc_import_tables_find_schedule(const ScImportTables *self, const char *id);
/* Is @index the organisation @above, or below it? */
bool sc_import_tables_is_below(const ScImportTables *self, unsigned index,
                               unsigned above);
/* The nearest organisation above both; SC_IMPORT_NONE: there is none. */
unsigned sc_import_tables_join(const ScImportTables *self, unsigned one, unsigned other);

/* By name: how many are meant; *@out_index is one of them. */
/* Sites that the actor administers. */
unsigned sc_import_tables_name_site(const ScImportTables *self, const char *text,
                                    unsigned *out_index);
/* Teachers of @school, by sign-in name or name, else who teaches there this term. */
unsigned sc_import_tables_name_teacher(const ScImportTables *self, unsigned school,
                                       const char *text, unsigned *out_index);
/* Bells that hold for @school; "": whichever. */
unsigned sc_import_tables_name_schedule(const ScImportTables *self, unsigned school,
                                        const char *text, unsigned *out_index);
/* The other way: the shortest texts that are understood so. To be freed. */
/* "学校/教室"; *@out_school (may be NULL; to be freed) is what stands before the site's
 * name. */
char *sc_import_tables_print_site(const ScImportTables *self, unsigned site,
                                  char **out_school) G_GNUC_WARN_UNUSED_RESULT;
char *sc_import_tables_print_teacher(const ScImportTables *self, unsigned school,
                                     unsigned person) G_GNUC_WARN_UNUSED_RESULT;
char *sc_import_tables_print_schedule(const ScImportTables *self, unsigned school,
                                      unsigned schedule) G_GNUC_WARN_UNUSED_RESULT;

bool sc_import_tables_teaches_at(const ScImportTables *self, unsigned person,
                                 unsigned school);

/* The pairing of these; NULL: there is none. @receiving: ids, in any order. */
ScImportPairing *sc_import_tables_find_pairing(const ScImportTables *self,
                                               const ScImportPairing *like);
/* The live pairing by which @site has @subject; NULL: none. */
ScImportPairing *sc_import_tables_find_live(const ScImportTables *self, const char *site,
                                            const char *subject);
/* The entry that is all the same as @like. */
const ScImportEntry *sc_import_tables_find_same(const ScImportTables *self,
                                                const ScImportEntry *like);

/* What @subject (an id) has at @when; NULL: nothing. */
typedef struct {
    const ScImportEntry *entry; /* NULL: a lesson */
    const char *title;
    uint64_t weeks; /* in which they meet */
} ScImportTaken;
bool sc_import_tables_find_taken(const ScImportTables *self, const char *subject,
                                 const ScWeekly *when, ScImportTaken *out_taken);
/* As sc_term_load_get_peak(). */
unsigned sc_import_tables_get_peak(const ScImportTables *self, const ScWeekly *when,
                                   unsigned *out_week);

/* Takes up what a row asks for, so that later rows see it; both are lent back: what was
 * copied. @pairing NULL: @entry's is there already. */
ScImportEntry *sc_import_tables_take(ScImportTables *self, const ScImportPairing *pairing,
                                     const ScImportEntry *entry);
/* When @entry is held. */
ScWeekly sc_import_tables_get_when(const ScImportTables *self,
                                   const ScImportEntry *entry);
