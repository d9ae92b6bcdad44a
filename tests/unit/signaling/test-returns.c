/* SPDX-License-Identifier: Apache-2.0 */
/* What dies and comes back: signaling, the relay, the wire between them. */
#include "tests/unit/signaling/stage.h"

#define TEACHER 0
#define FIRST 1
#define SECOND 2

/* A lesson under way: the teacher publishes, the first classroom watches. */
typedef struct {
    char *publish;
    char *watch;
    char *slot;
    char *track;
} Lesson;

static void
begin_lesson(Stage *stage, Lesson *lesson)
{
    stage_open(stage, NULL);
    stage_start_relay(stage, "r1");
    lesson->publish = stage_join(stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    lesson->watch = stage_join(stage, "whep", FIRST, "webrtcbin-classroom-watch.sdp");
    lesson->slot = g_strconcat(lesson->watch, ".main-video", NULL);
    lesson->track = g_strconcat(lesson->publish, ".main-video", NULL);
    stage_settle(stage);
    g_assert_cmpstr(fake_relay_get_feed(stage->relay, lesson->slot), ==, lesson->track);
}

static void
end_lesson(Stage *stage, Lesson *lesson)
{
    stage_close(stage);
    g_free(lesson->publish);
    g_free(lesson->watch);
    g_free(lesson->slot);
    g_free(lesson->track);
}

static unsigned
count_sessions(Stage *stage)
{
    ScConductor *conductor = sc_service_get_conductor(stage->service);
    return sc_conductor_count_sessions(conductor, SC_SESSION_PUBLISH)
           + sc_conductor_count_sessions(conductor, SC_SESSION_SUBSCRIBE);
}

static void
redial(Stage *stage)
{
    fake_relay_redial(stage->relay);
    g_assert_true(fake_relay_hello(stage->relay));
    stage_wait_for_relay(stage, true);
    stage_settle(stage);
}

static void
restarted_signaling_learns_from_the_relay(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    unsigned n_patches = fake_relay_count_calls(stage.relay, "slot.patch");
    stage_restart_service(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 0);
    redial(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 2);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 2);
    /* Everything is fed as it was: nothing is touched. */
    g_assert_cmpuint(fake_relay_count_calls(stage.relay, "slot.patch"), ==, n_patches);

    /* The sessions are whole: they can be ended, and joiners are fed by them. */
    g_autofree char *late =
        stage_join(&stage, "whep", SECOND, "chromium-plain-watch.sdp");
    g_autofree char *late_slot = g_strconcat(late, ".main-video", NULL);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, late_slot), ==, lesson.track);
    g_autofree char *path = g_strconcat("/whip/sample-lesson/", lesson.publish, NULL);
    g_auto(Answer) answer = stage_send(
        &stage, "DELETE", path, stage_get_token(&stage, TEACHER), NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 200);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, lesson.slot), ==, "");
    end_lesson(&stage, &lesson);
}

static void
feed_that_went_wrong_meanwhile_is_mended(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    stage_restart_service(&stage);
    /* The teacher left while nobody was there to see it. */
    fake_relay_drop_transport(stage.relay, lesson.publish);
    redial(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 1);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, lesson.slot), ==, "");
    end_lesson(&stage, &lesson);
}

static void
broken_wire_changes_nothing(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    redial(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 2);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 2);
    end_lesson(&stage, &lesson);
}

static void
session_that_ended_while_the_wire_was_broken_is_closed(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    ScConductor *conductor = sc_service_get_conductor(stage.service);
    fake_relay_redial(stage.relay); /* connected, but no hello yet */
    stage_wait_for_relay(&stage, false);
    g_autofree char *path = g_strconcat("/whep/sample-lesson/", lesson.watch, NULL);
    g_auto(Answer) answer = stage_send(&stage, "DELETE", path,
                                       stage_get_token(&stage, FIRST), NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 200);
    g_assert_true(fake_relay_has_transport(stage.relay, lesson.watch));
    g_assert_true(fake_relay_hello(stage.relay));
    stage_wait_for_relay(&stage, true);
    stage_settle(&stage);
    g_assert_false(fake_relay_has_transport(stage.relay, lesson.watch));
    g_assert_cmpuint(sc_conductor_count_sessions(conductor, SC_SESSION_PUBLISH), ==, 1);
    end_lesson(&stage, &lesson);
}

static void
rubbish_of_the_relay_is_closed(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage.relay = fake_relay_new(stage.config->socket, "r1");
    fake_relay_add_transport(stage.relay, "x1", "hello", "[]", "[]");
    fake_relay_add_transport(stage.relay, "x2",
                             "{\"v\":1,\"lesson\":\"gone\",\"site\":\"s\",\"role\":"
                             "\"teacher\",\"kind\":\"publish\",\"etag\":\"e\"}",
                             "[{\"track\":\"x2.main-video\",\"state\":\"flowing\"}]",
                             "[]");
    g_assert_true(fake_relay_hello(stage.relay));
    stage_wait_for_relay(&stage, true);
    stage_settle(&stage);
    g_assert_cmpuint(fake_relay_count_transports(stage.relay), ==, 0);
    g_assert_cmpuint(count_sessions(&stage), ==, 0);
    stage_close(&stage);
}

static void
restarted_relay_makes_everybody_rejoin(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) room = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autoptr(Person) idle = stage_meet(&stage, stage_get_token(&stage, SECOND), NULL);
    stage_stop_relay(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 2); /* media may still flow */
    stage_start_relay(&stage, "r2");
    g_assert_cmpuint(count_sessions(&stage), ==, 0);

    g_auto(ScEvent) for_room = { 0 };
    person_await(room, SC_EVENT_REJOIN, &for_room);
    g_autofree char *watch = g_strconcat("/whep/sample-lesson/", lesson.watch, NULL);
    g_assert_cmpuint(g_strv_length(for_room.rejoin.sessions), ==, 1);
    g_assert_cmpstr(for_room.rejoin.sessions[0], ==, watch);
    g_auto(ScEvent) for_teacher = { 0 };
    person_await(teacher, SC_EVENT_REJOIN, &for_teacher);
    g_assert_true(g_str_has_prefix(for_teacher.rejoin.sessions[0], "/whip/"));

    /* Who had no session hears of none. */
    person_say(idle, "{\"type\":\"ping\",\"id\":1}");
    g_auto(ScEvent) for_idle = { 0 };
    person_hear(idle, &for_idle);
    g_assert_cmpint(for_idle.type, ==, SC_EVENT_PONG);

    /* And at once they can. */
    g_autofree char *again G_GNUC_UNUSED =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    end_lesson(&stage, &lesson);
}

static void
second_relay_is_refused(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autoptr(FakeRelay) other = fake_relay_new(stage.config->socket, "r2");
    g_test_expect_message("sc-media", G_LOG_LEVEL_WARNING, "*relay r2 is refused*");
    g_assert_false(fake_relay_hello(other));
    g_test_assert_expected_messages();
    g_autofree char *id = stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    g_assert_true(fake_relay_has_transport(stage.relay, id));

    /* When the first one goes, it is welcome. */
    stage_stop_relay(&stage);
    g_assert_true(fake_relay_hello(other));
    stage_wait_for_relay(&stage, true);
    stage_close(&stage);
}

static void
transport_that_the_relay_closed_is_forgotten(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    g_autofree char *closed = g_strdup_printf(
        "{\"transport\":\"%s\",\"state\":\"closed\",\"reason\":\"goodbye\"}",
        lesson.publish);
    fake_relay_drop_transport(stage.relay, lesson.publish);
    fake_relay_notify(stage.relay, "transport.state", closed);
    stage_settle(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 1);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, lesson.slot), ==, "");
    g_autofree char *again G_GNUC_UNUSED =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    end_lesson(&stage, &lesson);
}

static bool
was_listed_twice(gpointer relay)
{
    return fake_relay_count_calls(relay, "relay.list") >= 2;
}

/* A slot's transport went away the moment before its patch arrived: all or nothing was
 * nothing, so the others must get theirs by the list. */
static void
refused_patch_is_mended_by_the_list(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    g_autofree char *gone =
        stage_join(&stage, "whep", SECOND, "chromium-plain-watch.sdp");
    fake_relay_drop_transport(stage.relay, gone);
    g_autofree char *path = g_strconcat("/whip/sample-lesson/", lesson.publish, NULL);
    g_auto(Answer) answer = stage_send(
        &stage, "DELETE", path, stage_get_token(&stage, TEACHER), NULL, NULL, NULL);
    g_assert_cmpuint(answer.status, ==, 200);
    stage_wait(was_listed_twice, stage.relay);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, lesson.slot), ==, "");
    g_assert_cmpuint(count_sessions(&stage), ==, 1);
    end_lesson(&stage, &lesson);
}

static void
floor_outlives_signaling(void)
{
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    g_autofree char *guest =
        stage_join(&stage, "whip", SECOND, "chromium-classroom-publish.sdp");
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autofree char *say =
        g_strdup_printf("{\"type\":\"floor\",\"site\":\"%s\",\"id\":4}",
                        stage.sample->sites[SECOND].site);
    person_say(teacher, say);
    g_auto(ScEvent) told = { 0 };
    person_await(teacher, SC_EVENT_FLOOR, &told);
    g_autofree char *slot = g_strconcat(lesson.watch, ".guest-video", NULL);
    g_autofree char *track = g_strconcat(guest, ".camera", NULL);
    stage_settle(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, slot), ==, track);

    stage_restart_service(&stage);
    redial(&stage);
    g_assert_cmpstr(fake_relay_get_feed(stage.relay, slot), ==, track);
    g_auto(ScEvent) welcome = { 0 };
    g_autoptr(Person) again G_GNUC_UNUSED =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), &welcome);
    g_assert_cmpstr(welcome.welcome.floor, ==, stage.sample->sites[SECOND].site);
    g_assert_true(welcome.welcome.sites[1].present);
    end_lesson(&stage, &lesson);
}

/* Shapes a relay would never send; each is refused or ignored, and the next one is taken.
 */
static void
lying_relay_harms_nobody(void)
{
    static const char *const notes[][2] = {
        { "transport.state", "{}" },
        { "transport.state", "{\"transport\":7,\"state\":\"closed\"}" },
        { "transport.state", "{\"transport\":\"x\",\"state\":\"asleep\"}" },
        { "track.state", "{\"track\":\"nodot\",\"state\":\"bad\"}" },
        { "quality", "{\"transports\":[7]}" },
        { "quality", "{\"transports\":[{\"transport\":\"a\",\"rtt_ms\":-1}]}" },
    };
    Stage stage;
    Lesson lesson;
    begin_lesson(&stage, &lesson);
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        g_test_expect_message("sc-media", G_LOG_LEVEL_WARNING, "*is ignored*");
        fake_relay_notify(stage.relay, notes[i][0], notes[i][1]);
        stage_settle(&stage);
        g_test_assert_expected_messages();
    }
    /* Of nobody we know: no harm, and no warning. */
    fake_relay_notify(stage.relay, "transport.state",
                      "{\"transport\":\"x\",\"state\":\"closed\"}");
    fake_relay_notify(stage.relay, "track.state",
                      "{\"track\":\"x.main-video\",\"state\":\"flowing\"}");
    fake_relay_notify(stage.relay, "something.new", "{}");
    stage_settle(&stage);
    g_assert_cmpuint(count_sessions(&stage), ==, 2);
    end_lesson(&stage, &lesson);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/returns/" #name, name)
    ADD(restarted_signaling_learns_from_the_relay);
    ADD(feed_that_went_wrong_meanwhile_is_mended);
    ADD(broken_wire_changes_nothing);
    ADD(session_that_ended_while_the_wire_was_broken_is_closed);
    ADD(rubbish_of_the_relay_is_closed);
    ADD(restarted_relay_makes_everybody_rejoin);
    ADD(second_relay_is_refused);
    ADD(transport_that_the_relay_closed_is_forgotten);
    ADD(refused_patch_is_mended_by_the_list);
    ADD(floor_outlives_signaling);
    ADD(lying_relay_harms_nobody);
#undef ADD
    return g_test_run();
}
