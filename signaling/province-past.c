/* SPDX-License-Identifier: Apache-2.0 */
/* province-past.c: lessons that were, or have just begun, with what each site had of
 * them: in the order of days and periods, as the ledger would have got them. */
#include <string.h>

#include "signaling/province-names.h"
#include "signaling/province-private.h"
#include "signaling/store/ledger.h"
#include "signaling/store/ringing.h"
#include "signaling/store/timetable.h"

#define MINUTE_MS (60LL * 1000)
#define CANCELLED_PCT 3
#define BROKEN_PCT 4 /* of receptions: too little arrived */

/* One lesson while it is made. Texts borrowed. */
typedef struct {
    const ScProvinceEntry *entry;
    const ScProvinceGroup *group;
    const char *term;
    const char *day;
    const char *id;
    char *giving;                               /* owned */
    char *receiving[SC_PROVINCE_RECEIVING + 1]; /* owned; NULL-terminated */
    int64_t starts_ms, ends_ms;
} Lesson;

static void
lesson_clear(Lesson *lesson)
{
    g_free(lesson->giving);
    for (unsigned i = 0; i < SC_PROVINCE_RECEIVING; i++)
        g_free(lesson->receiving[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lesson, lesson_clear)

static bool
add_row(ScProvince *self, const Lesson *lesson, GError **error)
{
    const ScProvinceEntry *entry = lesson->entry;
    const char *subject = sc_province_name_subject(entry->subject);
    g_autofree char *entry_id = sc_province_entry_id(lesson->term, entry);
    g_autofree char *pairing =
        sc_province_pairing_id(lesson->term, entry->group, entry->subject);
    g_autofree char *county = sc_province_id("county", lesson->group->county);
    g_autofree char *teacher = sc_province_teacher_id(entry->group, entry->subject);
    g_autofree char *title =
        g_strconcat(sc_province_name_grade(entry->group), subject, NULL);
    const ScNewLesson row = {
        .id = lesson->id,
        .organisation = county,
        .pairing = pairing,
        .term = lesson->term,
        .entry = entry_id,
        .entry_day = lesson->day,
        .origin = "timetable",
        .teacher = teacher,
        .title = title,
        .subject = subject,
        .day = lesson->day,
        .period = entry->period,
        .starts_ms = lesson->starts_ms,
        .ends_ms = lesson->ends_ms,
    };
    return sc_store_add_made_lesson(self->store, &row, lesson->giving, lesson->receiving,
                                    error);
}

static int64_t
get_part(int64_t whole, int per_mille)
{
    return whole * per_mille / 1000;
}

static bool
put_attendance(ScProvince *self, const Lesson *lesson, const char *site,
               int64_t delivered_ms, bool is_giving, GError **error)
{
    GRand *chance = self->chance;
    bool is_broken = g_rand_int_range(chance, 0, 100) < BROKEN_PCT;
    int part = is_broken ? g_rand_int_range(chance, 0, 580)
                         : g_rand_int_range(chance, 970, 1001);
    int64_t received_ms = get_part(delivered_ms, part);
    unsigned n_floor = (unsigned)MAX(g_rand_int_range(chance, -3, 4), 0);
    const ScAttendanceRow row = {
        .delivered_ms = delivered_ms,
        .received_ms = is_giving ? 0 : received_ms,
        .sent_ms = is_giving ? delivered_ms : get_part(received_ms, 990),
        .n_interruptions = is_broken ? (unsigned)g_rand_int_range(chance, 1, 9) : 0,
        .loss_permille =
            is_giving ? -1 : g_rand_int_range(chance, 0, is_broken ? 90 : 12),
        .rtt_ms = is_giving ? -1 : g_rand_int_range(chance, 8, 90),
        .width = is_broken ? 640 : 1280,
        .height = is_broken ? 360 : 720,
        .n_samples = is_giving ? 0 : SC_PROVINCE_LESSON_MIN,
        .n_floor = n_floor,
        .floor_ms = n_floor * (45 * 1000LL),
        .first_ms = lesson->starts_ms - MINUTE_MS,
        .last_ms = lesson->ends_ms,
    };
    return sc_store_put_attendance(self->store, lesson->id, site, &row, error);
}

static bool
count(ScProvince *self, const Lesson *lesson, GError **error)
{
    int64_t delivered_ms = get_part(lesson->ends_ms - lesson->starts_ms,
                                    g_rand_int_range(self->chance, 950, 1001));
    if (!put_attendance(self, lesson, lesson->giving, delivered_ms, true, error))
        return false;
    for (unsigned i = 0; i < SC_PROVINCE_RECEIVING; i++)
        if (!put_attendance(self, lesson, lesson->receiving[i], delivered_ms, false,
                            error))
            return false;
    return true;
}

static bool
hold(ScProvince *self, const Lesson *lesson, GError **error)
{
    return sc_store_open_lesson(self->store, lesson->id,
                                lesson->starts_ms - 10 * MINUTE_MS, error)
           && sc_store_begin_lesson(self->store, lesson->id, lesson->starts_ms, error)
           && sc_store_end_lesson(self->store, lesson->id, lesson->ends_ms, error)
           && count(self, lesson, error);
}

static bool
cancel(ScProvince *self, const Lesson *lesson, GError **error)
{
    return sc_province_write(
        self,
        "UPDATE lesson SET state = 'cancelled', reason = $1, touched = 1,"
        " version = version + 1 WHERE id = $2",
        (const char *const[]){ "教师外出培训", lesson->id, NULL }, NULL, 0, error);
}

static bool
conclude(ScProvince *self, const Lesson *lesson, GError **error)
{
    bool is_cancelled = g_rand_int_range(self->chance, 0, 100) < CANCELLED_PCT;
    g_autofree char *month = g_strndup(lesson->day, strlen("2026-09"));
    return (is_cancelled ? cancel(self, lesson, error) : hold(self, lesson, error))
           && sc_store_record_lesson(self->store, lesson->id, month,
                                     lesson->ends_ms + MINUTE_MS, error);
}

/* One that has begun and is not over is left to the bell. */
static bool
add_lesson(ScProvince *self, const char *term, const char *day,
           const ScProvinceEntry *entry, GError **error)
{
    g_autofree char *entry_id = sc_province_entry_id(term, entry);
    g_autofree char *id = g_strconcat(entry_id, ":", day, NULL);
    g_auto(Lesson) lesson = {
        .entry = entry,
        .group = &g_array_index(self->groups, ScProvinceGroup, entry->group),
        .term = term,
        .day = day,
        .id = id,
        .starts_ms =
            sc_instant_at(day, sc_province_period_start(entry->period), self->zone),
    };
    lesson.ends_ms = lesson.starts_ms + SC_PROVINCE_LESSON_MIN * MINUTE_MS;
    lesson.giving = sc_province_id("site", lesson.group->giving);
    for (unsigned i = 0; i < SC_PROVINCE_RECEIVING; i++)
        lesson.receiving[i] = sc_province_id("site", lesson.group->receiving[i]);
    if (lesson.starts_ms > self->plan->now_ms)
        return true;
    return add_row(self, &lesson, error)
           && (lesson.ends_ms > self->plan->now_ms || conclude(self, &lesson, error));
}

static bool
add_period(ScProvince *self, const char *term, const char *day, unsigned week,
           unsigned weekday, unsigned period, GError **error)
{
    for (unsigned i = 0; i < self->entries->len; i++) {
        const ScProvinceEntry *entry = &g_array_index(self->entries, ScProvinceEntry, i);
        if (entry->weekday == weekday && entry->period == period
            && sc_week_rule_matches(entry->rule, week)
            && !add_lesson(self, term, day, entry, error))
            return false;
    }
    return true;
}

/* A day is a transaction: one for all would grow the log beyond the database. */
static bool
add_day(ScProvince *self, const char *term, const char *day, unsigned week,
        unsigned weekday, GError **error)
{
    bool done = sc_store_begin(self->store, error);
    if (!done)
        return false;
    for (unsigned period = 1; done && period <= SC_PROVINCE_PERIODS; period++)
        done = add_period(self, term, day, week, weekday, period, error);
    if (done)
        return sc_store_commit(self->store, error);
    sc_store_rollback(self->store);
    return false;
}

bool
sc_province_add_past(ScProvince *self, const char *term, const char *first,
                     unsigned n_weeks, GError **error)
{
    g_autoptr(ScTermCalendar) calendar =
        sc_store_get_term_calendar(self->store, term, error);
    if (calendar == NULL)
        return false;
    int begin = sc_term_calendar_find_day(calendar, first);
    for (unsigned i = 0; i < 7 * n_weeks; i++) {
        unsigned week, weekday;
        char day[SC_DAY_LENGTH + 1];
        unsigned index = (unsigned)begin + i;
        if (!sc_term_calendar_resolve(calendar, index, &week, &weekday))
            continue;
        sc_term_calendar_get_day(calendar, index, day);
        if (!add_day(self, term, day, week, weekday, error))
            return false;
    }
    return true;
}
