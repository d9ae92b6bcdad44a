/* SPDX-License-Identifier: Apache-2.0 */
/* What the API's checks let through, and what they say of the rest. */
#include <string.h>

#include "signaling/api/schema.h"
#include "signaling/problem.h"

static ScDocument *document;

static JsonNode *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonNode *node = json_from_string(text, &error);
    g_assert_no_error(error);
    return node;
}

static const struct {
    const char *schema;
    const char *value;
    const char *field;  /* NULL: it passes */
    const char *detail; /* a part of it */
    const char *zh;     /* NULL: only a faulty program sends this */
    const char *en;
} cases[] = {
    { "{'type':'string'}", "'a'", NULL, NULL, NULL, NULL },
    { "{'type':'string'}", "7", "", "must be of type string", NULL, NULL },
    { "{'type':'string'}", "null", "", "must be of type string", "这一项必须填写。",
      "This is needed." },
    { "{'type':['string','null']}", "null", NULL, NULL, NULL, NULL },
    { "{'type':['string','null']}", "[]", "", "must be of type string or null", NULL,
      NULL },
    { "{'type':'number'}", "7", NULL, NULL, NULL, NULL },
    { "{'type':'number'}", "'x'", "", "must be of type number", "请填一个数。",
      "Please give a number." },
    { "{'type':'integer'}", "7.5", "", "must be of type integer", "请填一个整数。",
      "Please give a whole number." },
    { "{'type':['integer','null']}", "'x'", "", "must be of type integer or null",
      "请填一个整数。", "Please give a whole number." },
    { "{'type':'boolean'}", "'true'", "", "must be of type boolean", NULL, NULL },
    { "{'type':'string','maxLength':2}", "'课堂'", NULL, NULL, NULL, NULL },
    { "{'type':'string','maxLength':2}", "'课堂吗'", "", "has 3 characters",
      "最多 2 个字，现在是 3 个。", "At most 2 characters; these are 3." },
    { "{'type':'string','minLength':3}", "'课堂'", "", "has 2 characters",
      "至少 3 个字，现在是 2 个。", "At least 3 characters; these are 2." },
    { "{'type':'string','minLength':1}", "''", "", "has 0 characters", "这一项必须填写。",
      "This is needed." },
    { "{'type':'string'}", "'a\\u0007b'", "", "control characters",
      "里面有看不见的控制字符，请删去后重新输入。",
      "It holds invisible control characters; please type it anew." },
    { "{'type':'string'}", "'a\\nb'", NULL, NULL, NULL, NULL },
    { "{'type':'string','pattern':'^[a-z]+$'}", "'A'", "", "must match ^[a-z]+$",
      "这样写不对，请检查。", "This is not written as it should be." },
    { "{'type':'string','format':'date'}", "'2026-02-28'", NULL, NULL, NULL, NULL },
    { "{'type':'string','format':'date'}", "'2026-02-29'", "", "must be a day",
      "请填一个真有的日期，例如 2026-09-01。",
      "Please give a day that exists, such as 2026-09-01." },
    { "{'type':'string','format':'date'}", "'2026-2-28'", "", "must be a day",
      "请填一个真有的日期，例如 2026-09-01。",
      "Please give a day that exists, such as 2026-09-01." },
    { "{'type':'string','format':'date'}", "'2026-02-2x'", "", "must be a day",
      "请填一个真有的日期，例如 2026-09-01。",
      "Please give a day that exists, such as 2026-09-01." },
    { "{'type':'string','format':'month'}", "'2026-12'", NULL, NULL, NULL, NULL },
    { "{'type':'string','format':'month'}", "'2026-13'", "", "must be a month",
      "请填年和月，例如 2026-09。", "Please give a year and a month, such as 2026-09." },
    { "{'type':'string','format':'month'}", "'2026-00'", "", "must be a month",
      "请填年和月，例如 2026-09。", "Please give a year and a month, such as 2026-09." },
    { "{'type':'string','format':'month'}", "'2026-1-'", "", "must be a month",
      "请填年和月，例如 2026-09。", "Please give a year and a month, such as 2026-09." },
    { "{'type':'string','format':'time'}", "'23:59'", NULL, NULL, NULL, NULL },
    { "{'type':'string','format':'time'}", "'24:00'", "", "must be a time of day",
      "请填几点几分，例如 08:05。", "Please give a time of day, such as 08:05." },
    { "{'type':'string','format':'time'}", "'08:60'", "", "must be a time of day",
      "请填几点几分，例如 08:05。", "Please give a time of day, such as 08:05." },
    { "{'type':'string','format':'time'}", "'8:05'", "", "must be a time of day",
      "请填几点几分，例如 08:05。", "Please give a time of day, such as 08:05." },
    { "{'type':'string','format':'date-time'}", "'2026-09-01T08:00:00+08:00'", NULL, NULL,
      NULL, NULL },
    { "{'type':'string','format':'date-time'}", "'2026-09-01'", "", "an instant",
      "请填日期和时间。", "Please give a day and a time." },
    { "{'type':'string','format':'id'}", "'a-1:b.c_d'", NULL, NULL, NULL, NULL },
    { "{'type':'string','format':'id'}", "'a b'", "", "must be an id",
      "请从列表里选一项。", "Please choose one from the list." },
    { "{'type':'string','enum':['a','b']}", "'c'", "", "must be one of \"a\", \"b\"",
      "没有这个选项，请重新选择。", "There is no such choice; please choose again." },
    { "{'type':'integer','minimum':1,'maximum':7}", "0", "", "must be at least 1",
      "要在 1 到 7 之间。", "From 1 to 7." },
    { "{'type':'integer','minimum':1,'maximum':7}", "8", "", "must be at most 7",
      "要在 1 到 7 之间。", "From 1 to 7." },
    { "{'type':'number','minimum':0}", "-0.5", "", "must be at least 0", "最小是 0。",
      "At least 0." },
    { "{'type':'integer','maximum':10000000}", "20000000", "", "must be at most 1e+07",
      "最大是 10000000。", "At most 10000000." },
    { "{'type':'array','items':{'type':'integer'},'maxItems':2}", "[1,2,3]", "",
      "has 3 elements", "最多 2 项，现在是 3 项。", "At most 2; these are 3." },
    { "{'type':'array','minItems':1}", "[]", "", "has 0 elements",
      "至少 1 项，现在是 0 项。", "At least 1; these are 0." },
    { "{'type':'array','items':{'type':'integer'}}", "[1,'x']", "[1]", "type integer",
      "请填一个整数。", "Please give a whole number." },
    { "{'type':'array','uniqueItems':true}", "['a','b','a']", "[2]", "twice",
      "与前面的重复了。", "This stands there already." },
    { "{'type':'object','properties':{'a':{'type':'integer'}}}", "{'a':1}", NULL, NULL,
      NULL, NULL },
    { "{'type':'object','properties':{'a':{'type':'integer'}}}", "{'b':1}", "b",
      "no such member", NULL, NULL },
    { "{'type':'object','properties':{'a':{}},'required':['a']}", "{}", "a", "is missing",
      "这一项必须填写。", "This is needed." },
    { "{'type':'object','properties':{'p':{'type':'array','items':{'type':'object',"
      "'properties':{'s':{'$ref':'#/components/schemas/Time'}}}}}}",
      "{'p':[{'s':'08:00'},{'s':'8'}]}", "p[1].s", "p[1].s is \"8\"",
      "请填几点几分，例如 08:05。", "Please give a time of day, such as 08:05." },
};

static char *
with_double_quotes(const char *text)
{
    return g_strdelimit(g_strdup(text), "'", '"');
}

static void
value_is_held_against_its_schema(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *schema_text = with_double_quotes(cases[i].schema);
        g_autofree char *value_text = with_double_quotes(cases[i].value);
        g_autoptr(JsonNode) schema = parse(schema_text);
        g_autoptr(JsonNode) value = parse(value_text);
        g_autoptr(GError) error = NULL;
        bool passes =
            sc_schema_check(document, json_node_get_object(schema), value, &error);
        g_test_message("%s: %s", schema_text, value_text);
        g_assert_cmpint(passes, ==, cases[i].field == NULL);
        if (passes)
            continue;
        g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_INVALID_VALUE);
        g_assert_cmpstr(sc_problem_get_field(error), ==, cases[i].field);
        g_assert_nonnull(strstr(error->message, cases[i].detail));
        g_assert_cmpstr(sc_problem_get_zh(error), ==, cases[i].zh);
        g_assert_cmpstr(sc_problem_get_en(error), ==, cases[i].en);
    }
}

static void
long_value_is_shown_cut_short(void)
{
    g_autofree char *text = g_strnfill(10000, 'x');
    g_autoptr(JsonNode) value = json_node_init_string(json_node_alloc(), text);
    g_autoptr(JsonNode) schema = parse("{\"type\":\"string\",\"maxLength\":100}");
    g_autoptr(GError) error = NULL;
    g_assert_false(
        sc_schema_check(document, json_node_get_object(schema), value, &error));
    g_assert_cmpuint(strlen(error->message), <, 200);
}

static void
parameter_is_read_as_its_type(void)
{
    static const struct {
        const char *schema;
        const char *text;
        bool passes;
    } parameters[] = {
        { "{\"type\":\"integer\",\"maximum\":200}", "200", true },
        { "{\"type\":\"integer\",\"maximum\":200}", "201", false },
        { "{\"type\":\"integer\"}", "7x", false },
        { "{\"type\":\"integer\"}", "99999999999999999999", false },
        { "{\"type\":\"boolean\"}", "true", true },
        { "{\"type\":\"boolean\"}", "1", false },
        { "{\"type\":\"string\"}", "1", true },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(parameters); i++) {
        g_autoptr(JsonNode) schema = parse(parameters[i].schema);
        g_autoptr(GError) error = NULL;
        bool passes = sc_schema_check_text(document, json_node_get_object(schema), "p",
                                           parameters[i].text, &error);
        g_assert_cmpint(passes, ==, parameters[i].passes);
        if (!passes)
            g_assert_cmpstr(sc_problem_get_field(error), ==, "p");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    document = sc_document_new();
    g_test_add_func("/schema/value is held against its schema",
                    value_is_held_against_its_schema);
    g_test_add_func("/schema/long value is shown cut short",
                    long_value_is_shown_cut_short);
    g_test_add_func("/schema/parameter is read as its type",
                    parameter_is_read_as_its_type);
    int status = g_test_run();
    sc_document_free(document);
    return status;
}
