/* SPDX-License-Identifier: Apache-2.0 */
/* The lesson's decisions, without socket, store or clock. */
#include <string.h>

#include "signaling/lesson.h"
#include "signaling/problem.h"

#define S G_USEC_PER_SEC

static const ScLessonLimits limits = { 8, 16, 3 };

/* Teacher t, classrooms a, b, c in tile order, observer o. */
static ScLesson *
make_lesson(const char *floor)
{
    static const char *const names[] = { "t", "a", "b", "c", "o" };
    ScLessonSite sites[5] = { 0 };
    for (int i = 0; i < 5; i++) {
        sites[i].site = (char *)names[i];
        sites[i].role = i == 0   ? SC_ROLE_TEACHER
                        : i == 4 ? SC_ROLE_OBSERVER
                                 : SC_ROLE_CLASSROOM;
        sites[i].tile = i - 1;
    }
    ScLessonRow row = {
        .id = (char *)"l", .floor = (char *)floor, .sites = sites, .n_sites = 5
    };
    g_autoptr(GError) error = NULL;
    ScLesson *lesson = sc_lesson_new(&row, &limits, &error);
    g_assert_no_error(error);
    return lesson;
}

/* A session called @id with all the streams its role has, answered by the relay. */
static ScSession *
add(ScLesson *lesson, const char *id, const char *site, ScRole role, ScSessionKind kind)
{
    ScSession *session = sc_session_new("l", site, role, kind, 0);
    g_free(session->id);
    session->id = g_strdup(id);
    session->state = SC_SESSION_WAITING;
    unsigned n;
    const ScAnswerStream *streams = sc_lesson_get_streams(lesson, role, kind, &n);
    for (unsigned i = 0; i < n; i++)
        sc_session_add_stream(session, streams[i].name);
    sc_lesson_take_session(lesson, session);
    return session;
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Asserts that the patches due now are @expected: "slot=track" or "slot=", sorted, ended
 * by NULL. */
static void
assert_patches(ScLesson *lesson, const char *const *expected)
{
    g_autoptr(GArray) patches = sc_lesson_take_patches(lesson);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < patches->len; i++) {
        ScLessonPatch *patch = &g_array_index(patches, ScLessonPatch, i);
        g_ptr_array_add(texts, g_strdup_printf("%s=%s", patch->slot,
                                               patch->track != NULL ? patch->track : ""));
    }
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    g_autofree char *have = g_strjoinv(" ", (char **)texts->pdata);
    g_autofree char *want = g_strjoinv(" ", (char **)expected);
    g_assert_cmpstr(have, ==, want);
}
#define ASSERT_PATCHES(lesson, ...) \
    assert_patches(lesson, (const char *const[]){ __VA_ARGS__ })

static void
each_role_has_its_streams(void)
{
    static const struct {
        ScRole role;
        ScSessionKind kind;
        const char *audio; /* in the order of sections */
        const char *video;
    } cases[] = {
        { SC_ROLE_TEACHER, SC_SESSION_PUBLISH, "main-audio/main",
          "main-video/main slides-video/main" },
        { SC_ROLE_TEACHER, SC_SESSION_SUBSCRIBE,
          "voice-0/site-0 voice-1/site-1 voice-2/site-2",
          "tile-0/site-0 tile-1/site-1 tile-2/site-2" },
        { SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH, "microphone/site", "camera/site" },
        { SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE, "main-audio/main guest-audio/guest",
          "main-video/main guest-video/guest slides-video/main" },
        { SC_ROLE_OBSERVER, SC_SESSION_PUBLISH, "", "" },
        { SC_ROLE_OBSERVER, SC_SESSION_SUBSCRIBE, "main-audio/main guest-audio/guest",
          "main-video/main guest-video/guest slides-video/main" },
    };
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned n;
        const ScAnswerStream *streams =
            sc_lesson_get_streams(lesson, cases[i].role, cases[i].kind, &n);
        g_autoptr(GString) audio = g_string_new(NULL);
        g_autoptr(GString) video = g_string_new(NULL);
        for (unsigned k = 0; k < n; k++) {
            GString *text = streams[k].kind == SC_SDP_AUDIO ? audio : video;
            g_string_append_printf(text, "%s%s/%s", text->len > 0 ? " " : "",
                                   streams[k].name, streams[k].group);
        }
        g_assert_cmpstr(audio->str, ==, cases[i].audio);
        g_assert_cmpstr(video->str, ==, cases[i].video);
    }
}

static void
classroom_is_fed_by_the_teacher(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    add(lesson, "wa", "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    ASSERT_PATCHES(lesson, NULL);
    add(lesson, "pt", "t", SC_ROLE_TEACHER, SC_SESSION_PUBLISH);
    ASSERT_PATCHES(lesson, "wa.main-audio=pt.main-audio", "wa.main-video=pt.main-video",
                   "wa.slides-video=pt.slides-video", NULL);
    ASSERT_PATCHES(lesson, NULL);
    /* Classrooms do not see each other. */
    add(lesson, "pb", "b", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH);
    ASSERT_PATCHES(lesson, NULL);
    sc_session_free(sc_lesson_remove_session(lesson, "pt"));
    ASSERT_PATCHES(lesson, "wa.main-audio=", "wa.main-video=", "wa.slides-video=", NULL);
}

static void
teacher_without_slides_feeds_no_slides(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    add(lesson, "wa", "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    ScSession *teacher = sc_session_new("l", "t", SC_ROLE_TEACHER, SC_SESSION_PUBLISH, 0);
    g_free(teacher->id);
    teacher->id = g_strdup("pt");
    teacher->state = SC_SESSION_WAITING;
    sc_session_add_stream(teacher, "main-video");
    sc_lesson_take_session(lesson, teacher);
    ASSERT_PATCHES(lesson, "wa.main-video=pt.main-video", NULL);
}

static void
teacher_sees_each_site_in_its_tile(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    add(lesson, "wt", "t", SC_ROLE_TEACHER, SC_SESSION_SUBSCRIBE);
    add(lesson, "pc", "c", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH);
    ASSERT_PATCHES(lesson, "wt.tile-2=pc.camera", "wt.voice-2=pc.microphone", NULL);
    add(lesson, "pa", "a", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH);
    ASSERT_PATCHES(lesson, "wt.tile-0=pa.camera", "wt.voice-0=pa.microphone", NULL);
}

static void
session_that_is_opening_is_not_fed_and_feeds_nobody(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    ScSession *watcher = add(lesson, "wa", "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    ScSession *teacher = add(lesson, "pt", "t", SC_ROLE_TEACHER, SC_SESSION_PUBLISH);
    watcher->state = SC_SESSION_OPENING;
    ASSERT_PATCHES(lesson, NULL);
    watcher->state = SC_SESSION_WAITING;
    teacher->state = SC_SESSION_OPENING;
    ASSERT_PATCHES(lesson, NULL);
    teacher->state = SC_SESSION_LOST; /* may come back; its slots keep their feed */
    ASSERT_PATCHES(lesson, "wa.main-audio=pt.main-audio", "wa.main-video=pt.main-video",
                   "wa.slides-video=pt.slides-video", NULL);
}

static void
floor_is_shown_to_all_but_its_holder(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    add(lesson, "wa", "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    add(lesson, "wb", "b", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    add(lesson, "wo", "o", SC_ROLE_OBSERVER, SC_SESSION_SUBSCRIBE);
    add(lesson, "pa", "a", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH);
    add(lesson, "pb", "b", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH);
    ASSERT_PATCHES(lesson, NULL);
    g_assert_true(sc_lesson_set_floor(lesson, "a"));
    ASSERT_PATCHES(lesson, "wb.guest-audio=pa.microphone", "wb.guest-video=pa.camera",
                   "wo.guest-audio=pa.microphone", "wo.guest-video=pa.camera", NULL);
    g_assert_true(sc_lesson_set_floor(lesson, "b"));
    ASSERT_PATCHES(lesson, "wa.guest-audio=pb.microphone", "wa.guest-video=pb.camera",
                   "wb.guest-audio=", "wb.guest-video=", "wo.guest-audio=pb.microphone",
                   "wo.guest-video=pb.camera", NULL);
    g_assert_true(sc_lesson_set_floor(lesson, ""));
    ASSERT_PATCHES(lesson, "wa.guest-audio=", "wa.guest-video=", "wo.guest-audio=",
                   "wo.guest-video=", NULL);
}

static void
floor_goes_to_classrooms_only(void)
{
    static const struct {
        const char *site;
        bool is_allowed;
    } cases[] = {
        { "a", true },  { "c", true },  { "", true },
        { "t", false }, { "o", false }, { "stranger", false },
    };
    g_autoptr(ScLesson) lesson = make_lesson("b");
    g_assert_cmpstr(sc_lesson_get_floor(lesson), ==, "b");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *before = g_strdup(sc_lesson_get_floor(lesson));
        g_assert_cmpint(sc_lesson_set_floor(lesson, cases[i].site), ==,
                        cases[i].is_allowed);
        g_assert_cmpstr(sc_lesson_get_floor(lesson), ==,
                        cases[i].is_allowed ? cases[i].site : before);
    }
}

static void
joiners_slots_are_patched_alone(void)
{
    g_autoptr(ScLesson) lesson = make_lesson("b");
    add(lesson, "wa", "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    ScSession *late = add(lesson, "wc", "c", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    add(lesson, "pb", "b", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH);
    g_autoptr(GArray) patches = sc_lesson_take_session_patches(lesson, late);
    g_assert_cmpuint(patches->len, ==, 2);
    ASSERT_PATCHES(lesson, "wa.guest-audio=pb.microphone", "wa.guest-video=pb.camera",
                   NULL);
}

static void
second_publisher_is_admitted_after_two_seconds_of_silence(void)
{
    static const struct {
        ScSessionState state;
        bool flowing;
        int64_t quiet_since_us;
        int64_t now_us;
        bool is_admitted;
    } cases[] = {
        { SC_SESSION_CONNECTED, true, 0, 100 * S, false },
        { SC_SESSION_CONNECTED, false, 10 * S, 11 * S, false },
        { SC_SESSION_CONNECTED, false, 10 * S, 12 * S - 1, false },
        { SC_SESSION_CONNECTED, false, 10 * S, 12 * S, true },
        { SC_SESSION_WAITING, false, 10 * S, 11 * S, false },
        { SC_SESSION_WAITING, false, 10 * S, 12 * S, true },
        { SC_SESSION_LOST, false, 10 * S, 12 * S, true },
        { SC_SESSION_LOST, true, 10 * S, 12 * S, false },
        { SC_SESSION_OPENING, false, 10 * S, 60 * S, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScLesson) lesson = make_lesson(NULL);
        ScSession *first = add(lesson, "pt", "t", SC_ROLE_TEACHER, SC_SESSION_PUBLISH);
        first->state = cases[i].state;
        sc_session_lookup_stream(first, "main-video")->flowing = cases[i].flowing;
        first->quiet_since_us = cases[i].quiet_since_us;
        ScSession *replaced = NULL;
        g_autoptr(GError) error = NULL;
        g_test_message("case %zu", i);
        g_assert_cmpint(sc_lesson_admit(lesson, "t", SC_SESSION_PUBLISH, cases[i].now_us,
                                        &replaced, &error),
                        ==, cases[i].is_admitted);
        if (cases[i].is_admitted)
            g_assert_true(replaced == first);
        else
            g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_ALREADY_PUBLISHING);
    }
}

static void
publisher_is_quiet_when_its_last_track_is(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    ScSession *session = add(lesson, "pt", "t", SC_ROLE_TEACHER, SC_SESSION_PUBLISH);
    ScSessionStream *audio = sc_session_lookup_stream(session, "main-audio");
    ScSessionStream *video = sc_session_lookup_stream(session, "main-video");
    sc_session_set_flowing(session, audio, true, 1);
    sc_session_set_flowing(session, video, true, 2);
    g_assert_cmpint(session->quiet_since_us, ==, 0);
    sc_session_set_flowing(session, audio, false, 3);
    g_assert_cmpint(session->quiet_since_us, ==, 0);
    g_assert_true(sc_session_is_flowing(session));
    sc_session_set_flowing(session, video, false, 4);
    g_assert_cmpint(session->quiet_since_us, ==, 4);
    g_assert_false(sc_session_is_flowing(session));
}

static void
sessions_have_limits(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    ScSession *replaced = NULL;
    g_autoptr(GError) error = NULL;
    ScSession *last = NULL;
    for (unsigned i = 0; i < limits.max_sessions_per_site; i++) {
        g_autofree char *id = g_strdup_printf("w%u", i);
        g_assert_true(
            sc_lesson_admit(lesson, "a", SC_SESSION_SUBSCRIBE, 0, &replaced, NULL));
        last = add(lesson, id, "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    }
    g_assert_false(
        sc_lesson_admit(lesson, "a", SC_SESSION_SUBSCRIBE, 0, &replaced, &error));
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS);
    g_assert_nonnull(strstr(error->message, "at most 3"));
    g_assert_null(replaced);
    /* A publisher, or another site, is not meant. */
    g_assert_true(sc_lesson_admit(lesson, "a", SC_SESSION_PUBLISH, 0, &replaced, NULL));
    g_assert_true(sc_lesson_admit(lesson, "b", SC_SESSION_SUBSCRIBE, 0, &replaced, NULL));
    last->state = SC_SESSION_LOST;
    g_assert_true(sc_lesson_admit(lesson, "a", SC_SESSION_SUBSCRIBE, 0, &replaced, NULL));
    g_assert_true(replaced == last);
}

static void
lesson_has_a_limit_of_sessions(void)
{
    g_autoptr(ScLesson) lesson = make_lesson(NULL);
    ScSession *replaced = NULL;
    g_autoptr(GError) error = NULL;
    for (unsigned i = 0; i < limits.max_sessions; i++) {
        g_autofree char *id = g_strdup_printf("w%u", i);
        add(lesson, id, "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
    }
    g_assert_false(
        sc_lesson_admit(lesson, "b", SC_SESSION_SUBSCRIBE, 0, &replaced, &error));
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_TOO_MANY_SESSIONS);
    g_assert_nonnull(strstr(error->message, "16 sessions, at most 16"));
}

static void
lesson_has_a_limit_of_sites(void)
{
    ScLessonSite sites[9] = { 0 };
    char names[9][4];
    for (int i = 0; i < 9; i++) {
        g_snprintf(names[i], sizeof names[i], "s%d", i);
        sites[i].site = names[i];
        sites[i].role = SC_ROLE_CLASSROOM;
    }
    ScLessonRow row = { .id = (char *)"l", .sites = sites, .n_sites = 9 };
    g_autoptr(GError) error = NULL;
    g_assert_null(sc_lesson_new(&row, &limits, &error));
    g_assert_nonnull(strstr(error->message, "9 sites, at most 8"));
}

static void
presence_needs_a_connection(void)
{
    static const struct {
        ScSessionState state;
        bool is_present;
    } cases[] = {
        { SC_SESSION_OPENING, false },
        { SC_SESSION_WAITING, false },
        { SC_SESSION_CONNECTED, true },
        { SC_SESSION_LOST, false }, /* it may come back, and is told so then */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScLesson) lesson = make_lesson(NULL);
        ScSession *session =
            add(lesson, "wa", "a", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE);
        session->state = cases[i].state;
        ScLessonPresence presence = sc_lesson_get_presence(lesson, "a");
        g_assert_cmpint(presence.subscribed, ==, cases[i].is_present);
        g_assert_false(presence.publishing);
        g_assert_false(sc_lesson_get_presence(lesson, "b").subscribed);
    }
}

static void
tag_gives_the_session_back(void)
{
    g_autoptr(ScSession) session =
        sc_session_new("课", "s:1", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE, 5);
    session->mid = g_strdup("video0");
    g_assert_cmpuint(strlen(session->id), ==, SC_SESSION_ID_LENGTH);
    g_autofree char *tag = sc_session_print_tag(session);
    g_assert_cmpuint(strlen(tag), <, SC_SESSION_TAG_MAX);
    g_autoptr(ScSession) again = sc_session_parse_tag(session->id, tag, 9);
    g_assert_nonnull(again);
    g_assert_cmpstr(again->id, ==, session->id);
    g_assert_cmpstr(again->lesson, ==, "课");
    g_assert_cmpstr(again->site, ==, "s:1");
    g_assert_cmpstr(again->etag, ==, session->etag);
    g_assert_cmpstr(again->mid, ==, "video0");
    g_assert_cmpint(again->role, ==, SC_ROLE_CLASSROOM);
    g_assert_cmpint(again->kind, ==, SC_SESSION_SUBSCRIBE);
    g_assert_cmpint(again->quiet_since_us, ==, 9);
}

static void
strange_tag_is_nobodys(void)
{
    static const char *const tags[] = {
        "",
        "hello",
        "{}",
        "{\"v\":2,\"lesson\":\"l\",\"site\":\"s\",\"role\":\"teacher\",\"kind\":"
        "\"publish\","
        "\"etag\":\"e\"}",
        "{\"v\":1,\"lesson\":\"l\",\"site\":\"s\",\"role\":\"king\",\"kind\":\"publish\","
        "\"etag\":\"e\"}",
        "{\"v\":1,\"lesson\":\"l\",\"site\":\"s\",\"role\":\"teacher\",\"kind\":"
        "\"watch\","
        "\"etag\":\"e\"}",
        "{\"v\":1,\"lesson\":\"l\",\"role\":\"teacher\",\"kind\":\"publish\",\"etag\":"
        "\"e\"}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        g_assert_null(sc_session_parse_tag("id", tags[i], 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/lesson/" #name, name)
    ADD(each_role_has_its_streams);
    ADD(classroom_is_fed_by_the_teacher);
    ADD(teacher_without_slides_feeds_no_slides);
    ADD(teacher_sees_each_site_in_its_tile);
    ADD(session_that_is_opening_is_not_fed_and_feeds_nobody);
    ADD(floor_is_shown_to_all_but_its_holder);
    ADD(floor_goes_to_classrooms_only);
    ADD(joiners_slots_are_patched_alone);
    ADD(second_publisher_is_admitted_after_two_seconds_of_silence);
    ADD(publisher_is_quiet_when_its_last_track_is);
    ADD(sessions_have_limits);
    ADD(lesson_has_a_limit_of_sessions);
    ADD(lesson_has_a_limit_of_sites);
    ADD(presence_needs_a_connection);
    ADD(tag_gives_the_session_back);
    ADD(strange_tag_is_nobodys);
#undef ADD
    return g_test_run();
}
