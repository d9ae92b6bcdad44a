/* SPDX-License-Identifier: Apache-2.0 */
/* Every message of docs/protocol.md, The room: read and written again, and its limits.
 * What a wrong one is refused by stands in test-room.c, beside what a good one does. */
#include <string.h>

#include <glib.h>

#include "signaling/protocol/event.h"
#include "signaling/protocol/fields.h"

static void
request_survives_a_round_trip(void)
{
    static const char *const cases[] = {
        "{\"type\":\"hand\",\"id\":0,\"up\":true}",
        "{\"type\":\"hands-down\",\"id\":1,\"site\":null}",
        "{\"type\":\"hands-down\",\"site\":\"乡村一\"}",
        "{\"type\":\"mute\",\"id\":2,\"site\":null,\"muted\":true}",
        "{\"type\":\"mute\",\"id\":2,\"site\":\"a\",\"muted\":false}",
        "{\"type\":\"roll-call\",\"id\":3}",
        "{\"type\":\"present\",\"id\":4,\"count\":500}",
        "{\"type\":\"quiz-open\",\"id\":5,\"kind\":\"single\",\"question\":\"几分之几?\","
        "\"options\":[\"½\",\"<b>\"]}",
        "{\"type\":\"quiz-open\",\"kind\":\"number\",\"question\":\"?\",\"options\":[]}",
        "{\"type\":\"quiz-close\",\"quiz\":200}",
        "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":[0,7]}",
        "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":-5}",
        "{\"type\":\"quiz-reveal\",\"quiz\":1,\"right\":null}",
        "{\"type\":\"answer\",\"id\":6,\"quiz\":1,\"choice\":[0,1,2,3,4,5,6,7]}",
        "{\"type\":\"answer\",\"id\":6,\"quiz\":1,\"number\":-1000000000}",
        "{\"type\":\"chat\",\"text\":\"\\\"早\\\"\\n\"}",
        "{\"type\":\"chat-open\",\"open\":false}",
        "{\"type\":\"chat-remove\",\"message\":9}",
        "{\"type\":\"chat-remove\",\"message\":null}",
        "{\"type\":\"react\",\"what\":\"question\"}",
        "{\"type\":\"pen\",\"stroke\":2147483647,\"colour\":\"black\",\"width\":40,"
        "\"points\":[0,10000]}",
        "{\"type\":\"pen-clear\"}",
        "{\"type\":\"pointer\",\"x\":0,\"y\":10000}",
        "{\"type\":\"pointer\",\"x\":null,\"y\":null}",
        "{\"type\":\"help\",\"wanted\":true}",
        "{\"type\":\"page\",\"id\":7,\"document\":1,\"page\":300}",
        "{\"type\":\"page\",\"document\":null,\"page\":null}",
        "{\"type\":\"document\",\"name\":\"<b>课.pdf\",\"pages\":1,\"bytes\":67108864,"
        "\"sha256\":\"0123\"}",
        "{\"type\":\"document-remove\",\"document\":20}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRequest request;
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i]);
        g_assert_true(sc_request_parse(cases[i], strlen(cases[i]), &request, &error));
        g_assert_no_error(error);
        g_autofree char *again = sc_request_print(&request);
        g_assert_cmpstr(again, ==, cases[i]);
    }
}

#define QUIZ                                                                       \
    "\"quiz\":3,\"kind\":\"single\",\"question\":\"?\",\"options\":[\"a\",\"b\"]," \
    "\"state\":\"revealed\",\"right\":[1],\"sum\":{\"answers\":2,\"sites\":[{"     \
    "\"site\":\"s\",\"answers\":2,\"choices\":[0,2]}],\"choices\":[0,2],"          \
    "\"numbers\":[]}"
#define WELCOME                                                                \
    "{\"type\":\"welcome\",\"seq\":9,\"lesson\":{\"id\":\"l\",\"title\":\"\"," \
    "\"subject\":\"\",\"starts_at\":\"\",\"ends_at\":\"\",\"state\":\"live\"},"

static void
event_survives_a_round_trip(void)
{
    static const char *const cases[] = {
        "{\"type\":\"hand\",\"seq\":2,\"id\":3,\"at\":\"2026-09-01T00:00:00Z\","
        "\"site\":\"a\",\"up\":true,\"hands\":[\"b\",\"a\"]}",
        "{\"type\":\"hand\",\"site\":null,\"up\":false,\"hands\":[]}",
        "{\"type\":\"mute\",\"site\":null,\"muted\":true}",
        "{\"type\":\"roll-call\",\"roll\":2}",
        "{\"type\":\"present\",\"site\":\"a\",\"count\":0}",
        "{\"type\":\"quiz\"," QUIZ "}",
        "{\"type\":\"quiz\",\"quiz\":1,\"kind\":\"truth\",\"question\":\"?\",\"options\":"
        "[]"
        ",\"state\":\"open\",\"right\":null,\"sum\":null}",
        "{\"type\":\"answered\",\"id\":1,\"quiz\":1,\"number\":7}",
        "{\"type\":\"tally\",\"quiz\":1,\"sum\":{\"answers\":3,\"sites\":[],\"choices\":["
        "],"
        "\"numbers\":[[7,2],[-1,1]]}}",
        "{\"type\":\"chat\",\"message\":1,\"site\":\"a\",\"name\":\"<b>一班</b>\","
        "\"text\":\"早\"}",
        "{\"type\":\"chat-open\",\"open\":true}",
        "{\"type\":\"chat-removed\",\"message\":null}",
        "{\"type\":\"react\",\"site\":\"a\",\"what\":\"heart\"}",
        "{\"type\":\"pen\",\"stroke\":0,\"colour\":\"blue\",\"width\":1,\"points\":[1,2]"
        "}",
        "{\"type\":\"pen-clear\"}",
        "{\"type\":\"pointer\",\"x\":null,\"y\":null}",
        "{\"type\":\"help\",\"site\":\"a\",\"wanted\":false}",
        "{\"type\":\"document\",\"document\":1,\"name\":\"a\",\"pages\":1,\"bytes\":9}",
        "{\"type\":\"document-removed\",\"document\":1}",
        "{\"type\":\"page\",\"document\":1,\"page\":2,\"strokes\":[{\"stroke\":1,"
        "\"colour\":\"red\",\"width\":4,\"points\":[1,2]}]}",
        "{\"type\":\"page\",\"document\":null,\"page\":null,\"strokes\":[]}",
        "{\"type\":\"floor-time\",\"times\":{\"a\":61,\"b\":0}}",
        WELCOME
        "\"you\":{\"site\":\"t\",\"name\":\"\",\"role\":\"teacher\"},\"sites\":[],"
        "\"floor\":null,\"now\":\"\",\"room\":{\"quiz\":{" QUIZ ",\"mine\":null},"
        "\"hands\":[\"a\"],\"muted\":[\"b\"],\"roll\":{\"roll\":1,\"present\":{\"a\":30}}"
        ","
        "\"chat\":{\"open\":true,\"messages\":[{\"at\":\"2026-09-01T00:00:00Z\","
        "\"message\":4,\"site\":\"a\",\"name\":\"n\",\"text\":\"t\"}]},\"strokes\":[{"
        "\"stroke\":1,\"colour\":\"red\",\"width\":4,\"points\":[1,2,3,4]}],"
        "\"documents\":[{\"document\":2,\"name\":\"分数.pdf\",\"pages\":12,\"bytes\":"
        "345678}],\"page\":{\"document\":2,\"page\":12},"
        "\"help\":[\"c\"],\"floor_times\":{\"a\":5}}}",
        WELCOME
        "\"you\":{\"site\":\"a\",\"name\":\"\",\"role\":\"classroom\"},\"sites\":[],"
        "\"floor\":null,\"now\":\"\",\"room\":{\"quiz\":null,\"hands\":[],\"muted\":[],"
        "\"roll\":null,\"chat\":{\"open\":false,\"messages\":[]},\"strokes\":[],"
        "\"documents\":[],\"page\":null,\"help\":[],\"code\":\"012345\"}}",
        WELCOME
        "\"you\":{\"site\":\"a\",\"name\":\"\",\"role\":\"pupil\"},\"sites\":[],"
        "\"floor\":null,\"now\":\"\",\"room\":{\"quiz\":{\"quiz\":1,\"kind\":\"number\","
        "\"question\":\"?\",\"options\":[],\"state\":\"open\",\"right\":null,\"sum\":"
        "null,"
        "\"mine\":56}}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ScEvent) event = { 0 };
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i]);
        g_assert_true(sc_event_parse(cases[i], strlen(cases[i]), &event, &error));
        g_assert_no_error(error);
        g_autofree char *again = sc_event_print(&event);
        g_assert_cmpstr(again, ==, cases[i]);
    }
}

static void
wrong_event_is_refused(void)
{
    static const struct {
        const char *text;
        const char *detail;
    } cases[] = {
        { "{\"type\":\"hand\",\"site\":\"a\",\"up\":true,\"hands\":[1]}",
          "hands[0]: not a site's id" },
        { "{\"type\":\"quiz\",\"quiz\":1}", "kind: missing" },
        { "{\"type\":\"tally\",\"quiz\":1}", "sum: missing" },
        { "{\"type\":\"tally\",\"quiz\":1,\"sum\":{\"answers\":1,\"sites\":[1],"
          "\"choices\":[],\"numbers\":[]}}",
          "sum: sites[0]: not an object" },
        { "{\"type\":\"tally\",\"quiz\":1,\"sum\":{\"answers\":1,\"sites\":[],"
          "\"choices\":[-1],\"numbers\":[]}}",
          "sum: choices[0]: not a count" },
        { "{\"type\":\"tally\",\"quiz\":1,\"sum\":{\"answers\":1,\"sites\":[],"
          "\"choices\":[],\"numbers\":[[1]]}}",
          "sum: numbers[0]: not [value, n]" },
        { "{\"type\":\"floor-time\",\"times\":{\"a\":-1}}", "a: -1, from 0" },
        { "{\"type\":\"floor-time\",\"times\":[]}", "times: not an object" },
        { WELCOME "\"you\":{\"site\":\"a\",\"name\":\"\",\"role\":\"classroom\"},"
                  "\"sites\":[],\"floor\":null,\"now\":\"\",\"room\":{\"chat\":{"
                  "\"open\":true,\"messages\":[{}]}}}",
          "room: chat: messages[0].message: missing" },
        { WELCOME "\"you\":{\"site\":\"a\",\"name\":\"\",\"role\":\"classroom\"},"
                  "\"sites\":[],\"floor\":null,\"now\":\"\",\"room\":{\"strokes\":[{"
                  "\"stroke\":1,\"colour\":\"red\",\"width\":1,\"points\":[1]}]}}",
          "room: strokes[0].points: 1 numbers" },
        { WELCOME "\"you\":{\"site\":\"a\",\"name\":\"\",\"role\":\"classroom\"},"
                  "\"sites\":[],\"floor\":null,\"now\":\"\",\"room\":{\"code\":"
                  "\"1234567\"}}",
          "room: code: 7 bytes" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ScEvent) event = { 0 };
        g_autoptr(GError) error = NULL;
        g_test_message("%s", cases[i].text);
        g_assert_false(
            sc_event_parse(cases[i].text, strlen(cases[i].text), &event, &error));
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i].detail));
    }
}

/* In characters, of whatever length in bytes. */
static void
texts_are_read_up_to_their_limit(void)
{
    static const struct {
        const char *before;
        unsigned limit;
        const char *after;
    } cases[] = {
        { "{\"type\":\"chat\",\"text\":\"", SC_CHAT_TEXT_MAX, "\"}" },
        { "{\"type\":\"quiz-open\",\"kind\":\"truth\",\"question\":\"",
          SC_QUIZ_QUESTION_MAX, "\"}" },
        { "{\"type\":\"quiz-open\",\"kind\":\"single\",\"question\":\"?\",\"options\":["
          "\"a\",\"",
          SC_QUIZ_OPTION_MAX, "\"]}" },
    };
    static const char *const characters[] = { "a", "课", "😀" };
    for (size_t i = 0; i < G_N_ELEMENTS(cases) * G_N_ELEMENTS(characters); i++) {
        size_t which = i / G_N_ELEMENTS(characters);
        for (unsigned over = 0; over <= 1; over++) {
            GString *text = g_string_new(cases[which].before);
            for (unsigned n = 0; n < cases[which].limit + over; n++)
                g_string_append(text, characters[i % G_N_ELEMENTS(characters)]);
            g_string_append(text, cases[which].after);
            ScRequest request;
            g_autoptr(GError) error = NULL;
            g_assert_cmpint(sc_request_parse(text->str, text->len, &request, &error), ==,
                            over == 0);
            g_string_free(text, TRUE);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/room-protocol/request_survives_a_round_trip",
                    request_survives_a_round_trip);
    g_test_add_func("/room-protocol/event_survives_a_round_trip",
                    event_survives_a_round_trip);
    g_test_add_func("/room-protocol/wrong_event_is_refused", wrong_event_is_refused);
    g_test_add_func("/room-protocol/texts_are_read_up_to_their_limit",
                    texts_are_read_up_to_their_limit);
    return g_test_run();
}
