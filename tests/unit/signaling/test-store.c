/* SPDX-License-Identifier: Apache-2.0 */
/* The store: migrations, refusals to open, transactions, and what each noun promises. */
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "signaling/store/join-token.h"
#include "signaling/store/lesson.h"
#include "signaling/store/organisation.h"
#include "signaling/store/pairing.h"
#include "signaling/store/site.h"

#define LAST_VERSION 8
#define NOBODY 65534 /* a user that owns nothing */

typedef struct {
    char *directory; /* owned: emptied and removed at the end */
    char *path;      /* owned: of the database */
} Fixture;

static void
fixture_set_up(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    fixture->directory = g_dir_make_tmp("sc-store-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->directory, "synclass.db", NULL);
}

static void
fixture_tear_down(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GDir) directory = g_dir_open(fixture->directory, 0, NULL);

    for (const char *name; (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *path = g_build_filename(fixture->directory, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(fixture->directory), ==, 0);
    g_free(fixture->directory);
    g_free(fixture->path);
}

static ScStore *
open_store(const char *path)
{
    g_autoptr(GError) error = NULL;
    ScStore *store = sc_store_open(path, &error);

    g_assert_no_error(error);
    return store;
}

static void
assert_not_opened(const char *path, ScStoreError code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(path, &error);

    g_assert_null(store);
    g_test_message("%s", error->message);
    g_assert_error(error, SC_STORE_ERROR, (gint)code);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error->message, message));
}

/* By hand, past the store. */
static void
execute(const char *path, const char *sql)
{
    sqlite3 *connection = NULL;

    g_assert_cmpint(sqlite3_open(path, &connection), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(connection, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_close(connection), ==, SQLITE_OK);
}

/* Two schools with a classroom each: "town-1" and "village-1". */
static void
put_sites(ScStore *store)
{
    const ScOrganisation organisations[] = {
        { "county", NULL, SC_ORGANISATION_COUNTY, "青山县", "" },
        { "town", "county", SC_ORGANISATION_SCHOOL, "城关镇中心小学", "Town School" },
        { "village", "county", SC_ORGANISATION_SCHOOL, "石门村小学", "Village School" },
    };
    const ScSite sites[] = {
        { "town-1", "town", "五年级（1）班", "class 5 (1)" },
        { "village-1", "village", "五年级", "class 5" },
    };
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(organisations); i++)
        g_assert_true(sc_store_put_organisation(store, &organisations[i], &error));
    for (size_t i = 0; i < G_N_ELEMENTS(sites); i++)
        g_assert_true(sc_store_put_site(store, &sites[i], &error));
    g_assert_no_error(error);
}

static ScLessonRow *
make_lesson(const char *id)
{
    ScLessonRow *row = g_new0(ScLessonRow, 1);

    row->id = g_strdup(id);
    row->title = g_strdup("认识分数");
    row->subject = g_strdup("数学");
    row->starts_ms = 1000;
    row->ends_ms = 2000;
    row->state = SC_LESSON_LIVE;
    row->sites = g_new0(ScLessonSite, 2);
    row->n_sites = 2;
    row->sites[0] =
        (ScLessonSite){ .site = g_strdup("village-1"), .role = SC_ROLE_CLASSROOM };
    row->sites[1] =
        (ScLessonSite){ .site = g_strdup("town-1"), .role = SC_ROLE_TEACHER, .tile = -1 };
    return row;
}

static void
add_lesson(ScStore *store, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScLessonRow) row = make_lesson(id);

    g_assert_true(sc_store_add_lesson(store, row, &error));
    g_assert_no_error(error);
}

static ScLessonRow *
get_lesson(ScStore *store, const char *id)
{
    g_autoptr(GError) error = NULL;
    ScLessonRow *row = sc_store_get_lesson(store, id, &error);

    g_assert_no_error(error);
    return row;
}

static void
empty_file_gets_the_whole_schema(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(ScStore) store = open_store(fixture->path);

    g_assert_cmpuint(sc_store_get_version(store), ==, LAST_VERSION);
    put_sites(store);
    add_lesson(store, "l1");
}

static void
opening_again_keeps_what_is_there(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    for (int i = 0; i < 3; i++) {
        g_autoptr(ScStore) store = open_store(fixture->path);

        g_assert_cmpuint(sc_store_get_version(store), ==, LAST_VERSION);
        if (i == 0) {
            put_sites(store);
            add_lesson(store, "l1");
        }
        g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
        g_assert_cmpuint(row->n_sites, ==, 2);
    }
}

static void
run_migration_file(const char *database, const char *name)
{
    g_autofree char *path =
        g_build_filename(SC_SOURCE_ROOT, "signaling", "store", "migrations", name, NULL);
    g_autofree char *sql = NULL;

    g_assert_true(g_file_get_contents(path, &sql, NULL, NULL));
    execute(database, sql);
}

static void
older_schema_is_brought_up_with_its_rows(Fixture *fixture,
                                         gconstpointer user_data G_GNUC_UNUSED)
{
    run_migration_file(fixture->path, "001-school.sql");
    execute(fixture->path,
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "INSERT INTO meta VALUES ('schema_version', '1');"
            "INSERT INTO organisation VALUES ('town', NULL, 'school', 'x', '');"
            "INSERT INTO organisation VALUES ('village', NULL, 'school', 'y', '');"
            "INSERT INTO site VALUES ('town-1', 'town', 'x1', '');"
            "INSERT INTO site VALUES ('village-1', 'village', 'y1', '');");
    g_autoptr(ScStore) store = open_store(fixture->path);
    add_lesson(store, "l1");
    g_autoptr(ScLessonRow) row = get_lesson(store, "l1");

    g_assert_cmpuint(sc_store_get_version(store), ==, LAST_VERSION);
    g_assert_cmpstr(row->sites[1].name, ==, "y1");
}

/* A database as the program with schema 2 left it, in the middle of a lesson. */
static void
running_lesson_survives_the_move_to_a_newer_schema(Fixture *fixture,
                                                   gconstpointer user_data G_GNUC_UNUSED)
{
    run_migration_file(fixture->path, "001-school.sql");
    run_migration_file(fixture->path, "002-lesson.sql");
    execute(fixture->path,
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "INSERT INTO meta VALUES ('schema_version', '2');"
            "INSERT INTO organisation VALUES ('county', NULL, 'county', 'c', '');"
            "INSERT INTO organisation VALUES ('town', 'county', 'school', 'x', '');"
            "INSERT INTO site VALUES ('town-1', 'town', 'x1', '');"
            "INSERT INTO site VALUES ('village-1', 'county', 'y1', '');"
            "INSERT INTO pairing VALUES ('p', 'town-1', 'maths', 'active');"
            "INSERT INTO pairing_site VALUES ('p', 'village-1', 0);"
            "INSERT INTO lesson VALUES ('l1', 'p', 't', 'maths', 1000, 2000, 'live');"
            "INSERT INTO lesson_site VALUES ('l1', 'town-1', 'teacher', NULL);"
            "INSERT INTO lesson_site VALUES ('l1', 'village-1', 'classroom', 0);"
            "INSERT INTO lesson_floor VALUES ('l1', 'village-1', 1500);"
            "INSERT INTO join_token VALUES (printf('%064d', 7), 'l1', 'village-1',"
            " 'classroom', 9000);");
    for (int i = 0; i < 2; i++) { /* a second opening changes nothing */
        g_autoptr(ScStore) store = open_store(fixture->path);
        g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
        g_auto(ScJoinTokenRow) token = { 0 };
        g_autofree char *hash = g_strdup_printf("%064d", 7);
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(sc_store_get_version(store), ==, LAST_VERSION);
        g_assert_cmpstr(row->pairing, ==, "p");
        g_assert_cmpint(row->state, ==, SC_LESSON_LIVE);
        g_assert_cmpstr(row->floor, ==, "village-1");
        g_assert_cmpuint(row->n_sites, ==, 2);
        g_assert_true(sc_store_get_join_token(store, hash, &token, &error));
        g_assert_cmpstr(token.site, ==, "village-1");
    }
    /* "town" with its parent, "county" alone; and nothing names what is not there. */
    execute(fixture->path,
            "CREATE TABLE expected (n INTEGER CHECK (n = 3), broken CHECK (broken = 0));"
            "INSERT INTO expected SELECT (SELECT count(*) FROM organisation_ancestor),"
            " (SELECT count(*) FROM pragma_foreign_key_check);");
}

static void
copy_opens_like_the_original(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autofree char *copy = g_build_filename(fixture->directory, "copy.db", NULL);
    g_autofree char *bytes = NULL;
    gsize length;

    ScStore *original = open_store(fixture->path);
    put_sites(original);
    add_lesson(original, "l1");
    sc_store_free(original);
    g_assert_true(g_file_get_contents(fixture->path, &bytes, &length, NULL));
    g_assert_true(g_file_set_contents(copy, bytes, (gssize)length, NULL));

    g_autoptr(ScStore) store = open_store(copy);
    g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
    g_assert_cmpstr(row->title, ==, "认识分数");
}

static void
newer_schema_is_refused(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    sc_store_free(open_store(fixture->path));
    execute(fixture->path, "UPDATE meta SET value = '99' WHERE name = 'schema_version'");
    assert_not_opened(fixture->path, SC_STORE_ERROR_NEWER_SCHEMA,
                      "schema 99, this program knows up to " G_STRINGIFY(LAST_VERSION));
}

static void
place_that_cannot_hold_a_database_is_refused(Fixture *fixture,
                                             gconstpointer user_data G_GNUC_UNUSED)
{
    assert_not_opened("/nowhere/at/all/synclass.db", SC_STORE_ERROR_OPEN,
                      "the directory /nowhere/at/all does not exist");
    assert_not_opened(fixture->directory, SC_STORE_ERROR_OPEN, "unable to open");
}

/* Some pages in, so that the header is good and the damage within. */
static void
damaged_file_is_refused(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *name;
        gsize keep;   /* bytes */
        gsize damage; /* offset of 4 KiB of rubbish; 0: none */
    } cases[] = {
        { "cut off", 12 * 1024, 0 },
        { "rubbish within", 0, 4096 },
        { "rubbish from the start", 0, 1 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
        g_autofree char *bytes = NULL;
        gsize length;

        g_remove(fixture->path);
        g_remove(wal);
        sc_store_free(open_store(fixture->path));
        g_assert_true(g_file_get_contents(fixture->path, &bytes, &length, NULL));
        g_assert_cmpuint(length, >, 16 * 1024);
        if (cases[i].damage > 0)
            memset(bytes + cases[i].damage, 0xa5, 4096);
        if (cases[i].keep > 0)
            length = cases[i].keep;
        g_assert_true(g_file_set_contents(fixture->path, bytes, (gssize)length, NULL));
        g_test_message("%s", cases[i].name);
        assert_not_opened(fixture->path, SC_STORE_ERROR_CORRUPT, "");
    }
}

/* Root writes everywhere, so the look is taken by a child that became nobody. */
static void
file_of_somebody_else_is_refused(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    int status;

    sc_store_free(open_store(fixture->path));
    g_assert_cmpint(g_chmod(fixture->directory, 0555), ==, 0);
    g_assert_cmpint(g_chmod(fixture->path, 0444), ==, 0);
    pid_t child = fork();
    if (child == 0) {
        g_assert_true(getuid() != 0 || setuid(NOBODY) == 0);
        assert_not_opened(fixture->path, SC_STORE_ERROR_READ_ONLY, "cannot be written");
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpint(g_chmod(fixture->directory, 0755), ==, 0);
}

static void
transaction_is_all_or_nothing(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *name;
        bool keeps_inner;
        bool keeps_outer;
        bool has_outer_row;
        bool has_inner_row;
    } cases[] = {
        { "both kept", true, true, true, true },
        { "inner undone", false, true, true, false },
        { "outer undone", true, false, false, false },
        { "both undone", false, false, false, false },
    };
    g_autoptr(ScStore) store = open_store(fixture->path);
    g_autoptr(GError) error = NULL;

    put_sites(store);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *outer = g_strdup_printf("outer-%zu", i);
        g_autofree char *inner = g_strdup_printf("inner-%zu", i);

        g_assert_true(sc_store_begin(store, &error));
        add_lesson(store, outer);
        g_assert_true(sc_store_begin(store, &error));
        add_lesson(store, inner);
        if (cases[i].keeps_inner)
            g_assert_true(sc_store_commit(store, &error));
        else
            sc_store_rollback(store);
        if (cases[i].keeps_outer)
            g_assert_true(sc_store_commit(store, &error));
        else
            sc_store_rollback(store);

        g_autoptr(ScLessonRow) outer_row = sc_store_get_lesson(store, outer, NULL);
        g_autoptr(ScLessonRow) inner_row = sc_store_get_lesson(store, inner, NULL);
        g_test_message("%s", cases[i].name);
        g_assert_true((outer_row != NULL) == cases[i].has_outer_row);
        g_assert_true((inner_row != NULL) == cases[i].has_inner_row);
    }
}

static bool
put_orphan_organisation(ScStore *store, GError **error)
{
    return sc_store_put_organisation(
        store, &(ScOrganisation){ "o9", "o8", SC_ORGANISATION_SCHOOL, "x", "" }, error);
}

static bool
put_nameless_organisation(ScStore *store, GError **error)
{
    return sc_store_put_organisation(
        store, &(ScOrganisation){ "o9", NULL, SC_ORGANISATION_SCHOOL, "", "" }, error);
}

static bool
put_homeless_site(ScStore *store, GError **error)
{
    return sc_store_put_site(store, &(ScSite){ "s9", "o8", "x", "" }, error);
}

static bool
put_pairing_with_a_stranger(ScStore *store, GError **error)
{
    const char *const sites[] = { "village-1", "s9" };

    return sc_store_put_pairing(store, &(ScPairing){ "p1", "town-1", "", sites, 2 },
                                error);
}

static bool
add_lesson_again(ScStore *store, GError **error)
{
    g_autoptr(ScLessonRow) row = make_lesson("l1");

    return sc_store_add_lesson(store, row, error);
}

static bool
add_lesson_that_ends_first(ScStore *store, GError **error)
{
    g_autoptr(ScLessonRow) row = make_lesson("l2");

    row->ends_ms = row->starts_ms;
    return sc_store_add_lesson(store, row, error);
}

static bool
add_lesson_with_a_stranger(ScStore *store, GError **error)
{
    g_autoptr(ScLessonRow) row = make_lesson("l3");

    g_free(row->sites[0].site);
    row->sites[0].site = g_strdup("s9");
    return sc_store_add_lesson(store, row, error);
}

static bool
add_teacher_with_a_tile(ScStore *store, GError **error)
{
    g_autoptr(ScLessonRow) row = make_lesson("l4");

    row->sites[1].tile = 1;
    return sc_store_add_lesson(store, row, error);
}

static bool
give_floor_to_a_stranger(ScStore *store, GError **error)
{
    return sc_store_set_floor(store, "l1", "s9", 0, error);
}

static bool
give_floor_of_no_lesson(ScStore *store, GError **error)
{
    return sc_store_set_floor(store, "l9", "town-1", 0, error);
}

static bool
end_no_lesson(ScStore *store, GError **error)
{
    return sc_store_set_lesson_state(store, "l9", SC_LESSON_ENDED, error);
}

static bool
move_no_lesson(ScStore *store, GError **error)
{
    return sc_store_set_lesson_times(store, "l9", 1, 2, error);
}

static bool
remove_stranger(ScStore *store, GError **error)
{
    return sc_store_remove_lesson_site(store, "l1", "s9", error);
}

static void
wrong_row_is_refused_and_leaves_nothing(Fixture *fixture,
                                        gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *name;
        bool (*act)(ScStore *store, GError **error);
        ScStoreError code;
        const char *message;
    } cases[] = {
        { "unknown parent", put_orphan_organisation, SC_STORE_ERROR_CONSTRAINT,
          "organisation \"o9\"" },
        { "no name", put_nameless_organisation, SC_STORE_ERROR_CONSTRAINT,
          "organisation \"o9\"" },
        { "unknown organisation", put_homeless_site, SC_STORE_ERROR_CONSTRAINT,
          "site \"s9\"" },
        { "unknown receiving site", put_pairing_with_a_stranger,
          SC_STORE_ERROR_CONSTRAINT, "pairing \"p1\": receiving site \"s9\"" },
        { "same lesson twice", add_lesson_again, SC_STORE_ERROR_CONSTRAINT,
          "lesson \"l1\"" },
        { "ends before it starts", add_lesson_that_ends_first, SC_STORE_ERROR_CONSTRAINT,
          "lesson \"l2\"" },
        { "unknown site", add_lesson_with_a_stranger, SC_STORE_ERROR_CONSTRAINT,
          "site \"s9\" of lesson \"l3\"" },
        { "teacher with a tile", add_teacher_with_a_tile, SC_STORE_ERROR_CONSTRAINT,
          "lesson \"l4\"" },
        { "floor to a stranger", give_floor_to_a_stranger, SC_STORE_ERROR_CONSTRAINT,
          "site \"s9\"" },
        { "floor of no lesson", give_floor_of_no_lesson, SC_STORE_ERROR_CONSTRAINT,
          "lesson \"l9\"" },
        { "end of no lesson", end_no_lesson, SC_STORE_ERROR_NOT_FOUND,
          "no lesson \"l9\"" },
        { "move of no lesson", move_no_lesson, SC_STORE_ERROR_NOT_FOUND,
          "no lesson \"l9\"" },
        { "not in the lesson", remove_stranger, SC_STORE_ERROR_NOT_FOUND, "\"s9\"" },
    };
    g_autoptr(ScStore) store = open_store(fixture->path);

    put_sites(store);
    add_lesson(store, "l1");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(cases[i].act(store, &error));
        g_test_message("%s: %s", cases[i].name, error->message);
        g_assert_error(error, SC_STORE_ERROR, (gint)cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].message));
    }
    g_auto(GStrv) open = sc_store_list_open_lessons(store, NULL);
    g_assert_cmpuint(g_strv_length(open), ==, 1);
}

static void
lesson_comes_back_teacher_first(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(ScStore) store = open_store(fixture->path);

    put_sites(store);
    add_lesson(store, "l1");
    g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
    g_assert_cmpstr(row->id, ==, "l1");
    g_assert_null(row->pairing);
    g_assert_cmpstr(row->subject, ==, "数学");
    g_assert_cmpint(row->starts_ms, ==, 1000);
    g_assert_cmpint(row->ends_ms, ==, 2000);
    g_assert_cmpint(row->state, ==, SC_LESSON_LIVE);
    g_assert_null(row->floor);
    g_assert_cmpuint(row->n_sites, ==, 2);
    g_assert_cmpstr(row->sites[0].site, ==, "town-1");
    g_assert_cmpint(row->sites[0].role, ==, SC_ROLE_TEACHER);
    g_assert_cmpint(row->sites[0].tile, ==, -1);
    g_assert_cmpstr(row->sites[0].name, ==, "五年级（1）班");
    g_assert_cmpstr(row->sites[0].name_en, ==, "class 5 (1)");
    g_assert_cmpstr(row->sites[0].school, ==, "城关镇中心小学");
    g_assert_cmpstr(row->sites[0].school_en, ==, "Town School");
    g_assert_cmpstr(row->sites[1].site, ==, "village-1");
    g_assert_cmpint(row->sites[1].role, ==, SC_ROLE_CLASSROOM);
    g_assert_cmpint(row->sites[1].tile, ==, 0);
}

static void
putting_again_changes_what_is_there(Fixture *fixture,
                                    gconstpointer user_data G_GNUC_UNUSED)
{
    const char *const both[] = { "village-1", "town-1" };
    const char *const one[] = { "town-1" };
    g_autoptr(ScStore) store = open_store(fixture->path);
    g_autoptr(GError) error = NULL;

    put_sites(store);
    add_lesson(store, "l1");
    g_assert_true(sc_store_put_site(
        store, &(ScSite){ "village-1", "town", "新名", "New" }, &error));
    g_assert_true(sc_store_put_pairing(
        store, &(ScPairing){ "p1", "town-1", "数学", both, 2 }, &error));
    g_assert_true(sc_store_put_pairing(
        store, &(ScPairing){ "p1", "town-1", "语文", one, 1 }, &error));
    g_assert_no_error(error);
    g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
    g_assert_cmpstr(row->sites[1].name, ==, "新名");
    g_assert_cmpstr(row->sites[1].school, ==, "城关镇中心小学");
}

static void
floor_outlives_the_process_and_ends_with_the_lesson(Fixture *fixture,
                                                    gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *give; /* NULL: take back */
        const char *floor;
    } steps[] = {
        { "village-1", "village-1" },
        { "town-1", "town-1" },
        { NULL, NULL },
        { NULL, NULL },
        { "village-1", "village-1" },
    };
    g_autoptr(GError) error = NULL;

    ScStore *store = open_store(fixture->path);
    put_sites(store);
    add_lesson(store, "l1");
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_assert_true(sc_store_set_floor(store, "l1", steps[i].give, 1, &error));
        g_assert_no_error(error);
        sc_store_free(store);
        store = open_store(fixture->path);
        g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
        g_assert_cmpstr(row->floor, ==, steps[i].floor);
    }
    g_assert_true(sc_store_set_lesson_state(store, "l1", SC_LESSON_ENDED, &error));
    g_assert_no_error(error);
    g_autoptr(ScLessonRow) ended = get_lesson(store, "l1");
    g_assert_null(ended->floor);
    g_assert_cmpint(ended->state, ==, SC_LESSON_ENDED);
    sc_store_free(store);
}

static void
site_leaves_a_lesson_with_its_floor(Fixture *fixture,
                                    gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(ScStore) store = open_store(fixture->path);
    g_autoptr(GError) error = NULL;

    put_sites(store);
    add_lesson(store, "l1");
    g_assert_true(sc_store_set_floor(store, "l1", "village-1", 1, &error));
    g_assert_true(sc_store_remove_lesson_site(store, "l1", "village-1", &error));
    g_assert_no_error(error);
    g_autoptr(ScLessonRow) row = get_lesson(store, "l1");
    g_assert_cmpuint(row->n_sites, ==, 1);
    g_assert_null(row->floor);
}

static void
ended_lessons_are_not_listed(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(ScStore) store = open_store(fixture->path);
    g_autoptr(GError) error = NULL;

    put_sites(store);
    add_lesson(store, "l1");
    add_lesson(store, "l2");
    add_lesson(store, "l3");
    g_assert_true(sc_store_set_lesson_times(store, "l3", 500, 1500, &error));
    g_assert_true(sc_store_set_lesson_state(store, "l1", SC_LESSON_ENDED, &error));
    g_auto(GStrv) open = sc_store_list_open_lessons(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(open), ==, 2);
    g_assert_cmpstr(open[0], ==, "l3");
    g_assert_cmpstr(open[1], ==, "l2");
}

static void
two_connections_see_each_other(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(ScStore) one = open_store(fixture->path);
    g_autoptr(ScStore) other = open_store(fixture->path);

    put_sites(one);
    add_lesson(other, "l1");
    g_autoptr(ScLessonRow) row = get_lesson(one, "l1");
    g_assert_cmpstr(row->id, ==, "l1");
}

static void
ids_are_long_and_differ(void)
{
    g_autofree char *one = sc_store_make_id();
    g_autofree char *other = sc_store_make_id();

    g_assert_cmpuint(strlen(one), ==, SC_STORE_ID_LENGTH);
    g_assert_cmpuint(strspn(one, "0123456789abcdef"), ==, SC_STORE_ID_LENGTH);
    g_assert_cmpstr(one, !=, other);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                              \
    g_test_add("/signaling/store/" #name, Fixture, NULL, fixture_set_up, name, \
               fixture_tear_down)
    ADD(empty_file_gets_the_whole_schema);
    ADD(opening_again_keeps_what_is_there);
    ADD(older_schema_is_brought_up_with_its_rows);
    ADD(running_lesson_survives_the_move_to_a_newer_schema);
    ADD(copy_opens_like_the_original);
    ADD(newer_schema_is_refused);
    ADD(place_that_cannot_hold_a_database_is_refused);
    ADD(damaged_file_is_refused);
    ADD(file_of_somebody_else_is_refused);
    ADD(transaction_is_all_or_nothing);
    ADD(wrong_row_is_refused_and_leaves_nothing);
    ADD(lesson_comes_back_teacher_first);
    ADD(putting_again_changes_what_is_there);
    ADD(floor_outlives_the_process_and_ends_with_the_lesson);
    ADD(site_leaves_a_lesson_with_its_floor);
    ADD(ended_lessons_are_not_listed);
    ADD(two_connections_see_each_other);
#undef ADD
    g_test_add_func("/signaling/store/ids_are_long_and_differ", ids_are_long_and_differ);
    return g_test_run();
}
