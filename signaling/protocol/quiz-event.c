/* SPDX-License-Identifier: Apache-2.0 */
/* quiz-event.c: a quiz as it travels, and what was answered in sum. */
#include <string.h>

#include "signaling/protocol/form.h"

void
sc_quiz_sum_free(ScQuizSum *sum)
{
    if (sum == NULL)
        return;
    g_free(sum->sites);
    g_free(sum);
}

void
sc_quiz_event_clear(ScQuizEvent *quiz)
{
    g_clear_pointer(&quiz->sum, sc_quiz_sum_free);
}

/* The number of elements; they fit into @out_choices. */
static unsigned
read_choices(ScFields *fields, unsigned *out_choices)
{
    JsonArray *array = sc_fields_read_array(fields, "choices", SC_QUIZ_OPTIONS_MAX);
    unsigned n = array != NULL ? json_array_get_length(array) : 0;
    for (unsigned i = 0; i < n; i++) {
        int64_t value = json_array_get_int_element(array, i);
        if (value < 0 || value > INT32_MAX)
            sc_fields_refuse(fields, "choices[%u]: not a count", i);
        else
            out_choices[i] = (unsigned)value;
    }
    return n;
}

static void
put_choices(JsonBuilder *builder, const unsigned *choices, unsigned n_choices)
{
    json_builder_set_member_name(builder, "choices");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < n_choices; i++)
        json_builder_add_int_value(builder, choices[i]);
    json_builder_end_array(builder);
}

static void
read_sum_sites(ScFields *outer, ScQuizSum *sum)
{
    JsonArray *array = sc_fields_read_array(outer, "sites", SC_EVENT_SITES_MAX);
    if (array == NULL)
        return;
    sum->n_sites = json_array_get_length(array);
    sum->sites = g_new0(ScQuizSite, sum->n_sites);
    for (unsigned i = 0; i < sum->n_sites && outer->error == NULL; i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_OBJECT(node)) {
            sc_fields_refuse(outer, "sites[%u]: not an object", i);
            return;
        }
        ScFields fields;
        ScQuizSite *site = &sum->sites[i];
        sc_fields_init(&fields, json_node_get_object(node));
        sc_fields_read_text(&fields, "site", site->site, sizeof site->site);
        site->n_answers = sc_form_read_count(&fields, "answers");
        (void)read_choices(&fields, site->choices);
        if (!sc_fields_finish(&fields, &outer->error))
            g_prefix_error(&outer->error, "sites[%u].", i);
    }
}

static void
read_numbers(ScFields *fields, ScQuizSum *sum)
{
    JsonArray *array = sc_fields_read_array(fields, "numbers", SC_QUIZ_NUMBERS_MAX);
    unsigned n = array != NULL ? json_array_get_length(array) : 0;
    for (unsigned i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);
        JsonArray *pair = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
        if (pair == NULL || json_array_get_length(pair) != 2) {
            sc_fields_refuse(fields, "numbers[%u]: not [value, n]", i);
            return;
        }
        sum->numbers[i].value = json_array_get_int_element(pair, 0);
        sum->numbers[i].n = (unsigned)json_array_get_int_element(pair, 1);
    }
    sum->n_numbers = n;
}

ScQuizSum *
sc_form_read_sum(ScFields *outer)
{
    JsonObject *object = sc_fields_read_object(outer, "sum");
    if (object == NULL || outer->error != NULL)
        return NULL;
    g_autoptr(ScQuizSum) sum = g_new0(ScQuizSum, 1);
    ScFields fields;
    sc_fields_init(&fields, object);
    sum->n_answers = sc_form_read_count(&fields, "answers");
    sum->n_choices = read_choices(&fields, sum->choices);
    read_sum_sites(&fields, sum);
    read_numbers(&fields, sum);
    if (!sc_fields_finish(&fields, &outer->error)) {
        g_prefix_error(&outer->error, "sum: ");
        return NULL;
    }
    return g_steal_pointer(&sum);
}

void
sc_form_put_sum(JsonBuilder *builder, const ScQuizSum *sum, bool with_sites)
{
    json_builder_set_member_name(builder, "sum");
    if (sum == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    sc_form_put_integer(builder, "answers", sum->n_answers);
    json_builder_set_member_name(builder, "sites");
    json_builder_begin_array(builder);
    for (unsigned i = 0; with_sites && i < sum->n_sites; i++) {
        const ScQuizSite *site = &sum->sites[i];
        json_builder_begin_object(builder);
        sc_form_put_text(builder, "site", site->site);
        sc_form_put_integer(builder, "answers", site->n_answers);
        put_choices(builder, site->choices, sum->n_choices);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    put_choices(builder, sum->choices, sum->n_choices);
    json_builder_set_member_name(builder, "numbers");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < sum->n_numbers; i++) {
        json_builder_begin_array(builder);
        json_builder_add_int_value(builder, sum->numbers[i].value);
        json_builder_add_int_value(builder, sum->numbers[i].n);
        json_builder_end_array(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

void
sc_form_read_quiz(ScFields *fields, ScQuizEvent *quiz)
{
    quiz->quiz = sc_form_read_count(fields, "quiz");
    sc_form_read_question(fields, &quiz->asked);
    quiz->state = (ScQuizState)sc_fields_read_word(fields, "state", sc_word_quiz_states,
                                                   SC_N_QUIZ_STATES);
    quiz->right = sc_form_read_solution(fields, "right");
    if (sc_fields_has(fields, "sum"))
        quiz->sum = sc_form_read_sum(fields);
}

void
sc_form_put_quiz(JsonBuilder *builder, const ScQuizEvent *quiz, bool with_sites)
{
    sc_form_put_integer(builder, "quiz", quiz->quiz);
    sc_form_put_question(builder, &quiz->asked);
    sc_form_put_text(builder, "state", sc_word_quiz_states[quiz->state]);
    sc_form_put_solution(builder, "right", &quiz->right);
    sc_form_put_sum(builder, quiz->sum, with_sites);
}
