/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/room-request.h"

#include "signaling/protocol/form.h"

static void
parse_nothing(ScFields *fields G_GNUC_UNUSED, ScRequest *request G_GNUC_UNUSED)
{
}

static void
print_nothing(JsonBuilder *builder G_GNUC_UNUSED, const ScRequest *request G_GNUC_UNUSED)
{
}

static void
parse_hand(ScFields *fields, ScRequest *request)
{
    request->hand.up = sc_fields_read_bool(fields, "up");
}

static void
print_hand(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_bool(builder, "up", request->hand.up);
}

static void
parse_hands_down(ScFields *fields, ScRequest *request)
{
    sc_form_read_site_or_all(fields, request->hands_down.site);
}

static void
print_hands_down(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_nullable_text(builder, "site", request->hands_down.site);
}

static void
parse_mute(ScFields *fields, ScRequest *request)
{
    sc_form_read_mute(fields, &request->mute);
}

static void
print_mute(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_mute(builder, &request->mute);
}

static void
parse_present(ScFields *fields, ScRequest *request)
{
    request->present.count =
        (unsigned)sc_fields_read_integer(fields, "count", 0, SC_HEADS_MAX);
}

static void
print_present(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_integer(builder, "count", request->present.count);
}

/* Quiz. */

static void
parse_quiz_open(ScFields *fields, ScRequest *request)
{
    sc_form_read_question(fields, &request->quiz_open);
}

static void
print_quiz_open(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_question(builder, &request->quiz_open);
}

static void
parse_quiz_close(ScFields *fields, ScRequest *request)
{
    request->quiz_close.quiz = sc_form_read_count(fields, "quiz");
}

static void
print_quiz_close(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_integer(builder, "quiz", request->quiz_close.quiz);
}

static void
parse_quiz_reveal(ScFields *fields, ScRequest *request)
{
    request->quiz_reveal.quiz = sc_form_read_count(fields, "quiz");
    if (!json_object_has_member(fields->object, "right"))
        sc_fields_refuse(fields, "right: missing");
    request->quiz_reveal.right = sc_form_read_solution(fields, "right");
}

static void
print_quiz_reveal(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_integer(builder, "quiz", request->quiz_reveal.quiz);
    sc_form_put_solution(builder, "right", &request->quiz_reveal.right);
}

static void
parse_answer(ScFields *fields, ScRequest *request)
{
    sc_form_read_answer(fields, &request->answer);
}

static void
print_answer(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_answer(builder, &request->answer);
}

/* Chat. */

static void
parse_chat(ScFields *fields, ScRequest *request)
{
    sc_fields_read_characters(fields, "text", request->chat.text, SC_CHAT_TEXT_MAX);
}

static void
print_chat(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_text(builder, "text", request->chat.text);
}

static void
parse_chat_open(ScFields *fields, ScRequest *request)
{
    request->chat_open.open = sc_fields_read_bool(fields, "open");
}

static void
print_chat_open(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_bool(builder, "open", request->chat_open.open);
}

static void
parse_chat_remove(ScFields *fields, ScRequest *request)
{
    sc_form_read_removed(fields, &request->chat_remove);
}

static void
print_chat_remove(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_removed(builder, &request->chat_remove);
}

static void
parse_react(ScFields *fields, ScRequest *request)
{
    request->react.what = (ScReaction)sc_fields_read_word(
        fields, "what", sc_word_reactions, SC_N_REACTIONS);
}

static void
print_react(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_text(builder, "what", sc_word_reactions[request->react.what]);
}

/* Marks. */

static void
parse_pen(ScFields *fields, ScRequest *request)
{
    sc_form_read_pen(fields, &request->pen);
}

static void
print_pen(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_pen(builder, &request->pen);
}

static void
parse_pointer(ScFields *fields, ScRequest *request)
{
    sc_form_read_pointer(fields, &request->pointer);
}

static void
print_pointer(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_pointer(builder, &request->pointer);
}

static void
parse_help(ScFields *fields, ScRequest *request)
{
    request->help.wanted = sc_fields_read_bool(fields, "wanted");
}

static void
print_help(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_bool(builder, "wanted", request->help.wanted);
}

/* Slides. */

static void
parse_page(ScFields *fields, ScRequest *request)
{
    sc_form_read_page(fields, &request->page);
}

static void
print_page(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_page(builder, request->page.document, request->page.page);
}

static void
parse_document(ScFields *fields, ScRequest *request)
{
    ScDocumentRequest *document = &request->document;
    sc_fields_read_characters(fields, "name", document->name, SC_DOCUMENT_NAME_MAX);
    document->pages =
        (unsigned)sc_fields_read_integer(fields, "pages", 1, SC_DOCUMENT_PAGES_MAX);
    document->bytes = sc_fields_read_integer(fields, "bytes", 1, SC_DOCUMENT_BYTES_MAX);
    sc_fields_read_text(fields, "sha256", document->sha256, sizeof document->sha256);
}

static void
print_document(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_text(builder, "name", request->document.name);
    sc_form_put_integer(builder, "pages", request->document.pages);
    sc_form_put_integer(builder, "bytes", request->document.bytes);
    sc_form_put_text(builder, "sha256", request->document.sha256);
}

static void
parse_document_remove(ScFields *fields, ScRequest *request)
{
    request->document_remove.document = sc_form_read_count(fields, "document");
}

static void
print_document_remove(JsonBuilder *builder, const ScRequest *request)
{
    sc_form_put_integer(builder, "document", request->document_remove.document);
}

#define FORM(NAME) [SC_REQUEST_##NAME - SC_REQUEST_FIRST_OF_ROOM]
const ScRequestForm sc_room_request_forms[] = {
    FORM(HAND) = { "hand", parse_hand, print_hand },
    FORM(HANDS_DOWN) = { "hands-down", parse_hands_down, print_hands_down },
    FORM(MUTE) = { "mute", parse_mute, print_mute },
    FORM(ROLL_CALL) = { "roll-call", parse_nothing, print_nothing },
    FORM(PRESENT) = { "present", parse_present, print_present },
    FORM(QUIZ_OPEN) = { "quiz-open", parse_quiz_open, print_quiz_open },
    FORM(QUIZ_CLOSE) = { "quiz-close", parse_quiz_close, print_quiz_close },
    FORM(QUIZ_REVEAL) = { "quiz-reveal", parse_quiz_reveal, print_quiz_reveal },
    FORM(ANSWER) = { "answer", parse_answer, print_answer },
    FORM(CHAT) = { "chat", parse_chat, print_chat },
    FORM(CHAT_OPEN) = { "chat-open", parse_chat_open, print_chat_open },
    FORM(CHAT_REMOVE) = { "chat-remove", parse_chat_remove, print_chat_remove },
    FORM(REACT) = { "react", parse_react, print_react },
    FORM(PEN) = { "pen", parse_pen, print_pen },
    FORM(PEN_CLEAR) = { "pen-clear", parse_nothing, print_nothing },
    FORM(POINTER) = { "pointer", parse_pointer, print_pointer },
    FORM(HELP) = { "help", parse_help, print_help },
    FORM(PAGE) = { "page", parse_page, print_page },
    FORM(DOCUMENT) = { "document", parse_document, print_document },
    FORM(DOCUMENT_REMOVE) = { "document-remove", parse_document_remove,
                              print_document_remove },
};
