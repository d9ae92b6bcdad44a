/* SPDX-License-Identifier: Apache-2.0 */
/* today.c: what runs, what is about to begin, what is over, and what is wrong, of all
 * that the person may see. */
#include <string.h>

#include "signaling/api/handlers.h"
#include "signaling/api/lesson-rows.h"
#include "signaling/attendance.h"
#include "signaling/conductor.h"
#include "signaling/protocol/timestamp.h"
#include "signaling/school/term-calendar.h"
#include "signaling/wording.h"

#define SHOWN_MAX 100 /* lessons of each kind */
#define WRONG_MAX 200
#define NEXT_MS (2 * 3600 * 1000LL)
#define SOON_MS (3600 * 1000LL)     /* devices should be there by then */
#define SILENT_MS (3 * 60 * 1000LL) /* a device reports once a minute */
#define SETTLE_MS (60 * 1000LL)     /* after the bell, before anybody is missed */
#define QUIET_MS (15 * 1000LL)      /* media that came last so long ago has stopped */

static const struct {
    const char *name;
    const char *sql;
} lists[] = {
    { "live", SC_LESSON_ROWS_SELECT "WHERE state = 'live' AND $2 < $3 AND $4 > 0"
                                    " AND " SC_LESSON_ROWS_SEES
                                    " ORDER BY starts_ms, id LIMIT $5" },
    { "next", SC_LESSON_ROWS_SELECT
      "WHERE state = 'scheduled' AND starts_ms >= $2 - 60000"
      " AND starts_ms < $4 AND $3 > 0"
      " AND " SC_LESSON_ROWS_SEES " ORDER BY starts_ms, id LIMIT $5" },
    { "over", SC_LESSON_ROWS_SELECT
      "WHERE starts_ms >= $3 AND starts_ms < $4 AND (state = 'ended'"
      " OR (state = 'cancelled' AND ends_ms <= $2))"
      " AND " SC_LESSON_ROWS_SEES " ORDER BY starts_ms DESC, id LIMIT $5" },
};

static bool
add_list(ScCall *call, unsigned index, int64_t now_ms, int64_t day_ms, JsonObject *answer,
         GError **error)
{
    g_autoptr(JsonArray) items = json_array_new();
    {
        g_auto(ScQuery) query = { 0 };
        bool has_row = true;
        if (!sc_query_init(&query, sc_call_get_store(call), lists[index].sql, error))
            return false;
        sc_query_bind_named_text(&query, "$1", sc_call_get_actor(call)->id);
        sc_query_bind_named_integer(&query, "$2", now_ms);
        sc_query_bind_named_integer(&query, "$3", index == 0 ? INT64_MAX : day_ms);
        sc_query_bind_named_integer(&query, "$4",
                                    index == 1 ? now_ms + NEXT_MS : INT64_MAX);
        sc_query_bind_named_integer(&query, "$5", SHOWN_MAX);
        while (has_row) {
            if (!sc_query_step(&query, &has_row, error))
                return false;
            if (has_row)
                json_array_add_object_element(items, sc_lesson_rows_read(&query));
        }
    }
    for (guint i = 0; i < json_array_get_length(items); i++)
        if (!sc_lesson_rows_add_sites(call, json_array_get_object_element(items, i),
                                      error))
            return false;
    json_object_set_array_member(answer, lists[index].name, g_steal_pointer(&items));
    return true;
}

/* What is wrong. */

static const struct {
    const char *kind;
    const char *zh; /* %s: the site or device; %s: the lesson */
    const char *en;
} troubles[] = {
    { "relay-down", "媒体服务器没有连上：现在谁也不能上课%s%s",
      "The relay is not connected: no lesson can be held now%s%s" },
    { "teacher-absent", "“%s”没有画面和声音：“%s”已经开始",
      "“%s” sends nothing: “%s” has begun" },
    { "site-absent", "“%s”没有加入“%s”", "“%s” has not joined “%s”" },
    { "no-media", "“%s”收不到“%s”的画面", "“%s” gets no picture of “%s”" },
    { "device-silent", "“%s”的设备没有联系：“%s”快要开始",
      "The device of “%s” is silent: “%s” begins soon" },
    { "camera-missing", "“%s”的摄像头有问题：“%s”快要开始",
      "The camera of “%s” is missing or broken: “%s” begins soon" },
    { "job-failed", "生成课表失败：%s%s", "Making lessons failed: %s%s" },
};

typedef enum {
    TROUBLE_RELAY_DOWN,
    TROUBLE_TEACHER_ABSENT,
    TROUBLE_SITE_ABSENT,
    TROUBLE_NO_MEDIA,
    TROUBLE_DEVICE_SILENT,
    TROUBLE_CAMERA,
    TROUBLE_JOB_FAILED,
} Trouble;

/* All borrowed; NULL: none. */
typedef struct {
    const char *lesson, *title, *site, *site_name;
} About;

static char *
fill(const char *format, const char *first, const char *second)
{
    g_auto(GStrv) parts = g_strsplit(format, "%s", 3);
    return g_strconcat(parts[0], first != NULL ? first : "", parts[1],
                       second != NULL ? second : "", parts[2], NULL);
}

static void
set_text(JsonObject *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

static void
add_trouble(JsonArray *wrong, Trouble trouble, const About *about)
{
    if (json_array_get_length(wrong) >= WRONG_MAX)
        return;
    JsonObject *object = json_object_new();
    g_autofree char *zh = fill(troubles[trouble].zh, about->site_name, about->title);
    g_autofree char *en = fill(troubles[trouble].en, about->site_name, about->title);
    json_object_set_string_member(object, "kind", troubles[trouble].kind);
    set_text(object, "lesson", about->lesson);
    set_text(object, "lesson_title", about->title);
    set_text(object, "site", about->site);
    set_text(object, "site_name", about->site_name);
    json_object_set_string_member(object, "detail", en);
    json_object_set_object_member(object, "sentence", sc_wording_print(zh, en));
    json_array_add_object_element(wrong, object);
}

/* Media of @site in a lesson that runs, as far as the books know. */
static void
look_at_site(ScCall *call, const About *about, bool is_teacher, JsonArray *wrong)
{
    int64_t now_ms = sc_call_get_now_ms(call);
    ScAttendanceRow row;
    if (!sc_attendance_lookup(sc_call_get_parts(call)->attendance, about->lesson,
                              about->site, &row))
        return;
    if (row.first_ms < 0)
        add_trouble(wrong, is_teacher ? TROUBLE_TEACHER_ABSENT : TROUBLE_SITE_ABSENT,
                    about);
    else if (now_ms - row.last_ms > QUIET_MS)
        add_trouble(wrong, is_teacher ? TROUBLE_TEACHER_ABSENT : TROUBLE_NO_MEDIA, about);
}

static const char *
get_text(JsonObject *object, const char *name)
{
    return json_object_get_string_member_with_default(object, name, NULL);
}

static void
look_at_live(ScCall *call, JsonArray *live, JsonArray *wrong)
{
    for (guint i = 0; i < json_array_get_length(live); i++) {
        JsonObject *lesson = json_array_get_object_element(live, i);
        JsonArray *sites = json_object_get_array_member(lesson, "receiving_sites");
        JsonArray *names = json_object_get_array_member(lesson, "site_names");
        int64_t begun_ms = 0;
        const char *begun = get_text(lesson, "begun_at");
        if (begun == NULL || !sc_timestamp_parse(begun, &begun_ms)
            || sc_call_get_now_ms(call) < begun_ms + SETTLE_MS)
            continue;
        About about = { get_text(lesson, "id"), get_text(lesson, "title"),
                        get_text(lesson, "giving_site"),
                        get_text(lesson, "giving_site_name") };
        look_at_site(call, &about, true, wrong);
        for (guint j = 0; j < json_array_get_length(sites); j++) {
            about.site = json_array_get_string_element(sites, j);
            about.site_name = json_array_get_string_element(names, j);
            look_at_site(call, &about, false, wrong);
        }
    }
}

/* Devices that should be heard of, since their lesson begins soon. */
static bool
look_at_devices(ScCall *call, JsonArray *wrong, GError **error)
{
    int64_t now_ms = sc_call_get_now_ms(call);
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(
            &query, sc_call_get_store(call),
            "SELECT lesson.id, lesson.title, site.id, site.name,"
            " MAX(COALESCE(device.seen_ms, 0)), MAX(device.health LIKE '%\"camera\":\"m%'"
            " OR device.health LIKE '%\"camera\":\"b%') FROM lesson"
            " JOIN lesson_site ON lesson_site.lesson = lesson.id"
            " JOIN site ON site.id = lesson_site.site"
            " JOIN device ON device.site = site.id AND device.state = 'active'"
            " WHERE lesson.state = 'scheduled' AND starts_ms >= $2 AND starts_ms < $3"
            " AND " SC_LESSON_ROWS_SEES
            " GROUP BY lesson.id, site.id ORDER BY starts_ms LIMIT $4",
            error))
        return false;
    sc_query_bind_named_text(&query, "$1", sc_call_get_actor(call)->id);
    sc_query_bind_named_integer(&query, "$2", now_ms);
    sc_query_bind_named_integer(&query, "$3", now_ms + SOON_MS);
    sc_query_bind_named_integer(&query, "$4", WRONG_MAX);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        const About about = { sc_query_get_text(&query, 0), sc_query_get_text(&query, 1),
                              sc_query_get_text(&query, 2),
                              sc_query_get_text(&query, 3) };
        if (now_ms - sc_query_get_integer(&query, 4) > SILENT_MS)
            add_trouble(wrong, TROUBLE_DEVICE_SILENT, &about);
        else if (sc_query_get_integer(&query, 5) != 0)
            add_trouble(wrong, TROUBLE_CAMERA, &about);
    }
    return false;
}

/* Those of today; a new attempt takes the failure's place. */
static bool
look_at_jobs(ScCall *call, int64_t day_ms, JsonArray *wrong, GError **error)
{
    g_auto(ScQuery) query = { 0 };
    bool has_row;
    if (!sc_query_init(&query, sc_call_get_store(call),
                       "SELECT job.detail FROM job JOIN organisation_ancestor AS up"
                       " ON up.organisation = job.organisation"
                       " JOIN appointment AS mine ON mine.organisation = up.ancestor"
                       " WHERE job.state = 'failed' AND job.updated_ms >= $1"
                       " AND mine.person = $2 AND mine.role = 'administrator'"
                       " AND NOT EXISTS (SELECT 1 FROM job AS later"
                       " WHERE later.object = job.object AND later.created_ms >"
                       " job.created_ms)",
                       error))
        return false;
    sc_query_bind_integer(&query, day_ms);
    sc_query_bind_text(&query, sc_call_get_actor(call)->id);
    while (sc_query_step(&query, &has_row, error)) {
        if (!has_row)
            return true;
        const About about = { .site_name = sc_query_get_text(&query, 0) };
        add_trouble(wrong, TROUBLE_JOB_FAILED, &about);
    }
    return false;
}

static bool
today(ScCall *call, GError **error)
{
    int64_t now_ms = sc_call_get_now_ms(call);
    GTimeZone *zone = sc_call_get_parts(call)->zone;
    g_autoptr(JsonObject) answer = json_object_new();
    g_autoptr(JsonArray) wrong = json_array_new();
    g_autofree char *now = sc_timestamp_print(now_ms);
    char day[SC_DAY_LENGTH + 1];
    unsigned minute;
    sc_instant_split(now_ms, zone, day, &minute);
    int64_t day_ms = sc_instant_at(day, 0, zone);
    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
        if (!add_list(call, i, now_ms, day_ms, answer, error))
            return false;
    if (!sc_media_is_ready(sc_conductor_get_media(sc_call_get_parts(call)->conductor)))
        add_trouble(wrong, TROUBLE_RELAY_DOWN, &(const About){ 0 });
    look_at_live(call, json_object_get_array_member(answer, "live"), wrong);
    if (!look_at_devices(call, wrong, error) || !look_at_jobs(call, day_ms, wrong, error))
        return false;
    json_object_set_array_member(answer, "wrong", g_steal_pointer(&wrong));
    json_object_set_string_member(answer, "now", now);
    sc_call_answer_object(call, 200, g_steal_pointer(&answer));
    return true;
}

const ScApiHandler sc_today_handlers[] = { { "get-today", today, NULL, NULL } };
const unsigned sc_n_today_handlers = G_N_ELEMENTS(sc_today_handlers);
