/* SPDX-License-Identifier: Apache-2.0 */
/* conductor-echo.c: echo tests as lessons that run: they begin when somebody asks, and
 * end by themselves. */
#define G_LOG_DOMAIN "sc-conductor"
#include "signaling/conductor-private.h"
#include "signaling/problem.h"

#define LOOK_S 1 /* for those that are over */

static void
end(ScConductor *self, const char *lesson)
{
    ScRunning *running = g_hash_table_lookup(self->lessons, lesson);
    g_message("%s is over", lesson);
    sc_echo_tests_end(self->echo_tests, lesson);
    if (running != NULL)
        sc_running_end(running);
}

static gboolean
on_look(gpointer user_data)
{
    ScConductor *self = user_data;
    int64_t now_ms = sc_clock_get_real_ms(self->clock);
    for (const char *lesson;
         (lesson = sc_echo_tests_find(self->echo_tests, NULL, now_ms)) != NULL;)
        end(self, lesson);
    if (sc_echo_tests_count(self->echo_tests) > 0)
        return G_SOURCE_CONTINUE;
    self->looking_at_tests = 0;
    return G_SOURCE_REMOVE;
}

const ScEchoTest *
sc_conductor_begin_echo_test(ScConductor *self, const char *owner, GError **error)
{
    int64_t now_ms = sc_clock_get_real_ms(self->clock);
    const char *former = sc_echo_tests_find(self->echo_tests, owner, now_ms);
    if (former != NULL)
        end(self, former);
    const ScEchoTest *test = sc_echo_tests_begin(self->echo_tests, owner, now_ms, error);
    if (test != NULL && self->looking_at_tests == 0)
        self->looking_at_tests = g_timeout_add_seconds(LOOK_S, on_look, self);
    return test;
}

ScTokenGrant *
sc_conductor_verify_media(ScConductor *self, const char *token, const char *lesson,
                          GError **error)
{
    g_autoptr(ScTokenGrant) grant = sc_echo_tests_verify(self->echo_tests, token);
    if (grant == NULL)
        return sc_conductor_verify(self, token, lesson, error);
    if (g_str_equal(grant->lesson, lesson))
        return g_steal_pointer(&grant);
    g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_WRONG_LESSON,
                "the token is of an echo test, and not of lesson %s", lesson);
    return NULL;
}
