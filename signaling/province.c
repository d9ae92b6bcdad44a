/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "signaling/province-names.h"
#include "signaling/province-private.h"
#include "signaling/school/generation.h"
#include "signaling/school/occupancy.h"
#include "signaling/store/audit.h"
#include "signaling/store/organisation.h"
#include "signaling/store/person.h"
#include "signaling/store/query.h"
#include "signaling/store/timetable.h"

#define ZONE "Asia/Shanghai"
#define SCHOOLS_PER_COUNTY 20
#define COUNTIES_PER_CITY 5
#define CITIES_MAX 60 /* names of places: the rest are of counties */
#define COUNTIES_MAX (SC_PROVINCE_PLACES - CITIES_MAX)
#define EARLIER_WEEKS 24 /* from the beginning of one term to that of the next */
#define SLOTS (SC_PROVINCE_DAYS * SC_PROVINCE_PERIODS)
#define SLOT_STEP 13 /* has no divisor in common with SLOTS: slots come once each */
#define GROUP_STEP 7
#define BATCH 500 /* entries of one transaction */
#define DAY_MS (24LL * 3600 * 1000)

static const unsigned period_starts[SC_PROVINCE_PERIODS] = {
    460, 510, 560, 610, 660, 810, 860, 910, 960, 1110, 1160, 1210,
};

char *
sc_province_id(const char *noun, unsigned index)
{
    return g_strdup_printf("%s-%u", noun, index + 1);
}

unsigned
sc_province_school_of_site(const ScProvince *self, unsigned site)
{
    return (unsigned)((uint64_t)site * self->plan->n_schools / self->plan->n_sites);
}

unsigned
sc_province_county_of_school(const ScProvince *self, unsigned school)
{
    return (unsigned)((uint64_t)school * self->n_counties / self->plan->n_schools);
}

unsigned
sc_province_city_of_county(const ScProvince *self, unsigned county)
{
    return county * self->n_cities / self->n_counties;
}

unsigned
sc_province_period_start(unsigned period)
{
    return period_starts[period - 1];
}

char *
sc_province_pairing_id(const char *term, unsigned group, unsigned subject)
{
    return g_strdup_printf("%s:p%u.%u", term, group + 1, subject + 1);
}

char *
sc_province_entry_id(const char *term, const ScProvinceEntry *entry)
{
    return g_strdup_printf("%s:e%u.%u", term, entry->group + 1, entry->number + 1);
}

char *
sc_province_teacher_id(unsigned group, unsigned subject)
{
    return sc_province_id("teacher", group * SC_PROVINCE_SUBJECTS + subject);
}

bool
sc_province_write(ScProvince *self, const char *sql, const char *const *texts,
                  const int64_t *integers, unsigned n_integers, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, self->store, sql, error))
        return false;
    for (unsigned i = 0; texts[i] != NULL; i++)
        sc_query_bind_text(&query, texts[i]);
    for (unsigned i = 0; i < n_integers; i++)
        sc_query_bind_integer(&query, integers[i]);
    return sc_query_run(&query, error);
}

bool
sc_province_note(ScProvince *self, const char *action, const char *kind,
                 const char *object, const char *organisation, GError **error)
{
    const ScAuditRow row = {
        .at_ms = self->plan->now_ms - self->plan->n_weeks * (7 * DAY_MS),
        .actor = SC_PROVINCE_ADMIN,
        .actor_name = "省管理员",
        .address = "10.20.0.8",
        .action = action,
        .outcome = SC_AUDIT_DONE,
        .kind = kind,
        .object = object,
        .organisation = organisation,
    };
    return sc_store_add_audit(self->store, &row, error);
}

/* Groups of the sites [@begin, @end) of a county: the first third of them gives. */
static void
group_county(ScProvince *self, unsigned county, unsigned begin, unsigned end)
{
    unsigned n_groups = (end - begin) / (1 + SC_PROVINCE_RECEIVING);
    for (unsigned i = 0; i < n_groups; i++) {
        ScProvinceGroup group = { .giving = begin + i, .county = county };
        for (unsigned j = 0; j < SC_PROVINCE_RECEIVING; j++)
            group.receiving[j] = begin + n_groups + i * SC_PROVINCE_RECEIVING + j;
        group.school = sc_province_school_of_site(self, group.giving);
        g_array_append_val(self->groups, group);
    }
}

static void
make_groups(ScProvince *self)
{
    unsigned begin = 0;
    for (unsigned county = 0; county < self->n_counties; county++) {
        unsigned end = begin;
        while (
            end < self->plan->n_sites
            && sc_province_county_of_school(self, sc_province_school_of_site(self, end))
                   == county)
            end++;
        group_county(self, county, begin, end);
        begin = end;
    }
}

static void
add_entry(ScProvince *self, unsigned group, unsigned number, unsigned nth_slot,
          ScWeekRule rule)
{
    unsigned slot = (group * GROUP_STEP + nth_slot * SLOT_STEP) % SLOTS;
    const ScProvinceEntry entry = {
        .group = group,
        .number = number,
        .subject = number % SC_PROVINCE_SUBJECTS,
        .weekday = slot / SC_PROVINCE_PERIODS + 1,
        .period = slot % SC_PROVINCE_PERIODS + 1,
        .rule = rule,
    };
    g_array_append_val(self->entries, entry);
}

/* The last lesson of a week is shared by two subjects, in odd and in even weeks. */
static void
make_entries(ScProvince *self)
{
    unsigned n = self->plan->n_weekly;
    for (unsigned group = 0; group < self->groups->len; group++) {
        for (unsigned i = 0; i + 1 < n; i++)
            add_entry(self, group, i, i, SC_WEEKS_ALL);
        add_entry(self, group, n - 1, n - 1, SC_WEEKS_ODD);
        add_entry(self, group, n, n - 1, SC_WEEKS_EVEN);
    }
}

static void
province_clear(ScProvince *self)
{
    g_clear_pointer(&self->zone, g_time_zone_unref);
    g_clear_pointer(&self->chance, g_rand_free);
    g_clear_pointer(&self->groups, g_array_unref);
    g_clear_pointer(&self->entries, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScProvince, province_clear)

static void
province_init(ScProvince *self, ScStore *store, const ScProvincePlan *plan)
{
    char today[SC_DAY_LENGTH + 1];
    unsigned minute;
    *self = (ScProvince){ .store = store, .plan = plan };
    self->zone = g_time_zone_new_identifier(ZONE);
    g_assert(self->zone != NULL);
    self->chance = g_rand_new_with_seed(plan->seed);
    self->groups = g_array_new(FALSE, FALSE, sizeof(ScProvinceGroup));
    self->entries = g_array_new(FALSE, FALSE, sizeof(ScProvinceEntry));
    self->n_counties = CLAMP(plan->n_schools / SCHOOLS_PER_COUNTY, 1, COUNTIES_MAX);
    self->n_cities = CLAMP(self->n_counties / COUNTIES_PER_CITY, 1, CITIES_MAX);
    sc_instant_split(plan->now_ms, self->zone, today, &minute);
    sc_day_add(today, 1 - (int)sc_day_get_weekday(today), self->monday);
    make_groups(self);
    make_entries(self);
}

static bool
add_terms(ScProvince *self, GError **error)
{
    const ScProvincePlan *plan = self->plan;
    char first[SC_DAY_LENGTH + 1];
    if (plan->in_earlier_term) {
        sc_day_add(self->monday, -7 * EARLIER_WEEKS, first);
        if (!sc_province_add_term(self, SC_PROVINCE_TERM_EARLIER, "上学期", first,
                                  "ended", error))
            return false;
    }
    sc_day_add(self->monday, plan->in_earlier_term ? 0 : -7 * (int)plan->n_weeks, first);
    return sc_province_add_term(self, SC_PROVINCE_TERM, "本学期", first, "active", error);
}

static bool
add_standing(ScProvince *self, GError **error)
{
    return sc_province_add_places(self, error) && sc_province_add_teachers(self, error)
           && sc_province_add_bells(self, error) && add_terms(self, error);
}

/* @act as one durable step. */
static bool
in_transaction(ScProvince *self, bool (*act)(ScProvince *, GError **), GError **error)
{
    if (!sc_store_begin(self->store, error))
        return false;
    if (act(self, error))
        return sc_store_commit(self->store, error);
    sc_store_rollback(self->store);
    return false;
}

/* In the term that is on, up to this minute. */
static bool
add_past(ScProvince *self, GError **error)
{
    char first[SC_DAY_LENGTH + 1];
    int n_weeks = (int)self->plan->n_weeks;
    if (!self->plan->in_earlier_term) {
        sc_day_add(self->monday, -7 * n_weeks, first);
        return sc_province_add_past(self, SC_PROVINCE_TERM, first,
                                    self->plan->n_weeks + 1, error);
    }
    sc_day_add(self->monday, 7 * (SC_PROVINCE_TERM_WEEKS - EARLIER_WEEKS - n_weeks),
               first);
    return sc_province_add_past(self, SC_PROVINCE_TERM_EARLIER, first,
                                self->plan->n_weeks, error);
}

static bool
generate(ScProvince *self, ScGenerator *generator, char *const *entries, unsigned n,
         GError **error)
{
    ScGenerated counts = { 0 };
    if (!sc_store_begin(self->store, error))
        return false;
    for (unsigned i = 0; i < n && entries[i] != NULL; i++) {
        if (sc_generator_run_entry(generator, entries[i], &counts, error))
            continue;
        sc_store_rollback(self->store);
        return false;
    }
    return sc_store_commit(self->store, error);
}

static bool
add_lessons(ScProvince *self, GError **error)
{
    g_auto(GStrv) entries =
        sc_store_list_term_entries(self->store, SC_PROVINCE_TERM, error);
    g_autoptr(ScGenerator) generator =
        sc_generator_new(self->store, self->zone, self->plan->now_ms);
    if (entries == NULL)
        return false;
    unsigned n = g_strv_length(entries);
    for (unsigned i = 0; i < n; i += BATCH)
        if (!generate(self, generator, entries + i, BATCH, error))
            return false;
    return true;
}

/* Last: where they are, all is there. */
static bool
add_people(ScProvince *self, const char *hash, GError **error)
{
    static const struct {
        const char *sign_in, *name, *organisation, *role;
    } people[] = {
        { "inspector", "督学", SC_PROVINCE_ID, "inspector" },
        { "admin.school", "学校管理员", "school-1", "administrator" },
        { "admin.county", "县管理员", "county-1", "administrator" },
        { SC_PROVINCE_ADMIN, "省管理员", SC_PROVINCE_ID, "administrator" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(people); i++) {
        const ScPersonRow row = {
            .id = (char *)people[i].sign_in,
            .organisation = (char *)people[i].organisation,
            .sign_in = (char *)people[i].sign_in,
            .name = (char *)people[i].name,
            .password = (char *)hash,
        };
        if (!sc_store_add_person(self->store, &row, self->plan->now_ms, error)
            || !sc_store_add_appointment(self->store, row.id, row.organisation,
                                         people[i].role, error)) {
            g_prefix_error(error, "person \"%s\": ", row.sign_in);
            return false;
        }
    }
    return self->groups->len == 0
           || sc_store_set_password(self->store, "teacher-1", hash, false, error);
}

bool
sc_province_seed(ScStore *store, const ScProvincePlan *plan, const char *hash,
                 GError **error)
{
    g_auto(ScProvince) self = { 0 };
    g_assert(plan->n_schools >= 1 && plan->n_sites >= plan->n_schools);
    g_assert(plan->n_weekly >= 1 && plan->n_weekly <= SC_PROVINCE_WEEKLY_MAX);
    g_assert(plan->n_weeks <= SC_PROVINCE_WEEKS_MAX);
    province_init(&self, store, plan);
    if (!in_transaction(&self, add_standing, error) || !add_past(&self, error)
        || (plan->makes_lessons && !add_lessons(&self, error))
        || !sc_store_begin(store, error))
        return false;
    if (add_people(&self, hash, error))
        return sc_store_commit(store, error);
    sc_store_rollback(store);
    return false;
}
