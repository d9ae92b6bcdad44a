/* SPDX-License-Identifier: Apache-2.0 */
/* lessons.c: dated lessons: listed by days, moved, cancelled, given to a substitute, made
 * singly or made up. What was changed by hand a new generation leaves alone. */
#include "signaling/api/access.h"
#include "signaling/api/clashes.h"
#include "signaling/api/handlers.h"
#include "signaling/api/lesson-door.h"
#include "signaling/api/lesson-rows.h"
#include "signaling/api/offers.h"
#include "signaling/api/rules.h"
#include "signaling/bell.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/timetable.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define LIST_DAYS_MAX 62
#define LIMIT_DEFAULT 50
#define LONGEST_MS (6 * 3600 * 1000LL)

/* Listing: driven by what narrows it most: a site, a teacher, a pairing, or the days. */

typedef struct {
    const char *parameter; /* of the query; NULL: the days alone */
    const char *sql;       /* with the parameter as $5 */
} Shape;

#define WITHIN " AND lesson.starts_ms >= $2 AND lesson.starts_ms < $3"
#define PAGE                                        \
    " AND (lesson.starts_ms, lesson.id) > ($6, $7)" \
    " AND ($8 = '' OR lesson.state = $8)"           \
    " ORDER BY lesson.starts_ms, lesson.id LIMIT $4"

static const Shape shapes[] = {
    { "site", SC_LESSON_ROWS_SELECT
      "WHERE lesson.id IN (SELECT its.lesson FROM lesson_site AS its WHERE its.site = $5)"
      " AND " SC_LESSON_ROWS_SEES WITHIN PAGE },
    { "teacher", SC_LESSON_ROWS_SELECT
      "WHERE lesson.teacher = $5 AND " SC_LESSON_ROWS_SEES WITHIN PAGE },
    { "pairing", SC_LESSON_ROWS_SELECT
      "WHERE lesson.pairing = $5 AND " SC_LESSON_ROWS_SEES WITHIN PAGE },
    { "organisation", SC_LESSON_ROWS_SELECT
      "WHERE (EXISTS (SELECT 1 FROM organisation_ancestor AS below"
      " WHERE below.organisation = lesson.organisation AND below.ancestor = $5)"
      " OR lesson.id IN (SELECT its.lesson FROM organisation_ancestor AS below"
      " JOIN site AS own ON own.organisation = below.organisation"
      " JOIN lesson_site AS its ON its.site = own.id WHERE below.ancestor = $5"
      " AND below.distance = 0)) AND " SC_LESSON_ROWS_SEES WITHIN PAGE },
    { NULL, SC_LESSON_ROWS_SELECT "WHERE $5 = '' AND " SC_LESSON_ROWS_SEES WITHIN PAGE },
};

static const Shape *
choose_shape(ScCall *call)
{
    const Shape *shape = shapes;
    while (shape->parameter != NULL && sc_call_get_query(call, shape->parameter) == NULL)
        shape++;
    return shape;
}

/* Where the page begins: behind this instant and id. */
typedef struct {
    int64_t starts_ms;
    char *id; /* owned */
} Mark;

static void
mark_clear(Mark *mark)
{
    g_free(mark->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mark, mark_clear)

/* "1788220800000.ID" */
static bool
parse_mark(const char *cursor, Mark *out_mark, GError **error)
{
    char *end = NULL;
    out_mark->starts_ms = cursor != NULL ? g_ascii_strtoll(cursor, &end, 10) : -1;
    if (cursor != NULL && (end == cursor || *end != '.')) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "cursor",
                             "cursor is %s: must be the \"next\" of a list", cursor);
        return false;
    }
    out_mark->id = g_strdup(cursor != NULL ? end + 1 : "");
    return true;
}

static bool
read_days(ScCall *call, int64_t *out_from_ms, int64_t *out_to_ms, GError **error)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    const char *from = sc_call_get_query(call, "from");
    const char *to = sc_call_get_query(call, "to");
    GDate first, last;
    const char *bad = !sc_day_parse(from, &first) ? "from"
                      : !sc_day_parse(to, &last)  ? "to"
                                                  : NULL;
    if (bad != NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, bad,
                             "%s is %s: days are of the years %d to %d", bad,
                             sc_call_get_query(call, bad), SC_YEAR_MIN, SC_YEAR_MAX);
        sc_problem_say(error, "日期要在 %d 年到 %d 年之间。",
                       "The days must be of the years %d to %d.", SC_YEAR_MIN,
                       SC_YEAR_MAX);
        return false;
    }
    int n_days = g_date_days_between(&first, &last) + 1;
    if (n_days < 1 || n_days > LIST_DAYS_MAX) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "to",
                             "from %s to %s are %d days, must be 1 to %d", from, to,
                             MAX(n_days, 0), LIST_DAYS_MAX);
        return false;
    }
    *out_from_ms = sc_instant_at(from, 0, zone);
    *out_to_ms = sc_instant_at(to, 0, zone) + DAY_MS;
    return true;
}

static bool
require_days(ScCall *call, GError **error)
{
    const char *missing = sc_call_get_query(call, "from") == NULL ? "from"
                          : sc_call_get_query(call, "to") == NULL ? "to"
                                                                  : NULL;
    if (missing != NULL)
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, missing,
                             "%s, a day, is missing", missing);
    return missing == NULL;
}

static bool
read_page(ScCall *call, int64_t from_ms, int64_t to_ms, const Mark *mark,
          JsonArray *items, bool *out_has_more, GError **error)
{
    const Shape *shape = choose_shape(call);
    const char *state = sc_call_get_query(call, "state");
    gint64 limit = sc_call_get_query_integer(call, "limit", LIMIT_DEFAULT);
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), shape->sql, error))
        return false;
    sc_query_bind_named_text(&query, "$1", sc_call_get_actor(call)->id);
    sc_query_bind_named_integer(&query, "$2", from_ms);
    sc_query_bind_named_integer(&query, "$3", to_ms);
    sc_query_bind_named_integer(&query, "$4", limit + 1);
    sc_query_bind_named_text(
        &query, "$5",
        shape->parameter != NULL ? sc_call_get_query(call, shape->parameter) : "");
    sc_query_bind_named_integer(&query, "$6", mark->starts_ms);
    sc_query_bind_named_text(&query, "$7", mark->id);
    sc_query_bind_named_text(&query, "$8", state != NULL ? state : "");
    while (sc_query_step(&query, &has_row, error)) {
        *out_has_more = has_row && json_array_get_length(items) == limit;
        if (!has_row || *out_has_more)
            return true;
        json_array_add_object_element(items, sc_lesson_rows_read(&query));
    }
    return false;
}

static bool
list(ScCall *call, GError **error)
{
    int64_t from_ms, to_ms;
    bool has_more = false;
    g_auto(Mark) mark = { 0 };
    g_autoptr(JsonArray) items = json_array_new();
    if (!require_days(call, error) || !read_days(call, &from_ms, &to_ms, error)
        || !parse_mark(sc_call_get_query(call, "cursor"), &mark, error)
        || !read_page(call, from_ms, to_ms, &mark, items, &has_more, error))
        return false;
    JsonObject *answer = json_object_new();
    JsonObject *last = NULL;
    for (guint i = 0; i < json_array_get_length(items); i++) {
        last = json_array_get_object_element(items, i);
        if (!sc_lesson_rows_add_sites(call, last, error)) {
            json_object_unref(answer);
            return false;
        }
    }
    if (has_more) {
        int64_t starts_ms = 0;
        sc_timestamp_parse(json_object_get_string_member(last, "starts_at"), &starts_ms);
        g_autofree char *next =
            g_strdup_printf("%" G_GINT64_FORMAT ".%s", (gint64)starts_ms,
                            json_object_get_string_member(last, "id"));
        json_object_set_string_member(answer, "next", next);
    } else {
        json_object_set_null_member(answer, "next");
    }
    json_object_set_array_member(answer, "items", g_steal_pointer(&items));
    sc_call_answer_object(call, 200, answer);
    return true;
}

static bool
get(ScCall *call, GError **error)
{
    JsonObject *row = sc_lesson_rows_get(call, sc_call_get_parameter(call, "id"), error);
    if (row == NULL)
        return false;
    sc_call_answer_object(call, 200, row);
    return true;
}

/* Changing. */

/* When and by whom a lesson is to be held. Texts borrowed unless said. */
typedef struct {
    char *schedule; /* owned; NULL: it has no bell schedule */
    char *day;      /* owned */
    const char *teacher;
    int64_t period; /* −1: a time of its own */
    int64_t starts_ms;
    int64_t ends_ms;
} Wish;

static void
wish_clear(Wish *wish)
{
    g_free(wish->schedule);
    g_free(wish->day);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wish, wish_clear)

static const char *
get_text(JsonObject *object, const char *name)
{
    return json_object_get_string_member_with_default(object, name, NULL);
}

/* The bell schedule that holds for @pairing: of its entries, else of its organisation. */
static bool
find_schedule(ScCall *call, const char *pairing, char **out_schedule, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT schedule FROM entry WHERE pairing = $1 UNION ALL"
                       " SELECT bell_schedule.id FROM bell_schedule"
                       " JOIN organisation_ancestor AS up"
                       " ON up.ancestor = bell_schedule.organisation"
                       " JOIN site ON site.organisation = up.organisation"
                       " JOIN pairing ON pairing.giving_site = site.id"
                       " WHERE pairing.id = $1 LIMIT 1",
                       error))
        return false;
    sc_query_bind_text(&query, pairing);
    if (!sc_query_step(&query, &has_row, error))
        return false;
    *out_schedule = has_row ? sc_query_dup_text(&query, 0) : NULL;
    return true;
}

static bool
set_by_period(ScCall *call, Wish *wish, const char *day, int64_t period, GError **error)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    unsigned starts_min, ends_min;
    if (!sc_rules_read_period(call, wish->schedule, period, &starts_min, &ends_min,
                              error))
        return false;
    wish->period = period;
    wish->starts_ms = sc_instant_at(day, starts_min, zone);
    wish->ends_ms = sc_instant_at(day, ends_min, zone);
    g_free(wish->day);
    wish->day = g_strdup(day);
    return true;
}

static void
say_length(GError **error, int64_t length_ms)
{
    if (length_ms <= 0)
        sc_problem_say(error, "结束时间要在开始时间之后。",
                       "It must end after it begins.");
    else
        sc_problem_say(error, "一节课最多 %d 分钟。",
                       "A lesson lasts at most %d minutes.", (int)(LONGEST_MS / 60000));
}

static bool
set_by_instants(ScCall *call, Wish *wish, const char *starts, const char *ends,
                GError **error)
{
    char day[SC_DAY_LENGTH + 1];
    unsigned minute;
    sc_timestamp_parse(starts, &wish->starts_ms);
    sc_timestamp_parse(ends, &wish->ends_ms);
    int64_t length_ms = wish->ends_ms - wish->starts_ms;
    if (length_ms <= 0 || length_ms > LONGEST_MS) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "ends_at",
                             "it lasts %" G_GINT64_FORMAT
                             " minutes, must last 1 to %" G_GINT64_FORMAT,
                             (gint64)(length_ms / 60000), (gint64)(LONGEST_MS / 60000));
        say_length(error, length_ms);
        return false;
    }
    sc_instant_split(wish->starts_ms, sc_call_get_parts(call)->zone, day, &minute);
    wish->period = -1;
    g_free(wish->day);
    wish->day = g_strdup(day);
    return true;
}

/* What @body says of the time; it may say nothing. */
static bool
read_time(ScCall *call, JsonObject *body, Wish *wish, bool *out_is_given, GError **error)
{
    const char *day = get_text(body, "day");
    const char *starts = get_text(body, "starts_at");
    const char *ends = get_text(body, "ends_at");
    bool has_period = json_object_has_member(body, "period");
    *out_is_given = day != NULL || starts != NULL || has_period;
    if (starts != NULL && ends != NULL)
        return set_by_instants(call, wish, starts, ends, error);
    if (day != NULL && has_period && wish->schedule != NULL)
        return set_by_period(call, wish, day, json_object_get_int_member(body, "period"),
                             error);
    if (!*out_is_given)
        return true;
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "day",
                         "give day and period%s, or starts_at and ends_at",
                         wish->schedule == NULL ? " (there is no bell schedule)" : "");
    if (wish->schedule == NULL)
        sc_problem_say(error, "学校还没有作息时间，请填开始和结束时间。",
                       "The school has no bell schedule: please give when it begins and "
                       "when it ends.");
    else
        sc_problem_say(error, "请填日期和节次，或者开始和结束时间。",
                       "Please give a day and a period, or when it begins and ends.");
    return false;
}

static bool
check_to_come(ScCall *call, const Wish *wish, GError **error)
{
    if (wish->starts_ms > sc_call_get_now_ms(call))
        return true;
    sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "day",
                         "a lesson cannot be put into the past");
    sc_problem_say(error, "不能把课排到已经过去的时间。",
                   "A lesson cannot be put into the past.");
    return false;
}

static char **
dup_texts(JsonArray *array)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    for (guint i = 0; i < json_array_get_length(array); i++)
        g_strv_builder_add(texts, json_array_get_string_element(array, i));
    return g_strv_builder_end(texts);
}

/* @lesson: as the API shows it; of a new one, with the sites of its pairing. */
static bool
find_clashes(ScCall *call, JsonObject *lesson, const Wish *wish, JsonArray *conflicts,
             JsonArray *free_periods, GError **error)
{
    g_auto(GStrv) receiving =
        dup_texts(json_object_get_array_member(lesson, "receiving_sites"));
    const ScParty party = {
        .term = get_text(lesson, "term"),
        .teacher = wish->teacher,
        .giving_site = json_object_get_string_member(lesson, "giving_site"),
        .receiving_sites = receiving,
        .except_lesson = get_text(lesson, "id"),
    };
    return sc_clashes_find_single(call, &party, wish->starts_ms, wish->ends_ms, conflicts,
                                  error)
           && (json_array_get_length(conflicts) == 0 || wish->schedule == NULL
               || sc_offers_find_single(call, &party, wish->schedule, wish->starts_ms,
                                        free_periods, error));
}

static bool
check_free(ScCall *call, JsonObject *lesson, const Wish *wish, GError **error)
{
    g_autoptr(JsonArray) conflicts = json_array_new();
    g_autoptr(JsonArray) free_periods = json_array_new();
    return find_clashes(call, lesson, wish, conflicts, free_periods, error)
           && sc_rules_check_free(call, "day", conflicts, free_periods, error);
}

/* As it stands, or as @body wishes it. */
static bool
read_wish(ScCall *call, JsonObject *lesson, JsonObject *body, Wish *wish,
          bool *out_is_moved, GError **error)
{
    const char *pairing = get_text(lesson, "pairing");
    if (pairing != NULL && !find_schedule(call, pairing, &wish->schedule, error))
        return false;
    wish->day = g_strdup(get_text(lesson, "day"));
    wish->period = json_object_get_null_member(lesson, "period")
                       ? -1
                       : json_object_get_int_member(lesson, "period");
    sc_timestamp_parse(json_object_get_string_member(lesson, "starts_at"),
                       &wish->starts_ms);
    sc_timestamp_parse(json_object_get_string_member(lesson, "ends_at"), &wish->ends_ms);
    wish->teacher = json_object_has_member(body, "teacher") ? get_text(body, "teacher")
                                                            : get_text(lesson, "teacher");
    return read_time(call, body, wish, out_is_moved, error)
           && (!*out_is_moved || check_to_come(call, wish, error))
           && sc_rules_check_teacher(call, wish->teacher, get_text(lesson, "giving_site"),
                                     error);
}

static bool
write_change(ScCall *call, const char *id, const Wish *wish, const char *title,
             const char *reason, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    if (!sc_query_init(
            &query, sc_call_get_store(call),
            "UPDATE lesson SET day = $1, period = $2, starts_ms = $3,"
            " ends_ms = $4, teacher = $5, title = $6, reason = $7, touched = 1,"
            " opened_ms = NULL, version = version + 1 WHERE id = $8",
            error))
        return false;
    sc_query_bind_text(&query, wish->day);
    if (wish->period >= 0)
        sc_query_bind_integer(&query, wish->period);
    else
        sc_query_bind_null(&query);
    sc_query_bind_integer(&query, wish->starts_ms);
    sc_query_bind_integer(&query, wish->ends_ms);
    sc_query_bind_text(&query, wish->teacher);
    sc_query_bind_text(&query, title);
    sc_query_bind_text(&query, reason);
    sc_query_bind_text(&query, id);
    return sc_query_run_on_one(&query, "lesson", id, error);
}

/* Answers the lesson as it now stands, and notes what became of it. */
static bool
conclude(ScCall *call, unsigned status, const char *id, JsonObject *before,
         GError **error)
{
    g_autoptr(JsonObject) after = sc_lesson_rows_get(call, id, error);
    if (after == NULL)
        return false;
    sc_bell_reconsider(sc_call_get_parts(call)->bell);
    sc_call_answer_object(call, status, json_object_ref(after));
    return sc_call_audit(call, "lesson", id, get_text(after, "organisation"), before,
                         after, error);
}

/* The lesson under {id}, if the actor may change it and knows its version. */
static JsonObject *
read_for_change(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("lesson %s", id);
    g_autoptr(JsonObject) lesson = sc_lesson_rows_get(call, id, error);
    if (lesson == NULL
        || !sc_access_check_administers(call, get_text(lesson, "organisation"), what,
                                        error)
        || !sc_call_check_version(call, json_object_get_int_member(lesson, "version"),
                                  error))
        return NULL;
    if (g_str_equal(json_object_get_string_member(lesson, "state"), "scheduled"))
        return g_steal_pointer(&lesson);
    sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, NULL,
                         "the lesson is %s: only what is still to come is changed",
                         json_object_get_string_member(lesson, "state"));
    sc_problem_say(error, "只有还没有上的课可以改。",
                   "Only a lesson that is still to come is changed.");
    return NULL;
}

static bool
patch(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    JsonObject *body = sc_call_get_body(call);
    g_auto(Wish) wish = { 0 };
    bool is_moved = false;
    g_autoptr(JsonObject) before = read_for_change(call, error);
    if (before == NULL || !read_wish(call, before, body, &wish, &is_moved, error)
        || !check_free(call, before, &wish, error))
        return false;
    const char *title = get_text(body, "title");
    const char *reason = get_text(body, "reason");
    return write_change(call, id, &wish,
                        title != NULL ? title : get_text(before, "title"),
                        reason != NULL ? reason : get_text(before, "reason"), error)
           && conclude(call, 200, id, before, error);
}

static bool
check(ScCall *call, GError **error)
{
    g_auto(Wish) wish = { 0 };
    bool is_moved = false;
    g_autoptr(JsonArray) conflicts = json_array_new();
    g_autoptr(JsonArray) free_periods = json_array_new();
    g_autoptr(JsonObject) lesson =
        sc_lesson_rows_get(call, sc_call_get_parameter(call, "id"), error);
    if (lesson == NULL
        || !read_wish(call, lesson, sc_call_get_body(call), &wish, &is_moved, error)
        || !find_clashes(call, lesson, &wish, conflicts, free_periods, error))
        return false;
    JsonObject *answer = json_object_new();
    json_object_set_array_member(answer, "conflicts", g_steal_pointer(&conflicts));
    json_object_set_array_member(answer, "free", g_steal_pointer(&free_periods));
    sc_call_answer_object(call, 200, answer);
    return true;
}

static bool
cancel(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autoptr(JsonObject) before = read_for_change(call, error);
    if (before == NULL)
        return false;
    {
        g_auto(ScQuery) query = { 0 };
        if (!sc_query_init(&query, sc_call_get_store(call),
                           "UPDATE lesson SET state = 'cancelled', reason = $1,"
                           " touched = 1, version = version + 1 WHERE id = $2",
                           error))
            return false;
        sc_query_bind_text(&query, get_text(sc_call_get_body(call), "reason"));
        sc_query_bind_text(&query, id);
        if (!sc_query_run_on_one(&query, "lesson", id, error))
            return false;
    }
    return conclude(call, 200, id, before, error);
}

/* Single lessons, and those that make up for another. */

/* What a new lesson takes from its pairing, as a lesson is shown. */
static JsonObject *
read_pairing(ScCall *call, const char *pairing, GError **error)
{
    g_autoptr(JsonObject) lesson = json_object_new();
    static const char *const names[] = { "organisation", "term",    "giving_site",
                                         "teacher",      "subject", "title" };
    {
        g_auto(ScQuery) query = { 0 };
        bool has_row;
        if (!sc_query_init(
                &query, sc_call_get_store(call),
                "SELECT organisation, term, giving_site, teacher, subject, name"
                " FROM pairing WHERE id = $1 AND state = 'active'",
                error))
            return NULL;
        sc_query_bind_text(&query, pairing);
        if (!sc_query_step(&query, &has_row, error))
            return NULL;
        if (!has_row) {
            sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "pairing",
                                 "there is no active pairing %s", pairing);
            sc_problem_say(error, "这个结对没有启用，不能加课。",
                           "This pairing is not active and takes no lessons.");
            return NULL;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
            if (!sc_query_is_null(&query, (int)i))
                json_object_set_string_member(lesson, names[i],
                                              sc_query_get_text(&query, (int)i));
    }
    json_object_set_string_member(lesson, "pairing", pairing);
    g_auto(GStrv) sites =
        sc_store_list_receiving_sites(sc_call_get_store(call), pairing, error);
    if (sites == NULL)
        return NULL;
    JsonArray *receiving = json_array_new();
    for (char **site = sites; *site != NULL; site++)
        json_array_add_string_element(receiving, *site);
    json_object_set_array_member(lesson, "receiving_sites", receiving);
    return g_steal_pointer(&lesson);
}

/* The pairing whose lesson @made_up was, if it may be made up. */
static char *
read_made_up(ScCall *call, const char *made_up, GError **error)
{
    g_autoptr(JsonObject) lesson = sc_lesson_rows_get(call, made_up, error);
    if (lesson == NULL)
        return NULL;
    const char *state = json_object_get_string_member(lesson, "state");
    if (get_text(lesson, "pairing") == NULL
        || !(g_str_equal(state, "cancelled") || g_str_equal(state, "ended"))) {
        sc_problem_set_error(error, SC_PROBLEM_WRONG_STATE, "makes_up",
                             "only a lesson that was cancelled or is over is made up, "
                             "this one is %s",
                             state);
        sc_problem_say(error, "只有取消了的和上过的课可以补。",
                       "Only a lesson that was cancelled or is over is made up.");
        return NULL;
    }
    return g_strdup(get_text(lesson, "pairing"));
}

static char *
choose_pairing(ScCall *call, JsonObject *body, GError **error)
{
    const char *made_up = get_text(body, "makes_up");
    if (made_up != NULL)
        return read_made_up(call, made_up, error);
    if (get_text(body, "pairing") == NULL) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "pairing",
                             "give a pairing, or the lesson that it makes up");
        sc_problem_say(error, "请选择结对。", "Please choose a pairing.");
    }
    return g_strdup(get_text(body, "pairing"));
}

static bool
add_lesson(ScCall *call, JsonObject *lesson, JsonObject *body, const Wish *wish,
           char **out_id, GError **error)
{
    g_auto(GStrv) receiving =
        dup_texts(json_object_get_array_member(lesson, "receiving_sites"));
    const char *made_up = get_text(body, "makes_up");
    const char *title = get_text(body, "title");
    *out_id = sc_store_make_ordered_id();
    const ScNewLesson row = {
        .id = *out_id,
        .organisation = get_text(lesson, "organisation"),
        .pairing = get_text(lesson, "pairing"),
        .term = get_text(lesson, "term"),
        .origin = made_up != NULL ? "makeup" : "single",
        .makes_up = made_up,
        .teacher = wish->teacher,
        .title = title != NULL ? title : get_text(lesson, "title"),
        .subject = get_text(lesson, "subject"),
        .day = wish->day,
        .period = wish->period,
        .starts_ms = wish->starts_ms,
        .ends_ms = wish->ends_ms,
        .reason = get_text(body, "reason"),
    };
    return sc_store_add_made_lesson(sc_call_get_store(call), &row,
                                    get_text(lesson, "giving_site"), receiving, error);
}

static bool
create(ScCall *call, GError **error)
{
    JsonObject *body = sc_call_get_body(call);
    g_auto(Wish) wish = { .period = -1 };
    bool is_given = false;
    g_autofree char *id = NULL;
    g_autofree char *pairing = choose_pairing(call, body, error);
    if (pairing != NULL
        && !sc_access_check_reference(call, "pairing", pairing, "pairing", error))
        return false;
    g_autoptr(JsonObject) lesson =
        pairing != NULL ? read_pairing(call, pairing, error) : NULL;
    if (lesson == NULL
        || !sc_access_check_administers(call, get_text(lesson, "organisation"), "pairing",
                                        error)
        || !find_schedule(call, pairing, &wish.schedule, error)
        || !read_time(call, body, &wish, &is_given, error))
        return false;
    wish.teacher = json_object_has_member(body, "teacher") ? get_text(body, "teacher")
                                                           : get_text(lesson, "teacher");
    if (!is_given) {
        sc_problem_set_error(error, SC_PROBLEM_INVALID_VALUE, "day", "day is missing");
        sc_problem_say(error, "请填日期和节次，或者开始和结束时间。",
                       "Please give a day and a period, or when it begins and ends.");
        return false;
    }
    return check_to_come(call, &wish, error)
           && sc_rules_check_teacher(call, wish.teacher, get_text(lesson, "giving_site"),
                                     error)
           && check_free(call, lesson, &wish, error)
           && add_lesson(call, lesson, body, &wish, &id, error)
           && conclude(call, 201, id, NULL, error);
}

/* The lesson's own teacher, or an administrator in place of the giving site. */
static bool
join(ScCall *call, GError **error)
{
    const char *id = sc_call_get_parameter(call, "id");
    g_autofree char *what = g_strdup_printf("lesson %s", id);
    g_autoptr(JsonObject) lesson = sc_lesson_rows_get(call, id, error);
    if (lesson == NULL)
        return false;
    bool is_own =
        g_strcmp0(get_text(lesson, "teacher"), sc_call_get_actor(call)->id) == 0;
    if (!is_own
        && !sc_access_check_administers(call, get_text(lesson, "organisation"), what,
                                        error))
        return false;
    return sc_lesson_door_open(
               call, id, json_object_get_string_member(lesson, "giving_site"), error)
           && sc_call_audit(call, "lesson", id, get_text(lesson, "organisation"), NULL,
                            NULL, error);
}

const ScApiHandler sc_lesson_handlers[] = {
    { "list-lessons", list, NULL, NULL },    { "get-lesson", get, NULL, NULL },
    { "create-lesson", create, NULL, NULL }, { "patch-lesson", patch, NULL, NULL },
    { "check-lesson", check, NULL, NULL },   { "cancel-lesson", cancel, NULL, NULL },
    { "join-lesson", join, NULL, NULL },
};
const unsigned sc_n_lesson_handlers = G_N_ELEMENTS(sc_lesson_handlers);
