/* SPDX-License-Identifier: Apache-2.0 */
#include "client/notice.h"

#include <string.h>

#define MINUTE_MS 60000
#define SOON_MIN 120 /* before that, minutes are no use to anybody */

typedef struct {
    ScNotice *notice;
    const ScAttendant *attendant;
    const ScNoticeSettings *settings;
    int64_t now_us;
} Writing;

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static bool
is_english(const Writing *self)
{
    return self->settings->language == SC_LANGUAGE_EN;
}

static const char *
say(const Writing *self, const char *zh, const char *en)
{
    return is_english(self) ? en : zh;
}

/* Takes @text; lends it for as long as the notice lives. */
static const char *
keep(const Writing *self, char *text)
{
    g_ptr_array_add(self->notice->texts, text);
    return text;
}

static GDateTime *
create_local(const Writing *self, int64_t wall_ms)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(self->settings->zone);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(wall_ms / 1000);
    return zone ? g_date_time_to_timezone(utc, zone) : g_date_time_to_local(utc);
}

static char *
dup_time(const Writing *self, int64_t wall_ms)
{
    g_autoptr(GDateTime) here = create_local(self, wall_ms);
    return g_date_time_format(here, "%H:%M");
}

/* A day as nobody can read it two ways: 9月1日, 1 Sep. */
static char *
dup_day(const Writing *self, int64_t wall_ms)
{
    g_autoptr(GDateTime) here = create_local(self, wall_ms);
    int day = g_date_time_get_day_of_month(here);
    int month = g_date_time_get_month(here);
    return is_english(self) ? g_strdup_printf("%d %s", day, months[month - 1])
                            : g_strdup_printf("%d月%d日", month, day);
}

/* A lesson's beginning; of another day than today with that day. */
static char *
dup_beginning(const Writing *self, int64_t starts_ms, bool *out_is_today)
{
    int64_t wall_ms = sc_attendant_get_wall_ms(self->attendant, self->now_us);
    g_autofree char *day = dup_day(self, starts_ms);
    g_autofree char *today = dup_day(self, wall_ms);
    g_autofree char *time = dup_time(self, starts_ms);
    *out_is_today = strcmp(day, today) == 0;
    if (*out_is_today)
        return g_steal_pointer(&time);
    return g_strdup_printf(is_english(self) ? "%s, %s" : "%s %s", day, time);
}

static const char *
get_heading(const Writing *self)
{
    const ScAttendant *attendant = self->attendant;
    if (!*attendant->site)
        return say(self, "同步课堂", "SynClass");
    return keep(self, g_strdup_printf("%s · %s", attendant->school, attendant->site));
}

static void
write_enrolling(const Writing *self)
{
    ScPoster *poster = &self->notice->poster;
    poster->heading = say(self, "同步课堂 · 新设备", "SynClass · new device");
    poster->label = say(self, "登记代码", "Code of this device");
    poster->large = self->attendant->code;
    poster->lines[0] = say(self, "请管理员扫码，或在控制台输入这个代码",
                           "An administrator scans or types this code");
    poster->lines[1] = self->attendant->was_revoked
                           ? say(self, "这台设备的登记已被取消，需要重新登记",
                                 "It was taken off the list: enrol it again")
                           : say(self, "登记后，本机会按课表自动进入课堂",
                                 "After that it enters each lesson by itself");
    poster->scan = self->attendant->url;
}

static char *
dup_minutes(const Writing *self, int minutes)
{
    if (!is_english(self))
        return g_strdup_printf("还有 %d 分钟，到时自动开始", minutes);
    return g_strdup_printf("Begins by itself in %d %s", minutes,
                           minutes == 1 ? "minute" : "minutes");
}

static void
write_idle(const Writing *self)
{
    ScPoster *poster = &self->notice->poster;
    const ScAttendantLesson *next = sc_attendant_get_next(self->attendant, self->now_us);
    int64_t wall_ms = sc_attendant_get_wall_ms(self->attendant, self->now_us);
    poster->heading = get_heading(self);
    if (!next) {
        poster->large = say(self, "近期没有课", "No lesson ahead");
        poster->lines[0] = say(self, "有课时会自动开始，不用操作",
                               "The next one begins by itself: nothing to press");
        return;
    }
    bool is_today;
    int minutes = (int)((next->starts_ms - wall_ms + MINUTE_MS - 1) / MINUTE_MS);
    poster->large = keep(self, dup_beginning(self, next->starts_ms, &is_today));
    poster->label = say(self, "下一节课的上课时间", "The next lesson begins at");
    if (!is_today)
        poster->label = say(self, "下一节课的上课时间", "The next lesson begins on");
    poster->lines[0] = next->title;
    if (!is_today || minutes > SOON_MIN)
        poster->lines[1] =
            say(self, "到时自动开始，不用操作", "It begins by itself: nothing to press");
    else if (minutes > 0)
        poster->lines[1] = keep(self, dup_minutes(self, minutes));
    else
        poster->lines[1] = say(self, "正在进入课堂…", "Entering the lesson…");
}

static void
write_unreached(const Writing *self)
{
    ScPoster *poster = &self->notice->poster;
    const ScAttendantLesson *next = sc_attendant_get_next(self->attendant, self->now_us);
    poster->heading = get_heading(self);
    if (self->attendant->n_failed == 0) {
        poster->large = say(self, "正在连接…", "Connecting…");
        return;
    }
    poster->alarm = true;
    poster->large = say(self, "连接不上", "No connection");
    poster->lines[0] =
        say(self, "连接不上服务器，正在重试", "The server is not reached; trying again");
    poster->lines[1] = say(self, "请检查网线、路由器和电源",
                           "Please look at the cable, the router and the power");
    if (next) {
        bool is_today;
        g_autofree char *when = dup_beginning(self, next->starts_ms, &is_today);
        poster->lines[2] =
            keep(self, g_strdup_printf(say(self, "下一节课：%s %s", "Next lesson: %s %s"),
                                       when, next->title));
    }
}

void
sc_notice_write(ScNotice *self, const ScAttendant *attendant,
                const ScNoticeSettings *settings, int64_t now_us)
{
    const Writing writing = { self, attendant, settings, now_us };
    int64_t wall_ms = sc_attendant_get_wall_ms(attendant, now_us);
    self->texts = g_ptr_array_new_with_free_func(g_free);
    self->poster = (ScPoster){ .heading = "", .large = "", .corner = "" };
    if (wall_ms > 0) {
        g_autofree char *time = dup_time(&writing, wall_ms);
        self->poster.corner =
            keep(&writing, g_strdup_printf(say(&writing, "现在 %s", "Now %s"), time));
    }
    switch (sc_attendant_get_state(attendant)) {
    case SC_ATTENDANT_ENROLLING:
        write_enrolling(&writing);
        break;
    case SC_ATTENDANT_UNREACHED:
        write_unreached(&writing);
        break;
    case SC_ATTENDANT_IDLE:
    case SC_ATTENDANT_ENTERING:
        if (wall_ms > 0)
            write_idle(&writing);
        else /* whether there is a lesson is not known yet */
            write_unreached(&writing);
        break;
    }
}

void
sc_notice_clear(ScNotice *self)
{
    g_clear_pointer(&self->texts, g_ptr_array_unref);
    self->poster = (ScPoster){ 0 };
}

char *
sc_notice_dup_words(const ScNotice *self)
{
    const ScPoster *poster = &self->poster;
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    const char *const texts[] = { poster->heading, poster->corner, poster->label,
                                  poster->large };
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(parts, (gpointer)(texts[i] ? texts[i] : ""));
    for (unsigned i = 0; i < SC_POSTER_LINES_MAX; i++)
        if (poster->lines[i])
            g_ptr_array_add(parts, (gpointer)poster->lines[i]);
    g_ptr_array_add(parts, NULL);
    return g_strjoinv("\n", (GStrv)parts->pdata);
}
