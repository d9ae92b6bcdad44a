/* SPDX-License-Identifier: Apache-2.0 */
/* What the store acknowledged survives kill -9 at any instant. A child writes lessons and
 * floors and tells of each that was done; it is killed at random instants, and everything
 * it told of must be there. SC_TEST_SEED repeats a run. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "signaling/store/lesson.h"
#include "signaling/store/organisation.h"
#include "signaling/store/site.h"

#define N_ROUNDS 12
#define LIFE_MAX_MS 60 /* of a child, after its first word */

/* Writes for ever: each line on @out is a lesson that is stored, with its floor given. */
static int
write_until_killed(const char *path, unsigned first, int out)
{
    g_autoptr(ScStore) store = sc_store_open(path, NULL);

    g_assert_nonnull(store);
    for (unsigned i = first;; i++) {
        g_autofree char *id = g_strdup_printf("lesson-%u", i);
        g_autofree char *line = g_strdup_printf("%s\n", id);
        ScLessonSite site = { .site = g_strdup("s1"), .role = SC_ROLE_CLASSROOM };
        ScLessonRow row = { .id = id,
                            .title = id,
                            .subject = id,
                            .ends_ms = 1,
                            .state = SC_LESSON_LIVE,
                            .sites = &site,
                            .n_sites = 1 };

        g_assert_true(sc_store_add_lesson(store, &row, NULL));
        g_assert_true(sc_store_set_floor(store, id, "s1", 1, NULL));
        g_free(site.site);
        if (write(out, line, strlen(line)) < 0)
            return EXIT_FAILURE;
    }
}

static void
prepare(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(path, &error);

    g_assert_no_error(error);
    g_assert_true(sc_store_put_organisation(
        store, &(ScOrganisation){ "o1", NULL, SC_ORGANISATION_SCHOOL, "校", "" },
        &error));
    g_assert_true(sc_store_put_site(store, &(ScSite){ "s1", "o1", "班", "" }, &error));
    g_assert_no_error(error);
}

/* One life: returns the lessons told of until the kill. */
static GPtrArray *
live_and_die(const char *path, unsigned first, gulong life_us)
{
    GPtrArray *told = g_ptr_array_new_with_free_func(g_free);
    int ends[2];
    char line[64];

    g_assert_cmpint(pipe(ends), ==, 0);
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        close(ends[0]);
        _exit(write_until_killed(path, first, ends[1]));
    }
    close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    bool is_running = true;
    while (fgets(line, sizeof line, stream) != NULL) {
        g_assert_true(g_str_has_suffix(line, "\n"));
        g_ptr_array_add(told, g_strndup(line, strlen(line) - 1));
        if (is_running) {
            g_usleep(life_us); /* the instant is what the test is about */
            g_assert_cmpint(kill(child, SIGKILL), ==, 0);
            is_running = false;
        }
    }
    fclose(stream);
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return told;
}

static void
assert_all_there(const char *path, const GPtrArray *told)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(path, &error);

    g_assert_no_error(error);
    for (guint i = 0; i < told->len; i++) {
        const char *id = g_ptr_array_index(told, i);
        g_autoptr(ScLessonRow) row = sc_store_get_lesson(store, id, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(row->n_sites, ==, 1);
        g_assert_cmpstr(row->floor, ==, "s1");
    }
}

static void
nothing_acknowledged_is_lost_by_kill_9(void)
{
    const char *given = g_getenv("SC_TEST_SEED");
    guint32 seed = given != NULL ? (guint32)strtoul(given, NULL, 10) : g_random_int();
    g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
    g_autofree char *directory = g_dir_make_tmp("sc-durability-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "synclass.db", NULL);
    unsigned n_told = 0;

    g_test_message("SC_TEST_SEED=%u", seed);
    prepare(path);
    for (unsigned round = 0; round < N_ROUNDS; round++) {
        gulong life_us = (gulong)g_rand_int_range(chance, 0, LIFE_MAX_MS * 1000);
        g_autoptr(GPtrArray) told = live_and_die(path, round * 100000, life_us);

        g_assert_cmpuint(told->len, >, 0);
        assert_all_there(path, told);
        n_told += told->len;
    }
    g_test_message("%u rows acknowledged in %d lives, none lost", n_told, N_ROUNDS);

    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/signaling/durability/nothing_acknowledged_is_lost_by_kill_9",
                    nothing_acknowledged_is_lost_by_kill_9);
    return g_test_run();
}
