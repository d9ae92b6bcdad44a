/* SPDX-License-Identifier: Apache-2.0 */
/* entries.c: the weekly timetable: a pairing's period on a weekday, in some of the term's
 * weeks. What would collide is not saved. */
#include "signaling/api/access.h"
#include "signaling/api/clashes.h"
#include "signaling/api/handlers.h"
#include "signaling/api/offers.h"
#include "signaling/api/rules.h"
#include "signaling/bell.h"
#include "signaling/school/generation.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"
#include "signaling/store/timetable.h"

static const ScField fields[] = {
    { "pairing", SC_FIELD_TEXT, SC_FIELD_FILTER | SC_FIELD_CREATE_ONLY, NULL, "pairing" },
    { "weekday", SC_FIELD_INTEGER, SC_FIELD_FILTER, NULL, NULL },
    { "schedule", SC_FIELD_TEXT, 0, NULL, "bell_schedule" },
    { "period", SC_FIELD_INTEGER, 0, NULL, NULL },
    { "weeks", SC_FIELD_TEXT, 0, NULL, NULL },
    { "first_week", SC_FIELD_INTEGER, 0, NULL, NULL },
    { "last_week", SC_FIELD_INTEGER, 0, NULL, NULL },
    { "teacher", SC_FIELD_TEXT, 0, NULL, "person" },
    { "term", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_FILTER, "pairing.term", NULL },
    { "subject", SC_FIELD_TEXT, SC_FIELD_READ_ONLY, "pairing.subject", NULL },
    { "pairing_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY | SC_FIELD_SEARCH, "pairing.name",
      NULL },
    { "pairing_state", SC_FIELD_TEXT, SC_FIELD_READ_ONLY, "pairing.state", NULL },
    { "teacher_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM person"
      " WHERE person.id = COALESCE(entry.teacher, pairing.teacher))",
      NULL },
    { "giving_site_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM site WHERE site.id = pairing.giving_site)", NULL },
    { "schedule_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM bell_schedule WHERE bell_schedule.id = entry.schedule)", NULL },
    { "period_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY, "period.name", NULL },
    { "starts_min", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, "period.starts_min", NULL },
    { "ends_min", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY, "period.ends_min", NULL },
};

static const ScFilter filters[] = {
    { "site", "pairing.giving_site = ? OR EXISTS (SELECT 1 FROM pairing_site AS part"
              " WHERE part.pairing = pairing.id AND part.site = ?)" },
    { "of_teacher", "COALESCE(entry.teacher, pairing.teacher) = ?" },
    { "organisation",
      "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
      " WHERE up.organisation = pairing.organisation AND up.ancestor = ?)" },
};

/* What an entry is to be, put together from the body and the pairing. */
typedef struct {
    char *term;         /* owned */
    char *teacher;      /* owned; NULL: none */
    char *giving_site;  /* owned */
    char *organisation; /* owned */
    char **receiving;   /* owned */
    ScWeekly weekly;
    const char *schedule; /* borrowed from the row */
} Plan;

static void
plan_clear(Plan *plan)
{
    g_free(plan->term);
    g_free(plan->teacher);
    g_free(plan->giving_site);
    g_free(plan->organisation);
    g_strfreev(plan->receiving);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

static bool
read_pairing(ScCall *call, JsonObject *row, Plan *plan, GError **error)
{
    const char *pairing = json_object_get_string_member(row, "pairing");
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT term, teacher, giving_site, organisation, state"
                       " FROM pairing WHERE id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, pairing);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row || sc_query_is_null(&query, 0)) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "pairing",
                             "there is no pairing %s with a term", pairing);
        sc_problem_say(error, "这个结对没有学期，不能排课。",
                       "This pairing has no term and cannot be put into the timetable.");
        return false;
    }
    if (g_str_equal(sc_query_get_text(&query, 4), "ended")) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "pairing",
                             "the pairing is over");
        sc_problem_say(error, "这个结对已经结束，不能再排课。",
                       "This pairing has ended and takes no more lessons.");
        return false;
    }
    const char *own = json_object_get_string_member_with_default(row, "teacher", NULL);
    plan->term = sc_query_dup_text(&query, 0);
    plan->teacher = own != NULL ? g_strdup(own) : sc_query_dup_text(&query, 1);
    plan->giving_site = sc_query_dup_text(&query, 2);
    plan->organisation = sc_query_dup_text(&query, 3);
    return true;
}

static bool
read_period(ScCall *call, JsonObject *row, Plan *plan, GError **error)
{
    plan->schedule = json_object_get_string_member(row, "schedule");
    return sc_rules_read_period(call, plan->schedule,
                                json_object_get_int_member(row, "period"),
                                &plan->weekly.starts_min, &plan->weekly.ends_min, error);
}

static void
say_weeks(GError **error, ScWeekRule rule, int first, int last)
{
    if (last < first)
        sc_problem_say(error, "结束的周不能早于开始的周。",
                       "The last week must not come before the first.");
    else if (rule == SC_WEEKS_ODD)
        sc_problem_say(error, "第 %d 周到第 %d 周里没有单周。",
                       "Weeks %d to %d have no odd one among them.", first, last);
    else
        sc_problem_say(error, "第 %d 周到第 %d 周里没有双周。",
                       "Weeks %d to %d have no even one among them.", first, last);
}

static bool
read_weeks(JsonObject *row, Plan *plan, GError **error)
{
    ScWeekRule rule = SC_WEEKS_ALL;
    gint64 first = json_object_get_int_member_with_default(row, "first_week", 1);
    gint64 last = json_object_get_int_member_with_default(row, "last_week", 53);
    (void)sc_week_rule_parse(
        json_object_get_string_member_with_default(row, "weeks", "all"), &rule);
    plan->weekly.weekday = (unsigned)json_object_get_int_member(row, "weekday");
    plan->weekly.weeks = sc_weeks_make((int)rule, (unsigned)first, (unsigned)last);
    if (last < first || plan->weekly.weeks == 0) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "last_week",
                             "weeks %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                             " have none that is %s",
                             first, last, sc_week_rule_get_name(rule));
        say_weeks(error, rule, (int)first, (int)last);
        return false;
    }
    return true;
}

static bool
make_plan(ScCall *call, JsonObject *row, Plan *plan, GError **error)
{
    if (!read_pairing(call, row, plan, error) || !read_period(call, row, plan, error)
        || !read_weeks(row, plan, error))
        return false;
    plan->receiving = sc_store_list_receiving_sites(
        sc_call_get_store(call), json_object_get_string_member(row, "pairing"), error);
    return plan->receiving != NULL;
}

/* What collides, and where there is room instead. */
static bool
find_clashes(ScCall *call, const Plan *plan, const char *except, JsonArray *conflicts,
             JsonArray *free_periods, GError **error)
{
    const ScParty party = {
        .term = plan->term,
        .teacher = plan->teacher,
        .giving_site = plan->giving_site,
        .receiving_sites = plan->receiving,
        .except_entry = except,
    };
    return sc_clashes_find_weekly(call, &party, &plan->weekly, conflicts, error)
           && (json_array_get_length(conflicts) == 0
               || sc_offers_find_weekly(call, &party, plan->schedule, &plan->weekly,
                                        free_periods, error));
}

static bool
check(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    g_auto(Plan) plan = { 0 };
    g_autoptr(JsonArray) conflicts = json_array_new();
    g_autoptr(JsonArray) free_periods = json_array_new();
    const char *id = json_object_get_string_member(before != NULL ? before : after, "id");
    return make_plan(call, after, &plan, error)
           && find_clashes(call, &plan, id, conflicts, free_periods, error)
           && sc_rules_check_free(call, "period", conflicts, free_periods, error);
}

/* The lessons to come are what the entry now says. */
static bool
renew_lessons(ScCall *call, const char *entry, GError **error)
{
    const ScApiParts *parts = sc_call_get_parts(call);
    g_autoptr(ScGenerator) generator =
        sc_generator_new(parts->store, parts->zone, sc_call_get_now_ms(call));
    ScGenerated counts = { 0 };
    if (!sc_generator_run_entry(generator, entry, &counts, error))
        return false;
    sc_bell_reconsider(parts->bell);
    return true;
}

static bool
remove_row(ScCall *call, const char *entry, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call), "DELETE FROM entry WHERE id = $1",
                       error))
        return false;
    sc_query_bind_text(&query, entry);
    return sc_query_run(&query, error);
}

/* One that is deleted is gone before its lessons are looked at. */
static bool
saved(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *id = json_object_get_string_member(after != NULL ? after : before, "id");
    return (after != NULL || remove_row(call, id, error))
           && renew_lessons(call, id, error);
}

static const ScCollection entries = {
    .noun = "entry",
    .table = "entry",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "JOIN pairing ON pairing.id = entry.pairing"
             " JOIN period ON period.schedule = entry.schedule"
             " AND period.number = entry.period",
    .organisation = "pairing.organisation",
    .sees = "pairing.teacher = $1 OR entry.teacher = $1 OR " SC_ACCESS_SEES_A_SITE,
    .order = "entry.weekday * 10000 + period.starts_min",
    .is_integer_order = true,
    .check = check,
    .saved = saved,
};

static bool
check_references(ScCall *call, JsonObject *body, GError **error)
{
    const char *teacher =
        json_object_get_string_member_with_default(body, "teacher", NULL);
    return sc_access_check_reference(call, "pairing",
                                     json_object_get_string_member(body, "pairing"),
                                     "pairing", error)
           && sc_access_check_reference(call, "bell_schedule",
                                        json_object_get_string_member(body, "schedule"),
                                        "schedule", error)
           && (teacher == NULL
               || sc_access_check_reference(call, "person", teacher, "teacher", error));
}

/* Looks without writing: "entry" names the one that is about to be changed. */
static bool
check_entry(ScCall *call, GError **error)
{
    JsonObject *body = sc_call_get_body(call);
    g_auto(Plan) plan = { 0 };
    g_autoptr(JsonArray) conflicts = json_array_new();
    g_autoptr(JsonArray) free_periods = json_array_new();
    if (!check_references(call, body, error) || !make_plan(call, body, &plan, error)
        || !find_clashes(call, &plan,
                         json_object_get_string_member_with_default(body, "entry", NULL),
                         conflicts, free_periods, error))
        return false;
    JsonObject *answer = json_object_new();
    json_object_set_array_member(answer, "conflicts", g_steal_pointer(&conflicts));
    json_object_set_array_member(answer, "free", g_steal_pointer(&free_periods));
    sc_call_answer_object(call, 200, answer);
    return true;
}

const ScApiHandler sc_entry_handlers[] = {
    SC_API_COLLECTION("entry", "entries", entries),
    { "check-entry", check_entry, NULL, NULL },
};
const unsigned sc_n_entry_handlers = G_N_ELEMENTS(sc_entry_handlers);
