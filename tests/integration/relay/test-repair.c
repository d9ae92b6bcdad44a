/* SPDX-License-Identifier: Apache-2.0 */
/* Loss on either leg, made on purpose, and who repairs it. */
#include <glib.h>

#include "tests/integration/relay/actor.h"

#define SECOND SC_STAGE_SECOND_US
#define N_LOST 5u
#define ASK_MAX                                                            \
    UINT64_C(10) /* relay/nack.h: times that the relay asks for one packet \
                  */

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

static bool
has_lost_all(void *data)
{
    const ScActor *subscriber = data;

    return subscriber->slots[0].loses == 0;
}

/* Returns the sequence numbers, which the slot keeps. */
static const uint16_t *
lose(Pair *pair, unsigned n_packets)
{
    pair->subscriber->slots[0].loses = n_packets;
    g_assert_true(sc_stage_run_until(pair->subscriber->stage, has_lost_all,
                                     pair->subscriber, SC_STAGE_HANG_US));
    return (const uint16_t *)pair->subscriber->slots[0].lost->data;
}

static unsigned
count_repairs(const ScActor *subscriber)
{
    unsigned n_repairs = 0;

    for (unsigned i = 0; i < sc_actor_get_n_heard(subscriber, 0); i++)
        n_repairs += sc_actor_get_heard(subscriber, 0, i)->is_repair;
    return n_repairs;
}

static void
receiver_is_repaired_from_the_history(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    const uint16_t *lost = lose(&pair, N_LOST);

    sc_actor_send_nack(pair.subscriber, 0, lost, N_LOST);
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    g_assert_cmpuint(count_repairs(pair.subscriber), ==, N_LOST);
    for (unsigned i = 0; i < sc_actor_get_n_heard(pair.subscriber, 0); i++) {
        const ScHeard *heard = sc_actor_get_heard(pair.subscriber, 0, i);

        g_assert_cmpuint(heard->payload_type, ==, heard->is_repair ? 97 : 96);
    }
    sc_actor_assert_continuous(pair.subscriber, 0);
    g_assert_cmpuint(pair.publisher->asked[0].nacked->len, ==,
                     0); /* its own leg lost none */
    g_assert_cmpuint(sc_stage_get_counter(stage, "repairs_out"), ==, N_LOST);
}

static uint16_t *
dup_last_heard(const ScActor *self, unsigned slot, unsigned n)
{
    uint16_t *sequences = g_new(uint16_t, n);
    unsigned n_heard = sc_actor_get_n_heard(self, slot);

    for (unsigned i = 0; i < n; i++)
        sequences[i] = sc_actor_get_heard(self, slot, n_heard - n + i)->sequence;
    return sequences;
}

/* Asks for audio that came, and returns what the relay sent again of it. */
static uint64_t
ask_for_audio(ScStage *stage, const char *profile)
{
    ScActor *publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = "a" }, true);
    ScActorPlan plan = { .slots = "a", .profiles = profile };
    ScActor *subscriber = sc_actor_new(stage, &plan, true);

    publisher->is_live = true;
    sc_actor_patch(subscriber, 0, publisher, 0);
    sc_actor_wait_heard(subscriber, 0, 40);
    g_autofree uint16_t *had = dup_last_heard(subscriber, 0, N_LOST);
    sc_actor_send_nack(subscriber, 0, had, N_LOST);
    sc_actor_wait_heard(subscriber, 0, 40);

    for (unsigned i = 1; i < sc_actor_get_n_heard(subscriber, 0); i++) {
        uint16_t before = sc_actor_get_heard(subscriber, 0, i - 1)->wide_sequence;
        uint16_t number = sc_actor_get_heard(subscriber, 0, i)->wide_sequence;

        g_assert_cmpuint((uint16_t)(number - before), ==, 1);
    }
    sc_actor_assert_continuous(subscriber, 0);
    return sc_stage_get_counter(stage, "repairs_out");
}

/* Without RTX a repair has its packet's number: who was impatient has it already, and its
 * SRTP drops the second unread. No transport-wide number may be missing for that, or the
 * line would look lossy. */
static void
repair_without_rtx_leaves_no_gap(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpuint(ask_for_audio(stage, SC_PEER_PROFILE_SHA1), ==, N_LOST);
}

static void
nothing_is_repeated_under_gcm_without_rtx(ScStage *stage,
                                          G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpuint(ask_for_audio(stage, SC_PEER_PROFILE_GCM), ==, 0);
}

static void
request_repeated_at_once_is_answered_once(ScStage *stage,
                                          G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    const uint16_t *lost = lose(&pair, N_LOST);

    for (unsigned i = 0; i < 10; i++)
        sc_actor_send_nack(pair.subscriber, 0, lost, N_LOST);
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    g_assert_cmpuint(count_repairs(pair.subscriber), ==, N_LOST);
    g_assert_cmpuint(sc_stage_get_verdict(stage, "nack_repeated"), ==,
                     UINT64_C(9) * N_LOST);
}

/* The history still has it, but the line has better to do. */
static void
what_was_sent_long_ago_is_not_repaired(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    const uint16_t *lost = lose(&pair, N_LOST);
    uint16_t old[N_LOST];

    memcpy(old, lost, sizeof old);
    sc_stage_run_for(stage, 5 * SECOND / 2);
    sc_actor_send_nack(pair.subscriber, 0, old, N_LOST);
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    g_assert_cmpuint(count_repairs(pair.subscriber), ==, 0);
    g_assert_cmpuint(sc_stage_get_verdict(stage, "nack_too_old"), ==, N_LOST);
}

static void
number_that_was_never_sent_is_not_repaired(ScStage *stage,
                                           G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    uint16_t first = sc_actor_get_heard(pair.subscriber, 0, 0)->sequence;
    const uint16_t before[] = { (uint16_t)(first - 20001), (uint16_t)(first - 20000) };
    const uint16_t ahead[] = { (uint16_t)(first + 20000), (uint16_t)(first + 20001) };

    sc_actor_send_nack(pair.subscriber, 0, before, G_N_ELEMENTS(before));
    sc_actor_send_nack(pair.subscriber, 0, ahead, G_N_ELEMENTS(ahead));
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    g_assert_cmpuint(count_repairs(pair.subscriber), ==, 0);
    g_assert_cmpuint(sc_stage_get_verdict(stage, "nack_too_old"), ==, 2);
    g_assert_cmpuint(sc_stage_get_verdict(stage, "nack_not_yet_sent"), ==, 2);
    sc_actor_assert_continuous(pair.subscriber, 0);
}

/* Nobody but the relay notices: it asks, and puts what comes in its place. */
static void
publisher_is_asked_for_what_the_relay_missed(ScStage *stage,
                                             G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    uint64_t first_lost = pair.publisher->streams[0].n_packets;
    unsigned n_found = 0;

    pair.publisher->streams[0].keeps_back = N_LOST;
    sc_actor_wait_heard(pair.subscriber, 0, 60);
    sc_actor_assert_continuous(pair.subscriber, 0);
    for (unsigned i = 0; i < sc_actor_get_n_heard(pair.subscriber, 0); i++) {
        uint64_t number = sc_actor_get_heard(pair.subscriber, 0, i)->label.number;

        n_found += number >= first_lost && number < first_lost + N_LOST;
    }
    g_assert_cmpuint(n_found, ==, N_LOST);
    g_assert_cmpuint(count_repairs(pair.subscriber), ==, 0); /* late, but not repeated */
    g_assert_cmpuint(sc_stage_get_counter(stage, "repairs_in"), >=, N_LOST);
}

static void
publisher_that_cannot_repair_is_not_asked_for_ever(ScStage *stage,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    GArray *nacked = pair.publisher->asked[0].nacked;

    pair.publisher->repairs = false;
    pair.publisher->streams[0].keeps_back = N_LOST;
    sc_stage_run_for(stage, 2 * SECOND);
    unsigned n_asked = nacked->len;
    g_assert_cmpuint(n_asked, >=, UINT64_C(2) * N_LOST);
    g_assert_cmpuint(n_asked, <=, ASK_MAX * N_LOST);
    sc_stage_run_for(stage, SECOND);
    g_assert_cmpuint(nacked->len, ==, n_asked);
    sc_actor_wait_heard(pair.subscriber, 0, 40); /* the rest goes on */
}

/* As on a line that loses packets on both legs: all is made up for in the end. */
static void
loss_on_both_legs_is_made_up_for(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    Pair pair = make_pair(stage);
    ScHearing *slot = &pair.subscriber->slots[0];

    for (unsigned round = 0; round < 8; round++) {
        unsigned n_before = slot->lost->len;

        pair.publisher->streams[0].keeps_back = 2;
        lose(&pair, 3);
        sc_actor_send_nack(pair.subscriber, 0,
                           &g_array_index(slot->lost, uint16_t, n_before), 3);
        sc_actor_wait_heard(pair.subscriber, 0, 20);
    }
    sc_actor_wait_heard(pair.subscriber, 0, 40);
    sc_actor_assert_continuous(pair.subscriber, 0);
}

#define ADD(name)                                                                  \
    g_test_add("/integration/repair/" #name, ScStage, NULL, sc_stage_set_up, name, \
               sc_stage_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(receiver_is_repaired_from_the_history);
    ADD(repair_without_rtx_leaves_no_gap);
    ADD(nothing_is_repeated_under_gcm_without_rtx);
    ADD(request_repeated_at_once_is_answered_once);
    ADD(what_was_sent_long_ago_is_not_repaired);
    ADD(number_that_was_never_sent_is_not_repaired);
    ADD(publisher_is_asked_for_what_the_relay_missed);
    ADD(publisher_that_cannot_repair_is_not_asked_for_ever);
    ADD(loss_on_both_legs_is_made_up_for);
    return g_test_run();
}
