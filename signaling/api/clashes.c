/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/api/clashes.h"

#include "signaling/protocol/timestamp.h"
#include "signaling/school/concurrency.h"
#include "signaling/school/term-calendar.h"
#include "signaling/store/query.h"
#include "signaling/store/timetable.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define LESSON_LONGEST_MS (12 * 3600 * 1000LL) /* none begins earlier and still runs */
#define OFFERS_MAX 5
#define OFFER_DAYS_BEFORE 7
#define OFFER_DAYS_AFTER 14
#define MINUTES_PER_DAY 1440

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
} subject_words[] = {
    [SC_CLASH_TEACHER] = { "教师", "teacher" },
    [SC_CLASH_GIVING_SITE] = { "授课教室", "giving site" },
    [SC_CLASH_RECEIVING_SITE] = { "受援教室", "receiving site" },
    [SC_CLASH_CAPACITY] = { "服务器", "the relay" },
};

/* Somebody or something that can only be in one lesson at a time. */
typedef struct {
    ScClashKind kind;
    const char *id; /* borrowed from the party */
} Subject;

/* Of Subject. */
static GArray *
list_subjects(const ScClashParty *party)
{
    GArray *subjects = g_array_new(FALSE, FALSE, sizeof(Subject));
    Subject giving = { SC_CLASH_GIVING_SITE, party->giving_site };
    if (party->teacher != NULL) {
        Subject teacher = { SC_CLASH_TEACHER, party->teacher };
        g_array_append_val(subjects, teacher);
    }
    g_array_append_val(subjects, giving);
    for (unsigned i = 0; party->receiving_sites[i] != NULL; i++) {
        Subject receiving = { SC_CLASH_RECEIVING_SITE, party->receiving_sites[i] };
        g_array_append_val(subjects, receiving);
    }
    return subjects;
}

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
read_subject_name(ScCall *call, const Subject *subject)
{
    return read_text(call,
                     subject->kind == SC_CLASH_TEACHER
                         ? "SELECT name FROM person WHERE id = $1"
                         : "SELECT name FROM site WHERE id = $1",
                     subject->id);
}

/* What is told of one collision. */
typedef struct {
    const Subject *subject; /* NULL: capacity */
    const char *lesson;     /* NULL: a weekly one */
    const char *title;
    const char *when_zh;
    const char *when_en;
    int64_t starts_ms; /* 0: a weekly one */
    int64_t ends_ms;
} Clash;

static void
set_instant(JsonObject *object, const char *name, int64_t time_ms)
{
    g_autofree char *text = sc_timestamp_print(time_ms);
    if (time_ms != 0)
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

static JsonObject *
print_sentences(ScClashKind kind, const char *name, const Clash *clash)
{
    JsonObject *sentence = json_object_new();
    g_autofree char *zh =
        kind == SC_CLASH_CAPACITY
            ? g_strdup_printf("%s：同时进行的课已达上限", clash->when_zh)
            : g_strdup_printf("%s：%s“%s”已有课“%s”", clash->when_zh,
                              subject_words[kind].zh, name, clash->title);
    g_autofree char *en =
        kind == SC_CLASH_CAPACITY
            ? g_strdup_printf("%s: no more lessons can be held at once", clash->when_en)
            : g_strdup_printf("%s: %s “%s” already has “%s”", clash->when_en,
                              subject_words[kind].en, name, clash->title);
    json_object_set_string_member(sentence, "zh-CN", zh);
    json_object_set_string_member(sentence, "en", en);
    return sentence;
}

static void
add_clash(ScCall *call, JsonArray *conflicts, const Clash *clash)
{
    ScClashKind kind = clash->subject != NULL ? clash->subject->kind : SC_CLASH_CAPACITY;
    g_autofree char *name =
        clash->subject != NULL ? read_subject_name(call, clash->subject) : g_strdup("");
    JsonObject *conflict = json_object_new();
    json_object_set_string_member(conflict, "kind", sc_clash_kind_get_name(kind));
    json_object_set_string_member(conflict, "subject",
                                  clash->subject != NULL ? clash->subject->id : "");
    json_object_set_string_member(conflict, "subject_name", name);
    json_object_set_string_member(conflict, "lesson", clash->lesson);
    json_object_set_string_member(conflict, "lesson_title", clash->title);
    set_instant(conflict, "starts_at", clash->starts_ms);
    set_instant(conflict, "ends_at", clash->ends_ms);
    json_object_set_object_member(conflict, "sentence",
                                  print_sentences(kind, name, clash));
    json_array_add_object_element(conflicts, conflict);
}

/* Weekly. */

/* Entries of the term in which a site, or a teacher, takes part. */
#define SELECT_ENTRIES                                                             \
    "SELECT entry.id, weekday, starts_min, ends_min, weeks, first_week, last_week" \
    " FROM entry JOIN pairing ON pairing.id = entry.pairing"                       \
    " JOIN period ON period.schedule = entry.schedule"                             \
    " AND period.number = entry.period"                                            \
    " WHERE pairing.term = $1 AND pairing.state <> 'ended' AND "

static const char *
choose_entries_sql(ScClashKind kind)
{
    return kind == SC_CLASH_TEACHER
               ? SELECT_ENTRIES "entry.id IN (SELECT id FROM entry WHERE teacher = $2"
                                " UNION SELECT its.id FROM entry AS its"
                                " JOIN pairing AS own ON own.id = its.pairing"
                                " WHERE own.teacher = $2 AND its.teacher IS NULL)"
               : SELECT_ENTRIES "pairing.id IN (SELECT id FROM pairing"
                                " WHERE giving_site = $2 UNION"
                                " SELECT pairing FROM pairing_site WHERE site = $2)";
}

static bool
load_entries(ScCall *call, const char *term, const Subject *subject,
             ScOccupancy *occupancy, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call), choose_entries_sql(subject->kind),
                       error))
        return false;
    sc_query_bind_text(&query, term);
    sc_query_bind_text(&query, subject->id);
    while (sc_query_step(&query, &has_row, error)) {
        ScWeekRule rule = SC_WEEKS_ALL;
        if (!has_row)
            return true;
        (void)sc_week_rule_parse(sc_query_get_text(&query, 4), &rule);
        const ScWeekly weekly = {
            .weekday = (unsigned)sc_query_get_integer(&query, 1),
            .starts_min = (unsigned)sc_query_get_integer(&query, 2),
            .ends_min = (unsigned)sc_query_get_integer(&query, 3),
            .weeks = sc_weeks_make((int)rule, (unsigned)sc_query_get_integer(&query, 5),
                                   (unsigned)sc_query_get_integer(&query, 6)),
        };
        sc_occupancy_add(occupancy, subject->id, &weekly, sc_query_get_text(&query, 0));
    }
    return false;
}

static ScOccupancy *
load_occupancy(ScCall *call, const ScClashParty *party, GArray *subjects, GError **error)
{
    g_autoptr(ScOccupancy) occupancy = sc_occupancy_new();
    for (guint i = 0; i < subjects->len; i++)
        if (!load_entries(call, party->term, &g_array_index(subjects, Subject, i),
                          occupancy, error))
            return NULL;
    return g_steal_pointer(&occupancy);
}

static void
add_weekly_clash(ScCall *call, const Subject *subject, const ScWeekly *weekly,
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
        .subject = subject, .title = title, .when_zh = zh, .when_en = en
    };
    add_clash(call, conflicts, &clash);
}

static ScTermCalendar *
read_calendar(ScCall *call, const char *term, GError **error)
{
    g_auto(ScTermRow) row = { 0 };
    int index;
    if (!sc_store_get_term(sc_call_get_store(call), term, &row, error))
        return NULL;
    g_autofree ScTermException *exceptions =
        g_new0(ScTermException, row.n_exceptions + 1);
    for (unsigned i = 0; i < row.n_exceptions; i++)
        exceptions[i] =
            (ScTermException){ row.days[i],
                               row.follows[i][0] != '\0' ? row.follows[i] : NULL };
    return sc_term_calendar_new(row.first_day, row.last_day, exceptions, row.n_exceptions,
                                &index, error);
}

/* Found by whom they are of, which are hundreds, and not by when, which are hundreds of
 * thousands: CROSS JOIN keeps SQLite from turning that round, "+" from another index. */
#define OF_TEACHER \
    "SELECT lesson.id, title, starts_ms, ends_ms FROM lesson WHERE teacher = $1"
#define OF_SITE                                                    \
    "SELECT lesson.id, title, starts_ms, ends_ms FROM lesson_site" \
    " CROSS JOIN lesson ON lesson.id = lesson_site.lesson"         \
    " WHERE lesson_site.site = $1"
#define STANDS " AND +state IN ('scheduled', 'live')"
/* Lessons that are where no entry says: made singly, or moved. */
#define BY_HAND                                  \
    STANDS " AND (touched = 1 OR entry IS NULL)" \
           " AND starts_ms >= $2 AND starts_ms < $3"
#define AT STANDS " AND starts_ms > $2 AND starts_ms < $3"

static void
describe_lesson(ScCall *call, const Subject *subject, const ScQuery *query,
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
    const Clash clash = { .subject = subject,
                          .lesson = sc_query_get_text(query, 0),
                          .title = sc_query_get_text(query, 1),
                          .when_zh = zh,
                          .when_en = en,
                          .starts_ms = starts_ms,
                          .ends_ms = ends_ms };
    add_clash(call, conflicts, &clash);
}

/* Is the entry held when this lesson is? */
static bool
meets_weekly(ScCall *call, const ScTermCalendar *calendar, const ScWeekly *weekly,
             int64_t starts_ms, int64_t ends_ms)
{
    char day[SC_DAY_LENGTH + 1];
    unsigned starts_min, week, weekday;
    sc_instant_split(starts_ms, sc_call_get_parts(call)->zone, day, &starts_min);
    int index = sc_term_calendar_find_day(calendar, day);
    unsigned ends_min = starts_min + (unsigned)((ends_ms - starts_ms) / 60000);
    return index >= 0
           && sc_term_calendar_resolve(calendar, (unsigned)index, &week, &weekday)
           && weekday == weekly->weekday && week <= SC_WEEKS_MAX
           && (weekly->weeks >> (week - 1) & 1) != 0 && starts_min < weekly->ends_min
           && ends_min > weekly->starts_min;
}

static bool
find_by_hand(ScCall *call, const ScTermCalendar *calendar, const Subject *subject,
             const ScWeekly *weekly, JsonArray *conflicts, GError **error)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    char first[SC_DAY_LENGTH + 1], last[SC_DAY_LENGTH + 1];
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    sc_term_calendar_get_day(calendar, 0, first);
    sc_term_calendar_get_day(calendar, sc_term_calendar_count_days(calendar) - 1, last);
    if (!sc_query_init(&query, sc_call_get_store(call),
                       subject->kind == SC_CLASH_TEACHER ? OF_TEACHER BY_HAND
                                                         : OF_SITE BY_HAND,
                       error))
        return false;
    sc_query_bind_text(&query, subject->id);
    sc_query_bind_integer(&query, MAX(sc_instant_at(first, 0, zone),
                                      sc_call_get_now_ms(call) - LESSON_LONGEST_MS));
    sc_query_bind_integer(&query, sc_instant_at(last, 0, zone) + DAY_MS);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        if (meets_weekly(call, calendar, weekly, sc_query_get_integer(&query, 2),
                         sc_query_get_integer(&query, 3)))
            describe_lesson(call, subject, &query, conflicts);
    }
    return false;
}

/* How many lessons, of whomever, run at one instant between the two, at most. All that is
 * asked of each stands in the index lesson_by_state. */
static bool
find_peak(ScCall *call, int64_t starts_ms, int64_t ends_ms, const ScClashParty *party,
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
    sc_query_bind_integer(&query, starts_ms - LESSON_LONGEST_MS);
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
check_capacity(ScCall *call, const ScClashParty *party, const char *day,
               int64_t starts_ms, int64_t ends_ms, JsonArray *conflicts, GError **error)
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
check_weekly_capacity(ScCall *call, const ScClashParty *party,
                      const ScTermCalendar *calendar, const ScWeekly *weekly,
                      JsonArray *conflicts, GError **error)
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
sc_clashes_find_weekly(ScCall *call, const ScClashParty *party, const ScWeekly *weekly,
                       JsonArray *conflicts, GError **error)
{
    g_autoptr(GArray) subjects = list_subjects(party);
    g_autoptr(ScOccupancy) occupancy = load_occupancy(call, party, subjects, error);
    g_autoptr(ScTermCalendar) calendar =
        occupancy != NULL ? read_calendar(call, party->term, error) : NULL;
    if (calendar == NULL)
        return false;
    for (guint i = 0; i < subjects->len; i++) {
        const Subject *subject = &g_array_index(subjects, Subject, i);
        uint64_t weeks = 0;
        const char *entry = sc_occupancy_find(occupancy, subject->id, weekly,
                                              party->except_entry, &weeks);
        if (entry != NULL)
            add_weekly_clash(call, subject, weekly, entry, weeks, conflicts);
        if (!find_by_hand(call, calendar, subject, weekly, conflicts, error))
            return false;
    }
    return check_weekly_capacity(call, party, calendar, weekly, conflicts, error);
}

/* Single. */

static bool
query_at(ScCall *call, const Subject *subject, int64_t starts_ms, int64_t ends_ms,
         ScQuery *query, GError **error)
{
    if (!sc_query_init(query, sc_call_get_store(call),
                       subject->kind == SC_CLASH_TEACHER ? OF_TEACHER AT : OF_SITE AT,
                       error))
        return false;
    sc_query_bind_text(query, subject->id);
    sc_query_bind_integer(query, starts_ms - LESSON_LONGEST_MS);
    sc_query_bind_integer(query, ends_ms);
    return true;
}

static bool
find_at(ScCall *call, const ScClashParty *party, const Subject *subject,
        int64_t starts_ms, int64_t ends_ms, JsonArray *conflicts, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!query_at(call, subject, starts_ms, ends_ms, &query, error))
        return false;
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        if (sc_query_get_integer(&query, 3) > starts_ms
            && g_strcmp0(sc_query_get_text(&query, 0), party->except_lesson) != 0)
            describe_lesson(call, subject, &query, conflicts);
    }
    return false;
}

bool
sc_clashes_find_single(ScCall *call, const ScClashParty *party, int64_t starts_ms,
                       int64_t ends_ms, JsonArray *conflicts, GError **error)
{
    g_autoptr(GArray) subjects = list_subjects(party);
    char day[SC_DAY_LENGTH + 1];
    unsigned minute;
    for (guint i = 0; i < subjects->len; i++)
        if (!find_at(call, party, &g_array_index(subjects, Subject, i), starts_ms,
                     ends_ms, conflicts, error))
            return false;
    sc_instant_split(starts_ms, sc_call_get_parts(call)->zone, day, &minute);
    return check_capacity(call, party, day, starts_ms, ends_ms, conflicts, error);
}

/* Offers: candidates in the order of their distance from what was wanted. */

typedef struct {
    char day[SC_DAY_LENGTH + 1]; /* "": weekly */
    unsigned weekday;
    unsigned number;
    char *name; /* owned */
    unsigned starts_min, ends_min;
    int64_t starts_ms, ends_ms; /* single */
    int64_t distance;
} Candidate;

static void
candidate_clear(gpointer candidate)
{
    g_free(((Candidate *)candidate)->name);
}

static int
compare_candidates(gconstpointer a, gconstpointer b)
{
    int64_t left = ((const Candidate *)a)->distance;
    int64_t right = ((const Candidate *)b)->distance;
    return (left > right) - (left < right);
}

/* The periods of @schedule, of Candidate. */
static GArray *
list_periods(ScCall *call, const char *schedule, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    g_autoptr(GArray) periods = g_array_new(FALSE, TRUE, sizeof(Candidate));
    bool has_row;
    g_array_set_clear_func(periods, candidate_clear);
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT number, name, starts_min, ends_min FROM period"
                       " WHERE schedule = $1 ORDER BY number",
                       error))
        return NULL;
    sc_query_bind_text(&query, schedule);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return g_steal_pointer(&periods);
        Candidate period = { .number = (unsigned)sc_query_get_integer(&query, 0),
                             .name = sc_query_dup_text(&query, 1),
                             .starts_min = (unsigned)sc_query_get_integer(&query, 2),
                             .ends_min = (unsigned)sc_query_get_integer(&query, 3) };
        g_array_append_val(periods, period);
    }
    return NULL;
}

static void
add_offer(const Candidate *candidate, JsonArray *free_periods)
{
    char starts[SC_MINUTE_LENGTH + 1], ends[SC_MINUTE_LENGTH + 1];
    JsonObject *offer = json_object_new();
    sc_minute_print(candidate->starts_min, starts);
    sc_minute_print(candidate->ends_min, ends);
    if (candidate->day[0] != '\0')
        json_object_set_string_member(offer, "day", candidate->day);
    else
        json_object_set_null_member(offer, "day");
    json_object_set_int_member(offer, "weekday", candidate->weekday);
    json_object_set_int_member(offer, "period", candidate->number);
    json_object_set_string_member(offer, "name", candidate->name);
    json_object_set_string_member(offer, "starts", starts);
    json_object_set_string_member(offer, "ends", ends);
    set_instant(offer, "starts_at", candidate->starts_ms);
    set_instant(offer, "ends_at", candidate->ends_ms);
    json_array_add_object_element(free_periods, offer);
}

static bool
is_free_weekly(GArray *subjects, const ScOccupancy *occupancy, const ScWeekly *weekly,
               const char *except)
{
    for (guint i = 0; i < subjects->len; i++) {
        uint64_t weeks;
        if (sc_occupancy_find(occupancy, g_array_index(subjects, Subject, i).id, weekly,
                              except, &weeks)
            != NULL)
            return false;
    }
    return true;
}

bool
sc_clashes_offer_weekly(ScCall *call, const ScClashParty *party, const char *schedule,
                        const ScWeekly *weekly, JsonArray *free_periods, GError **error)
{
    g_autoptr(GArray) subjects = list_subjects(party);
    g_autoptr(ScOccupancy) occupancy = load_occupancy(call, party, subjects, error);
    g_autoptr(GArray) periods =
        occupancy != NULL ? list_periods(call, schedule, error) : NULL;
    if (periods == NULL)
        return false;
    g_autoptr(GArray) candidates = g_array_new(FALSE, TRUE, sizeof(Candidate));
    unsigned last_weekday = weekly->weekday > 5 ? 7 : 5;
    for (unsigned weekday = 1; weekday <= last_weekday; weekday++) {
        for (guint i = 0; i < periods->len; i++) {
            Candidate candidate = g_array_index(periods, Candidate, i); /* name is lent */
            const ScWeekly at = { weekday, candidate.starts_min, candidate.ends_min,
                                  weekly->weeks };
            candidate.weekday = weekday;
            candidate.distance =
                ABS(((int64_t)weekday - weekly->weekday) * MINUTES_PER_DAY
                    + (int64_t)candidate.starts_min - weekly->starts_min);
            if (is_free_weekly(subjects, occupancy, &at, party->except_entry))
                g_array_append_val(candidates, candidate);
        }
    }
    g_array_sort(candidates, compare_candidates);
    for (guint i = 0; i < MIN(candidates->len, OFFERS_MAX); i++)
        add_offer(&g_array_index(candidates, Candidate, i), free_periods);
    return true;
}

typedef struct {
    int64_t starts_ms, ends_ms;
} Span;

static bool
load_spans(ScCall *call, const ScClashParty *party, int64_t from_ms, int64_t to_ms,
           GArray *spans, GError **error)
{
    g_autoptr(GArray) subjects = list_subjects(party);
    for (guint i = 0; i < subjects->len; i++) {
        g_auto(ScQuery) query = { 0 };
        bool has_row = true;
        if (!query_at(call, &g_array_index(subjects, Subject, i), from_ms, to_ms, &query,
                      error))
            return false;
        while (has_row) {
            if (!sc_query_step(&query, &has_row, error))
                return false;
            if (!has_row
                || g_strcmp0(sc_query_get_text(&query, 0), party->except_lesson) == 0)
                continue;
            Span span = { sc_query_get_integer(&query, 2),
                          sc_query_get_integer(&query, 3) };
            g_array_append_val(spans, span);
        }
    }
    return true;
}

static bool
is_free_single(GArray *spans, const Candidate *candidate)
{
    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);
        if (span->starts_ms < candidate->ends_ms && span->ends_ms > candidate->starts_ms)
            return false;
    }
    return true;
}

static void
add_candidates_of_day(ScCall *call, const char *day, GArray *periods, GArray *spans,
                      int64_t wanted_ms, GArray *candidates)
{
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    unsigned weekday = sc_day_get_weekday(day);
    for (guint i = 0; weekday <= 5 && i < periods->len; i++) {
        Candidate candidate = g_array_index(periods, Candidate, i); /* name is lent */
        g_strlcpy(candidate.day, day, sizeof candidate.day);
        candidate.weekday = weekday;
        candidate.starts_ms = sc_instant_at(day, candidate.starts_min, zone);
        candidate.ends_ms =
            candidate.starts_ms + (candidate.ends_min - candidate.starts_min) * 60000LL;
        candidate.distance = ABS(candidate.starts_ms - wanted_ms);
        if (candidate.starts_ms > sc_call_get_now_ms(call)
            && is_free_single(spans, &candidate))
            g_array_append_val(candidates, candidate);
    }
}

bool
sc_clashes_offer_single(ScCall *call, const ScClashParty *party, const char *schedule,
                        int64_t starts_ms, JsonArray *free_periods, GError **error)
{
    g_autoptr(GArray) periods = list_periods(call, schedule, error);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
    g_autoptr(GArray) candidates = g_array_new(FALSE, TRUE, sizeof(Candidate));
    char wanted_day[SC_DAY_LENGTH + 1], day[SC_DAY_LENGTH + 1];
    unsigned minute;
    if (periods == NULL
        || !load_spans(call, party, starts_ms - (OFFER_DAYS_BEFORE + 1) * DAY_MS,
                       starts_ms + (OFFER_DAYS_AFTER + 1) * DAY_MS, spans, error))
        return false;
    sc_instant_split(starts_ms, sc_call_get_parts(call)->zone, wanted_day, &minute);
    for (int i = -OFFER_DAYS_BEFORE; i <= OFFER_DAYS_AFTER; i++) {
        sc_day_add(wanted_day, i, day);
        add_candidates_of_day(call, day, periods, spans, starts_ms, candidates);
    }
    g_array_sort(candidates, compare_candidates);
    for (guint i = 0; i < MIN(candidates->len, OFFERS_MAX); i++)
        add_offer(&g_array_index(candidates, Candidate, i), free_periods);
    return true;
}
