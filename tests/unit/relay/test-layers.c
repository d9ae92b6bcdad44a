/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/layers.h"

static void
the_layer_with_the_highest_rate_is_forwarded(void)
{
    static const struct {
        ScLayersFigure figures[3];
        unsigned current, expected;
    } cases[] = {
        { { { 0 }, { 0 }, { 0 } }, 0, 0 }, /* nothing flows: no change */
        { { { 100 }, { 500 }, { 2000 } }, 0, 2 },
        { { { 2000 }, { 500 }, { 100 } }, 2, 0 },
        { { { 1000 }, { 1249 }, { 0 } }, 0, 0 }, /* not worth a key frame */
        { { { 1000 }, { 1251 }, { 0 } }, 0, 1 },
        { { { 1000 }, { 1251 }, { 1300 } }, 0, 2 },
        { { { 100 }, { 500 }, { 0 } }, 2, 1 }, /* the best one fell silent */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpuint(sc_layers_choose(cases[i].figures, 3, cases[i].current), ==,
                         cases[i].expected);
}

static void
rates_are_of_the_last_second(void)
{
    g_autoptr(ScConfig) config = sc_config_new();
    ScTrackSpec spec = { .is_video = true, .n_rids = 2, .rids = { "h", "l" } };
    g_autoptr(ScTrack) track = sc_track_new(&spec, 1, 1, config);

    track->layers[1].reception.n_bytes = 10000;
    sc_layers_review(track, 1000000);
    g_assert_cmpuint(atomic_load(&track->best_layer), ==, 1);
    track->layers[0].reception.n_bytes = 50000;
    track->layers[1].reception.n_bytes = 20000;
    sc_layers_review(track, 1000000);
    g_assert_cmpuint(atomic_load(&track->best_layer), ==, 0);
    track->layers[1].reception.n_bytes = 30000; /* the other one is silent now */
    sc_layers_review(track, 1000000);
    g_assert_cmpuint(atomic_load(&track->best_layer), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/layers/" #name, name)
    ADD(the_layer_with_the_highest_rate_is_forwarded);
    ADD(rates_are_of_the_last_second);
    return g_test_run();
}
