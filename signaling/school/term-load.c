/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/term-load.h"

#define WEEKDAYS 7
#define MINUTES (24 * 60)

typedef uint32_t Day[MINUTES]; /* lessons that go on in each */

struct ScTermLoad {
    unsigned n_weeks;
    Day *days; /* owned: WEEKDAYS of each week */
};

ScTermLoad *
sc_term_load_new(unsigned n_weeks)
{
    ScTermLoad *self = g_new0(ScTermLoad, 1);
    self->n_weeks = MIN(n_weeks, SC_WEEKS_MAX);
    self->days = g_new0(Day, (gsize)self->n_weeks * WEEKDAYS);
    return self;
}

void
sc_term_load_free(ScTermLoad *self)
{
    if (self == NULL)
        return;
    g_free(self->days);
    g_free(self);
}

/* NULL: nothing of @when is in it. @week: from 0. */
static uint32_t *
get_day(const ScTermLoad *self, const ScWeekly *when, unsigned week)
{
    bool is_meant =
        when->weekday >= 1 && when->weekday <= WEEKDAYS && (when->weeks >> week & 1) != 0;
    return is_meant ? self->days[week * WEEKDAYS + when->weekday - 1] : NULL;
}

void
sc_term_load_add(ScTermLoad *self, const ScWeekly *when)
{
    for (unsigned week = 0; week < self->n_weeks; week++) {
        uint32_t *day = get_day(self, when, week);
        for (unsigned i = when->starts_min;
             day != NULL && i < MIN(when->ends_min, MINUTES); i++)
            day[i]++;
    }
}

unsigned
sc_term_load_get_peak(const ScTermLoad *self, const ScWeekly *when, unsigned *out_week)
{
    unsigned peak = 0;
    for (unsigned week = 0; week < self->n_weeks; week++) {
        const uint32_t *day = get_day(self, when, week);
        for (unsigned i = when->starts_min;
             day != NULL && i < MIN(when->ends_min, MINUTES); i++) {
            if (day[i] <= peak)
                continue;
            peak = day[i];
            *out_week = week + 1;
        }
    }
    return peak;
}
