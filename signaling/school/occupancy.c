/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/occupancy.h"

#include "signaling/school/term-calendar.h"

typedef struct {
    ScWeekly weekly;
    const char *by; /* borrowed from the texts */
} Taken;

struct ScOccupancy {
    GHashTable
        *subjects; /* owned: id, borrowed from the texts → GArray of Taken, owned */
    GStringChunk *texts; /* owned */
};

static const char *const kind_names[] = {
    [SC_CLASH_TEACHER] = "teacher",
    [SC_CLASH_GIVING_SITE] = "giving-site",
    [SC_CLASH_RECEIVING_SITE] = "receiving-site",
    [SC_CLASH_CAPACITY] = "capacity",
};

const char *
sc_clash_kind_get_name(ScClashKind kind)
{
    return kind_names[kind];
}

ScOccupancy *
sc_occupancy_new(void)
{
    ScOccupancy *self = g_new0(ScOccupancy, 1);
    self->subjects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                           (GDestroyNotify)g_array_unref);
    self->texts = g_string_chunk_new(4096);
    return self;
}

void
sc_occupancy_free(ScOccupancy *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->subjects);
    g_string_chunk_free(self->texts);
    g_free(self);
}

void
sc_occupancy_add(ScOccupancy *self, const char *subject, const ScWeekly *weekly,
                 const char *by)
{
    GArray *list = g_hash_table_lookup(self->subjects, subject);
    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(Taken));
        g_hash_table_insert(self->subjects,
                            g_string_chunk_insert_const(self->texts, subject), list);
    }
    Taken taken = { *weekly, g_string_chunk_insert_const(self->texts, by) };
    g_array_append_val(list, taken);
}

static uint64_t
meet(const ScWeekly *a, const ScWeekly *b)
{
    bool same_time = a->weekday == b->weekday && a->starts_min < b->ends_min
                     && b->starts_min < a->ends_min;
    return same_time ? a->weeks & b->weeks : 0;
}

const char *
sc_occupancy_find(const ScOccupancy *self, const char *subject, const ScWeekly *weekly,
                  const char *except, uint64_t *out_weeks)
{
    GArray *list = g_hash_table_lookup(self->subjects, subject);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const Taken *taken = &g_array_index(list, Taken, i);
        uint64_t weeks = meet(&taken->weekly, weekly);
        if (weeks == 0 || g_strcmp0(taken->by, except) == 0)
            continue;
        *out_weeks = weeks;
        return taken->by;
    }
    return NULL;
}

uint64_t
sc_weeks_make(int rule, unsigned first, unsigned last)
{
    uint64_t weeks = 0;
    for (unsigned week = first; week <= MIN(last, SC_WEEKS_MAX); week++)
        if (sc_week_rule_matches((ScWeekRule)rule, week))
            weeks |= UINT64_C(1) << (week - 1);
    return weeks;
}

char *
sc_weeks_print(uint64_t weeks)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned week = 1; week <= SC_WEEKS_MAX; week++) {
        if ((weeks >> (week - 1) & 1) == 0)
            continue;
        unsigned last = week;
        while (last < SC_WEEKS_MAX && (weeks >> last & 1) != 0)
            last++;
        g_string_append_printf(text, "%s%u", text->len > 0 ? ", " : "", week);
        if (last > week)
            g_string_append_printf(text, "–%u", last);
        week = last;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
