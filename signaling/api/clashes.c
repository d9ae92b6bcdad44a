/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/clashes.h"

#include "signaling/protocol/timestamp.h"
#include "signaling/school/concurrency.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"
#include "signaling/store/timetable.h"
#include "signaling/wording.h"

#define DAY_MS (24 * 3600 * 1000LL)

static const struct {
    const char *zh;
    const char *en;
} weekdays[] = {
    { "周一", "Monday" },   { "周二", "Tuesday" }, { "周三", "Wednesday" },
    { "周四", "Thursday" }, { "周五", "Friday" },  { "周六", "Saturday" },
    { "周日", "Sunday" },
};

static const struct {
    const char *zh;
    const char *en;
} member_words[] = {
    [SC_CLASH_TEACHER] = { "教师", "teacher" },
    [SC_CLASH_GIVING_SITE] = { "主讲教室", "giving site" },
    [SC_CLASH_RECEIVING_SITE] = { "听课教室", "receiving site" },
    [SC_CLASH_CAPACITY] = { "服务器", "the relay" },
};

/* One text of one row, "" where there is none; for names. */
static char *
read_text(ScCall *call, const char *sql, const char *id)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GError) error = NULL;
    bool has_row = false;
    if (!sc_query_init(&query, sc_call_get_store(call), sql, &error))
        return g_strdup("");
    sc_query_bind_text(&query, id);
    if (!sc_query_step(&query, &has_row, &error) || !has_row)
        return g_strdup("");
    return sc_query_dup_text(&query, 0);
}

static char *
read_member_name(ScCall *call, const ScPartyMember *member)
{
    return read_text(call,
                     member->kind == SC_CLASH_TEACHER
                         ? "SELECT name FROM person WHERE id = $1"
                         : "SELECT name FROM site WHERE id = $1",
                     member->id);
}

/* What is told of one collision. */
typedef struct {
    const ScPartyMember *member; /* NULL: capacity */
    const char *lesson;          /* NULL: a weekly one */
    const char *title;
    const char *when_zh;
    const char *when_en;
    int64_t starts_ms; /* 0: a weekly one */
    int64_t ends_ms;
} Clash;

static JsonObject *
print_sentences(ScClashKind kind, const char *name, const Clash *clash)
{
    g_autofree char *zh =
        kind == SC_CLASH_CAPACITY
            ? g_strdup_printf("%s：同时进行的课已达上限", clash->when_zh)
            : g_strdup_printf("%s：%s“%s”已有课“%s”", clash->when_zh,
                              member_words[kind].zh, name, clash->title);
    g_autofree char *en =
        kind == SC_CLASH_CAPACITY
            ? g_strdup_printf("%s: no more lessons can be held at once", clash->when_en)
            : g_strdup_printf("%s: %s “%s” already has “%s”", clash->when_en,
                              member_words[kind].en, name, clash->title);
    return sc_wording_print(zh, en);
}

static void
add_clash(ScCall *call, JsonArray *conflicts, const Clash *clash)
{
    ScClashKind kind = clash->member != NULL ? clash->member->kind : SC_CLASH_CAPACITY;
    g_autofree char *name =
        clash->member != NULL ? read_member_name(call, clash->member) : g_strdup("");
    JsonObject *conflict = json_object_new();
    json_object_set_string_member(conflict, "kind", sc_clash_kind_get_name(kind));
    json_object_set_string_member(conflict, "subject",
                                  clash->member != NULL ? clash->member->id : "");
    json_object_set_string_member(conflict, "subject_name", name);
    json_object_set_string_member(conflict, "lesson", clash->lesson);
    json_object_set_string_member(conflict, "lesson_title", clash->title);
    sc_timestamp_set_member(conflict, "starts_at", clash->starts_ms);
    sc_timestamp_set_member(conflict, "ends_at", clash->ends_ms);
    json_object_set_object_member(conflict, "sentence",
                                  print_sentences(kind, name, clash));
    json_array_add_object_element(conflicts, conflict);
}

/* Weekly. */

static void
add_weekly_clash(ScCall *call, const ScPartyMember *member, const ScWeekly *weekly,
                 const char *entry, uint64_t weeks, JsonArray *conflicts)
{
    char starts[SC_MINUTE_LENGTH + 1], ends[SC_MINUTE_LENGTH + 1];
    g_autofree char *text = sc_weeks_print(weeks);
    g_autofree char *title =
        read_text(call,
                  "SELECT pairing.name FROM entry JOIN pairing"
                  " ON pairing.id = entry.pairing WHERE entry.id = $1",
                  entry);
    sc_minute_print(weekly->starts_min, starts);
    sc_minute_print(weekly->ends_min, ends);
    g_autofree char *zh = g_strdup_printf("第 %s 周 %s %s–%s", text,
                                          weekdays[weekly->weekday - 1].zh, starts, ends);
    g_autofree char *en = g_strdup_printf("Week %s, %s %s–%s", text,
                                          weekdays[weekly->weekday - 1].en, starts, ends);
    const Clash clash = {
        .member = member, .title = title, .when_zh = zh, .when_en = en
    };
    add_clash(call, conflicts, &clash);
}

static void
describe_lesson(ScCall *call, const ScPartyMember *member, const ScQuery *query,
                JsonArray *conflicts)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    char day[SC_DAY_LENGTH + 1], starts[SC_MINUTE_LENGTH + 1], ends[SC_MINUTE_LENGTH + 1];
    char end_day[SC_DAY_LENGTH + 1];
    unsigned starts_min, ends_min;
    int64_t starts_ms = sc_query_get_integer(query, 2);
    int64_t ends_ms = sc_query_get_integer(query, 3);
    sc_instant_split(starts_ms, zone, day, &starts_min);
    sc_instant_split(ends_ms, zone, end_day, &ends_min);
    sc_minute_print(starts_min, starts);
    sc_minute_print(ends_min, ends);
    unsigned weekday = sc_day_get_weekday(day);
    g_autofree char *zh =
        g_strdup_printf("%s %s %s–%s", day, weekdays[weekday - 1].zh, starts, ends);
    g_autofree char *en =
        g_strdup_printf("%s, %s %s–%s", weekdays[weekday - 1].en, day, starts, ends);
    const Clash clash = { .member = member,
                          .lesson = sc_query_get_text(query, 0),
                          .title = sc_query_get_text(query, 1),
                          .when_zh = zh,
                          .when_en = en,
                          .starts_ms = starts_ms,
                          .ends_ms = ends_ms };
    add_clash(call, conflicts, &clash);
}

static bool
find_by_hand(ScCall *call, const ScTermCalendar *calendar, const ScPartyMember *member,
             const ScWeekly *weekly, JsonArray *conflicts, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_party_query_by_hand(call, member, calendar, &query, error))
        return false;
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        if (sc_party_is_weekly_at(call, calendar, weekly, sc_query_get_integer(&query, 2),
                                  sc_query_get_integer(&query, 3)))
            describe_lesson(call, member, &query, conflicts);
    }
    return false;
}

/* How many lessons, of whomever, run at one instant between the two, at most. All that is
 * asked of each stands in the index lesson_by_state. */
static bool
find_peak(ScCall *call, int64_t starts_ms, int64_t ends_ms, const ScParty *party,
          unsigned *out_n, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GArray) lessons = g_array_new(FALSE, FALSE, sizeof(ScInterval));
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT starts_ms, ends_ms FROM lesson WHERE starts_ms > $1"
                       " AND starts_ms < $2 AND ends_ms > $3"
                       " AND state IN ('scheduled', 'live') AND rowid NOT IN"
                       " (SELECT rowid FROM lesson WHERE id = $4"
                       " UNION ALL SELECT rowid FROM lesson WHERE entry = $5)",
                       error))
        return false;
    sc_query_bind_integer(&query, starts_ms - SC_PARTY_LESSON_LONGEST_MS);
    sc_query_bind_integer(&query, ends_ms);
    sc_query_bind_integer(&query, starts_ms);
    sc_query_bind_text(&query, party->except_lesson != NULL ? party->except_lesson : "");
    sc_query_bind_text(&query, party->except_entry != NULL ? party->except_entry : "-");
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row) {
            *out_n = sc_peak_concurrency((const ScInterval *)lessons->data, lessons->len,
                                         starts_ms, ends_ms);
            return true;
        }
        ScInterval lesson = { sc_query_get_integer(&query, 0),
                              sc_query_get_integer(&query, 1) };
        g_array_append_val(lessons, lesson);
    }
    return false;
}

static bool
check_capacity(ScCall *call, const ScParty *party, const char *day, int64_t starts_ms,
               int64_t ends_ms, JsonArray *conflicts, GError **error)
{
    unsigned n = 0;
    if (!find_peak(call, starts_ms, ends_ms, party, &n, error))
        return false;
    if (n < sc_call_get_parts(call)->config->max_lessons)
        return true;
    const Clash clash = { .title = "",
                          .when_zh = day,
                          .when_en = day,
                          .starts_ms = starts_ms,
                          .ends_ms = ends_ms };
    add_clash(call, conflicts, &clash);
    return true;
}

/* On each day that is still to come. */
static bool
check_weekly_capacity(ScCall *call, const ScParty *party, const ScTermCalendar *calendar,
                      const ScWeekly *weekly, JsonArray *conflicts, GError **error)
{
    for (unsigned i = 0; i < sc_term_calendar_count_days(calendar); i++) {
        unsigned week, weekday;
        char day[SC_DAY_LENGTH + 1];
        if (!sc_term_calendar_resolve(calendar, i, &week, &weekday)
            || weekday != weekly->weekday || week > SC_WEEKS_MAX
            || (weekly->weeks >> (week - 1) & 1) == 0)
            continue;
        sc_term_calendar_get_day(calendar, i, day);
        int64_t starts_ms =
            sc_instant_at(day, weekly->starts_min, sc_call_get_parts(call)->zone);
        int64_t ends_ms = starts_ms + (weekly->ends_min - weekly->starts_min) * 60000LL;
        if (starts_ms > sc_call_get_now_ms(call)
            && !check_capacity(call, party, day, starts_ms, ends_ms, conflicts, error))
            return false;
    }
    return true;
}

bool
sc_clashes_find_weekly(ScCall *call, const ScParty *party, const ScWeekly *weekly,
                       JsonArray *conflicts, GError **error)
{
    g_autoptr(GArray) members = sc_party_list_members(party);
    g_autoptr(ScOccupancy) occupancy = sc_party_load_weekly(call, party, members, error);
    g_autoptr(ScTermCalendar) calendar =
        occupancy != NULL
            ? sc_store_get_term_calendar(sc_call_get_store(call), party->term, error)
            : NULL;
    if (calendar == NULL)
        return false;
    for (guint i = 0; i < members->len; i++) {
        const ScPartyMember *member = &g_array_index(members, ScPartyMember, i);
        uint64_t weeks = 0;
        const char *entry =
            sc_occupancy_find(occupancy, member->id, weekly, party->except_entry, &weeks);
        if (entry != NULL)
            add_weekly_clash(call, member, weekly, entry, weeks, conflicts);
        if (!find_by_hand(call, calendar, member, weekly, conflicts, error))
            return false;
    }
    return check_weekly_capacity(call, party, calendar, weekly, conflicts, error);
}

/* Single. */

static bool
find_at(ScCall *call, const ScParty *party, const ScPartyMember *member,
        int64_t starts_ms, int64_t ends_ms, JsonArray *conflicts, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_party_query_lessons(call, member, starts_ms, ends_ms, &query, error))
        return false;
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        if (sc_query_get_integer(&query, 3) > starts_ms
            && g_strcmp0(sc_query_get_text(&query, 0), party->except_lesson) != 0)
            describe_lesson(call, member, &query, conflicts);
    }
    return false;
}

bool
sc_clashes_find_single(ScCall *call, const ScParty *party, int64_t starts_ms,
                       int64_t ends_ms, JsonArray *conflicts, GError **error)
{
    g_autoptr(GArray) members = sc_party_list_members(party);
    char day[SC_DAY_LENGTH + 1];
    unsigned minute;
    for (guint i = 0; i < members->len; i++)
        if (!find_at(call, party, &g_array_index(members, ScPartyMember, i), starts_ms,
                     ends_ms, conflicts, error))
            return false;
    sc_instant_split(starts_ms, sc_call_get_parts(call)->zone, day, &minute);
    return check_capacity(call, party, day, starts_ms, ends_ms, conflicts, error);
}
