/* SPDX-License-Identifier: Apache-2.0 */
/* Simulcast by RID: all layers are taken, one is forwarded. */
#include <glib.h>

#include "tests/integration/relay/actor.h"

#define N_LAYERS UINT64_C(3)
#define N_LOST 3

static void
one_layer_of_three_is_forwarded(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = "s" }, true);
    ScActor *subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);
    unsigned n_forwarded = 0;

    publisher->is_live = true;
    sc_actor_patch(subscriber, 0, publisher, 0);
    sc_actor_wait_heard(subscriber, 0, 100);
    sc_actor_assert_continuous(subscriber, 0);
    for (unsigned i = 0; i < N_LAYERS; i++)
        n_forwarded += sc_actor_count(subscriber, 0, publisher->streams[i].id) > 0;
    g_assert_cmpuint(n_forwarded, ==, 1);

    /* None of the others was taken for something strange. */
    g_assert_cmpuint(sc_stage_get_verdict(stage, "rtp_unknown_stream"), ==, 0);
    g_assert_cmpuint(sc_stage_get_verdict(stage, "rtp_unknown_payload_type"), ==, 0);
    g_assert_cmpuint(sc_stage_get_counter(stage, "packets_in"), >=,
                     N_LAYERS * publisher->streams[0].n_packets - 20);
}

/* Also the RTX of a layer is told by its RID, the repaired one. */
static void
each_layer_is_repaired(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = "s" }, true);
    ScActor *subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);

    publisher->is_live = true;
    sc_actor_patch(subscriber, 0, publisher, 0);
    sc_actor_wait_heard(subscriber, 0, 40);
    for (unsigned i = 0; i < N_LAYERS; i++)
        publisher->streams[i].keeps_back = N_LOST;
    sc_actor_wait_heard(subscriber, 0, 60);
    sc_actor_assert_continuous(subscriber, 0);
    g_assert_cmpuint(sc_stage_get_counter(stage, "repairs_in"), ==, N_LOST * N_LAYERS);
}

#define ADD(name)                                                                  \
    g_test_add("/integration/layers/" #name, ScStage, NULL, sc_stage_set_up, name, \
               sc_stage_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(one_layer_of_three_is_forwarded);
    ADD(each_layer_is_repaired);
    return g_test_run();
}
