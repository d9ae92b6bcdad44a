/* SPDX-License-Identifier: Apache-2.0 */
/* province-timetable.c: bells, terms with their days off, pairings and weekly entries. */
#include "signaling/province-names.h"
#include "signaling/province-private.h"

static const char *const period_names[SC_PROVINCE_PERIODS] = {
    "第一节", "第二节", "第三节", "第四节", "第五节",   "第六节",
    "第七节", "第八节", "第九节", "第十节", "第十一节", "第十二节",
};

static bool
add_period(ScProvince *self, const char *schedule, unsigned period, GError **error)
{
    unsigned starts_min = sc_province_period_start(period);
    return sc_province_write(
        self,
        "INSERT INTO period (schedule, name, number, starts_min, ends_min)"
        " VALUES ($1, $2, $3, $4, $5)",
        (const char *const[]){ schedule, period_names[period - 1], NULL },
        (const int64_t[]){ period, starts_min, starts_min + SC_PROVINCE_LESSON_MIN }, 3,
        error);
}

/* One for each city. */
bool
sc_province_add_bells(ScProvince *self, GError **error)
{
    for (unsigned i = 0; i < self->n_cities; i++) {
        g_autofree char *id = sc_province_id("bells", i);
        g_autofree char *city = sc_province_id("city", i);
        if (!sc_province_write(self,
                               "INSERT INTO bell_schedule (id, organisation, name)"
                               " VALUES ($1, $2, $3)",
                               (const char *const[]){ id, city, "作息时间", NULL }, NULL,
                               0, error))
            return false;
        for (unsigned period = 1; period <= SC_PROVINCE_PERIODS; period++)
            if (!add_period(self, id, period, error))
                return false;
    }
    return true;
}

/* Two days off, of which one is held later. */
static bool
add_exceptions(ScProvince *self, const char *term, const char *first, GError **error)
{
    static const struct {
        int day;
        int follows; /* −1: off */
        const char *name;
    } exceptions[] = {
        { 45, -1, "假日" },
        { 46, -1, "假日" },
        { 54, 46, "调休上课" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(exceptions); i++) {
        char day[SC_DAY_LENGTH + 1], follows[SC_DAY_LENGTH + 1];
        bool is_off = exceptions[i].follows < 0;
        sc_day_add(first, exceptions[i].day, day);
        sc_day_add(first, MAX(exceptions[i].follows, 0), follows);
        if (!sc_province_write(
                self,
                "INSERT INTO term_exception (term, day, name, kind, follows)"
                " VALUES ($1, $2, $3, $4, NULLIF($5, ''))",
                (const char *const[]){ term, day, exceptions[i].name,
                                       is_off ? "off" : "work", is_off ? "" : follows,
                                       NULL },
                NULL, 0, error))
            return false;
    }
    return true;
}

static bool
add_receiving(ScProvince *self, const char *pairing, const ScProvinceGroup *group,
              GError **error)
{
    for (unsigned i = 0; i < SC_PROVINCE_RECEIVING; i++) {
        g_autofree char *site = sc_province_id("site", group->receiving[i]);
        if (!sc_province_write(self,
                               "INSERT INTO pairing_site (pairing, site, place)"
                               " VALUES ($1, $2, $3)",
                               (const char *const[]){ pairing, site, NULL },
                               (const int64_t[]){ i }, 1, error))
            return false;
    }
    return true;
}

static bool
add_pairing(ScProvince *self, const char *term, const char *state, unsigned index,
            unsigned subject, GError **error)
{
    const ScProvinceGroup *group = &g_array_index(self->groups, ScProvinceGroup, index);
    g_autofree char *id = sc_province_pairing_id(term, index, subject);
    g_autofree char *county = sc_province_id("county", group->county);
    g_autofree char *giving = sc_province_id("site", group->giving);
    g_autofree char *teacher = sc_province_teacher_id(index, subject);
    const char *grade = sc_province_name_grade(index);
    const char *what = sc_province_name_subject(subject);
    g_autofree char *name = g_strconcat(grade, what, NULL);
    const char *const texts[] = { id,      county, term,  name,  giving,
                                  teacher, what,   grade, state, NULL };
    return sc_province_write(self,
                             "INSERT INTO pairing (id, organisation, term, name,"
                             " giving_site, teacher, subject, grade, state)"
                             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                             texts, NULL, 0, error)
           && add_receiving(self, id, group, error)
           && sc_province_write(
               self,
               "INSERT INTO pairing_history"
               " (pairing, state, reason, at_ms) VALUES ($1, $2, '', $3)",
               (const char *const[]){ id, "active", NULL },
               (const int64_t[]){ self->plan->now_ms }, 1, error)
           && sc_province_note(self, "create-pairing", "pairing", id, county, error);
}

static bool
add_entry(ScProvince *self, const char *term, const ScProvinceEntry *entry,
          GError **error)
{
    const ScProvinceGroup *group =
        &g_array_index(self->groups, ScProvinceGroup, entry->group);
    g_autofree char *id = sc_province_entry_id(term, entry);
    g_autofree char *pairing = sc_province_pairing_id(term, entry->group, entry->subject);
    g_autofree char *county = sc_province_id("county", group->county);
    g_autofree char *schedule =
        sc_province_id("bells", sc_province_city_of_county(self, group->county));
    return sc_province_write(
               self,
               "INSERT INTO entry (id, pairing, schedule, weeks, weekday, period,"
               " last_week) VALUES ($1, $2, $3, $4, $5, $6, $7)",
               (const char *const[]){ id, pairing, schedule,
                                      sc_week_rule_get_name(entry->rule), NULL },
               (const int64_t[]){ entry->weekday, entry->period, SC_PROVINCE_TERM_WEEKS },
               3, error)
           && sc_province_note(self, "create-entry", "entry", id, county, error);
}

bool
sc_province_add_term(ScProvince *self, const char *term, const char *name,
                     const char *first, const char *state, GError **error)
{
    char last[SC_DAY_LENGTH + 1];
    sc_day_add(first, 7 * SC_PROVINCE_TERM_WEEKS - 1, last);
    if (!sc_province_write(
            self,
            "INSERT INTO term (id, organisation, name, first_day, last_day)"
            " VALUES ($1, $2, $3, $4, $5)",
            (const char *const[]){ term, SC_PROVINCE_ID, name, first, last, NULL }, NULL,
            0, error)
        || !add_exceptions(self, term, first, error))
        return false;
    for (unsigned i = 0; i < self->groups->len; i++)
        for (unsigned subject = 0; subject < SC_PROVINCE_SUBJECTS; subject++)
            if (!add_pairing(self, term, state, i, subject, error))
                return false;
    for (unsigned i = 0; i < self->entries->len; i++)
        if (!add_entry(self, term, &g_array_index(self->entries, ScProvinceEntry, i),
                       error))
            return false;
    return true;
}
