/* SPDX-License-Identifier: Apache-2.0 */
/* room-welcome.c: how the room stands when somebody comes. */
#include <string.h>

#include "signaling/protocol/form.h"

void
sc_welcome_room_free(ScWelcomeRoom *room)
{
    if (room == NULL)
        return;
    g_strfreev(room->hands);
    g_strfreev(room->muted);
    g_strfreev(room->help);
    g_free(room->present.sites);
    g_free(room->floor_times.sites);
    if (room->quiz != NULL)
        sc_quiz_event_clear(room->quiz);
    g_free(room->quiz);
    g_free(room->messages);
    sc_strokes_free(room->strokes, room->n_strokes);
    g_free(room->documents);
    g_free(room);
}

/* The object @name, or false where it is null or absent. */
static bool
enter(ScFields *outer, const char *name, ScFields *out_fields)
{
    if (outer->error != NULL || !sc_fields_has(outer, name))
        return false;
    JsonObject *object = sc_fields_read_object(outer, name);
    if (object == NULL)
        return false;
    sc_fields_init(out_fields, object);
    return true;
}

static void
leave(ScFields *outer, const char *name, ScFields *fields)
{
    if (!sc_fields_finish(fields, &outer->error))
        g_prefix_error(&outer->error, "%s: ", name);
}

static void
read_roll(ScFields *outer, ScWelcomeRoom *room)
{
    ScFields fields;
    if (!enter(outer, "roll", &fields))
        return;
    room->roll = sc_form_read_count(&fields, "roll");
    room->present = sc_form_read_site_numbers(&fields, "present");
    leave(outer, "roll", &fields);
}

static void
read_quiz(ScFields *outer, ScWelcomeRoom *room)
{
    ScFields fields;
    if (!enter(outer, "quiz", &fields))
        return;
    room->quiz = g_new0(ScQuizEvent, 1);
    sc_form_read_quiz(&fields, room->quiz);
    room->mine = sc_form_read_solution(&fields, "mine");
    leave(outer, "quiz", &fields);
}

static void
read_message(ScFields *fields, gpointer list, unsigned i)
{
    ScChatLine *line = &((ScChatLine *)list)[i];
    sc_fields_read_nullable_text(fields, "at", line->at, sizeof line->at);
    sc_form_read_chat(fields, &line->chat);
}

static void
read_chat(ScFields *outer, ScWelcomeRoom *room)
{
    ScFields fields;
    if (!enter(outer, "chat", &fields))
        return;
    room->chat_open = sc_fields_read_bool(&fields, "open");
    JsonArray *array = sc_fields_read_array(&fields, "messages", SC_CHAT_KEPT);
    if (array != NULL) {
        room->n_messages = json_array_get_length(array);
        room->messages = g_new0(ScChatLine, room->n_messages);
        sc_form_read_each(&fields, "messages", array, read_message, room->messages);
    }
    leave(outer, "chat", &fields);
}

static void
read_document(ScFields *fields, gpointer list, unsigned i)
{
    sc_form_read_document(fields, &((ScDocumentEvent *)list)[i]);
}

static void
read_slides(ScFields *outer, ScWelcomeRoom *room)
{
    ScFields fields;
    room->strokes = sc_form_read_strokes(outer, &room->n_strokes);
    if (sc_fields_has(outer, "documents")) {
        JsonArray *array = sc_fields_read_array(outer, "documents", SC_DOCUMENTS_MAX);
        room->n_documents = array != NULL ? json_array_get_length(array) : 0;
        room->documents = g_new0(ScDocumentEvent, room->n_documents + 1);
        if (array != NULL)
            sc_form_read_each(outer, "documents", array, read_document, room->documents);
    }
    if (!enter(outer, "page", &fields))
        return;
    sc_form_read_page(&fields, &room->page);
    leave(outer, "page", &fields);
}

ScWelcomeRoom *
sc_form_read_room(ScFields *outer)
{
    ScFields fields;
    if (!enter(outer, "room", &fields))
        return NULL;
    g_autoptr(ScWelcomeRoom) room = g_new0(ScWelcomeRoom, 1);
    if (sc_fields_has(&fields, "hands"))
        room->hands = sc_form_read_sites(&fields, "hands");
    if (sc_fields_has(&fields, "muted"))
        room->muted = sc_form_read_sites(&fields, "muted");
    if (sc_fields_has(&fields, "help"))
        room->help = sc_form_read_sites(&fields, "help");
    read_roll(&fields, room);
    read_quiz(&fields, room);
    read_chat(&fields, room);
    read_slides(&fields, room);
    if (sc_fields_has(&fields, "floor_times"))
        room->floor_times = sc_form_read_site_numbers(&fields, "floor_times");
    sc_fields_read_nullable_text(&fields, "code", room->code, sizeof room->code);
    leave(outer, "room", &fields);
    return outer->error == NULL ? g_steal_pointer(&room) : NULL;
}

static void
put_roll(JsonBuilder *builder, const ScWelcomeRoom *room)
{
    json_builder_set_member_name(builder, "roll");
    if (room->roll == 0) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    sc_form_put_integer(builder, "roll", room->roll);
    sc_form_put_site_numbers(builder, "present", &room->present);
    json_builder_end_object(builder);
}

static void
put_quiz(JsonBuilder *builder, const ScWelcomeRoom *room, bool with_sites)
{
    json_builder_set_member_name(builder, "quiz");
    if (room->quiz == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    sc_form_put_quiz(builder, room->quiz, with_sites);
    sc_form_put_solution(builder, "mine", &room->mine);
    json_builder_end_object(builder);
}

static void
put_chat(JsonBuilder *builder, const ScWelcomeRoom *room)
{
    json_builder_set_member_name(builder, "chat");
    json_builder_begin_object(builder);
    sc_form_put_bool(builder, "open", room->chat_open);
    json_builder_set_member_name(builder, "messages");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < room->n_messages; i++) {
        json_builder_begin_object(builder);
        sc_form_put_text(builder, "at", room->messages[i].at);
        sc_form_put_chat(builder, &room->messages[i].chat);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void
put_slides(JsonBuilder *builder, const ScWelcomeRoom *room)
{
    sc_form_put_strokes(builder, room->strokes, room->n_strokes);
    json_builder_set_member_name(builder, "documents");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < room->n_documents; i++) {
        json_builder_begin_object(builder);
        sc_form_put_document(builder, &room->documents[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "page");
    if (room->page.document == 0) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    sc_form_put_page(builder, room->page.document, room->page.page);
    json_builder_end_object(builder);
}

void
sc_form_put_room(JsonBuilder *builder, const ScWelcomeRoom *room, ScRole role)
{
    json_builder_set_member_name(builder, "room");
    json_builder_begin_object(builder);
    put_quiz(builder, room, role != SC_ROLE_PUPIL);
    if (role != SC_ROLE_PUPIL) {
        sc_form_put_sites(builder, "hands", room->hands);
        sc_form_put_sites(builder, "muted", room->muted);
        put_roll(builder, room);
        put_chat(builder, room);
        put_slides(builder, room);
        sc_form_put_sites(builder, "help", room->help);
    }
    if (role == SC_ROLE_TEACHER)
        sc_form_put_site_numbers(builder, "floor_times", &room->floor_times);
    if (room->code[0] != '\0')
        sc_form_put_text(builder, "code", room->code);
    json_builder_end_object(builder);
}
