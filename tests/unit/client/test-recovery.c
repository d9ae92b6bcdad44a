/* SPDX-License-Identifier: Apache-2.0 */
#include "client/recovery.h"

#define MS 1000
#define HALF_SECOND (500 * MS)

static double
no_chance(void *user_data)
{
    (void)user_data;
    return 1.0 - 1e-9;
}

typedef struct {
    ScRecovery *recovery;
    int64_t now_us;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->recovery = sc_recovery_new(SC_RECOVERY_SILENCE_US, no_chance, NULL);
    fixture->now_us = 1000 * G_USEC_PER_SEC;
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_recovery_free(fixture->recovery);
}

/* Lets time pass in steps of a millisecond until an action comes; -1 if none did. */
static int64_t
wait_for(Fixture *fixture, ScRecoveryAction action, int64_t limit_us)
{
    for (int64_t waited_us = 0; waited_us <= limit_us; waited_us += MS) {
        ScRecoveryAction next = sc_recovery_next(fixture->recovery, fixture->now_us);
        if (next == action)
            return waited_us;
        g_assert_cmpint(next, ==, SC_RECOVERY_NOTHING);
        fixture->now_us += MS;
    }
    return -1;
}

static void
expect_now(Fixture *fixture, ScRecoveryAction action)
{
    g_assert_cmpint(sc_recovery_next(fixture->recovery, fixture->now_us), ==, action);
    g_assert_cmpint(sc_recovery_next(fixture->recovery, fixture->now_us), ==,
                    SC_RECOVERY_NOTHING);
}

static void
play(Fixture *fixture)
{
    sc_recovery_start(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
    sc_recovery_on_answered(fixture->recovery, fixture->now_us, 20 * MS);
    sc_recovery_expect_media(fixture->recovery, fixture->now_us, true);
    sc_recovery_on_heard(fixture->recovery, fixture->now_us);
    g_assert_cmpint(sc_recovery_get_state(fixture->recovery), ==, SC_RECOVERY_PLAYING);
}

static void
silence_restarts_ice_after_two_seconds(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_RESTART_ICE, 10 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_SILENCE_US);
    g_assert_cmpstr(sc_recovery_get_reason(fixture->recovery), ==,
                    "nothing heard from the relay");
}

static void
silence_is_no_fault_while_nobody_publishes(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    sc_recovery_expect_media(fixture->recovery, fixture->now_us, false);
    g_assert_cmpint(
        wait_for(fixture, SC_RECOVERY_RESTART_ICE, 3600LL * G_USEC_PER_SEC / 60), ==, -1);
    sc_recovery_expect_media(fixture->recovery, fixture->now_us, true);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_RESTART_ICE, 10 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_SILENCE_US);
}

static void
silence_is_no_fault_before_the_first_media(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_recovery_start(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
    sc_recovery_on_answered(fixture->recovery, fixture->now_us, 20 * MS);
    sc_recovery_on_opened(fixture->recovery, fixture->now_us);
    sc_recovery_expect_media(fixture->recovery, fixture->now_us, true);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_RESTART_ICE, 60 * G_USEC_PER_SEC), ==,
                    -1);
    g_assert_true(sc_recovery_has_connected(fixture->recovery));
}

static void
restart_that_is_heard_keeps_the_session(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    wait_for(fixture, SC_RECOVERY_RESTART_ICE, 10 * G_USEC_PER_SEC);
    fixture->now_us += HALF_SECOND;
    sc_recovery_on_heard(fixture->recovery, fixture->now_us);
    g_assert_cmpint(sc_recovery_get_state(fixture->recovery), ==, SC_RECOVERY_PLAYING);
    expect_now(fixture, SC_RECOVERY_NOTHING);
}

static void
restart_that_is_not_heard_becomes_a_fresh_session(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    wait_for(fixture, SC_RECOVERY_RESTART_ICE, 10 * G_USEC_PER_SEC);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 10 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_RESTART_US + 4 * 20 * MS);
    g_assert_cmpint(sc_recovery_get_state(fixture->recovery), ==, SC_RECOVERY_ASKING);
}

static void
refused_restart_asks_at_once(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    wait_for(fixture, SC_RECOVERY_RESTART_ICE, 10 * G_USEC_PER_SEC);
    sc_recovery_on_restart_refused(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
}

static void
refusals_are_spaced_wider_and_wider(Fixture *fixture, gconstpointer data)
{
    static const int64_t waits_ms[] = { 100, 200, 400, 800, 1600, 2000, 2000 };
    (void)data;
    sc_recovery_start(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
    for (size_t i = 0; i < G_N_ELEMENTS(waits_ms); i++) {
        sc_recovery_on_refused(fixture->recovery, fixture->now_us, 0);
        int64_t waited_us = wait_for(fixture, SC_RECOVERY_ASK, 10 * G_USEC_PER_SEC);
        g_assert_cmpint(waited_us, ==, waits_ms[i] * MS);
    }
}

static void
retry_after_is_kept_up_to_its_limit(Fixture *fixture, gconstpointer data)
{
    static const struct {
        int64_t asked_us;
        int64_t waited_us;
    } cases[] = {
        { 1 * G_USEC_PER_SEC, 1 * G_USEC_PER_SEC },
        { 3600LL * G_USEC_PER_SEC, SC_RECOVERY_RETRY_AFTER_MAX_US },
    };
    (void)data;
    sc_recovery_start(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        sc_recovery_on_refused(fixture->recovery, fixture->now_us, cases[i].asked_us);
        g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 20 * G_USEC_PER_SEC), ==,
                        cases[i].waited_us);
    }
}

static void
being_heard_forgets_old_refusals(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_recovery_start(fixture->recovery, fixture->now_us);
    for (int i = 0; i < 6; i++) {
        wait_for(fixture, SC_RECOVERY_ASK, 10 * G_USEC_PER_SEC);
        sc_recovery_on_refused(fixture->recovery, fixture->now_us, 0);
    }
    wait_for(fixture, SC_RECOVERY_ASK, 10 * G_USEC_PER_SEC);
    sc_recovery_on_answered(fixture->recovery, fixture->now_us, 0);
    sc_recovery_on_heard(fixture->recovery, fixture->now_us);
    sc_recovery_on_rejoin(fixture->recovery, fixture->now_us, "relay restarted");
    expect_now(fixture, SC_RECOVERY_ASK);
    sc_recovery_on_refused(fixture->recovery, fixture->now_us, 0);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 10 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_BACKOFF_FIRST_US);
}

static void
rejoin_asks_at_once_from_every_state_that_has_a_session(Fixture *fixture,
                                                        gconstpointer data)
{
    (void)data;
    ScRecovery *recovery = fixture->recovery;

    sc_recovery_on_rejoin(recovery, fixture->now_us, "early");
    expect_now(fixture, SC_RECOVERY_NOTHING);

    play(fixture);
    sc_recovery_on_rejoin(recovery, fixture->now_us, "relay restarted");
    g_assert_cmpstr(sc_recovery_get_reason(recovery), ==, "relay restarted");
    expect_now(fixture, SC_RECOVERY_ASK);

    sc_recovery_on_rejoin(recovery, fixture->now_us, "again, while asking");
    expect_now(fixture, SC_RECOVERY_NOTHING);

    sc_recovery_on_refused(recovery, fixture->now_us, G_USEC_PER_SEC);
    sc_recovery_on_rejoin(recovery, fixture->now_us, "relay is back");
    expect_now(fixture, SC_RECOVERY_ASK);
    g_assert_cmpstr(sc_recovery_get_reason(recovery), ==, "relay restarted");
}

static void
failed_ice_restarts_and_never_tears_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    sc_recovery_on_failed(fixture->recovery, fixture->now_us, "ICE failed");
    expect_now(fixture, SC_RECOVERY_RESTART_ICE);
    sc_recovery_on_failed(fixture->recovery, fixture->now_us, "ICE failed");
    expect_now(fixture, SC_RECOVERY_NOTHING);
    sc_recovery_on_heard(fixture->recovery, fixture->now_us);
    g_assert_cmpint(sc_recovery_get_state(fixture->recovery), ==, SC_RECOVERY_PLAYING);
}

static void
broken_pipeline_is_built_anew_after_a_wait(Fixture *fixture, gconstpointer data)
{
    static const int64_t waits_ms[] = { 100, 200, 400 };
    (void)data;
    play(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(waits_ms); i++) {
        sc_recovery_on_broken(fixture->recovery, fixture->now_us, "encoder0: no memory");
        g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 10 * G_USEC_PER_SEC), ==,
                        waits_ms[i] * MS);
    }
    g_assert_cmpstr(sc_recovery_get_reason(fixture->recovery), ==, "encoder0: no memory");
}

static void
connection_that_never_comes_is_asked_for_again(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_recovery_start(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
    sc_recovery_on_answered(fixture->recovery, fixture->now_us, 600 * MS);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 60 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_CONNECT_US + 4 * 600 * MS + SC_RECOVERY_BACKOFF_FIRST_US);
    g_assert_false(sc_recovery_has_connected(fixture->recovery));
}

static void
post_that_hangs_is_asked_anew(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sc_recovery_start(fixture->recovery, fixture->now_us);
    expect_now(fixture, SC_RECOVERY_ASK);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 60 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_FIRST_ASK_US);
    sc_recovery_on_answered(fixture->recovery, fixture->now_us, 20 * MS);
    sc_recovery_on_opened(fixture->recovery, fixture->now_us);
    sc_recovery_on_rejoin(fixture->recovery, fixture->now_us, "relay restarted");
    expect_now(fixture, SC_RECOVERY_ASK);
    g_assert_cmpint(wait_for(fixture, SC_RECOVERY_ASK, 60 * G_USEC_PER_SEC), ==,
                    SC_RECOVERY_ASK_US + 4 * 20 * MS);
}

static void
last_words_of_a_lost_session_change_nothing(Fixture *fixture, gconstpointer data)
{
    (void)data;
    play(fixture);
    sc_recovery_on_rejoin(fixture->recovery, fixture->now_us, "relay restarted");
    expect_now(fixture, SC_RECOVERY_ASK);
    sc_recovery_on_heard(fixture->recovery, fixture->now_us);
    g_assert_cmpint(sc_recovery_get_state(fixture->recovery), ==, SC_RECOVERY_ASKING);
    sc_recovery_stop(fixture->recovery);
    sc_recovery_on_heard(fixture->recovery, fixture->now_us);
    g_assert_cmpint(sc_recovery_get_state(fixture->recovery), ==, SC_RECOVERY_IDLE);
    g_assert_cmpint(sc_recovery_get_deadline_us(fixture->recovery), ==, INT64_MAX);
}

/* Whatever happens in whatever order, the machine always has a way on: it is asking,
 * or it has a deadline, or it plays. */
static void
no_order_of_events_leaves_it_stuck(Fixture *fixture, gconstpointer data)
{
    (void)data;
    ScRecovery *recovery = fixture->recovery;
    sc_recovery_start(recovery, fixture->now_us);
    for (int i = 0; i < 20000; i++) {
        fixture->now_us += g_test_rand_int_range(0, 1500 * MS);
        switch (g_test_rand_int_range(0, 7)) {
        case 0:
            sc_recovery_on_answered(recovery, fixture->now_us, 50 * MS);
            break;
        case 1:
            sc_recovery_on_refused(recovery, fixture->now_us, 0);
            break;
        case 2:
            sc_recovery_on_heard(recovery, fixture->now_us);
            break;
        case 3:
            sc_recovery_on_failed(recovery, fixture->now_us, "chance");
            break;
        case 4:
            sc_recovery_on_restart_refused(recovery, fixture->now_us);
            break;
        case 5:
            sc_recovery_on_rejoin(recovery, fixture->now_us, "chance");
            break;
        default:
            sc_recovery_expect_media(recovery, fixture->now_us, g_test_rand_int() & 1);
            break;
        }
        ScRecoveryAction action = sc_recovery_next(recovery, fixture->now_us);
        g_assert_cmpint(action, <=, SC_RECOVERY_RESTART_ICE);
        ScRecoveryState state = sc_recovery_get_state(recovery);
        g_assert_true(state == SC_RECOVERY_ASKING || state == SC_RECOVERY_PLAYING
                      || sc_recovery_get_deadline_us(recovery) < INT64_MAX);
    }
}

#define ADD(name) \
    g_test_add("/client/recovery/" #name, Fixture, NULL, set_up, name, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(silence_restarts_ice_after_two_seconds);
    ADD(silence_is_no_fault_while_nobody_publishes);
    ADD(silence_is_no_fault_before_the_first_media);
    ADD(restart_that_is_heard_keeps_the_session);
    ADD(restart_that_is_not_heard_becomes_a_fresh_session);
    ADD(refused_restart_asks_at_once);
    ADD(refusals_are_spaced_wider_and_wider);
    ADD(retry_after_is_kept_up_to_its_limit);
    ADD(being_heard_forgets_old_refusals);
    ADD(rejoin_asks_at_once_from_every_state_that_has_a_session);
    ADD(failed_ice_restarts_and_never_tears_down);
    ADD(broken_pipeline_is_built_anew_after_a_wait);
    ADD(connection_that_never_comes_is_asked_for_again);
    ADD(post_that_hangs_is_asked_anew);
    ADD(last_words_of_a_lost_session_change_nothing);
    ADD(no_order_of_events_leaves_it_stuck);
    return g_test_run();
}
