/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/spec.h"

static void
every_key_is_understood(void)
{
    ScSpec spec = SC_SPEC_CLEAN;
    g_autoptr(GError) error = NULL;

    g_assert_true(
        sc_spec_parse(&spec,
                      "delay_ms=300, jitter_ms=1.5,loss=0.02,reorder=0.1:20,"
                      "gilbert=0.01:0.2:0.001:0.9,rate_kbps=4000,queue_ms=50,down=1",
                      &error));
    g_assert_no_error(error);
    g_assert_cmpint(spec.delay_us, ==, 300000);
    g_assert_cmpint(spec.jitter_us, ==, 1500);
    g_assert_cmpfloat(spec.loss, ==, 0.02);
    g_assert_cmpfloat(spec.reorder, ==, 0.1);
    g_assert_cmpint(spec.reorder_us, ==, 20000);
    g_assert_cmpfloat(spec.enter_bad, ==, 0.01);
    g_assert_cmpfloat(spec.leave_bad, ==, 0.2);
    g_assert_cmpfloat(spec.loss_good, ==, 0.001);
    g_assert_cmpfloat(spec.loss_bad, ==, 0.9);
    g_assert_cmpint(spec.rate_bps, ==, 4000000);
    g_assert_cmpint(spec.queue_us, ==, 50000);
    g_assert_true(spec.down);
}

static void
absent_key_stays_as_it_was(void)
{
    ScSpec spec = SC_SPEC_CLEAN;

    g_assert_true(sc_spec_parse(&spec, "delay_ms=300", NULL));
    g_assert_true(sc_spec_parse(&spec, "loss=0.5", NULL));
    g_assert_cmpint(spec.delay_us, ==, 300000);
}

static void
wrong_text_is_refused_and_changes_nothing(void)
{
    static const struct {
        const char *text;
        ScSpecError code;
    } cases[] = {
        { "dealy_ms=300", SC_SPEC_ERROR_KEY },
        { "delay_ms=1,colour=red", SC_SPEC_ERROR_KEY },
        { "delay_ms", SC_SPEC_ERROR_VALUE },
        { "delay_ms=", SC_SPEC_ERROR_VALUE },
        { "delay_ms=-1", SC_SPEC_ERROR_VALUE },
        { "delay_ms=nan", SC_SPEC_ERROR_VALUE },
        { "delay_ms=1e9", SC_SPEC_ERROR_VALUE },
        { "delay_ms=1s", SC_SPEC_ERROR_VALUE },
        { "loss=1.1", SC_SPEC_ERROR_VALUE },
        { "gilbert=0.1:0.2", SC_SPEC_ERROR_VALUE },
        { "reorder=0.1:20:3", SC_SPEC_ERROR_VALUE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScSpec spec = SC_SPEC_CLEAN;
        g_autoptr(GError) error = NULL;

        g_assert_false(sc_spec_parse(&spec, cases[i].text, &error));
        g_assert_error(error, SC_SPEC_ERROR, (int)cases[i].code);
        g_assert_cmpint(spec.delay_us, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/netlab/spec/every_key_is_understood", every_key_is_understood);
    g_test_add_func("/netlab/spec/absent_key_stays_as_it_was",
                    absent_key_stays_as_it_was);
    g_test_add_func("/netlab/spec/wrong_text_is_refused_and_changes_nothing",
                    wrong_text_is_refused_and_changes_nothing);
    return g_test_run();
}
