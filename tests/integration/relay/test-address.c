/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that restart ICE, that move, and that fall silent. */
#include <glib.h>

#include "tests/integration/relay/actor.h"

#define SECOND SC_STAGE_SECOND_US
#define CONSENT_US (30 * SECOND) /* RFC 7675, section 5.1 */

typedef struct {
    ScActor *publisher;
    ScActor *subscriber;
} Pair;

static Pair
make_pair(ScStage *stage)
{
    Pair pair = {
        .publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = "v" }, true),
        .subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true),
    };

    pair.publisher->is_live = true;
    sc_actor_patch(pair.subscriber, 0, pair.publisher, 0);
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    return pair;
}

static void
stream_goes_on_over_an_ice_restart(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    uint64_t n_answered[2];

    for (unsigned round = 0; round < 3; round++) {
        n_answered[0] = sc_peer_get_stats(pair.publisher->peer)->n_checks_answered;
        n_answered[1] = sc_peer_get_stats(pair.subscriber->peer)->n_checks_answered;
        sc_actor_restart_ice(pair.publisher);
        sc_actor_restart_ice(pair.subscriber);
        sc_actor_wait_heard(pair.subscriber, 0, 60);
        g_assert_cmpuint(sc_peer_get_stats(pair.publisher->peer)->n_checks_answered, >,
                         n_answered[0]);
        g_assert_cmpuint(sc_peer_get_stats(pair.subscriber->peer)->n_checks_answered, >,
                         n_answered[1]);
    }
    sc_actor_assert_continuous(pair.subscriber, 0);
    g_assert_cmpuint(sc_peer_get_stats(pair.publisher->peer)->n_check_errors, ==, 0);
    g_assert_cmpstr(sc_stage_get_state(stage, pair.publisher->name), ==, "connected");
    g_assert_cmpuint(sc_stage_get_verdict(stage, "stun_unknown_user"), ==, 0);
}

/* What it sends from the new address before the check is answered may be dropped: the
 * relay asks for it again. */
static void
publisher_that_moves_keeps_its_stream(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);

    for (unsigned i = 0; i < 8; i++) { /* some of them to another worker's socket */
        g_assert_true(sc_peer_move(pair.publisher->peer, true, NULL));
        sc_actor_wait_heard(pair.subscriber, 0, 40);
    }
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    sc_actor_assert_continuous(pair.subscriber, 0);
}

static void
subscriber_that_moves_is_followed(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);

    for (unsigned i = 0; i < 8; i++) {
        const ScHeard *last = sc_actor_get_heard(
            pair.subscriber, 0, sc_actor_get_n_heard(pair.subscriber, 0) - 1);
        uint64_t number = last->label.number;
        unsigned n_heard = sc_actor_get_n_heard(pair.subscriber, 0);

        g_assert_true(sc_peer_move(pair.subscriber->peer, true, NULL));
        sc_actor_wait_heard(pair.subscriber, 0, 40);
        /* Lost at most: what was on its way to the old socket. */
        const ScHeard *first = sc_actor_get_heard(pair.subscriber, 0, n_heard);
        g_assert_cmpuint(first->label.number - number, <=, 12);
    }
}

/* As behind a NAT that has forgotten the mapping: nothing is learned from media; the next
 * check of consent repairs it. */
static void
media_from_a_new_address_wait_for_a_check(ScStage *stage,
                                          G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    uint64_t n_unknown = sc_stage_get_verdict(stage, "unknown_address");

    sc_peer_set_checking(pair.publisher->peer, false);
    g_assert_true(sc_peer_move(pair.publisher->peer, false, NULL));
    sc_stage_run_for(stage, SECOND / 10);
    unsigned n_heard = sc_actor_get_n_heard(pair.subscriber, 0);
    sc_stage_run_for(stage, SECOND);
    g_assert_cmpuint(sc_actor_get_n_heard(pair.subscriber, 0), ==, n_heard);
    g_assert_cmpuint(sc_stage_get_verdict(stage, "unknown_address"), >, n_unknown + 50);

    sc_peer_set_checking(pair.publisher->peer, true);
    sc_actor_wait_heard(pair.subscriber, 0, 40);
}

typedef struct {
    ScStage *stage;
    const char *transport;
    const char *state;
} Expected;

static bool
is_in_state(void *data)
{
    const Expected *expected = data;

    return g_strcmp0(sc_stage_get_state(expected->stage, expected->transport),
                     expected->state)
           == 0;
}

static void
silent_subscriber_is_lost_and_comes_back(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    Expected lost = { stage, pair.subscriber->name, "lost" };
    Expected connected = { stage, pair.subscriber->name, "connected" };

    sc_peer_set_checking(pair.subscriber->peer, false);
    g_assert_false(
        sc_stage_run_until(stage, is_in_state, &lost, CONSENT_US - 3 * SECOND));
    g_assert_true(sc_stage_run_until(stage, is_in_state, &lost, SC_STAGE_HANG_US));
    uint64_t n_datagrams = sc_peer_get_stats(pair.subscriber->peer)->n_datagrams;
    sc_stage_run_for(stage, 2 * SECOND);
    g_assert_cmpuint(sc_peer_get_stats(pair.subscriber->peer)->n_datagrams, ==,
                     n_datagrams); /* not a byte without consent */

    sc_peer_set_checking(pair.subscriber->peer, true);
    g_assert_true(sc_stage_run_until(stage, is_in_state, &connected, SC_STAGE_HANG_US));
    unsigned n_heard = sc_actor_get_n_heard(pair.subscriber, 0);
    sc_actor_wait_heard(pair.subscriber, 0, 60);
    g_assert_cmpint(sc_actor_get_heard(pair.subscriber, 0, n_heard)->label.kind, ==,
                    SC_MEDIA_SPS); /* a picture that can be decoded */
}

static void
peer_that_says_goodbye_is_closed_at_once(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    Expected closed = { stage, pair.subscriber->name, "closed" };

    sc_peer_close(pair.subscriber->peer);
    g_assert_true(sc_stage_run_until(stage, is_in_state, &closed, SC_STAGE_HANG_US));
}

#define ADD(name)                                                                   \
    g_test_add("/integration/address/" #name, ScStage, NULL, sc_stage_set_up, name, \
               sc_stage_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(stream_goes_on_over_an_ice_restart);
    ADD(publisher_that_moves_keeps_its_stream);
    ADD(subscriber_that_moves_is_followed);
    ADD(media_from_a_new_address_wait_for_a_check);
    ADD(silent_subscriber_is_lost_and_comes_back);
    ADD(peer_that_says_goodbye_is_closed_at_once);
    return g_test_run();
}
