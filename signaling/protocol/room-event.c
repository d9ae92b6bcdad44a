/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/room-event.h"

#include <string.h>

#include "signaling/protocol/form.h"

/* Sites. */

GStrv
sc_form_read_sites(ScFields *fields, const char *name)
{
    JsonArray *array = sc_fields_read_array(fields, name, SC_EVENT_SITES_MAX);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (unsigned i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_VALUE(node)
            || json_node_get_value_type(node) != G_TYPE_STRING
            || strlen(json_node_get_string(node)) > SC_ID_MAX) {
            sc_fields_refuse(fields, "%s[%u]: not a site's id", name, i);
            return NULL;
        }
        g_strv_builder_add(builder, json_node_get_string(node));
    }
    return g_strv_builder_end(builder);
}

void
sc_form_put_sites(JsonBuilder *builder, const char *name, GStrv sites)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (char **site = sites; site != NULL && *site != NULL; site++)
        json_builder_add_string_value(builder, *site);
    json_builder_end_array(builder);
}

ScSiteNumbers
sc_form_read_site_numbers(ScFields *fields, const char *name)
{
    ScSiteNumbers numbers = { 0 };
    JsonObject *object = sc_fields_read_object(fields, name);
    if (object == NULL)
        return numbers;
    JsonObjectIter iter;
    const char *site;
    JsonNode *node;
    numbers.sites = g_new0(ScSiteNumber, json_object_get_size(object));
    ScFields inner;
    sc_fields_init(&inner, object);
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &site, &node)) {
        ScSiteNumber *number = &numbers.sites[numbers.n_sites++];
        if (strlen(site) > SC_ID_MAX)
            sc_fields_refuse(&inner, "“%.64s…”: no site's id", site);
        g_strlcpy(number->site, site, sizeof number->site);
        number->n = (unsigned)sc_fields_read_integer(&inner, site, 0, INT32_MAX);
    }
    if (!sc_fields_finish(&inner, fields->error == NULL ? &fields->error : NULL))
        g_clear_pointer(&numbers.sites, g_free);
    return numbers.sites != NULL ? numbers : (ScSiteNumbers){ 0 };
}

void
sc_form_put_site_numbers(JsonBuilder *builder, const char *name,
                         const ScSiteNumbers *numbers)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    for (unsigned i = 0; i < numbers->n_sites; i++)
        sc_form_put_integer(builder, numbers->sites[i].site, numbers->sites[i].n);
    json_builder_end_object(builder);
}

/* hand, roll-call, present, help */

static void
parse_hand(ScFields *fields, ScEvent *event)
{
    sc_form_read_site_or_all(fields, event->hand.site);
    event->hand.up = sc_fields_read_bool(fields, "up");
    event->hand.hands = sc_form_read_sites(fields, "hands");
}

static void
print_hand(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_nullable_text(builder, "site", event->hand.site);
    sc_form_put_bool(builder, "up", event->hand.up);
    sc_form_put_sites(builder, "hands", event->hand.hands);
}

static void
clear_hand(ScEvent *event)
{
    g_clear_pointer(&event->hand.hands, g_strfreev);
}

static void
parse_roll_call(ScFields *fields, ScEvent *event)
{
    event->roll_call.roll = sc_form_read_count(fields, "roll");
}

static void
print_roll_call(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_integer(builder, "roll", event->roll_call.roll);
}

static void
parse_present(ScFields *fields, ScEvent *event)
{
    sc_fields_read_text(fields, "site", event->present.site, sizeof event->present.site);
    event->present.count =
        (unsigned)sc_fields_read_integer(fields, "count", 0, SC_HEADS_MAX);
}

static void
print_present(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_text(builder, "site", event->present.site);
    sc_form_put_integer(builder, "count", event->present.count);
}

static void
parse_help(ScFields *fields, ScEvent *event)
{
    sc_fields_read_text(fields, "site", event->help.site, sizeof event->help.site);
    event->help.wanted = sc_fields_read_bool(fields, "wanted");
}

static void
print_help(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_text(builder, "site", event->help.site);
    sc_form_put_bool(builder, "wanted", event->help.wanted);
}

/* quiz, answered, tally */

static void
parse_quiz(ScFields *fields, ScEvent *event)
{
    sc_form_read_quiz(fields, &event->quiz);
}

static void
print_quiz(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_quiz(builder, &event->quiz, true);
}

static void
clear_quiz(ScEvent *event)
{
    sc_quiz_event_clear(&event->quiz);
}

static void
parse_answered(ScFields *fields, ScEvent *event)
{
    sc_form_read_answer(fields, &event->answered);
}

static void
print_answered(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_answer(builder, &event->answered);
}

static void
parse_tally(ScFields *fields, ScEvent *event)
{
    event->tally.quiz = sc_form_read_count(fields, "quiz");
    event->tally.sum = sc_form_read_sum(fields);
}

static void
print_tally(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_integer(builder, "quiz", event->tally.quiz);
    sc_form_put_sum(builder, event->tally.sum, true);
}

static void
clear_tally(ScEvent *event)
{
    g_clear_pointer(&event->tally.sum, sc_quiz_sum_free);
}

/* chat, chat-open, chat-removed, react */

void
sc_form_read_chat(ScFields *fields, ScChatEvent *chat)
{
    chat->message = sc_form_read_count(fields, "message");
    sc_fields_read_text(fields, "site", chat->site, sizeof chat->site);
    sc_fields_read_nullable_text(fields, "name", chat->name, sizeof chat->name);
    sc_fields_read_characters(fields, "text", chat->text, SC_CHAT_TEXT_MAX);
}

void
sc_form_put_chat(JsonBuilder *builder, const ScChatEvent *chat)
{
    sc_form_put_integer(builder, "message", chat->message);
    sc_form_put_text(builder, "site", chat->site);
    sc_form_put_text(builder, "name", chat->name);
    sc_form_put_text(builder, "text", chat->text);
}

static void
parse_chat(ScFields *fields, ScEvent *event)
{
    sc_form_read_chat(fields, &event->chat);
}

static void
print_chat(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_chat(builder, &event->chat);
}

static void
parse_chat_open(ScFields *fields, ScEvent *event)
{
    event->chat_open.open = sc_fields_read_bool(fields, "open");
}

static void
print_chat_open(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_bool(builder, "open", event->chat_open.open);
}

static void
parse_chat_removed(ScFields *fields, ScEvent *event)
{
    sc_form_read_removed(fields, &event->chat_removed);
}

static void
print_chat_removed(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_removed(builder, &event->chat_removed);
}

static void
parse_react(ScFields *fields, ScEvent *event)
{
    sc_fields_read_text(fields, "site", event->react.site, sizeof event->react.site);
    event->react.what = (ScReaction)sc_fields_read_word(fields, "what", sc_word_reactions,
                                                        SC_N_REACTIONS);
}

static void
print_react(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_text(builder, "site", event->react.site);
    sc_form_put_text(builder, "what", sc_word_reactions[event->react.what]);
}

/* mute, and marks: as asked */

static void
parse_mute(ScFields *fields, ScEvent *event)
{
    sc_form_read_mute(fields, &event->mute);
}

static void
print_mute(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_mute(builder, &event->mute);
}

static void
parse_pen(ScFields *fields, ScEvent *event)
{
    sc_form_read_pen(fields, &event->pen);
}

static void
print_pen(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_pen(builder, &event->pen);
}

static void
parse_nothing(ScFields *fields G_GNUC_UNUSED, ScEvent *event G_GNUC_UNUSED)
{
}

static void
print_nothing(JsonBuilder *builder G_GNUC_UNUSED, const ScEvent *event G_GNUC_UNUSED)
{
}

static void
parse_pointer(ScFields *fields, ScEvent *event)
{
    sc_form_read_pointer(fields, &event->pointer);
}

static void
print_pointer(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_pointer(builder, &event->pointer);
}

/* floor-time */

static void
parse_floor_time(ScFields *fields, ScEvent *event)
{
    event->floor_time = sc_form_read_site_numbers(fields, "times");
}

static void
print_floor_time(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_site_numbers(builder, "times", &event->floor_time);
}

static void
clear_floor_time(ScEvent *event)
{
    g_clear_pointer(&event->floor_time.sites, g_free);
}

/* document, document-removed, page */

static void
parse_document(ScFields *fields, ScEvent *event)
{
    sc_form_read_document(fields, &event->document);
}

static void
print_document(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_document(builder, &event->document);
}

static void
parse_document_removed(ScFields *fields, ScEvent *event)
{
    event->document_removed.document = sc_form_read_count(fields, "document");
}

static void
print_document_removed(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_integer(builder, "document", event->document_removed.document);
}

static void
parse_page(ScFields *fields, ScEvent *event)
{
    ScPageRequest page = { 0 };
    sc_form_read_page(fields, &page);
    event->page.document = page.document;
    event->page.page = page.page;
    event->page.strokes = sc_form_read_strokes(fields, &event->page.n_strokes);
}

static void
print_page(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_page(builder, event->page.document, event->page.page);
    sc_form_put_strokes(builder, event->page.strokes, event->page.n_strokes);
}

static void
clear_page(ScEvent *event)
{
    sc_strokes_free(event->page.strokes, event->page.n_strokes);
    event->page.strokes = NULL;
    event->page.n_strokes = 0;
}

#define FORM(NAME) [SC_EVENT_##NAME - SC_EVENT_FIRST_OF_ROOM]
const ScEventForm sc_room_event_forms[] = {
    FORM(HAND) = { "hand", parse_hand, print_hand, clear_hand },
    FORM(MUTE) = { "mute", parse_mute, print_mute, NULL },
    FORM(ROLL_CALL) = { "roll-call", parse_roll_call, print_roll_call, NULL },
    FORM(PRESENT) = { "present", parse_present, print_present, NULL },
    FORM(QUIZ) = { "quiz", parse_quiz, print_quiz, clear_quiz },
    FORM(ANSWERED) = { "answered", parse_answered, print_answered, NULL },
    FORM(TALLY) = { "tally", parse_tally, print_tally, clear_tally },
    FORM(CHAT) = { "chat", parse_chat, print_chat, NULL },
    FORM(CHAT_OPEN) = { "chat-open", parse_chat_open, print_chat_open, NULL },
    FORM(CHAT_REMOVED) = { "chat-removed", parse_chat_removed, print_chat_removed, NULL },
    FORM(REACT) = { "react", parse_react, print_react, NULL },
    FORM(PEN) = { "pen", parse_pen, print_pen, NULL },
    FORM(PEN_CLEAR) = { "pen-clear", parse_nothing, print_nothing, NULL },
    FORM(POINTER) = { "pointer", parse_pointer, print_pointer, NULL },
    FORM(HELP) = { "help", parse_help, print_help, NULL },
    FORM(FLOOR_TIME) = { "floor-time", parse_floor_time, print_floor_time,
                         clear_floor_time },
    FORM(DOCUMENT) = { "document", parse_document, print_document, NULL },
    FORM(DOCUMENT_REMOVED) = { "document-removed", parse_document_removed,
                               print_document_removed, NULL },
    FORM(PAGE) = { "page", parse_page, print_page, clear_page },
};
