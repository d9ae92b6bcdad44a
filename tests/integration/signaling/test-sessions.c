/* SPDX-License-Identifier: Apache-2.0 */
/* The life of WHIP and WHEP sessions with real media through the real programs. */
#include <string.h>

#include <glib.h>

#include "tests/integration/signaling/talker.h"

#define TEACHER 0
#define CLASSROOM_1 1
#define CLASSROOM_2 2
#define MAIN 0 /* slots of a classroom */
#define GUEST 1

static void
voice_reaches_every_classroom_and_comes_back(void)
{
    g_autoptr(Place) place = place_open(2);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) voice = talker_new(media, CLASSROOM_2, 2);
    g_autoptr(Talker) classroom_1 = talker_new(media, CLASSROOM_1, 0);
    g_autoptr(Talker) classroom_2 = talker_new(media, CLASSROOM_2, 0);
    g_autoptr(Talker) desk = talker_new(media, TEACHER, 0);

    talker_join(teacher);
    talker_join(voice);
    talker_join(classroom_1);
    talker_join(classroom_2);
    talker_join(desk);
    talker_await(classroom_1, MAIN, 1, 50);
    talker_await(classroom_2, MAIN, 1, 50);
    talker_await(desk, 1, 2, 50); /* voice-1 is the second classroom's */
    g_assert_cmpuint(classroom_1->slots[MAIN].n_missing, ==, 0);
    g_assert_cmpuint(classroom_2->slots[MAIN].n_missing, ==, 0);
    g_assert_cmpuint(desk->slots[0].n_packets, ==, 0);
    g_assert_cmpuint(classroom_1->slots[GUEST].n_packets, ==, 0);
}

static void
trickle_needs_the_present_etag(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) classroom = talker_new(media, CLASSROOM_1, 0);

    talker_join(classroom);
    g_autofree char *first_etag = g_strdup(classroom->etag);
    const struct {
        const char *name;
        const char *etag;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "present", first_etag, 204, NULL },
        { "none", NULL, 428, "no-etag" },
        { "made up", "\"made-up\"", 412, "stale-etag" },
        { "unquoted", "x", 412, "stale-etag" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(Answer) answer = talker_trickle(classroom, cases[i].etag);

        g_test_message("%s", cases[i].name);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
    }
    talker_restart_ice(classroom);
    g_auto(Answer) stale = talker_trickle(classroom, first_etag);
    g_assert_cmpstr(stale.problem, ==, "stale-etag");
    g_auto(Answer) fresh = talker_trickle(classroom, classroom->etag);
    g_assert_cmpuint(fresh.status, ==, 204);
}

static void
ice_restart_loses_nothing(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) classroom = talker_new(media, CLASSROOM_1, 0);

    talker_join(teacher);
    talker_join(classroom);
    talker_await(classroom, MAIN, 1, 25);
    for (int i = 0; i < 3; i++) {
        talker_restart_ice(classroom);
        talker_await(classroom, MAIN, 1, 25);
        talker_restart_ice(teacher);
        talker_await(classroom, MAIN, 1, 25);
    }
    g_assert_cmpuint(classroom->slots[MAIN].n_missing, ==, 0);
    g_assert_cmpuint(classroom->slots[MAIN].n_jumps, ==, 0);
}

static void
second_publisher_is_refused_while_the_first_is_heard(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) first = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) second = talker_new(media, TEACHER, 2);
    g_autoptr(Talker) classroom = talker_new(media, CLASSROOM_1, 0);

    talker_join(first);
    talker_join(classroom);
    talker_await(classroom, MAIN, 1, 25);
    g_auto(Answer) refused = talker_post(second);
    g_assert_cmpuint(refused.status, ==, 409);
    g_assert_cmpstr(refused.problem, ==, "already-publishing");
    g_assert_nonnull(answer_get_header(&refused, "Retry-After"));
    talker_await(classroom, MAIN, 1, 25);
    g_assert_cmpuint(classroom->slots[MAIN].n_missing, ==, 0);
    g_assert_cmpuint(classroom->slots[MAIN].n_jumps, ==, 0);
}

typedef struct {
    Talker *talker;
    Answer answer;
} Attempt;

static bool
is_admitted(gpointer user_data)
{
    Attempt *attempt = user_data;

    answer_clear(&attempt->answer);
    attempt->answer = talker_post(attempt->talker);
    return attempt->answer.status == 201;
}

static void
second_publisher_takes_the_place_of_a_silent_one(void)
{
    g_autoptr(Place) place = place_open(1);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) first = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) second = talker_new(media, TEACHER, 2);
    g_autoptr(Talker) classroom = talker_new(media, CLASSROOM_1, 0);
    Attempt attempt = { second, { 0 } };

    talker_join(first);
    talker_join(classroom);
    talker_await(classroom, MAIN, 1, 25);
    talker_set_silent(first, true);
    gint64 silent_us = g_get_monotonic_time();
    place_run_until(is_admitted, &attempt, "the place of a silent publisher");
    answer_clear(&attempt.answer);
    g_assert_cmpint(g_get_monotonic_time() - silent_us, >=, 1900 * 1000);
    talker_begin(second);
    talker_await(classroom, MAIN, 2, 25);
    g_assert_cmpuint(classroom->slots[MAIN].n_jumps, ==, 0);
    g_auto(Answer) gone = talker_delete(first);
    g_assert_cmpstr(gone.problem, ==, "unknown-session");
}

static void
deleted_session_is_gone_and_disturbs_nobody(void)
{
    g_autoptr(Place) place = place_open(2);
    g_autoptr(Media) media = media_new(place);
    g_autoptr(Talker) teacher = talker_new(media, TEACHER, 1);
    g_autoptr(Talker) classroom_1 = talker_new(media, CLASSROOM_1, 0);
    g_autoptr(Talker) classroom_2 = talker_new(media, CLASSROOM_2, 0);

    talker_join(teacher);
    talker_join(classroom_1);
    talker_join(classroom_2);
    talker_await(classroom_1, MAIN, 1, 25);
    g_auto(Answer) ended = talker_delete(classroom_2);
    g_assert_cmpuint(ended.status, ==, 200);
    g_auto(Answer) again = talker_delete(classroom_2);
    g_assert_cmpstr(again.problem, ==, "unknown-session");
    g_auto(Answer) late = talker_trickle(classroom_2, classroom_2->etag);
    g_assert_cmpstr(late.problem, ==, "unknown-session");

    uint64_t n_before = classroom_2->slots[MAIN].n_packets;
    talker_await(classroom_1, MAIN, 1, 50);
    g_assert_cmpuint(classroom_2->slots[MAIN].n_packets - n_before, <, 10);
    g_assert_cmpuint(classroom_1->slots[MAIN].n_missing, ==, 0);
    talker_join(classroom_2);
    talker_await(classroom_2, MAIN, 1, 25);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/integration/sessions/" #name, name)
    ADD(voice_reaches_every_classroom_and_comes_back);
    ADD(trickle_needs_the_present_etag);
    ADD(ice_restart_loses_nothing);
    ADD(second_publisher_is_refused_while_the_first_is_heard);
    ADD(second_publisher_takes_the_place_of_a_silent_one);
    ADD(deleted_session_is_gone_and_disturbs_nobody);
#undef ADD
    return g_test_run();
}
