/* SPDX-License-Identifier: Apache-2.0 */
#include "relay/sharing.h"

#define SOUND 50000
#define NONE SC_SHARING_NONE

enum { MAIN, GUEST, SLIDES, N };

/* The layers of a browser's camera, one class's camera, slides. */
static void
set_up(ScShare shares[N])
{
    shares[MAIN] = (ScShare){ .priority = 1,
                              .n_layers = 3,
                              .rates_bps = { 150000, 450000, 1600000 } };
    shares[GUEST] = (ScShare){ .priority = 2, .n_layers = 1, .rates_bps = { 700000 } };
    shares[SLIDES] = (ScShare){ .priority = 0, .n_layers = 1, .rates_bps = { 300000 } };
}

static void
what_fits_is_given_and_the_last_ones_go_first(void)
{
    static const struct {
        uint32_t limit_bps;
        uint32_t layers[N];
    } cases[] = {
        { UINT32_MAX, { 2, 0, 0 } },   { 2650000, { 2, 0, 0 } },
        { 2649999, { 2, NONE, 0 } },   { 1950000, { 2, NONE, 0 } },
        { 1949999, { 1, 0, 0 } },      { 1500000, { 1, 0, 0 } },
        { 1499999, { 1, NONE, 0 } },   { 800000, { 1, NONE, 0 } },
        { 799999, { 0, NONE, 0 } },    { 500000, { 0, NONE, 0 } },
        { 499999, { NONE, NONE, 0 } }, { 350000, { NONE, NONE, 0 } },
        { 349999, { NONE, NONE, 0 } }, /* the first one is kept */
        { SOUND, { NONE, NONE, 0 } },  { 0, { NONE, NONE, 0 } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScShare shares[N];
        set_up(shares);
        g_test_message("%u bit/s", cases[i].limit_bps);
        sc_sharing_decide(shares, N, SOUND, cases[i].limit_bps);
        for (int j = 0; j < N; j++)
            g_assert_cmpuint(shares[j].layer, ==, cases[i].layers[j]);
    }
}

static void
the_next_step_is_the_smallest(void)
{
    ScShare shares[N];
    set_up(shares);
    sc_sharing_decide(shares, N, SOUND, 0);
    g_assert_cmpuint(sc_sharing_get_next_bps(shares, N, SOUND), ==, 500000);
    sc_sharing_decide(shares, N, SOUND, 500000);
    g_assert_cmpuint(sc_sharing_get_next_bps(shares, N, SOUND), ==, 800000);
    sc_sharing_decide(shares, N, SOUND, 800000);
    g_assert_cmpuint(sc_sharing_get_next_bps(shares, N, SOUND), ==, 1500000);
    sc_sharing_decide(shares, N, SOUND, 1500000);
    g_assert_cmpuint(sc_sharing_get_next_bps(shares, N, SOUND), ==, 2650000);
    sc_sharing_decide(shares, N, SOUND, 2650000);
    g_assert_cmpuint(sc_sharing_get_next_bps(shares, N, SOUND), ==, 0);
}

static void
silent_layers_are_no_choice(void)
{
    ScShare share = { .n_layers = 3, .rates_bps = { 150000, 0, 0 } };
    sc_sharing_decide(&share, 1, 0, UINT32_MAX);
    g_assert_cmpuint(share.layer, ==, 0);
    g_assert_cmpuint(sc_sharing_get_next_bps(&share, 1, 0), ==, 0);
    share.rates_bps[0] = 0;
    sc_sharing_decide(&share, 1, 0, UINT32_MAX);
    g_assert_cmpuint(share.layer, ==, NONE);
    g_assert_cmpuint(sc_sharing_get_next_bps(&share, 1, 0), ==, 0);
}

static void
of_two_alike_the_first_goes_before(void)
{
    ScShare shares[] = { { .n_layers = 1, .rates_bps = { 300000 } },
                         { .n_layers = 1, .rates_bps = { 300000 } } };
    sc_sharing_decide(shares, 2, 0, 500000);
    g_assert_cmpuint(shares[0].layer, ==, 0);
    g_assert_cmpuint(shares[1].layer, ==, NONE);
}

#define ADD(name) g_test_add_func("/relay/sharing/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(what_fits_is_given_and_the_last_ones_go_first);
    ADD(the_next_step_is_the_smallest);
    ADD(silent_layers_are_no_choice);
    ADD(of_two_alike_the_first_goes_before);
    return g_test_run();
}
