/* SPDX-License-Identifier: Apache-2.0 */
/* province-private.h: what the files of province.h share while one is made. */
#pragma once

#include "signaling/province.h"
#include "signaling/school/term-calendar.h"

#define SC_PROVINCE_ID "province"
#define SC_PROVINCE_TERM "term-now"
#define SC_PROVINCE_TERM_EARLIER "term-before"
#define SC_PROVINCE_ADMIN "admin" /* id and sign-in name */
#define SC_PROVINCE_RECEIVING 2   /* sites of each giving class */
#define SC_PROVINCE_PERIODS 12    /* of a day */
#define SC_PROVINCE_DAYS 5        /* of a week */
#define SC_PROVINCE_LESSON_MIN 40 /* minutes */

/* A class that gives, and those that receive. */
typedef struct {
    unsigned giving; /* sites by number, from 0 */
    unsigned receiving[SC_PROVINCE_RECEIVING];
    unsigned school;
    unsigned county;
} ScProvinceGroup;

/* A weekly lesson. */
typedef struct {
    unsigned group;
    unsigned subject;
    unsigned number; /* among the group's */
    unsigned weekday;
    unsigned period; /* from 1 */
    ScWeekRule rule;
} ScProvinceEntry;

typedef struct {
    ScStore *store;             /* borrowed */
    const ScProvincePlan *plan; /* borrowed */
    GTimeZone *zone;            /* owned */
    GRand *chance;              /* owned */
    GArray *groups;             /* owned, of ScProvinceGroup */
    GArray *entries;            /* owned, of ScProvinceEntry: a week's */
    unsigned n_cities, n_counties;
    char monday[SC_DAY_LENGTH + 1]; /* of the present week */
} ScProvince;

/* "county-3": ids count from 1. */
char *sc_province_id(const char *noun, unsigned index) G_GNUC_WARN_UNUSED_RESULT;
unsigned sc_province_school_of_site(const ScProvince *self, unsigned site);
unsigned sc_province_county_of_school(const ScProvince *self, unsigned school);
unsigned sc_province_city_of_county(const ScProvince *self, unsigned county);
/* Minutes since midnight. */
unsigned sc_province_period_start(unsigned period);
char *sc_province_pairing_id(const char *term, unsigned group, unsigned subject)
    G_GNUC_WARN_UNUSED_RESULT;
char *sc_province_entry_id(const char *term, const ScProvinceEntry *entry)
    G_GNUC_WARN_UNUSED_RESULT;
/* The teacher of a group's subject. */
char *sc_province_teacher_id(unsigned group, unsigned subject) G_GNUC_WARN_UNUSED_RESULT;
/* Runs @sql, a literal, with texts, NULL-terminated, and then @integers. */
bool sc_province_write(ScProvince *self, const char *sql, const char *const *texts,
                       const int64_t *integers, unsigned n_integers, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool sc_province_note(ScProvince *self, const char *action, const char *kind,
                      const char *object, const char *organisation, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* province-places.c: organisations, sites with devices, and who works there. */
bool sc_province_add_places(ScProvince *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_province_add_teachers(ScProvince *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* province-timetable.c: terms, bells, pairings and entries. */
bool sc_province_add_bells(ScProvince *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @first: a Monday; @state of its pairings. */
bool sc_province_add_term(ScProvince *self, const char *term, const char *name,
                          const char *first, const char *state, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* province-past.c: lessons of @term that were, for @n_weeks from the Monday @first, and
 * what they came to. */
bool sc_province_add_past(ScProvince *self, const char *term, const char *first,
                          unsigned n_weeks, GError **error) G_GNUC_WARN_UNUSED_RESULT;
