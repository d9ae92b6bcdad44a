/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/protocol/event.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "signaling/protocol/fields.h"
#include "signaling/protocol/form.h"

#define LOSS_MAX_PCT 100.0
#define RTT_MAX_MS 1000000
#define RATE_MAX_KBPS 100000000

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
    welcome->phase = SC_NO_PHASE;
    if (sc_fields_has(&fields, "phase"))
        welcome->phase = (int)sc_fields_read_word(&fields, "phase", sc_word_bell_phases,
                                                  SC_N_BELL_PHASES);
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
    sc_fields_read_nullable_text(fields, "now", event->welcome.now,
                                 sizeof event->welcome.now);
    if (fields->error == NULL && sc_fields_has(fields, "room"))
        event->welcome.room = sc_form_read_room(fields);
}

static void
print_site(JsonBuilder *builder, const ScEventSite *site)
{
    json_builder_begin_object(builder);
    sc_form_put_text(builder, "site", site->site);
    sc_form_put_text(builder, "name", site->name);
    sc_form_put_text(builder, "school", site->school);
    sc_form_put_text(builder, "role", sc_role_get_name(site->role));
    if (site->tile != SC_NO_TILE)
        sc_form_put_integer(builder, "tile", site->tile);
    sc_form_put_bool(builder, "present", site->present);
    json_builder_end_object(builder);
}

static void
print_welcome(JsonBuilder *builder, const ScEvent *event)
{
    const ScWelcomeEvent *welcome = &event->welcome;
    json_builder_set_member_name(builder, "lesson");
    json_builder_begin_object(builder);
    sc_form_put_text(builder, "id", welcome->lesson);
    sc_form_put_text(builder, "title", welcome->title);
    sc_form_put_text(builder, "subject", welcome->subject);
    sc_form_put_text(builder, "starts_at", welcome->starts_at);
    sc_form_put_text(builder, "ends_at", welcome->ends_at);
    sc_form_put_text(builder, "state", sc_word_lesson_states[welcome->state]);
    if (welcome->phase != SC_NO_PHASE)
        sc_form_put_text(builder, "phase", sc_word_bell_phases[welcome->phase]);
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "you");
    json_builder_begin_object(builder);
    sc_form_put_text(builder, "site", welcome->site);
    sc_form_put_text(builder, "name", welcome->name);
    sc_form_put_text(builder, "role", sc_role_get_name(welcome->role));
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "sites");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < welcome->n_sites; i++)
        print_site(builder, &welcome->sites[i]);
    json_builder_end_array(builder);
    sc_form_put_nullable_text(builder, "floor", welcome->floor);
    sc_form_put_text(builder, "now", welcome->now);
    if (welcome->room != NULL)
        sc_form_put_room(builder, welcome->room, welcome->role);
}

static void
clear_welcome(ScEvent *event)
{
    g_clear_pointer(&event->welcome.room, sc_welcome_room_free);
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
    sc_form_put_text(builder, "site", event->presence.site);
    sc_form_put_bool(builder, "publishing", event->presence.publishing);
    sc_form_put_bool(builder, "subscribed", event->presence.subscribed);
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
    sc_form_put_nullable_text(builder, "site", event->floor.site);
}

/* bell */

static void
parse_bell(ScFields *fields, ScEvent *event)
{
    ScBellEvent *bell = &event->bell;
    bell->phase = (ScBellPhase)sc_fields_read_word(fields, "phase", sc_word_bell_phases,
                                                   SC_N_BELL_PHASES);
    sc_fields_read_text(fields, "starts_at", bell->starts_at, sizeof bell->starts_at);
    sc_fields_read_text(fields, "ends_at", bell->ends_at, sizeof bell->ends_at);
    sc_fields_read_text(fields, "now", bell->now, sizeof bell->now);
}

static void
print_bell(JsonBuilder *builder, const ScEvent *event)
{
    sc_form_put_text(builder, "phase", sc_word_bell_phases[event->bell.phase]);
    sc_form_put_text(builder, "starts_at", event->bell.starts_at);
    sc_form_put_text(builder, "ends_at", event->bell.ends_at);
    sc_form_put_text(builder, "now", event->bell.now);
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
    sc_form_put_text(builder, "site", quality->site);
    sc_form_put_text(builder, "direction", sc_word_directions[quality->direction]);
    json_builder_set_member_name(builder, "loss_pct");
    json_builder_add_double_value(builder, quality->loss_pct);
    sc_form_put_integer(builder, "rtt_ms", quality->rtt_ms);
    sc_form_put_integer(builder, "kbps", quality->kbps);
    sc_form_put_text(builder, "level", sc_word_levels[quality->level]);
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
    sc_form_put_text(builder, "reason", event->rejoin.reason);
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
    sc_form_put_text(builder, "problem", event->error.problem);
    sc_form_put_text(builder, "detail", event->error.detail);
}

static const ScEventForm forms[SC_EVENT_FIRST_OF_ROOM] = {
    [SC_EVENT_WELCOME] = { "welcome", parse_welcome, print_welcome, clear_welcome },
    [SC_EVENT_JOINED] = { "joined", parse_presence, print_presence, NULL },
    [SC_EVENT_LEFT] = { "left", parse_presence, print_presence, NULL },
    [SC_EVENT_FLOOR] = { "floor", parse_floor, print_floor, NULL },
    [SC_EVENT_BELL] = { "bell", parse_bell, print_bell, NULL },
    [SC_EVENT_QUALITY] = { "quality", parse_quality, print_quality, NULL },
    [SC_EVENT_REJOIN] = { "rejoin", parse_rejoin, print_rejoin, clear_rejoin },
    [SC_EVENT_PONG] = { "pong", parse_nothing, print_nothing, NULL },
    [SC_EVENT_ERROR] = { "error", parse_error, print_error, NULL },
};

static const ScEventForm *
get_form(ScEventType type)
{
    return type < SC_EVENT_FIRST_OF_ROOM
               ? &forms[type]
               : &sc_room_event_forms[type - SC_EVENT_FIRST_OF_ROOM];
}

static bool
find_type(const char *name, ScEventType *out_type, GError **error)
{
    for (unsigned i = 0; i < SC_N_EVENTS; i++) {
        if (g_str_equal(get_form((ScEventType)i)->name, name)) {
            *out_type = (ScEventType)i;
            return true;
        }
    }
    g_set_error(error, SC_PROTOCOL_ERROR, SC_PROTOCOL_ERROR_UNKNOWN_TYPE,
                "type: unknown “%s”", name);
    return false;
}

bool
sc_event_is_numbered(ScEventType type)
{
    switch (type) {
    case SC_EVENT_QUALITY:
    case SC_EVENT_REJOIN:
    case SC_EVENT_PONG:
    case SC_EVENT_ERROR:
    case SC_EVENT_ANSWERED:
    case SC_EVENT_TALLY:
    case SC_EVENT_REACT:
    case SC_EVENT_POINTER:
    case SC_EVENT_FLOOR_TIME:
    case SC_N_EVENTS:
        return false;
    case SC_EVENT_WELCOME:
    case SC_EVENT_JOINED:
    case SC_EVENT_LEFT:
    case SC_EVENT_FLOOR:
    case SC_EVENT_BELL:
    case SC_EVENT_DOCUMENT:
    case SC_EVENT_DOCUMENT_REMOVED:
    case SC_EVENT_PAGE:
    case SC_EVENT_HAND:
    case SC_EVENT_MUTE:
    case SC_EVENT_ROLL_CALL:
    case SC_EVENT_PRESENT:
    case SC_EVENT_QUIZ:
    case SC_EVENT_CHAT:
    case SC_EVENT_CHAT_OPEN:
    case SC_EVENT_CHAT_REMOVED:
    case SC_EVENT_PEN:
    case SC_EVENT_PEN_CLEAR:
    case SC_EVENT_HELP:
        break;
    }
    return true;
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
    sc_fields_read_nullable_text(&fields, "at", event.at, sizeof event.at);
    if (!sc_fields_finish(&fields, error) || !find_type(type, &event.type, error))
        return false;
    get_form(event.type)->parse(&fields, &event);
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

void
sc_event_write_instant(int64_t time_ms, char out_text[SC_INSTANT_MAX + 1])
{
    g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc(time_ms / 1000);
    g_autoptr(GDateTime) instant =
        second != NULL ? g_date_time_add(second, time_ms % 1000 * 1000) : NULL;
    g_autofree char *text =
        instant != NULL ? g_date_time_format_iso8601(instant) : g_strdup("");
    sc_event_copy_text(out_text, SC_INSTANT_MAX + 1, text);
}

char *
sc_event_print(const ScEvent *event)
{
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();
    json_builder_begin_object(builder);
    sc_form_put_text(builder, "type", get_form(event->type)->name);
    if (event->seq != 0)
        sc_form_put_integer(builder, "seq", (int64_t)event->seq);
    if (event->id != SC_NO_ID)
        sc_form_put_integer(builder, "id", event->id);
    if (event->at[0] != '\0')
        sc_form_put_text(builder, "at", event->at);
    get_form(event->type)->print(builder, event);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}

void
sc_event_clear(ScEvent *event)
{
    if (get_form(event->type)->clear != NULL)
        get_form(event->type)->clear(event);
}
