/* SPDX-License-Identifier: Apache-2.0 */
/* device-side.c: what a device asks once it is enrolled: who it is, which lessons come,
 * and to be let into one. */
#include "signaling/api/handlers.h"
#include "signaling/api/lesson-door.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/store/device.h"
#include "signaling/store/enrolment.h"
#include "signaling/store/query.h"

#define AHEAD_MS (7 * 24 * 3600 * 1000LL)
#define LESSONS_MAX 50

static bool
add_self(ScCall *call, JsonObject *answer, GError **error)
{
    const ScActor *actor = sc_call_get_actor(call);
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT site.name, organisation.name FROM site"
                       " JOIN organisation ON organisation.id = site.organisation"
                       " WHERE site.id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, actor->site);
    if (!sc_query_step(&query, &has_row, error) || !has_row)
        return false;
    JsonObject *device = json_object_new();
    json_object_set_string_member(device, "id", actor->id);
    json_object_set_string_member(device, "name", actor->name);
    json_object_set_object_member(answer, "device", device);
    JsonObject *site = json_object_new();
    json_object_set_string_member(site, "id", actor->site);
    json_object_set_string_member(site, "name", sc_query_get_text(&query, 0));
    json_object_set_string_member(site, "school", sc_query_get_text(&query, 1));
    json_object_set_object_member(answer, "site", site);
    return true;
}

static JsonObject *
read_lesson(ScCall *call, const ScQuery *query)
{
    static const char *const names[] = { "id", "title", "subject", "state", "role" };
    const ScConfig *config = sc_call_get_parts(call)->config;
    JsonObject *lesson = json_object_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        json_object_set_string_member(lesson, names[i], sc_query_get_text(query, (int)i));
    if (sc_query_is_null(query, 5))
        json_object_set_null_member(lesson, "teacher");
    else
        json_object_set_string_member(lesson, "teacher", sc_query_get_text(query, 5));
    int64_t starts_ms = sc_query_get_integer(query, 6);
    sc_timestamp_set_member(lesson, "starts_at", starts_ms);
    sc_timestamp_set_member(lesson, "ends_at", sc_query_get_integer(query, 7));
    sc_timestamp_set_member(lesson, "opens_at",
                            starts_ms - config->early_min * 60 * 1000LL);
    return lesson;
}

static bool
add_lessons(ScCall *call, JsonObject *answer, GError **error)
{
    int64_t now_ms = sc_call_get_now_ms(call);
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) lessons = json_array_new();
    bool has_row;
    if (!sc_query_init(
            &query, sc_call_get_store(call),
            "SELECT lesson.id, title, subject, lesson.state, role, person.name, "
            "starts_ms,"
            " ends_ms + overtime_min * 60000 FROM lesson_site"
            " CROSS JOIN lesson ON lesson.id = lesson_site.lesson" /* in this order */
            " LEFT JOIN person ON person.id = lesson.teacher"
            " WHERE lesson_site.site = $1 AND lesson.state IN ('scheduled', 'live')"
            " AND ends_ms + overtime_min * 60000 > $2 AND starts_ms < $3"
            " ORDER BY starts_ms LIMIT $4",
            error))
        return false;
    sc_query_bind_text(&query, sc_call_get_actor(call)->site);
    sc_query_bind_integer(&query, now_ms);
    sc_query_bind_integer(&query, now_ms + AHEAD_MS);
    sc_query_bind_integer(&query, LESSONS_MAX);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(answer, "lessons", g_steal_pointer(&lessons));
            return true;
        }
        json_array_add_object_element(lessons, read_lesson(call, &query));
    }
    return false;
}

static bool
get_self(ScCall *call, GError **error)
{
    g_autoptr(JsonObject) answer = json_object_new();
    if (!add_self(call, answer, error) || !add_lessons(call, answer, error))
        return false;
    sc_timestamp_set_member(answer, "now", sc_call_get_now_ms(call));
    json_object_set_string_member(answer, "zone", sc_call_get_parts(call)->config->zone);
    sc_call_answer_object(call, 200, g_steal_pointer(&answer));
    return true;
}

static int64_t
get_figure(JsonObject *line, const char *name)
{
    return json_object_get_int_member_with_default(line, name, -1);
}

static bool
note_line(ScCall *call, JsonObject *line, GError **error)
{
    const ScLine figures = {
        .down_kbps = get_figure(line, "down_kbps"),
        .up_kbps = get_figure(line, "up_kbps"),
        .rtt_ms = get_figure(line, "rtt_ms"),
        .loss_permille = get_figure(line, "loss_permille"),
    };
    return sc_store_set_site_line(sc_call_get_store(call), sc_call_get_actor(call)->site,
                                  &figures, sc_call_get_now_ms(call), error);
}

/* The report as it is stored: without what has a column of its own. */
static char *
print_health(JsonObject *body)
{
    g_autoptr(JsonObject) health = json_object_new();
    static const char *const members[] = { "camera", "microphone", "screen", "detail",
                                           "load" };
    for (unsigned i = 0; i < G_N_ELEMENTS(members); i++)
        if (json_object_has_member(body, members[i]))
            json_object_set_member(health, members[i],
                                   json_object_dup_member(body, members[i]));
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), health);
    return json_to_string(node, FALSE);
}

static bool
report(ScCall *call, GError **error)
{
    JsonObject *body = sc_call_get_body(call);
    const ScActor *actor = sc_call_get_actor(call);
    ScStore *store = sc_call_get_store(call);
    g_autofree char *health = print_health(body);
    if (!sc_store_note_device(store, actor->id, sc_call_get_address(call),
                              json_object_get_string_member(body, "program"), health,
                              sc_call_get_now_ms(call), error)
        || !sc_store_remove_enrolments_of(store, actor->id, error)
        || (json_object_has_member(body, "line")
            && !note_line(call, json_object_get_object_member(body, "line"), error)))
        return false;
    sc_call_answer_nothing(call);
    return true;
}

static bool
join(ScCall *call, GError **error)
{
    return sc_lesson_door_open(call, sc_call_get_parameter(call, "id"),
                               sc_call_get_actor(call)->site, error);
}

const ScApiHandler sc_device_side_handlers[] = {
    { "get-device-self", get_self, NULL, NULL },
    { "report-device", report, NULL, NULL },
    { "join-device-lesson", join, NULL, NULL },
};
const unsigned sc_n_device_side_handlers = G_N_ELEMENTS(sc_device_side_handlers);
