/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "client/finding.h"

#define HEARD .has_sound = true, .is_heard = true, .noise_db = -60

static void
figures_are_judged_as_a_listener_would(void)
{
    static const struct {
        ScAcousticsFigures figures;
        int echo_delay_ms;
        ScFinding finding;
        ScGrade grade;
    } cases[] = {
        { { .has_sound = false }, 0, SC_FINDING_SILENT, SC_GRADE_BAD },
        { { .has_sound = true, .before_db = SC_ECHO_SILENCE_DB },
          0,
          SC_FINDING_SILENT,
          SC_GRADE_BAD },
        { { .has_sound = true, .before_db = -60, .after_db = -65 },
          0,
          SC_FINDING_UNHEARD,
          SC_GRADE_BAD },
        { { HEARD, .before_db = -25, .after_db = -50 },
          0,
          SC_FINDING_GOOD,
          SC_GRADE_GOOD },
        { { HEARD, .before_db = -50, .after_db = -56 },
          0,
          SC_FINDING_GOOD,
          SC_GRADE_GOOD },
        { { HEARD, .before_db = -25, .after_db = -38 },
          0,
          SC_FINDING_WEAK,
          SC_GRADE_WEAK },
        { { HEARD, .before_db = -25, .after_db = -30 },
          0,
          SC_FINDING_ECHO,
          SC_GRADE_BAD },
        { { HEARD, .before_db = -25, .after_db = -30, .late_ms = 120 },
          0,
          SC_FINDING_LATE,
          SC_GRADE_BAD },
        { { HEARD, .before_db = -25, .after_db = -30, .late_ms = 120 },
          100,
          SC_FINDING_ECHO,
          SC_GRADE_BAD },
        { { HEARD, .before_db = -25, .after_db = -30, .late_ms = 120 },
          191,
          SC_FINDING_LATE,
          SC_GRADE_BAD },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScFinding finding = sc_finding_judge(&cases[i].figures, cases[i].echo_delay_ms);
        g_assert_cmpint(finding, ==, cases[i].finding);
        g_assert_cmpint(sc_finding_get_grade(finding), ==, cases[i].grade);
    }
}

static void
a_late_loudspeaker_is_given_its_number(void)
{
    static const struct {
        ScAcousticsFigures figures;
        int echo_delay_ms;
    } cases[] = {
        { { .is_heard = false, .late_ms = 300 }, 0 },
        { { .is_heard = true, .late_ms = 12 }, 0 },
        { { .is_heard = true, .late_ms = SC_CANCELLER_REACH_MS }, 0 },
        { { .is_heard = true, .late_ms = 87 }, 67 },
        { { .is_heard = true, .late_ms = 211.6 }, 191 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(sc_finding_get_echo_delay_ms(&cases[i].figures), ==,
                        cases[i].echo_delay_ms);
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
    ADD(a_late_loudspeaker_is_given_its_number);
    ADD(every_finding_has_a_sentence_in_each_language);
    return g_test_run();
}
