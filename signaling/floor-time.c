/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/floor-time.h"

#include <string.h>

#define MS_PER_S 1000

typedef struct {
    char site[SC_ID_MAX + 1];
    int64_t had_ms; /* without the present turn */
} Turns;

struct ScFloorTime {
    GArray *turns;              /* owned, of Turns: as they first had it */
    char holder[SC_ID_MAX + 1]; /* "": nobody */
    int64_t since_ms;
};

ScFloorTime *
sc_floor_time_new(void)
{
    ScFloorTime *self = g_new0(ScFloorTime, 1);
    self->turns = g_array_new(FALSE, FALSE, sizeof(Turns));
    return self;
}

void
sc_floor_time_free(ScFloorTime *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->turns);
    g_free(self);
}

/* The clock of the wall may be set back. */
static int64_t
count_turn_ms(const ScFloorTime *self, int64_t now_ms)
{
    return MAX(now_ms - self->since_ms, 0);
}

static Turns *
get_turns(ScFloorTime *self, const char *site)
{
    for (guint i = 0; i < self->turns->len; i++) {
        Turns *turns = &g_array_index(self->turns, Turns, i);
        if (strcmp(turns->site, site) == 0)
            return turns;
    }
    Turns fresh = { 0 };
    g_strlcpy(fresh.site, site, sizeof fresh.site);
    g_array_append_val(self->turns, fresh);
    return &g_array_index(self->turns, Turns, self->turns->len - 1);
}

void
sc_floor_time_give(ScFloorTime *self, const char *site, int64_t at_ms)
{
    if (self->holder[0] != '\0')
        get_turns(self, self->holder)->had_ms += count_turn_ms(self, at_ms);
    g_strlcpy(self->holder, site, sizeof self->holder);
    self->since_ms = at_ms;
    if (site[0] != '\0')
        (void)get_turns(self, site);
}

ScSiteNumbers
sc_floor_time_dup(const ScFloorTime *self, int64_t now_ms)
{
    ScSiteNumbers times = { g_new0(ScSiteNumber, self->turns->len), self->turns->len };
    for (guint i = 0; i < self->turns->len; i++) {
        const Turns *turns = &g_array_index(self->turns, Turns, i);
        bool has_it = strcmp(turns->site, self->holder) == 0;
        int64_t had_ms = turns->had_ms + (has_it ? count_turn_ms(self, now_ms) : 0);
        g_strlcpy(times.sites[i].site, turns->site, sizeof times.sites[i].site);
        times.sites[i].n = (unsigned)(had_ms / MS_PER_S);
    }
    return times;
}
