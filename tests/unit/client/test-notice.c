/* SPDX-License-Identifier: Apache-2.0 */
/* What a classroom's box says on its screen between lessons: each state in each language,
 * as the lines that are drawn. */
#include "client/notice.h"

#define S G_USEC_PER_SEC
#define NOW_US (100 * S)
#define MINUTE_MS 60000
#define EIGHT_MS (G_GINT64_CONSTANT(1788220800) * 1000) /* 2026-09-01 08:00 in Shanghai \
                                                         */

/* The attendant as the answers leave it; test-attendant.c shows that they do. */
static void
enrol(ScAttendant *box, int64_t wall_ms)
{
    sc_attendant_init(box, "t1", 30 * S);
    g_free(box->school);
    g_free(box->site);
    box->school = g_strdup("石门村小学");
    box->site = g_strdup("五1班");
    box->said_ms = wall_ms;
    box->said_us = NOW_US;
    box->due_us = NOW_US + 30 * S;
}

static void
add_lesson(ScAttendant *box, int64_t starts_ms)
{
    const ScAttendantLesson lesson = {
        .id = g_strdup("l1"),
        .title = g_strdup("数学"),
        .subject = g_strdup(""),
        .starts_ms = starts_ms,
        .opens_ms = starts_ms - 10 * MINUTE_MS,
        .ends_ms = starts_ms + 40 * MINUTE_MS,
    };
    g_array_append_val(box->lessons, lesson);
}

static void
assert_says(const ScAttendant *box, ScLanguage language, const char *want)
{
    g_auto(ScNotice) notice = { .poster = { 0 } };
    const ScNoticeSettings settings = { language, "Asia/Shanghai" };
    sc_notice_write(&notice, box, &settings, NOW_US);
    g_autofree char *words = sc_notice_dup_words(&notice);
    g_assert_cmpstr(words, ==, want);
}

static void
lesson_of_today_is_told_by_its_time_and_the_minutes_to_it(void)
{
    static const struct {
        int64_t before_min;
        const char *zh;
        const char *en;
    } cases[] = {
        { 20, "现在 07:40\n下一节课的上课时间\n08:00\n数学\n还有 20 分钟，到时自动开始",
          "Now 07:40\nThe next lesson begins at\n08:00\n数学\n"
          "Begins by itself in 20 minutes" },
        { 1, "现在 07:59\n下一节课的上课时间\n08:00\n数学\n还有 1 分钟，到时自动开始",
          "Now 07:59\nThe next lesson begins at\n08:00\n数学\n"
          "Begins by itself in 1 minute" },
        { 180, "现在 05:00\n下一节课的上课时间\n08:00\n数学\n到时自动开始，不用操作",
          "Now 05:00\nThe next lesson begins at\n08:00\n数学\n"
          "It begins by itself: nothing to press" },
        { 0, "现在 08:00\n下一节课的上课时间\n08:00\n数学\n正在进入课堂…",
          "Now 08:00\nThe next lesson begins at\n08:00\n数学\nEntering the lesson…" },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScAttendant box;
        enrol(&box, EIGHT_MS - cases[i].before_min * MINUTE_MS);
        add_lesson(&box, EIGHT_MS);
        g_autofree char *zh = g_strdup_printf("石门村小学 · 五1班\n%s", cases[i].zh);
        g_autofree char *en = g_strdup_printf("石门村小学 · 五1班\n%s", cases[i].en);
        assert_says(&box, SC_LANGUAGE_ZH_CN, zh);
        assert_says(&box, SC_LANGUAGE_EN, en);
        sc_attendant_clear(&box);
    }
}

static void
lesson_of_another_day_is_told_with_a_day_that_reads_one_way(void)
{
    ScAttendant box;
    enrol(&box, EIGHT_MS - 22 * 60 * MINUTE_MS);
    add_lesson(&box, EIGHT_MS);
    assert_says(&box, SC_LANGUAGE_ZH_CN,
                "石门村小学 · 五1班\n现在 10:00\n下一节课的上课时间\n9月1日 08:00\n数学\n"
                "到时自动开始，不用操作");
    assert_says(&box, SC_LANGUAGE_EN,
                "石门村小学 · 五1班\nNow 10:00\nThe next lesson begins on\n"
                "1 Sep, 08:00\n数学\nIt begins by itself: nothing to press");
    sc_attendant_clear(&box);
}

static void
no_lesson_is_said_to_be_none(void)
{
    ScAttendant box;
    enrol(&box, EIGHT_MS);
    assert_says(
        &box, SC_LANGUAGE_ZH_CN,
        "石门村小学 · 五1班\n现在 08:00\n\n近期没有课\n有课时会自动开始，不用操作");
    assert_says(&box, SC_LANGUAGE_EN,
                "石门村小学 · 五1班\nNow 08:00\n\nNo lesson ahead\n"
                "The next one begins by itself: nothing to press");
    sc_attendant_clear(&box);
}

static void
unreached_server_is_told_with_what_to_look_at(void)
{
    ScAttendant box;
    sc_attendant_init(&box, "t1", 30 * S);
    assert_says(&box, SC_LANGUAGE_ZH_CN, "同步课堂\n\n\n正在连接…");
    assert_says(&box, SC_LANGUAGE_EN, "SynClass\n\n\nConnecting…");
    sc_attendant_take(&box, SC_ATTENDANT_FETCH, 0, NULL, 0.5, NOW_US);
    assert_says(&box, SC_LANGUAGE_ZH_CN,
                "同步课堂\n\n\n连接不上\n连接不上服务器，正在重试\n"
                "请检查网线、路由器和电源");
    assert_says(&box, SC_LANGUAGE_EN,
                "SynClass\n\n\nNo connection\nThe server is not reached; trying again\n"
                "Please look at the cable, the router and the power");
    sc_attendant_clear(&box);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notice/today",
                    lesson_of_today_is_told_by_its_time_and_the_minutes_to_it);
    g_test_add_func("/notice/another-day",
                    lesson_of_another_day_is_told_with_a_day_that_reads_one_way);
    g_test_add_func("/notice/none", no_lesson_is_said_to_be_none);
    g_test_add_func("/notice/unreached", unreached_server_is_told_with_what_to_look_at);
    return g_test_run();
}
