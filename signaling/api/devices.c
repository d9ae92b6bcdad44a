/* SPDX-License-Identifier: Apache-2.0 */
/* devices.c: what stands in the classrooms, as the console shows it; and the code by
 * which a new one is let in. */
#include <string.h>

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/store/device.h"
#include "signaling/store/enrolment.h"
#include "signaling/store/query.h"

#define ONLINE_MS (3 * 60 * 1000LL) /* a device reports once a minute */

static const ScField fields[] = {
    { "site", SC_FIELD_TEXT, SC_FIELD_FILTER | SC_FIELD_READ_ONLY, NULL, NULL },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "state", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "token_hash", SC_FIELD_TEXT, SC_FIELD_HIDDEN, NULL, NULL },
    { "site_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_SEARCH, "site.name",
      NULL },
    { "organisation_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_SEARCH,
      "organisation.name", NULL },
    { "enrolled_at", SC_FIELD_INSTANT, SC_FIELD_READ_ONLY, "device.enrolled_ms", NULL },
    { "enrolled_by_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM person WHERE person.id = device.enrolled_by)", NULL },
    { "seen_at", SC_FIELD_INSTANT, SC_FIELD_READ_ONLY, "device.seen_ms", NULL },
    { "seen_ms", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, NULL, NULL },
    { "address", SC_FIELD_TEXT, SC_FIELD_READ_ONLY, NULL, NULL },
    { "program", SC_FIELD_TEXT, SC_FIELD_READ_ONLY, NULL, NULL },
    { "health", SC_FIELD_JSON, SC_FIELD_READ_ONLY, NULL, NULL },
};

static const ScFilter filters[] = {
    { "organisation", "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
                      " WHERE up.organisation = site.organisation AND up.ancestor = ?)" },
};

/* A device that is turned away loses its token at once; it can only be enrolled anew. */
static bool
check(ScCall *call G_GNUC_UNUSED, JsonObject *before, JsonObject *after, GError **error)
{
    const char *was = json_object_get_string_member(before, "state");
    const char *is = json_object_get_string_member(after, "state");
    if (g_str_equal(is, "revoked")) {
        json_object_set_null_member(after, "token_hash");
        return true;
    }
    if (g_str_equal(was, is))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "state",
                         "a revoked device cannot come back: enrol it anew");
    sc_problem_say(error, "已注销的设备不能恢复，请重新接入。",
                   "A revoked device cannot come back; please enrol it anew.");
    return false;
}

static bool
forget_enrolments(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    return (after != NULL
            && g_str_equal(json_object_get_string_member(after, "state"), "active"))
           || sc_store_remove_enrolments_of(sc_call_get_store(call),
                                            json_object_get_string_member(before, "id"),
                                            error);
}

static bool
complete(ScCall *call, JsonObject *row, GError **error G_GNUC_UNUSED)
{
    bool is_online = !json_object_get_null_member(row, "seen_ms")
                     && sc_call_get_now_ms(call)
                            < json_object_get_int_member(row, "seen_ms") + ONLINE_MS;
    json_object_set_boolean_member(row, "is_online", is_online);
    json_object_remove_member(row, "seen_ms");
    return true;
}

static const ScCollection devices = {
    .noun = "device",
    .table = "device",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "JOIN site ON site.id = device.site"
             " JOIN organisation ON organisation.id = site.organisation",
    .organisation = "site.organisation",
    .order = "site.name",
    .check = check,
    .saved = forget_enrolments,
    .complete = complete,
};

/* "7f3k-92" → "7F3K92" */
static char *
normalise_code(const char *text)
{
    g_autoptr(GString) code = g_string_new(NULL);
    for (; *text != '\0'; text++)
        if (g_ascii_isalnum(*text))
            g_string_append_c(code, g_ascii_toupper(*text));
    return g_string_free(g_steal_pointer(&code), FALSE);
}

static bool
read_site(ScCall *call, const char *site, char **out_organisation, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT organisation, state FROM site WHERE id = $1", error))
        return false;
    sc_query_bind_text(&query, site);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "site",
                             "site is \"%s\": there is none", site);
        sc_problem_say(error, "没有找到这间教室，可能已被删除。",
                       "There is no such classroom; it may have been deleted.");
        return false;
    }
    if (!g_str_equal(sc_query_get_text(&query, 1), "active")) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "site", "the site is closed");
        sc_problem_say(error, "这间教室已停用。", "This classroom is closed.");
        return false;
    }
    *out_organisation = sc_query_dup_text(&query, 0);
    return true;
}

/* The one that shows @code and waits. */
static bool
find_waiting(ScCall *call, const char *code, ScEnrolmentRow *out_row, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (sc_store_find_enrolment(sc_call_get_store(call), code, out_row, &reason)
        && out_row->expires_ms > sc_call_get_now_ms(call) && out_row->device == NULL)
        return true;
    if (reason != NULL
        && !g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "code",
                         "no device shows the code %s now", code);
    sc_problem_say(error, "现在没有设备显示这个代码，请再看一下设备的屏幕。",
                   "No device shows this code now; please look at its screen again.");
    return false;
}

static bool
confirm(ScCall *call, GError **error)
{
    JsonObject *body = sc_call_get_body(call);
    ScStore *store = sc_call_get_store(call);
    const char *site = json_object_get_string_member(body, "site");
    g_autofree char *code = normalise_code(json_object_get_string_member(body, "code"));
    g_autofree char *what = g_strdup_printf("site %s", site);
    g_autofree char *organisation = NULL;
    g_auto(ScEnrolmentRow) enrolment = { 0 };
    if (!sc_access_check_reference(call, "site", site, "site", error)
        || !read_site(call, site, &organisation, error)
        || !sc_access_check_administers(call, organisation, what, error)
        || !find_waiting(call, code, &enrolment, error))
        return false;
    g_autofree char *id = sc_store_make_id();
    const ScDeviceEnrolled device = {
        .id = id,
        .site = site,
        .name = json_object_get_string_member(body, "name"),
        .enrolled_by = sc_call_get_actor(call)->id,
        .address = enrolment.address,
        .program = enrolment.program,
        .enrolled_ms = sc_call_get_now_ms(call),
    };
    if (!sc_store_add_device(store, &device, error)
        || !sc_store_confirm_enrolment(store, enrolment.id, id, error))
        return false;
    g_autoptr(JsonObject) row = sc_collection_read(&devices, call, id, error);
    if (row == NULL)
        return false;
    sc_call_answer_object(call, 201, json_object_ref(row));
    return sc_call_audit(call, "device", id, organisation, NULL, row, error);
}

const ScApiHandler sc_device_handlers[] = {
    { "list-devices", NULL, sc_collection_list, &devices },
    { "get-device", NULL, sc_collection_get, &devices },
    { "patch-device", NULL, sc_collection_patch, &devices },
    { "delete-device", NULL, sc_collection_remove, &devices },
    { "confirm-enrolment", confirm, NULL, NULL },
};
const unsigned sc_n_device_handlers = G_N_ELEMENTS(sc_device_handlers);
