/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/generation.h"

#include "signaling/school/term-calendar.h"
#include "signaling/store/timetable.h"

struct ScGenerator {
    ScStore *store;        /* borrowed: the caller's */
    GTimeZone *zone;       /* borrowed: the caller's */
    GHashTable *calendars; /* owned: term's id → ScTermCalendar, owned */
    int64_t now_ms;
    bool renews_sites;
};

static void
calendar_free(gpointer calendar)
{
    sc_term_calendar_free(calendar);
}

ScGenerator *
sc_generator_new(ScStore *store, GTimeZone *zone, int64_t now_ms)
{
    ScGenerator *self = g_new0(ScGenerator, 1);
    self->store = store;
    self->zone = zone;
    self->now_ms = now_ms;
    self->calendars =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, calendar_free);
    return self;
}

void
sc_generator_free(ScGenerator *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->calendars);
    g_free(self);
}

static const ScTermCalendar *
get_calendar(ScGenerator *self, const char *term, GError **error)
{
    ScTermCalendar *calendar = g_hash_table_lookup(self->calendars, term);
    if (calendar == NULL) {
        calendar = sc_store_get_term_calendar(self->store, term, error);
        if (calendar != NULL)
            g_hash_table_insert(self->calendars, g_strdup(term), calendar);
    }
    return calendar;
}

/* What is there of an entry, and what it shall have. */
typedef struct {
    const ScEntryRow *entry;
    char **receiving_sites;
    GHashTable *by_day; /* day → ScMadeLesson: what nothing was held against yet */
    ScGenerated *counts;
} Round;

static char *
make_title(const ScEntryRow *entry)
{
    return g_strdup(entry->name[0] != '\0' ? entry->name : entry->subject);
}

static bool
make_lesson(ScGenerator *self, Round *round, const char *day, int64_t starts_ms,
            int64_t ends_ms, GError **error)
{
    const ScEntryRow *entry = round->entry;
    g_autofree char *id = sc_store_make_ordered_id();
    g_autofree char *title = make_title(entry);
    const ScNewLesson lesson = {
        .id = id,
        .organisation = entry->organisation,
        .pairing = entry->pairing,
        .term = entry->term,
        .entry = entry->id,
        .entry_day = day,
        .origin = "timetable",
        .teacher = entry->teacher,
        .title = title,
        .subject = entry->subject,
        .day = day,
        .period = entry->period,
        .starts_ms = starts_ms,
        .ends_ms = ends_ms,
    };
    round->counts->n_made++;
    return sc_store_add_made_lesson(self->store, &lesson, entry->giving_site,
                                    round->receiving_sites, error);
}

/* A lesson that is there on the right day: is it at the right time, with the right
 * people? */
static bool
adjust_lesson(ScGenerator *self, Round *round, const ScMadeLesson *made,
              int64_t starts_ms, int64_t ends_ms, GError **error)
{
    const ScEntryRow *entry = round->entry;
    if (!made->is_free)
        return true;
    if (self->renews_sites
        && !sc_store_set_made_sites(self->store, made->id, entry->giving_site,
                                    round->receiving_sites, error))
        return false;
    if (made->starts_ms == starts_ms && made->ends_ms == ends_ms
        && g_strcmp0(made->teacher, entry->teacher) == 0)
        return true;
    round->counts->n_moved++;
    return sc_store_move_made_lesson(self->store, made->id, entry->teacher, entry->period,
                                     starts_ms, ends_ms, error);
}

static bool
hold_day(ScGenerator *self, Round *round, const char *day, GError **error)
{
    const ScEntryRow *entry = round->entry;
    int64_t starts_ms = sc_instant_at(day, entry->starts_min, self->zone);
    int64_t ends_ms = starts_ms + (entry->ends_min - entry->starts_min) * 60000LL;
    ScMadeLesson *made = g_hash_table_lookup(round->by_day, day);
    if (starts_ms <= self->now_ms)
        return true;
    if (made == NULL)
        return make_lesson(self, round, day, starts_ms, ends_ms, error);
    g_hash_table_remove(round->by_day, day);
    return adjust_lesson(self, round, made, starts_ms, ends_ms, error);
}

static bool
hold_all_days(ScGenerator *self, Round *round, GError **error)
{
    const ScEntryRow *entry = round->entry;
    ScWeekRule rule = SC_WEEKS_ALL;
    (void)sc_week_rule_parse(entry->weeks, &rule);
    if (!g_str_equal(entry->state, "active") || entry->term == NULL)
        return true;
    const ScTermCalendar *calendar = get_calendar(self, entry->term, error);
    if (calendar == NULL)
        return false;
    for (unsigned i = 0; i < sc_term_calendar_count_days(calendar); i++) {
        unsigned week, weekday;
        char day[SC_DAY_LENGTH + 1];
        if (!sc_term_calendar_resolve(calendar, i, &week, &weekday)
            || weekday != entry->weekday || week < entry->first_week
            || week > entry->last_week || !sc_week_rule_matches(rule, week))
            continue;
        sc_term_calendar_get_day(calendar, i, day);
        if (!hold_day(self, round, day, error))
            return false;
    }
    return true;
}

/* Those for which there is no day any more. */
static bool
remove_rest(ScGenerator *self, Round *round, GError **error)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, round->by_day);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const ScMadeLesson *made = value;
        if (!made->is_free || made->starts_ms <= self->now_ms)
            continue;
        round->counts->n_removed++;
        if (!sc_store_remove_made_lesson(self->store, made->id, error))
            return false;
    }
    return true;
}

static bool
run_round(ScGenerator *self, Round *round, const char *entry, GError **error)
{
    g_autoptr(GArray) lessons = sc_store_list_made_lessons(self->store, entry, error);
    if (lessons == NULL)
        return false;
    g_autoptr(GHashTable) by_day = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < lessons->len; i++) {
        ScMadeLesson *made = &g_array_index(lessons, ScMadeLesson, i);
        g_hash_table_insert(by_day, made->entry_day, made);
    }
    round->by_day = by_day;
    return (round->entry == NULL || hold_all_days(self, round, error))
           && remove_rest(self, round, error);
}

bool
sc_generator_run_entry(ScGenerator *self, const char *entry, ScGenerated *out_counts,
                       GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_auto(ScEntryRow) row = { 0 };
    g_auto(GStrv) receiving_sites = NULL;
    Round round = { .counts = out_counts };
    if (sc_store_get_entry(self->store, entry, &row, &reason)) {
        receiving_sites = sc_store_list_receiving_sites(self->store, row.pairing, error);
        if (receiving_sites == NULL)
            return false;
        round.entry = &row;
        round.receiving_sites = receiving_sites;
    } else if (!g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return run_round(self, &round, entry, error);
}

bool
sc_generator_run_pairing(ScGenerator *self, const char *pairing, ScGenerated *out_counts,
                         GError **error)
{
    g_auto(GStrv) entries = sc_store_list_entries(self->store, pairing, error);
    bool done = entries != NULL;
    self->renews_sites = true;
    for (char **entry = entries; done && *entry != NULL; entry++)
        done = sc_generator_run_entry(self, *entry, out_counts, error);
    self->renews_sites = false;
    return done;
}
