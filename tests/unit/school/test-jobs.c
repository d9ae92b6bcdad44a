/* SPDX-License-Identifier: Apache-2.0 */
/* Lessons of a term as a job: its progress, and that a new process goes on with it. */
#include <sys/wait.h>
#include <unistd.h>

#include "signaling/school/jobs.h"
#include "small-school.h"

#define N_ENTRIES 400  /* many slices */
#define N_LESSONS 1600 /* four of each */
#define LIMIT_US (30L * G_USEC_PER_SEC)

enum { CHILD_IN_THE_MIDDLE, CHILD_TOO_QUICK };

static void
add_entries(SmallSchool *school)
{
    small_school_run(school, "DELETE FROM entry");
    g_assert_true(sc_store_begin(school->store, NULL));
    for (unsigned i = 0; i < N_ENTRIES; i++) {
        g_autofree char *sql =
            g_strdup_printf("INSERT INTO entry (id, pairing, weekday, schedule, period)"
                            " VALUES ('entry-%u', 'pairing', %u, 'bells', %u)",
                            i, i % 5 + 1, i % 2 + 1);
        small_school_run(school, sql);
    }
    g_assert_true(sc_store_commit(school->store, NULL));
}

static ScClock *
make_clock(void)
{
    ScClock *clock = sc_clock_new();
    sc_clock_set_real_ms(clock, SMALL_SCHOOL_NOW_MS);
    return clock;
}

static char *
ask(ScJobs *jobs)
{
    g_autoptr(GError) error = NULL;
    char *job = sc_jobs_generate(jobs, "county", "term", NULL, &error);
    g_assert_no_error(error);
    return job;
}

static bool
is_running(SmallSchool *school)
{
    return small_school_count(school, "SELECT count(*) FROM job WHERE state = 'running'")
           > 0;
}

static void
run_to_the_end(SmallSchool *school)
{
    int64_t end_us = g_get_monotonic_time() + LIMIT_US;
    while (is_running(school)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        g_main_context_iteration(NULL, TRUE);
    }
}

static void
assert_done(SmallSchool *school, const char *detail)
{
    g_autofree char *want =
        g_strdup_printf("done|%d|%d|%s\n", N_ENTRIES, N_ENTRIES, detail);
    g_autofree char *have =
        small_school_read(school, "SELECT state, n_done, n_total, detail FROM job");
    g_assert_cmpstr(have, ==, want);
    g_assert_cmpint(small_school_count(school, "SELECT count(*) FROM lesson"), ==,
                    N_LESSONS);
    g_assert_cmpint(small_school_count(school, "SELECT count(*) FROM lesson_site"), ==,
                    3L * N_LESSONS);
}

static void
a_term_is_made_and_told_of(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    add_entries(school);
    g_autoptr(ScClock) clock = make_clock();
    g_autoptr(ScJobs) jobs = sc_jobs_new(school->store, clock, school->zone, NULL);
    g_autofree char *first = ask(jobs);
    g_autofree char *second = ask(jobs);
    g_assert_cmpstr(second, ==, first);
    run_to_the_end(school);
    assert_done(school, "{\"made\":1600,\"moved\":0,\"removed\":0}");
    g_assert_cmpint(sc_jobs_get_longest_us(jobs), >, 0);
}

/* Ends in the middle of the job, as kill -9 would: nothing is closed. */
static int
run_half(SmallSchool *school)
{
    small_school_open(school);
    ScClock *clock = make_clock();
    ScJobs *jobs = sc_jobs_new(school->store, clock, school->zone, NULL);
    g_free(ask(jobs));
    while (is_running(school)) {
        g_main_context_iteration(NULL, TRUE);
        if (small_school_count(school, "SELECT n_done FROM job") > 0)
            return is_running(school) ? CHILD_IN_THE_MIDDLE : CHILD_TOO_QUICK;
    }
    return CHILD_TOO_QUICK;
}

static void
a_new_process_goes_on(SmallSchool *school, gconstpointer user_data G_GNUC_UNUSED)
{
    int status;
    add_entries(school);
    small_school_close(school);
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0)
        _exit(run_half(school));
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, CHILD_IN_THE_MIDDLE);

    small_school_open(school);
    int64_t n_done = small_school_count(school, "SELECT n_done FROM job");
    g_assert_cmpint(n_done, >, 0);
    g_assert_cmpint(n_done, <, N_ENTRIES);
    /* Entries that are said to be done have all their lessons, the others none. */
    g_assert_cmpint(small_school_count(school, "SELECT count(*) FROM lesson"), ==,
                    4 * n_done);
    g_autoptr(ScClock) clock = make_clock();
    g_autoptr(ScJobs) jobs G_GNUC_UNUSED =
        sc_jobs_new(school->store, clock, school->zone, NULL);
    run_to_the_end(school);
    g_autofree char *detail = g_strdup_printf("{\"made\":%d,\"moved\":0,\"removed\":0}",
                                              (int)(N_LESSONS - 4 * n_done));
    assert_done(school, detail);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/jobs/a term is made and told of", SmallSchool, NULL, small_school_set_up,
               a_term_is_made_and_told_of, small_school_tear_down);
    g_test_add("/jobs/a new process goes on", SmallSchool, NULL, small_school_set_up,
               a_new_process_goes_on, small_school_tear_down);
    return g_test_run();
}
