/* SPDX-License-Identifier: Apache-2.0 */
/* sites.c: physical classrooms, and what stands in them. */
#include "signaling/api/handlers.h"
#include "signaling/store/query.h"

static const ScField fields[] = {
    { "organisation", SC_FIELD_TEXT, 0, NULL, "organisation" },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "name_en", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "room", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "kind", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "state", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "organisation_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_SEARCH,
      "organisation.name", NULL },
    { "n_devices", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY,
      "(SELECT count(*) FROM device WHERE device.site = site.id"
      " AND device.state = 'active')",
      NULL },
    { "seen_at", SC_FIELD_INSTANT, SC_FIELD_READ_ONLY,
      "(SELECT max(seen_ms) FROM device WHERE device.site = site.id)", NULL },
    { "line_down_kbps", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, NULL, NULL },
    { "line_up_kbps", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, NULL, NULL },
    { "line_rtt_ms", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, NULL, NULL },
    { "line_loss_permille", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, NULL, NULL },
    { "line_measured_at", SC_FIELD_INSTANT, SC_FIELD_READ_ONLY, "site.line_measured_ms",
      NULL },
};

static const ScFilter filters[] = {
    { "organisation", "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
                      " WHERE up.organisation = site.organisation AND up.ancestor = ?)" },
    { "usable", "site.state = 'active' AND site.kind IN (?, 'both')" },
};

static bool
check(ScCall *call G_GNUC_UNUSED, JsonObject *before G_GNUC_UNUSED, JsonObject *after,
      GError **error G_GNUC_UNUSED)
{
    if (!json_object_has_member(after, "name_en"))
        json_object_set_string_member(after, "name_en", "");
    return true;
}

/* The line's figures are told together, or not at all. */
static bool
complete(ScCall *call G_GNUC_UNUSED, JsonObject *row, GError **error G_GNUC_UNUSED)
{
    static const char *const members[] = { "down_kbps", "up_kbps", "rtt_ms",
                                           "loss_permille", "measured_at" };
    JsonObject *line = json_object_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *name = g_strconcat("line_", members[i], NULL);
        json_object_set_member(line, members[i], json_object_dup_member(row, name));
        json_object_remove_member(row, name);
    }
    if (json_object_get_null_member(line, "measured_at")) {
        json_object_unref(line);
        json_object_set_null_member(row, "line");
    } else {
        json_object_set_object_member(row, "line", line);
    }
    return true;
}

static const ScCollection sites = {
    .noun = "site",
    .table = "site",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "JOIN organisation ON organisation.id = site.organisation",
    .organisation = "site.organisation",
    .order = "site.name",
    .check = check,
    .complete = complete,
};

const ScApiHandler sc_site_handlers[] = { SC_API_COLLECTION("site", "sites", sites) };
const unsigned sc_n_site_handlers = G_N_ELEMENTS(sc_site_handlers);
