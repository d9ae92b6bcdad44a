/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "relay/wire/sequence.h"

static void
number_after_the_wrap_is_newer(void)
{
    g_assert_true(sc_sequence_is_newer(0, 65535));
    g_assert_false(sc_sequence_is_newer(65535, 0));
    g_assert_false(sc_sequence_is_newer(7, 7));
}

static void
extension_picks_the_nearest(void)
{
    static const struct {
        uint64_t near;
        uint16_t sequence;
        uint64_t expected;
    } cases[] = {
        { 0, 0, 0 },
        { 0, 65535, 65535 }, /* nothing lies before zero */
        { 65535, 0, 65536 },
        { 65536, 65535, 65535 },
        { 3 * 65536 + 10, 65530, 2 * 65536 + 65530 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpuint(sc_sequence_extend(cases[i].near, cases[i].sequence), ==,
                         cases[i].expected);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/sequence/number_after_the_wrap_is_newer",
                    number_after_the_wrap_is_newer);
    g_test_add_func("/wire/sequence/extension_picks_the_nearest",
                    extension_picks_the_nearest);
    return g_test_run();
}
