/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI document: sound in itself, and all of it within what the API can hold a
 * request against. */
#include <string.h>

#include "signaling/api/document.h"
#include "signaling/api/schema.h"

static JsonObject *
get_operation_object(JsonObject *root, const ScOperation *operation)
{
    g_autofree char *method = g_ascii_strdown(operation->method, -1);
    JsonObject *paths = json_object_get_object_member(root, "paths");
    return json_object_get_object_member(
        json_object_get_object_member(paths, operation->path), method);
}

/* The names of @object's parameters in @place, references followed by their names. */
static bool
declares_parameter(JsonObject *object, const char *name)
{
    if (!json_object_has_member(object, "parameters"))
        return false;
    JsonArray *parameters = json_object_get_array_member(object, "parameters");
    for (guint i = 0; i < json_array_get_length(parameters); i++) {
        JsonObject *parameter = json_array_get_object_element(parameters, i);
        const char *reference =
            json_object_get_string_member_with_default(parameter, "$ref", NULL);
        const char *have = reference != NULL
                               ? strrchr(reference, '/') + 1
                               : json_object_get_string_member(parameter, "name");
        if (g_str_equal(have, name))
            return true;
    }
    return false;
}

static void
each_operation_says_what_it_takes_and_gives(void)
{
    g_autoptr(ScDocument) document = sc_document_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = json_from_string(sc_document_get_text(document), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sc_document_count(document), >, 0);
    for (unsigned i = 0; i < sc_document_count(document); i++) {
        const ScOperation *operation = sc_document_get(document, i);
        JsonObject *object = get_operation_object(json_node_get_object(root), operation);
        g_test_message("%s", operation->id);
        g_assert_true(json_object_has_member(object, "summary"));
        g_assert_true(json_object_has_member(object, "responses"));
        for (char **name = operation->parameters; *name != NULL; name++)
            g_assert_true(declares_parameter(object, *name));
        bool changes = g_str_equal(operation->method, "PATCH")
                       || g_str_equal(operation->method, "DELETE");
        if (changes && operation->parameters[0] != NULL)
            g_assert_true(declares_parameter(object, "if-match"));
    }
}

static void
assert_known(const ScDocument *document, const char *where, JsonObject *schema)
{
    g_autoptr(GError) error = NULL;
    if (!sc_schema_is_known(document, schema, &error))
        g_error("%s: %s", where, error->message);
}

static void
each_schema_can_be_checked(void)
{
    g_autoptr(ScDocument) document = sc_document_new();
    for (unsigned i = 0; i < sc_document_count(document); i++) {
        const ScOperation *operation = sc_document_get(document, i);
        if (operation->body != NULL)
            assert_known(document, operation->id, operation->body);
        JsonObjectIter iter;
        const char *name;
        JsonNode *node;
        json_object_iter_init(&iter, operation->query);
        while (json_object_iter_next(&iter, &name, &node))
            assert_known(document, operation->id, json_node_get_object(node));
    }
}

static void
path_without_braces_comes_first(void)
{
    g_autoptr(ScDocument) document = sc_document_new();
    for (unsigned i = 1; i < sc_document_count(document); i++) {
        const char *before = sc_document_get(document, i - 1)->pattern;
        const char *after = sc_document_get(document, i)->pattern;
        const char *brace = strstr(before, "{}");
        size_t length = brace != NULL ? (size_t)(brace - before) : 0;
        if (brace != NULL && strncmp(before, after, length) == 0)
            g_assert_cmpint(after[length], ==, '{');
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/document/each operation says what it takes and gives",
                    each_operation_says_what_it_takes_and_gives);
    g_test_add_func("/document/each schema can be checked", each_schema_can_be_checked);
    g_test_add_func("/document/path without braces comes first",
                    path_without_braces_comes_first);
    return g_test_run();
}
