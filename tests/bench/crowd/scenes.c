/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/crowd/scenes.h"

#include "tests/bench/crowd/spread.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define PAUSE_MS 50 /* between two clicks: a person's, not a flood */
#define ANSWERING_MS 1000
#define N_OPTIONS 4
#define LARGE_SITES 64 /* above it a hand is told to its site and the teacher only */

void
scene_wait(bool (*is_done)(gpointer user_data), gpointer user_data, const char *what)
{
    int64_t end_us = g_get_monotonic_time() + PATIENCE_US;
    while (!is_done(user_data)) {
        if (g_get_monotonic_time() > end_us)
            g_error("%s: not after %d s", what, (int)(PATIENCE_US / G_USEC_PER_SEC));
        g_main_context_iteration(NULL, TRUE);
    }
}

/* One thing said, and heard by so many. */
typedef struct {
    const char *type;
    unsigned n_wanted;
    unsigned n_heard;
    int64_t last_us;
} Echo;

static void
on_echo(Guest *guest G_GNUC_UNUSED, const char *type, JsonObject *message G_GNUC_UNUSED,
        int64_t now_us, gpointer user_data)
{
    Echo *echo = user_data;
    if (echo->type == NULL || !g_str_equal(type, echo->type))
        return;
    echo->n_heard++;
    echo->last_us = now_us;
}

static bool
has_echoed(gpointer user_data)
{
    const Echo *echo = user_data;
    return echo->n_heard >= echo->n_wanted;
}

static gboolean
on_pause_over(gpointer user_data)
{
    *(bool *)user_data = true;
    return G_SOURCE_REMOVE;
}

static bool
is_over(gpointer user_data)
{
    return *(bool *)user_data;
}

static void
pause_a_little(void)
{
    bool done = false;
    (void)g_timeout_add(PAUSE_MS, on_pause_over, &done);
    scene_wait(is_over, &done, "a pause");
}

/* @speaker says @text; all who listen have to hear @type. */
static void
measure_click(Guest *speaker, const char *text, const char *type, Echo *echo,
              unsigned n_listeners, Spread *spread)
{
    *echo = (Echo){ .type = type, .n_wanted = n_listeners };
    guest_say(speaker, text);
    scene_wait(has_echoed, echo, type);
    spread_add(spread, echo->last_us - speaker->asked_us);
    pause_a_little();
}

static void
listen_all(Crowd *crowd, GuestHeard heard, gpointer user_data)
{
    guest_listen(crowd->teacher, heard, user_data);
    for (unsigned i = 0; i < crowd->classrooms->len; i++)
        guest_listen(g_ptr_array_index(crowd->classrooms, i), heard, user_data);
}

void
scene_clicks(Crowd *crowd, unsigned n_rounds, JsonBuilder *builder)
{
    static const char *const names[] = { "hand", "pen", "floor", "page" };
    Spread spreads[G_N_ELEMENTS(names)];
    Echo echo = { 0 };
    unsigned n_listeners = crowd->classrooms->len + 1;
    for (unsigned i = 0; i < G_N_ELEMENTS(spreads); i++)
        spread_init(&spreads[i]);
    listen_all(crowd, on_echo, &echo);
    for (unsigned i = 0; i < n_rounds; i++) {
        Guest *classroom =
            g_ptr_array_index(crowd->classrooms, i % crowd->classrooms->len);
        g_autofree char *pen = g_strdup_printf(
            "{\"type\":\"pen\",\"id\":1,\"stroke\":%u,\"colour\":\"red\",\"width\":4,"
            "\"points\":[10,10,20,30,40,60,80,120]}",
            i);
        g_autofree char *page =
            g_strdup_printf("{\"type\":\"page\",\"id\":4,\"document\":1,\"page\":%u}",
                            i % SCENE_PAGES + 1);
        g_autofree char *floor = g_strdup_printf(
            "{\"type\":\"floor\",\"id\":2,\"site\":\"%s\"}", classroom->site);
        measure_click(classroom, "{\"type\":\"hand\",\"up\":true,\"id\":3}", "hand",
                      &echo, n_listeners > LARGE_SITES ? 2 : n_listeners, &spreads[0]);
        measure_click(crowd->teacher, pen, "pen", &echo, n_listeners, &spreads[1]);
        measure_click(crowd->teacher, floor, "floor", &echo, n_listeners, &spreads[2]);
        measure_click(crowd->teacher, page, "page", &echo, n_listeners, &spreads[3]);
    }
    listen_all(crowd, NULL, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(spreads); i++) {
        spread_print(&spreads[i], builder, names[i]);
        spread_clear(&spreads[i]);
    }
}

typedef struct {
    Crowd *crowd;
    int64_t quiz;
    int64_t opened_us;
    int64_t first_us;
    int64_t last_us;
    unsigned n_asked;
    unsigned n_kept;
    unsigned chosen[N_OPTIONS];
    JsonObject *sum; /* ref: of the closed quiz */
    Spread open, answer;
} Quiz;

typedef struct {
    Quiz *quiz;
    Guest *pupil;
} Turn;

static gboolean
on_turn(gpointer user_data)
{
    Turn *turn = user_data;
    Quiz *quiz = turn->quiz;
    g_autofree char *text = g_strdup_printf(
        "{\"type\":\"answer\",\"id\":1,\"quiz\":%" G_GINT64_FORMAT ",\"choice\":[%u]}",
        quiz->quiz, turn->pupil->choice);
    guest_say(turn->pupil, text);
    if (quiz->first_us == 0)
        quiz->first_us = turn->pupil->asked_us;
    quiz->chosen[turn->pupil->choice]++;
    return G_SOURCE_REMOVE;
}

static void
on_pupil_heard(Guest *pupil, const char *type, JsonObject *message, int64_t now_us,
               gpointer user_data)
{
    Quiz *quiz = user_data;
    if (g_str_equal(type, "answered")) {
        quiz->n_kept++;
        quiz->last_us = now_us;
        spread_add(&quiz->answer, now_us - pupil->asked_us);
    } else if (g_str_equal(type, "quiz")
               && g_str_equal(json_object_get_string_member(message, "state"), "open")) {
        quiz->quiz = json_object_get_int_member(message, "quiz");
        quiz->n_asked++;
        spread_add(&quiz->open, now_us - quiz->opened_us);
    }
}

static void
on_teacher_heard(Guest *teacher G_GNUC_UNUSED, const char *type, JsonObject *message,
                 int64_t now_us G_GNUC_UNUSED, gpointer user_data)
{
    Quiz *quiz = user_data;
    if (g_str_equal(type, "quiz")
        && g_str_equal(json_object_get_string_member(message, "state"), "closed"))
        quiz->sum = json_object_ref(json_object_get_object_member(message, "sum"));
}

static bool
is_everybody_asked(gpointer user_data)
{
    const Quiz *quiz = user_data;
    return quiz->n_asked == quiz->crowd->pupils->len;
}

static bool
is_everything_kept(gpointer user_data)
{
    const Quiz *quiz = user_data;
    return quiz->n_kept == quiz->crowd->pupils->len;
}

static bool
is_closed(gpointer user_data)
{
    const Quiz *quiz = user_data;
    return quiz->sum != NULL;
}

static bool
is_right(const Quiz *quiz)
{
    JsonArray *choices = json_object_get_array_member(quiz->sum, "choices");
    bool right =
        json_object_get_int_member(quiz->sum, "answers") == quiz->crowd->pupils->len;
    for (unsigned i = 0; i < N_OPTIONS; i++)
        right = right && json_array_get_int_element(choices, i) == quiz->chosen[i];
    return right;
}

static void
print_quiz(Quiz *quiz, JsonBuilder *builder)
{
    json_builder_set_member_name(builder, "quiz");
    json_builder_begin_object(builder);
    spread_print(&quiz->open, builder, "open");
    spread_print(&quiz->answer, builder, "answer");
    json_builder_set_member_name(builder, "all_ms");
    json_builder_add_double_value(builder,
                                  (double)(quiz->last_us - quiz->first_us) / 1000);
    json_builder_set_member_name(builder, "right");
    json_builder_add_boolean_value(builder, is_right(quiz));
    json_builder_end_object(builder);
}

void
scene_quiz(Crowd *crowd, JsonBuilder *builder)
{
    Quiz quiz = { .crowd = crowd };
    unsigned n = crowd->pupils->len;
    g_autofree Turn *turns = g_new0(Turn, n);
    spread_init(&quiz.open);
    spread_init(&quiz.answer);
    guest_listen(crowd->teacher, on_teacher_heard, &quiz);
    for (unsigned i = 0; i < n; i++)
        guest_listen(g_ptr_array_index(crowd->pupils, i), on_pupil_heard, &quiz);
    quiz.opened_us = g_get_monotonic_time();
    guest_say(crowd->teacher, "{\"type\":\"quiz-open\",\"id\":4,\"kind\":\"single\","
                              "\"question\":\"3 × 4 = ?\","
                              "\"options\":[\"7\",\"12\",\"34\",\"43\"]}");
    scene_wait(is_everybody_asked, &quiz, "everybody has the question");
    for (unsigned i = 0; i < n; i++) {
        turns[i] = (Turn){ &quiz, g_ptr_array_index(crowd->pupils, i) };
        turns[i].pupil->choice = (unsigned)g_rand_int_range(crowd->chance, 0, N_OPTIONS);
        (void)g_timeout_add((guint)g_rand_int_range(crowd->chance, 0, ANSWERING_MS),
                            on_turn, &turns[i]);
    }
    scene_wait(is_everything_kept, &quiz, "every answer is kept");
    g_autofree char *close = g_strdup_printf(
        "{\"type\":\"quiz-close\",\"id\":5,\"quiz\":%" G_GINT64_FORMAT "}", quiz.quiz);
    guest_say(crowd->teacher, close);
    scene_wait(is_closed, &quiz, "the quiz is closed");
    print_quiz(&quiz, builder);
    json_object_unref(quiz.sum);
    spread_clear(&quiz.open);
    spread_clear(&quiz.answer);
    guest_listen(crowd->teacher, NULL, NULL);
    for (unsigned i = 0; i < n; i++)
        guest_listen(g_ptr_array_index(crowd->pupils, i), NULL, NULL);
}
