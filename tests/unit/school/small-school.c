/* SPDX-License-Identifier: Apache-2.0 */
#include "small-school.h"

#include <glib/gstdio.h>

#include "signaling/store/organisation.h"
#include "signaling/store/person.h"
#include "signaling/store/site.h"

static const char *const rows[] = {
    "INSERT INTO term (id, organisation, name, first_day, last_day)"
    " VALUES ('term', 'county', '秋', '2026-09-07', '2026-10-04')",
    "INSERT INTO bell_schedule (id, organisation, name) VALUES ('bells', 'county', '铃')",
    "INSERT INTO period (schedule, number, name, starts_min, ends_min)"
    " VALUES ('bells', 1, '一', 480, 520), ('bells', 2, '二', 540, 580)",
    "INSERT INTO pairing (id, organisation, term, name, giving_site, teacher, subject, "
    "state)"
    " VALUES ('pairing', 'county', 'term', '五年级数学', 'giving', 'zhang', '数学', "
    "'active')",
    "INSERT INTO pairing_site (pairing, site, place)"
    " VALUES ('pairing', 'near', 0), ('pairing', 'far', 1)",
    "INSERT INTO entry (id, pairing, weekday, schedule, period)"
    " VALUES ('entry', 'pairing', 1, 'bells', 1)",
};

static void
build(SmallSchool *school)
{
    g_autoptr(GError) error = NULL;
    static const ScOrganisation organisations[] = {
        { "county", NULL, SC_ORGANISATION_COUNTY, "县", "" },
        { "town", "county", SC_ORGANISATION_SCHOOL, "镇", "" },
        { "village", "county", SC_ORGANISATION_SCHOOL, "村", "" },
    };
    static const ScSite sites[] = {
        { "giving", "town", "授课", "" },
        { "near", "village", "近", "" },
        { "far", "village", "远", "" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(organisations); i++)
        g_assert_true(
            sc_store_put_organisation(school->store, &organisations[i], &error));
    for (unsigned i = 0; i < G_N_ELEMENTS(sites); i++)
        g_assert_true(sc_store_put_site(school->store, &sites[i], &error));
    char id[] = "zhang", organisation[] = "town", name[] = "张";
    const ScPersonRow person = {
        .id = id, .organisation = organisation, .sign_in = id, .name = name
    };
    g_assert_true(sc_store_add_person(school->store, &person, 0, &error));
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        small_school_run(school, rows[i]);
}

void
small_school_open(SmallSchool *school)
{
    g_autoptr(GError) error = NULL;
    school->store = sc_store_open(school->path, &error);
    g_assert_no_error(error);
}

void
small_school_close(SmallSchool *school)
{
    g_clear_pointer(&school->store, sc_store_free);
}

void
small_school_set_up(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    school->folder = g_dir_make_tmp("sc-school-XXXXXX", NULL);
    g_assert_nonnull(school->folder);
    school->path = g_build_filename(school->folder, "synclass.db", NULL);
    school->zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_assert_nonnull(school->zone);
    small_school_open(school);
    build(school);
}

void
small_school_tear_down(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    static const char *const endings[] = { "", "-wal", "-shm" };
    small_school_close(school);
    for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_strconcat(school->path, endings[i], NULL);
        (void)g_remove(path);
    }
    g_assert_cmpint(g_rmdir(school->folder), ==, 0);
    g_time_zone_unref(school->zone);
    g_free(school->folder);
    g_free(school->path);
}

void
small_school_run(SmallSchool *school, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_auto(ScQuery) query = { 0 };
    bool done = sc_query_init(&query, school->store, g_intern_string(sql), &error)
                && sc_query_run(&query, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

char *
small_school_read(SmallSchool *school, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(ScQuery) query = { 0 };
    bool has_row = true;
    g_assert_true(sc_query_init(&query, school->store, g_intern_string(sql), &error));
    while (sc_query_step(&query, &has_row, &error) && has_row) {
        int n = sqlite3_column_count(query.state);
        for (int i = 0; i < n; i++) {
            const char *value = sc_query_get_text(&query, i);
            g_string_append_printf(text, "%s%s", i > 0 ? "|" : "",
                                   value != NULL ? value : "-");
        }
        g_string_append_c(text, '\n');
    }
    g_assert_no_error(error);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

int64_t
small_school_count(SmallSchool *school, const char *sql)
{
    g_autofree char *text = small_school_read(school, sql);
    return g_ascii_strtoll(text, NULL, 10);
}
