/* SPDX-License-Identifier: Apache-2.0 */
/* The sample: what it holds, that it can be made again, and its sub-command. */
#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "signaling/sample.h"
#include "signaling/store/lesson.h"
#include "signaling/token.h"

#define NOW_MS 1700000000000LL
#define DAY_MS (24 * 60 * 60 * 1000LL)

typedef struct {
    char *directory; /* owned */
    char *path;      /* owned: the database */
    char *output;    /* owned */
} Fixture;

static void
fixture_set_up(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    fixture->directory = g_dir_make_tmp("sc-sample-XXXXXX", NULL);
    g_assert_nonnull(fixture->directory);
    fixture->path = g_build_filename(fixture->directory, "synclass.db", NULL);
    fixture->output = g_build_filename(fixture->directory, "demo.json", NULL);
}

static void
fixture_tear_down(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    g_remove(fixture->path);
    g_remove(fixture->output);
    g_assert_cmpint(g_rmdir(fixture->directory), ==, 0);
    g_free(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->output);
}

static ScSample *
seed(ScStore *store, unsigned n_classrooms, int64_t now_ms)
{
    g_autoptr(GError) error = NULL;
    ScSample *sample = sc_sample_seed(store, n_classrooms, now_ms, &error);

    g_assert_no_error(error);
    return sample;
}

static void
lesson_is_on_and_every_token_holds(Fixture *fixture,
                                   gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(fixture->path, &error);
    g_autoptr(ScSample) sample = seed(store, 2, NOW_MS);
    g_autoptr(ScLessonRow) lesson = sc_store_get_lesson(store, sample->lesson, &error);

    g_assert_no_error(error);
    g_assert_cmpint(lesson->state, ==, SC_LESSON_LIVE);
    g_assert_cmpint(lesson->starts_ms, <=, NOW_MS);
    g_assert_cmpint(lesson->ends_ms, ==, NOW_MS + SC_SAMPLE_LESSON_MS);
    g_assert_nonnull(lesson->pairing);
    g_assert_cmpuint(sample->n_sites, ==, 3);
    g_assert_cmpstr(sample->sites[0].name, ==, "城关镇中心小学 五年级（1）班");
    g_assert_cmpstr(sample->sites[1].name, ==, "石门村小学");
    g_assert_cmpstr(sample->sites[2].name, ==, "柳坪村小学");
    for (unsigned i = 0; i < sample->n_sites; i++) {
        g_autoptr(ScTokenGrant) grant =
            sc_token_verify(store, sample->sites[i].token, sample->lesson,
                            NOW_MS + SC_SAMPLE_LESSON_MS - 1, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(grant->site, ==, sample->sites[i].site);
        g_assert_cmpint(grant->role, ==, i == 0 ? SC_ROLE_TEACHER : SC_ROLE_CLASSROOM);
        g_assert_cmpint(lesson->sites[i].tile, ==, (int)i - 1);
        g_assert_cmpstr(lesson->sites[i].name_en, !=, "");
    }
}

static void
seeding_again_fits_the_number_and_moves_the_end(Fixture *fixture,
                                                gconstpointer user_data G_GNUC_UNUSED)
{
    static const unsigned rounds[] = { 2, 2, 12, 1, 0, 3 };
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(fixture->path, &error);

    for (size_t i = 0; i < G_N_ELEMENTS(rounds); i++) {
        int64_t now_ms = NOW_MS + (int64_t)i * DAY_MS;
        g_autoptr(ScSample) sample = seed(store, rounds[i], now_ms);
        g_autoptr(ScLessonRow) lesson =
            sc_store_get_lesson(store, sample->lesson, &error);
        g_auto(GStrv) open = sc_store_list_open_lessons(store, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(g_strv_length(open), ==, 1);
        g_assert_cmpuint(lesson->n_sites, ==, rounds[i] + 1);
        g_assert_cmpuint(sample->n_sites, ==, rounds[i] + 1);
        g_assert_cmpint(lesson->state, ==, SC_LESSON_LIVE);
        g_assert_cmpint(lesson->ends_ms, ==, now_ms + SC_SAMPLE_LESSON_MS);
        g_assert_cmpint(lesson->starts_ms, <, NOW_MS);
    }
}

static void
earlier_tokens_hold_beside_the_fresh_ones(Fixture *fixture,
                                          gconstpointer user_data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(fixture->path, &error);
    g_autoptr(ScSample) first = seed(store, 2, NOW_MS);
    g_autoptr(ScSample) second = seed(store, 2, NOW_MS + 1000);
    g_autoptr(ScTokenGrant) grant = sc_token_verify(store, first->sites[1].token,
                                                    first->lesson, NOW_MS + 2000, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(grant->site, ==, second->sites[1].site);
    g_assert_cmpstr(first->sites[1].token, !=, second->sites[1].token);
}

static int
run(const char *const *arguments)
{
    g_auto(GStrv) argv = g_strdupv((char **)arguments);
    g_autofree char **passed = g_memdup2(argv, (g_strv_length(argv) + 1) * sizeof *argv);

    return sc_sample_run((int)g_strv_length(argv), passed);
}

static void
sub_command_writes_what_a_program_needs(Fixture *fixture,
                                        gconstpointer user_data G_GNUC_UNUSED)
{
    const char *const arguments[] = {
        "seed",  "--database", fixture->path, "--classrooms",  "3",
        "--url", "http://x",   "--output",    fixture->output, NULL
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonParser) parser = json_parser_new();
    GStatBuf file;

    g_assert_cmpint(run(arguments), ==, 0);
    json_parser_load_from_file(parser, fixture->output, &error);
    g_assert_no_error(error);
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *tokens = json_object_get_array_member(root, "classroom_tokens");
    JsonArray *sites = json_object_get_array_member(root, "sites");
    JsonObject *last = json_array_get_object_element(sites, 3);
    g_assert_cmpstr(json_object_get_string_member(root, "url"), ==, "http://x");
    g_assert_cmpstr(json_object_get_string_member(root, "lesson"), ==, "sample-lesson");
    g_assert_cmpuint(strlen(json_object_get_string_member(root, "teacher_token")), ==,
                     SC_TOKEN_TEXT_LENGTH);
    g_assert_cmpuint(json_array_get_length(tokens), ==, 3);
    g_assert_cmpuint(json_array_get_length(sites), ==, 4);
    g_assert_cmpstr(json_object_get_string_member(last, "token"), ==,
                    json_array_get_string_element(tokens, 2));
    g_assert_cmpstr(json_object_get_string_member(last, "name"), ==, "白云寨教学点");
    g_assert_cmpint(g_stat(fixture->output, &file), ==, 0);
    g_assert_cmpint(file.st_mode & 0777, ==, 0600);
}

static void
sub_command_says_what_is_wrong(Fixture *fixture, gconstpointer user_data G_GNUC_UNUSED)
{
    static const struct {
        const char *arguments[9]; /* behind --database; NULL-terminated */
        const char *message;
    } cases[] = {
        { { NULL }, "*--database, --url and --output must be given*" },
        { { "--url", "u", "--output", "o", "--classrooms", "-1" },
          "*--classrooms is -1, allowed are 0 to 1000*" },
        { { "--url", "u", "--output", "o", "--classrooms", "1001" },
          "*--classrooms is 1001, allowed are 0 to 1000*" },
        { { "--url", "u", "--output", "o", "--classrooms", "many" }, "*many*" },
        { { "--url", "u", "--output", "o", "--colour" }, "*--colour*" },
        { { "--url", "u", "--output", "/nowhere/at/all" }, "*nowhere*" },
    };

    if (g_test_subprocess()) {
        size_t number = (size_t)g_ascii_strtoull(g_getenv("SC_TEST_CASE"), NULL, 10);
        const char *arguments[12] = { "seed", "--database", fixture->path };
        memcpy(&arguments[3], cases[number].arguments, sizeof cases[number].arguments);
        g_assert_cmpint(run(arguments), ==, 1);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *number = g_strdup_printf("%zu", i);

        g_setenv("SC_TEST_CASE", number, TRUE);
        g_test_trap_subprocess(NULL, 10 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr(cases[i].message);
    }
    g_unsetenv("SC_TEST_CASE");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                               \
    g_test_add("/signaling/sample/" #name, Fixture, NULL, fixture_set_up, name, \
               fixture_tear_down)
    ADD(lesson_is_on_and_every_token_holds);
    ADD(seeding_again_fits_the_number_and_moves_the_end);
    ADD(earlier_tokens_hold_beside_the_fresh_ones);
    ADD(sub_command_writes_what_a_program_needs);
    ADD(sub_command_says_what_is_wrong);
#undef ADD
    return g_test_run();
}
