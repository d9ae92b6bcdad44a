/* SPDX-License-Identifier: Apache-2.0 */
/* The table of refusals, the rate limiter and the figures shown: small things alone. */
#include <json-glib/json-glib.h>

#include "signaling/offer.h"
#include "signaling/problem.h"
#include "signaling/quality.h"
#include "signaling/rate.h"

#define S G_USEC_PER_SEC

static void
every_problem_can_be_found_and_printed(void)
{
    for (unsigned i = 0; i < SC_N_PROBLEMS; i++) {
        ScProblem found;
        const char *name = sc_problem_get_name((ScProblem)i);
        g_assert_true(sc_problem_lookup(name, &found));
        g_assert_cmpuint(found, ==, i); /* no name stands twice */
        unsigned status = sc_problem_get_status((ScProblem)i);
        g_assert_cmpuint(status, >=, 400);
        g_assert_cmpuint(status, <, 600);

        g_autoptr(GError) error = NULL;
        sc_problem_set_error(&error, (ScProblem)i, "field", "a \"%s\"", "detail");
        g_autofree char *text = sc_problem_print(error, NULL);
        g_autoptr(JsonNode) node = json_from_string(text, NULL);
        JsonObject *object = json_node_get_object(node);
        g_autofree char *type = g_strconcat("urn:synclass:problem:", name, NULL);
        g_assert_cmpstr(json_object_get_string_member(object, "type"), ==, type);
        g_assert_cmpint(json_object_get_int_member(object, "status"), ==, status);
        g_assert_cmpstr(json_object_get_string_member(object, "detail"), ==,
                        "a \"detail\"");
        g_assert_cmpstr(json_object_get_string_member(object, "field"), ==, "field");
        g_assert_true(json_object_has_member(object, "title"));
        g_assert_false(json_object_has_member(object, "sentence"));
    }
}

static void
assert_says(JsonObject *object, const char *zh, const char *en)
{
    JsonObject *sentence = json_object_get_object_member(object, "sentence");
    g_assert_cmpuint(json_object_get_size(sentence), ==, 2);
    g_assert_cmpstr(json_object_get_string_member(sentence, "zh-CN"), ==, zh);
    g_assert_cmpstr(json_object_get_string_member(sentence, "en"), ==, en);
}

static void
people_are_told_in_both_languages(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonObject) more = json_object_new();
    json_object_set_int_member(more, "rows", 7);
    sc_problem_set_error(&error, SC_PROBLEM_INVALID_VALUE, "period", "period is 9");
    sc_problem_say_literal(&error, "第 9 节：100%。", "Period 9: 100%.");
    sc_problem_say(&error, "“%s”没有第 %d 节。", "“%s” has no period %d.", "夏季", 9);

    g_autoptr(GError) copy = g_error_copy(error);
    g_clear_error(&error);
    g_assert_cmpstr(sc_problem_get_zh(copy), ==, "“夏季”没有第 9 节。");
    g_assert_cmpstr(sc_problem_get_en(copy), ==, "“夏季” has no period 9.");
    g_autofree char *text = sc_problem_print(copy, more);
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    JsonObject *object = json_node_get_object(node);
    assert_says(object, "“夏季”没有第 9 节。", "“夏季” has no period 9.");
    g_assert_cmpstr(json_object_get_string_member(object, "detail"), ==, "period is 9");
    g_assert_cmpint(json_object_get_int_member(object, "rows"), ==, 7);
}

static void
nothing_is_said_of_an_error_that_nobody_wants(void)
{
    sc_problem_say(NULL, "第 %d 节", "period %d", 9);
    g_autoptr(GError) other = g_error_new(G_FILE_ERROR, G_FILE_ERROR_IO, "x");
    g_assert_null(sc_problem_get_field(other));
    g_assert_null(sc_problem_get_zh(other));
    g_assert_null(sc_problem_get_en(other));
}

static void
each_way_an_offer_is_refused_has_its_problem(void)
{
    for (int code = SC_SDP_ERROR_BAD_SDP; code <= SC_SDP_ERROR_BAD_FRAGMENT; code++) {
        ScProblem problem;
        g_assert_true(
            sc_problem_lookup(sc_sdp_error_get_problem((ScSdpError)code), &problem));
    }
}

static void
unknown_error_is_internal(void)
{
    g_autoptr(GError) ours = g_error_new(SC_PROBLEM_ERROR, SC_PROBLEM_NO_RELAY, "x");
    g_autoptr(GError) other = g_error_new(G_FILE_ERROR, G_FILE_ERROR_IO, "x");
    g_assert_cmpint(sc_problem_from_error(ours), ==, SC_PROBLEM_NO_RELAY);
    g_assert_cmpint(sc_problem_from_error(other), ==, SC_PROBLEM_INTERNAL_ERROR);
}

static void
rate_allows_a_burst_and_then_the_mean(void)
{
    static const struct {
        int64_t at_us;
        unsigned n_asked;
        unsigned n_taken;
    } cases[] = {
        { 0, 50, 40 }, /* the burst */
        { 0, 5, 0 },
        { S / 20, 5, 1 },           /* one each 50 ms */
        { S / 20 + S / 40, 5, 0 },  /* half of one */
        { S / 20 + S / 20, 5, 1 },  /* halves add up */
        { 2 * S + S / 10, 50, 40 }, /* full again, and no fuller */
        { 1000 * S, 50, 40 },
    };
    ScRate rate;
    sc_rate_init(&rate, 20, 40, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned n_taken = 0;
        for (unsigned k = 0; k < cases[i].n_asked; k++)
            n_taken += sc_rate_take(&rate, cases[i].at_us);
        g_test_message("case %zu", i);
        g_assert_cmpuint(n_taken, ==, cases[i].n_taken);
    }
}

static void
quality_has_three_levels(void)
{
    static const struct {
        double loss_pct;
        unsigned rtt_ms;
        ScLevel level;
    } cases[] = {
        { 0, 0, SC_LEVEL_GOOD },   { 2, 800, SC_LEVEL_GOOD }, { 2.1, 20, SC_LEVEL_WEAK },
        { 0, 805, SC_LEVEL_WEAK }, { 10, 20, SC_LEVEL_WEAK }, { 10.1, 20, SC_LEVEL_BAD },
        { 0, 1505, SC_LEVEL_BAD }, { 100, 0, SC_LEVEL_BAD },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(sc_quality_get_level(cases[i].loss_pct, cases[i].rtt_ms), ==,
                        cases[i].level);
}

static void
quality_is_told_when_it_changed(void)
{
    static const struct {
        ScControlQuality figures;
        bool is_told;
    } cases[] = {
        { { "x", 20, { 1500, 0 }, { 0, 0 }, 0, 0, 0, false, false, 0, 0 }, true },
        { { "x", 20, { 1500, 0 }, { 0, 0 }, 0, 0, 0, false, false, 0, 0 }, false },
        { { "x", 21, { 1503, 0.04 }, { 0, 0 }, 0, 0, 0, false, false, 0, 0 },
          false }, /* too little to be seen */
        { { "x", 20, { 1500, 0 }, { 900, 9 }, 0, 0, 0, false, false, 0, 0 },
          false }, /* the other direction */
        { { "x", 20, { 1500, 1.26 }, { 0, 0 }, 0, 0, 0, false, false, 0, 0 }, true },
        { { "x", 90, { 1500, 1.26 }, { 0, 0 }, 0, 0, 0, false, false, 0, 0 }, true },
    };
    g_autoptr(ScSession) session =
        sc_session_new("l", "s", SC_ROLE_CLASSROOM, SC_SESSION_PUBLISH, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScQualityEvent event;
        g_test_message("case %zu", i);
        g_assert_cmpint(sc_quality_update(session, &cases[i].figures, &event), ==,
                        cases[i].is_told);
    }
    g_assert_cmpfloat(session->quality.loss_pct, ==, 1.3);
    g_assert_cmpint(session->quality.direction, ==, SC_DIRECTION_UP);
}

/* What little it is sent arrives well: that is no good line. */
static void
a_limited_line_is_weak_at_best(void)
{
    ScControlQuality figures = { .transport = "x", .rtt_ms = 20, .limited = true };
    g_autoptr(ScSession) session =
        sc_session_new("l", "s", SC_ROLE_CLASSROOM, SC_SESSION_SUBSCRIBE, 0);
    ScQualityEvent event;
    g_assert_true(sc_quality_update(session, &figures, &event));
    g_assert_cmpint(event.level, ==, SC_LEVEL_WEAK);
    g_assert_false(sc_quality_update(session, &figures, &event));
    figures.limited = false;
    g_assert_true(sc_quality_update(session, &figures, &event));
    g_assert_cmpint(event.level, ==, SC_LEVEL_GOOD);
    figures.limited = true;
    figures.down.loss_pct = 50;
    g_assert_true(sc_quality_update(session, &figures, &event));
    g_assert_cmpint(event.level, ==, SC_LEVEL_BAD);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/problem/" #name, name)
    ADD(every_problem_can_be_found_and_printed);
    ADD(people_are_told_in_both_languages);
    ADD(nothing_is_said_of_an_error_that_nobody_wants);
    ADD(each_way_an_offer_is_refused_has_its_problem);
    ADD(unknown_error_is_internal);
    ADD(rate_allows_a_burst_and_then_the_mean);
    ADD(quality_has_three_levels);
    ADD(quality_is_told_when_it_changed);
    ADD(a_limited_line_is_weak_at_best);
#undef ADD
    return g_test_run();
}
