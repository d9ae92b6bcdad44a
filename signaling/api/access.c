/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/access.h"

#include "signaling/store/query.h"

bool
sc_access_has(ScCall *call, ScApiRole role, const char *organisation, bool *out_has,
              GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT 1 FROM organisation_ancestor AS above"
                       " JOIN appointment ON appointment.organisation = above.ancestor"
                       " WHERE above.organisation = $1 AND appointment.person = $2"
                       " AND appointment.role = $3",
                       error))
        return false;
    sc_query_bind_text(&query, organisation);
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    sc_query_bind_text(&query, sc_api_role_get_name(role));
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_has = has_row;
    return true;
}

static void
say_absent(GError **error)
{
    sc_problem_say(error, "没有找到：可能已被删除，或者不在您的权限内。",
                   "Not found: it may have been deleted, or is not for you to see.");
}

bool
sc_access_refuse_absent(const char *noun, const char *id, GError **error)
{
    sc_problem_set_error(error, SC_PROBLEM_NOT_FOUND, NULL, "there is no %s %s", noun,
                         id);
    say_absent(error);
    return false;
}

static bool
refuse_as_absent(const char *what, GError **error)
{
    sc_problem_set_error(error, SC_PROBLEM_NOT_FOUND, NULL, "there is no %s", what);
    say_absent(error);
    return false;
}

/* False and no error: it may not. */
static bool
may_look(ScCall *call, const char *organisation, GError **error)
{
    bool administers = false, inspects = false;
    return organisation != NULL
           && sc_access_has(call, SC_API_ADMINISTRATOR, organisation, &administers, error)
           && (administers
               || sc_access_has(call, SC_API_INSPECTOR, organisation, &inspects, error))
           && (administers || inspects);
}

bool
sc_access_check_look(ScCall *call, const char *organisation, const char *what,
                     GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (may_look(call, organisation, &reason))
        return true;
    if (reason == NULL)
        return refuse_as_absent(what, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

bool
sc_access_check_administers(ScCall *call, const char *organisation, const char *what,
                            GError **error)
{
    bool administers = false;
    if (organisation != NULL
        && !sc_access_has(call, SC_API_ADMINISTRATOR, organisation, &administers, error))
        return false;
    if (administers)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_FORBIDDEN, NULL,
                         "%s: only an administrator of its organisation changes it",
                         what);
    sc_problem_say(error, "只有它所属机构的管理员才能修改。",
                   "Only an administrator of its organisation may change it.");
    return false;
}

bool
sc_access_check_change(ScCall *call, const char *organisation, const char *what,
                       GError **error)
{
    return sc_access_check_look(call, organisation, what, error)
           && sc_access_check_administers(call, organisation, what, error);
}

/* What holds for all below it may be named by who works there. */
#define HOLDS_FOR(organisation)                                             \
    "EXISTS (SELECT 1 FROM organisation_ancestor AS above_own"              \
    " JOIN appointment AS own ON own.organisation = above_own.organisation" \
    " WHERE above_own.ancestor = " organisation " AND own.person = $1)"

#define SEES_OR_HOLDS(organisation) \
    "(" SC_ACCESS_SEES(organisation) " OR " HOLDS_FOR(organisation) ")"

#define SEES_AN_APPOINTMENT                     \
    "EXISTS (SELECT 1 FROM appointment AS held" \
    " WHERE held.person = person.id AND " SC_ACCESS_SEES("held.organisation") ")"

#define IS_THERE(table) "SELECT 1 FROM " table " WHERE " /* and the actor as $1 … */
#define ID " AND id = $2"

static const struct {
    const char *table;
    const char *sql;
} references[] = {
    { "organisation", IS_THERE("organisation") SEES_OR_HOLDS("organisation.id") ID },
    { "site", IS_THERE("site") SC_ACCESS_SEES("site.organisation") ID },
    { "term", IS_THERE("term") SEES_OR_HOLDS("term.organisation") ID },
    { "bell_schedule",
      IS_THERE("bell_schedule") SEES_OR_HOLDS("bell_schedule.organisation") ID },
    { "pairing", IS_THERE("pairing") "(" SC_ACCESS_SEES(
                     "pairing.organisation") " OR " SC_ACCESS_SEES_A_SITE ")" ID },
    { "person", IS_THERE("person") "(id = $1 OR " SC_ACCESS_SEES(
                    "person.organisation") " OR " SEES_AN_APPOINTMENT ")" ID },
};

static const char *
get_reference_sql(const char *table)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(references); i++)
        if (g_str_equal(references[i].table, table))
            return references[i].sql;
    g_error("access: nobody refers to %s", table);
}

bool
sc_access_check_reference(ScCall *call, const char *table, const char *id,
                          const char *field, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), get_reference_sql(table), error))
        return false;
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (has_row)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_NOT_FOUND, field,
                         "%s is \"%s\": there is none", field, id);
    say_absent(error);
    return false;
}
