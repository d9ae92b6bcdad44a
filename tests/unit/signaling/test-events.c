/* SPDX-License-Identifier: Apache-2.0 */
/* The events door over a real WebSocket: hello, order, the floor, limits, every wrong
 * shape. */
#include <string.h>
#include <sys/socket.h>

#include "signaling/events.h"
#include "tests/unit/signaling/stage.h"

#define TEACHER 0
#define FIRST 1
#define SECOND 2

static void
welcome_tells_how_things_stand(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(ScEvent) event = { 0 };
    g_autoptr(Person) person G_GNUC_UNUSED =
        stage_meet(&stage, stage_get_token(&stage, FIRST), &event);
    const ScWelcomeEvent *welcome = &event.welcome;
    g_assert_cmpuint(event.seq, ==, 1);
    g_assert_cmpstr(welcome->lesson, ==, stage.sample->lesson);
    g_assert_cmpint(welcome->state, ==, SC_LESSON_LIVE);
    g_assert_cmpstr(welcome->site, ==, stage.sample->sites[FIRST].site);
    g_assert_cmpint(welcome->role, ==, SC_ROLE_CLASSROOM);
    g_assert_cmpstr(welcome->floor, ==, "");
    g_assert_cmpuint(welcome->n_sites, ==, 3);
    g_assert_cmpint(welcome->sites[0].role, ==, SC_ROLE_TEACHER);
    g_assert_cmpint(welcome->sites[0].tile, ==, SC_NO_TILE);
    g_assert_cmpint(welcome->sites[1].tile, ==, 0);
    g_assert_cmpint(welcome->sites[2].tile, ==, 1);
    g_assert_false(welcome->sites[0].present);
    g_assert_true(g_str_has_suffix(welcome->starts_at, "Z"));
    g_assert_cmpuint(strlen(welcome->name), >, 0);
    stage_close(&stage);
}

static void
names_follow_the_language(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    char names[2][SC_NAME_MAX + 1];
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(Person) person = stage_meet(&stage, NULL, NULL);
        g_autofree char *hello =
            g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\",\"language\":\"%s\"}",
                            stage_get_token(&stage, FIRST), i == 0 ? "zh-CN" : "en");
        person_say(person, hello);
        g_auto(ScEvent) event = { 0 };
        person_await(person, SC_EVENT_WELCOME, &event);
        g_strlcpy(names[i], event.welcome.name, sizeof names[i]);
    }
    g_assert_cmpstr(names[0], !=, names[1]);
    g_assert_true(g_str_is_ascii(names[1]));
    stage_close(&stage);
}

static void
coming_and_going_is_told_in_one_order(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) room = stage_meet(&stage, stage_get_token(&stage, SECOND), NULL);
    g_autofree char *watch =
        stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    g_autofree char *publish =
        stage_join(&stage, "whip", FIRST, "chromium-classroom-publish.sdp");
    static const struct {
        const char *session; /* w: the watching one, p: the publishing one */
        const char *state;
        ScEventType type;
        bool publishing;
        bool subscribed;
    } steps[] = {
        { "w", "connected", SC_EVENT_JOINED, false, true },
        { "p", "connected", SC_EVENT_JOINED, true, true },
        { "w", "closed", SC_EVENT_LEFT, true, false },
        { "p", "closed", SC_EVENT_LEFT, false, false },
    };
    Person *people[] = { teacher, room };
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *note =
            g_strdup_printf("{\"transport\":\"%s\",\"state\":\"%s\"}",
                            steps[i].session[0] == 'w' ? watch : publish, steps[i].state);
        fake_relay_notify(stage.relay, "transport.state", note);
        for (size_t k = 0; k < G_N_ELEMENTS(people); k++) {
            g_auto(ScEvent) event = { 0 };
            person_hear(people[k], &event);
            g_assert_cmpint(event.type, ==, steps[i].type);
            g_assert_cmpuint(event.seq, ==, i + 2); /* welcome was 1 */
            g_assert_cmpstr(event.presence.site, ==, stage.sample->sites[FIRST].site);
            g_assert_cmpint(event.presence.publishing, ==, steps[i].publishing);
            g_assert_cmpint(event.presence.subscribed, ==, steps[i].subscribed);
        }
    }
    g_auto(ScEvent) welcome = { 0 };
    g_autoptr(Person) late G_GNUC_UNUSED =
        stage_meet(&stage, stage_get_token(&stage, FIRST), &welcome);
    g_assert_cmpuint(welcome.seq, ==, 5);
    stage_close(&stage);
}

static void
rooms_of_a_large_lesson_hear_of_the_teacher_only(void)
{
    Stage stage;
    stage_open_large(&stage, 70, NULL);
    stage_start_relay(&stage, "r1");
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) first = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autoptr(Person) second = stage_meet(&stage, stage_get_token(&stage, SECOND), NULL);
    g_autofree char *watch =
        stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    g_autofree char *publish =
        stage_join(&stage, "whip", TEACHER, "webrtcbin-publish.sdp");
    const char *const sessions[] = { watch, publish };
    for (size_t i = 0; i < G_N_ELEMENTS(sessions); i++) {
        g_autofree char *note = g_strdup_printf(
            "{\"transport\":\"%s\",\"state\":\"connected\"}", sessions[i]);
        fake_relay_notify(stage.relay, "transport.state", note);
    }
    const struct {
        Person *person;
        unsigned site; /* that it hears of, in order */
        uint64_t seq;
    } cases[] = {
        { teacher, FIRST, 0 }, { teacher, TEACHER, 2 }, { first, FIRST, 0 },
        { first, TEACHER, 2 }, { second, TEACHER, 2 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ScEvent) event = { 0 };
        person_hear(cases[i].person, &event);
        g_assert_cmpint(event.type, ==, SC_EVENT_JOINED);
        g_assert_cmpstr(event.presence.site, ==, stage.sample->sites[cases[i].site].site);
        g_assert_cmpuint(event.seq, ==, cases[i].seq);
    }
    /* Who asks later is told how things stand. */
    g_auto(ScEvent) welcome = { 0 };
    g_autoptr(Person) late G_GNUC_UNUSED =
        stage_meet(&stage, stage_get_token(&stage, 70), &welcome);
    g_assert_cmpuint(welcome.welcome.n_sites, ==, 71);
    g_assert_true(welcome.welcome.sites[FIRST].present);
    g_assert_false(welcome.welcome.sites[SECOND].present);
    stage_close(&stage);
}

static void
floor_is_the_teachers_to_give(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) room = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    const struct {
        Person *person;
        const char *site;    /* NULL: nobody */
        const char *problem; /* NULL: it is done */
    } cases[] = {
        { teacher, stage.sample->sites[FIRST].site, NULL },
        { teacher, stage.sample->sites[SECOND].site, NULL },
        { teacher, NULL, NULL },
        { teacher, stage.sample->sites[TEACHER].site, "unknown-site" },
        { teacher, "stranger", "unknown-site" },
        { room, stage.sample->sites[FIRST].site, "wrong-role" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScRequest request = { .type = SC_REQUEST_FLOOR, .id = (int64_t)i };
        if (cases[i].site != NULL)
            g_strlcpy(request.floor.site, cases[i].site, sizeof request.floor.site);
        g_autofree char *text = sc_request_print(&request);
        g_auto(ScEvent) for_asker = { 0 };
        person_say(cases[i].person, text);
        person_hear(cases[i].person, &for_asker);
        g_test_message("case %zu", i);
        g_assert_cmpint(for_asker.id, ==, (int64_t)i);
        if (cases[i].problem != NULL) {
            g_assert_cmpint(for_asker.type, ==, SC_EVENT_ERROR);
            g_assert_cmpstr(for_asker.error.problem, ==, cases[i].problem);
            continue;
        }
        g_auto(ScEvent) for_room = { 0 };
        person_hear(room, &for_room);
        g_assert_cmpint(for_room.type, ==, SC_EVENT_FLOOR);
        g_assert_cmpint(for_room.id, ==, SC_NO_ID);
        g_assert_cmpuint(for_room.seq, ==, for_asker.seq);
        g_assert_cmpstr(for_room.floor.site, ==, request.floor.site);
        g_auto(ScEvent) times = { 0 };
        person_hear(teacher, &times);
        g_assert_cmpint(times.type, ==, SC_EVENT_FLOOR_TIME);
    }
    stage_close(&stage);
}

static void
quality_goes_to_the_site_and_the_teacher(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    stage_start_relay(&stage, "r1");
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(Person) room = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autoptr(Person) other = stage_meet(&stage, stage_get_token(&stage, SECOND), NULL);
    g_autofree char *watch =
        stage_join(&stage, "whep", FIRST, "chromium-plain-watch.sdp");
    g_autofree char *note = g_strdup_printf(
        "{\"transports\":[{\"transport\":\"nobodys\",\"rtt_ms\":1,"
        "\"up\":{\"kbps\":0,\"loss_pct\":0},\"down\":{\"kbps\":0,\"loss_pct\":0}},"
        "{\"transport\":\"%s\",\"rtt_ms\":612.4,\"up\":{\"kbps\":3,\"loss_pct\":0},"
        "\"down\":{\"kbps\":1503,\"loss_pct\":4.25}}]}",
        watch);
    fake_relay_notify(stage.relay, "quality", note);
    Person *told[] = { teacher, room };
    for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
        g_auto(ScEvent) event = { 0 };
        person_hear(told[i], &event);
        g_assert_cmpint(event.type, ==, SC_EVENT_QUALITY);
        g_assert_cmpuint(event.seq, ==, 0);
        g_assert_cmpint(event.quality.direction, ==, SC_DIRECTION_DOWN);
        g_assert_cmpuint(event.quality.rtt_ms, ==, 610);
        g_assert_cmpuint(event.quality.kbps, ==, 1500);
        g_assert_cmpint(event.quality.level, ==, SC_LEVEL_WEAK);
    }
    person_say(other, "{\"type\":\"ping\",\"id\":9}");
    g_auto(ScEvent) pong = { 0 };
    person_hear(other, &pong);
    g_assert_cmpint(pong.type, ==, SC_EVENT_PONG);
    stage_close(&stage);
}

static void
stranger_is_shown_out(void)
{
    static const struct {
        const char *text;
        const char *problem; /* NULL: nothing is said */
        unsigned code;
    } cases[] = {
        { "{\"type\":\"hello\",\"token\":\"AAAA\"}", "unknown-token", 4401 },
        { "{\"type\":\"ping\",\"id\":1}", "bad-message", 4400 },
        { "{\"type\":\"floor\",\"site\":null}", "bad-message", 4400 },
        { "{\"type\":\"hello\"}", "bad-message", 4400 },
        { "{\"type\":\"dance\"}", "unknown-type", 4400 },
        { "hello", "bad-message", 4400 },
        { "", "bad-message", 4400 },
        { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "bad-message", 4400 },
    };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Person) person = stage_meet(&stage, NULL, NULL);
        g_auto(ScEvent) event = { 0 };
        g_test_message("case %zu", i);
        person_say(person, cases[i].text);
        person_hear(person, &event);
        g_assert_cmpint(event.type, ==, SC_EVENT_ERROR);
        g_assert_cmpstr(event.error.problem, ==, cases[i].problem);
        g_assert_cmpuint(person_await_close(person), ==, cases[i].code);
    }
    stage_close(&stage);
}

static void
expired_token_is_told_apart(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *token =
        sc_token_issue(sc_service_get_store(stage.service), stage.sample->lesson,
                       stage.sample->sites[FIRST].site, SC_ROLE_CLASSROOM, 1, &error);
    g_assert_no_error(error);
    g_autoptr(Person) person = stage_meet(&stage, NULL, NULL);
    g_autofree char *hello =
        g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}", token);
    person_say(person, hello);
    g_auto(ScEvent) event = { 0 };
    person_hear(person, &event);
    g_assert_cmpstr(event.error.problem, ==, "expired-token");
    g_assert_cmpuint(person_await_close(person), ==, 4401);
    stage_close(&stage);
}

/* Whoever is admitted is told of a wrong message, and may go on. */
static void
wrong_message_is_answered_and_forgiven(void)
{
    static const struct {
        const char *text;
        const char *problem;
        int64_t id;
    } cases[] = {
        { "{\"type\":\"dance\",\"id\":3}", "unknown-type", 3 },
        { "{\"type\":\"floor\",\"id\":4}", "bad-message", 4 },
        { "{\"type\":\"hello\",\"token\":\"x\",\"id\":5}", "bad-message", 5 },
        { "{}", "bad-message", SC_NO_ID },
        { "rubbish", "bad-message", SC_NO_ID },
    };
    Stage stage;
    stage_open(&stage, NULL);
    g_autoptr(Person) person = stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ScEvent) event = { 0 };
        person_say(person, cases[i].text);
        person_hear(person, &event);
        g_assert_cmpstr(event.error.problem, ==, cases[i].problem);
        g_assert_cmpint(event.id, ==, cases[i].id);
    }
    g_auto(ScEvent) pong = { 0 };
    person_say(person, "{\"type\":\"ping\",\"id\":77}");
    person_hear(person, &pong);
    g_assert_cmpint(pong.type, ==, SC_EVENT_PONG);
    g_assert_cmpint(pong.id, ==, 77);
    stage_close(&stage);
}

static void
long_message_is_refused_and_a_huge_one_ends_the_connection(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autoptr(Person) person = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autofree char *longer = g_strnfill(SC_MESSAGE_MAX + 1, ' ');
    g_auto(ScEvent) event = { 0 };
    person_say(person, longer);
    person_hear(person, &event);
    g_assert_cmpstr(event.error.problem, ==, "bad-message");
    g_assert_nonnull(strstr(event.error.detail, "16385 bytes, at most 16384"));
    g_autofree char *huge = g_strnfill(1048576, ' ');
    person_say(person, huge);
    person_await_close(person);
    stage_close(&stage);
}

static void
binary_message_ends_the_connection(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autoptr(Person) person = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    soup_websocket_connection_send_binary(person->connection, "\1\2", 2);
    g_assert_cmpuint(person_await_close(person), ==, 4400);
    stage_close(&stage);
}

static void
make_strict(ScConfig *config)
{
    config->hello_timeout_ms = 100;
    config->rate_per_s = 1;
    config->burst = 5;
    config->max_unread = 4;
    config->max_connections = 2;
}

static void
silence_before_hello_ends_the_connection(void)
{
    Stage stage;
    stage_open(&stage, make_strict);
    g_autoptr(Person) person = stage_meet(&stage, NULL, NULL);
    g_assert_cmpuint(person_await_close(person), ==, 4408);
    stage_close(&stage);
}

static void
too_many_messages_end_the_connection(void)
{
    Stage stage;
    stage_open(&stage, make_strict);
    g_autoptr(Person) person = stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    for (unsigned i = 0; i < 20; i++)
        person_say(person, "{\"type\":\"ping\",\"id\":1}");
    g_assert_cmpuint(person_await_close(person), ==, 4429);
    stage_close(&stage);
}

static void
too_many_connections_are_refused(void)
{
    Stage stage;
    stage_open(&stage, make_strict);
    g_autoptr(Person) first G_GNUC_UNUSED =
        stage_meet(&stage, stage_get_token(&stage, FIRST), NULL);
    g_autoptr(Person) second G_GNUC_UNUSED =
        stage_meet(&stage, stage_get_token(&stage, SECOND), NULL);
    g_autoptr(Person) third = stage_meet(&stage, NULL, NULL);
    g_assert_cmpuint(person_await_close(third), ==, 4429);
    stage_close(&stage);
}

typedef struct {
    Stage *stage;
    char *watch; /* a session of the one who does not read */
    unsigned n_events;
} Talk;

/* 200 more events for the one who does not read; true when that one is cut off. */
static bool
talk_on(gpointer user_data)
{
    Talk *talk = user_data;
    g_autoptr(GString) note = g_string_new("{\"transports\":[");
    for (unsigned i = 0; i < 200; i++)
        g_string_append_printf(note,
                               "%s{\"transport\":\"%s\",\"rtt_ms\":%u,"
                               "\"up\":{\"kbps\":0,\"loss_pct\":0},"
                               "\"down\":{\"kbps\":%u,\"loss_pct\":0}}",
                               i > 0 ? "," : "", talk->watch, i, i * 100);
    g_string_append(note, "]}");
    fake_relay_notify(talk->stage->relay, "quality", note->str);
    talk->n_events += 200;
    g_auto(Answer) metrics =
        stage_send(talk->stage, "GET", "/metrics", NULL, NULL, NULL, NULL);
    g_autofree char *text =
        g_strndup(g_bytes_get_data(metrics.body, NULL), g_bytes_get_size(metrics.body));
    return strstr(text, "\nsynclass_events_cut_off_total 1\n") != NULL;
}

/* Connects by hand, says hello, and never reads. */
static GSocketConnection *
connect_deaf(Stage *stage)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GError) error = NULL;
    GSocketConnection *connection = g_socket_client_connect_to_host(
        client, "127.0.0.1", (guint16)sc_service_get_port(stage->service), NULL, &error);
    g_assert_no_error(error);
    g_socket_set_option(g_socket_connection_get_socket(connection), SOL_SOCKET, SO_RCVBUF,
                        4096, NULL);
    g_autofree char *hello = g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}",
                                             stage_get_token(stage, SECOND));
    g_autoptr(GString) text = g_string_new(
        "GET /events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: synclass.v1\r\n\r\n");
    /* A text frame with a mask of zeroes, RFC 6455 section 5.2. */
    const char head[] = { (char)0x81, (char)(0x80 | strlen(hello)), 0, 0, 0, 0 };
    g_assert_cmpuint(strlen(hello), <, 126);
    g_string_append_len(text, head, sizeof head);
    g_string_append(text, hello);
    g_assert_true(
        g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                  text->str, text->len, NULL, NULL, &error));
    return connection;
}

static void
deaf_client_is_cut_off_and_others_are_not(void)
{
    Stage stage;
    stage_open(&stage, make_strict);
    stage_start_relay(&stage, "r1");
    g_autofree char *watch =
        stage_join(&stage, "whep", SECOND, "chromium-plain-watch.sdp");
    g_autoptr(Person) teacher =
        stage_meet(&stage, stage_get_token(&stage, TEACHER), NULL);
    g_autoptr(GSocketConnection) deaf G_GNUC_UNUSED = connect_deaf(&stage);
    Talk talk = { &stage, watch, 0 };
    stage_wait(talk_on, &talk);
    g_test_message("cut off after %u events", talk.n_events);
    /* The teacher was told as much, and has read it. */
    g_assert_false(teacher->is_closed);
    g_assert_cmpuint(g_queue_get_length(teacher->texts), >, 200);
    stage_close(&stage);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/events/" #name, name)
    ADD(welcome_tells_how_things_stand);
    ADD(names_follow_the_language);
    ADD(coming_and_going_is_told_in_one_order);
    ADD(rooms_of_a_large_lesson_hear_of_the_teacher_only);
    ADD(floor_is_the_teachers_to_give);
    ADD(quality_goes_to_the_site_and_the_teacher);
    ADD(stranger_is_shown_out);
    ADD(expired_token_is_told_apart);
    ADD(wrong_message_is_answered_and_forgiven);
    ADD(long_message_is_refused_and_a_huge_one_ends_the_connection);
    ADD(binary_message_ends_the_connection);
    ADD(silence_before_hello_ends_the_connection);
    ADD(too_many_messages_end_the_connection);
    ADD(too_many_connections_are_refused);
    ADD(deaf_client_is_cut_off_and_others_are_not);
#undef ADD
    return g_test_run();
}
