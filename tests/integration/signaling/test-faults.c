/* SPDX-License-Identifier: Apache-2.0 */
/* kill -9 of signaling, of the relay, and of both, in the middle of a lesson. What a
 * person was told is done stays done; media goes on without signaling; everybody is back
 * soon after the relay is. SC_TEST_SEED repeats the instants. */
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "tests/integration/signaling/person.h"
#include "tests/integration/signaling/talker.h"

#define TEACHER 0
#define CLASSROOM_1 1
#define CLASSROOM_2 2
#define MAIN 0 /* slots of a classroom */
#define GUEST 1
#define TEACHER_MARK 1
#define GUEST_MARK 2
#define N_KILLS 4
#ifdef __SANITIZE_ADDRESS__
#define BACK_LIMIT_US (10 * G_USEC_PER_SEC)
#else
#define BACK_LIMIT_US (3 * G_USEC_PER_SEC) /* from the relay's end to media again */
#endif

/* A lesson in which the second classroom has the floor. */
typedef struct {
    Place *place;      /* owned */
    Media *media;      /* owned */
    Talker *teacher;   /* owned: publishes */
    Talker *guest;     /* owned: the second classroom's voice */
    Talker *classroom; /* owned: the first, watches */
} Lesson;

static void
give_floor(Place *place, const char *site)
{
    g_autoptr(Person) teacher = person_open(place);
    g_autofree char *text =
        g_strdup_printf("{\"type\":\"floor\",\"site\":%s,\"id\":1}", site);

    person_greet(teacher, place->tokens[TEACHER]);
    person_say(teacher, text);
    g_autoptr(JsonObject) floor = person_await(teacher, "floor");
    g_assert_cmpint(json_object_get_int_member(floor, "id"), ==, 1);
}

static Lesson *
lesson_open(void)
{
    Lesson *lesson = g_new0(Lesson, 1);

    lesson->place = place_open(2);
    lesson->media = media_new(lesson->place);
    lesson->teacher = talker_new(lesson->media, TEACHER, TEACHER_MARK);
    lesson->guest = talker_new(lesson->media, CLASSROOM_2, GUEST_MARK);
    lesson->classroom = talker_new(lesson->media, CLASSROOM_1, 0);
    talker_join(lesson->teacher);
    talker_join(lesson->guest);
    talker_join(lesson->classroom);
    talker_await(lesson->classroom, MAIN, TEACHER_MARK, 10);
    give_floor(lesson->place, "\"sample-village-2-5\"");
    talker_await(lesson->classroom, GUEST, GUEST_MARK, 10);
    return lesson;
}

static void
lesson_close(Lesson *lesson)
{
    talker_free(lesson->classroom);
    talker_free(lesson->guest);
    talker_free(lesson->teacher);
    media_free(lesson->media);
    place_close(lesson->place);
    g_free(lesson);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lesson, lesson_close)

static void
assert_nothing_missed(const Lesson *lesson)
{
    for (unsigned i = MAIN; i <= GUEST; i++) {
        g_assert_cmpuint(lesson->classroom->slots[i].n_missing, ==, 0);
        g_assert_cmpuint(lesson->classroom->slots[i].n_jumps, ==, 0);
    }
}

static GRand *
make_chance(void)
{
    const char *given = g_getenv("SC_TEST_SEED");
    guint32 seed = given != NULL ? (guint32)strtoul(given, NULL, 10) : g_random_int();

    g_test_message("SC_TEST_SEED=%u", seed);
    return g_rand_new_with_seed(seed);
}

static void
media_goes_on_without_signaling(void)
{
    g_autoptr(GRand) chance = make_chance();
    g_autoptr(Lesson) lesson = lesson_open();

    for (int i = 0; i < N_KILLS; i++) {
        place_run_for_ms((unsigned)g_rand_int_range(chance, 0, 200));
        place_kill_signaling(lesson->place);
        talker_await(lesson->classroom, MAIN, TEACHER_MARK, 25);
        talker_await(lesson->classroom, GUEST, GUEST_MARK, 25);
        place_start_signaling(lesson->place);
        place_await_ready(lesson->place);
        talker_await(lesson->classroom, MAIN, TEACHER_MARK, 25);
        talker_await(lesson->classroom, GUEST, GUEST_MARK, 25);
        assert_nothing_missed(lesson);
    }
}

static void
sessions_outlive_signaling(void)
{
    g_autoptr(Lesson) lesson = lesson_open();
    g_autoptr(Talker) usurper = talker_new(lesson->media, TEACHER, 9);
    g_autoptr(Talker) latecomer = talker_new(lesson->media, CLASSROOM_2, 0);

    place_kill_signaling(lesson->place);
    place_start_signaling(lesson->place);
    place_await_ready(lesson->place);

    g_auto(Answer) trickled = talker_trickle(lesson->classroom, lesson->classroom->etag);
    g_assert_cmpuint(trickled.status, ==, 204);
    talker_restart_ice(lesson->classroom);
    g_auto(Answer) refused = talker_post(usurper);
    g_assert_cmpstr(refused.problem, ==, "already-publishing");
    talker_join(latecomer);
    talker_await(latecomer, MAIN, TEACHER_MARK, 25);
    talker_await(lesson->classroom, MAIN, TEACHER_MARK, 25);
    assert_nothing_missed(lesson);

    g_auto(Answer) ended = talker_delete(lesson->guest);
    g_assert_cmpuint(ended.status, ==, 200);
    g_auto(Answer) again = talker_delete(lesson->guest);
    g_assert_cmpstr(again.problem, ==, "unknown-session");
}

/* The answer was given, so it was stored; and the relay is told again where it was not.
 */
static void
acknowledged_floor_outlives_signaling(void)
{
    static const struct {
        const char *site;
        const char *floor; /* as the welcome has it; NULL: nobody */
    } cases[] = {
        { "\"sample-village-1-5\"", "sample-village-1-5" },
        { "null", NULL },
        { "\"sample-village-2-5\"", "sample-village-2-5" },
    };
    g_autoptr(Lesson) lesson = lesson_open();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        give_floor(lesson->place, cases[i].site);
        place_kill_signaling(lesson->place);
        place_start_signaling(lesson->place);
        place_await_ready(lesson->place);

        g_autoptr(Person) person = person_open(lesson->place);
        g_autofree char *hello = g_strdup_printf("{\"type\":\"hello\",\"token\":\"%s\"}",
                                                 lesson->place->tokens[CLASSROOM_1]);
        person_say(person, hello);
        g_autoptr(JsonObject) welcome = person_await(person, "welcome");
        g_assert_cmpstr(
            json_object_get_string_member_with_default(welcome, "floor", NULL), ==,
            cases[i].floor);
    }
    talker_await(lesson->classroom, GUEST, GUEST_MARK, 25);
}

/* Who left while signaling was away is not there when it is back. */
static void
place_of_one_who_left_meanwhile_is_free(void)
{
    g_autoptr(Lesson) lesson = lesson_open();

    place_kill_signaling(lesson->place);
    talker_set_silent(lesson->teacher, true);
    sc_peer_close(lesson->teacher->peer);
    place_run_for_ms(100);
    place_start_signaling(lesson->place);
    place_await_ready(lesson->place);
    talker_join(lesson->teacher);
    talker_await(lesson->classroom, MAIN, TEACHER_MARK, 25);
    g_assert_cmpuint(lesson->classroom->slots[MAIN].n_jumps, ==, 0);
}

static void
relays_end_is_told_and_survived(void)
{
    g_autoptr(Lesson) lesson = lesson_open();
    g_autoptr(Person) person = person_open(lesson->place);
    Talker *everybody[] = { lesson->teacher, lesson->guest, lesson->classroom };

    person_greet(person, lesson->place->tokens[CLASSROOM_1]);
    gint64 killed_us = g_get_monotonic_time();
    place_kill_relay(lesson->place);
    for (size_t i = 0; i < G_N_ELEMENTS(everybody); i++)
        talker_set_silent(everybody[i], true);
    place_start_relay(lesson->place);
    g_autoptr(JsonObject) rejoin = person_await(person, "rejoin");
    JsonArray *sessions = json_object_get_array_member(rejoin, "sessions");
    g_assert_cmpuint(json_array_get_length(sessions), ==, 1);
    g_assert_cmpstr(json_array_get_string_element(sessions, 0), ==,
                    lesson->classroom->location);

    for (size_t i = 0; i < G_N_ELEMENTS(everybody); i++)
        talker_join(everybody[i]);
    talker_await(lesson->classroom, MAIN, TEACHER_MARK, 1);
    talker_await(lesson->classroom, GUEST, GUEST_MARK, 1);
    gint64 back_us = g_get_monotonic_time() - killed_us;
    g_test_message("back after %" G_GINT64_FORMAT " ms", back_us / 1000);
    g_assert_cmpint(back_us, <, BACK_LIMIT_US);
}

static void
end_of_both_is_survived(void)
{
    g_autoptr(Lesson) lesson = lesson_open();
    Talker *everybody[] = { lesson->teacher, lesson->guest, lesson->classroom };

    place_kill_signaling(lesson->place);
    place_kill_relay(lesson->place);
    for (size_t i = 0; i < G_N_ELEMENTS(everybody); i++)
        talker_set_silent(everybody[i], true);
    place_start_relay(lesson->place);
    place_start_signaling(lesson->place);
    place_await_ready(lesson->place);
    g_auto(Answer) gone = talker_delete(lesson->classroom);
    g_assert_cmpstr(gone.problem, ==, "unknown-session");
    for (size_t i = 0; i < G_N_ELEMENTS(everybody); i++)
        talker_join(everybody[i]);
    talker_await(lesson->classroom, MAIN, TEACHER_MARK, 25);
    talker_await(lesson->classroom, GUEST, GUEST_MARK, 25); /* the floor was kept */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/integration/faults/" #name, name)
    ADD(media_goes_on_without_signaling);
    ADD(sessions_outlive_signaling);
    ADD(acknowledged_floor_outlives_signaling);
    ADD(place_of_one_who_left_meanwhile_is_free);
    ADD(relays_end_is_told_and_survived);
    ADD(end_of_both_is_survived);
#undef ADD
    return g_test_run();
}
