/* SPDX-License-Identifier: Apache-2.0 */
/* What a classroom's screen says over the picture, as lines, in both languages. */
#include "client/prompt.h"

#define S G_USEC_PER_SEC
#define NOW_US (100 * S)

static void
set_quiz(ScActivity *room, ScQuizKind kind)
{
    room->quiz =
        (ScQuizEvent){ .quiz = 1, .asked = { .kind = kind, .question = "7 + 5?" } };
    room->quiz_us = NOW_US;
    if (kind != SC_QUIZ_SINGLE && kind != SC_QUIZ_MULTIPLE)
        return;
    room->quiz.asked.n_options = 2;
    g_strlcpy(room->quiz.asked.options[0], "11", sizeof room->quiz.asked.options[0]);
    g_strlcpy(room->quiz.asked.options[1], "12", sizeof room->quiz.asked.options[1]);
}

static void
press(ScKeypad *keypad, const ScActivity *room, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);
    sc_keypad_ask(keypad, sc_activity_get_question(room, NOW_US),
                  room->quiz.asked.n_options);
    for (GStrv name = names; *name; name++)
        sc_keypad_press(keypad, *name);
}

static void
assert_says(const ScActivity *room, const ScKeypad *keypad, ScLanguage language,
            const char *want)
{
    g_auto(ScPrompt) prompt = { .text = NULL };
    const ScPromptSettings settings = { .language = language, .now_us = NOW_US };
    sc_prompt_write(&prompt, room, keypad, &settings);
    g_autofree char *words = sc_prompt_dup_words(&prompt);
    g_assert_cmpstr(words, ==, want);
}

#define REST_ZH "key 0 举手\nkey * 请人帮忙\nkey + − 音量\n"
#define REST_EN "key 0: hand up\nkey *: call for help\nkey + −: volume\n"
#define SEND_ZH "key 确认键 提交\nkey 退格键 重来\n"
#define SEND_EN "key Enter: send\nkey Backspace: again\n"

static void
at_rest_only_the_keys_are_told(void)
{
    ScActivity room;
    ScKeypad keypad = { 0 };
    sc_activity_init(&room);
    assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN, REST_ZH);
    assert_says(&room, &keypad, SC_LANGUAGE_EN, REST_EN);
    sc_activity_clear(&room);
}

static void
notes_tell_hand_help_and_words(void)
{
    ScActivity room;
    ScKeypad keypad = { 0 };
    sc_activity_init(&room);
    g_strlcpy(room.site, "hill", sizeof room.site);
    room.hands = g_strsplit("lake hill", " ", -1);
    g_ptr_array_add(room.help, g_strdup("hill"));
    room.said = g_strdup("翻到 32 页");
    room.said_us = NOW_US;
    assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN,
                "note 已举手 · 排在第 2 个\nnote 已经请人来帮忙，请稍等\n"
                "note 老师说：翻到 32 页\n"
                "key 0 放下手\nkey * 不用帮忙了\nkey + − 音量\n");
    assert_says(&room, &keypad, SC_LANGUAGE_EN,
                "note Hand raised · number 2 in line\n"
                "note Help was called; please wait\nnote Teacher: 翻到 32 页\n"
                "key 0: hand down\nkey *: no more help\nkey + −: volume\n");
    room.said_us = NOW_US - 60 * S;
    assert_says(&room, &keypad, SC_LANGUAGE_EN,
                "note Hand raised · number 2 in line\n"
                "note Help was called; please wait\n"
                "key 0: hand down\nkey *: no more help\nkey + −: volume\n");
    sc_activity_clear(&room);
}

static void
tile_tells_floor_hand_and_help(void)
{
    static const struct {
        bool has_floor;
        const char *hands;
        bool wants_help;
        const char *zh;
        const char *en;
    } cases[] = {
        { false, "", false, "Hill", "Hill" },
        { true, "", false, "Hill · 正在发言", "Hill · speaking" },
        { false, "lake hill", false, "Hill · 举手 第 2 个", "Hill · hand up: 2" },
        { true, "", true, "Hill · 正在发言 · 请求帮助", "Hill · speaking · needs help" },
    };
    const ScEventSite site = { .site = "hill", .name = "Hill" };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScActivity room;
        sc_activity_init(&room);
        room.hands = g_strsplit(cases[i].hands, " ", -1);
        if (cases[i].wants_help)
            g_ptr_array_add(room.help, g_strdup("hill"));
        g_autofree char *zh =
            sc_prompt_dup_title(&room, &site, cases[i].has_floor, SC_LANGUAGE_ZH_CN);
        g_autofree char *en =
            sc_prompt_dup_title(&room, &site, cases[i].has_floor, SC_LANGUAGE_EN);
        g_assert_cmpstr(zh, ==, cases[i].zh);
        g_assert_cmpstr(en, ==, cases[i].en);
        sc_activity_clear(&room);
    }
}

/* Each line a step further; "kept" is said only of what is. */
static void
answer_is_told_as_far_as_it_came(void)
{
    static const struct {
        const char *keys;
        ScReply reply;
        uint8_t mine;
        const char *zh;
        const char *en;
    } steps[] = {
        { "", SC_REPLY_NONE, 0, "1 11\n2 12\nstate 请按 1–2 选一个\n",
          "1 11\n2 12\nstate Press 1 to 2 for one\n" },
        { "2", SC_REPLY_NONE, 0, "1 11\n2 12 chosen\nstate 还没有提交，请按确认键\n",
          "1 11\n2 12 chosen\nstate Not sent yet: press Enter\n" },
        { "2", SC_REPLY_SENT, 0, "1 11\n2 12 chosen\nstate 正在提交…\n",
          "1 11\n2 12 chosen\nstate Sending…\n" },
        { "2", SC_REPLY_FAILED, 0,
          "1 11\n2 12 chosen\nstate 没有提交成功，请再按确认键\n",
          "1 11\n2 12 chosen\nstate Not sent: press Enter again\n" },
        { "2", SC_REPLY_KEPT, 0x2, "1 11\n2 12 chosen\nstate 老师已收到：2\n",
          "1 11\n2 12 chosen\nstate The teacher has it: 2\n" },
        { "", SC_REPLY_KEPT, 0x2, "1 11\n2 12 chosen\nstate 老师已收到：2\n",
          "1 11\n2 12 chosen\nstate The teacher has it: 2\n" },
        { "1", SC_REPLY_KEPT, 0x2, "1 11 chosen\n2 12\nstate 还没有提交，请按确认键\n",
          "1 11 chosen\n2 12\nstate Not sent yet: press Enter\n" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        ScActivity room;
        ScKeypad keypad;
        sc_activity_init(&room);
        set_quiz(&room, SC_QUIZ_SINGLE);
        room.answer = steps[i].reply;
        if (steps[i].mine)
            room.mine = (ScQuizAnswer){ SC_ANSWER_CHOICE, steps[i].mine, 0 };
        press(&keypad, &room, steps[i].keys);
        g_autofree char *zh =
            g_strdup_printf("7 + 5?\n%s" SEND_ZH "key 0 举手\n", steps[i].zh);
        g_autofree char *en =
            g_strdup_printf("7 + 5?\n%s" SEND_EN "key 0: hand up\n", steps[i].en);
        assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN, zh);
        assert_says(&room, &keypad, SC_LANGUAGE_EN, en);
        sc_activity_clear(&room);
    }
}

static void
each_kind_is_asked_in_its_way(void)
{
    static const struct {
        ScQuizKind kind;
        const char *keys;
        const char *zh;
        const char *en;
    } cases[] = {
        { SC_QUIZ_MULTIPLE, "",
          "1 11\n2 12\nstate 请按 1–2，可以选几个\n" SEND_ZH "key 0 举手\n",
          "1 11\n2 12\nstate Press 1 to 2, several may be right\n" SEND_EN
          "key 0: hand up\n" },
        { SC_QUIZ_TRUTH, "1",
          "1 对 chosen\n2 错\nstate 还没有提交，请按确认键\n" SEND_ZH "key 0 举手\n",
          "1 True chosen\n2 False\nstate Not sent yet: press Enter\n" SEND_EN
          "key 0: hand up\n" },
        { SC_QUIZ_NUMBER, "", "entry _\nstate 请按数字键\n" SEND_ZH "key − 负号\n",
          "entry _\nstate Press the digits\n" SEND_EN "key −: minus\n" },
        { SC_QUIZ_NUMBER, "minus 1 2",
          "entry −12_\nstate 还没有提交，请按确认键\n" SEND_ZH "key − 负号\n",
          "entry −12_\nstate Not sent yet: press Enter\n" SEND_EN "key −: minus\n" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScActivity room;
        ScKeypad keypad;
        sc_activity_init(&room);
        set_quiz(&room, cases[i].kind);
        press(&keypad, &room, cases[i].keys);
        g_autofree char *zh = g_strdup_printf("7 + 5?\n%s", cases[i].zh);
        g_autofree char *en = g_strdup_printf("7 + 5?\n%s", cases[i].en);
        assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN, zh);
        assert_says(&room, &keypad, SC_LANGUAGE_EN, en);
        sc_activity_clear(&room);
    }
}

static void
open_quiz_tells_phones_where_to_answer(void)
{
    ScActivity room;
    ScKeypad keypad;
    g_auto(ScPrompt) prompt = { .text = NULL };
    const ScPromptSettings settings = { .language = SC_LANGUAGE_ZH_CN,
                                        .url = "https://school.example",
                                        .now_us = NOW_US };
    sc_activity_init(&room);
    set_quiz(&room, SC_QUIZ_TRUTH);
    g_strlcpy(room.code, "123456", sizeof room.code);
    press(&keypad, &room, "1");
    sc_prompt_write(&prompt, &room, &keypad, &settings);
    g_assert_cmpstr(prompt.scan, ==, "https://school.example/pupil#code=123456");
    g_assert_cmpstr(prompt.scan_name, ==, "手机扫码作答\n代码 123 456");
    sc_activity_clear(&room);
}

static void
result_tells_counts_and_what_was_right(void)
{
    ScActivity room;
    ScKeypad keypad = { 0 };
    sc_activity_init(&room);
    set_quiz(&room, SC_QUIZ_SINGLE);
    room.mine = (ScQuizAnswer){ SC_ANSWER_CHOICE, 0x2, 0 };
    room.quiz.state = SC_QUIZ_CLOSED;
    room.quiz.sum = g_new0(ScQuizSum, 1);
    *room.quiz.sum = (ScQuizSum){ .n_answers = 9, .n_choices = 2, .choices = { 2, 7 } };
    assert_says(
        &room, &keypad, SC_LANGUAGE_ZH_CN,
        "7 + 5?\n1 11 2 票\n2 12 chosen 7 票\nstate 答题结束，共 9 份回答\n" REST_ZH);
    assert_says(&room, &keypad, SC_LANGUAGE_EN,
                "7 + 5?\n1 11 2\n2 12 chosen 7\nstate Closed. Answers: 9\n" REST_EN);
    room.quiz.state = SC_QUIZ_REVEALED;
    room.quiz.right = room.mine;
    assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN,
                "7 + 5?\n1 11 2 票\n2 12 chosen right 7 票\nstate 答对了！\n" REST_ZH);
    room.mine.choices = 0x1;
    assert_says(
        &room, &keypad, SC_LANGUAGE_EN,
        "7 + 5?\n1 11 chosen 2\n2 12 right 7\nstate The right answer: 2\n" REST_EN);
    room.quiz_us = NOW_US - 60 * S;
    assert_says(&room, &keypad, SC_LANGUAGE_EN, REST_EN);
    sc_activity_clear(&room);
}

static void
numbers_are_told_by_how_many_gave_them(void)
{
    ScActivity room;
    ScKeypad keypad = { 0 };
    sc_activity_init(&room);
    set_quiz(&room, SC_QUIZ_NUMBER);
    room.mine = (ScQuizAnswer){ SC_ANSWER_NUMBER, 0, 12 };
    room.quiz.state = SC_QUIZ_REVEALED;
    room.quiz.right = room.mine;
    room.quiz.sum = g_new0(ScQuizSum, 1);
    room.quiz.sum->n_numbers = 2;
    room.quiz.sum->numbers[0].value = 12;
    room.quiz.sum->numbers[0].n = 8;
    room.quiz.sum->numbers[1].value = -3;
    room.quiz.sum->numbers[1].n = 1;
    assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN,
                "7 + 5?\n0 12 chosen right 8 票\n0 -3 1 票\nstate 答对了！\n" REST_ZH);
    sc_activity_clear(&room);
}

static void
roll_call_asks_for_heads(void)
{
    ScActivity room;
    ScKeypad keypad;
    sc_activity_init(&room);
    room.roll = 1;
    room.roll_us = NOW_US;
    press(&keypad, &room, "3 2");
    assert_says(
        &room, &keypad, SC_LANGUAGE_ZH_CN,
        "点名：教室里有几个学生？\nentry 32_\nstate 还没有提交，请按确认键\n" SEND_ZH);
    assert_says(&room, &keypad, SC_LANGUAGE_EN,
                "Roll call: how many pupils are in the room?\nentry 32_\n"
                "state Not sent yet: press Enter\n" SEND_EN);
    room.counting = SC_REPLY_KEPT;
    room.count = 32;
    room.count_us = NOW_US;
    assert_says(&room, &keypad, SC_LANGUAGE_ZH_CN, "note 点名：已报 32 人\n" REST_ZH);
    assert_says(&room, &keypad, SC_LANGUAGE_EN,
                "note Roll call: 32 heads reported\n" REST_EN);
    sc_activity_clear(&room);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prompt/rest", at_rest_only_the_keys_are_told);
    g_test_add_func("/prompt/notes", notes_tell_hand_help_and_words);
    g_test_add_func("/prompt/answer", answer_is_told_as_far_as_it_came);
    g_test_add_func("/prompt/tile", tile_tells_floor_hand_and_help);
    g_test_add_func("/prompt/kinds", each_kind_is_asked_in_its_way);
    g_test_add_func("/prompt/phones", open_quiz_tells_phones_where_to_answer);
    g_test_add_func("/prompt/result", result_tells_counts_and_what_was_right);
    g_test_add_func("/prompt/numbers", numbers_are_told_by_how_many_gave_them);
    g_test_add_func("/prompt/roll-call", roll_call_asks_for_heads);
    return g_test_run();
}
