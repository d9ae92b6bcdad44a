/* SPDX-License-Identifier: Apache-2.0 */
/* The bell of the real programs: media flows from the opening to the end and not after
 * it, and kill -9 takes nothing away that was rung or acknowledged. */
#include <string.h>

#include <glib.h>

#include "signaling/store/lesson.h"
#include "tests/integration/signaling/person.h"
#include "tests/integration/signaling/talker.h"

#define TEACHER 0
#define CLASSROOM_1 1
#define MAIN 0 /* slot of a classroom */
#define MINUTE_MS 60000LL
#define SILENCE_MS 300 /* so long no packet: none come any more */

static int64_t
get_now_ms(void)
{
    return g_get_real_time() / 1000;
}

/* The sample lesson, as if it were of a timetable; from another process, as seed is. */
static void
schedule(const Place *place, int64_t starts_ms, int64_t ends_ms)
{
    g_autofree char *database = place_dup_database(place);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(database, &error);

    g_assert_no_error(error);
    g_assert_true(
        sc_store_set_lesson_times(store, place->lesson, starts_ms, ends_ms, &error));
    g_assert_true(
        sc_store_set_lesson_state(store, place->lesson, SC_LESSON_SCHEDULED, &error));
}

static ScLessonRow *
read_lesson(const Place *place)
{
    g_autofree char *database = place_dup_database(place);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScStore) store = sc_store_open(database, &error);

    g_assert_no_error(error);
    return sc_store_get_lesson(store, place->lesson, &error);
}

static void
move_clock(Place *place, int64_t now_ms)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_ms / 1000);
    g_autofree char *text = g_date_time_format_iso8601(now);
    g_autofree char *body = g_strdup_printf("{\"now\":\"%s\"}", text);
    const Request request = { .method = "PUT",
                              .path = "/test/clock",
                              .content_type = "application/json",
                              .body = body,
                              .body_length = -1 };
    g_auto(Answer) answer = client_send(place, &request);

    g_assert_cmpuint(answer.status, ==, 200);
}

static void
assert_refused(Talker *talker)
{
    g_auto(Answer) answer = talker_post(talker);

    g_assert_cmpuint(answer.status, ==, 409);
    g_assert_cmpstr(answer.problem, ==, "lesson-not-live");
}

static void
await_bell(Person *person, const char *phase)
{
    JsonObject *bell = person_await(person, "bell");

    g_assert_cmpstr(json_object_get_string_member(bell, "phase"), ==, phase);
    json_object_unref(bell);
}

/* Since when nothing came. */
typedef struct {
    Talker *talker;
    uint64_t n_packets;
    gint64 since_us;
} Quiet;

static bool
is_quiet(gpointer user_data)
{
    Quiet *quiet = user_data;
    uint64_t n_packets = quiet->talker->slots[MAIN].n_packets;

    if (n_packets != quiet->n_packets || quiet->since_us == 0) {
        quiet->n_packets = n_packets;
        quiet->since_us = g_get_monotonic_time();
    }
    return g_get_monotonic_time() - quiet->since_us > SILENCE_MS * 1000LL;
}

static void
media_flows_from_the_opening_to_the_end(void)
{
    g_autoptr(Place) place = place_open_with_clock(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) room = talker_new(media, CLASSROOM_1, 0);
    g_autoptr(Talker) late = talker_new(media, CLASSROOM_1, 0);
    int64_t starts_ms = get_now_ms() / 1000 * 1000 + 30 * MINUTE_MS; /* whole seconds */

    schedule(place, starts_ms, starts_ms + 40 * MINUTE_MS);
    move_clock(place, get_now_ms()); /* so that it is looked at again */
    g_autoptr(Person) desk = person_open(place);
    person_greet(desk, place->tokens[TEACHER]);
    assert_refused(room);

    move_clock(place, starts_ms - 10 * MINUTE_MS);
    await_bell(desk, "opened");
    talker_join(teacher);
    talker_join(room);
    talker_await(room, MAIN, 1, 25); /* seen and heard before the bell */

    move_clock(place, starts_ms);
    await_bell(desk, "begun");
    talker_await(room, MAIN, 1, 25);
    g_assert_cmpuint(room->slots[MAIN].n_missing, ==, 0);

    move_clock(place, starts_ms + 37 * MINUTE_MS);
    await_bell(desk, "ending");
    person_say(desk, "{\"type\":\"extend\",\"minutes\":5,\"id\":7}");
    await_bell(desk, "extended");
    move_clock(place, starts_ms + 40 * MINUTE_MS);
    talker_await(room, MAIN, 1, 25);
    g_assert_cmpuint(room->slots[MAIN].n_missing, ==, 0);

    move_clock(place, starts_ms + 45 * MINUTE_MS);
    await_bell(desk, "ended");
    Quiet quiet = { .talker = room };
    place_run_until(is_quiet, &quiet, "silence");
    assert_refused(late);
}

static void
end_stops_media_and_doors(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) room = talker_new(media, CLASSROOM_1, 0);
    g_autoptr(Talker) late = talker_new(media, CLASSROOM_1, 0);
    g_autoptr(Person) desk = person_open(place);

    person_greet(desk, place->tokens[TEACHER]);
    talker_join(teacher);
    talker_join(room);
    talker_await(room, MAIN, 1, 25);
    person_say(desk, "{\"type\":\"end\",\"id\":3}");
    await_bell(desk, "ended");
    g_autoptr(ScLessonRow) row = read_lesson(place);
    g_assert_cmpint(row->state, ==, SC_LESSON_ENDED); /* before we heard of it */

    Quiet quiet = { .talker = room };
    place_run_until(is_quiet, &quiet, "silence");
    assert_refused(late);
    g_auto(Answer) gone = talker_delete(room);
    g_assert_cmpstr(gone.problem, ==, "unknown-session");
    g_assert_cmpuint(person_await_close(desk), ==, 4410);
}

static bool
has_begun(gpointer user_data)
{
    g_autoptr(ScLessonRow) row = read_lesson(user_data);

    return row->state == SC_LESSON_LIVE;
}

static bool
has_ended(gpointer user_data)
{
    g_autoptr(ScLessonRow) row = read_lesson(user_data);

    return row->state == SC_LESSON_ENDED;
}

static void
missed_bell_rings_late_and_media_goes_on(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) room = talker_new(media, CLASSROOM_1, 0);
    int64_t now_ms = get_now_ms();

    talker_join(teacher);
    talker_join(room);
    talker_await(room, MAIN, 1, 25);
    place_kill_signaling(place);
    schedule(place, now_ms - MINUTE_MS, now_ms + 30 * MINUTE_MS);
    talker_await(room, MAIN, 1, 25); /* the relay needs nobody */
    place_start_signaling(place);
    place_run_until(has_begun, place, "the bell");
    place_await_ready(place);
    talker_await(room, MAIN, 1, 25);
    g_assert_cmpuint(room->slots[MAIN].n_missing, ==, 0);
    g_autoptr(ScLessonRow) row = read_lesson(place);
    g_assert_cmpint(row->begun_ms, >=, now_ms);
}

static void
missed_end_is_made_up_for(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) room = talker_new(media, CLASSROOM_1, 0);
    int64_t now_ms = get_now_ms();

    talker_join(teacher);
    talker_join(room);
    talker_await(room, MAIN, 1, 25);
    place_kill_signaling(place);
    schedule(place, now_ms - 30 * MINUTE_MS, now_ms - MINUTE_MS);
    place_start_signaling(place);
    place_run_until(has_ended, place, "the end");
    place_await_ready(place);
    Quiet quiet = { .talker = room };
    place_run_until(is_quiet, &quiet, "silence");
    g_autoptr(ScLessonRow) row = read_lesson(place);
    g_assert_cmpint(row->ended_ms, ==, now_ms - MINUTE_MS);
}

static void
acknowledged_extension_survives_a_kill(void)
{
    g_autoptr(Place) place = place_open(1);

    for (unsigned minutes = 1; minutes <= 5; minutes++) {
        g_autoptr(Person) desk = person_open(place);

        person_greet(desk, place->tokens[TEACHER]);
        person_say(desk, "{\"type\":\"extend\",\"minutes\":1,\"id\":3}");
        await_bell(desk, "extended");
        place_kill_signaling(place);
        g_autoptr(ScLessonRow) row = read_lesson(place);
        g_assert_cmpuint(row->overtime_min, ==, minutes);
        place_start_signaling(place);
        place_await_ready(place);
    }
}

static void
clock_is_not_moved_from_outside(void)
{
    const char *const arguments[] = {
        SC_SIGNALING, "serve",      "--test-clock", "--listen",  "0.0.0.0",     "--port",
        "0",          "--database", ":memory:",     "--control", "unused.sock", NULL
    };
    g_autoptr(GSubprocess) process =
        g_subprocess_newv(arguments, G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);
    g_autofree char *said = NULL;

    g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &said, NULL));
    g_assert_cmpint(g_subprocess_get_exit_status(process), ==, 1);
    g_assert_nonnull(strstr(said, "--test-clock"));
    g_assert_nonnull(strstr(said, "0.0.0.0"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/bell/" #name, name)
    ADD(media_flows_from_the_opening_to_the_end);
    ADD(end_stops_media_and_doors);
    ADD(missed_bell_rings_late_and_media_goes_on);
    ADD(missed_end_is_made_up_for);
    ADD(acknowledged_extension_survives_a_kill);
    ADD(clock_is_not_moved_from_outside);
#undef ADD
    return g_test_run();
}
