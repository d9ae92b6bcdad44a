/* SPDX-License-Identifier: Apache-2.0 */
#include "client/status.h"

static void
commands_are_read(void)
{
    static const struct {
        const char *line;
        bool is_command;
        ScStatusCommand command;
        const char *site;
    } cases[] = {
        { "quit", true, SC_STATUS_COMMAND_QUIT, "" },
        { "  quit \r", true, SC_STATUS_COMMAND_QUIT, "" },
        { "floor village-1", true, SC_STATUS_COMMAND_FLOOR, "village-1" },
        { "floor\tvillage-1", true, SC_STATUS_COMMAND_FLOOR, "village-1" },
        { "floor none", true, SC_STATUS_COMMAND_FLOOR, "" },
        { "", false, 0, NULL },
        { "floor", false, 0, NULL },
        { "floor a b", false, 0, NULL },
        { "quit now", false, 0, NULL },
        { "FLOOR a", false, 0, NULL },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScStatusCommand command;
        g_autofree char *site = NULL;
        bool is_command = sc_status_parse_command(cases[i].line, &command, &site);
        g_assert_cmpint(is_command, ==, cases[i].is_command);
        if (is_command) {
            g_assert_cmpint(command, ==, cases[i].command);
            g_assert_cmpstr(site, ==, cases[i].site);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client/status/commands_are_read", commands_are_read);
    return g_test_run();
}
