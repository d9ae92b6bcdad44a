/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/rules.h"

#include "signaling/problem.h"
#include "signaling/store/query.h"

bool
sc_rules_read_period(ScCall *call, const char *schedule, int64_t number,
                     unsigned *out_starts_min, unsigned *out_ends_min, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT starts_min, ends_min FROM period"
                       " WHERE schedule = $1 AND number = $2",
                       error))
        return false;
    sc_query_bind_text(&query, schedule);
    sc_query_bind_integer(&query, number);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "period",
                             "period is %" G_GINT64_FORMAT
                             ": the bell schedule has no such period",
                             (gint64)number);
        sc_problem_say(error, "这份作息时间里没有第 %d 节。",
                       "The bell schedule has no period %d.", (int)number);
        return false;
    }
    *out_starts_min = (unsigned)sc_query_get_integer(&query, 0);
    *out_ends_min = (unsigned)sc_query_get_integer(&query, 1);
    return true;
}

bool
sc_rules_check_teacher(ScCall *call, const char *teacher, const char *giving_site,
                       GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (teacher == NULL)
        return true;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT 1 FROM appointment JOIN organisation_ancestor AS up"
                       " ON up.ancestor = appointment.organisation"
                       " JOIN site ON site.organisation = up.organisation"
                       " JOIN person ON person.id = appointment.person"
                       " WHERE appointment.person = $1 AND site.id = $2"
                       " AND role = 'teacher' AND person.state = 'active'",
                       error))
        return false;
    sc_query_bind_text(&query, teacher);
    sc_query_bind_text(&query, giving_site);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (has_row)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "teacher",
                         "this person is no teacher at the giving site's school");
    sc_problem_say(error, "此人不是主讲教室所在学校的教师。",
                   "This person is no teacher at the giving classroom's school.");
    return false;
}

bool
sc_rules_check_free(ScCall *call, const char *field, JsonArray *conflicts,
                    JsonArray *free_periods, GError **error)
{
    unsigned n = json_array_get_length(conflicts);
    if (n == 0)
        return true;
    JsonObject *members = json_object_new();
    json_object_set_array_member(members, "conflicts", json_array_ref(conflicts));
    json_object_set_array_member(members, "free", json_array_ref(free_periods));
    sc_call_set_refusal(call, members);
    sc_problem_set_error(error, SC_PROBLEM_CONFLICT, field,
                         "%u collisions with the timetable", n);
    sc_problem_say(error, "与课表有 %u 处冲突，没有保存。",
                   "Collisions with the timetable: %u. It was not saved.", n);
    return false;
}
