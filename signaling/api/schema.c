/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/schema.h"

#include <stdio.h>
#include <string.h>

#include "signaling/problem.h"

#define VALUE_SHOWN_MAX 40 /* characters of a refused value that are shown */
#define DEPTH_MAX 16       /* of nested schemas */
#define ID_MAX 64

/* Where we are in the value: a path is only put together when something is wrong. */
typedef struct Place Place;
struct Place {
    const Place *parent; /* NULL: the root */
    const char *member;  /* NULL: an element */
    unsigned index;
};

typedef struct {
    const ScDocument *document;
    GError **error;
} Check;

static void
append_place(GString *path, const Place *place)
{
    if (place->parent == NULL && place->member == NULL)
        return;
    if (place->parent != NULL)
        append_place(path, place->parent);
    if (place->member == NULL)
        g_string_append_printf(path, "[%u]", place->index);
    else
        g_string_append_printf(path, "%s%s", path->len > 0 ? "." : "", place->member);
}

/* The value as JSON, cut short. */
static char *
show(JsonNode *value)
{
    g_autofree char *text = json_to_string(value, FALSE);
    if (g_utf8_strlen(text, -1) <= VALUE_SHOWN_MAX)
        return g_steal_pointer(&text);
    g_autofree char *head = g_utf8_substring(text, 0, VALUE_SHOWN_MAX);
    return g_strconcat(head, "…", NULL);
}

static bool refuse(const Check *check, const Place *place, JsonNode *value,
                   const char *format, ...) G_GNUC_PRINTF(4, 5);

static bool
refuse(const Check *check, const Place *place, JsonNode *value, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *limit = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GString) path = g_string_new(NULL);
    append_place(path, place);
    g_autofree char *shown = value != NULL ? show(value) : NULL;
    sc_problem_set_error(check->error, SC_PROBLEM_INVALID_VALUE, path->str, "%s%s%s: %s",
                         path->len > 0 ? path->str : "the body",
                         shown != NULL ? " is " : "", shown != NULL ? shown : "", limit);
    return false;
}

/* What is needed is not there, or empty. */
static bool
say_needed(const Check *check)
{
    sc_problem_say(check->error, "这一项必须填写。", "This is needed.");
    return false;
}

static JsonObject *
follow(const Check *check, JsonObject *schema)
{
    for (unsigned depth = 0; json_object_has_member(schema, "$ref"); depth++) {
        const char *reference = json_object_get_string_member(schema, "$ref");
        const char *slash = strrchr(reference, '/');
        schema =
            slash != NULL ? sc_document_lookup_schema(check->document, slash + 1) : NULL;
        if (schema == NULL || depth > DEPTH_MAX)
            g_error("openapi: %s leads nowhere", reference);
    }
    return schema;
}

static bool
is_of_type(JsonNode *value, const char *type)
{
    if (json_node_is_null(value))
        return g_str_equal(type, "null");
    switch (json_node_get_node_type(value)) {
    case JSON_NODE_OBJECT:
        return g_str_equal(type, "object");
    case JSON_NODE_ARRAY:
        return g_str_equal(type, "array");
    case JSON_NODE_NULL:
    case JSON_NODE_VALUE:
        break;
    }
    switch (json_node_get_value_type(value)) {
    case G_TYPE_STRING:
        return g_str_equal(type, "string");
    case G_TYPE_BOOLEAN:
        return g_str_equal(type, "boolean");
    case G_TYPE_INT64:
        return g_str_equal(type, "integer") || g_str_equal(type, "number");
    default:
        return g_str_equal(type, "number");
    }
}

/* What a form can send instead: nothing, or no number. */
static bool
refuse_type(const Check *check, JsonNode *value, const Place *place, const char *types)
{
    (void)refuse(check, place, value, "must be of type %s", types);
    if (json_node_is_null(value))
        return say_needed(check);
    if (strstr(types, "integer") != NULL)
        sc_problem_say(check->error, "请填一个整数。", "Please give a whole number.");
    else if (strstr(types, "number") != NULL)
        sc_problem_say(check->error, "请填一个数。", "Please give a number.");
    return false;
}

static bool
check_type(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    if (!json_object_has_member(schema, "type"))
        return true;
    JsonNode *type = json_object_get_member(schema, "type");
    if (json_node_get_node_type(type) == JSON_NODE_VALUE)
        return is_of_type(value, json_node_get_string(type))
               || refuse_type(check, value, place, json_node_get_string(type));
    JsonArray *types = json_node_get_array(type);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(types); i++) {
        if (is_of_type(value, json_array_get_string_element(types, i)))
            return true;
        g_string_append_printf(names, "%s%s", i > 0 ? " or " : "",
                               json_array_get_string_element(types, i));
    }
    return refuse_type(check, value, place, names->str);
}

static bool
check_enum(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    if (!json_object_has_member(schema, "enum"))
        return true;
    JsonArray *words = json_object_get_array_member(schema, "enum");
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(words); i++) {
        if (json_node_equal(json_array_get_element(words, i), value))
            return true;
        g_autofree char *shown = show(json_array_get_element(words, i));
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", shown);
    }
    (void)refuse(check, place, value, "must be one of %s", names->str);
    sc_problem_say(check->error, "没有这个选项，请重新选择。",
                   "There is no such choice; please choose again.");
    return false;
}

static bool
is_day(const char *text)
{
    unsigned year, month, day;
    int length = 0;
    return strlen(text) == 10 && text[4] == '-' && text[7] == '-'
           && strspn(text, "0123456789-") == 10
           && sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &length) == 3
           && length == 10
           && g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static bool
is_time(const char *text)
{
    return strlen(text) == 5 && text[2] == ':' && g_ascii_isdigit(text[0])
           && g_ascii_isdigit(text[1]) && g_ascii_isdigit(text[3])
           && g_ascii_isdigit(text[4]) && strncmp(text, "24", 2) < 0 && text[3] < '6';
}

static bool
is_month(const char *text)
{
    return strlen(text) == 7 && text[4] == '-' && strspn(text, "0123456789-") == 7
           && strchr(text, '-') == text + 4 && strchr(text + 5, '-') == NULL
           && strcmp(text + 5, "01") >= 0 && strcmp(text + 5, "12") <= 0;
}

static bool
is_instant(const char *text)
{
    g_autoptr(GDateTime) instant = g_date_time_new_from_iso8601(text, NULL);
    return instant != NULL;
}

static bool
is_id(const char *text)
{
    size_t length = strlen(text);
    return length >= 1 && length <= ID_MAX
           && strspn(text,
                     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-")
                  == length;
}

static const struct {
    const char *name;
    bool (*is)(const char *text);
    const char *limit;
    const char *zh;
    const char *en;
} formats[] = {
    { "date", is_day, "must be a day, YYYY-MM-DD",
      "请填一个真有的日期，例如 2026-09-01。",
      "Please give a day that exists, such as 2026-09-01." },
    { "month", is_month, "must be a month, YYYY-MM", "请填年和月，例如 2026-09。",
      "Please give a year and a month, such as 2026-09." },
    { "time", is_time, "must be a time of day, HH:MM", "请填几点几分，例如 08:05。",
      "Please give a time of day, such as 08:05." },
    { "date-time", is_instant, "must be an instant, as 2026-09-01T08:00:00+08:00",
      "请填日期和时间。", "Please give a day and a time." },
    { "id", is_id, "must be an id: 1 to 64 of A–Z a–z 0–9 _ . : -", "请从列表里选一项。",
      "Please choose one from the list." },
};

static bool
refuse_format(const Check *check, JsonNode *value, const Place *place, unsigned index)
{
    (void)refuse(check, place, value, "%s", formats[index].limit);
    sc_problem_say_literal(check->error, formats[index].zh, formats[index].en);
    return false;
}

static bool
check_format(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    const char *format =
        json_object_get_string_member_with_default(schema, "format", NULL);
    for (unsigned i = 0; format != NULL && i < G_N_ELEMENTS(formats); i++)
        if (g_str_equal(formats[i].name, format)
            && !formats[i].is(json_node_get_string(value)))
            return refuse_format(check, value, place, i);
    return true;
}

/* Line ends and tabs are text; what steers a terminal or hides is not. */
static bool
has_control_character(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        if (g_unichar_iscntrl(c) && c != '\n' && c != '\t')
            return true;
    }
    return false;
}

/* Of an array's elements or a text's characters: a range of lengths. */
typedef struct {
    gint64 min;
    gint64 max;
} Range;

static Range
read_range(JsonObject *schema, const char *min, const char *max)
{
    return (Range){ json_object_get_int_member_with_default(schema, min, 0),
                    json_object_get_int_member_with_default(schema, max, G_MAXINT64) };
}

static bool
refuse_length(const Check *check, JsonNode *value, const Place *place, const Range *range,
              gint64 length)
{
    (void)refuse(check, place, value,
                 "has %" G_GINT64_FORMAT " characters, must have %" G_GINT64_FORMAT
                 " to %" G_GINT64_FORMAT,
                 length, range->min, range->max);
    if (length == 0)
        return say_needed(check);
    if (length < range->min)
        sc_problem_say(check->error,
                       "至少 %" G_GINT64_FORMAT " 个字，现在是 %" G_GINT64_FORMAT " 个。",
                       "At least %" G_GINT64_FORMAT
                       " characters; these are %" G_GINT64_FORMAT ".",
                       range->min, length);
    else
        sc_problem_say(check->error,
                       "最多 %" G_GINT64_FORMAT " 个字，现在是 %" G_GINT64_FORMAT " 个。",
                       "At most %" G_GINT64_FORMAT
                       " characters; these are %" G_GINT64_FORMAT ".",
                       range->max, length);
    return false;
}

static bool
check_text(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    const char *text = json_node_get_string(value);
    const char *pattern =
        json_object_get_string_member_with_default(schema, "pattern", NULL);
    if (has_control_character(text)) {
        (void)refuse(check, place, value, "must have no control characters");
        sc_problem_say(check->error, "里面有看不见的控制字符，请删去后重新输入。",
                       "It holds invisible control characters; please type it anew.");
        return false;
    }
    if (pattern != NULL && !g_regex_match_simple(pattern, text, 0, 0)) {
        (void)refuse(check, place, value, "must match %s", pattern);
        sc_problem_say(check->error, "这样写不对，请检查。",
                       "This is not written as it should be.");
        return false;
    }
    return check_format(check, schema, value, place);
}

static bool
check_string(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    const char *text = json_node_get_string(value);
    if (!g_utf8_validate(text, -1, NULL))
        return refuse(check, place, NULL, "is not UTF-8");
    const Range range = read_range(schema, "minLength", "maxLength");
    gint64 length = g_utf8_strlen(text, -1);
    return length < range.min || length > range.max
               ? refuse_length(check, value, place, &range, length)
               : check_text(check, schema, value, place);
}

/* Of two limits one sentence says both; the number stands in the field. */
static bool
refuse_number(const Check *check, JsonNode *value, const Place *place, double min,
              double max)
{
    bool is_low = json_node_get_double(value) < min;
    if (is_low)
        (void)refuse(check, place, value, "must be at least %g", min);
    else
        (void)refuse(check, place, value, "must be at most %g", max);
    if (min > -G_MAXDOUBLE && max < G_MAXDOUBLE)
        sc_problem_say(check->error, "要在 %.15g 到 %.15g 之间。", "From %.15g to %.15g.",
                       min, max);
    else if (is_low)
        sc_problem_say(check->error, "最小是 %.15g。", "At least %.15g.", min);
    else
        sc_problem_say(check->error, "最大是 %.15g。", "At most %.15g.", max);
    return false;
}

static bool
check_number(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    double number = json_node_get_double(value);
    double min =
        json_object_get_double_member_with_default(schema, "minimum", -G_MAXDOUBLE);
    double max =
        json_object_get_double_member_with_default(schema, "maximum", G_MAXDOUBLE);
    return (number >= min && number <= max)
           || refuse_number(check, value, place, min, max);
}

static bool check_value(const Check *check, JsonObject *schema, JsonNode *value,
                        const Place *place);

static bool
has_equal_before(JsonArray *array, guint index)
{
    JsonNode *element = json_array_get_element(array, index);
    for (guint i = 0; i < index; i++)
        if (json_node_equal(json_array_get_element(array, i), element))
            return true;
    return false;
}

static bool
refuse_count(const Check *check, const Place *place, const Range *range, guint length)
{
    (void)refuse(check, place, NULL,
                 "has %u elements, must have %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 length, range->min, range->max);
    if (length < range->min)
        sc_problem_say(check->error, "至少 %" G_GINT64_FORMAT " 项，现在是 %u 项。",
                       "At least %" G_GINT64_FORMAT "; these are %u.", range->min,
                       length);
    else
        sc_problem_say(check->error, "最多 %" G_GINT64_FORMAT " 项，现在是 %u 项。",
                       "At most %" G_GINT64_FORMAT "; these are %u.", range->max, length);
    return false;
}

static bool
refuse_twice(const Check *check, JsonNode *value, const Place *place)
{
    (void)refuse(check, place, value, "stands there twice");
    sc_problem_say(check->error, "与前面的重复了。", "This stands there already.");
    return false;
}

static bool
check_array(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    JsonArray *array = json_node_get_array(value);
    guint length = json_array_get_length(array);
    const Range range = read_range(schema, "minItems", "maxItems");
    if (length < range.min || length > range.max)
        return refuse_count(check, place, &range, length);
    bool are_unique =
        json_object_get_boolean_member_with_default(schema, "uniqueItems", FALSE);
    JsonObject *items = json_object_has_member(schema, "items")
                            ? json_object_get_object_member(schema, "items")
                            : NULL;
    for (guint i = 0; i < length; i++) {
        Place element = { .parent = place, .index = i };
        if (are_unique && has_equal_before(array, i))
            return refuse_twice(check, json_array_get_element(array, i), &element);
        if (items != NULL
            && !check_value(check, items, json_array_get_element(array, i), &element))
            return false;
    }
    return true;
}

static bool
check_required(const Check *check, JsonObject *schema, JsonObject *object,
               const Place *place)
{
    if (!json_object_has_member(schema, "required"))
        return true;
    JsonArray *required = json_object_get_array_member(schema, "required");
    for (guint i = 0; i < json_array_get_length(required); i++) {
        const char *name = json_array_get_string_element(required, i);
        Place member = { .parent = place, .member = name };
        if (json_object_has_member(object, name))
            continue;
        (void)refuse(check, &member, NULL, "is missing");
        return say_needed(check);
    }
    return true;
}

static bool
check_object(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    if (!json_object_has_member(schema, "properties"))
        return true;
    JsonObject *object = json_node_get_object(value);
    JsonObject *properties = json_object_get_object_member(schema, "properties");
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    json_object_iter_init(&iter, object);
    while (json_object_iter_next(&iter, &name, &node)) {
        Place member = { .parent = place, .member = name };
        if (!json_object_has_member(properties, name))
            return refuse(check, &member, NULL, "there is no such member");
        if (!check_value(check, json_object_get_object_member(properties, name), node,
                         &member))
            return false;
    }
    return check_required(check, schema, object, place);
}

static bool
check_value(const Check *check, JsonObject *schema, JsonNode *value, const Place *place)
{
    schema = follow(check, schema);
    if (!check_type(check, schema, value, place)
        || !check_enum(check, schema, value, place))
        return false;
    if (is_of_type(value, "string"))
        return check_string(check, schema, value, place);
    if (is_of_type(value, "number"))
        return check_number(check, schema, value, place);
    if (is_of_type(value, "array"))
        return check_array(check, schema, value, place);
    return !is_of_type(value, "object") || check_object(check, schema, value, place);
}

bool
sc_schema_check(const ScDocument *document, JsonObject *schema, JsonNode *value,
                GError **error)
{
    const Check check = { document, error };
    const Place root = { 0 };
    return check_value(&check, schema, value, &root);
}

static JsonNode *
read_text(JsonObject *schema, const char *text)
{
    const char *type =
        json_object_get_string_member_with_default(schema, "type", "string");
    JsonNode *node = json_node_alloc();
    gint64 number;
    if (g_str_equal(type, "integer")
        && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return json_node_init_int(node, number);
    if (g_str_equal(type, "boolean")
        && (g_str_equal(text, "true") || g_str_equal(text, "false")))
        return json_node_init_boolean(node, text[0] == 't');
    return json_node_init_string(node, text);
}

bool
sc_schema_check_text(const ScDocument *document, JsonObject *schema, const char *name,
                     const char *text, GError **error)
{
    const Check check = { document, error };
    const Place place = { .member = name };
    JsonObject *followed = follow(&check, schema);
    g_autoptr(JsonNode) value = read_text(followed, text);
    return check_value(&check, followed, value, &place);
}

static bool
are_known(const ScDocument *document, JsonObject *schemas, GError **error)
{
    JsonObjectIter iter;
    JsonNode *node;
    const char *name;
    json_object_iter_init(&iter, schemas);
    while (json_object_iter_next(&iter, &name, &node))
        if (!sc_schema_is_known(document, json_node_get_object(node), error))
            return false;
    return true;
}

bool
sc_schema_is_known(const ScDocument *document, JsonObject *schema, GError **error)
{
    static const char *const known[] = {
        "$ref",       "type",     "enum",        "minLength",   "maxLength", "pattern",
        "format",     "minimum",  "maximum",     "items",       "minItems",  "maxItems",
        "properties", "required", "uniqueItems", "description", "default",   "examples",
        "readOnly",   "title",    NULL,
    };
    JsonObjectIter iter;
    JsonNode *node;
    const char *name;
    json_object_iter_init(&iter, schema);
    while (json_object_iter_next(&iter, &name, &node)) {
        if (!g_strv_contains(known, name) && !g_str_has_prefix(name, "x-")) {
            g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_INVALID_VALUE,
                        "%s is not known", name);
            return false;
        }
    }
    if (json_object_has_member(schema, "$ref")) {
        const Check check = { document, error };
        (void)follow(&check, schema);
    }
    if (json_object_has_member(schema, "properties")
        && !are_known(document, json_object_get_object_member(schema, "properties"),
                      error))
        return false;
    return !json_object_has_member(schema, "items")
           || sc_schema_is_known(document, json_object_get_object_member(schema, "items"),
                                 error);
}
