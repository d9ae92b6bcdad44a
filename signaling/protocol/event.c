/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/event.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "signaling/protocol/fields.h"

#define LOSS_MAX_PCT 100.0
#define RTT_MAX_MS 1000000
#define RATE_MAX_KBPS 100000000

static void
put_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, text);
}

static void
put_nullable_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text[0] != '\0')
        json_builder_add_string_value(builder, text);
    else
        json_builder_add_null_value(builder);
}

static void
put_integer(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

static void
put_bool(JsonBuilder *builder, const char *name, bool value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

static ScRole
read_role(ScFields *fields)
{
    ScRole role = SC_ROLE_OBSERVER;
    char name[16];
    sc_fields_read_text(fields, "role", name, sizeof name);
    if (name[0] != '\0' && !sc_role_parse(name, &role))
        sc_fields_refuse(fields, "role: unknown word “%s”", name);
    return role;
}

/* welcome */

static void
parse_lesson(ScFields *outer, ScWelcomeEvent *welcome)
{
    JsonObject *object = sc_fields_read_object(outer, "lesson");
    if (object == NULL)
        return;
    ScFields fields;
    sc_fields_init(&fields, object);
    sc_fields_read_text(&fields, "id", welcome->lesson, sizeof welcome->lesson);
    sc_fields_read_nullable_text(&fields, "title", welcome->title, sizeof welcome->title);
    sc_fields_read_nullable_text(&fields, "subject", welcome->subject,
                                 sizeof welcome->subject);
    sc_fields_read_nullable_text(&fields, "starts_at", welcome->starts_at,
                                 sizeof welcome->starts_at);
    sc_fields_read_nullable_text(&fields, "ends_at", welcome->ends_at,
                                 sizeof welcome->ends_at);
    welcome->state = (ScLessonState)sc_fields_read_word(
        &fields, "state", sc_word_lesson_states, SC_N_LESSON_STATES);
    if (!sc_fields_finish(&fields, &outer->error))
        g_prefix_error(&outer->error, "lesson: ");
}

static void
parse_you(ScFields *outer, ScWelcomeEvent *welcome)
{
    JsonObject *object = sc_fields_read_object(outer, "you");
    if (object == NULL)
        return;
    ScFields fields;
    sc_fields_init(&fields, object);
    sc_fields_read_text(&fields, "site", welcome->site, sizeof welcome->site);
    sc_fields_read_nullable_text(&fields, "name", welcome->name, sizeof welcome->name);
    welcome->role = read_role(&fields);
    if (!sc_fields_finish(&fields, &outer->error))
        g_prefix_error(&outer->error, "you: ");
}

static void
parse_site(ScFields *fields, ScEventSite *site)
{
    sc_fields_read_text(fields, "site", site->site, sizeof site->site);
    sc_fields_read_nullable_text(fields, "name", site->name, sizeof site->name);
    sc_fields_read_nullable_text(fields, "school", site->school, sizeof site->school);
    site->role = read_role(fields);
    site->tile = SC_NO_TILE;
    if (sc_fields_has(fields, "tile"))
        site->tile =
            (int)sc_fields_read_integer(fields, "tile", 0, SC_EVENT_SITES_MAX - 1);
    site->present = sc_fields_read_bool(fields, "present");
}

static void
parse_sites(ScFields *outer, ScWelcomeEvent *welcome)
{
    JsonArray *array = sc_fields_read_array(outer, "sites", SC_EVENT_SITES_MAX);
    if (array == NULL || outer->error != NULL)
        return;
    welcome->n_sites = json_array_get_length(array);
    welcome->sites = g_new0(ScEventSite, welcome->n_sites);
    for (unsigned i = 0; i < welcome->n_sites && outer->error == NULL; i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_OBJECT(node)) {
            sc_fields_refuse(outer, "sites[%u]: not an object", i);
            return;
        }
        ScFields fields;
        sc_fields_init(&fields, json_node_get_object(node));
        parse_site(&fields, &welcome->sites[i]);
        if (!sc_fields_finish(&fields, &outer->error))
            g_prefix_error(&outer->error, "sites[%u].", i);
    }
}

static void
parse_welcome(ScFields *fields, ScEvent *event)
{
    if (fields->error == NULL)
        parse_lesson(fields, &event->welcome);
    if (fields->error == NULL)
        parse_you(fields, &event->welcome);
    if (fields->error == NULL)
        parse_sites(fields, &event->welcome);
    sc_fields_read_nullable_text(fields, "floor", event->welcome.floor,
                                 sizeof event->welcome.floor);
}

static void
print_site(JsonBuilder *builder, const ScEventSite *site)
{
    json_builder_begin_object(builder);
    put_text(builder, "site", site->site);
    put_text(builder, "name", site->name);
    put_text(builder, "school", site->school);
    put_text(builder, "role", sc_role_get_name(site->role));
    if (site->tile != SC_NO_TILE)
        put_integer(builder, "tile", site->tile);
    put_bool(builder, "present", site->present);
    json_builder_end_object(builder);
}

static void
print_welcome(JsonBuilder *builder, const ScEvent *event)
{
    const ScWelcomeEvent *welcome = &event->welcome;
    json_builder_set_member_name(builder, "lesson");
    json_builder_begin_object(builder);
    put_text(builder, "id", welcome->lesson);
    put_text(builder, "title", welcome->title);
    put_text(builder, "subject", welcome->subject);
    put_text(builder, "starts_at", welcome->starts_at);
    put_text(builder, "ends_at", welcome->ends_at);
    put_text(builder, "state", sc_word_lesson_states[welcome->state]);
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "you");
    json_builder_begin_object(builder);
    put_text(builder, "site", welcome->site);
    put_text(builder, "name", welcome->name);
    put_text(builder, "role", sc_role_get_name(welcome->role));
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "sites");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < welcome->n_sites; i++)
        print_site(builder, &welcome->sites[i]);
    json_builder_end_array(builder);
    put_nullable_text(builder, "floor", welcome->floor);
}

static void
clear_welcome(ScEvent *event)
{
    g_clear_pointer(&event->welcome.sites, g_free);
    event->welcome.n_sites = 0;
}

/* joined, left */

static void
parse_presence(ScFields *fields, ScEvent *event)
{
    sc_fields_read_text(fields, "site", event->presence.site,
                        sizeof event->presence.site);
    event->presence.publishing = sc_fields_read_bool(fields, "publishing");
    event->presence.subscribed = sc_fields_read_bool(fields, "subscribed");
}

static void
print_presence(JsonBuilder *builder, const ScEvent *event)
{
    put_text(builder, "site", event->presence.site);
    put_bool(builder, "publishing", event->presence.publishing);
    put_bool(builder, "subscribed", event->presence.subscribed);
}

/* floor */

static void
parse_floor(ScFields *fields, ScEvent *event)
{
    if (!json_object_has_member(fields->object, "site"))
        sc_fields_refuse(fields, "site: missing");
    sc_fields_read_nullable_text(fields, "site", event->floor.site,
                                 sizeof event->floor.site);
}

static void
print_floor(JsonBuilder *builder, const ScEvent *event)
{
    put_nullable_text(builder, "site", event->floor.site);
}

/* quality */

static void
parse_quality(ScFields *fields, ScEvent *event)
{
    ScQualityEvent *quality = &event->quality;
    sc_fields_read_text(fields, "site", quality->site, sizeof quality->site);
    quality->direction = (ScDirection)sc_fields_read_word(
        fields, "direction", sc_word_directions, SC_N_DIRECTIONS);
    quality->loss_pct = sc_fields_read_number(fields, "loss_pct", 0, LOSS_MAX_PCT);
    quality->rtt_ms = (unsigned)sc_fields_read_integer(fields, "rtt_ms", 0, RTT_MAX_MS);
    quality->kbps = (unsigned)sc_fields_read_integer(fields, "kbps", 0, RATE_MAX_KBPS);
    quality->level =
        (ScLevel)sc_fields_read_word(fields, "level", sc_word_levels, SC_N_LEVELS);
}

static void
print_quality(JsonBuilder *builder, const ScEvent *event)
{
    const ScQualityEvent *quality = &event->quality;
    put_text(builder, "site", quality->site);
    put_text(builder, "direction", sc_word_directions[quality->direction]);
    json_builder_set_member_name(builder, "loss_pct");
    json_builder_add_double_value(builder, quality->loss_pct);
    put_integer(builder, "rtt_ms", quality->rtt_ms);
    put_integer(builder, "kbps", quality->kbps);
    put_text(builder, "level", sc_word_levels[quality->level]);
}

/* rejoin */

static void
parse_rejoin(ScFields *fields, ScEvent *event)
{
    sc_fields_read_nullable_text(fields, "reason", event->rejoin.reason,
                                 sizeof event->rejoin.reason);
    JsonArray *array = sc_fields_read_array(fields, "sessions", SC_EVENT_SESSIONS_MAX);
    if (array == NULL)
        return;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (unsigned i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        if (!JSON_NODE_HOLDS_VALUE(node)
            || json_node_get_value_type(node) != G_TYPE_STRING
            || strlen(json_node_get_string(node)) > SC_LOCATION_MAX) {
            sc_fields_refuse(fields, "sessions[%u]: not a text of at most %d bytes", i,
                             SC_LOCATION_MAX);
            return;
        }
        g_strv_builder_add(builder, json_node_get_string(node));
    }
    event->rejoin.sessions = g_strv_builder_end(builder);
}

static void
print_rejoin(JsonBuilder *builder, const ScEvent *event)
{
    json_builder_set_member_name(builder, "sessions");
    json_builder_begin_array(builder);
    for (char **session = event->rejoin.sessions; session != NULL && *session != NULL;
         session++)
        json_builder_add_string_value(builder, *session);
    json_builder_end_array(builder);
    put_text(builder, "reason", event->rejoin.reason);
}

static void
clear_rejoin(ScEvent *event)
{
    g_clear_pointer(&event->rejoin.sessions, g_strfreev);
}

/* pong, error */

static void
parse_nothing(ScFields *fields G_GNUC_UNUSED, ScEvent *event G_GNUC_UNUSED)
{
}

static void
print_nothing(JsonBuilder *builder G_GNUC_UNUSED, const ScEvent *event G_GNUC_UNUSED)
{
}

static void
parse_error(ScFields *fields, ScEvent *event)
{
    sc_fields_read_text(fields, "problem", event->error.problem,
                        sizeof event->error.problem);
    sc_fields_read_nullable_text(fields, "detail", event->error.detail,
                                 sizeof event->error.detail);
}

static void
print_error(JsonBuilder *builder, const ScEvent *event)
{
    put_text(builder, "problem", event->error.problem);
    put_text(builder, "detail", event->error.detail);
}

static const struct {
    const char *name;
    void (*parse)(ScFields *fields, ScEvent *event);
    void (*print)(JsonBuilder *builder, const ScEvent *event);
    void (*clear)(ScEvent *event); /* NULL: owns nothing */
} messages[] = {
    [SC_EVENT_WELCOME] = { "welcome", parse_welcome, print_welcome, clear_welcome },
    [SC_EVENT_JOINED] = { "joined", parse_presence, print_presence, NULL },
    [SC_EVENT_LEFT] = { "left", parse_presence, print_presence, NULL },
    [SC_EVENT_FLOOR] = { "floor", parse_floor, print_floor, NULL },
    [SC_EVENT_QUALITY] = { "quality", parse_quality, print_quality, NULL },
    [SC_EVENT_REJOIN] = { "rejoin", parse_rejoin, print_rejoin, clear_rejoin },
    [SC_EVENT_PONG] = { "pong", parse_nothing, print_nothing, NULL },
    [SC_EVENT_ERROR] = { "error", parse_error, print_error, NULL },
};

static bool
find_type(const char *name, ScEventType *out_type, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        if (g_str_equal(messages[i].name, name)) {
            *out_type = (ScEventType)i;
            return true;
        }
    }
    g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_UNKNOWN_TYPE,
                "type: unknown “%s”", name);
    return false;
}

bool
sc_event_parse(const char *text, size_t length, ScEvent *out_event, GError **error)
{
    g_autoptr(JsonObject) object =
        sc_fields_parse_object(text, length, SC_EVENT_MAX, error);
    if (object == NULL)
        return false;

    ScFields fields;
    sc_fields_init(&fields, object);
    g_auto(ScEvent) event = { .id = SC_NO_ID };
    char type[32];
    sc_fields_read_text(&fields, "type", type, sizeof type);
    if (sc_fields_has(&fields, "id"))
        event.id = sc_fields_read_integer(&fields, "id", 0, SC_REQUEST_ID_MAX);
    if (sc_fields_has(&fields, "seq"))
        event.seq = (uint64_t)sc_fields_read_integer(&fields, "seq", 0, INT64_MAX);
    if (!sc_fields_finish(&fields, error) || !find_type(type, &event.type, error))
        return false;
    messages[event.type].parse(&fields, &event);
    if (!sc_fields_finish(&fields, error))
        return false;
    *out_event = event;
    event = (ScEvent){ .type = SC_EVENT_PONG };
    return true;
}

void
sc_event_copy_text(char *out_text, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && (text[length] & 0xc0) == 0x80) /* inside a character */
            length--;
    }
    memcpy(out_text, text, length);
    out_text[length] = '\0';
}

char *
sc_event_print(const ScEvent *event)
{
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
    json_builder_begin_object(builder);
    put_text(builder, "type", messages[event->type].name);
    if (event->seq != 0)
        put_integer(builder, "seq", (int64_t)event->seq);
    if (event->id != SC_NO_ID)
        put_integer(builder, "id", event->id);
    messages[event->type].print(builder, event);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}

void
sc_event_clear(ScEvent *event)
{
    if (messages[event->type].clear != NULL)
        messages[event->type].clear(event);
}
