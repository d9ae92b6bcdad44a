/* SPDX-License-Identifier: Apache-2.0 */
/* The province: as large as was asked for, sound, and the same for the same seed. */
#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "signaling/province.h"
#include "signaling/store/query.h"
#include "signaling/store/verify.h"

#define NOW_MS \
    1796002500000LL /* 2026-11-30 09:35 in Shanghai: a Monday, lessons are on */

typedef struct {
    char *folder; /* owned */
    char *path;   /* owned */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    fixture->folder = g_dir_make_tmp("sc-province-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "synclass.db", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    (void)g_remove(fixture->path);
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->path);
}

static ScProvincePlan
make_plan(void)
{
    return (ScProvincePlan){ .n_schools = 40,
                             .n_sites = 100,
                             .n_weekly = 4,
                             .n_weeks = 2,
                             .makes_lessons = true,
                             .seed = 1,
                             .now_ms = NOW_MS };
}

static ScStore *
seed(Fixture *fixture, const ScProvincePlan *plan)
{
    g_autoptr(GError) error = NULL;
    (void)g_remove(fixture->path);
    ScStore *store = sc_store_open(fixture->path, &error);
    g_assert_no_error(error);
    g_assert_true(sc_province_seed(store, plan, "hash", &error));
    g_assert_no_error(error);
    return store;
}

/* All rows of @sql as one text. */
static char *
read_all(ScStore *store, const char *sql)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    g_assert_true(sc_query_init(&query, store, sql, NULL));
    while (sc_query_step(&query, &has_row, NULL) && has_row) {
        const char *value = sc_query_get_text(&query, 0);
        g_string_append_printf(text, "%s\n", value != NULL ? value : "-");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
assert_reads(ScStore *store, const char *sql, const char *want)
{
    g_autofree char *have = read_all(store, sql);
    g_assert_cmpstr(have, ==, want);
}

static void
it_is_as_large_as_was_asked_for(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    const ScProvincePlan plan = make_plan();
    g_autoptr(ScStore) store = seed(fixture, &plan);
    assert_reads(store,
                 "SELECT kind || ' ' || count(*) FROM organisation"
                 " GROUP BY kind ORDER BY kind",
                 "city 1\ncounty 2\nprovince 1\nschool 40\n");
    assert_reads(store, "SELECT count(*) FROM site", "100\n");
    assert_reads(store, "SELECT count(*) FROM device", "100\n");
    /* Two counties of fifty sites: sixteen groups each, of six subjects. */
    assert_reads(store, "SELECT count(*) FROM pairing", "192\n");
    assert_reads(store, "SELECT count(*) FROM entry", "160\n");
    /* Twenty weeks of four, but for two days off and one that is held later. */
    assert_reads(store,
                 "SELECT count(*) BETWEEN 2400 AND 2560 FROM lesson WHERE term ="
                 " 'term-now'",
                 "1\n");
    assert_reads(store, "SELECT count(*) FROM pragma_foreign_key_check", "0\n");
}

static void
its_books_are_sound_and_whole(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    const ScProvincePlan plan = make_plan();
    g_autoptr(ScStore) store = seed(fixture, &plan);
    g_auto(ScVerified) ledger = { 0 }, audit = { 0 };
    g_assert_true(sc_store_verify(store, "ledger", &ledger, NULL));
    g_assert_true(sc_store_verify(store, "audit", &audit, NULL));
    g_assert_true(ledger.is_sound);
    g_assert_true(audit.is_sound);
    assert_reads(store,
                 "SELECT count(*) FROM lesson WHERE (ends_ms <= 1796002500000)"
                 " <> (recorded = 1)",
                 "0\n");
    g_assert_cmpint(ledger.n_rows, >, 2 * 4 * 32 * 3 * 9 / 10);
}

static void
no_two_lessons_share_a_room_or_a_teacher(Fixture *fixture,
                                         gconstpointer user_data G_GNUC_UNUSED)
{
    const ScProvincePlan plan = make_plan();
    g_autoptr(ScStore) store = seed(fixture, &plan);
    assert_reads(store,
                 "SELECT count(*) FROM (SELECT 1 FROM lesson JOIN lesson_site"
                 " ON lesson = lesson.id GROUP BY site, starts_ms HAVING count(*) > 1)",
                 "0\n");
    assert_reads(store,
                 "SELECT count(*) FROM (SELECT 1 FROM lesson"
                 " GROUP BY teacher, starts_ms HAVING count(*) > 1)",
                 "0\n");
}

static void
lessons_that_are_on_are_left_to_the_bell(Fixture *fixture,
                                         gconstpointer user_data G_GNUC_UNUSED)
{
    ScProvincePlan plan = make_plan();
    plan.n_weekly = 40;
    g_autoptr(ScStore) store = seed(fixture, &plan);
    assert_reads(store,
                 "SELECT DISTINCT state FROM lesson WHERE starts_ms <= 1796002500000"
                 " AND ends_ms > 1796002500000",
                 "scheduled\n");
}

static void
the_same_seed_makes_the_same(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    static const char *const all[] = {
        "SELECT id || name || name_en FROM organisation ORDER BY id",
        "SELECT id || name || line_down_kbps || line_measured_ms FROM site ORDER BY id",
        "SELECT id || name || sign_in FROM person ORDER BY id",
        "SELECT id || health || seen_ms FROM device ORDER BY id",
        "SELECT hash FROM ledger ORDER BY seq",
    };
    ScProvincePlan plan = make_plan();
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *texts[3] = { 0 };
        for (unsigned j = 0; j < G_N_ELEMENTS(texts); j++) {
            plan.seed = j == 2 ? 2 : 1;
            g_autoptr(ScStore) store = seed(fixture, &plan);
            texts[j] = read_all(store, all[i]);
        }
        bool is_by_chance = i == 1 || i > 2;
        g_assert_cmpstr(texts[0], ==, texts[1]);
        g_assert_cmpint(strcmp(texts[0], texts[2]) != 0, ==, is_by_chance);
        g_free(texts[1]);
        g_free(texts[2]);
    }
}

static void
an_earlier_term_has_the_weeks_behind(Fixture *fixture,
                                     gconstpointer user_data G_GNUC_UNUSED)
{
    ScProvincePlan plan = make_plan();
    plan.in_earlier_term = true;
    plan.makes_lessons = false;
    g_autoptr(ScStore) store = seed(fixture, &plan);
    assert_reads(store, "SELECT DISTINCT term FROM lesson", "term-before\n");
    assert_reads(store, "SELECT count(*) FROM lesson", "256\n");
    assert_reads(store, "SELECT first_day FROM term WHERE id = 'term-now'",
                 "2026-11-30\n");
    assert_reads(store, "SELECT DISTINCT state FROM pairing ORDER BY 1",
                 "active\nended\n");
}

static void
a_second_one_is_refused(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    const ScProvincePlan plan = make_plan();
    g_autoptr(ScStore) store = seed(fixture, &plan);
    g_assert_false(sc_province_seed(store, &plan, "hash", &error));
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
}

#define ADD(name, function) \
    g_test_add("/province/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("it is as large as was asked for", it_is_as_large_as_was_asked_for);
    ADD("its books are sound and whole", its_books_are_sound_and_whole);
    ADD("no two lessons share a room or a teacher",
        no_two_lessons_share_a_room_or_a_teacher);
    ADD("lessons that are on are left to the bell",
        lessons_that_are_on_are_left_to_the_bell);
    ADD("the same seed makes the same", the_same_seed_makes_the_same);
    ADD("an earlier term has the weeks behind", an_earlier_term_has_the_weeks_behind);
    ADD("a second one is refused", a_second_one_is_refused);
    return g_test_run();
}
