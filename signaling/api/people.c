/* SPDX-License-Identifier: Apache-2.0 */
/* people.c: who can sign in, and what each is appointed to. */
#include <string.h>

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/school/sign-in-name.h"
#include "signaling/store/person.h"
#include "signaling/store/query.h"
#include "signaling/store/web-session.h"

static const ScField fields[] = {
    { "organisation", SC_FIELD_TEXT, 0, NULL, "organisation" },
    { "sign_in", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "phone", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "state", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "must_change", SC_FIELD_BOOLEAN, SC_FIELD_READ_ONLY, NULL, NULL },
    { "locked_until", SC_FIELD_INSTANT, SC_FIELD_READ_ONLY,
      "NULLIF(person.locked_until_ms, 0)", NULL },
    { "organisation_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM organisation WHERE organisation.id = person.organisation)",
      NULL },
    { "password", SC_FIELD_TEXT, SC_FIELD_HIDDEN, NULL, NULL },
    { "created_ms", SC_FIELD_INTEGER, SC_FIELD_HIDDEN, NULL, NULL },
};

static const ScFilter filters[] = {
    { "role", "EXISTS (SELECT 1 FROM appointment AS held"
              " WHERE held.person = person.id AND held.role = ?)" },
    { "organisation",
      "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
      " WHERE up.organisation = person.organisation AND up.ancestor = ?)" },
};

static bool
fold_sign_in(JsonObject *after, GError **error)
{
    const char *given = json_object_get_string_member(after, "sign_in");
    g_autofree char *name = sc_sign_in_name_fold(given);
    if (!sc_sign_in_name_is_good(name)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "sign_in",
                             "sign_in is \"%s\": " SC_SIGN_IN_NAME_RULE, given);
        sc_problem_say(error, SC_SIGN_IN_NAME_RULE_ZH "。",
                       "It " SC_SIGN_IN_NAME_RULE ", without spaces.");
        return false;
    }
    json_object_set_string_member(after, "sign_in", name);
    return true;
}

/* Shows @password this once, and gives the hash that is stored. */
static char *
add_first_password(JsonObject *once)
{
    g_autofree char *password = sc_password_make_first();
    json_object_set_string_member(once, "password", password);
    return sc_password_hash_first(password);
}

static bool
check_self(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *id = json_object_get_string_member(before, "id");
    if (!g_str_equal(id, sc_call_get_actor(call)->id)
        || (after != NULL
            && g_str_equal(json_object_get_string_member(after, "state"), "active")))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "state",
                         "nobody disables or deletes themself");
    sc_problem_say(error, "不能停用或删除自己。", "Nobody disables or deletes themself.");
    return false;
}

/* Who changes a person could act as it: so nobody changes who stands above or beside
 * them, whoever keeps it. */
static bool
check_rank(ScCall *call, const char *person, GError **error)
{
    const char *actor = sc_call_get_actor(call)->id;
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (g_str_equal(person, actor))
        return true;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT 1 FROM appointment AS held WHERE held.person = $1"
                       " AND held.role <> 'teacher' AND NOT EXISTS (SELECT 1"
                       " FROM organisation_ancestor AS up JOIN appointment AS mine"
                       " ON mine.organisation = up.ancestor"
                       " WHERE up.organisation = held.organisation"
                       " AND mine.person = $2 AND mine.role = 'administrator')",
                       error))
        return false;
    sc_query_bind_text(&query, person);
    sc_query_bind_text(&query, actor);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_FORBIDDEN, NULL,
                         "person %s: is appointed where you administer nothing", person);
    sc_problem_say(error, "此人在您管理范围以外担任管理员或督导，您不能修改。",
                   "This person is an administrator or inspector where you administer "
                   "nothing, so you may not change them.");
    return false;
}

static bool
check(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    if (!fold_sign_in(after, error))
        return false;
    if (before != NULL)
        return check_rank(call, json_object_get_string_member(before, "id"), error)
               && check_self(call, before, after, error);
    JsonObject *once = json_object_new();
    g_autofree char *hash = add_first_password(once);
    json_object_set_object_member(after, SC_COLLECTION_ONCE, once);
    json_object_set_string_member(after, "password", hash);
    json_object_set_int_member(after, "created_ms", sc_call_get_now_ms(call));
    return true;
}

/* An appointment as @array has it: is there one like it in @others? */
static bool
is_among(JsonObject *appointment, JsonArray *others)
{
    const char *role = json_object_get_string_member(appointment, "role");
    const char *organisation = json_object_get_string_member(appointment, "organisation");
    for (guint i = 0; others != NULL && i < json_array_get_length(others); i++) {
        JsonObject *other = json_array_get_object_element(others, i);
        if (g_str_equal(json_object_get_string_member(other, "role"), role)
            && g_str_equal(json_object_get_string_member(other, "organisation"),
                           organisation))
            return true;
    }
    return false;
}

static bool
write_appointment(ScCall *call, const char *person, JsonObject *appointment,
                  bool is_added, GError **error)
{
    const char *role = json_object_get_string_member(appointment, "role");
    const char *organisation = json_object_get_string_member(appointment, "organisation");
    g_autofree char *what = g_strdup_printf("organisation %s", organisation);
    if ((is_added
         && !sc_access_check_reference(call, "organisation", organisation, "appointments",
                                       error))
        || !sc_access_check_administers(call, organisation, what, error))
        return false;
    if (is_added)
        return sc_store_add_appointment(sc_call_get_store(call), person, organisation,
                                        role, error);
    if (g_str_equal(person, sc_call_get_actor(call)->id)
        && g_str_equal(role, "administrator")) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "appointments",
                             "nobody ends their own appointment as administrator");
        sc_problem_say(error, "不能去掉自己的管理员身份。",
                       "Nobody ends their own appointment as administrator.");
        return false;
    }
    return sc_store_remove_appointment(sc_call_get_store(call), person, organisation,
                                       role, error);
}

/* Each that is in @these and not in @those. */
static bool
write_difference(ScCall *call, const char *person, JsonArray *these, JsonArray *those,
                 bool is_added, GError **error)
{
    for (guint i = 0; these != NULL && i < json_array_get_length(these); i++) {
        JsonObject *appointment = json_array_get_object_element(these, i);
        if (!is_among(appointment, those)
            && !write_appointment(call, person, appointment, is_added, error))
            return false;
    }
    return true;
}

static JsonArray *
get_appointments(JsonObject *row)
{
    return row != NULL && json_object_has_member(row, "appointments")
               ? json_object_get_array_member(row, "appointments")
               : NULL;
}

static bool
forget(ScCall *call, const char *person, GError **error)
{
    return sc_store_remove_web_sessions(sc_call_get_store(call), person, NULL, error);
}

static bool
saved(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    JsonObject *either = after != NULL ? after : before;
    const char *person = json_object_get_string_member(either, "id");
    JsonArray *old = get_appointments(before);
    JsonArray *new = get_appointments(after);
    if (after == NULL
        && (!check_rank(call, person, error) || !check_self(call, before, NULL, error)))
        return false;
    if (!write_difference(call, person, new, old, true, error)
        || !write_difference(call, person, old, new, false, error))
        return false;
    bool is_active =
        after != NULL
        && g_strcmp0(json_object_get_string_member_with_default(after, "state", "active"),
                     "active")
               == 0;
    return is_active || forget(call, person, error);
}

/* Its appointments, but what it is elsewhere. */
static bool
complete(ScCall *call, JsonObject *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) appointments = json_array_new();
    bool has_row;
    if (!sc_query_init(
            &query, sc_call_get_store(call),
            "SELECT role, organisation.id, organisation.name FROM appointment"
            " JOIN organisation ON organisation.id = appointment.organisation"
            " WHERE ($1 = appointment.person OR " SC_ACCESS_SEES(
                "appointment.organisation") ") AND appointment.person = $2"
                                            " ORDER BY role, organisation.name",
            error))
        return false;
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    sc_query_bind_text(&query, json_object_get_string_member(row, "id"));
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(row, "appointments",
                                         g_steal_pointer(&appointments));
            return true;
        }
        JsonObject *appointment = json_object_new();
        json_object_set_string_member(appointment, "role", sc_query_get_text(&query, 0));
        json_object_set_string_member(appointment, "organisation",
                                      sc_query_get_text(&query, 1));
        json_object_set_string_member(appointment, "organisation_name",
                                      sc_query_get_text(&query, 2));
        json_array_add_object_element(appointments, appointment);
    }
    return false;
}

static const ScCollection people = {
    .noun = "person",
    .table = "person",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "",
    .organisation = "person.organisation",
    .sees = "person.id = $1 OR EXISTS (SELECT 1 FROM appointment AS held"
            " JOIN organisation_ancestor AS up ON up.organisation = held.organisation"
            " JOIN appointment AS mine ON mine.organisation = up.ancestor"
            " WHERE held.person = person.id AND mine.person = $1"
            " AND mine.role <> 'teacher')",
    .order = "person.name",
    .check = check,
    .saved = saved,
    .complete = complete,
};

/* Who is kept elsewhere and appointed here: those appointments alone are changed. */
static bool
patch_appointments(ScCall *call, const char *id, const char *organisation, GError **error)
{
    if (!sc_collection_check_look(&people, call, id, error))
        return false;
    g_autoptr(JsonObject) before = sc_collection_read(&people, call, id, error);
    if (before == NULL
        || !sc_call_check_version(call, json_object_get_int_member(before, "version"),
                                  error))
        return false;
    JsonArray *old = get_appointments(before);
    JsonArray *new = get_appointments(sc_call_get_body(call));
    if (!write_difference(call, id, new, old, true, error)
        || !write_difference(call, id, old, new, false, error)
        || !sc_store_touch_person(sc_call_get_store(call), id, error))
        return false;
    g_autoptr(JsonObject) row = sc_collection_read(&people, call, id, error);
    if (row == NULL
        || !sc_call_audit(call, "person", id, organisation, before, row, error))
        return false;
    sc_call_answer_object(call, 200, g_steal_pointer(&row));
    return true;
}

static bool
patch_person(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    JsonObject *body = sc_call_get_body(call);
    g_auto(ScPersonRow) person = { 0 };
    bool administers;
    if (json_object_get_size(body) != 1 || get_appointments(body) == NULL
        || !sc_store_get_person(sc_call_get_store(call), id, &person, NULL))
        return sc_collection_patch(&people, call, error);
    if (!sc_access_has(call, SC_API_ADMINISTRATOR, person.organisation, &administers,
                       error))
        return false;
    return administers ? sc_collection_patch(&people, call, error)
                       : patch_appointments(call, id, person.organisation, error);
}

static bool
reset_password(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("person %s", id);
    g_autoptr(JsonObject) answer = json_object_new();
    g_auto(ScPersonRow) person = { 0 };
    ScStore *store = sc_call_get_store(call);
    if (!sc_collection_check_look(&people, call, id, error)
        || !sc_store_get_person(store, id, &person, error))
        return false;
    g_autofree char *hash = add_first_password(answer);
    if (!sc_access_check_administers(call, person.organisation, what, error)
        || !check_rank(call, id, error)
        || !sc_store_set_password(store, id, hash, true, error)
        || !forget(call, id, error)
        || !sc_call_audit(call, "person", id, person.organisation, NULL, NULL, error))
        return false;
    sc_call_answer_object(call, 200, g_steal_pointer(&answer));
    return true;
}

const ScApiHandler sc_person_handlers[] = {
    { "list-people", NULL, sc_collection_list, &people },
    { "get-person", NULL, sc_collection_get, &people },
    { "create-person", NULL, sc_collection_create, &people },
    { "patch-person", patch_person, NULL, NULL },
    { "delete-person", NULL, sc_collection_remove, &people },
    { "reset-password", reset_password, NULL, NULL },
};
const unsigned sc_n_person_handlers = G_N_ELEMENTS(sc_person_handlers);
