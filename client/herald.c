/* SPDX-License-Identifier: Apache-2.0 */
#include "client/herald.h"

static void
add_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

/* "" is everybody, or all. */
static void
add_site(JsonBuilder *builder, const char *site)
{
    json_builder_set_member_name(builder, "site");
    if (*site)
        json_builder_add_string_value(builder, site);
    else
        json_builder_add_null_value(builder);
}

static void
add_integer(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

static void
add_bool(JsonBuilder *builder, const char *name, bool value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

/* Options by their index from 0, or the number. */
static void
add_answer(JsonBuilder *builder, const char *name, const ScQuizAnswer *answer)
{
    json_builder_set_member_name(builder, name);
    switch (answer->shape) {
    case SC_ANSWER_NONE:
        json_builder_add_null_value(builder);
        break;
    case SC_ANSWER_NUMBER:
        json_builder_add_int_value(builder, answer->number);
        break;
    case SC_ANSWER_CHOICE:
        json_builder_begin_array(builder);
        for (unsigned i = 0; i < SC_QUIZ_OPTIONS_MAX; i++)
            if (answer->choices & 1U << i)
                json_builder_add_int_value(builder, i);
        json_builder_end_array(builder);
        break;
    }
}

static void
add_sum(JsonBuilder *builder, const ScQuizSum *sum)
{
    if (!sum)
        return;
    add_integer(builder, "answers", sum->n_answers);
    json_builder_set_member_name(builder, "choices");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < sum->n_choices; i++)
        json_builder_add_int_value(builder, sum->choices[i]);
    json_builder_end_array(builder);
}

static void
tell_hand(JsonBuilder *builder, const ScEvent *event)
{
    add_site(builder, event->hand.site);
    add_bool(builder, "up", event->hand.up);
    json_builder_set_member_name(builder, "hands");
    json_builder_begin_array(builder);
    for (GStrv site = event->hand.hands; site && *site; site++)
        json_builder_add_string_value(builder, *site);
    json_builder_end_array(builder);
}

static void
tell_muted(JsonBuilder *builder, const ScEvent *event)
{
    add_site(builder, event->mute.site);
    add_bool(builder, "muted", event->mute.muted);
}

static void
tell_roll_call(JsonBuilder *builder, const ScEvent *event)
{
    add_integer(builder, "roll", event->roll_call.roll);
}

static void
tell_present(JsonBuilder *builder, const ScEvent *event)
{
    add_site(builder, event->present.site);
    add_integer(builder, "count", event->present.count);
}

static void
tell_quiz(JsonBuilder *builder, const ScEvent *event)
{
    const ScQuizEvent *quiz = &event->quiz;
    add_integer(builder, "quiz", quiz->quiz);
    add_text(builder, "kind", sc_word_quiz_kinds[quiz->asked.kind]);
    add_text(builder, "state", sc_word_quiz_states[quiz->state]);
    add_text(builder, "question", quiz->asked.question);
    add_answer(builder, "right", &quiz->right);
    add_sum(builder, quiz->sum);
}

static void
tell_answered(JsonBuilder *builder, const ScEvent *event)
{
    const ScQuizAnswer *answer = &event->answered.answer;
    add_integer(builder, "quiz", event->answered.quiz);
    add_answer(builder, answer->shape == SC_ANSWER_NUMBER ? "number" : "choice", answer);
}

static void
tell_tally(JsonBuilder *builder, const ScEvent *event)
{
    add_integer(builder, "quiz", event->tally.quiz);
    add_sum(builder, event->tally.sum);
}

static void
tell_help(JsonBuilder *builder, const ScEvent *event)
{
    add_site(builder, event->help.site);
    add_bool(builder, "wanted", event->help.wanted);
}

static void
tell_refused(JsonBuilder *builder, const ScEvent *event)
{
    add_text(builder, "problem", event->error.problem);
}

static const struct {
    ScEventType type;
    const char *name;
    void (*tell)(JsonBuilder *builder, const ScEvent *event);
} lines[] = {
    { SC_EVENT_HAND, "hand", tell_hand },
    { SC_EVENT_MUTE, "muted", tell_muted },
    { SC_EVENT_ROLL_CALL, "roll_call", tell_roll_call },
    { SC_EVENT_PRESENT, "present", tell_present },
    { SC_EVENT_QUIZ, "quiz", tell_quiz },
    { SC_EVENT_ANSWERED, "answered", tell_answered },
    { SC_EVENT_TALLY, "tally", tell_tally },
    { SC_EVENT_HELP, "help", tell_help },
    { SC_EVENT_ERROR, "refused", tell_refused },
};

void
sc_herald_tell(ScStatus *status, const ScEvent *event, int64_t t_us)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        if (lines[i].type != event->type)
            continue;
        JsonBuilder *builder = sc_status_begin(lines[i].name, t_us);
        lines[i].tell(builder, event);
        sc_status_end(status, builder);
        return;
    }
}

void
sc_herald_tell_microphone(ScStatus *status, bool is_on, int64_t t_us)
{
    JsonBuilder *builder = sc_status_begin("microphone", t_us);
    add_bool(builder, "on", is_on);
    sc_status_end(status, builder);
}

/* 0 is none. */
static void
add_number(JsonBuilder *builder, const char *name, unsigned number)
{
    json_builder_set_member_name(builder, name);
    if (number)
        json_builder_add_int_value(builder, number);
    else
        json_builder_add_null_value(builder);
}

void
sc_herald_tell_page(ScStatus *status, const char *name, const ScPageRequest *page,
                    int64_t t_us)
{
    JsonBuilder *builder = sc_status_begin(name, t_us);
    add_number(builder, "document", page->document);
    add_number(builder, "page", page->page);
    sc_status_end(status, builder);
}

void
sc_herald_tell_document(ScStatus *status, const ScDocumentEvent *document, int64_t t_us)
{
    JsonBuilder *builder = sc_status_begin("document", t_us);
    add_integer(builder, "document", document->document);
    add_text(builder, "title", document->name);
    add_integer(builder, "pages", document->pages);
    add_integer(builder, "bytes", document->bytes);
    sc_status_end(status, builder);
}

void
sc_herald_tell_document_ready(ScStatus *status, unsigned document, int64_t t_us)
{
    JsonBuilder *builder = sc_status_begin("document_ready", t_us);
    add_integer(builder, "document", document);
    sc_status_end(status, builder);
}
