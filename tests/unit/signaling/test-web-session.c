/* SPDX-License-Identifier: Apache-2.0 */
/* Who is signed in, as the store keeps it: people, their failures, their sessions. */
#include <string.h>

#include <glib/gstdio.h>

#include "signaling/store/organisation.h"
#include "signaling/store/person.h"
#include "signaling/store/web-session.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define NOW_MS 1000000

typedef struct {
    char *directory; /* owned: emptied and removed at the end */
    ScStore *store;  /* owned */
} Fixture;

static void
add_person(ScStore *store, const char *id, const char *sign_in)
{
    g_autoptr(GError) error = NULL;
    const ScPersonRow row = {
        .id = (char *)id,
        .organisation = (char *)"county",
        .sign_in = (char *)sign_in,
        .name = (char *)"王芳",
        .password = (char *)"hash",
        .must_change = true,
    };
    g_assert_true(sc_store_add_person(store, &row, NOW_MS, &error));
    g_assert_no_error(error);
}

static void
set_up(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    const ScOrganisation county = { "county", NULL, SC_ORGANISATION_COUNTY, "县", "" };
    fixture->directory = g_dir_make_tmp("sc-web-session-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(fixture->directory, "synclass.db", NULL);
    fixture->store = sc_store_open(path, &error);
    g_assert_no_error(error);
    g_assert_true(sc_store_put_organisation(fixture->store, &county, &error));
    add_person(fixture->store, "one", "one.name");
    add_person(fixture->store, "two", "two.name");
}

static void
tear_down(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    sc_store_free(fixture->store);
    g_autoptr(GDir) directory = g_dir_open(fixture->directory, 0, NULL);
    for (const char *name; (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *path = g_build_filename(fixture->directory, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(fixture->directory), ==, 0);
    g_free(fixture->directory);
}

static void
add_session(ScStore *store, const char *hash, const char *person, int64_t now_ms)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(sc_store_add_web_session(store, hash, person, "192.0.2.1", "Browser",
                                           now_ms, &error));
    g_assert_no_error(error);
}

static bool
is_there(ScStore *store, const char *hash)
{
    g_autoptr(GError) error = NULL;
    g_auto(ScWebSessionRow) row = { 0 };
    if (sc_store_find_web_session(store, hash, &row, &error))
        return true;
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND);
    return false;
}

static void
session_tells_who_it_is_and_what_they_may_be(Fixture *fixture,
                                             gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_auto(ScWebSessionRow) row = { 0 };
    g_auto(ScWebSessionRow) later = { 0 };
    add_session(fixture->store, HASH_A, "one", NOW_MS);
    g_assert_true(sc_store_find_web_session(fixture->store, HASH_A, &row, &error));
    g_assert_cmpstr(row.person, ==, "one");
    g_assert_cmpstr(row.name, ==, "王芳");
    g_assert_true(row.is_active && row.must_change);
    g_assert_false(row.is_administrator || row.is_inspector || row.is_teacher);
    g_assert_cmpint(row.seen_ms, ==, NOW_MS);

    g_assert_true(sc_store_add_appointment(fixture->store, "one", "county",
                                           "administrator", &error));
    g_assert_true(
        sc_store_add_appointment(fixture->store, "one", "county", "teacher", &error));
    g_assert_true(sc_store_set_password(fixture->store, "one", "another", false, &error));
    g_assert_true(sc_store_touch_web_session(fixture->store, HASH_A, NOW_MS + 5, &error));
    g_assert_true(sc_store_find_web_session(fixture->store, HASH_A, &later, &error));
    g_assert_true(later.is_administrator && later.is_teacher);
    g_assert_false(later.is_inspector || later.must_change);
    g_assert_cmpint(later.created_ms, ==, NOW_MS);
    g_assert_cmpint(later.seen_ms, ==, NOW_MS + 5);
}

static void
sessions_of_one_person_end_but_one(Fixture *fixture,
                                   gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    ScStore *store = fixture->store;
    add_session(store, HASH_A, "one", NOW_MS);
    add_session(store, HASH_B, "one", NOW_MS);
    add_session(store, HASH_C, "two", NOW_MS);
    g_assert_true(sc_store_remove_web_sessions(store, "one", HASH_B, &error));
    g_assert_false(is_there(store, HASH_A));
    g_assert_true(is_there(store, HASH_B) && is_there(store, HASH_C));
    g_assert_true(sc_store_remove_web_sessions(store, "one", NULL, &error));
    g_assert_false(is_there(store, HASH_B));
    g_assert_true(is_there(store, HASH_C));
}

static void
idle_sessions_are_forgotten(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    add_session(fixture->store, HASH_A, "one", NOW_MS);
    add_session(fixture->store, HASH_B, "one", NOW_MS + 1);
    g_assert_true(sc_store_remove_idle_web_sessions(fixture->store, NOW_MS + 1, &error));
    g_assert_false(is_there(fixture->store, HASH_A));
    g_assert_true(is_there(fixture->store, HASH_B));
}

static void
new_password_ends_failures_and_lock(Fixture *fixture,
                                    gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_auto(ScPersonRow) locked = { 0 };
    g_auto(ScPersonRow) free = { 0 };
    ScStore *store = fixture->store;
    g_assert_true(sc_store_set_failures(store, "one", 4, NOW_MS, &error));
    g_assert_true(sc_store_find_person(store, "one.name", &locked, &error));
    g_assert_cmpuint(locked.n_failed, ==, 4);
    g_assert_cmpint(locked.locked_until_ms, ==, NOW_MS);
    g_assert_true(sc_store_set_password(store, "one", "another", true, &error));
    g_assert_true(sc_store_get_person(store, "one", &free, &error));
    g_assert_cmpuint(free.n_failed, ==, 0);
    g_assert_cmpint(free.locked_until_ms, ==, 0);
    g_assert_cmpstr(free.password, ==, "another");
}

static void
sign_in_names_are_there_once(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    const ScPersonRow row = {
        .id = (char *)"three",
        .organisation = (char *)"county",
        .sign_in = (char *)"one.name",
        .name = (char *)"x",
    };
    g_assert_false(sc_store_add_person(fixture->store, &row, NOW_MS, &error));
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
}

/* base64url(SHA-256("csrf" + token)), made with sha256sum and base64. */
static void
csrf_token_is_made_of_the_session_token(void)
{
    g_autofree char *csrf = sc_web_session_dup_csrf("token");
    g_assert_cmpstr(csrf, ==, "N2zelN6U6cL2aI-c0LrHcdKNkpp7CCTE3F9fGAXBl7c");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function) \
    g_test_add("/web-session/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("session tells who it is and what they may be",
        session_tells_who_it_is_and_what_they_may_be);
    ADD("sessions of one person end but one", sessions_of_one_person_end_but_one);
    ADD("idle sessions are forgotten", idle_sessions_are_forgotten);
    ADD("new password ends failures and lock", new_password_ends_failures_and_lock);
    ADD("sign-in names are there once", sign_in_names_are_there_once);
#undef ADD
    g_test_add_func("/web-session/CSRF token is made of the session token",
                    csrf_token_is_made_of_the_session_token);
    return g_test_run();
}
