/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-delegate"
#include "client/delegate.h"

#include <string.h>

#include "client/activity.h"

#define FAILED_US (4 * G_USEC_PER_SEC) /* for people to read that it did not go out */

struct ScDelegate {
    const ScConfig *config; /* borrowed, as the next two: see sc_delegate_new() */
    ScEvents *events;
    const ScRoster *roster;
    ScActivity activity;
    ScKeypad keypad;
    unsigned asked;      /* number of the quiz or roll call that the keypad is for */
    int64_t reply_id;    /* of the reply that is on its way; SC_NO_ID: none */
    ScQuestion reply_to; /* what it answers */
    int64_t failed_us;   /* when something could not be sent; 0: never */
};

/* What was typed is forgotten with the question it was for. */
static void
follow_question(ScDelegate *self)
{
    ScQuestion question =
        sc_activity_get_question(&self->activity, g_get_monotonic_time());
    unsigned asked = question == SC_QUESTION_COUNT  ? self->activity.roll
                     : question == SC_QUESTION_NONE ? 0
                                                    : self->activity.quiz.quiz;
    if (question == self->keypad.question && asked == self->asked)
        return;
    sc_keypad_ask(&self->keypad, question, self->activity.quiz.asked.n_options);
    self->asked = asked;
}

static bool
post(ScDelegate *self, ScRequest *request)
{
    bool is_sent = sc_events_ask(self->events, request);
    self->failed_us = is_sent ? 0 : g_get_monotonic_time();
    if (!is_sent)
        g_message("%s: there is no connection to ask on",
                  sc_request_get_name(request->type));
    return is_sent;
}

static void
send_reply(ScDelegate *self, ScRequest *request, ScQuestion question)
{
    bool is_sent = post(self, request);
    sc_activity_note_sent(&self->activity, question, is_sent);
    self->reply_id = is_sent ? request->id : SC_NO_ID;
    self->reply_to = question;
}

/* As the quiz wants it; @answer holds both. */
static ScQuizAnswer
shape_answer(const ScQuizEvent *quiz, const ScQuizAnswer *answer)
{
    if (quiz->asked.kind == SC_QUIZ_NUMBER)
        return (ScQuizAnswer){ .shape = SC_ANSWER_NUMBER, .number = answer->number };
    return (ScQuizAnswer){ .shape = SC_ANSWER_CHOICE, .choices = answer->choices };
}

static void
send_answer(ScDelegate *self, const ScQuizAnswer *answer)
{
    const ScQuizEvent *quiz = &self->activity.quiz;
    ScRequest request = { .type = SC_REQUEST_ANSWER };
    request.answer.quiz = quiz->quiz;
    request.answer.answer = shape_answer(quiz, answer);
    send_reply(self, &request, self->keypad.question);
}

static void
send_count(ScDelegate *self, unsigned count)
{
    ScRequest request = { .type = SC_REQUEST_PRESENT, .present = { count } };
    send_reply(self, &request, SC_QUESTION_COUNT);
}

static void
send_typed(ScDelegate *self)
{
    const ScQuizAnswer typed = {
        .choices = (uint8_t)self->keypad.chosen,
        .number = sc_keypad_get_number(&self->keypad),
    };
    if (self->keypad.question == SC_QUESTION_COUNT)
        send_count(self, (unsigned)typed.number);
    else
        send_answer(self, &typed);
}

static void
send_hand(ScDelegate *self)
{
    ScRequest request = { .type = SC_REQUEST_HAND };
    request.hand.up = sc_activity_get_place(&self->activity, self->activity.site) == 0;
    post(self, &request);
}

static void
send_help(ScDelegate *self)
{
    ScRequest request = { .type = SC_REQUEST_HELP };
    request.help.wanted = !sc_activity_wants_help(&self->activity, self->activity.site);
    post(self, &request);
}

ScDelegate *
sc_delegate_new(const ScConfig *config, ScEvents *events, const ScRoster *roster)
{
    ScDelegate *self = g_new0(ScDelegate, 1);
    self->events = events;
    self->roster = roster;
    self->config = config;
    self->reply_id = SC_NO_ID;
    sc_activity_init(&self->activity);
    return self;
}

void
sc_delegate_free(ScDelegate *self)
{
    if (!self)
        return;
    sc_activity_clear(&self->activity);
    g_free(self);
}

void
sc_delegate_hear(ScDelegate *self, const ScEvent *event)
{
    bool is_refusal = event->type == SC_EVENT_ERROR && event->id != SC_NO_ID
                      && event->id == self->reply_id;
    if (is_refusal) {
        sc_activity_note_sent(&self->activity, self->reply_to, false);
        self->reply_id = SC_NO_ID;
    }
    sc_activity_apply(&self->activity, event, sc_roster_get_teacher(self->roster),
                      g_get_monotonic_time());
    follow_question(self);
}

ScKeypadMeaning
sc_delegate_press(ScDelegate *self, const char *key)
{
    follow_question(self);
    ScKeypadMeaning meaning = sc_keypad_press(&self->keypad, key);
    switch (meaning) {
    case SC_KEYPAD_HAND:
        send_hand(self);
        break;
    case SC_KEYPAD_HELP:
        send_help(self);
        break;
    case SC_KEYPAD_SEND:
        send_typed(self);
        break;
    case SC_KEYPAD_NOTHING:
    case SC_KEYPAD_LOUDER:
    case SC_KEYPAD_SOFTER:
    case SC_KEYPAD_TYPED:
        break;
    }
    return meaning;
}

/* What the line left open: which quiz it is about, what it asks, how its right answer is
 * meant. */
static void
complete_quiz(const ScDelegate *self, ScRequest *request)
{
    const ScQuizEvent *quiz = &self->activity.quiz;
    if (request->type == SC_REQUEST_QUIZ_OPEN) {
        if (!*request->quiz_open.question)
            g_strlcpy(request->quiz_open.question,
                      self->config->language == SC_LANGUAGE_EN ? "Please answer"
                                                               : "请作答",
                      sizeof request->quiz_open.question);
    } else if (request->type == SC_REQUEST_QUIZ_CLOSE) {
        request->quiz_close.quiz = quiz->quiz;
    } else if (request->type == SC_REQUEST_QUIZ_REVEAL) {
        request->quiz_reveal.quiz = quiz->quiz;
        if (request->quiz_reveal.right.shape != SC_ANSWER_NONE)
            request->quiz_reveal.right = shape_answer(quiz, &request->quiz_reveal.right);
    }
}

void
sc_delegate_ask(ScDelegate *self, const ScRequest *request)
{
    ScRequest ours = *request;
    follow_question(self);
    if (request->type == SC_REQUEST_ANSWER) {
        send_answer(self, &request->answer.answer);
    } else if (request->type == SC_REQUEST_PRESENT) {
        send_count(self, request->present.count);
    } else {
        complete_quiz(self, &ours);
        post(self, &ours);
    }
}

bool
sc_delegate_is_silenced(const ScDelegate *self)
{
    return self->activity.is_muted;
}

char *
sc_delegate_dup_title(const ScDelegate *self, int tile)
{
    const ScEventSite *site = sc_roster_lookup_tile(self->roster, tile);
    if (!site)
        return g_strdup("");
    bool has_floor = strcmp(site->site, sc_roster_get_floor(self->roster)) == 0;
    return sc_prompt_dup_title(&self->activity, site, has_floor, self->config->language);
}

void
sc_delegate_write(ScDelegate *self, ScPrompt *prompt)
{
    int64_t now_us = g_get_monotonic_time();
    const ScPromptSettings settings = {
        .language = self->config->language,
        .url = self->config->url,
        .now_us = now_us,
        .has_failed = self->failed_us && now_us - self->failed_us < FAILED_US,
    };
    follow_question(self);
    sc_prompt_write(prompt, &self->activity, &self->keypad, &settings);
}
