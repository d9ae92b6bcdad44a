/* SPDX-License-Identifier: Apache-2.0 */
/* What the store keeps of a room: records in order, codes, the tokens of pupils. */
#include <string.h>

#include <glib/gstdio.h>

#include "signaling/sample.h"
#include "signaling/store/join-token.h"
#include "signaling/store/lesson.h"
#include "signaling/store/room-code.h"
#include "signaling/store/room-record.h"
#include "signaling/token.h"

#define NOW_MS 1788220800000LL

typedef struct {
    char *folder;
    ScStore *store;
    ScSample *sample;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("sc-room-store-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(fixture->folder, "test.db", NULL);
    fixture->store = sc_store_open(path, &error);
    g_assert_no_error(error);
    fixture->sample = sc_sample_seed(fixture->store, 2, NOW_MS, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    sc_sample_free(fixture->sample);
    sc_store_free(fixture->store);
    g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(fixture->folder, name, NULL);
        g_unlink(file);
    }
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
}

static bool
add(Fixture *fixture, int64_t number, ScRole role, unsigned pupil, GError **error)
{
    ScRoomRecordRow row = {
        .lesson = fixture->sample->lesson,
        .number = number,
        .at_ms = NOW_MS + number,
        .site = fixture->sample->sites[1].site,
        .role = role,
        .pupil = pupil,
        .type = (char *)"answer",
        .body = (char *)"{\"type\":\"answer\",\"quiz\":1,\"choice\":[0]}",
    };
    return sc_store_add_room_record(fixture->store, &row, error);
}

static void
records_come_back_in_order(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(add(fixture, 2, SC_ROLE_PUPIL, 7, NULL));
    g_assert_true(add(fixture, 1, SC_ROLE_CLASSROOM, 0, NULL));
    g_assert_false(add(fixture, 2, SC_ROLE_CLASSROOM, 0, &error));
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
    g_clear_error(&error);

    g_autoptr(GPtrArray) rows =
        sc_store_list_room_records(fixture->store, fixture->sample->lesson, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rows->len, ==, 2);
    const ScRoomRecordRow *first = g_ptr_array_index(rows, 0);
    const ScRoomRecordRow *second = g_ptr_array_index(rows, 1);
    g_assert_cmpint(first->number, ==, 1);
    g_assert_cmpint(first->role, ==, SC_ROLE_CLASSROOM);
    g_assert_cmpint(second->at_ms, ==, NOW_MS + 2);
    g_assert_cmpint(second->role, ==, SC_ROLE_PUPIL);
    g_assert_cmpuint(second->pupil, ==, 7);
    g_assert_cmpstr(second->site, ==, fixture->sample->sites[1].site);
    g_assert_nonnull(strstr(second->body, "\"choice\":[0]"));

    g_autoptr(GPtrArray) none =
        sc_store_list_room_records(fixture->store, "another", &error);
    g_assert_cmpuint(none->len, ==, 0);
}

static void
code_holds_until_its_lesson_is_over(Fixture *fixture,
                                    gconstpointer user_data G_GNUC_UNUSED)
{
    ScStore *store = fixture->store;
    const char *lesson = fixture->sample->lesson;
    const char *site = fixture->sample->sites[1].site;
    g_autoptr(GError) error = NULL;
    g_autofree char *code = sc_store_ensure_room_code(store, lesson, site, &error);
    g_autofree char *again = sc_store_ensure_room_code(store, lesson, site, &error);
    g_autofree char *other =
        sc_store_ensure_room_code(store, lesson, fixture->sample->sites[2].site, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(strspn(code, "0123456789"), ==, 6);
    g_assert_cmpuint(strlen(code), ==, 6);
    g_assert_cmpstr(again, ==, code);
    g_assert_cmpstr(other, !=, code);
    g_assert_null(sc_store_ensure_room_code(store, lesson, "stranger", &error));
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT);
    g_clear_error(&error);

    for (int round = 0; round < 2; round++) {
        g_autofree char *found_lesson = NULL;
        g_autofree char *found_site = NULL;
        g_assert_true(sc_store_remove_old_room_codes(store, &error));
        bool is_found =
            sc_store_find_room_code(store, code, &found_lesson, &found_site, &error);
        g_assert_cmpint(is_found, ==, round == 0);
        if (!is_found)
            break;
        g_assert_cmpstr(found_lesson, ==, lesson);
        g_assert_cmpstr(found_site, ==, site);
        g_assert_true(sc_store_set_lesson_state(store, lesson, SC_LESSON_ENDED, NULL));
    }
    g_assert_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND);
}

static void
pupils_have_tokens_of_their_own(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    ScStore *store = fixture->store;
    const char *lesson = fixture->sample->lesson;
    const char *site = fixture->sample->sites[1].site;
    g_autoptr(GError) error = NULL;
    for (unsigned i = 0; i < 3; i++) {
        unsigned n_pupils;
        g_assert_true(sc_store_count_pupils(store, lesson, site, &n_pupils, &error));
        g_assert_cmpuint(n_pupils, ==, i);
        g_autofree char *token =
            sc_token_issue_pupil(store, lesson, site, i + 1, NOW_MS + 1000, &error);
        g_assert_no_error(error);
        g_autoptr(ScTokenGrant) grant =
            sc_token_verify(store, token, lesson, NOW_MS, &error);
        g_assert_no_error(error);
        g_assert_cmpint(grant->role, ==, SC_ROLE_PUPIL);
        g_assert_cmpuint(grant->pupil, ==, i + 1);
        g_assert_cmpstr(grant->site, ==, site);
    }
}

#define ADD(name) g_test_add("/room-store/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(records_come_back_in_order);
    ADD(code_holds_until_its_lesson_is_over);
    ADD(pupils_have_tokens_of_their_own);
    return g_test_run();
}
