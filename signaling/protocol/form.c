/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/form.h"

void
sc_form_put_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

void
sc_form_put_nullable_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text[0] != '\0')
        json_builder_add_string_value(builder, text);
    else
        json_builder_add_null_value(builder);
}

void
sc_form_put_integer(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

void
sc_form_put_bool(JsonBuilder *builder, const char *name, bool value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

void
sc_form_read_site_or_all(ScFields *fields, char out_site[SC_ID_MAX + 1])
{
    if (!json_object_has_member(fields->object, "site"))
        sc_fields_refuse(fields, "site: missing");
    sc_fields_read_nullable_text(fields, "site", out_site, SC_ID_MAX + 1);
}

unsigned
sc_form_read_count(ScFields *fields, const char *name)
{
    return (unsigned)sc_fields_read_integer(fields, name, 0, INT32_MAX);
}

/* Ascending, so that an answer has one way of being written. */
static ScQuizAnswer
read_choices(ScFields *fields, const char *name)
{
    ScQuizAnswer answer = { .shape = SC_ANSWER_CHOICE };
    JsonArray *array = sc_fields_read_array(fields, name, SC_QUIZ_OPTIONS_MAX);
    unsigned n = array != NULL ? json_array_get_length(array) : 0;
    if (array != NULL && n == 0)
        sc_fields_refuse(fields, "%s: empty, 1 to %d options", name, SC_QUIZ_OPTIONS_MAX);
    int64_t last = -1;
    for (unsigned i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);
        bool is_integer =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
        int64_t option = is_integer ? json_node_get_int(node) : -1;
        if (option <= last || option >= SC_QUIZ_OPTIONS_MAX) {
            sc_fields_refuse(fields, "%s[%u]: not an option from 0 to %d, ascending",
                             name, i, SC_QUIZ_OPTIONS_MAX - 1);
            break;
        }
        answer.choices |= (uint8_t)(1U << option);
        last = option;
    }
    return answer;
}

static ScQuizAnswer
read_number(ScFields *fields, const char *name)
{
    return (ScQuizAnswer){ .shape = SC_ANSWER_NUMBER,
                           .number = sc_fields_read_integer(
                               fields, name, -SC_QUIZ_NUMBER_MAX, SC_QUIZ_NUMBER_MAX) };
}

ScQuizAnswer
sc_form_read_solution(ScFields *fields, const char *name)
{
    JsonNode *node = json_object_get_member(fields->object, name);
    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return (ScQuizAnswer){ 0 };
    return JSON_NODE_HOLDS_VALUE(node) ? read_number(fields, name)
                                       : read_choices(fields, name);
}

void
sc_form_read_answer(ScFields *fields, ScAnswerRequest *answer)
{
    answer->quiz = sc_form_read_count(fields, "quiz");
    bool has_choice = sc_fields_has(fields, "choice");
    bool has_number = sc_fields_has(fields, "number");
    if (has_choice && has_number)
        sc_fields_refuse(fields, "choice and number: one of them");
    answer->answer =
        has_number ? read_number(fields, "number") : read_choices(fields, "choice");
}

void
sc_form_put_solution(JsonBuilder *builder, const char *name, const ScQuizAnswer *answer)
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
        for (unsigned k = 0; k < SC_QUIZ_OPTIONS_MAX; k++)
            if ((answer->choices >> k & 1) != 0)
                json_builder_add_int_value(builder, k);
        json_builder_end_array(builder);
        break;
    }
}

void
sc_form_put_answer(JsonBuilder *builder, const ScAnswerRequest *answer)
{
    bool is_number = answer->answer.shape == SC_ANSWER_NUMBER;
    sc_form_put_integer(builder, "quiz", answer->quiz);
    sc_form_put_solution(builder, is_number ? "number" : "choice", &answer->answer);
}

static void
read_options(ScFields *fields, ScQuizOpenRequest *quiz)
{
    JsonArray *array = sc_fields_read_array(fields, "options", SC_QUIZ_OPTIONS_MAX);
    if (array == NULL)
        return;
    quiz->n_options = json_array_get_length(array);
    if (quiz->n_options < SC_QUIZ_OPTIONS_MIN)
        sc_fields_refuse(fields, "options: %u, %d to %d", quiz->n_options,
                         SC_QUIZ_OPTIONS_MIN, SC_QUIZ_OPTIONS_MAX);
    for (unsigned i = 0; i < quiz->n_options && fields->error == NULL; i++) {
        JsonNode *node = json_array_get_element(array, i);
        bool is_text = JSON_NODE_HOLDS_VALUE(node)
                       && json_node_get_value_type(node) == G_TYPE_STRING;
        const char *text = is_text ? json_node_get_string(node) : "";
        glong length = g_utf8_strlen(text, -1);
        if (length < 1 || length > SC_QUIZ_OPTION_MAX)
            sc_fields_refuse(fields, "options[%u]: not a text of 1 to %d characters", i,
                             SC_QUIZ_OPTION_MAX);
        else
            g_strlcpy(quiz->options[i], text, sizeof quiz->options[i]);
    }
}

void
sc_form_read_question(ScFields *fields, ScQuizOpenRequest *quiz)
{
    quiz->kind = (ScQuizKind)sc_fields_read_word(fields, "kind", sc_word_quiz_kinds,
                                                 SC_N_QUIZ_KINDS);
    sc_fields_read_characters(fields, "question", quiz->question, SC_QUIZ_QUESTION_MAX);
    if (fields->error != NULL)
        return;
    if (quiz->kind == SC_QUIZ_SINGLE || quiz->kind == SC_QUIZ_MULTIPLE)
        read_options(fields, quiz);
    else if (sc_fields_has(fields, "options"))
        (void)sc_fields_read_array(fields, "options", 0);
}

void
sc_form_put_question(JsonBuilder *builder, const ScQuizOpenRequest *quiz)
{
    sc_form_put_text(builder, "kind", sc_word_quiz_kinds[quiz->kind]);
    sc_form_put_text(builder, "question", quiz->question);
    json_builder_set_member_name(builder, "options");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < quiz->n_options; i++)
        json_builder_add_string_value(builder, quiz->options[i]);
    json_builder_end_array(builder);
}

unsigned
sc_form_read_points(ScFields *fields, uint16_t *out_points, unsigned max)
{
    JsonArray *array = sc_fields_read_array(fields, "points", max);
    if (array == NULL)
        return 0;
    unsigned n = json_array_get_length(array);
    if (n < SC_PEN_NUMBERS_MIN || n % 2 != 0) {
        sc_fields_refuse(fields, "points: %u numbers, pairs from %d to %u", n,
                         SC_PEN_NUMBERS_MIN, max);
        return 0;
    }
    for (unsigned i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);
        bool is_integer =
            JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
        int64_t value = is_integer ? json_node_get_int(node) : -1;
        if (value < 0 || value > SC_PEN_COORDINATE_MAX) {
            sc_fields_refuse(fields, "points[%u]: not an integer from 0 to %d", i,
                             SC_PEN_COORDINATE_MAX);
            return 0;
        }
        out_points[i] = (uint16_t)value;
    }
    return n;
}

void
sc_form_put_points(JsonBuilder *builder, const uint16_t *points, unsigned n_points)
{
    json_builder_set_member_name(builder, "points");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < n_points; i++)
        json_builder_add_int_value(builder, points[i]);
    json_builder_end_array(builder);
}

void
sc_form_read_pen(ScFields *fields, ScPenRequest *pen)
{
    pen->stroke = (int32_t)sc_fields_read_integer(fields, "stroke", 0, SC_STROKE_MAX);
    pen->colour =
        (ScColour)sc_fields_read_word(fields, "colour", sc_word_colours, SC_N_COLOURS);
    pen->width = (unsigned)sc_fields_read_integer(fields, "width", 1, SC_PEN_WIDTH_MAX);
    pen->n_points = sc_form_read_points(fields, pen->points, SC_PEN_NUMBERS_MAX);
}

void
sc_form_put_pen(JsonBuilder *builder, const ScPenRequest *pen)
{
    sc_form_put_integer(builder, "stroke", pen->stroke);
    sc_form_put_text(builder, "colour", sc_word_colours[pen->colour]);
    sc_form_put_integer(builder, "width", pen->width);
    sc_form_put_points(builder, pen->points, pen->n_points);
}

void
sc_form_read_pointer(ScFields *fields, ScPointerRequest *pointer)
{
    if (!json_object_has_member(fields->object, "x"))
        sc_fields_refuse(fields, "x: missing");
    if (!json_object_has_member(fields->object, "y"))
        sc_fields_refuse(fields, "y: missing");
    pointer->gone = !sc_fields_has(fields, "x") && !sc_fields_has(fields, "y");
    if (pointer->gone)
        return;
    pointer->x = (uint16_t)sc_fields_read_integer(fields, "x", 0, SC_PEN_COORDINATE_MAX);
    pointer->y = (uint16_t)sc_fields_read_integer(fields, "y", 0, SC_PEN_COORDINATE_MAX);
}

static void
put_coordinate(JsonBuilder *builder, const char *name, const ScPointerRequest *pointer,
               uint16_t value)
{
    json_builder_set_member_name(builder, name);
    if (pointer->gone)
        json_builder_add_null_value(builder);
    else
        json_builder_add_int_value(builder, value);
}

void
sc_form_put_pointer(JsonBuilder *builder, const ScPointerRequest *pointer)
{
    put_coordinate(builder, "x", pointer, pointer->x);
    put_coordinate(builder, "y", pointer, pointer->y);
}

void
sc_form_read_mute(ScFields *fields, ScMuteRequest *mute)
{
    sc_form_read_site_or_all(fields, mute->site);
    mute->muted = sc_fields_read_bool(fields, "muted");
}

void
sc_form_put_mute(JsonBuilder *builder, const ScMuteRequest *mute)
{
    sc_form_put_nullable_text(builder, "site", mute->site);
    sc_form_put_bool(builder, "muted", mute->muted);
}

void
sc_form_read_removed(ScFields *fields, ScChatRemoveRequest *removed)
{
    if (!json_object_has_member(fields->object, "message"))
        sc_fields_refuse(fields, "message: missing");
    else if (sc_fields_has(fields, "message"))
        removed->message =
            (unsigned)sc_fields_read_integer(fields, "message", 1, INT32_MAX);
}

void
sc_form_put_removed(JsonBuilder *builder, const ScChatRemoveRequest *removed)
{
    json_builder_set_member_name(builder, "message");
    if (removed->message != 0)
        json_builder_add_int_value(builder, removed->message);
    else
        json_builder_add_null_value(builder);
}

void
sc_form_read_each(ScFields *fields, const char *name, JsonArray *array,
                  void (*read)(ScFields *fields, gpointer list, unsigned i),
                  gpointer list)
{
    for (unsigned i = 0; i < json_array_get_length(array) && fields->error == NULL; i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_OBJECT(node)) {
            sc_fields_refuse(fields, "%s[%u]: not an object", name, i);
            return;
        }
        ScFields inner;
        sc_fields_init(&inner, json_node_get_object(node));
        read(&inner, list, i);
        if (!sc_fields_finish(&inner, &fields->error))
            g_prefix_error(&fields->error, "%s[%u].", name, i);
    }
}
