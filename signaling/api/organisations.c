/* SPDX-License-Identifier: Apache-2.0 */
/* organisations.c: the tree province → city → county → school. */
#include <string.h>

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/store/organisation.h"
#include "signaling/store/query.h"

/* From the top down; a node's parent stands before it. */
static const char *const kinds[] = { "province", "city", "county", "school" };

static const ScField fields[] = {
    { "parent", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, "organisation" },
    { "kind", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "name_en", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "n_children", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY,
      "(SELECT count(*) FROM organisation AS child WHERE child.parent = organisation.id)",
      NULL },
};

static const ScFilter filters[] = {
    { "below", "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
               " WHERE up.organisation = organisation.id AND up.ancestor = ?)" },
};

static unsigned
get_rank(const char *kind)
{
    unsigned rank = 0;
    while (!g_str_equal(kinds[rank], kind))
        rank++;
    return rank;
}

/* Kind of @id, and whether @below is it or above it. */
static bool
read_parent(ScCall *call, const char *id, const char *below, unsigned *out_rank,
            bool *out_is_below, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT kind, EXISTS (SELECT 1 FROM organisation_ancestor AS up"
                       " WHERE up.organisation = organisation.id AND up.ancestor = $1)"
                       " FROM organisation WHERE id = $2",
                       error))
        return false;
    sc_query_bind_text(&query, below);
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    g_assert(has_row); /* the reference was looked up */
    *out_rank = get_rank(sc_query_get_text(&query, 0));
    *out_is_below = sc_query_get_integer(&query, 1) != 0;
    return true;
}

/* It goes where the actor administers: its own node would be so anywhere. */
static bool
check_parent(ScCall *call, const char *parent, GError **error)
{
    g_autofree char *what = g_strdup_printf("organisation %s", parent);
    return sc_access_check_administers(call, parent, what, error);
}

static bool
check(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *parent =
        json_object_get_string_member_with_default(after, "parent", NULL);
    const char *kind = json_object_get_string_member(after, "kind");
    const char *id = json_object_get_string_member(after, "id");
    unsigned parent_rank;
    bool is_below;
    bool stays = before != NULL
                 && json_node_equal(json_object_get_member(before, "parent"),
                                    json_object_get_member(after, "parent"));
    if (stays
        && (parent == NULL
            || json_node_equal(json_object_get_member(before, "kind"),
                               json_object_get_member(after, "kind"))))
        return true;
    if (parent == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "parent",
                             "parent is missing: a new root is made on the server only");
        sc_problem_say(error, "请选择上级机构；最上级的机构只能在服务器上建立。",
                       "Please choose the organisation above it; a topmost one is made "
                       "on the server only.");
        return false;
    }
    if ((!stays && !check_parent(call, parent, error))
        || !read_parent(call, parent, id, &parent_rank, &is_below, error))
        return false;
    if (is_below) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "parent",
                             "parent is %s, which lies below it", parent);
        sc_problem_say(error, "上级机构不能是它自己，也不能在它下面。",
                       "The organisation above it cannot be itself or lie below it.");
        return false;
    }
    if (parent_rank >= get_rank(kind)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "kind",
                             "kind is %s: must be lower than its parent, a %s", kind,
                             kinds[parent_rank]);
        sc_problem_say(error, "类型要比上级机构的低。",
                       "Its kind must be lower than that of the organisation above it.");
        return false;
    }
    return true;
}

static bool
check_children(ScCall *call, const char *id, const char *kind, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT name, kind FROM organisation WHERE parent = $1", error))
        return false;
    sc_query_bind_text(&query, id);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        if (get_rank(sc_query_get_text(&query, 1)) > get_rank(kind))
            continue;
        const char *child = sc_query_get_text(&query, 0);
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "kind",
                             "kind is %s: %s below it is a %s", kind, child,
                             sc_query_get_text(&query, 1));
        sc_problem_say(error, "类型要比它下面的“%s”的高。",
                       "Its kind must be higher than that of “%s” below it.", child);
        return false;
    }
    return false;
}

/* What may hang on an organisation, in the order of the query. */
static const struct {
    const char *zh;
    const char *en;
} uses[] = {
    { "下级机构", "organisation" }, { "教室", "site" }, { "人员", "person" },
    { "任职", "appointment" },      { "学期", "term" }, { "作息时间", "bell schedule" },
    { "结对", "pairing" },          { "课", "lesson" },
};

/* "教室 2、人员 1" and "site: 2, person: 1"; empty: nothing hangs on it. */
static bool
list_uses(ScCall *call, const char *id, GString *zh, GString *en, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT (SELECT count(*) FROM organisation WHERE parent = $1),"
                       " (SELECT count(*) FROM site WHERE organisation = $1),"
                       " (SELECT count(*) FROM person WHERE organisation = $1),"
                       " (SELECT count(*) FROM appointment WHERE organisation = $1),"
                       " (SELECT count(*) FROM term WHERE organisation = $1),"
                       " (SELECT count(*) FROM bell_schedule WHERE organisation = $1),"
                       " (SELECT count(*) FROM pairing WHERE organisation = $1),"
                       " (SELECT count(*) FROM lesson WHERE organisation = $1)",
                       error))
        return false;
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(uses); i++) {
        int n = (int)sc_query_get_integer(&query, (int)i);
        if (n == 0)
            continue;
        g_string_append_printf(zh, "%s%s %d", zh->len > 0 ? "、" : "", uses[i].zh, n);
        g_string_append_printf(en, "%s%s: %d", en->len > 0 ? ", " : "", uses[i].en, n);
    }
    return true;
}

static bool
check_unused(ScCall *call, const char *id, GError **error)
{
    g_autoptr(GString) zh = g_string_new(NULL);
    g_autoptr(GString) en = g_string_new(NULL);
    if (!list_uses(call, id, zh, en, error))
        return false;
    if (en->len == 0)
        return true;
    g_autofree char *chinese = g_strdup_printf("不能删除，它还有：%s。", zh->str);
    g_autofree char *english =
        g_strdup_printf("It cannot be deleted while it has these: %s.", en->str);
    sc_problem_set_error(error, SC_PROBLEM_IN_USE, NULL,
                         "organisation %s: still there: %s", id, en->str);
    sc_problem_say_literal(error, chinese, english);
    return false;
}

static bool
remove_ancestors(ScCall *call, const char *id, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "DELETE FROM organisation_ancestor WHERE organisation = $1",
                       error))
        return false;
    sc_query_bind_text(&query, id);
    return sc_query_run(&query, error);
}

static bool
saved(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *id = json_object_get_string_member(after != NULL ? after : before, "id");
    if (after == NULL)
        return check_unused(call, id, error) && remove_ancestors(call, id, error);
    return check_children(call, id, json_object_get_string_member(after, "kind"), error)
           && sc_store_renew_ancestors(sc_call_get_store(call), id, error);
}

static const ScCollection organisations = {
    .noun = "organisation",
    .table = "organisation",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "",
    .organisation = "organisation.id",
    .sees = "EXISTS (SELECT 1 FROM appointment AS own"
            " JOIN organisation_ancestor AS up ON up.organisation = own.organisation"
            " WHERE own.person = $1 AND up.ancestor = organisation.id)",
    .order = "organisation.name",
    .check = check,
    .saved = saved,
};

/* Root first; the nodes above what somebody administers are no secret to it. */
static bool
get_path(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autoptr(JsonArray) items = json_array_new();
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_collection_check_look(&organisations, call, id, error)
        || !sc_query_init(&query, sc_call_get_store(call),
                          "SELECT id, kind, name, name_en FROM organisation_ancestor"
                          " JOIN organisation ON organisation.id = ancestor"
                          " WHERE organisation_ancestor.organisation = $1"
                          " ORDER BY distance DESC",
                          error))
        return false;
    sc_query_bind_text(&query, id);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            JsonObject *answer = json_object_new();
            json_object_set_array_member(answer, "items", g_steal_pointer(&items));
            sc_call_answer_object(call, 200, answer);
            return true;
        }
        static const char *const names[] = { "id", "kind", "name", "name_en" };
        JsonObject *node = json_object_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
            json_object_set_string_member(node, names[i],
                                          sc_query_get_text(&query, (int)i));
        json_array_add_object_element(items, node);
    }
    return false;
}

const ScApiHandler sc_organisation_handlers[] = {
    SC_API_COLLECTION("organisation", "organisations", organisations),
    { "get-organisation-path", get_path, NULL, NULL },
};
const unsigned sc_n_organisation_handlers = G_N_ELEMENTS(sc_organisation_handlers);
