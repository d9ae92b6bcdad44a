/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of standard input, and the request that each becomes. */
#include <glib.h>

#include "client/order.h"

/* @request: as it would travel, without the id that it has not got yet. */
static const struct {
    const char *line;
    const char *request;
} requests[] = {
    { "floor village-1", "{\"type\":\"floor\",\"site\":\"village-1\"}" },
    { "floor\tvillage-1 \r", "{\"type\":\"floor\",\"site\":\"village-1\"}" },
    { "floor none", "{\"type\":\"floor\",\"site\":null}" },
    { "hand up", "{\"type\":\"hand\",\"up\":true}" },
    { "hand down", "{\"type\":\"hand\",\"up\":false}" },
    { "hands down", "{\"type\":\"hands-down\",\"site\":null}" },
    { "hands down all", "{\"type\":\"hands-down\",\"site\":null}" },
    { "hands down village-1", "{\"type\":\"hands-down\",\"site\":\"village-1\"}" },
    { "mute all", "{\"type\":\"mute\",\"site\":null,\"muted\":true}" },
    { "mute village-1", "{\"type\":\"mute\",\"site\":\"village-1\",\"muted\":true}" },
    { "unmute all", "{\"type\":\"mute\",\"site\":null,\"muted\":false}" },
    { "help on", "{\"type\":\"help\",\"wanted\":true}" },
    { "help off", "{\"type\":\"help\",\"wanted\":false}" },
    { "count 32", "{\"type\":\"present\",\"count\":32}" },
    { "roll", "{\"type\":\"roll-call\"}" },
    { "answer 2", "{\"type\":\"answer\",\"quiz\":0,\"choice\":[1]}" },
    { "answer 3,1", "{\"type\":\"answer\",\"quiz\":0,\"choice\":[0,2]}" },
    { "quiz single 2 7 + 5 = ?",
      "{\"type\":\"quiz-open\",\"kind\":\"single\",\"question\":\"7 + 5 = ?\","
      "\"options\":[\"A\",\"B\"]}" },
    { "quiz multiple 3",
      "{\"type\":\"quiz-open\",\"kind\":\"multiple\",\"question\":\"\","
      "\"options\":[\"A\",\"B\",\"C\"]}" },
    { "quiz truth 水是 液体", "{\"type\":\"quiz-open\",\"kind\":\"truth\",\"question\":"
                              "\"水是 液体\",\"options\":[]}" },
    { "quiz number",
      "{\"type\":\"quiz-open\",\"kind\":\"number\",\"question\":\"\",\"options\":[]}" },
    { "quiz close", "{\"type\":\"quiz-close\",\"quiz\":0}" },
    { "quiz reveal none", "{\"type\":\"quiz-reveal\",\"quiz\":0,\"right\":null}" },
    { "quiz reveal 1", "{\"type\":\"quiz-reveal\",\"quiz\":0,\"right\":[0]}" },
};

static void
lines_become_requests(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        ScOrder order;
        g_test_message("%s", requests[i].line);
        g_assert_true(sc_order_parse(requests[i].line, &order));
        g_assert_cmpint(order.type, ==, SC_ORDER_ASK);
        g_autofree char *request = sc_request_print(&order.request);
        g_assert_cmpstr(request, ==, requests[i].request);
    }
}

static void
number_is_kept_beside_the_options(void)
{
    ScOrder order;
    g_assert_true(sc_order_parse("answer 7", &order));
    g_assert_cmpint(order.request.answer.answer.choices, ==, 1 << 6);
    g_assert_cmpint(order.request.answer.answer.number, ==, 7);
    g_assert_true(sc_order_parse("answer -1200", &order));
    g_assert_cmpint(order.request.answer.answer.choices, ==, 0);
    g_assert_cmpint(order.request.answer.answer.number, ==, -1200);
}

static void
keys_and_the_end_stay_here(void)
{
    ScOrder order;
    g_assert_true(sc_order_parse("  quit \r", &order));
    g_assert_cmpint(order.type, ==, SC_ORDER_QUIT);
    g_assert_true(sc_order_parse("press KP_Enter", &order));
    g_assert_cmpint(order.type, ==, SC_ORDER_PRESS);
    g_assert_cmpstr(order.key, ==, "KP_Enter");
}

static void
slides_are_turned_by_words(void)
{
    static const struct {
        const char *line;
        ScOrderTurn turn;
        unsigned page;
    } cases[] = {
        { "page 12", SC_ORDER_TURN_NUMBER, 12 },
        { "page next", SC_ORDER_TURN_NEXT, 0 },
        { "page previous", SC_ORDER_TURN_PREVIOUS, 0 },
        { "page none", SC_ORDER_TURN_NONE, 0 },
    };
    ScOrder order;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(sc_order_parse(cases[i].line, &order));
        g_assert_cmpint(order.type, ==, SC_ORDER_PAGE);
        g_assert_cmpint(order.turn, ==, cases[i].turn);
        g_assert_cmpuint(order.page, ==, cases[i].page);
    }
    g_assert_true(sc_order_parse("music on", &order));
    g_assert_cmpint(order.type, ==, SC_ORDER_MUSIC);
    g_assert_true(order.is_on);
    g_assert_true(sc_order_parse("music off", &order));
    g_assert_false(order.is_on);
    g_assert_false(sc_order_parse("music", &order));
    g_assert_false(sc_order_parse("music loud", &order));
    g_assert_true(sc_order_parse("slides /home/li/第 3 课.pdf", &order));
    g_assert_cmpint(order.type, ==, SC_ORDER_SLIDES);
    g_assert_cmpstr(order.path, ==, "/home/li/第 3 课.pdf");
}

static void
other_lines_are_refused(void)
{
    static const char *const lines[] = {
        "",
        "floor",
        "floor a b",
        "quit now",
        "slides",
        "page",
        "page 0",
        "page last",
        "page 1 2",
        "FLOOR a",
        "hand",
        "hand sideways",
        "hands",
        "hands up",
        "count",
        "count -1",
        "count 501",
        "count many",
        "answer",
        "answer a",
        "answer 9,1",
        "answer 1,",
        "answer 1 2",
        "answer 1000000001",
        "quiz",
        "quiz open",
        "quiz single",
        "quiz single 1",
        "quiz single 9",
        "quiz reveal",
        "quiz close 1",
        "mute",
        "mute a b",
        "roll 1",
        "help",
        "press",
        "press a b",
        "press 0123456789012345678901234567890123456789",
        "floor 01234567890123456789012345678901234567890123456789012345678901234",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        ScOrder order = { .type = SC_ORDER_PRESS };
        g_test_message("%s", lines[i]);
        g_assert_false(sc_order_parse(lines[i], &order));
        g_assert_cmpint(order.type, ==, SC_ORDER_PRESS);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/order/requests", lines_become_requests);
    g_test_add_func("/order/number", number_is_kept_beside_the_options);
    g_test_add_func("/order/keys", keys_and_the_end_stay_here);
    g_test_add_func("/order/slides", slides_are_turned_by_words);
    g_test_add_func("/order/refused", other_lines_are_refused);
    return g_test_run();
}
