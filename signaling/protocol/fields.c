/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/fields.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "signaling/protocol/word.h"

G_DEFINE_QUARK(sc - protocol - error, sc_protocol_error)

#define NUL_ESCAPE "\\u0000"

/* What json-glib does not mind and we do: it recurses once per level, so that a short
 * text of brackets alone would eat the stack; it ends a text at a NUL; and it reads no
 * further than the first value. NULL: none of these. */
static const char *
find_fault(const char *text, size_t length)
{
    unsigned depth = 0;
    bool in_string = false, is_over = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (is_over && strchr(" \t\r\n", c) == NULL)
            return "goes on after its end";
        if (in_string) {
            if (c == '\\' && length - i >= strlen(NUL_ESCAPE)
                && memcmp(text + i, NUL_ESCAPE, strlen(NUL_ESCAPE)) == 0)
                return "holds a NUL, " NUL_ESCAPE;
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > SC_FIELDS_DEPTH_MAX)
                return "nested deeper than " G_STRINGIFY(SC_FIELDS_DEPTH_MAX);
        } else if ((c == ']' || c == '}') && depth > 0) {
            is_over = --depth == 0;
        }
    }
    return NULL;
}

JsonObject *
sc_fields_parse_object(const char *text, size_t length, size_t max_length, GError **error)
{
    if (length > max_length) {
        g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_BAD_MESSAGE,
                    "%zu bytes, at most %zu", length, max_length);
        return NULL;
    }
    const char *fault = find_fault(text, length);
    if (fault != NULL) {
        g_set_error_literal(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_BAD_MESSAGE,
                            fault);
        return NULL;
    }
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!g_utf8_validate_len(text, length, NULL)
        || !json_parser_load_from_data(parser, text, (gssize)length, NULL)) {
        g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_BAD_MESSAGE,
                    "not JSON in UTF-8");
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_BAD_MESSAGE,
                    "not a JSON object");
        return NULL;
    }
    return json_node_dup_object(root);
}

void
sc_fields_init(ScFields *self, JsonObject *object)
{
    self->object = object;
    self->error = NULL;
}

bool
sc_fields_finish(ScFields *self, GError **error)
{
    if (self->error == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&self->error));
    return false;
}

void
sc_fields_refuse(ScFields *self, const char *format, ...)
{
    if (self->error != NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    self->error = g_error_new_valist(SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_BAD_MESSAGE,
                                     format, arguments);
    va_end(arguments);
}

bool
sc_fields_has(const ScFields *self, const char *name)
{
    JsonNode *node = json_object_get_member(self->object, name);
    return node != NULL && !JSON_NODE_HOLDS_NULL(node);
}

/* The member where it holds a plain value of @type, else NULL and remembered. */
static JsonNode *
get_value(ScFields *self, const char *name, GType type, const char *type_name)
{
    JsonNode *node = json_object_get_member(self->object, name);
    if (node == NULL) {
        sc_fields_refuse(self, "%s: missing", name);
        return NULL;
    }
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != type) {
        sc_fields_refuse(self, "%s: not %s", name, type_name);
        return NULL;
    }
    return node;
}

static void
read_text(ScFields *self, const char *name, size_t min, char *out_text, size_t size)
{
    JsonNode *node = get_value(self, name, G_TYPE_STRING, "a text");
    if (node == NULL)
        return;
    const char *text = json_node_get_string(node);
    size_t length = strlen(text);
    if (length < min || length >= size) {
        sc_fields_refuse(self, "%s: %zu bytes, %zu to %zu", name, length, min, size - 1);
        return;
    }
    memcpy(out_text, text, length + 1);
}

void
sc_fields_read_text(ScFields *self, const char *name, char *out_text, size_t size)
{
    out_text[0] = '\0';
    read_text(self, name, 1, out_text, size);
}

void
sc_fields_read_characters(ScFields *self, const char *name, char *out_text, unsigned max)
{
    out_text[0] = '\0';
    JsonNode *node = get_value(self, name, G_TYPE_STRING, "a text");
    if (node == NULL)
        return;
    const char *text = json_node_get_string(node);
    glong length = g_utf8_strlen(text, -1);
    if (length < 1 || length > (glong)max)
        sc_fields_refuse(self, "%s: %ld characters, 1 to %u", name, length, max);
    else
        strcpy(out_text, text);
}

void
sc_fields_read_nullable_text(ScFields *self, const char *name, char *out_text,
                             size_t size)
{
    out_text[0] = '\0';
    if (sc_fields_has(self, name))
        read_text(self, name, 0, out_text, size);
}

unsigned
sc_fields_read_word(ScFields *self, const char *name, const char *const *words,
                    unsigned n_words)
{
    unsigned index = 0;
    char text[64];
    sc_fields_read_text(self, name, text, sizeof text);
    if (text[0] != '\0' && !sc_word_find(words, n_words, text, &index))
        sc_fields_refuse(self, "%s: unknown word “%s”", name, text);
    return index;
}

int64_t
sc_fields_read_integer(ScFields *self, const char *name, int64_t min, int64_t max)
{
    JsonNode *node = get_value(self, name, G_TYPE_INT64, "an integer");
    if (node == NULL)
        return min;
    int64_t value = json_node_get_int(node);
    if (value >= min && value <= max)
        return value;
    sc_fields_refuse(self, "%s: %" PRId64 ", from %" PRId64 " to %" PRId64, name, value,
                     min, max);
    return min;
}

double
sc_fields_read_number(ScFields *self, const char *name, double min, double max)
{
    JsonNode *node = json_object_get_member(self->object, name);
    GType type = node != NULL && JSON_NODE_HOLDS_VALUE(node)
                     ? json_node_get_value_type(node)
                     : G_TYPE_INVALID;
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
        sc_fields_refuse(self, node == NULL ? "%s: missing" : "%s: not a number", name);
        return min;
    }
    double value = json_node_get_double(node);
    if (isfinite(value) && value >= min && value <= max)
        return value;
    sc_fields_refuse(self, "%s: %g, from %g to %g", name, value, min, max);
    return min;
}

bool
sc_fields_read_bool(ScFields *self, const char *name)
{
    JsonNode *node = get_value(self, name, G_TYPE_BOOLEAN, "true or false");
    return node != NULL && json_node_get_boolean(node);
}

JsonArray *
sc_fields_read_array(ScFields *self, const char *name, unsigned max)
{
    JsonNode *node = json_object_get_member(self->object, name);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node)) {
        sc_fields_refuse(self, node == NULL ? "%s: missing" : "%s: not an array", name);
        return NULL;
    }
    JsonArray *array = json_node_get_array(node);
    if (json_array_get_length(array) > max) {
        sc_fields_refuse(self, "%s: %u elements, at most %u", name,
                         json_array_get_length(array), max);
        return NULL;
    }
    return array;
}

JsonObject *
sc_fields_read_object(ScFields *self, const char *name)
{
    JsonNode *node = json_object_get_member(self->object, name);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        sc_fields_refuse(self, node == NULL ? "%s: missing" : "%s: not an object", name);
        return NULL;
    }
    return json_node_get_object(node);
}
