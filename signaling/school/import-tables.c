/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "signaling/school/import-tables-private.h"

static void
person_clear(gpointer person)
{
    g_array_unref(((ScImportPerson *)person)->schools);
}

static void
pairing_free(gpointer data)
{
    ScImportPairing *pairing = data;
    g_ptr_array_unref(pairing->receiving);
    g_free(pairing);
}

static GHashTable *
new_table(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

ScImportTables *
sc_import_tables_new(unsigned n_weeks)
{
    ScImportTables *self = g_new0(ScImportTables, 1);
    self->n_weeks = n_weeks;
    self->texts = g_string_chunk_new(65536);
    self->organisations = g_array_new(FALSE, FALSE, sizeof(ScImportOrganisation));
    self->sites = g_array_new(FALSE, FALSE, sizeof(ScImportSite));
    self->people = g_array_new(FALSE, FALSE, sizeof(ScImportPerson));
    g_array_set_clear_func(self->people, person_clear);
    self->schedules = g_array_new(FALSE, FALSE, sizeof(ScImportSchedule));
    self->pairings = g_ptr_array_new_with_free_func(pairing_free);
    self->entries = g_ptr_array_new_with_free_func(g_free);
    self->lessons = g_ptr_array_new();
    self->indexes = new_table();
    self->by_key = new_table();
    self->by_site = new_table();
    self->by_row = new_table();
    self->taught = new_table();
    self->site_names = sc_names_new();
    self->people_names = sc_names_new();
    self->schedule_names = sc_names_new();
    self->occupancy = sc_occupancy_new();
    self->load = sc_term_load_new(n_weeks);
    return self;
}

void
sc_import_tables_free(ScImportTables *self)
{
    if (self == NULL)
        return;
    sc_term_load_free(self->load);
    sc_occupancy_free(self->occupancy);
    sc_names_free(self->schedule_names);
    sc_names_free(self->people_names);
    sc_names_free(self->site_names);
    g_hash_table_unref(self->taught);
    g_hash_table_unref(self->by_row);
    g_hash_table_unref(self->by_site);
    g_hash_table_unref(self->by_key);
    g_hash_table_unref(self->indexes);
    g_ptr_array_unref(self->lessons);
    g_ptr_array_unref(self->entries);
    g_ptr_array_unref(self->pairings);
    g_array_unref(self->schedules);
    g_array_unref(self->people);
    g_array_unref(self->sites);
    g_array_unref(self->organisations);
    g_string_chunk_free(self->texts);
    g_free(self);
}

const char *
sc_import_tables_keep(ScImportTables *self, const char *text)
{
    return text != NULL ? g_string_chunk_insert_const(self->texts, text) : NULL;
}

void
sc_import_tables_set_index(ScImportTables *self, char kind, const char *id,
                           unsigned index)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): GLib's macro */
    gpointer value = GUINT_TO_POINTER(index + 1);
    g_hash_table_insert(self->indexes, g_strdup_printf("%c%s", kind, id), value);
}

unsigned
sc_import_tables_find_index(const ScImportTables *self, char kind, const char *id)
{
    char key[80];
    if (id == NULL || strlen(id) > sizeof key - 2)
        return SC_IMPORT_NONE;
    g_snprintf(key, sizeof key, "%c%s", kind, id);
    gpointer index = g_hash_table_lookup(self->indexes, key);
    return index != NULL ? GPOINTER_TO_UINT(index) - 1 : SC_IMPORT_NONE;
}

unsigned
sc_import_tables_get_n_weeks(const ScImportTables *self)
{
    return self->n_weeks;
}

/* Organisations. */

unsigned
sc_import_tables_count(const ScImportTables *self)
{
    return self->organisations->len;
}

unsigned
sc_import_tables_find_organisation(const ScImportTables *self, const char *id)
{
    return sc_import_tables_find_index(self, 'o', id);
}

const ScImportOrganisation *
sc_import_tables_get_organisation(const ScImportTables *self, unsigned index)
{
    return &g_array_index(self->organisations, ScImportOrganisation, index);
}

static ScImportOrganisation *
get_organisation(ScImportTables *self, unsigned index)
{
    return &g_array_index(self->organisations, ScImportOrganisation, index);
}

void
sc_import_tables_add_organisation(ScImportTables *self, const char *id,
                                  const char *parent, const char *name)
{
    ScImportOrganisation organisation = { .id = sc_import_tables_keep(self, id),
                                          .parent = sc_import_tables_keep(self, parent),
                                          .name = sc_import_tables_keep(self, name),
                                          .above = SC_IMPORT_NONE };
    sc_import_tables_set_index(self, 'o', id, self->organisations->len);
    g_array_append_val(self->organisations, organisation);
}

void
sc_import_tables_appoint(ScImportTables *self, const char *organisation, bool administers)
{
    unsigned index = sc_import_tables_find_organisation(self, organisation);
    if (index == SC_IMPORT_NONE)
        return;
    get_organisation(self, index)->is_appointed |= administers;
    get_organisation(self, index)->is_seen_appointed = true;
}

void
sc_import_tables_link(ScImportTables *self)
{
    for (unsigned i = 0; i < self->organisations->len; i++) {
        ScImportOrganisation *organisation = get_organisation(self, i);
        organisation->above =
            sc_import_tables_find_organisation(self, organisation->parent);
    }
    for (unsigned i = 0; i < self->organisations->len; i++) {
        ScImportOrganisation *organisation = get_organisation(self, i);
        for (unsigned up = i; up != SC_IMPORT_NONE;
             up = get_organisation(self, up)->above) {
            organisation->is_administered |= get_organisation(self, up)->is_appointed;
            organisation->is_seen |= get_organisation(self, up)->is_seen_appointed;
        }
    }
}

bool
sc_import_tables_is_below(const ScImportTables *self, unsigned index, unsigned above)
{
    while (index != SC_IMPORT_NONE && index != above)
        index = sc_import_tables_get_organisation(self, index)->above;
    return index == above && index != SC_IMPORT_NONE;
}

unsigned
sc_import_tables_join(const ScImportTables *self, unsigned one, unsigned other)
{
    while (one != SC_IMPORT_NONE && !sc_import_tables_is_below(self, other, one))
        one = sc_import_tables_get_organisation(self, one)->above;
    return one;
}

/* The names from the root to @organisation and @name, lent; to be freed. */
static const char **
list_path(const ScImportTables *self, unsigned organisation, const char *name)
{
    GPtrArray *path = g_ptr_array_new();
    g_ptr_array_add(path, (gpointer)name);
    for (unsigned up = organisation; up != SC_IMPORT_NONE;
         up = sc_import_tables_get_organisation(self, up)->above)
        g_ptr_array_insert(path, 0,
                           (gpointer)sc_import_tables_get_organisation(self, up)->name);
    g_ptr_array_add(path, NULL);
    return (const char **)g_ptr_array_free(path, FALSE);
}

/* Sites. */

unsigned
sc_import_tables_find_site(const ScImportTables *self, const char *id)
{
    return sc_import_tables_find_index(self, 's', id);
}

const ScImportSite *
sc_import_tables_get_site(const ScImportTables *self, unsigned index)
{
    return &g_array_index(self->sites, ScImportSite, index);
}

void
sc_import_tables_add_site(ScImportTables *self, const char *id, const char *organisation,
                          const char *name, bool gives, bool receives)
{
    ScImportSite site = { .id = sc_import_tables_keep(self, id),
                          .name = sc_import_tables_keep(self, name),
                          .organisation =
                              sc_import_tables_find_organisation(self, organisation),
                          .gives = gives,
                          .receives = receives };
    if (site.organisation == SC_IMPORT_NONE)
        return;
    sc_import_tables_set_index(self, 's', id, self->sites->len);
    if (sc_import_tables_get_organisation(self, site.organisation)->is_administered) {
        g_autofree const char **path = list_path(self, site.organisation, site.name);
        sc_names_add(self->site_names, path, id, self->sites->len);
    }
    g_array_append_val(self->sites, site);
}

unsigned
sc_import_tables_name_site(const ScImportTables *self, const char *text,
                           unsigned *out_index)
{
    const GArray *found = sc_names_find(self->site_names, text);
    if (found == NULL)
        return 0;
    *out_index = g_array_index(found, unsigned, 0);
    return found->len;
}

static char *
join_path(const char *const *path)
{
    return g_strjoinv("/", (char **)path);
}

char *
sc_import_tables_print_site(const ScImportTables *self, unsigned site, char **out_school)
{
    const ScImportSite *its = sc_import_tables_get_site(self, site);
    g_autofree const char **path = list_path(self, its->organisation, its->name);
    unsigned n = g_strv_length((char **)path);
    bool is_named =
        sc_import_tables_get_organisation(self, its->organisation)->is_administered;
    unsigned index = 0;
    g_autofree char *text = join_path((const char *const *)path + n - 2);
    for (unsigned up = 2; is_named && up <= n; up++) {
        g_free(text);
        text = join_path((const char *const *)path + n - up);
        if (sc_import_tables_name_site(self, text, &index) != 1)
            continue;
        break;
    }
    if (is_named && (sc_import_tables_name_site(self, text, &index) != 1)) {
        g_free(text);
        text = g_strdup(its->id);
    }
    if (out_school != NULL)
        *out_school = g_str_has_suffix(text, its->name)
                          ? g_strndup(text, strlen(text) - strlen(its->name) - 1)
                          : g_strdup("");
    return g_steal_pointer(&text);
}

/* People. */

unsigned
sc_import_tables_find_person(const ScImportTables *self, const char *id)
{
    return sc_import_tables_find_index(self, 'p', id);
}

const ScImportPerson *
sc_import_tables_get_person(const ScImportTables *self, unsigned index)
{
    return &g_array_index(self->people, ScImportPerson, index);
}

void
sc_import_tables_add_person(ScImportTables *self, const char *id, const char *name,
                            const char *sign_in, bool is_active)
{
    ScImportPerson person = { .id = sc_import_tables_keep(self, id),
                              .name = sc_import_tables_keep(self, name),
                              .sign_in = sc_import_tables_keep(self, sign_in),
                              .is_active = is_active };
    if (sc_import_tables_find_person(self, id) != SC_IMPORT_NONE)
        return;
    person.schools = g_array_new(FALSE, FALSE, sizeof(unsigned));
    sc_import_tables_set_index(self, 'p', id, self->people->len);
    sc_names_add(self->people_names, (const char *const[]){ name, NULL }, sign_in,
                 self->people->len);
    g_array_append_val(self->people, person);
}

void
sc_import_tables_add_teacher(ScImportTables *self, const char *person,
                             const char *organisation)
{
    unsigned index = sc_import_tables_find_person(self, person);
    unsigned school = sc_import_tables_find_organisation(self, organisation);
    if (index != SC_IMPORT_NONE && school != SC_IMPORT_NONE)
        g_array_append_val(g_array_index(self->people, ScImportPerson, index).schools,
                           school);
}

bool
sc_import_tables_teaches_at(const ScImportTables *self, unsigned person, unsigned school)
{
    const ScImportPerson *its = sc_import_tables_get_person(self, person);
    for (guint i = 0; its->is_active && i < its->schools->len; i++)
        if (sc_import_tables_is_below(self, school,
                                      g_array_index(its->schools, unsigned, i)))
            return true;
    return false;
}

char *
sc_import_tables_make_taught_key(unsigned school, unsigned person)
{
    return g_strdup_printf("%u|%u", school, person);
}

static bool
is_taught_by(const ScImportTables *self, unsigned school, unsigned person)
{
    g_autofree char *key = sc_import_tables_make_taught_key(school, person);
    return g_hash_table_contains(self->taught, key);
}

/* Of those called @text whoever is at the school; @is_lenient: or teaches there. A
 * sign-in name comes before names. */
static unsigned
count_teachers(const ScImportTables *self, const GArray *found, unsigned school,
               const char *text, bool is_lenient, unsigned *out_index)
{
    unsigned n = 0;
    for (guint i = 0; i < found->len; i++) {
        unsigned person = g_array_index(found, unsigned, i);
        if (!sc_import_tables_teaches_at(self, person, school)
            && !(is_lenient && is_taught_by(self, school, person)))
            continue;
        *out_index = person;
        if (g_str_equal(sc_import_tables_get_person(self, person)->sign_in, text))
            return 1;
        n++;
    }
    return n;
}

unsigned
sc_import_tables_name_teacher(const ScImportTables *self, unsigned school,
                              const char *text, unsigned *out_index)
{
    const GArray *found = sc_names_find(self->people_names, text);
    if (found == NULL)
        return 0;
    unsigned n = count_teachers(self, found, school, text, false, out_index);
    return n > 0 ? n : count_teachers(self, found, school, text, true, out_index);
}

char *
sc_import_tables_print_teacher(const ScImportTables *self, unsigned school,
                               unsigned person)
{
    const ScImportPerson *its = sc_import_tables_get_person(self, person);
    unsigned index = SC_IMPORT_NONE;
    bool is_clear = sc_import_tables_name_teacher(self, school, its->name, &index) == 1
                    && index == person;
    return g_strdup(is_clear ? its->name : its->sign_in);
}

/* Bells. */

unsigned
sc_import_tables_find_schedule(const ScImportTables *self, const char *id)
{
    return sc_import_tables_find_index(self, 'b', id);
}

const ScImportSchedule *
sc_import_tables_get_schedule(const ScImportTables *self, unsigned index)
{
    return &g_array_index(self->schedules, ScImportSchedule, index);
}

void
sc_import_tables_add_schedule(ScImportTables *self, const char *id,
                              const char *organisation, const char *name)
{
    ScImportSchedule schedule = { .id = sc_import_tables_keep(self, id),
                                  .name = sc_import_tables_keep(self, name),
                                  .organisation = sc_import_tables_find_organisation(
                                      self, organisation) };
    if (schedule.organisation == SC_IMPORT_NONE)
        return;
    g_autofree const char **path = list_path(self, schedule.organisation, schedule.name);
    sc_import_tables_set_index(self, 'b', id, self->schedules->len);
    sc_names_add(self->schedule_names, path, id, self->schedules->len);
    g_array_append_val(self->schedules, schedule);
}

void
sc_import_tables_add_period(ScImportTables *self, const char *schedule, unsigned number,
                            const char *name, unsigned starts_min, unsigned ends_min)
{
    unsigned index = sc_import_tables_find_schedule(self, schedule);
    if (index == SC_IMPORT_NONE || number < 1 || number > SC_IMPORT_PERIODS_MAX)
        return;
    ScImportSchedule *its = &g_array_index(self->schedules, ScImportSchedule, index);
    its->starts_min[number - 1] = starts_min;
    its->ends_min[number - 1] = ends_min;
    its->period_names[number - 1] = sc_import_tables_keep(self, name);
}

/* Those that hold for @school; @text NULL: by any name. */
static unsigned
count_schedules(const ScImportTables *self, unsigned school, const char *text,
                unsigned *out_index)
{
    const GArray *found = text != NULL ? sc_names_find(self->schedule_names, text) : NULL;
    unsigned n_found = text == NULL    ? self->schedules->len
                       : found != NULL ? found->len
                                       : 0;
    unsigned n = 0;
    for (unsigned i = 0; i < n_found; i++) {
        unsigned index = found != NULL ? g_array_index(found, unsigned, i) : i;
        const ScImportSchedule *its = sc_import_tables_get_schedule(self, index);
        bool is_id =
            text != NULL && g_str_equal(its->id, text)
            && sc_import_tables_get_organisation(self, its->organisation)->is_seen;
        if (!is_id && !sc_import_tables_is_below(self, school, its->organisation))
            continue;
        *out_index = index;
        n++;
    }
    return n;
}

unsigned
sc_import_tables_name_schedule(const ScImportTables *self, unsigned school,
                               const char *text, unsigned *out_index)
{
    return count_schedules(self, school, *text != '\0' ? text : NULL, out_index);
}

char *
sc_import_tables_print_schedule(const ScImportTables *self, unsigned school,
                                unsigned schedule)
{
    const ScImportSchedule *its = sc_import_tables_get_schedule(self, schedule);
    g_autofree const char **path = list_path(self, its->organisation, its->name);
    for (unsigned n = g_strv_length((char **)path); n > 0; n--) {
        unsigned index = SC_IMPORT_NONE;
        g_autofree char *text = join_path((const char *const *)path + n - 1);
        if (sc_import_tables_name_schedule(self, school, text, &index) == 1
            && index == schedule)
            return g_steal_pointer(&text);
    }
    return g_strdup(its->id);
}
