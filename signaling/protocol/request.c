/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/request.h"

#include <json-glib/json-glib.h>

#include "signaling/protocol/fields.h"
#include "signaling/protocol/form.h"

static void
parse_hello(ScFields *fields, ScRequest *request)
{
    sc_fields_read_text(fields, "token", request->hello.token,
                        sizeof request->hello.token);
    request->hello.language = SC_LANGUAGE_ZH_CN;
    if (sc_fields_has(fields, "language"))
        request->hello.language = (ScLanguage)sc_fields_read_word(
            fields, "language", sc_word_languages, SC_N_LANGUAGES);
}

static void
print_hello(JsonBuilder *builder, const ScRequest *request)
{
    json_builder_set_member_name(builder, "token");
    json_builder_add_string_value(builder, request->hello.token);
    json_builder_set_member_name(builder, "language");
    json_builder_add_string_value(builder, sc_word_languages[request->hello.language]);
}

static void
parse_floor(ScFields *fields, ScRequest *request)
{
    if (!json_object_has_member(fields->object, "site"))
        sc_fields_refuse(fields, "site: missing");
    sc_fields_read_nullable_text(fields, "site", request->floor.site,
                                 sizeof request->floor.site);
}

static void
print_floor(JsonBuilder *builder, const ScRequest *request)
{
    json_builder_set_member_name(builder, "site");
    if (request->floor.site[0] != '\0')
        json_builder_add_string_value(builder, request->floor.site);
    else
        json_builder_add_null_value(builder);
}

static void
parse_extend(ScFields *fields, ScRequest *request)
{
    request->extend.minutes =
        (unsigned)sc_fields_read_integer(fields, "minutes", 1, SC_EXTEND_MAX_MIN);
}

static void
print_extend(JsonBuilder *builder, const ScRequest *request)
{
    json_builder_set_member_name(builder, "minutes");
    json_builder_add_int_value(builder, request->extend.minutes);
}

static void
parse_nothing(ScFields *fields G_GNUC_UNUSED, ScRequest *request G_GNUC_UNUSED)
{
}

static void
parse_ping(ScFields *fields, ScRequest *request)
{
    if (request->id == SC_NO_ID)
        sc_fields_refuse(fields, "id: missing");
}

static void
print_nothing(JsonBuilder *builder G_GNUC_UNUSED, const ScRequest *request G_GNUC_UNUSED)
{
}

static const ScRequestForm forms[SC_REQUEST_FIRST_OF_ROOM] = {
    [SC_REQUEST_HELLO] = { "hello", parse_hello, print_hello },
    [SC_REQUEST_FLOOR] = { "floor", parse_floor, print_floor },
    [SC_REQUEST_EXTEND] = { "extend", parse_extend, print_extend },
    [SC_REQUEST_END] = { "end", parse_nothing, print_nothing },
    [SC_REQUEST_PING] = { "ping", parse_ping, print_nothing },
};

static const ScRequestForm *
get_form(ScRequestType type)
{
    return type < SC_REQUEST_FIRST_OF_ROOM
               ? &forms[type]
               : &sc_room_request_forms[type - SC_REQUEST_FIRST_OF_ROOM];
}

const char *
sc_request_get_name(ScRequestType type)
{
    return get_form(type)->name;
}

static bool
find_type(const char *name, ScRequestType *out_type, GError **error)
{
    for (unsigned i = 0; i < SC_N_REQUESTS; i++) {
        if (g_str_equal(get_form((ScRequestType)i)->name, name)) {
            *out_type = (ScRequestType)i;
            return true;
        }
    }
    g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_UNKNOWN_TYPE,
                "type: unknown “%s”", name);
    return false;
}

bool
sc_request_parse(const char *text, size_t length, ScRequest *out_request, GError **error)
{
    *out_request = (ScRequest){ .id = SC_NO_ID };
    g_autoptr(JsonObject) object =
        sc_fields_parse_object(text, length, SC_MESSAGE_MAX, error);
    if (object == NULL)
        return false;

    ScFields fields;
    sc_fields_init(&fields, object);
    char type[32];
    if (sc_fields_has(&fields, "id"))
        out_request->id = sc_fields_read_integer(&fields, "id", 0, SC_REQUEST_ID_MAX);
    if (fields.error != NULL) /* could not be read, so it is not echoed */
        out_request->id = SC_NO_ID;
    sc_fields_read_text(&fields, "type", type, sizeof type);
    if (!sc_fields_finish(&fields, error) || !find_type(type, &out_request->type, error))
        return false;
    get_form(out_request->type)->parse(&fields, out_request);
    return sc_fields_finish(&fields, error);
}

char *
sc_request_print(const ScRequest *request)
{
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "type");
    json_builder_add_string_value(builder, get_form(request->type)->name);
    if (request->id != SC_NO_ID) {
        json_builder_set_member_name(builder, "id");
        json_builder_add_int_value(builder, request->id);
    }
    get_form(request->type)->print(builder, request);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}
