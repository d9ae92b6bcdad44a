/* SPDX-License-Identifier: Apache-2.0 */
#include "client/prompt.h"

#include <inttypes.h>
#include <string.h>

#define SAID_US (20 * G_USEC_PER_SEC)    /* the teacher's words, to be read */
#define RESULT_US (30 * G_USEC_PER_SEC)  /* the result of a quiz: likewise */
#define COUNTED_US (10 * G_USEC_PER_SEC) /* that the heads are known */

typedef struct {
    ScPrompt *prompt;
    const ScActivity *activity;
    const ScKeypad *keypad;
    const ScPromptSettings *settings;
} Writing;

static const char *const truths[SC_QUIZ_TRUTHS][SC_N_LANGUAGES] = {
    { "对", "True" },
    { "错", "False" },
};

static const char *
say(const Writing *self, const char *zh, const char *en)
{
    return self->settings->language == SC_LANGUAGE_EN ? en : zh;
}

/* Takes @text; lends it for as long as the prompt lives. */
static const char *
keep(const Writing *self, char *text)
{
    g_ptr_array_add(self->prompt->made, text);
    return text;
}

static bool
is_recent(const Writing *self, int64_t at_us, int64_t limit_us)
{
    return at_us && self->settings->now_us - at_us < limit_us;
}

static void
add_note(const Writing *self, const char *text)
{
    g_ptr_array_add(self->prompt->notes, (gpointer)text);
}

static void
write_notes(const Writing *self)
{
    const ScActivity *activity = self->activity;
    unsigned place = sc_activity_get_place(activity, activity->site);
    if (self->settings->has_failed)
        add_note(self,
                 say(self, "没有发出去，请再按一次", "Not sent: please press again"));
    if (place)
        add_note(self, keep(self, g_strdup_printf(say(self, "已举手 · 排在第 %u 个",
                                                      "Hand raised · number %u in line"),
                                                  place)));
    if (sc_activity_wants_help(activity, activity->site))
        add_note(self,
                 say(self, "已经请人来帮忙，请稍等", "Help was called; please wait"));
    if (activity->counting == SC_REPLY_KEPT
        && is_recent(self, activity->count_us, COUNTED_US))
        add_note(self, keep(self, g_strdup_printf(say(self, "点名：已报 %u 人",
                                                      "Roll call: %u heads reported"),
                                                  activity->count)));
    if (activity->said && is_recent(self, activity->said_us, SAID_US))
        self->prompt->said =
            keep(self,
                 g_strdup_printf(say(self, "老师说：%s", "Teacher: %s"), activity->said));
}

/* Answers, as people say them: "2", "1 和 3", "对", "42". */
static char *
dup_answer(const Writing *self, const ScQuizAnswer *answer)
{
    if (answer->shape == SC_ANSWER_NUMBER)
        return g_strdup_printf("%" PRId64, answer->number);
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < SC_QUIZ_OPTIONS_MAX; i++) {
        if (!(answer->choices & 1U << i))
            continue;
        if (text->len)
            g_string_append(text, say(self, "、", ", "));
        if (self->activity->quiz.asked.kind == SC_QUIZ_TRUTH && i < SC_QUIZ_TRUTHS)
            g_string_append(text, truths[i][self->settings->language]);
        else
            g_string_append_printf(text, "%u", i + 1);
    }
    return g_string_free(text, false);
}

static ScQuizAnswer
get_typed(const Writing *self)
{
    if (self->keypad->question == SC_QUESTION_NUMBER)
        return (ScQuizAnswer){ .shape = SC_ANSWER_NUMBER,
                               .number = sc_keypad_get_number(self->keypad) };
    return (ScQuizAnswer){ .shape = SC_ANSWER_CHOICE,
                           .choices = (uint8_t)self->keypad->chosen };
}

static bool
is_equal(const ScQuizAnswer *a, const ScQuizAnswer *b)
{
    return a->shape == b->shape && a->choices == b->choices && a->number == b->number;
}

/* Something else than what the teacher has stands typed. */
static bool
is_unsent(const Writing *self)
{
    ScQuizAnswer typed = get_typed(self);
    return sc_keypad_has_answer(self->keypad)
           && !(self->activity->answer == SC_REPLY_KEPT
                && is_equal(&typed, &self->activity->mine));
}

static void
write_entry(const Writing *self)
{
    const ScKeypad *keypad = self->keypad;
    bool is_empty = !keypad->digits[0] && !keypad->is_negative;
    if (is_empty && keypad->question == SC_QUESTION_NUMBER
        && self->activity->answer == SC_REPLY_KEPT)
        self->prompt->entry =
            keep(self, g_strdup_printf("%" PRId64, self->activity->mine.number));
    else
        self->prompt->entry =
            keep(self, g_strdup_printf("%s%s_", keypad->is_negative ? "−" : "",
                                       keypad->digits));
}

static void
set_state(const Writing *self, ScPromptTone tone, const char *text)
{
    self->prompt->tone = tone;
    self->prompt->state = text;
}

static const char *
get_invitation(const Writing *self)
{
    unsigned n = self->keypad->n_options;
    switch (self->keypad->question) {
    case SC_QUESTION_SINGLE:
        return keep(self, g_strdup_printf(
                              say(self, "请按 1–%u 选一个", "Press 1 to %u for one"), n));
    case SC_QUESTION_MULTIPLE:
        return keep(self, g_strdup_printf(say(self, "请按 1–%u，可以选几个",
                                              "Press 1 to %u, several may be right"),
                                          n));
    case SC_QUESTION_TRUTH:
        return say(self, "请按 1 或 2", "Press 1 or 2");
    case SC_QUESTION_NUMBER:
    case SC_QUESTION_COUNT:
        return say(self, "请按数字键", "Press the digits");
    case SC_QUESTION_NONE:
        break;
    }
    return "";
}

/* @reply: how far what was sent came. "Kept" is said only of what is. */
static void
write_state(const Writing *self, ScReply reply, bool has_unsent)
{
    if (reply == SC_REPLY_SENT) {
        set_state(self, SC_PROMPT_CALM, say(self, "正在提交…", "Sending…"));
    } else if (reply == SC_REPLY_FAILED) {
        set_state(self, SC_PROMPT_ALARM,
                  say(self, "没有提交成功，请再按确认键", "Not sent: press Enter again"));
    } else if (has_unsent) {
        set_state(self, SC_PROMPT_CALM,
                  say(self, "还没有提交，请按确认键", "Not sent yet: press Enter"));
    } else if (reply == SC_REPLY_KEPT) {
        g_autofree char *mine = dup_answer(self, &self->activity->mine);
        set_state(
            self, SC_PROMPT_GOOD,
            keep(self, g_strdup_printf(
                           say(self, "老师已收到：%s", "The teacher has it: %s"), mine)));
    } else {
        set_state(self, SC_PROMPT_CALM, get_invitation(self));
    }
}

static void
write_legend(const Writing *self, const char *first, const char *second,
             const char *third)
{
    self->prompt->legend[0] = first;
    self->prompt->legend[1] = second;
    self->prompt->legend[2] = third;
}

static const char *
get_hand_key(const Writing *self)
{
    return sc_activity_get_place(self->activity, self->activity->site)
               ? say(self, "0 放下手", "0: hand down")
               : say(self, "0 举手", "0: hand up");
}

static void
write_keys_of_answer(const Writing *self)
{
    bool is_number = self->keypad->question == SC_QUESTION_NUMBER;
    bool is_count = self->keypad->question == SC_QUESTION_COUNT;
    write_legend(self, say(self, "确认键 提交", "Enter: send"),
                 say(self, "退格键 重来", "Backspace: again"),
                 is_number  ? say(self, "− 负号", "−: minus")
                 : is_count ? NULL
                            : get_hand_key(self));
}

static void
write_keys_at_rest(const Writing *self)
{
    write_legend(self, get_hand_key(self),
                 sc_activity_wants_help(self->activity, self->activity->site)
                     ? say(self, "* 不用帮忙了", "*: no more help")
                     : say(self, "* 请人帮忙", "*: call for help"),
                 say(self, "+ − 音量", "+ −: volume"));
}

static const char *
get_count(const Writing *self, unsigned n)
{
    return keep(self, g_strdup_printf(say(self, "%u 票", "%u"), n));
}

static void
write_options(const Writing *self, bool is_open)
{
    const ScQuizEvent *quiz = &self->activity->quiz;
    const ScQuizAnswer *mine = &self->activity->mine;
    bool is_truth = quiz->asked.kind == SC_QUIZ_TRUTH;
    bool has_typed = is_open && self->keypad->chosen;
    unsigned chosen = has_typed                         ? self->keypad->chosen
                      : mine->shape == SC_ANSWER_CHOICE ? mine->choices
                                                        : 0;
    unsigned right = quiz->right.shape == SC_ANSWER_CHOICE ? quiz->right.choices : 0;
    self->prompt->n_options = is_truth ? SC_QUIZ_TRUTHS : quiz->asked.n_options;
    for (unsigned i = 0; i < self->prompt->n_options; i++)
        self->prompt->options[i] = (ScPromptOption){
            .key = i + 1,
            .text =
                is_truth ? truths[i][self->settings->language] : quiz->asked.options[i],
            .count = quiz->sum ? get_count(self, quiz->sum->choices[i]) : NULL,
            .is_chosen = chosen & 1U << i,
            .is_right = right & 1U << i,
        };
}

/* The most frequent numbers stand where else the options do. */
static void
write_numbers(const Writing *self)
{
    const ScQuizSum *sum = self->activity->quiz.sum;
    const ScQuizAnswer *mine = &self->activity->mine;
    const ScQuizAnswer *right = &self->activity->quiz.right;
    self->prompt->n_options = sum ? MIN(sum->n_numbers, SC_KEYPAD_OPTIONS_MAX / 2) : 0;
    for (unsigned i = 0; i < self->prompt->n_options; i++) {
        int64_t value = sum->numbers[i].value;
        self->prompt->options[i] = (ScPromptOption){
            .text = keep(self, g_strdup_printf("%" PRId64, value)),
            .count = get_count(self, sum->numbers[i].n),
            .is_chosen = mine->shape == SC_ANSWER_NUMBER && mine->number == value,
            .is_right = right->shape == SC_ANSWER_NUMBER && right->number == value,
        };
    }
}

/* Whoever has a phone answers for itself. */
static void
write_scan(const Writing *self)
{
    const char *code = self->activity->code;
    if (!*code)
        return;
    self->prompt->scan =
        keep(self, g_strdup_printf("%s/pupil#code=%s", self->settings->url, code));
    self->prompt->scan_name =
        keep(self, g_strdup_printf(say(self, "手机扫码作答\n代码 %.3s %s",
                                       "Answer by phone\nCode %.3s %s"),
                                   code, code + strlen(code) / 2));
}

static void
write_open_quiz(const Writing *self)
{
    self->prompt->text = self->activity->quiz.asked.question;
    if (self->activity->quiz.asked.kind == SC_QUIZ_NUMBER)
        write_entry(self);
    else
        write_options(self, true);
    write_state(self, self->activity->answer, is_unsent(self));
    write_scan(self);
    write_keys_of_answer(self);
}

static void
write_roll_call(const Writing *self)
{
    self->prompt->text = say(self, "点名：教室里有几个学生？",
                             "Roll call: how many pupils are in the room?");
    write_entry(self);
    write_state(self, self->activity->counting, sc_keypad_has_answer(self->keypad));
    write_keys_of_answer(self);
}

static void
write_result(const Writing *self)
{
    const ScQuizEvent *quiz = &self->activity->quiz;
    const ScQuizAnswer *mine = &self->activity->mine;
    self->prompt->text = quiz->asked.question;
    if (quiz->asked.kind == SC_QUIZ_NUMBER)
        write_numbers(self);
    else
        write_options(self, false);
    if (quiz->right.shape == SC_ANSWER_NONE) {
        unsigned n = quiz->sum ? quiz->sum->n_answers : 0;
        set_state(self, SC_PROMPT_CALM,
                  keep(self, g_strdup_printf(say(self, "答题结束，共 %u 份回答",
                                                 "Closed. Answers: %u"),
                                             n)));
    } else if (is_equal(mine, &quiz->right)) {
        set_state(self, SC_PROMPT_GOOD, say(self, "答对了！", "Right!"));
    } else {
        g_autofree char *right = dup_answer(self, &quiz->right);
        set_state(
            self, SC_PROMPT_CALM,
            keep(self, g_strdup_printf(say(self, "正确答案：%s", "The right answer: %s"),
                                       right)));
    }
    write_keys_at_rest(self);
}

void
sc_prompt_write(ScPrompt *self, const ScActivity *activity, const ScKeypad *keypad,
                const ScPromptSettings *settings)
{
    const Writing writing = { self, activity, keypad, settings };
    self->notes = g_ptr_array_new();
    self->made = g_ptr_array_new_with_free_func(g_free);
    write_notes(&writing);
    ScQuestion question = sc_activity_get_question(activity, settings->now_us);
    bool has_result = activity->quiz.quiz && activity->quiz.state != SC_QUIZ_OPEN
                      && is_recent(&writing, activity->quiz_us, RESULT_US);
    if (question == SC_QUESTION_COUNT)
        write_roll_call(&writing);
    else if (question != SC_QUESTION_NONE)
        write_open_quiz(&writing);
    else if (has_result)
        write_result(&writing);
    else
        write_keys_at_rest(&writing);
}

void
sc_prompt_clear(ScPrompt *self)
{
    g_clear_pointer(&self->notes, g_ptr_array_unref);
    g_clear_pointer(&self->made, g_ptr_array_unref);
    *self = (ScPrompt){ .text = NULL };
}

char *
sc_prompt_dup_title(const ScActivity *activity, const ScEventSite *site, bool has_floor,
                    ScLanguage language)
{
    bool is_english = language == SC_LANGUAGE_EN;
    unsigned place = sc_activity_get_place(activity, site->site);
    GString *title = g_string_new(site->name);
    if (has_floor)
        g_string_append(title, is_english ? " · speaking" : " · 正在发言");
    if (place)
        g_string_append_printf(title, is_english ? " · hand up: %u" : " · 举手 第 %u 个",
                               place);
    if (sc_activity_wants_help(activity, site->site))
        g_string_append(title, is_english ? " · needs help" : " · 请求帮助");
    return g_string_free(title, false);
}

char *
sc_prompt_dup_words(const ScPrompt *self)
{
    GString *words = g_string_new(NULL);
    for (unsigned i = 0; i < self->notes->len; i++)
        g_string_append_printf(words, "note %s\n",
                               (const char *)g_ptr_array_index(self->notes, i));
    if (self->said)
        g_string_append_printf(words, "note %s\n", self->said);
    if (self->text)
        g_string_append_printf(words, "%s\n", self->text);
    for (unsigned i = 0; i < self->n_options; i++) {
        const ScPromptOption *option = &self->options[i];
        g_string_append_printf(words, "%u %s%s%s%s%s\n", option->key, option->text,
                               option->is_chosen ? " chosen" : "",
                               option->is_right ? " right" : "", option->count ? " " : "",
                               option->count ? option->count : "");
    }
    if (self->entry)
        g_string_append_printf(words, "entry %s\n", self->entry);
    if (self->state)
        g_string_append_printf(words, "state %s\n", self->state);
    if (self->scan)
        g_string_append_printf(words, "scan %s\n%s\n", self->scan, self->scan_name);
    for (unsigned i = 0; i < SC_PROMPT_LEGEND_MAX && self->legend[i]; i++)
        g_string_append_printf(words, "key %s\n", self->legend[i]);
    return g_string_free(words, false);
}
