/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/term-calendar.h"

#include <stdio.h>
#include <string.h>

#define DAYS_PER_WEEK 7

/* What is held on one day of the term. */
typedef struct {
    unsigned week;    /* 0: nothing */
    unsigned weekday; /* 1: Monday */
} Held;

struct ScTermCalendar {
    GDate first;
    unsigned n_days;
    unsigned n_weeks;
    Held *held; /* owned: for each day */
};

G_DEFINE_QUARK(sc_term_error, sc_term_error)

static const char *const rule_names[] = { "all", "odd", "even" };

bool
sc_week_rule_parse(const char *text, ScWeekRule *out_rule)
{
    for (unsigned i = 0; i < SC_N_WEEK_RULES; i++) {
        if (g_str_equal(rule_names[i], text)) {
            *out_rule = (ScWeekRule)i;
            return true;
        }
    }
    return false;
}

const char *
sc_week_rule_get_name(ScWeekRule rule)
{
    return rule_names[rule];
}

bool
sc_week_rule_matches(ScWeekRule rule, unsigned week)
{
    return rule == SC_WEEKS_ALL || (rule == SC_WEEKS_ODD) == (week % 2 == 1);
}

bool
sc_day_parse(const char *text, GDate *out_day)
{
    unsigned year, month, day;
    int length = 0;
    if (strlen(text) != SC_DAY_LENGTH || text[4] != '-' || text[7] != '-'
        || strspn(text, "0123456789-") != SC_DAY_LENGTH
        || sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &length) != 3
        || length != SC_DAY_LENGTH || year < SC_YEAR_MIN || year > SC_YEAR_MAX
        || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(out_day, 1);
    g_date_set_dmy(out_day, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return true;
}

void
sc_day_print(const GDate *day, char out_day[SC_DAY_LENGTH + 1])
{
    g_snprintf(out_day, SC_DAY_LENGTH + 1, "%04d-%02d-%02d",
               (int)g_date_get_year(day) % 10000, (int)g_date_get_month(day) % 100,
               (int)g_date_get_day(day) % 100);
}

/* Of a day that was parsed before, or made by us. */
static GDate
read_day(const char *text)
{
    GDate day;
    bool is_day = sc_day_parse(text, &day);
    g_assert(is_day);
    return day;
}

unsigned
sc_day_get_weekday(const char *day)
{
    GDate date = read_day(day);
    return (unsigned)g_date_get_weekday(&date);
}

void
sc_day_add(const char *day, int n_days, char out_day[SC_DAY_LENGTH + 1])
{
    GDate date = read_day(day);
    if (n_days >= 0)
        g_date_add_days(&date, (guint)n_days);
    else
        g_date_subtract_days(&date, (guint)-n_days);
    sc_day_print(&date, out_day);
}

bool
sc_minute_parse(const char *text, unsigned *out_minute)
{
    unsigned hour, minute;
    int length = 0;
    if (strlen(text) != SC_MINUTE_LENGTH || text[2] != ':'
        || strspn(text, "0123456789:") != SC_MINUTE_LENGTH
        || sscanf(text, "%2u:%2u%n", &hour, &minute, &length) != 2
        || length != SC_MINUTE_LENGTH || hour > 23 || minute > 59)
        return false;
    *out_minute = hour * 60 + minute;
    return true;
}

void
sc_minute_print(unsigned minute, char out_text[SC_MINUTE_LENGTH + 1])
{
    g_snprintf(out_text, SC_MINUTE_LENGTH + 1, "%02u:%02u", minute / 60 % 100,
               minute % 60);
}

int64_t
sc_instant_at(const char *day, unsigned minute, GTimeZone *zone)
{
    GDate date = read_day(day);
    g_autoptr(GDateTime) instant =
        g_date_time_new(zone, g_date_get_year(&date), (int)g_date_get_month(&date),
                        g_date_get_day(&date), (int)minute / 60, (int)minute % 60, 0);
    return g_date_time_to_unix(instant) * 1000;
}

void
sc_instant_split(int64_t time_ms, GTimeZone *zone, char out_day[SC_DAY_LENGTH + 1],
                 unsigned *out_minute)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_ms / 1000);
    g_autoptr(GDateTime) here = g_date_time_to_timezone(utc, zone);
    g_snprintf(out_day, SC_DAY_LENGTH + 1, "%04d-%02d-%02d",
               g_date_time_get_year(here) % 10000, g_date_time_get_month(here) % 100,
               g_date_time_get_day_of_month(here) % 100);
    *out_minute =
        (unsigned)(g_date_time_get_hour(here) * 60 + g_date_time_get_minute(here));
}

static Held
hold_as_calendar(const ScTermCalendar *self, unsigned index)
{
    unsigned first_weekday = (unsigned)g_date_get_weekday(&self->first);
    unsigned from_monday = index + first_weekday - 1;
    return (Held){ .week = from_monday / DAYS_PER_WEEK + 1,
                   .weekday = from_monday % DAYS_PER_WEEK + 1 };
}

/* The exceptions are laid over the plain calendar; what is followed is the plain day. */
static bool
apply_exception(ScTermCalendar *self, const ScTermException *exception, bool *seen,
                GError **error)
{
    int index = sc_term_calendar_find_day(self, exception->day);
    int follows = exception->follows != NULL
                      ? sc_term_calendar_find_day(self, exception->follows)
                      : -1;
    if (index < 0 || seen[index]) {
        g_set_error(error, SC_TERM_ERROR,
                    index < 0 ? SC_TERM_ERROR_OUTSIDE : SC_TERM_ERROR_TWICE,
                    index < 0 ? "%s is not in the term" : "%s stands there twice",
                    exception->day);
        return false;
    }
    if (exception->follows != NULL && follows < 0) {
        g_set_error(error, SC_TERM_ERROR, SC_TERM_ERROR_FOLLOWS,
                    "%s follows %s, which is not in the term", exception->day,
                    exception->follows);
        return false;
    }
    seen[index] = true;
    self->held[index] =
        follows >= 0 ? hold_as_calendar(self, (unsigned)follows) : (Held){ 0 };
    return true;
}

static bool
set_range(ScTermCalendar *self, const char *first, const char *last, GError **error)
{
    GDate end;
    if (!sc_day_parse(first, &self->first) || !sc_day_parse(last, &end)) {
        g_set_error(error, SC_TERM_ERROR, SC_TERM_ERROR_YEARS,
                    "a term from %s to %s: days are of the years %d to %d", first, last,
                    SC_YEAR_MIN, SC_YEAR_MAX);
        return false;
    }
    int n_days = g_date_days_between(&self->first, &end) + 1;
    if (n_days < 1 || n_days > SC_TERM_DAYS_MAX) {
        g_set_error(error, SC_TERM_ERROR, SC_TERM_ERROR_LENGTH,
                    "a term from %s to %s has %d days, must have 1 to %d", first, last,
                    MAX(n_days, 0), SC_TERM_DAYS_MAX);
        return false;
    }
    self->n_days = (unsigned)n_days;
    self->held = g_new0(Held, self->n_days);
    for (unsigned i = 0; i < self->n_days; i++)
        self->held[i] = hold_as_calendar(self, i);
    self->n_weeks = self->held[self->n_days - 1].week;
    return true;
}

ScTermCalendar *
sc_term_calendar_new(const char *first, const char *last,
                     const ScTermException *exceptions, unsigned n, int *out_index,
                     GError **error)
{
    g_autoptr(ScTermCalendar) self = g_new0(ScTermCalendar, 1);
    *out_index = -1;
    if (!set_range(self, first, last, error))
        return NULL;
    g_autofree bool *seen = g_new0(bool, self->n_days);
    for (unsigned i = 0; i < n; i++) {
        *out_index = (int)i;
        if (!apply_exception(self, &exceptions[i], seen, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}

void
sc_term_calendar_free(ScTermCalendar *self)
{
    if (self == NULL)
        return;
    g_free(self->held);
    g_free(self);
}

unsigned
sc_term_calendar_count_days(const ScTermCalendar *self)
{
    return self->n_days;
}

unsigned
sc_term_calendar_count_weeks(const ScTermCalendar *self)
{
    return self->n_weeks;
}

void
sc_term_calendar_get_day(const ScTermCalendar *self, unsigned index,
                         char out_day[SC_DAY_LENGTH + 1])
{
    GDate day = self->first;
    g_date_add_days(&day, index);
    sc_day_print(&day, out_day);
}

int
sc_term_calendar_find_day(const ScTermCalendar *self, const char *day)
{
    GDate date;
    if (!sc_day_parse(day, &date))
        return -1;
    int index = g_date_days_between(&self->first, &date);
    return index >= 0 && index < (int)self->n_days ? index : -1;
}

bool
sc_term_calendar_resolve(const ScTermCalendar *self, unsigned index, unsigned *out_week,
                         unsigned *out_weekday)
{
    if (index >= self->n_days || self->held[index].week == 0)
        return false;
    *out_week = self->held[index].week;
    *out_weekday = self->held[index].weekday;
    return true;
}
