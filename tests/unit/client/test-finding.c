/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "client/finding.h"

#define HEARD .has_sound = true, .is_heard = true, .noise_db = -60
#define FAR HEARD, .has_far_end = true, .has_line = true

static void
figures_are_judged_as_a_listener_would(void)
{
    static const struct {
        ScAcousticsFigures figures;
        ScFinding finding;
        ScGrade grade;
    } cases[] = {
        { { .has_sound = false }, SC_FINDING_SILENT, SC_GRADE_BAD },
        { { .has_sound = true, .before_db = SC_ECHO_SILENCE_DB },
          SC_FINDING_SILENT,
          SC_GRADE_BAD },
        { { .has_sound = true, .before_db = -60, .after_db = -65 },
          SC_FINDING_UNHEARD,
          SC_GRADE_BAD },
        { { HEARD, .before_db = -25, .after_db = -50 }, SC_FINDING_GOOD, SC_GRADE_GOOD },
        { { HEARD, .before_db = -50, .after_db = -56 }, SC_FINDING_GOOD, SC_GRADE_GOOD },
        { { HEARD, .before_db = -25, .after_db = -38 }, SC_FINDING_WEAK, SC_GRADE_WEAK },
        { { HEARD, .before_db = -25, .after_db = -30 }, SC_FINDING_ECHO, SC_GRADE_BAD },
        { { FAR, .before_db = -25, .after_db = -70, .far_db = -30 },
          SC_FINDING_ECHO,
          SC_GRADE_BAD },
        { { FAR, .before_db = -25, .after_db = -26, .far_db = -60 },
          SC_FINDING_GOOD,
          SC_GRADE_GOOD },
        { { HEARD, .has_far_end = true, .before_db = -25, .far_db = -60 },
          SC_FINDING_NO_LINE,
          SC_GRADE_BAD },
        { { .has_sound = true, .has_far_end = true, .has_line = true, .before_db = -60 },
          SC_FINDING_UNHEARD,
          SC_GRADE_BAD },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScFinding finding = sc_finding_judge(&cases[i].figures);
        g_assert_cmpint(finding, ==, cases[i].finding);
        g_assert_cmpint(sc_finding_get_grade(finding), ==, cases[i].grade);
    }
}

static void
every_finding_has_a_sentence_in_each_language(void)
{
    for (int i = 0; i < SC_N_FINDINGS; i++) {
        const char *chinese = sc_finding_get_sentence((ScFinding)i, SC_LANGUAGE_ZH_CN);
        const char *english = sc_finding_get_sentence((ScFinding)i, SC_LANGUAGE_EN);
        g_assert_true(chinese && *chinese && english && *english);
        g_assert_cmpstr(chinese, !=, english);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/finding/" #name, name)
    ADD(figures_are_judged_as_a_listener_would);
    ADD(every_finding_has_a_sentence_in_each_language);
    return g_test_run();
}
