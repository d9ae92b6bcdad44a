/* SPDX-License-Identifier: Apache-2.0 */
/* bells.c: bell schedules: the periods of a school day and their times. */
#include "signaling/api/handlers.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"

#define PERIODS "periods"

static const ScField fields[] = {
    { "organisation", SC_FIELD_TEXT, SC_FIELD_FILTER | SC_FIELD_CREATE_ONLY, NULL,
      "organisation" },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "organisation_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM organisation"
      " WHERE organisation.id = bell_schedule.organisation)",
      NULL },
};

static const ScFilter filters[] = {
    { "above", "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
               " WHERE up.ancestor = bell_schedule.organisation"
               " AND up.organisation = ?)" },
};

typedef struct {
    unsigned number;
    unsigned starts_min;
    unsigned ends_min;
} Period;

/* What holds between the periods, and what is said where it does not. */
typedef struct {
    const char *member;
    const char *what;
    const char *zh;
    const char *en;
} Rule;

static const Rule rising = { "number", "numbers must rise", "节次要比前一行的大。",
                             "It must be greater than the number before it." };
static const Rule lasting = { "ends", "it ends before it begins",
                              "结束时间要在开始时间之后。",
                              "It must end after it begins." };
static const Rule following = { "starts", "it begins before the one before it ends",
                                "前一节结束以后才能开始。",
                                "It begins before the one above it ends." };

static bool
refuse(GError **error, guint index, const Rule *rule)
{
    g_autofree char *field = g_strdup_printf(PERIODS "[%u].%s", index, rule->member);
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field, "%s: %s", field,
                         rule->what);
    sc_problem_say_literal(error, rule->zh, rule->en);
    return false;
}

/* The schema has seen to the texts. */
static Period
read_period(JsonObject *object)
{
    Period period = { .number = (unsigned)json_object_get_int_member(object, "number") };
    bool is_time = sc_minute_parse(json_object_get_string_member(object, "starts"),
                                   &period.starts_min)
                   && sc_minute_parse(json_object_get_string_member(object, "ends"),
                                      &period.ends_min);
    g_assert(is_time);
    return period;
}

static bool
check(ScCall *call G_GNUC_UNUSED, JsonObject *before G_GNUC_UNUSED, JsonObject *after,
      GError **error)
{
    JsonArray *periods = json_object_get_array_member(after, PERIODS);
    Period last = { 0 };
    for (guint i = 0; i < json_array_get_length(periods); i++) {
        Period period = read_period(json_array_get_object_element(periods, i));
        if (period.number <= last.number)
            return refuse(error, i, &rising);
        if (period.ends_min <= period.starts_min)
            return refuse(error, i, &lasting);
        if (i > 0 && period.starts_min < last.ends_min)
            return refuse(error, i, &following);
        last = period;
    }
    return true;
}

static bool
is_kept(JsonArray *periods, int64_t number)
{
    for (guint i = 0; periods != NULL && i < json_array_get_length(periods); i++)
        if (json_object_get_int_member(json_array_get_object_element(periods, i),
                                       "number")
            == number)
            return true;
    return false;
}

static bool
write_period(ScCall *call, const char *schedule, JsonObject *object, GError **error)
{
    Period period = read_period(object);
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "INSERT INTO period (schedule, number, name, starts_min, ends_min)"
                       " VALUES ($1, $2, $3, $4, $5)"
                       " ON CONFLICT (schedule, number) DO UPDATE SET"
                       " name = excluded.name, starts_min = excluded.starts_min,"
                       " ends_min = excluded.ends_min",
                       error))
        return false;
    sc_query_bind_text(&query, schedule);
    sc_query_bind_integer(&query, period.number);
    sc_query_bind_text(&query, json_object_get_string_member(object, "name"));
    sc_query_bind_integer(&query, period.starts_min);
    sc_query_bind_integer(&query, period.ends_min);
    return sc_query_run(&query, error);
}

static bool
remove_period(ScCall *call, const char *schedule, int64_t number, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GError) reason = NULL;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "DELETE FROM period WHERE schedule = $1 AND number = $2", error))
        return false;
    sc_query_bind_text(&query, schedule);
    sc_query_bind_integer(&query, number);
    if (sc_query_run(&query, &reason))
        return true;
    if (!g_error_matches(reason, SC_STORE_ERROR, SC_STORE_ERROR_CONSTRAINT)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    sc_problem_set_error(error, SC_PROBLEM_IN_USE, PERIODS,
                         "period %" G_GINT64_FORMAT " is in the timetable",
                         (gint64)number);
    sc_problem_say(error, "第 %d 节已经排了课，不能去掉。",
                   "Period %d is in the timetable and cannot be taken away.",
                   (int)number);
    return false;
}

static bool
saved(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *id = json_object_get_string_member(after != NULL ? after : before, "id");
    JsonArray *old =
        before != NULL ? json_object_get_array_member(before, PERIODS) : NULL;
    JsonArray *new = after != NULL ? json_object_get_array_member(after, PERIODS) : NULL;
    for (guint i = 0; old != NULL && i < json_array_get_length(old); i++) {
        int64_t number =
            json_object_get_int_member(json_array_get_object_element(old, i), "number");
        if (!is_kept(new, number) && !remove_period(call, id, number, error))
            return false;
    }
    for (guint i = 0; new != NULL &&i < json_array_get_length(new); i++)
        if (!write_period(call, id, json_array_get_object_element(new, i), error))
            return false;
    return true;
}

static bool
complete(ScCall *call, JsonObject *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) periods = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT number, name, starts_min, ends_min FROM period"
                       " WHERE schedule = $1 ORDER BY number",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(row, "id"));
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(row, PERIODS, g_steal_pointer(&periods));
            return true;
        }
        char starts[SC_MINUTE_LENGTH + 1], ends[SC_MINUTE_LENGTH + 1];
        sc_minute_print((unsigned)sc_query_get_integer(&query, 2), starts);
        sc_minute_print((unsigned)sc_query_get_integer(&query, 3), ends);
        JsonObject *period = json_object_new();
        json_object_set_int_member(period, "number", sc_query_get_integer(&query, 0));
        json_object_set_string_member(period, "name", sc_query_get_text(&query, 1));
        json_object_set_string_member(period, "starts", starts);
        json_object_set_string_member(period, "ends", ends);
        json_array_add_object_element(periods, period);
    }
    return false;
}

static const ScCollection bell_schedules = {
    .noun = "bell-schedule",
    .table = "bell_schedule",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "",
    .organisation = "bell_schedule.organisation",
    .sees = "EXISTS (SELECT 1 FROM appointment AS own"
            " JOIN organisation_ancestor AS up ON up.organisation = own.organisation"
            " WHERE own.person = $1 AND up.ancestor = bell_schedule.organisation)",
    .order = "bell_schedule.name",
    .check = check,
    .saved = saved,
    .complete = complete,
};

const ScApiHandler sc_bell_schedule_handlers[] = {
    SC_API_COLLECTION("bell-schedule", "bell-schedules", bell_schedules),
};
const unsigned sc_n_bell_schedule_handlers = G_N_ELEMENTS(sc_bell_schedule_handlers);
