/* SPDX-License-Identifier: Apache-2.0 */
/* The clock that is handed to everybody, and the door by which a test moves it. */
#include "signaling/clock.h"
#include "signaling/config.h"
#include "tests/unit/signaling/stage.h"

#define MIN_MS 60000LL
#define DAY_MS (24 * 60 * MIN_MS)
#define SLACK_MS 60000 /* between two looks at the system's clock, on a busy machine */
#define TERM_MS 1788220800000LL /* 2026-09-01T00:00:00Z */
#define TERM "2026-09-01T08:00:00+08:00"

typedef struct {
    unsigned n_told;
    int64_t seen_ms;
} Witness;

static void
on_moved(ScClock *clock, gpointer user_data)
{
    Witness *witness = user_data;
    witness->n_told++;
    witness->seen_ms = sc_clock_get_real_ms(clock);
}

static void
assert_near(int64_t is_ms, int64_t should_ms)
{
    g_assert_cmpint(is_ms, >=, should_ms);
    g_assert_cmpint(is_ms, <, should_ms + SLACK_MS);
}

static void
wall_shows_the_systems_time(void)
{
    g_autoptr(ScClock) clock = sc_clock_new();
    int64_t before_ms = g_get_real_time() / 1000;
    int64_t before_us = g_get_monotonic_time();
    assert_near(sc_clock_get_real_ms(clock), before_ms);
    g_assert_cmpint(sc_clock_get_monotonic_us(clock), >=, before_us);
    g_assert_cmpint(sc_clock_get_monotonic_us(clock), <=, g_get_monotonic_time());
}

static void
moved_wall_runs_on_from_there_and_the_monotonic_clock_stays(void)
{
    static const int64_t offsets_ms[] = { DAY_MS, -DAY_MS, 1, 0, 365 * DAY_MS };
    g_autoptr(ScClock) clock = sc_clock_new();
    for (size_t i = 0; i < G_N_ELEMENTS(offsets_ms); i++) {
        int64_t before_ms = g_get_real_time() / 1000;
        int64_t before_us = sc_clock_get_monotonic_us(clock);
        sc_clock_set_offset_ms(clock, offsets_ms[i]);
        assert_near(sc_clock_get_real_ms(clock), before_ms + offsets_ms[i]);
        g_assert_cmpint(sc_clock_get_monotonic_us(clock) - before_us, <,
                        SLACK_MS * 1000LL);
    }
    sc_clock_set_real_ms(clock, TERM_MS);
    assert_near(sc_clock_get_real_ms(clock), TERM_MS);
}

static void
every_observer_is_told_of_each_move_until_it_leaves(void)
{
    g_autoptr(ScClock) clock = sc_clock_new();
    Witness first = { 0 }, second = { 0 };
    sc_clock_add_observer(clock, on_moved, &first);
    sc_clock_add_observer(clock, on_moved, &second);
    sc_clock_set_real_ms(clock, TERM_MS);
    assert_near(first.seen_ms, TERM_MS); /* told when the wall shows it already */
    sc_clock_remove_observer(clock, on_moved, &first);
    sc_clock_set_offset_ms(clock, 0);
    sc_clock_remove_observer(clock, on_moved, &second);
    sc_clock_set_offset_ms(clock, 1);
    g_assert_cmpuint(first.n_told, ==, 1);
    g_assert_cmpuint(second.n_told, ==, 2);
}

static void
allow_test_clock(ScConfig *config)
{
    config->test_clock = TRUE;
}

static Answer
put_clock(Stage *stage, const char *body)
{
    return stage_send(stage, "PUT", "/test/clock", NULL, "application/json", body, NULL);
}

static int64_t
read_now_ms(const Answer *answer)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_assert_cmpuint(answer->status, ==, 200);
    g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(answer->body, NULL),
                                             (gssize)g_bytes_get_size(answer->body),
                                             NULL));
    const char *text = json_object_get_string_member(
        json_node_get_object(json_parser_get_root(parser)), "now");
    g_assert_true(g_str_has_suffix(text, "Z"));
    g_autoptr(GDateTime) now = g_date_time_new_from_iso8601(text, NULL);
    g_assert_nonnull(now);
    return g_date_time_to_unix(now) * 1000 + g_date_time_get_microsecond(now) / 1000;
}

static void
door_is_not_there_unless_asked_for(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_auto(Answer) put = put_clock(&stage, "{\"now\":\"" TERM "\"}");
    g_auto(Answer) get = stage_send(&stage, "GET", "/test/clock", NULL, NULL, NULL, NULL);
    g_assert_cmpuint(put.status, ==, 404);
    g_assert_cmpuint(get.status, ==, 404);
    stage_close(&stage);
}

static void
door_moves_the_wall_of_the_whole_service(void)
{
    Stage stage;
    stage_open(&stage, allow_test_clock);
    g_auto(Answer) before =
        stage_send(&stage, "GET", "/test/clock", NULL, NULL, NULL, NULL);
    g_assert_cmpint(ABS(read_now_ms(&before) - g_get_real_time() / 1000), <, SLACK_MS);
    g_auto(Answer) put = put_clock(&stage, "{\"now\":\"" TERM "\"}");
    assert_near(read_now_ms(&put), TERM_MS);
    assert_near(sc_clock_get_real_ms(sc_service_get_clock(stage.service)), TERM_MS);
    g_auto(Answer) after =
        stage_send(&stage, "GET", "/test/clock", NULL, NULL, NULL, NULL);
    assert_near(read_now_ms(&after), TERM_MS);
    stage_close(&stage);
}

static void
tokens_expire_by_the_moved_wall(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    ScClock *clock = sc_service_get_clock(stage.service);
    g_autoptr(GError) error = NULL;
    g_autofree char *token =
        sc_token_issue(sc_service_get_store(stage.service), stage.sample->lesson,
                       stage.sample->sites[0].site, SC_ROLE_TEACHER,
                       sc_clock_get_real_ms(clock) + 10 * MIN_MS, &error);
    g_assert_no_error(error);
    g_autofree char *path = g_strdup_printf("/whip/%s", stage.sample->lesson);
    sc_clock_set_offset_ms(clock, 20 * MIN_MS);
    g_auto(Answer) late =
        stage_send(&stage, "POST", path, token, "application/sdp", "v=0", NULL);
    g_assert_cmpstr(late.problem, ==, "expired-token");
    sc_clock_set_offset_ms(clock, 0);
    g_auto(Answer) back =
        stage_send(&stage, "POST", path, token, "application/sdp", "v=0", NULL);
    g_assert_cmpstr(back.problem, ==, "bad-sdp");
    stage_close(&stage);
}

/* Rings twice, one after the other, as a bell with many lessons does. */
typedef struct {
    ScClock *clock;
    unsigned n_left;
    bool is_done;
} Alarm;

static gboolean
on_alarm(gpointer user_data)
{
    Alarm *alarm = user_data;
    if (--alarm->n_left > 0)
        return G_SOURCE_CONTINUE;
    alarm->is_done = true;
    return G_SOURCE_REMOVE;
}

static void
on_moved_to_alarm(ScClock *clock G_GNUC_UNUSED, gpointer user_data)
{
    g_idle_add_full(G_PRIORITY_DEFAULT, on_alarm, user_data, NULL);
}

static void
door_answers_after_what_became_due(void)
{
    Stage stage;
    stage_open(&stage, allow_test_clock);
    Alarm alarm = { .clock = sc_service_get_clock(stage.service), .n_left = 100 };
    sc_clock_add_observer(alarm.clock, on_moved_to_alarm, &alarm);
    g_auto(Answer) put = put_clock(&stage, "{\"now\":\"" TERM "\"}");
    g_assert_cmpuint(put.status, ==, 200);
    g_assert_true(alarm.is_done);
    sc_clock_remove_observer(alarm.clock, on_moved_to_alarm, &alarm);
    stage_close(&stage);
}

static void
wrong_instant_is_refused_and_moves_nothing(void)
{
    static const char *const bodies[] = {
        "",
        "now",
        "[]",
        "{}",
        "{\"now\":1788220800000}",
        "{\"now\":\"\"}",
        "{\"now\":\"2026-09-01T08:00:00\"}", /* where? */
        "{\"now\":\"2026-13-01T08:00:00Z\"}",
        "{\"now\":\"2026-09-01\"}",
        "{\"now\":\"1969-12-31T23:59:59Z\"}",
        "{\"now\":\"9999-01-01T00:00:00Z\"}",
        "{\"now\":\"tomorrow\"}",
    };
    Stage stage;
    stage_open(&stage, allow_test_clock);
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_test_message("body %s", bodies[i]);
        g_auto(Answer) answer = put_clock(&stage, bodies[i]);
        g_assert_cmpuint(answer.status, ==, 400);
        g_assert_cmpstr(answer.problem, ==, "bad-message");
        int64_t now_ms = sc_clock_get_real_ms(sc_service_get_clock(stage.service));
        g_assert_cmpint(ABS(now_ms - g_get_real_time() / 1000), <, SLACK_MS);
    }
    stage_close(&stage);
}

static void
door_opens_on_loopback_only(void)
{
    static const struct {
        const char *listen;
        bool is_allowed;
    } cases[] = {
        { "127.0.0.1", true }, { "127.8.9.10", true },   { "0.0.0.0", false },
        { "::", false },       { "192.168.1.7", false },
    };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScConfig) config = sc_config_new();
        g_autoptr(GError) error = NULL;
        config->port = 0;
        config->test_clock = TRUE;
        g_free(config->listen);
        config->listen = g_strdup(cases[i].listen);
        g_free(config->database);
        config->database = g_strdup(":memory:");
        g_free(config->socket);
        config->socket = g_build_filename(stage.folder, "other.sock", NULL);
        g_autoptr(ScService) service = sc_service_new(config, &error);
        if (cases[i].is_allowed) {
            g_assert_no_error(error);
            continue;
        }
        g_assert_error(error, SC_CONFIG_ERROR, SC_CONFIG_ERROR_VALUE);
        g_assert_nonnull(strstr(error->message, cases[i].listen));
    }
    stage_close(&stage);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/wall_shows_the_systems_time", wall_shows_the_systems_time);
    g_test_add_func("/clock/moved_wall_runs_on_from_there_and_the_monotonic_clock_stays",
                    moved_wall_runs_on_from_there_and_the_monotonic_clock_stays);
    g_test_add_func("/clock/every_observer_is_told_of_each_move_until_it_leaves",
                    every_observer_is_told_of_each_move_until_it_leaves);
    g_test_add_func("/clock/door_is_not_there_unless_asked_for",
                    door_is_not_there_unless_asked_for);
    g_test_add_func("/clock/door_moves_the_wall_of_the_whole_service",
                    door_moves_the_wall_of_the_whole_service);
    g_test_add_func("/clock/tokens_expire_by_the_moved_wall",
                    tokens_expire_by_the_moved_wall);
    g_test_add_func("/clock/door_answers_after_what_became_due",
                    door_answers_after_what_became_due);
    g_test_add_func("/clock/wrong_instant_is_refused_and_moves_nothing",
                    wrong_instant_is_refused_and_moves_nothing);
    g_test_add_func("/clock/door_opens_on_loopback_only", door_opens_on_loopback_only);
    return g_test_run();
}
