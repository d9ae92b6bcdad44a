/* SPDX-License-Identifier: Apache-2.0 */
/* pairings.c: a giving class, its teacher and the receiving sites, for a term and a
 * subject; draft → active ⇄ suspended → ended. */
#include <string.h>

#include "signaling/api/access.h"
#include "signaling/api/handlers.h"
#include "signaling/api/rules.h"
#include "signaling/bell.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/generation.h"
#include "signaling/store/query.h"

#define SITES "receiving_sites"

static const ScField fields[] = {
    { "organisation", SC_FIELD_TEXT, 0, NULL, NULL },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "term", SC_FIELD_TEXT, SC_FIELD_FILTER | SC_FIELD_CREATE_ONLY, NULL, "term" },
    { "giving_site", SC_FIELD_TEXT, 0, NULL, "site" },
    { "teacher", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, "person" },
    { "subject", SC_FIELD_TEXT, SC_FIELD_FILTER | SC_FIELD_SEARCH, NULL, NULL },
    { "grade", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "mode", SC_FIELD_TEXT, 0, NULL, NULL },
    { "state", SC_FIELD_TEXT, SC_FIELD_FILTER, NULL, NULL },
    { "giving_site_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_SEARCH,
      "(SELECT name FROM site WHERE site.id = pairing.giving_site)", NULL },
    { "teacher_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_SEARCH,
      "(SELECT name FROM person WHERE person.id = pairing.teacher)", NULL },
    { "term_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM term WHERE term.id = pairing.term)", NULL },
};

static const ScFilter filters[] = {
    { "organisation", "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
                      " WHERE up.organisation = pairing.organisation AND up.ancestor = ?)"
                      " OR EXISTS (SELECT 1 FROM pairing_site AS part"
                      " JOIN site AS place ON place.id = part.site"
                      " JOIN organisation_ancestor AS up"
                      " ON up.organisation = place.organisation"
                      " WHERE part.pairing = pairing.id AND up.ancestor = ?)" },
    { "site", "pairing.giving_site = ? OR EXISTS (SELECT 1 FROM pairing_site AS part"
              " WHERE part.pairing = pairing.id AND part.site = ?)" },
};

/* Rules. */

typedef struct {
    char *organisation; /* owned */
    char *name;         /* owned */
    bool is_giving;     /* active, and may give */
    bool is_receiving;
} Site;

static void
site_clear(Site *site)
{
    g_free(site->organisation);
    g_free(site->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Site, site_clear)

static bool
read_site(ScCall *call, const char *id, const char *field, Site *out_site, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(
            &query, sc_call_get_store(call),
            "SELECT organisation, name, state = 'active' AND kind <> 'receiving',"
            " state = 'active' AND kind <> 'giving' FROM site WHERE id = $1",
            error))
        return false;
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field,
                             "%s is \"%s\": there is no such site", field, id);
        sc_problem_say(error, "没有找到这间教室，可能已被删除。",
                       "There is no such classroom; it may have been deleted.");
        return false;
    }
    *out_site = (Site){ .organisation = sc_query_dup_text(&query, 0),
                        .name = sc_query_dup_text(&query, 1),
                        .is_giving = sc_query_get_integer(&query, 2) != 0,
                        .is_receiving = sc_query_get_integer(&query, 3) != 0 };
    return true;
}

/* The nearest organisation above both; NULL where they have none in common. */
static bool
join_organisations(ScCall *call, const char *one, const char *other, char **out_common,
                   GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT mine.ancestor FROM organisation_ancestor AS mine"
                       " JOIN organisation_ancestor AS theirs"
                       " ON theirs.ancestor = mine.ancestor"
                       " WHERE mine.organisation = $1 AND theirs.organisation = $2"
                       " ORDER BY mine.distance LIMIT 1",
                       error))
        return false;
    sc_query_bind_text(&query, one);
    sc_query_bind_text(&query, other);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_common = has_row ? sc_query_dup_text(&query, 0) : NULL;
    return true;
}

static bool
add_to_common(ScCall *call, char **common, const char *organisation, const char *field,
              GError **error)
{
    char *joined = NULL;
    if (!join_organisations(call, *common, organisation, &joined, error))
        return false;
    g_free(*common);
    *common = joined;
    if (joined != NULL)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field,
                         "%s lies in another tree of organisations", field);
    sc_problem_say(error, "这间教室和主讲教室没有共同的上级机构。",
                   "This classroom and the giving one have no organisation above both.");
    return false;
}

/* @what and @zh follow the site's name. */
static bool
refuse_site(GError **error, const char *field, const Site *site, const char *what,
            const char *zh)
{
    g_autofree char *chinese = g_strdup_printf("“%s”%s。", site->name, zh);
    g_autofree char *english = g_strdup_printf("“%s” %s.", site->name, what);
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field, "%s: \"%s\" %s", field,
                         site->name, what);
    sc_problem_say_literal(error, chinese, english);
    return false;
}

static bool
check_receiving(ScCall *call, JsonArray *sites, const char *giving, char **common,
                GError **error)
{
    for (guint i = 0; i < json_array_get_length(sites); i++) {
        const char *id = json_array_get_string_element(sites, i);
        g_autofree char *field = g_strdup_printf(SITES "[%u]", i);
        g_auto(Site) site = { 0 };
        if (!sc_access_check_reference(call, "site", id, field, error)
            || !read_site(call, id, field, &site, error))
            return false;
        if (g_str_equal(id, giving))
            return refuse_site(error, field, &site, "is the giving site", "就是主讲教室");
        if (!site.is_receiving)
            return refuse_site(error, field, &site, "is closed, or does not receive",
                               "已停用，或者不是听课教室");
        if (!add_to_common(call, common, site.organisation, field, error))
            return false;
    }
    return true;
}

/* Sets the pairing's organisation: whoever administers all its sites. */
static bool
check_sites(ScCall *call, JsonObject *after, GError **error)
{
    const char *giving = json_object_get_string_member(after, "giving_site");
    g_autofree char *common = NULL;
    g_auto(Site) site = { 0 };
    if (!read_site(call, giving, "giving_site", &site, error))
        return false;
    if (!site.is_giving)
        return refuse_site(error, "giving_site", &site, "is closed, or does not give",
                           "已停用，或者不是主讲教室");
    common = g_strdup(site.organisation);
    if (!check_receiving(call, json_object_get_array_member(after, SITES), giving,
                         &common, error))
        return false;
    json_object_set_string_member(after, "organisation", common);
    return true;
}

/* @sql: a row is there where it is as it should be. */
static bool
exists(ScCall *call, const char *sql, const char *one, const char *two, bool *out_exists,
       GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call), sql, error))
        return false;
    sc_query_bind_text(&query, one);
    sc_query_bind_text(&query, two);
    return sc_query_step(&query, out_exists, error);
}

static bool
check_term(ScCall *call, JsonObject *after, GError **error)
{
    bool holds = false;
    const char *term = json_object_get_string_member_with_default(after, "term", NULL);
    if (term == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "term", "term is missing");
        sc_problem_say(error, "请选择学期。", "Please choose a term.");
        return false;
    }
    if (!exists(call,
                "SELECT 1 FROM term JOIN organisation_ancestor AS up"
                " ON up.ancestor = term.organisation"
                " WHERE term.id = $1 AND up.organisation = $2",
                term, json_object_get_string_member(after, "organisation"), &holds,
                error))
        return false;
    if (holds)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "term",
                         "the term does not hold for all of these sites");
    sc_problem_say(error, "这个学期不是对所有这些教室都有效。",
                   "This term does not hold for all of these classrooms.");
    return false;
}

static bool
check_teacher(ScCall *call, JsonObject *after, GError **error)
{
    return sc_rules_check_teacher(
        call, json_object_get_string_member_with_default(after, "teacher", NULL),
        json_object_get_string_member(after, "giving_site"), error);
}

/* One live pairing for each receiving site, subject and term. */
static bool
check_alone(ScCall *call, JsonObject *after, GError **error)
{
    JsonArray *sites = json_object_get_array_member(after, SITES);
    for (guint i = 0; i < json_array_get_length(sites); i++) {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(&query, sc_call_get_store(call),
                           "SELECT pairing.name, site.name FROM pairing_site"
                           " JOIN pairing ON pairing.id = pairing_site.pairing"
                           " JOIN site ON site.id = pairing_site.site"
                           " WHERE pairing_site.site = $1 AND pairing.term = $2"
                           " AND pairing.subject = $3 AND pairing.id <> $4"
                           " AND pairing.state IN ('active', 'suspended')",
                           error))
            return false;
        sc_query_bind_text(&query, json_array_get_string_element(sites, i));
        sc_query_bind_text(&query, json_object_get_string_member(after, "term"));
        sc_query_bind_text(&query, json_object_get_string_member(after, "subject"));
        sc_query_bind_text(&query, json_object_get_string_member(after, "id"));
        if (!sc_query_step(&query, &has_row, error))
            return false;
        if (!has_row)
            continue;
        g_autofree char *field = g_strdup_printf(SITES "[%u]", i);
        const char *pairing = sc_query_get_text(&query, 0);
        const char *site = sc_query_get_text(&query, 1);
        sc_problem_set_error(error, SC_PROBLEM_EXISTS, field,
                             "\"%s\" has this subject by the pairing \"%s\" this term",
                             site, pairing);
        sc_problem_say(error, "“%s”这个学期已经在结对“%s”里上这门学科。",
                       "“%s” has this subject this term already, by the pairing “%s”.",
                       site, pairing);
        return false;
    }
    return true;
}

static bool
is_live(JsonObject *row)
{
    const char *state = json_object_get_string_member(row, "state");
    return g_str_equal(state, "active") || g_str_equal(state, "suspended");
}

/* While a lesson of it runs, its people stay. */
static bool
check_no_lesson_runs(ScCall *call, JsonObject *after, GError **error)
{
    bool runs = false;
    if (!exists(call, "SELECT 1 FROM lesson WHERE pairing = $1 AND state = $2",
                json_object_get_string_member(after, "id"), "live", &runs, error))
        return false;
    if (!runs)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, NULL,
                         "a lesson of this pairing is on now");
    sc_problem_say(error, "这个结对正在上课，请下课以后再改。",
                   "A lesson of this pairing is on now; please change it afterwards.");
    return false;
}

static bool
check(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    if (before == NULL)
        json_object_set_string_member(after, "state", "draft");
    if (!json_object_has_member(after, "name"))
        json_object_set_string_member(after, "name",
                                      json_object_get_string_member(after, "subject"));
    if (g_str_equal(json_object_get_string_member(after, "state"), "ended")) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "state",
                             "the pairing is over");
        sc_problem_say(error, "这个结对已经结束，不能再改。",
                       "This pairing has ended and cannot be changed.");
        return false;
    }
    return check_sites(call, after, error) && check_term(call, after, error)
           && check_teacher(call, after, error)
           && (!is_live(after) || check_alone(call, after, error))
           && (before == NULL || check_no_lesson_runs(call, after, error));
}

static bool
remove_of(ScCall *call, const char *sql, const char *pairing, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call), sql, error))
        return false;
    sc_query_bind_text(&query, pairing);
    return sc_query_run(&query, error);
}

static bool
write_sites(ScCall *call, const char *pairing, JsonArray *sites, GError **error)
{
    for (guint i = 0; i < json_array_get_length(sites); i++) {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, sc_call_get_store(call),
                           "INSERT INTO pairing_site (pairing, site, place)"
                           " VALUES ($1, $2, $3)",
                           error))
            return false;
        sc_query_bind_text(&query, pairing);
        sc_query_bind_text(&query, json_array_get_string_element(sites, i));
        sc_query_bind_integer(&query, i);
        if (!sc_query_run(&query, error))
            return false;
    }
    return true;
}

/* Its lessons to come are what the timetable and its state now say. */
static bool
renew_lessons(ScCall *call, const char *pairing, GError **error)
{
    const ScApiParts *parts = sc_call_get_parts(call);
    g_autoptr(ScGenerator) generator =
        sc_generator_new(parts->store, parts->zone, sc_call_get_now_ms(call));
    ScGenerated counts = { 0 };
    if (!sc_generator_run_pairing(generator, pairing, &counts, error))
        return false;
    sc_bell_reconsider(parts->bell);
    return true;
}

static bool
saved(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *id = json_object_get_string_member(after != NULL ? after : before, "id");
    if (after == NULL) {
        return remove_of(call, "DELETE FROM pairing_history WHERE pairing = $1", id,
                         error)
               && remove_of(call, "DELETE FROM pairing_site WHERE pairing = $1", id,
                            error);
    }
    return remove_of(call, "DELETE FROM pairing_site WHERE pairing = $1", id, error)
           && write_sites(call, id, json_object_get_array_member(after, SITES), error)
           && (before == NULL || renew_lessons(call, id, error));
}

static bool
complete_sites(ScCall *call, JsonObject *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) sites = json_array_new();
    g_autoptr(JsonArray) names = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT site.id, site.name FROM pairing_site"
                       " JOIN site ON site.id = pairing_site.site"
                       " WHERE pairing_site.pairing = $1 ORDER BY place",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(row, "id"));
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(row, SITES, g_steal_pointer(&sites));
            json_object_set_array_member(row, "receiving_site_names",
                                         g_steal_pointer(&names));
            return true;
        }
        json_array_add_string_element(sites, sc_query_get_text(&query, 0));
        json_array_add_string_element(names, sc_query_get_text(&query, 1));
    }
    return false;
}

static bool
complete_history(ScCall *call, JsonObject *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) history = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT at_ms, pairing_history.state, person, reason, person.name"
                       " FROM pairing_history"
                       " LEFT JOIN person ON person.id = pairing_history.person"
                       " WHERE pairing = $1 ORDER BY at_ms",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(row, "id"));
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(row, "history", g_steal_pointer(&history));
            return true;
        }
        JsonObject *change = json_object_new();
        g_autofree char *at = sc_timestamp_print(sc_query_get_integer(&query, 0));
        json_object_set_string_member(change, "at", at);
        json_object_set_string_member(change, "state", sc_query_get_text(&query, 1));
        json_object_set_string_member(change, "person", sc_query_get_text(&query, 2));
        json_object_set_string_member(change, "reason", sc_query_get_text(&query, 3));
        json_object_set_string_member(change, "person_name",
                                      sc_query_get_text(&query, 4));
        json_array_add_object_element(history, change);
    }
    return false;
}

static bool
complete(ScCall *call, JsonObject *row, GError **error)
{
    bool is_list = g_str_has_prefix(sc_call_get_operation(call)->id, "list-");
    return complete_sites(call, row, error)
           && (is_list || complete_history(call, row, error));
}

static const ScCollection pairings = {
    .noun = "pairing",
    .table = "pairing",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "",
    .organisation = "pairing.organisation",
    .sees = "pairing.teacher = $1 OR " SC_ACCESS_SEES_A_SITE,
    .order = "pairing.name",
    .check = check,
    .saved = saved,
    .complete = complete,
};

/* States. */

static bool
may_follow(const char *from, const char *to)
{
    static const char *const steps[][2] = {
        { "draft", "active" },     { "draft", "ended" },  { "active", "suspended" },
        { "suspended", "active" }, { "active", "ended" }, { "suspended", "ended" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        if (g_str_equal(steps[i][0], from) && g_str_equal(steps[i][1], to))
            return true;
    return false;
}

static bool
write_state(ScCall *call, const char *id, const char *state, const char *reason,
            GError **error)
{
    {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, sc_call_get_store(call),
                           "UPDATE pairing SET state = $1, version = version + 1"
                           " WHERE id = $2",
                           error))
            return false;
        sc_query_bind_text(&query, state);
        sc_query_bind_text(&query, id);
        if (!sc_query_run_on_one(&query, "pairing", id, error))
            return false;
    }
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, sc_call_get_store(call),
            "INSERT INTO pairing_history (pairing, at_ms, state, person, reason)"
            " VALUES ($1, $2, $3, $4, $5)",
            error))
        return false;
    sc_query_bind_text(&query, id);
    sc_query_bind_integer(&query, sc_call_get_now_ms(call));
    sc_query_bind_text(&query, state);
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    sc_query_bind_text(&query, reason);
    return sc_query_run(&query, error);
}

static bool
check_step(ScCall *call, JsonObject *before, const char *state, GError **error)
{
    const char *from = json_object_get_string_member(before, "state");
    if (!may_follow(from, state)) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "state",
                             "a pairing that is %s does not become %s", from, state);
        sc_problem_say(error, "结对现在的状态不能这样改。",
                       "The pairing's present state does not allow this.");
        return false;
    }
    if (g_str_equal(state, "active") && json_object_get_null_member(before, "teacher")) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "state",
                             "it has no teacher yet");
        sc_problem_say(error, "还没有教师，请先选好教师再启用。",
                       "It has no teacher yet; please choose one first.");
        return false;
    }
    return !g_str_equal(state, "active") || check_alone(call, before, error);
}

static bool
set_state(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    JsonObject *body = sc_call_get_body(call);
    const char *state = json_object_get_string_member(body, "state");
    g_autofree char *what = g_strdup_printf("pairing %s", id);
    g_autoptr(JsonObject) before = sc_collection_read(&pairings, call, id, error);
    if (before == NULL)
        return false;
    const char *organisation =
        json_object_get_string_member_with_default(before, "organisation", NULL);
    if (!sc_collection_check_look(&pairings, call, id, error)
        || !sc_access_check_administers(call, organisation, what, error)
        || !sc_call_check_version(call, json_object_get_int_member(before, "version"),
                                  error)
        || !check_step(call, before, state, error)
        || !write_state(call, id, state,
                        json_object_get_string_member_with_default(body, "reason", ""),
                        error)
        || !renew_lessons(call, id, error))
        return false;
    g_autoptr(JsonObject) after = sc_collection_read(&pairings, call, id, error);
    if (after == NULL)
        return false;
    sc_call_answer_object(call, 200, json_object_ref(after));
    return sc_call_audit(call, "pairing", id, organisation, before, after, error);
}

const ScApiHandler sc_pairing_handlers[] = {
    SC_API_COLLECTION("pairing", "pairings", pairings),
    { "set-pairing-state", set_state, NULL, NULL },
};
const unsigned sc_n_pairing_handlers = G_N_ELEMENTS(sc_pairing_handlers);
