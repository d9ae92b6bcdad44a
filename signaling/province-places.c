/* SPDX-License-Identifier: Apache-2.0 */
/* province-places.c: organisations, classrooms with their devices, and who works there.
 */
#include "signaling/province-names.h"
#include "signaling/province-private.h"
#include "signaling/store/device.h"
#include "signaling/store/organisation.h"
#include "signaling/store/person.h"
#include "signaling/store/site.h"

#define MINUTE_MS (60LL * 1000)
#define DAY_MS (24LL * 60 * MINUTE_MS)
#define TOWN_PART 3 /* one school of so many is in a town, and gives */

static bool
put_organisation(ScProvince *self, ScOrganisationKind kind, const char *id,
                 const char *parent, const ScProvinceName *name, GError **error)
{
    const ScOrganisation row = { id, parent, kind, name->zh, name->en };
    return sc_store_put_organisation(self->store, &row, error)
           && sc_province_note(self, "create-organisation", "organisation", id, id,
                               error);
}

static bool
put_city(ScProvince *self, unsigned index, GError **error)
{
    g_autofree char *id = sc_province_id("city", index);
    g_auto(ScProvinceName) name = sc_province_name_city(index);
    return put_organisation(self, SC_ORGANISATION_CITY, id, SC_PROVINCE_ID, &name, error);
}

static bool
put_county(ScProvince *self, unsigned index, GError **error)
{
    g_autofree char *id = sc_province_id("county", index);
    g_autofree char *city =
        sc_province_id("city", sc_province_city_of_county(self, index));
    g_auto(ScProvinceName) name = sc_province_name_county(index);
    return put_organisation(self, SC_ORGANISATION_COUNTY, id, city, &name, error);
}

/* Its number among its county's. */
static unsigned
rank_in_county(const ScProvince *self, unsigned school)
{
    unsigned rank = 0;
    while (rank < school
           && sc_province_county_of_school(self, school - rank - 1)
                  == sc_province_county_of_school(self, school))
        rank++;
    return rank;
}

static ScProvinceName
name_school(const ScProvince *self, unsigned school)
{
    unsigned rank = rank_in_county(self, school);
    unsigned n = MAX(self->plan->n_schools / self->n_counties, 1);
    return sc_province_name_school(sc_province_county_of_school(self, school), rank,
                                   rank * TOWN_PART < n);
}

static bool
put_school(ScProvince *self, unsigned index, GError **error)
{
    g_autofree char *id = sc_province_id("school", index);
    g_autofree char *county =
        sc_province_id("county", sc_province_county_of_school(self, index));
    g_auto(ScProvinceName) name = name_school(self, index);
    return put_organisation(self, SC_ORGANISATION_SCHOOL, id, county, &name, error);
}

/* Most are well, some have no camera, some were not heard of for days. */
static bool
put_device(ScProvince *self, unsigned index, const char *site, GError **error)
{
    unsigned dice = (unsigned)g_rand_int_range(self->chance, 0, 100);
    int64_t now_ms = self->plan->now_ms;
    int64_t ago_ms = dice < 90
                         ? g_rand_int_range(self->chance, 1, 50) * 1000LL
                         : g_rand_int_range(self->chance, 1, 240) * (30 * MINUTE_MS);
    g_autofree char *id = sc_province_id("device", index);
    g_autofree char *address = g_strdup_printf("10.%u.%u.%u", index / 60000 + 20,
                                               index / 250 % 240, index % 250);
    g_autofree char *health = g_strdup_printf(
        "{\"camera\":\"%s\",\"microphone\":\"%s\",\"screen\":\"ok\"}",
        dice % 31 == 5 ? "missing" : "ok", dice % 47 == 6 ? "broken" : "ok");
    const ScDeviceEnrolled device = {
        .id = id,
        .site = site,
        .name = "教室一体机",
        .enrolled_by = NULL,
        .address = address,
        .program = "synclass 0.4.0 kiosk",
        .enrolled_ms = now_ms - 60 * DAY_MS,
    };
    const ScLine line = {
        .down_kbps = g_rand_int_range(self->chance, 4000, 100000),
        .up_kbps = g_rand_int_range(self->chance, 1500, 30000),
        .rtt_ms = g_rand_int_range(self->chance, 8, 90),
        .loss_permille = MAX(g_rand_int_range(self->chance, -10, 25), 0),
    };
    return sc_store_add_device(self->store, &device, error)
           && sc_store_note_device(self->store, id, address, device.program, health,
                                   now_ms - ago_ms, error)
           && sc_store_set_site_line(self->store, site, &line, now_ms - ago_ms, error);
}

static bool
put_site(ScProvince *self, unsigned index, GError **error)
{
    unsigned school = sc_province_school_of_site(self, index);
    unsigned rank = 0;
    while (rank < index && sc_province_school_of_site(self, index - rank - 1) == school)
        rank++;
    g_autofree char *id = sc_province_id("site", index);
    g_autofree char *organisation = sc_province_id("school", school);
    g_autofree char *room =
        g_strdup_printf("教学楼 %u%02u", rank % 4 + 1, index % 12 + 1);
    g_auto(ScProvinceName) of = name_school(self, school);
    g_auto(ScProvinceName) name = sc_province_name_site(&of, rank);
    const ScSite site = { id, organisation, name.zh, name.en };
    return sc_store_put_site(self->store, &site, error)
           && sc_province_write(self, "UPDATE site SET room = $1 WHERE id = $2",
                                (const char *const[]){ room, id, NULL }, NULL, 0, error)
           && sc_province_note(self, "create-site", "site", id, organisation, error)
           && put_device(self, index, id, error);
}

/* @put for each index below @n. */
static bool
put_each(ScProvince *self, unsigned n, bool (*put)(ScProvince *, unsigned, GError **),
         GError **error)
{
    for (unsigned i = 0; i < n; i++)
        if (!put(self, i, error))
            return false;
    return true;
}

bool
sc_province_add_places(ScProvince *self, GError **error)
{
    const ScOrganisation province = { SC_PROVINCE_ID, NULL, SC_ORGANISATION_PROVINCE,
                                      "云岭省", "Yunling Province" };
    return sc_store_put_organisation(self->store, &province, error)
           && put_each(self, self->n_cities, put_city, error)
           && put_each(self, self->n_counties, put_county, error)
           && put_each(self, self->plan->n_schools, put_school, error)
           && put_each(self, self->plan->n_sites, put_site, error);
}

static bool
put_teacher(ScProvince *self, unsigned index, GError **error)
{
    unsigned group = index / SC_PROVINCE_SUBJECTS;
    g_autofree char *id = sc_province_teacher_id(group, index % SC_PROVINCE_SUBJECTS);
    g_autofree char *school = sc_province_id(
        "school", g_array_index(self->groups, ScProvinceGroup, group).school);
    g_auto(ScProvinceName) name = sc_province_name_person(index);
    g_autofree char *sign_in = g_strdup_printf("%s%u", name.en, index + 1);
    const ScPersonRow row = {
        .id = id, .organisation = school, .sign_in = sign_in, .name = name.zh
    };
    return sc_store_add_person(self->store, &row, self->plan->now_ms, error)
           && sc_store_add_appointment(self->store, id, school, "teacher", error)
           && sc_province_note(self, "create-person", "person", id, school, error);
}

bool
sc_province_add_teachers(ScProvince *self, GError **error)
{
    return put_each(self, self->groups->len * SC_PROVINCE_SUBJECTS, put_teacher, error);
}
