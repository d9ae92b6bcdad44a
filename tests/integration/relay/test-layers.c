/* SPDX-License-Identifier: Apache-2.0 */
/* Simulcast by RID: all layers are taken, and each receiver is sent the one that its line
 * carries. */
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

/* h, m and l of about 1400, 420 and 140 kbit/s. */
static ScActor *
publish(ScStage *stage)
{
    static const unsigned packets_per_frame[N_LAYERS] = { 10, 3, 1 };
    ScActor *publisher = sc_actor_new(stage, &(ScActorPlan){ .tracks = "s" }, true);

    for (unsigned i = 0; i < N_LAYERS; i++) {
        publisher->streams[i].packets_per_frame = packets_per_frame[i];
        publisher->streams[i].key_every = 0;
    }
    publisher->is_live = true;
    return publisher;
}

static ScActor *
subscribe(ScStage *stage, const ScActor *publisher, uint64_t width_bps)
{
    ScActor *subscriber = sc_actor_new(stage, &(ScActorPlan){ .slots = "v" }, true);

    subscriber->line = sc_thin_line_new(width_bps);
    sc_actor_patch(subscriber, 0, publisher, 0);
    return subscriber;
}

typedef struct {
    const ScActor *subscriber;
    uint32_t id; /* of the stream that is waited for */
} Wish;

static bool
is_heard_now(void *data)
{
    const Wish *wish = data;
    unsigned n = sc_actor_get_n_heard(wish->subscriber, 0);

    return n > 0 && sc_actor_get_heard(wish->subscriber, 0, n - 1)->label.id == wish->id;
}

static void
wait_layer(const ScActor *subscriber, const ScActor *publisher, unsigned layer)
{
    Wish wish = { subscriber, publisher->streams[layer].id };

    g_assert_true(
        sc_stage_run_until(subscriber->stage, is_heard_now, &wish, 6 * SC_STAGE_HANG_US));
}

static void
a_thin_line_gets_the_layer_that_fits_and_no_other_loses_any(
    ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage);
    ScActor *wide = subscribe(stage, publisher, 20000000);
    ScActor *thin = subscribe(stage, publisher, 700000);

    wait_layer(wide, publisher, 0);
    wait_layer(thin, publisher, 0);
    wait_layer(thin, publisher, 1);
    sc_actor_wait_heard(thin, 0, 100);
    g_assert_true(is_heard_now(&(Wish){ thin, publisher->streams[1].id }));
    g_assert_true(is_heard_now(&(Wish){ wide, publisher->streams[0].id }));
    sc_actor_assert_continuous(thin, 0);
    g_assert_cmpuint(sc_stage_get_counter(stage, "layers_lowered"), >=, 1);

    /* Wide again: more is tried by repeating what it has, and then given. */
    thin->line->width_bps = 20000000;
    wait_layer(thin, publisher, 0);
    sc_actor_assert_continuous(thin, 0);
    g_assert_cmpuint(sc_stage_get_counter(stage, "line_tries"), >=, 1);
    g_assert_cmpuint(thin->n_repeated, >, 0);
    g_assert_cmpuint(wide->n_repeated, ==, 0);
    g_assert_cmpuint(sc_stage_get_counter(stage, "layers_raised"), >=, 1);
    g_assert_cmpuint(sc_actor_count(wide, 0, publisher->streams[1].id), ==, 0);
}

typedef struct {
    const ScActor *subscriber;
    unsigned slot;
    int64_t quiet_us;
} Silence;

static bool
is_quiet(void *data)
{
    const Silence *silence = data;
    unsigned n = sc_actor_get_n_heard(silence->subscriber, silence->slot);
    int64_t last_us =
        sc_actor_get_heard(silence->subscriber, silence->slot, n - 1)->arrival_us;

    return g_get_monotonic_time() - last_us > silence->quiet_us;
}

/* The second picture goes, and the first one stays on its lowest layer; both come back.
 */
static void
what_does_not_fit_pauses_and_comes_back(ScStage *stage, G_GNUC_UNUSED gconstpointer data)
{
    ScActor *publisher = publish(stage);
    ScActor *thin = sc_actor_new(stage, &(ScActorPlan){ .slots = "vv" }, true);
    Silence silence = { thin, 1, SC_STAGE_SECOND_US };

    thin->line = sc_thin_line_new(200000);
    sc_actor_patch(thin, 0, publisher, 0);
    sc_actor_patch(thin, 1, publisher, 0);
    sc_actor_wait_heard(thin, 1, 10);
    g_assert_true(sc_stage_run_until(stage, is_quiet, &silence, 6 * SC_STAGE_HANG_US));
    wait_layer(thin, publisher, 2);
    thin->line->width_bps = 20000000;
    sc_actor_wait_heard(thin, 1, 50);
    wait_layer(thin, publisher, 0);
    sc_actor_assert_continuous(thin, 0);
    sc_actor_assert_continuous(thin, 1);
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
    ADD(a_thin_line_gets_the_layer_that_fits_and_no_other_loses_any);
    ADD(what_does_not_fit_pauses_and_comes_back);
    return g_test_run();
}
