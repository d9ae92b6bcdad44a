/* SPDX-License-Identifier: Apache-2.0 */
/* /echo-test: a site is both ends of a lesson of its own, for a minute, and of nothing
 * else. */
#include "signaling/api/secret.h"
#include "signaling/echo-tests.h"
#include "signaling/store/device.h"
#include "tests/unit/signaling/stage.h"

#define PATH "/echo-test"
#define TEACHER 0
#define FIRST 1
#define SDP "application/sdp"
#define BURST 5

typedef struct {
    char *lesson;
    char *far;
    char *near;
} Test;

static void
test_clear(Test *test)
{
    g_free(test->lesson);
    g_free(test->far);
    g_free(test->near);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Test, test_clear)

static Test
begin(Stage *stage, unsigned site)
{
    g_auto(Answer) answer =
        stage_send(stage, "POST", PATH, stage_get_token(stage, site), NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 201);
    g_assert_cmpstr(answer_get_header(&answer, "Cache-Control"), ==, "no-store");
    g_autoptr(JsonParser) parser = json_parser_new();
    gsize length;
    const char *text = g_bytes_get_data(answer.body, &length);
    g_assert_true(json_parser_load_from_data(parser, text, (gssize)length, NULL));
    JsonObject *object = json_node_get_object(json_parser_get_root(parser));
    g_assert_cmpint(json_object_get_int_member(object, "expires_in_s"), ==, 60);
    return (Test){ g_strdup(json_object_get_string_member(object, "lesson")),
                   g_strdup(json_object_get_string_member(object, "far")),
                   g_strdup(json_object_get_string_member(object, "near")) };
}

/* The session's id, or NULL and the refusal's name. */
static char *
join(Stage *stage, const char *door, const char *lesson, const char *token,
     const char *sdp, char **out_problem)
{
    g_autofree char *path = g_strdup_printf("/%s/%s", door, lesson);
    g_autofree char *offer = stage_dup_sdp(sdp);
    g_auto(Answer) answer = stage_send(stage, "POST", path, token, SDP, offer, NULL);
    if (out_problem != NULL)
        *out_problem = g_strdup(answer.problem);
    else
        g_assert_cmpuint(answer.status, ==, 201);
    return answer.status == 201
               ? g_path_get_basename(answer_get_header(&answer, "Location"))
               : NULL;
}

static void
assert_fed(Stage *stage, const char *session, const char *slot, const char *publisher,
           const char *track)
{
    g_autofree char *name = g_strdup_printf("%s.%s", session, slot);
    g_autofree char *feed = g_strdup_printf("%s.%s", publisher, track);
    g_assert_cmpstr(fake_relay_get_feed(stage->relay, name), ==, feed);
}

static void
what_one_end_says_the_other_hears(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_auto(Test) test = begin(&stage, FIRST);
    g_autofree char *says =
        join(&stage, "whip", test.lesson, test.far, "webrtcbin-publish.sdp", NULL);
    g_autofree char *plays = join(&stage, "whep", test.lesson, test.near,
                                  "webrtcbin-classroom-watch.sdp", NULL);
    g_autofree char *answers = join(&stage, "whip", test.lesson, test.near,
                                    "chromium-classroom-publish.sdp", NULL);
    g_autofree char *hears =
        join(&stage, "whep", test.lesson, test.far, "chromium-plain-watch.sdp", NULL);
    stage_settle(&stage);
    assert_fed(&stage, plays, "main-audio", says, "main-audio");
    assert_fed(&stage, hears, "voice-0", answers, "microphone");
    stage_close(&stage);
}

static void
its_tokens_are_good_for_nothing_else(void)
{
    Stage stage;
    ScEvent event;
    g_autofree char *problem = NULL;
    g_autofree char *reverse = NULL;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_auto(Test) test = begin(&stage, FIRST);
    g_assert_null(join(&stage, "whip", stage.sample->lesson, test.far,
                       "webrtcbin-publish.sdp", &problem));
    g_assert_cmpstr(problem, ==, "wrong-lesson");
    g_assert_null(join(&stage, "whip", test.lesson, stage_get_token(&stage, FIRST),
                       "webrtcbin-publish.sdp", &reverse));
    g_assert_cmpstr(reverse, ==, "wrong-lesson");
    g_auto(Answer) line =
        stage_send(&stage, "GET", "/line?bytes=1", test.far, NULL, NULL, NULL);
    g_assert_cmpstr(line.problem, ==, "unknown-token");
    g_auto(Answer) again = stage_send(&stage, "POST", PATH, test.far, NULL, NULL, NULL);
    g_assert_cmpstr(again.problem, ==, "unknown-token");
    g_autoptr(Person) person = stage_meet(&stage, NULL, NULL);
    g_autofree char *hello = g_strdup_printf(
        "{\"type\":\"hello\",\"token\":\"%s\",\"language\":\"en\"}", test.far);
    person_say(person, hello);
    person_hear(person, &event);
    g_assert_cmpint(event.type, ==, SC_EVENT_ERROR);
    g_assert_cmpuint(person_await_close(person), ==, 4401);
    stage_close(&stage);
}

static bool
is_empty(gpointer user_data)
{
    Stage *stage = user_data;
    ScConductor *conductor = sc_service_get_conductor(stage->service);
    return sc_conductor_count_lessons(conductor) == 0
           && fake_relay_count_transports(stage->relay) == 0;
}

static void
it_ends_by_itself(void)
{
    Stage stage;
    g_autofree char *problem = NULL;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_auto(Test) test = begin(&stage, FIRST);
    g_autofree char *says =
        join(&stage, "whip", test.lesson, test.far, "webrtcbin-publish.sdp", NULL);
    g_assert_true(fake_relay_has_transport(stage.relay, says));
    ScClock *clock = sc_service_get_clock(stage.service);
    sc_clock_set_real_ms(clock, sc_clock_get_real_ms(clock) + SC_ECHO_TEST_LIMIT_MS);
    stage_wait(is_empty, &stage);
    g_assert_null(
        join(&stage, "whip", test.lesson, test.far, "webrtcbin-publish.sdp", &problem));
    g_assert_cmpstr(problem, ==, "unknown-token");
    stage_close(&stage);
}

static void
a_new_one_of_a_site_ends_its_former_one_and_no_other(void)
{
    Stage stage;
    g_autofree char *problem = NULL;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_auto(Test) others = begin(&stage, TEACHER);
    g_auto(Test) former = begin(&stage, FIRST);
    g_autofree char *says =
        join(&stage, "whip", former.lesson, former.far, "webrtcbin-publish.sdp", NULL);
    g_auto(Test) now = begin(&stage, FIRST);
    stage_settle(&stage);
    g_assert_false(fake_relay_has_transport(stage.relay, says));
    g_assert_null(join(&stage, "whip", former.lesson, former.far, "webrtcbin-publish.sdp",
                       &problem));
    g_assert_cmpstr(problem, ==, "unknown-token");
    g_autofree char *mine =
        join(&stage, "whip", now.lesson, now.far, "webrtcbin-publish.sdp", NULL);
    g_autofree char *theirs =
        join(&stage, "whip", others.lesson, others.far, "webrtcbin-publish.sdp", NULL);
    stage_close(&stage);
}

static void
an_enrolled_box_tests_before_there_is_a_lesson(void)
{
    static const char token[] = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
    Stage stage;
    g_autoptr(GError) error = NULL;
    stage_open(&stage, NULL);
    const ScDeviceEnrolled device = { .id = "d1",
                                      .site = stage.sample->sites[FIRST].site,
                                      .name = "box",
                                      .address = "",
                                      .program = "" };
    ScStore *store = sc_service_get_store(stage.service);
    g_autofree char *hash = sc_secret_hash(token);
    g_assert_true(sc_store_add_device(store, &device, &error));
    g_assert_true(sc_store_set_device_token(store, "d1", hash, &error));
    g_auto(Answer) answer = stage_send(&stage, "POST", PATH, token, NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 201);
    stage_close(&stage);
}

/* The timetable's lessons have all the places that are theirs. */
static void
allow_one_lesson(ScConfig *config)
{
    config->max_lessons = 1;
}

static void
it_takes_no_lesson_its_place(void)
{
    Stage stage;
    stage_open(&stage, allow_one_lesson);
    stage_start_relay(&stage, "r1");
    g_auto(Test) test = begin(&stage, FIRST);
    g_autofree char *says =
        join(&stage, "whip", test.lesson, test.far, "webrtcbin-publish.sdp", NULL);
    g_autofree char *taught =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    stage_close(&stage);
}

static void
who_may_not_is_refused_by_name(void)
{
    Stage stage;
    g_autoptr(GError) error = NULL;
    stage_open(&stage, NULL);
    g_autofree char *pupil =
        sc_token_issue_pupil(sc_service_get_store(stage.service), stage.sample->lesson,
                             stage.sample->sites[FIRST].site, 1, INT64_MAX / 2, &error);
    g_assert_no_error(error);
    g_auto(Answer) nobody = stage_send(&stage, "POST", PATH, NULL, NULL, NULL, NULL);
    g_assert_cmpstr(nobody.problem, ==, "no-token");
    g_auto(Answer) phone = stage_send(&stage, "POST", PATH, pupil, NULL, NULL, NULL);
    g_assert_cmpstr(phone.problem, ==, "wrong-role");
    g_auto(Answer) get =
        stage_send(&stage, "GET", PATH, stage_get_token(&stage, FIRST), NULL, NULL, NULL);
    g_assert_cmpstr(get.problem, ==, "method-not-allowed");
    stage_close(&stage);
}

static void
a_site_that_tests_on_and_on_waits(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    for (unsigned i = 0; i < BURST; i++) {
        g_auto(Test) test = begin(&stage, FIRST);
    }
    g_auto(Answer) late = stage_send(&stage, "POST", PATH, stage_get_token(&stage, FIRST),
                                     NULL, NULL, NULL);
    g_assert_cmpstr(late.problem, ==, "too-many-requests");
    g_auto(Test) other = begin(&stage, TEACHER);
    stage_close(&stage);
}

#define ADD(name) g_test_add_func("/signaling/echo-door/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(what_one_end_says_the_other_hears);
    ADD(its_tokens_are_good_for_nothing_else);
    ADD(it_ends_by_itself);
    ADD(a_new_one_of_a_site_ends_its_former_one_and_no_other);
    ADD(an_enrolled_box_tests_before_there_is_a_lesson);
    ADD(it_takes_no_lesson_its_place);
    ADD(who_may_not_is_refused_by_name);
    ADD(a_site_that_tests_on_and_on_waits);
    return g_test_run();
}
