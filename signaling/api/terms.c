/* SPDX-License-Identifier: Apache-2.0 */
/* terms.c: the teaching weeks of an organisation and of all below it, with their holidays
 * and shifted workdays. */
#include "signaling/api/handlers.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"

#define EXCEPTIONS "exceptions"

static const ScField fields[] = {
    { "organisation", SC_FIELD_TEXT, SC_FIELD_FILTER | SC_FIELD_CREATE_ONLY, NULL,
      "organisation" },
    { "name", SC_FIELD_TEXT, SC_FIELD_SEARCH, NULL, NULL },
    { "first_day", SC_FIELD_TEXT, 0, NULL, NULL },
    { "last_day", SC_FIELD_TEXT, 0, NULL, NULL },
    { "organisation_name", SC_FIELD_TEXT, SC_FIELD_READ_ONLY,
      "(SELECT name FROM organisation WHERE organisation.id = term.organisation)", NULL },
    { "n_lessons", SC_FIELD_INTEGER, SC_FIELD_READ_ONLY,
      "(SELECT count(*) FROM lesson WHERE lesson.term = term.id)", NULL },
};

/* What holds for @above: its own terms and those of what lies above it. */
static const ScFilter filters[] = {
    { "above", "EXISTS (SELECT 1 FROM organisation_ancestor AS up"
               " WHERE up.ancestor = term.organisation AND up.organisation = ?)" },
};

static void
say_calendar(GError **error, ScTermError reason)
{
    switch (reason) {
    case SC_TERM_ERROR_YEARS:
        sc_problem_say(error, "日期要在 %d 年到 %d 年之间。",
                       "The days must be of the years %d to %d.", SC_YEAR_MIN,
                       SC_YEAR_MAX);
        return;
    case SC_TERM_ERROR_LENGTH:
        sc_problem_say(error, "从开学到结束要有 1 到 %d 天。",
                       "A term has 1 to %d days from its first to its last.",
                       SC_TERM_DAYS_MAX);
        return;
    case SC_TERM_ERROR_OUTSIDE:
        sc_problem_say(error, "这一天不在学期里。", "This day is not in the term.");
        return;
    case SC_TERM_ERROR_TWICE:
        sc_problem_say(error, "这一天前面已经有了。", "This day stands there already.");
        return;
    case SC_TERM_ERROR_FOLLOWS:
        sc_problem_say(error, "所按的那一天不在学期里。",
                       "The day that is followed is not in the term.");
        return;
    }
}

/* @index: of the exception at fault; -1: none. */
static bool
refuse_calendar(const GError *reason, int index, GError **error)
{
    g_autofree char *field =
        index < 0
            ? g_strdup("last_day")
            : g_strdup_printf(EXCEPTIONS "[%d].%s", index,
                              reason->code == SC_TERM_ERROR_FOLLOWS ? "follows" : "day");
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field, "%s: %s", field,
                         reason->message);
    say_calendar(error, (ScTermError)reason->code);
    return false;
}

/* Borrowed from @row. */
static GArray *
list_exceptions(JsonObject *row)
{
    GArray *list = g_array_new(FALSE, TRUE, sizeof(ScTermException));
    JsonArray *exceptions = json_object_has_member(row, EXCEPTIONS)
                                ? json_object_get_array_member(row, EXCEPTIONS)
                                : NULL;
    for (guint i = 0; exceptions != NULL && i < json_array_get_length(exceptions); i++) {
        JsonObject *object = json_array_get_object_element(exceptions, i);
        ScTermException exception = {
            .day = json_object_get_string_member(object, "day"),
            .follows =
                json_object_get_string_member_with_default(object, "follows", NULL),
        };
        g_array_append_val(list, exception);
    }
    return list;
}

/* "work" follows a day, "off" follows none. */
static bool
check_kinds(JsonObject *row, GError **error)
{
    if (!json_object_has_member(row, EXCEPTIONS))
        return true;
    JsonArray *exceptions = json_object_get_array_member(row, EXCEPTIONS);
    for (guint i = 0; i < json_array_get_length(exceptions); i++) {
        JsonObject *object = json_array_get_object_element(exceptions, i);
        bool is_work = g_str_equal(json_object_get_string_member(object, "kind"), "work");
        const char *follows =
            json_object_get_string_member_with_default(object, "follows", NULL);
        if (is_work == (follows != NULL))
            continue;
        g_autofree char *field = g_strdup_printf(EXCEPTIONS "[%u].follows", i);
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, field,
                             is_work ? "%s: a shifted workday follows another day"
                                     : "%s: a day off follows none",
                             field);
        if (is_work)
            sc_problem_say(error, "调休上课要写明按哪一天的课表。",
                           "A shifted workday needs the day whose lessons it holds.");
        else
            sc_problem_say(error, "放假的日子不用写按哪天的课表。",
                           "A day off follows no other day.");
        return false;
    }
    return true;
}

static bool
check_calendar(JsonObject *after, GError **error)
{
    g_autoptr(GArray) exceptions = list_exceptions(after);
    g_autoptr(GError) reason = NULL;
    int index;
    g_autoptr(ScTermCalendar) calendar = sc_term_calendar_new(
        json_object_get_string_member(after, "first_day"),
        json_object_get_string_member(after, "last_day"),
        (const ScTermException *)exceptions->data, exceptions->len, &index, &reason);
    return calendar != NULL || refuse_calendar(reason, index, error);
}

static bool
check_overlap(ScCall *call, JsonObject *after, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT name, first_day, last_day FROM term"
                       " WHERE organisation = $1 AND id <> $2"
                       " AND first_day <= $3 AND last_day >= $4",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(after, "organisation"));
    sc_query_bind_text(&query, json_object_get_string_member(after, "id"));
    sc_query_bind_text(&query, json_object_get_string_member(after, "last_day"));
    sc_query_bind_text(&query, json_object_get_string_member(after, "first_day"));
    if (!sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row)
        return true;
    const char *name = sc_query_get_text(&query, 0);
    const char *first = sc_query_get_text(&query, 1);
    const char *last = sc_query_get_text(&query, 2);
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "first_day",
                         "it overlaps with the term \"%s\", %s to %s", name, first, last);
    sc_problem_say(error, "与学期“%s”（%s 至 %s）重叠。",
                   "It overlaps with the term “%s”, %s to %s.", name, first, last);
    return false;
}

/* Lessons that were made stay where they are: a term cannot end before them. */
static bool
check_lessons(ScCall *call, JsonObject *after, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT count(*) FROM lesson WHERE term = $1"
                       " AND (day < $2 OR day > $3)",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(after, "id"));
    sc_query_bind_text(&query, json_object_get_string_member(after, "first_day"));
    sc_query_bind_text(&query, json_object_get_string_member(after, "last_day"));
    if (!sc_query_step(&query, &has_row, error))
        return false;
    int64_t n = sc_query_get_integer(&query, 0);
    if (n == 0)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_IN_USE, "last_day",
                         "%" G_GINT64_FORMAT " lessons lie outside these days",
                         (gint64)n);
    sc_problem_say(error, "已有 %d 节课在这段日子之外，学期不能这样改。",
                   "Lessons that lie outside these days already: %d.", (int)n);
    return false;
}

static bool
check(ScCall *call, JsonObject *before G_GNUC_UNUSED, JsonObject *after, GError **error)
{
    return check_kinds(after, error) && check_calendar(after, error)
           && check_overlap(call, after, error) && check_lessons(call, after, error);
}

static bool
remove_exceptions(ScCall *call, const char *term, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "DELETE FROM term_exception WHERE term = $1", error))
        return false;
    sc_query_bind_text(&query, term);
    return sc_query_run(&query, error);
}

static bool
add_exception(ScCall *call, const char *term, JsonObject *exception, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "INSERT INTO term_exception (term, day, kind, follows, name)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       error))
        return false;
    sc_query_bind_text(&query, term);
    sc_query_bind_text(&query, json_object_get_string_member(exception, "day"));
    sc_query_bind_text(&query, json_object_get_string_member(exception, "kind"));
    sc_query_bind_text(
        &query, json_object_get_string_member_with_default(exception, "follows", NULL));
    sc_query_bind_text(&query, json_object_get_string_member(exception, "name"));
    return sc_query_run(&query, error);
}

static bool
saved(ScCall *call, JsonObject *before, JsonObject *after, GError **error)
{
    const char *term =
        json_object_get_string_member(after != NULL ? after : before, "id");
    if (!remove_exceptions(call, term, error))
        return false;
    if (after == NULL || !json_object_has_member(after, EXCEPTIONS))
        return true;
    JsonArray *exceptions = json_object_get_array_member(after, EXCEPTIONS);
    for (guint i = 0; i < json_array_get_length(exceptions); i++)
        if (!add_exception(call, term, json_array_get_object_element(exceptions, i),
                           error))
            return false;
    return true;
}

static bool
read_exceptions(ScCall *call, JsonObject *row, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(JsonArray) exceptions = json_array_new();
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT day, kind, follows, name FROM term_exception"
                       " WHERE term = $1 ORDER BY day",
                       error))
        return false;
    sc_query_bind_text(&query, json_object_get_string_member(row, "id"));
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            json_object_set_array_member(row, EXCEPTIONS, g_steal_pointer(&exceptions));
            return true;
        }
        JsonObject *exception = json_object_new();
        json_object_set_string_member(exception, "day", sc_query_get_text(&query, 0));
        json_object_set_string_member(exception, "kind", sc_query_get_text(&query, 1));
        if (sc_query_is_null(&query, 2))
            json_object_set_null_member(exception, "follows");
        else
            json_object_set_string_member(exception, "follows",
                                          sc_query_get_text(&query, 2));
        json_object_set_string_member(exception, "name", sc_query_get_text(&query, 3));
        json_array_add_object_element(exceptions, exception);
    }
    return false;
}

static bool
complete(ScCall *call, JsonObject *row, GError **error)
{
    if (!read_exceptions(call, row, error))
        return false;
    int index;
    g_autoptr(ScTermCalendar) calendar = sc_term_calendar_new(
        json_object_get_string_member(row, "first_day"),
        json_object_get_string_member(row, "last_day"), NULL, 0, &index, error);
    if (calendar == NULL)
        return false;
    json_object_set_int_member(row, "n_weeks", sc_term_calendar_count_weeks(calendar));
    return true;
}

/* A teacher sees the terms of what it is appointed to. */
static const ScCollection terms = {
    .noun = "term",
    .table = "term",
    .fields = fields,
    .n_fields = G_N_ELEMENTS(fields),
    .filters = filters,
    .n_filters = G_N_ELEMENTS(filters),
    .joins = "",
    .organisation = "term.organisation",
    .sees = "EXISTS (SELECT 1 FROM appointment AS own"
            " JOIN organisation_ancestor AS up ON up.organisation = own.organisation"
            " WHERE own.person = $1 AND up.ancestor = term.organisation)",
    .order = "term.first_day",
    .check = check,
    .saved = saved,
    .complete = complete,
};

const ScApiHandler sc_term_handlers[] = { SC_API_COLLECTION("term", "terms", terms) };
const unsigned sc_n_term_handlers = G_N_ELEMENTS(sc_term_handlers);
