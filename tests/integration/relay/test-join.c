/* SPDX-License-Identifier: Apache-2.0 */
/* What a joiner starts with, and how rarely an encoder is asked for a key frame. */
#include <glib.h>

#include "tests/integration/relay/actor.h"

#define SECOND SC_STAGE_SECOND_US
#define TICK_US INT64_C(20000)          /* how late a test sees something */
#define HISTORY_MAX_AGE_US (4 * SECOND) /* conf/relay.conf: [join] max_age_ms */
#define PLI_INTERVAL_US SECOND

static ScActor *
publish(ScStage *stage)
{
    ScActor *publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = "v" }, true);

    publisher->is_live = true;
    return publisher;
}

static ScActor *
join(ScStage *stage, const ScActor *publisher)
{
    ScActor *joiner = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);

    sc_actor_patch(joiner, 0, publisher, 0);
    return joiner;
}

/* The encoder makes a key frame each 2 s of its own accord, so that the history always
 * has one that is young enough. */
static void
joiner_starts_from_the_history_and_nobody_is_asked(ScStage *stage,
                                                   G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage);
    ScStream *stream = &publisher->streams[0];

    stream->key_every = 50;
    sc_stage_run_for(stage, SECOND);
    for (unsigned i = 0; i < 3; i++) {
        ScActor *joiner = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);
        uint64_t n_sent = stream->n_packets;

        sc_actor_patch(joiner, 0, publisher, 0);
        sc_actor_wait_heard(joiner, 0, (unsigned)(stream->n_packets - n_sent) + 60);
        sc_actor_assert_continuous(joiner, 0);
        const ScHeard *first = sc_actor_get_heard(joiner, 0, 0);
        g_assert_cmpint(first->label.kind, ==, SC_MEDIA_SPS);

        /* What was sent before is pressed together, to little more than 1 ms for each
         * frame of 40, but for the last two, which may have been the present one already.
         */
        if (n_sent < first->label.number + 12)
            continue;
        unsigned n_past = (unsigned)(n_sent - first->label.number) - 8;
        unsigned n_heard = sc_actor_get_n_heard(joiner, 0);
        if (n_heard <= n_past)
            sc_actor_wait_heard(joiner, 0, n_past + 1 - n_heard);
        first = sc_actor_get_heard(joiner, 0, 0);
        const ScHeard *past = sc_actor_get_heard(joiner, 0, n_past);
        g_assert_cmpuint(past->timestamp - first->timestamp, <=,
                         n_past / stream->packets_per_frame * 90 * 3 / 2);
    }
    g_assert_cmpuint(publisher->asked[0].n_plis, ==, 0);
    g_assert_cmpuint(sc_stage_get_counter(stage, "joins_from_history"), ==, 3);
}

static bool
has_heard(void *data)
{
    return sc_actor_get_n_heard(data, 0) > 0;
}

static void
joiner_beyond_the_history_waits_for_one_new_key_frame(ScStage *stage,
                                                      G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage);

    sc_stage_run_for(stage, HISTORY_MAX_AGE_US + SECOND);
    ScActor *joiner = join(stage, publisher);
    g_assert_true(sc_stage_run_until(stage, has_heard, joiner, SC_STAGE_HANG_US));
    const ScHeard *first = sc_actor_get_heard(joiner, 0, 0);
    g_assert_cmpint(first->label.kind, ==, SC_MEDIA_SPS);
    g_assert_cmpuint(first->label.number, >, 0);
    sc_actor_wait_heard(joiner, 0, 40);
    sc_actor_assert_continuous(joiner, 0);
    g_assert_cmpuint(publisher->asked[0].n_plis, ==, 1);
}

static void
requests_of_all_receivers_are_merged(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage);
    ScActor *joiners[4];
    const GArray *pli_us = publisher->asked[0].pli_us;

    for (unsigned i = 0; i < G_N_ELEMENTS(joiners); i++) {
        joiners[i] = join(stage, publisher);
        sc_actor_wait_heard(joiners[i], 0, 4);
    }
    for (unsigned round = 0; round < 60; round++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(joiners); i++)
            sc_actor_send_pli(joiners[i], 0);
        sc_stage_run_for(stage, SECOND / 20);
    }
    g_assert_cmpuint(publisher->asked[0].n_plis, >=, 2);
    g_assert_cmpuint(publisher->asked[0].n_plis, <=, 4);
    for (unsigned i = 1; i < pli_us->len; i++)
        g_assert_cmpint(g_array_index(pli_us, int64_t, i)
                            - g_array_index(pli_us, int64_t, i - 1),
                        >=, PLI_INTERVAL_US - TICK_US);
}

static bool
was_asked_twice(void *data)
{
    const ScActor *publisher = data;

    return publisher->asked[0].n_plis == 2;
}

static void
request_that_comes_too_soon_is_put_off_and_not_lost(ScStage *stage,
                                                    G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage);
    ScActor *joiner = join(stage, publisher);

    sc_actor_wait_heard(joiner, 0, 20);
    sc_actor_send_pli(joiner, 0);
    sc_stage_run_for(stage, SECOND / 4);
    g_assert_cmpuint(publisher->asked[0].n_plis, ==, 1);
    sc_actor_send_pli(joiner, 0); /* once only */
    g_assert_true(
        sc_stage_run_until(stage, was_asked_twice, publisher, SC_STAGE_HANG_US));
    sc_stage_run_for(stage, 2 * PLI_INTERVAL_US);
    g_assert_cmpuint(publisher->asked[0].n_plis, ==, 2);
}

#define ADD(name)                                                                \
    g_test_add("/integration/join/" #name, ScStage, NULL, sc_stage_set_up, name, \
               sc_stage_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(joiner_starts_from_the_history_and_nobody_is_asked);
    ADD(joiner_beyond_the_history_waits_for_one_new_key_frame);
    ADD(requests_of_all_receivers_are_merged);
    ADD(request_that_comes_too_soon_is_put_off_and_not_lost);
    return g_test_run();
}
