/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/document.h"

#include <string.h>

#include "signaling/openapi-resources.h"

#define PREFIX "/synclass/api/openapi/"
#define BASE PREFIX "base.json"

struct ScDocument {
    JsonObject *root;       /* owned */
    JsonObject *schemas;    /* borrowed from root */
    JsonObject *parameters; /* borrowed from root */
    GPtrArray *operations;  /* owned, of ScOperation, owned */
    GHashTable *by_id;      /* owned: id → ScOperation, borrowed */
    char *text;             /* owned */
};

static const char *const role_names[] = {
    [SC_API_NOBODY] = "nobody",       [SC_API_ADMINISTRATOR] = "administrator",
    [SC_API_INSPECTOR] = "inspector", [SC_API_TEACHER] = "teacher",
    [SC_API_DEVICE] = "device",
};

const char *
sc_api_role_get_name(ScApiRole role)
{
    return role_names[role];
}

static void
operation_free(gpointer data)
{
    ScOperation *operation = data;
    g_free(operation->id);
    g_free(operation->method);
    g_free(operation->path);
    g_free(operation->pattern);
    g_strfreev(operation->parameters);
    g_free(operation->content_type);
    json_object_unref(operation->query);
    g_free(operation);
}

static JsonObject *
load(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_resource_lookup_data(
        sc_openapi_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
    g_autoptr(JsonParser) parser = json_parser_new();
    gsize length;
    if (bytes != NULL) {
        const char *text = g_bytes_get_data(bytes, &length);
        json_parser_load_from_data(parser, text, (gssize)length, &error);
    }
    if (error != NULL)
        g_error("%s: %s", path, error->message);
    return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

/* Adds the members of @from's object @name to those of @into's; none may stand twice. */
static void
merge_members(JsonObject *into, JsonObject *from, const char *name)
{
    if (!json_object_has_member(from, name))
        return;
    JsonObject *target = json_object_get_object_member(into, name);
    JsonObject *source = json_object_get_object_member(from, name);
    g_autoptr(GList) members = json_object_get_members(source);
    for (GList *link = members; link != NULL; link = link->next) {
        if (json_object_has_member(target, link->data))
            g_error("openapi: %s stands twice in %s", (const char *)link->data, name);
        json_object_set_member(target, link->data,
                               json_object_dup_member(source, link->data));
    }
}

static JsonObject *
merge_files(void)
{
    JsonObject *root = load(BASE);
    g_auto(GStrv) names = g_resource_enumerate_children(
        sc_openapi_get_resource(), PREFIX, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    JsonObject *components = json_object_get_object_member(root, "components");
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *path = g_strconcat(PREFIX, *name, NULL);
        if (g_str_equal(path, BASE))
            continue;
        g_autoptr(JsonObject) group = load(path);
        merge_members(root, group, "paths");
        if (!json_object_has_member(group, "components"))
            continue;
        JsonObject *more = json_object_get_object_member(group, "components");
        merge_members(components, more, "schemas");
        merge_members(components, more, "parameters");
    }
    return root;
}

/* "/a/{id}/b" → "/a/{}/b", and the names. */
static void
set_path(ScOperation *operation, const char *path)
{
    g_auto(GStrv) segments = g_strsplit(path, "/", -1);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (char **segment = segments; *segment != NULL; segment++) {
        size_t length = strlen(*segment);
        if (length < 3 || (*segment)[0] != '{')
            continue;
        g_autofree char *name = g_strndup(*segment + 1, length - 2);
        g_strv_builder_add(names, name);
        strcpy(*segment, "{}");
    }
    operation->path = g_strdup(path);
    operation->pattern = g_strjoinv("/", segments);
    operation->parameters = g_strv_builder_end(names);
}

static unsigned
parse_roles(JsonObject *object, const char *id)
{
    if (!json_object_has_member(object, "x-roles"))
        return 1U << SC_API_NOBODY;
    unsigned roles = 0;
    JsonArray *names = json_object_get_array_member(object, "x-roles");
    for (guint i = 0; i < json_array_get_length(names); i++) {
        const char *name = json_array_get_string_element(names, i);
        unsigned before = roles;
        for (unsigned role = 0; role < SC_N_API_ROLES; role++)
            if (g_str_equal(name, role_names[role]))
                roles |= 1U << role;
        if (roles == before)
            g_error("openapi: %s: there is no role %s", id, name);
    }
    return roles;
}

static void
set_query(ScDocument *self, ScOperation *operation, JsonObject *object)
{
    operation->query = json_object_new();
    if (!json_object_has_member(object, "parameters"))
        return;
    JsonArray *parameters = json_object_get_array_member(object, "parameters");
    for (guint i = 0; i < json_array_get_length(parameters); i++) {
        JsonObject *parameter = json_array_get_object_element(parameters, i);
        if (json_object_has_member(parameter, "$ref")) {
            const char *reference = json_object_get_string_member(parameter, "$ref");
            const char *name = strrchr(reference, '/') + 1;
            if (!json_object_has_member(self->parameters, name))
                g_error("openapi: %s: there is no %s", operation->id, reference);
            parameter = json_object_get_object_member(self->parameters, name);
        }
        if (g_str_equal(json_object_get_string_member(parameter, "in"), "query"))
            json_object_set_object_member(
                operation->query, json_object_get_string_member(parameter, "name"),
                json_object_ref(json_object_get_object_member(parameter, "schema")));
    }
}

static void
set_body(ScOperation *operation, JsonObject *object)
{
    operation->body_max = (size_t)json_object_get_int_member_with_default(
        object, "x-body-max", SC_DOCUMENT_BODY_MAX);
    if (!json_object_has_member(object, "requestBody"))
        return;
    JsonObject *content = json_object_get_object_member(
        json_object_get_object_member(object, "requestBody"), "content");
    g_autoptr(GList) types = json_object_get_members(content);
    g_assert(types != NULL && types->next == NULL);
    operation->content_type = g_strdup(types->data);
    if (g_str_equal(operation->content_type, "application/json"))
        operation->body = json_object_get_object_member(
            json_object_get_object_member(content, types->data), "schema");
}

static void
add_operation(ScDocument *self, const char *path, const char *method, JsonObject *object)
{
    ScOperation *operation = g_new0(ScOperation, 1);
    operation->id = g_strdup(json_object_get_string_member(object, "operationId"));
    operation->method = g_ascii_strup(method, -1);
    set_path(operation, path);
    operation->roles = parse_roles(object, operation->id);
    operation->is_later =
        json_object_get_boolean_member_with_default(object, "x-later", FALSE);
    operation->is_first =
        json_object_get_boolean_member_with_default(object, "x-first", FALSE);
    operation->is_quiet =
        json_object_get_boolean_member_with_default(object, "x-quiet", FALSE);
    set_query(self, operation, object);
    set_body(operation, object);
    g_ptr_array_add(self->operations, operation);
    if (!g_hash_table_insert(self->by_id, operation->id, operation))
        g_error("openapi: operation %s stands twice", operation->id);
}

static void
add_path(ScDocument *self, const char *path, JsonObject *item)
{
    static const char *const methods[] = { "get", "post", "put", "patch", "delete" };
    for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++)
        if (json_object_has_member(item, methods[i]))
            add_operation(self, path, methods[i],
                          json_object_get_object_member(item, methods[i]));
}

/* A path without braces before one with them at the same place, as OpenAPI wants. */
static int
compare_operations(gconstpointer a, gconstpointer b)
{
    const ScOperation *const *left = a;
    const ScOperation *const *right = b;
    g_autofree char *left_key = g_strdup((*left)->pattern);
    g_autofree char *right_key = g_strdup((*right)->pattern);
    return strcmp(g_strdelimit(left_key, "{", '~'), g_strdelimit(right_key, "{", '~'));
}

ScDocument *
sc_document_new(void)
{
    ScDocument *self = g_new0(ScDocument, 1);
    self->root = merge_files();
    JsonObject *components = json_object_get_object_member(self->root, "components");
    self->schemas = json_object_get_object_member(components, "schemas");
    self->parameters = json_object_get_object_member(components, "parameters");
    self->operations = g_ptr_array_new_with_free_func(operation_free);
    self->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    JsonObject *paths = json_object_get_object_member(self->root, "paths");
    g_autoptr(GList) names = json_object_get_members(paths);
    for (GList *link = names; link != NULL; link = link->next)
        add_path(self, link->data, json_object_get_object_member(paths, link->data));
    g_ptr_array_sort(self->operations, compare_operations);
    json_object_set_string_member(json_object_get_object_member(self->root, "info"),
                                  "version", SC_VERSION);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), self->root);
    self->text = json_to_string(node, FALSE);
    return self;
}

void
sc_document_free(ScDocument *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->by_id);
    g_ptr_array_unref(self->operations);
    json_object_unref(self->root);
    g_free(self->text);
    g_free(self);
}

unsigned
sc_document_count(const ScDocument *self)
{
    return self->operations->len;
}

const ScOperation *
sc_document_get(const ScDocument *self, unsigned index)
{
    return g_ptr_array_index(self->operations, index);
}

const ScOperation *
sc_document_lookup(const ScDocument *self, const char *operation)
{
    return g_hash_table_lookup(self->by_id, operation);
}

JsonObject *
sc_document_lookup_schema(const ScDocument *self, const char *name)
{
    return json_object_has_member(self->schemas, name)
               ? json_object_get_object_member(self->schemas, name)
               : NULL;
}

const char *
sc_document_get_text(const ScDocument *self)
{
    return self->text;
}
