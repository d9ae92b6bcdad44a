/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of documents and pages, and what a teacher means by "next". */
#include <string.h>

#include "client/deck.h"

static bool
hear(ScDeck *deck, const char *text)
{
    g_auto(ScEvent) event = { 0 };
    return sc_event_parse(text, strlen(text), &event, NULL)
           && sc_deck_apply(deck, &event);
}

#define HEAD                                                                             \
    "{\"type\":\"welcome\",\"seq\":1,\"lesson\":{\"id\":\"l\",\"title\":\"\",\"state\":" \
    "\"live\"},\"you\":{\"site\":\"a\",\"name\":\"\",\"role\":\"classroom\"},\"sites\":" \
    "[],"                                                                                \
    "\"floor\":null,\"now\":\"\""
#define ONE "{\"document\":1,\"name\":\"分数.pdf\",\"pages\":12,\"bytes\":345678}"
#define TWO "{\"document\":2,\"name\":\"b.pdf\",\"pages\":2,\"bytes\":1000}"
#define WELCOME(documents, page) \
    HEAD ",\"room\":{\"documents\":[" documents "],\"page\":" page ",\"strokes\":[]}}"
#define PAGE(document, page)                                                \
    "{\"type\":\"page\",\"seq\":3,\"document\":" document ",\"page\":" page \
    ",\"strokes\":[]}"

static void
messages_are_read(void)
{
    ScDeck deck = { .n_documents = 0 };
    g_assert_true(hear(&deck, WELCOME(ONE, "{\"document\":1,\"page\":3}")));
    g_assert_cmpuint(deck.n_documents, ==, 1);
    g_assert_cmpstr(deck.documents[0].name, ==, "分数.pdf");
    g_assert_cmpuint(deck.documents[0].pages, ==, 12);
    g_assert_cmpint(deck.documents[0].bytes, ==, 345678);
    g_assert_cmpuint(deck.page.page, ==, 3);
    g_assert_true(hear(&deck, "{\"type\":\"document\",\"seq\":2,\"document\":2,"
                              "\"name\":\"b.pdf\",\"pages\":2,\"bytes\":1000}"));
    g_assert_cmpuint(deck.n_documents, ==, 2);
    g_assert_true(hear(&deck, PAGE("2", "1")));
    g_assert_cmpuint(deck.page.document, ==, 2);
    g_assert_true(hear(&deck, "{\"type\":\"document-removed\",\"document\":2}"));
    g_assert_cmpuint(deck.n_documents, ==, 1);
    g_assert_cmpuint(deck.page.document, ==, 0);
    g_assert_true(hear(&deck, PAGE("1", "3")));
    g_assert_true(hear(&deck, PAGE("null", "null")));
    g_assert_cmpuint(deck.page.document, ==, 0);
    g_assert_cmpuint(deck.last.page, ==, 3);
}

static void
server_without_documents_is_understood(void)
{
    ScDeck deck = { .n_documents = 0 };
    g_assert_true(hear(&deck, HEAD "}"));
    g_assert_true(hear(&deck, HEAD ",\"room\":{}}"));
    g_assert_true(hear(&deck, WELCOME("", "null")));
    g_assert_cmpuint(deck.n_documents, ==, 0);
}

static void
what_is_no_such_message_is_refused(void)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{\"type\":\"floor\",\"site\":null}",
        "{\"type\":7}",
        PAGE("1", "0"),
        PAGE("0", "1"),
        PAGE("1", "null"),
        "{\"type\":\"document-removed\"}",
        WELCOME("{\"document\":1}", "null"),
        WELCOME("7", "null"),
        WELCOME(ONE, "{\"document\":1}"),
        "{\"type\":\"page\",\"document\":1,\"page\":2,\"strokes\":[{\"stroke\":7,"
        "\"colour\":\"blue\",\"width\":4,\"points\":[1,2,3,40000]}]}",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        ScDeck deck = { .n_documents = 0 };
        g_test_message("%s", texts[i]);
        g_assert_false(hear(&deck, texts[i]));
    }
}

static void
pages_are_turned_as_a_teacher_means_it(void)
{
    static const struct {
        const char *page; /* that is shown, then no page where @is_hidden */
        bool is_hidden;
        ScOrderTurn turn;
        unsigned number;
        ScPageRequest wanted; /* of document 0 and page 1: there is no such page */
    } cases[] = {
        { PAGE("1", "3"), false, SC_ORDER_TURN_NEXT, 0, { 1, 4 } },
        { PAGE("1", "3"), false, SC_ORDER_TURN_PREVIOUS, 0, { 1, 2 } },
        { PAGE("1", "3"), false, SC_ORDER_TURN_NUMBER, 12, { 1, 12 } },
        { PAGE("1", "3"), false, SC_ORDER_TURN_NONE, 0, { 0, 0 } },
        { PAGE("1", "12"), false, SC_ORDER_TURN_NEXT, 0, { 0, 1 } },
        { PAGE("1", "1"), false, SC_ORDER_TURN_PREVIOUS, 0, { 0, 1 } },
        { PAGE("1", "3"), false, SC_ORDER_TURN_NUMBER, 13, { 0, 1 } },
        { PAGE("1", "3"), true, SC_ORDER_TURN_NEXT, 0, { 1, 4 } },
        { PAGE("1", "3"), true, SC_ORDER_TURN_NUMBER, 3, { 1, 3 } },
        { PAGE("null", "null"), false, SC_ORDER_TURN_NEXT, 0, { 2, 1 } },
        { PAGE("null", "null"), false, SC_ORDER_TURN_NUMBER, 2, { 2, 2 } },
        { PAGE("null", "null"), false, SC_ORDER_TURN_PREVIOUS, 0, { 0, 1 } },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScDeck deck = { .n_documents = 0 };
        ScPageRequest page = { 0, 1 };
        g_assert_true(hear(&deck, WELCOME(ONE "," TWO, "null")));
        g_assert_true(hear(&deck, cases[i].page));
        if (cases[i].is_hidden)
            g_assert_true(hear(&deck, PAGE("null", "null")));
        bool is_good = sc_deck_turn(&deck, cases[i].turn, cases[i].number, &page);
        g_assert_cmpint(is_good, ==, page.document != 0 || page.page == 0);
        g_assert_cmpuint(page.document, ==, cases[i].wanted.document);
        g_assert_cmpuint(page.page, ==, cases[i].wanted.page);
    }
}

#define ADD(name) g_test_add_func("/client/deck/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(messages_are_read);
    ADD(server_without_documents_is_understood);
    ADD(what_is_no_such_message_is_refused);
    ADD(pages_are_turned_as_a_teacher_means_it);
    return g_test_run();
}
