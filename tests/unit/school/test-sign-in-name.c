/* SPDX-License-Identifier: Apache-2.0 */
/* Names to sign in with: what is one name, and what is none. */
#include "signaling/school/sign-in-name.h"

static void
name_is_folded_and_judged(void)
{
    static const struct {
        const char *given, *folded;
        bool is_good;
    } cases[] = {
        { "wang.fang", "wang.fang", true },
        { "Wang_Fang@Ping-Shi.1", "wang_fang@ping-shi.1", true },
        { "王芳芳", "王芳芳", true },
        { "王老师01", "王老师01", true },
        { "ｗａｎｇ１", "wang1", true },  /* full width, as a Chinese keyboard has it */
        { "\uf900豈豈", "豈豈豈", true }, /* a compatibility ideograph is its twin */
        { "ab", "ab", false },            /* too short */
        { "王芳", "王芳", false },
        { "", "", false },
        { "wаng", "wаng", false }, /* the second letter is Cyrillic */
        { "müller", "müller", false },
        { "wang fang", "wang fang", false },
        { "wang\nfang", "wang\nfang", false },
        { "wang\u200bfang", "wang\u200bfang", false }, /* a space of no width */
        { "〇一二", "〇一二", false },                 /* a number, not a letter */
        { "王芳😀芳", "王芳😀芳", false },
        { "a'; DROP", "a'; drop", false },
        { "<b>wang", "<b>wang", false },
        { "\u202egnaw\u202c", "\u202egnaw\u202c", false }, /* right to left */
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folded = sc_sign_in_name_fold(cases[i].given);
        g_assert_cmpstr(folded, ==, cases[i].folded);
        g_test_message("%s", folded);
        g_assert_cmpint(sc_sign_in_name_is_good(folded), ==, cases[i].is_good);
    }
}

static void
length_is_counted_in_characters(void)
{
    g_autofree char *longest = g_strnfill(SC_SIGN_IN_NAME_MAX, 'a');
    g_autofree char *longer = g_strnfill(SC_SIGN_IN_NAME_MAX + 1, 'a');
    g_autoptr(GString) chinese = g_string_new(NULL);
    for (unsigned i = 0; i < SC_SIGN_IN_NAME_MAX; i++)
        g_string_append(chinese, "王");
    g_assert_true(sc_sign_in_name_is_good(longest));
    g_assert_false(sc_sign_in_name_is_good(longer));
    g_assert_true(sc_sign_in_name_is_good(chinese->str));
    g_string_append(chinese, "王");
    g_assert_false(sc_sign_in_name_is_good(chinese->str));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sign-in-name/name is folded and judged", name_is_folded_and_judged);
    g_test_add_func("/sign-in-name/length is counted in characters",
                    length_is_counted_in_characters);
    return g_test_run();
}
