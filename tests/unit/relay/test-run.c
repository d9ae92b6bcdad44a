/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <glib.h>

#include "relay/run.h"

/* Sizes with blanks; → "first+count:segment" of each run. */
static char *
cut(const char *sizes, unsigned max_packets)
{
    static ScPacket packets[SC_RUN_PLAN_PACKETS_MAX];
    static ScRunPlan plan;
    g_auto(GStrv) words = g_strsplit(sizes, " ", -1);
    GString *text = g_string_new(NULL);

    sc_run_plan_clear(&plan);
    for (unsigned i = 0; words[i] != NULL; i++) {
        packets[i].length = (uint16_t)g_ascii_strtoull(words[i], NULL, 10);
        sc_run_plan_add(&plan, &packets[i], NULL);
    }
    sc_run_plan_cut(&plan, max_packets);
    for (unsigned i = 0; i < plan.n_runs; i++) {
        const ScRun *run = &plan.runs[i];
        size_t n_bytes = 0;

        g_string_append_printf(text, "%s%u+%u:%u", i == 0 ? "" : " ", run->first,
                               run->count, run->segment);
        for (unsigned j = run->first; j < run->first + run->count; j++) {
            unsigned length = plan.items[j].packet->length + plan.items[j].padding;

            n_bytes += length;
            if (j < run->first + run->count - 1)
                g_assert_cmpuint(length, ==, run->segment);
            else
                g_assert_cmpuint(length, <=, run->segment);
        }
        g_assert_cmpuint(n_bytes, ==, run->n_bytes);
    }
    return g_string_free(text, FALSE);
}

static void
packets_that_fit_one_message_are_one_run(void)
{
    static const struct {
        const char *sizes, *runs;
    } cases[] = {
        { "1200", "0+1:1200" },
        { "1200 1200 1200 300", "0+4:1200" },  /* the last is shorter */
        { "1103 1102 1103 1102", "0+4:1103" }, /* Chromium's even split */
        { "1102 1102 1103 1103", "0+4:1103" },
        { "1200 300 1200 300", "0+2:1200 2+2:1200" },  /* slices of a frame */
        { "20 1200 1200", "0+1:20 1+2:1200" },         /* parameter sets first */
        { "1200 1180 1232 900", "0+2:1200 2+2:1232" }, /* 52 bytes are too many */
        { "1200 1168 900", "0+3:1200" },
        { "1200 1167 900", "0+2:1200 2+1:900" },
        { "0 0 80", "0+2:0 2+1:80" }, /* padding only */
        { "80 80 0", "0+3:80" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *runs = cut(cases[i].sizes, 16);

        g_assert_cmpstr(runs, ==, cases[i].runs);
    }
}

static void
a_run_has_no_more_packets_than_allowed(void)
{
    static const struct {
        unsigned max_packets;
        const char *runs;
    } cases[] = {
        { 1, "0+1:9 1+1:9 2+1:9 3+1:9 4+1:9" },
        { 2, "0+2:9 2+2:9 4+1:9" },
        { 64, "0+5:9" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *runs = cut("9 9 9 9 9", cases[i].max_packets);

        g_assert_cmpstr(runs, ==, cases[i].runs);
    }
}

static void
a_run_fits_a_datagram(void)
{
    g_autoptr(GString) sizes = g_string_new("1464");
    g_autofree char *runs = NULL;

    for (unsigned i = 1; i < 50; i++)
        g_string_append(sizes, " 1464");
    runs = cut(sizes->str, 64);
    g_assert_cmpstr(runs, ==, "0+40:1464 40+10:1464");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/relay/run/" #name, name)
    ADD(packets_that_fit_one_message_are_one_run);
    ADD(a_run_has_no_more_packets_than_allowed);
    ADD(a_run_fits_a_datagram);
    return g_test_run();
}
