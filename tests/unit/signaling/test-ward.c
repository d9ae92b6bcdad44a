/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib-unix.h>

#include "signaling/ward.h"

#define PATIENCE_US (10 * G_USEC_PER_SEC)
#define QUIET_TURNS 20
#define TURNS 5

static void
attach(ScWard *ward, GSource *source, GSourceFunc callback, gpointer user_data)
{
    g_source_set_callback(source, callback, user_data, NULL);
    g_source_attach(source, sc_ward_get_context(ward));
    g_source_unref(source);
}

static gboolean
count(gpointer user_data)
{
    (*(unsigned *)user_data)++;
    return G_SOURCE_REMOVE;
}

static gboolean
count_for_ever(gpointer user_data)
{
    (*(unsigned *)user_data)++;
    return G_SOURCE_CONTINUE;
}

static void
turn_until(const unsigned *n_calls, unsigned n_wanted)
{
    int64_t end_us = g_get_monotonic_time() + PATIENCE_US;
    while (*n_calls < n_wanted) {
        g_assert_cmpint(g_get_monotonic_time(), <, end_us);
        g_main_context_iteration(NULL, FALSE);
    }
}

static void
turn_some(void)
{
    for (unsigned i = 0; i < QUIET_TURNS; i++)
        g_main_context_iteration(NULL, FALSE);
}

static void
what_is_attached_from_outside_is_dispatched(void)
{
    ScWard *ward = sc_ward_enter();
    unsigned n_idle = 0, n_later = 0;
    turn_some();
    attach(ward, g_idle_source_new(), count, &n_idle);
    attach(ward, g_timeout_source_new(20), count, &n_later);
    turn_until(&n_idle, 1);
    turn_until(&n_later, 1);
    sc_ward_leave(ward);
}

static void
a_source_that_is_woken_later_is_dispatched(void)
{
    ScWard *ward = sc_ward_enter();
    GSource *source = g_timeout_source_new(G_MAXUINT / 2);
    unsigned n_calls = 0;
    attach(ward, g_source_ref(source), count, &n_calls);
    turn_some();
    g_assert_cmpuint(n_calls, ==, 0);
    g_source_set_ready_time(source, 0);
    turn_until(&n_calls, 1);
    g_source_unref(source);
    sc_ward_leave(ward);
}

static gboolean
note_default(gpointer user_data)
{
    *(GMainContext **)user_data = g_main_context_get_thread_default();
    return G_SOURCE_REMOVE;
}

static void
what_is_begun_in_a_ward_stays_there(void)
{
    ScWard *ward = sc_ward_enter();
    GMainContext *seen = NULL;
    unsigned n_calls = 0;
    attach(ward, g_idle_source_new(), note_default, &seen);
    attach(ward, g_idle_source_new(), count, &n_calls);
    turn_until(&n_calls, 1);
    g_assert_true(seen == sc_ward_get_context(ward));
    g_assert_null(g_main_context_get_thread_default());
    sc_ward_leave(ward);
}

static gboolean
on_readable(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
    char byte;
    g_assert_cmpint(read(fd, &byte, 1), ==, 1);
    (*(unsigned *)user_data)++;
    return G_SOURCE_CONTINUE;
}

static void
a_descriptor_is_waited_for_while_it_is_wanted(void)
{
    ScWard *ward = sc_ward_enter();
    unsigned n_calls = 0;
    int ends[2];
    g_assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, NULL));
    GSource *source = g_unix_fd_source_new(ends[0], G_IO_IN);
    g_source_set_callback(source, G_SOURCE_FUNC(on_readable), &n_calls, NULL);
    g_source_attach(source, sc_ward_get_context(ward));
    turn_some();
    g_assert_cmpint(write(ends[1], "a", 1), ==, 1);
    turn_until(&n_calls, 1);
    g_assert_cmpint(write(ends[1], "b", 1), ==, 1);
    turn_until(&n_calls, 2);
    g_source_destroy(source);
    g_source_unref(source);
    g_assert_cmpint(write(ends[1], "c", 1), ==, 1);
    turn_some();
    g_assert_cmpuint(n_calls, ==, 2);
    close(ends[0]);
    close(ends[1]);
    sc_ward_leave(ward);
}

static void
a_ward_that_never_rests_leaves_others_their_turn(void)
{
    ScWard *ward = sc_ward_enter();
    unsigned n_restless = 0, n_calls = 0;
    GSource *restless = g_idle_source_new();
    g_source_set_priority(restless, G_PRIORITY_DEFAULT);
    attach(ward, g_source_ref(restless), count_for_ever, &n_restless);
    guint other = g_timeout_add(0, count_for_ever, &n_calls);
    turn_until(&n_calls, TURNS);
    g_assert_cmpuint(n_restless, >, 0);
    g_source_remove(other);
    g_source_destroy(restless);
    g_source_unref(restless);
    sc_ward_leave(ward);
}

static void
places_are_given_anew(void)
{
    ScWard *places[SC_WARD_PLACES];
    for (unsigned i = 0; i < SC_WARD_PLACES; i++) {
        places[i] = sc_ward_enter();
        g_assert_true(places[i] == places[0]);
    }
    ScWard *other = sc_ward_enter();
    g_assert_true(other != places[0]);
    sc_ward_leave(other);
    sc_ward_leave(places[0]);
    ScWard *again = sc_ward_enter();
    g_assert_true(again == other || again == places[0]);
    sc_ward_leave(again);
    for (unsigned i = 1; i < SC_WARD_PLACES; i++)
        sc_ward_leave(places[i]);
}

static void
where_no_descriptor_is_left_a_ward_takes_more(void)
{
    struct rlimit before;
    ScWard *first = sc_ward_enter();
    int lowest = dup(STDIN_FILENO);
    g_assert_cmpint(lowest, >=, 0);
    close(lowest);
    g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &before), ==, 0);
    const struct rlimit none = { (rlim_t)lowest, before.rlim_max };
    g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &none), ==, 0);
    ScWard *more[4 * SC_WARD_PLACES]; /* more than there are places in the tests' wards */
    for (unsigned i = 0; i < G_N_ELEMENTS(more); i++)
        more[i] = sc_ward_enter();
    g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &before), ==, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(more); i++)
        sc_ward_leave(more[i]);
    sc_ward_leave(first);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(test) g_test_add_func("/ward/" #test, test)
    ADD(what_is_attached_from_outside_is_dispatched);
    ADD(a_source_that_is_woken_later_is_dispatched);
    ADD(what_is_begun_in_a_ward_stays_there);
    ADD(a_descriptor_is_waited_for_while_it_is_wanted);
    ADD(a_ward_that_never_rests_leaves_others_their_turn);
    ADD(places_are_given_anew);
    ADD(where_no_descriptor_is_left_a_ward_takes_more);
#undef ADD
    return g_test_run();
}
