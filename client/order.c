/* SPDX-License-Identifier: Apache-2.0 */
#include "client/order.h"

#include <string.h>

#include <glib.h>

/* @arguments: the words after those that name the order; NULL ends them. */
typedef bool (*Parse)(const char *const *arguments, ScOrder *order);

static bool
read_switch(const char *word, const char *on, const char *off, bool *out_is_on)
{
    *out_is_on = word && strcmp(word, on) == 0;
    return *out_is_on || (word && strcmp(word, off) == 0);
}

static bool
read_number(const char *word, int64_t min, int64_t max, int64_t *out_number)
{
    gint64 number;
    if (!word || !g_ascii_string_to_signed(word, 10, min, max, &number, NULL))
        return false;
    *out_number = number;
    return true;
}

/* @everybody: the word for "". */
static bool
read_site(const char *word, const char *everybody, char *out_site)
{
    if (!word || strlen(word) > SC_ID_MAX)
        return false;
    g_strlcpy(out_site, strcmp(word, everybody) ? word : "", SC_ID_MAX + 1);
    return true;
}

/* "2" and "1,3" are options, counted from 1 as on the keys; "-17" is a number only. */
static bool
read_answer(const char *word, ScQuizAnswer *out_answer)
{
    if (!word)
        return false;
    g_auto(GStrv) parts = g_strsplit(word, ",", SC_QUIZ_OPTIONS_MAX + 1);
    unsigned n = g_strv_length(parts);
    *out_answer = (ScQuizAnswer){ .shape = SC_ANSWER_CHOICE };
    bool is_number = n == 1
                     && read_number(word, -SC_QUIZ_NUMBER_MAX, SC_QUIZ_NUMBER_MAX,
                                    &out_answer->number);
    for (unsigned i = 0; i < n; i++) {
        int64_t key;
        if (!read_number(parts[i], 1, SC_QUIZ_OPTIONS_MAX, &key))
            return is_number;
        out_answer->choices |= (uint8_t)(1U << (key - 1));
    }
    return true;
}

static bool
parse_quit(const char *const *arguments, ScOrder *order)
{
    (void)arguments;
    order->type = SC_ORDER_QUIT;
    return true;
}

static bool
parse_press(const char *const *arguments, ScOrder *order)
{
    order->type = SC_ORDER_PRESS;
    return arguments[0]
           && g_strlcpy(order->key, arguments[0], sizeof order->key) < sizeof order->key;
}

static bool
parse_floor(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_FLOOR;
    return read_site(arguments[0], "none", order->request.floor.site);
}

static bool
parse_hand(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_HAND;
    return read_switch(arguments[0], "up", "down", &order->request.hand.up);
}

static bool
parse_hands_down(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_HANDS_DOWN;
    return !arguments[0]
           || read_site(arguments[0], "all", order->request.hands_down.site);
}

static bool
parse_help(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_HELP;
    return read_switch(arguments[0], "on", "off", &order->request.help.wanted);
}

static bool
parse_count(const char *const *arguments, ScOrder *order)
{
    int64_t count = 0;
    bool is_good = read_number(arguments[0], 0, SC_HEADS_MAX, &count);
    order->request.type = SC_REQUEST_PRESENT;
    order->request.present.count = (unsigned)count;
    return is_good;
}

static bool
parse_answer(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_ANSWER;
    return read_answer(arguments[0], &order->request.answer.answer);
}

static bool
parse_roll(const char *const *arguments, ScOrder *order)
{
    (void)arguments;
    order->request.type = SC_REQUEST_ROLL_CALL;
    return true;
}

static bool
parse_mute(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_MUTE;
    order->request.mute.muted = true;
    return read_site(arguments[0], "all", order->request.mute.site);
}

static bool
parse_unmute(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_MUTE;
    return read_site(arguments[0], "all", order->request.mute.site);
}

static bool
parse_quiz_close(const char *const *arguments, ScOrder *order)
{
    (void)arguments;
    order->request.type = SC_REQUEST_QUIZ_CLOSE;
    return true;
}

static bool
parse_quiz_reveal(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_QUIZ_REVEAL;
    if (arguments[0] && strcmp(arguments[0], "none") == 0)
        return true;
    return read_answer(arguments[0], &order->request.quiz_reveal.right);
}

/* Options are called A, B, C …: what they are stands where everybody sees it. */
static void
name_options(ScQuizOpenRequest *quiz, unsigned n_options)
{
    quiz->n_options = n_options;
    for (unsigned i = 0; i < n_options; i++)
        quiz->options[i][0] = (char)('A' + i);
}

static bool
take_question(const char *const *words, ScQuizOpenRequest *quiz)
{
    g_autofree char *text = g_strjoinv(" ", (GStrv)words);
    g_strlcpy(quiz->question, text, sizeof quiz->question);
    return g_utf8_strlen(text, -1) <= SC_QUIZ_QUESTION_MAX;
}

static bool
parse_choice(const char *const *arguments, ScOrder *order, ScQuizKind kind)
{
    int64_t n_options;
    if (!read_number(arguments[0], SC_QUIZ_OPTIONS_MIN, SC_QUIZ_OPTIONS_MAX, &n_options))
        return false;
    order->request.type = SC_REQUEST_QUIZ_OPEN;
    order->request.quiz_open.kind = kind;
    name_options(&order->request.quiz_open, (unsigned)n_options);
    return take_question(arguments + 1, &order->request.quiz_open);
}

static bool
parse_quiz_single(const char *const *arguments, ScOrder *order)
{
    return parse_choice(arguments, order, SC_QUIZ_SINGLE);
}

static bool
parse_quiz_multiple(const char *const *arguments, ScOrder *order)
{
    return parse_choice(arguments, order, SC_QUIZ_MULTIPLE);
}

static bool
parse_quiz_truth(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_QUIZ_OPEN;
    order->request.quiz_open.kind = SC_QUIZ_TRUTH;
    return take_question(arguments, &order->request.quiz_open);
}

static bool
parse_quiz_number(const char *const *arguments, ScOrder *order)
{
    order->request.type = SC_REQUEST_QUIZ_OPEN;
    order->request.quiz_open.kind = SC_QUIZ_NUMBER;
    return take_question(arguments, &order->request.quiz_open);
}

static bool
parse_music(const char *const *arguments, ScOrder *order)
{
    order->type = SC_ORDER_MUSIC;
    return read_switch(arguments[0], "on", "off", &order->is_on);
}

static bool
parse_slides(const char *const *arguments, ScOrder *order)
{
    g_autofree char *path = g_strjoinv(" ", (GStrv)arguments);
    order->type = SC_ORDER_SLIDES;
    return *path && g_strlcpy(order->path, path, sizeof order->path) < sizeof order->path;
}

static bool
parse_page(const char *const *arguments, ScOrder *order)
{
    static const char *const turns[] = {
        [SC_ORDER_TURN_NONE] = "none",
        [SC_ORDER_TURN_NEXT] = "next",
        [SC_ORDER_TURN_PREVIOUS] = "previous",
    };
    int64_t page;
    order->type = SC_ORDER_PAGE;
    for (unsigned i = 0; arguments[0] && i < G_N_ELEMENTS(turns); i++) {
        order->turn = (ScOrderTurn)i;
        if (strcmp(arguments[0], turns[i]) == 0)
            return true;
    }
    order->turn = SC_ORDER_TURN_NUMBER;
    if (!read_number(arguments[0], 1, INT32_MAX, &page))
        return false;
    order->page = (unsigned)page;
    return true;
}

#define ANY 1000 /* words of a question, or of a file's name */

static const struct {
    const char *first;
    const char *second; /* NULL: one word names it */
    unsigned max_arguments;
    Parse parse;
} orders[] = {
    { "quit", NULL, 0, parse_quit },
    { "press", NULL, 1, parse_press },
    { "floor", NULL, 1, parse_floor },
    { "hand", NULL, 1, parse_hand },
    { "answer", NULL, 1, parse_answer },
    { "count", NULL, 1, parse_count },
    { "help", NULL, 1, parse_help },
    { "hands", "down", 1, parse_hands_down },
    { "mute", NULL, 1, parse_mute },
    { "unmute", NULL, 1, parse_unmute },
    { "roll", NULL, 0, parse_roll },
    { "music", NULL, 1, parse_music },
    { "slides", NULL, ANY, parse_slides },
    { "page", NULL, 1, parse_page },
    { "quiz", "single", ANY, parse_quiz_single },
    { "quiz", "multiple", ANY, parse_quiz_multiple },
    { "quiz", "truth", ANY, parse_quiz_truth },
    { "quiz", "number", ANY, parse_quiz_number },
    { "quiz", "close", 0, parse_quiz_close },
    { "quiz", "reveal", 1, parse_quiz_reveal },
};

/* Without the empty ones that blanks in a row leave. */
static GStrv
split_words(const char *line)
{
    g_auto(GStrv) parts = g_strsplit_set(line, " \t\r", -1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (GStrv part = parts; *part; part++)
        if (**part)
            g_strv_builder_add(builder, *part);
    return g_strv_builder_end(builder);
}

bool
sc_order_parse(const char *line, ScOrder *out_order)
{
    g_auto(GStrv) words = split_words(line);
    unsigned n_words = g_strv_length(words);
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        unsigned n_names = orders[i].second ? 2 : 1;
        if (n_words < n_names || strcmp(words[0], orders[i].first) != 0
            || (orders[i].second && strcmp(words[1], orders[i].second) != 0))
            continue;
        ScOrder order = { .type = SC_ORDER_ASK, .request.id = SC_NO_ID };
        bool is_good = n_words - n_names <= orders[i].max_arguments
                       && orders[i].parse((const char *const *)words + n_names, &order);
        if (is_good)
            *out_order = order;
        return is_good;
    }
    return false;
}
