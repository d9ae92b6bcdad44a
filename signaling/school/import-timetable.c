/* SPDX-License-Identifier: Apache-2.0 */
/* import-timetable.c: the term's pairings, entries and lessons among the tables. */
#include <string.h>

#include "signaling/school/import-tables-private.h"

/* Pairings. */

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
make_pairing_key(const ScImportPairing *pairing, const char *teacher)
{
    g_autoptr(GPtrArray) receiving = g_ptr_array_copy(pairing->receiving, NULL, NULL);
    GString *key = g_string_new(NULL);
    g_autofree char *subject = g_strstrip(g_strdup(pairing->subject));
    g_ptr_array_sort(receiving, compare_texts);
    g_string_append_printf(key, "%s|%s|", pairing->giving_site,
                           teacher != NULL ? teacher : "");
    for (guint i = 0; i < receiving->len; i++)
        g_string_append_printf(key, "%s,", (const char *)receiving->pdata[i]);
    g_string_append_printf(key, "|%s", subject);
    return g_string_free(key, FALSE);
}

static char *
make_live_key(const char *site, const char *subject)
{
    char *key = g_strconcat(site, "|", subject, NULL);
    return g_strchomp(key);
}

static bool
is_live(const ScImportPairing *pairing)
{
    return g_str_equal(pairing->state, "active")
           || g_str_equal(pairing->state, "suspended");
}

/* Of several alike the one that is live is meant. */
static void
index_pairing(ScImportTables *self, ScImportPairing *pairing, const char *teacher)
{
    g_autofree char *key = make_pairing_key(pairing, teacher);
    const ScImportPairing *other = g_hash_table_lookup(self->by_key, key);
    if (other == NULL || (is_live(pairing) && !is_live(other)))
        g_hash_table_replace(self->by_key, g_steal_pointer(&key), pairing);
}

static void
note_teacher(ScImportTables *self, const ScImportPairing *pairing, const char *teacher)
{
    unsigned site = sc_import_tables_find_site(self, pairing->giving_site);
    unsigned person = sc_import_tables_find_person(self, teacher);
    if (site != SC_IMPORT_NONE && person != SC_IMPORT_NONE)
        g_hash_table_add(
            self->taught,
            sc_import_tables_make_taught_key(
                sc_import_tables_get_site(self, site)->organisation, person));
}

static ScImportPairing *
keep_pairing(ScImportTables *self, const ScImportPairing *like)
{
    ScImportPairing *pairing = g_new0(ScImportPairing, 1);
    *pairing =
        (ScImportPairing){ .id = sc_import_tables_keep(self, like->id),
                           .name = sc_import_tables_keep(self, like->name),
                           .organisation =
                               sc_import_tables_keep(self, like->organisation),
                           .state = sc_import_tables_keep(self, like->state),
                           .teacher = sc_import_tables_keep(self, like->teacher),
                           .giving_site = sc_import_tables_keep(self, like->giving_site),
                           .subject = sc_import_tables_keep(self, like->subject),
                           .grade = sc_import_tables_keep(self, like->grade),
                           .receiving = g_ptr_array_new(),
                           .line = like->line };
    for (guint i = 0; i < like->receiving->len; i++)
        g_ptr_array_add(pairing->receiving,
                        (gpointer)sc_import_tables_keep(self, like->receiving->pdata[i]));
    g_ptr_array_add(self->pairings, pairing);
    index_pairing(self, pairing, pairing->teacher);
    note_teacher(self, pairing, pairing->teacher);
    for (guint i = 0; is_live(pairing) && i < pairing->receiving->len; i++)
        g_hash_table_replace(
            self->by_site, make_live_key(pairing->receiving->pdata[i], pairing->subject),
            pairing);
    return pairing;
}

void
sc_import_tables_add_pairing(ScImportTables *self, const ScImportPairing *pairing)
{
    sc_import_tables_set_index(self, 'a', pairing->id, self->pairings->len);
    (void)keep_pairing(self, pairing);
}

ScImportPairing *
sc_import_tables_find_pairing(const ScImportTables *self, const ScImportPairing *like)
{
    g_autofree char *key = make_pairing_key(like, like->teacher);
    return g_hash_table_lookup(self->by_key, key);
}

ScImportPairing *
sc_import_tables_find_live(const ScImportTables *self, const char *site,
                           const char *subject)
{
    g_autofree char *key = make_live_key(site, subject);
    return g_hash_table_lookup(self->by_site, key);
}

/* Entries. */

ScWeekly
sc_import_tables_get_when(const ScImportTables *self, const ScImportEntry *entry)
{
    unsigned index = sc_import_tables_find_schedule(self, entry->schedule);
    ScWeekly when = { .weekday = entry->weekday,
                      .weeks = sc_weeks_make((int)entry->rule, entry->first_week,
                                             entry->last_week) };
    if (index == SC_IMPORT_NONE || entry->period < 1
        || entry->period > SC_IMPORT_PERIODS_MAX)
        return when;
    const ScImportSchedule *schedule = sc_import_tables_get_schedule(self, index);
    when.starts_min = schedule->starts_min[entry->period - 1];
    when.ends_min = schedule->ends_min[entry->period - 1];
    return when;
}

static char *
make_row_key(const ScImportEntry *entry)
{
    g_autofree char *pairing = make_pairing_key(entry->pairing, entry->teacher);
    return g_strdup_printf("%u|%s|%u|%u|%u|%u|%s", entry->weekday, entry->schedule,
                           entry->period, (unsigned)entry->rule, entry->first_week,
                           entry->last_week, pairing);
}

const ScImportEntry *
sc_import_tables_find_same(const ScImportTables *self, const ScImportEntry *like)
{
    g_autofree char *key = make_row_key(like);
    return g_hash_table_lookup(self->by_row, key);
}

static void
occupy(ScImportTables *self, const ScImportEntry *entry, unsigned index)
{
    const ScWeekly when = sc_import_tables_get_when(self, entry);
    char by[16];
    g_snprintf(by, sizeof by, "e%u", index);
    sc_term_load_add(self->load, &when);
    if (entry->teacher != NULL)
        sc_occupancy_add(self->occupancy, entry->teacher, &when, by);
    sc_occupancy_add(self->occupancy, entry->pairing->giving_site, &when, by);
    for (guint i = 0; i < entry->pairing->receiving->len; i++)
        sc_occupancy_add(self->occupancy, entry->pairing->receiving->pdata[i], &when, by);
}

static ScImportEntry *
keep_entry(ScImportTables *self, ScImportPairing *pairing, const ScImportEntry *like)
{
    ScImportEntry *entry = g_new0(ScImportEntry, 1);
    *entry = *like;
    entry->id = sc_import_tables_keep(self, like->id);
    entry->pairing = pairing;
    entry->teacher = sc_import_tables_keep(self, like->teacher);
    entry->schedule = sc_import_tables_keep(self, like->schedule);
    occupy(self, entry, self->entries->len);
    g_ptr_array_add(self->entries, entry);
    g_hash_table_replace(self->by_row, make_row_key(entry), entry);
    return entry;
}

/* Who stands in for the pairing's teacher teaches in it too. */
void
sc_import_tables_add_entry(ScImportTables *self, const char *pairing,
                           const ScImportEntry *entry)
{
    unsigned index = sc_import_tables_find_index(self, 'a', pairing);
    if (index == SC_IMPORT_NONE)
        return;
    ScImportPairing *its = g_ptr_array_index(self->pairings, index);
    if (entry->teacher != NULL && g_strcmp0(entry->teacher, its->teacher) != 0) {
        index_pairing(self, its, entry->teacher);
        note_teacher(self, its, entry->teacher);
    }
    (void)keep_entry(self, its, entry);
}

ScImportEntry *
sc_import_tables_take(ScImportTables *self, const ScImportPairing *pairing,
                      const ScImportEntry *entry)
{
    return keep_entry(
        self, pairing != NULL ? keep_pairing(self, pairing) : entry->pairing, entry);
}

const GPtrArray *
sc_import_tables_get_entries(const ScImportTables *self)
{
    return self->entries;
}

void
sc_import_tables_add_lesson(ScImportTables *self, const char *title, const ScWeekly *when,
                            const char *const *subjects)
{
    char by[16];
    g_snprintf(by, sizeof by, "l%u", self->lessons->len);
    sc_term_load_add(self->load, when);
    g_ptr_array_add(self->lessons, (gpointer)sc_import_tables_keep(self, title));
    for (; *subjects != NULL; subjects++)
        sc_occupancy_add(self->occupancy, *subjects, when, by);
}

void
sc_import_tables_add_other(ScImportTables *self, const ScWeekly *when)
{
    sc_term_load_add(self->load, when);
}

unsigned
sc_import_tables_get_peak(const ScImportTables *self, const ScWeekly *when,
                          unsigned *out_week)
{
    return sc_term_load_get_peak(self->load, when, out_week);
}

bool
sc_import_tables_find_taken(const ScImportTables *self, const char *subject,
                            const ScWeekly *when, ScImportTaken *out_taken)
{
    uint64_t weeks = 0;
    const char *by = sc_occupancy_find(self->occupancy, subject, when, NULL, &weeks);
    if (by == NULL)
        return false;
    unsigned index = (unsigned)g_ascii_strtoull(by + 1, NULL, 10);
    const ScImportEntry *entry =
        *by == 'e' ? g_ptr_array_index(self->entries, index) : NULL;
    *out_taken =
        (ScImportTaken){ .entry = entry,
                         .title = entry != NULL ? entry->pairing->name
                                                : g_ptr_array_index(self->lessons, index),
                         .weeks = weeks };
    return true;
}
