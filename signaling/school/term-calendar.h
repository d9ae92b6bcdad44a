/* SPDX-License-Identifier: Apache-2.0 */
/* term-calendar.h: which days of a term are taught, and as which weekday of which week:
 * holidays, shifted workdays (调休), odd and even weeks. Days are text as they are
 * stored, "2026-09-01"; times of day are minutes since midnight; instants Unix
 * milliseconds. Thread: any; no clock is read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_DAY_LENGTH 10   /* characters of "2026-09-01" */
#define SC_MINUTE_LENGTH 5 /* characters of "08:05" */
#define SC_TERM_DAYS_MAX 366
#define SC_YEAR_MIN 2000
#define SC_YEAR_MAX 2100

#define SC_TERM_ERROR (sc_term_error_quark())
typedef enum {
    SC_TERM_ERROR_YEARS,   /* outside SC_YEAR_MIN to SC_YEAR_MAX */
    SC_TERM_ERROR_LENGTH,  /* the last day before the first, or too long */
    SC_TERM_ERROR_OUTSIDE, /* an exception that is not in the term */
    SC_TERM_ERROR_TWICE,   /* an exception that stands there already */
    SC_TERM_ERROR_FOLLOWS, /* an exception that follows what is not in the term */
} ScTermError;
GQuark sc_term_error_quark(void);

typedef enum { SC_WEEKS_ALL, SC_WEEKS_ODD, SC_WEEKS_EVEN, SC_N_WEEK_RULES } ScWeekRule;

/* All borrowed by the call. */
typedef struct {
    const char *day;
    const char *follows; /* whose timetable is held instead; NULL: nothing is taught */
} ScTermException;

typedef struct ScTermCalendar ScTermCalendar;

/* Week 1 is the week, Monday to Sunday, of @first. On failure *@out_index is the
 * exception at fault, or -1. */
ScTermCalendar *sc_term_calendar_new(const char *first, const char *last,
                                     const ScTermException *exceptions, unsigned n,
                                     int *out_index, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_term_calendar_free(ScTermCalendar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScTermCalendar, sc_term_calendar_free)

unsigned sc_term_calendar_count_days(const ScTermCalendar *self);
unsigned sc_term_calendar_count_weeks(const ScTermCalendar *self);
/* The @index-th day of the term, from 0. */
void sc_term_calendar_get_day(const ScTermCalendar *self, unsigned index,
                              char out_day[SC_DAY_LENGTH + 1]);
/* The index of @day; −1 outside the term. */
int sc_term_calendar_find_day(const ScTermCalendar *self, const char *day);
/* Which week (from 1) and weekday (1: Monday) is held that day; false: none. */
bool sc_term_calendar_resolve(const ScTermCalendar *self, unsigned index,
                              unsigned *out_week, unsigned *out_weekday);

bool sc_week_rule_parse(const char *text,
                        ScWeekRule *out_rule); /* "all", "odd", "even" */
const char *sc_week_rule_get_name(ScWeekRule rule);
bool sc_week_rule_matches(ScWeekRule rule, unsigned week);

/* Strict: real days of the years SC_YEAR_MIN to SC_YEAR_MAX. */
bool sc_day_parse(const char *text, GDate *out_day);
void sc_day_print(const GDate *day, char out_day[SC_DAY_LENGTH + 1]);
unsigned sc_day_get_weekday(const char *day); /* 1: Monday */
void sc_day_add(const char *day, int n_days, char out_day[SC_DAY_LENGTH + 1]);
/* Strict: "00:00" to "23:59". */
bool sc_minute_parse(const char *text, unsigned *out_minute);
void sc_minute_print(unsigned minute, char out_text[SC_MINUTE_LENGTH + 1]);

/* The instant at which @zone's clocks show it. */
int64_t sc_instant_at(const char *day, unsigned minute, GTimeZone *zone);
/* What @zone's clocks show at @time_ms. */
void sc_instant_split(int64_t time_ms, GTimeZone *zone, char out_day[SC_DAY_LENGTH + 1],
                      unsigned *out_minute);
