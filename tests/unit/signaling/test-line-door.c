/* SPDX-License-Identifier: Apache-2.0 */
/* /line: a token's bytes come and go, and no more of them than it may. */
#include "tests/unit/signaling/stage.h"

#define BYTES "application/octet-stream"
#define TEACHER 0
#define FIRST 1
#define UNIT (64 * 1024)
#define BYTES_MAX (2 * 1024 * 1024)

static void
as_many_bytes_come_as_were_asked_for(void)
{
    static const size_t cases[] = { 1, UNIT, BYTES_MAX };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/line?bytes=%zu", cases[i]);
        g_auto(Answer) answer = stage_send(
            &stage, "GET", path, stage_get_token(&stage, TEACHER), NULL, NULL, NULL);
        g_assert_cmpuint(answer.status, ==, 200);
        g_assert_cmpuint(g_bytes_get_size(answer.body), ==, cases[i]);
        g_assert_cmpstr(answer_get_header(&answer, "Cache-Control"), ==,
                        "no-store, no-transform");
    }
    stage_close(&stage);
}

static void
bytes_sent_are_thanked_for_and_dropped(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autofree char *body = g_strnfill(UNIT, 'x');
    g_auto(Answer) answer = stage_send(&stage, "POST", "/line",
                                       stage_get_token(&stage, FIRST), BYTES, body, NULL);
    g_assert_cmpuint(answer.status, ==, 204);
    stage_close(&stage);
}

static void
wrong_request_is_refused_by_name(void)
{
    static const struct {
        const char *method;
        const char *path;
        int site; /* -1: no token, -2: a wrong one */
        const char *type;
        unsigned status;
        const char *problem;
    } cases[] = {
        { "GET", "/line?bytes=1", -1, NULL, 401, "no-token" },
        { "GET", "/line?bytes=1", -2, NULL, 401, "unknown-token" },
        { "GET", "/line", TEACHER, NULL, 422, "invalid-value" },
        { "GET", "/line?bytes=", TEACHER, NULL, 422, "invalid-value" },
        { "GET", "/line?bytes=0", TEACHER, NULL, 422, "invalid-value" },
        { "GET", "/line?bytes=-1", TEACHER, NULL, 422, "invalid-value" },
        { "GET", "/line?bytes=2097153", TEACHER, NULL, 422, "invalid-value" },
        { "POST", "/line", -1, BYTES, 401, "no-token" },
        { "POST", "/line", -2, BYTES, 401, "unknown-token" },
        { "POST", "/line", TEACHER, "text/plain", 415, "wrong-content-type" },
        { "PUT", "/line", TEACHER, BYTES, 405, "method-not-allowed" },
    };
    Stage stage;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *token =
            cases[i].site >= 0    ? stage_get_token(&stage, (unsigned)cases[i].site)
            : cases[i].site == -1 ? NULL
                                  : "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        g_auto(Answer) answer =
            stage_send(&stage, cases[i].method, cases[i].path, token, cases[i].type,
                       cases[i].type != NULL ? "x" : NULL, NULL);
        g_test_message("case %zu", i);
        g_assert_cmpstr(answer.problem, ==, cases[i].problem);
        g_assert_cmpuint(answer.status, ==, cases[i].status);
    }
    stage_close(&stage);
}

static void
too_long_a_body_is_refused(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    g_autofree char *body = g_strnfill(BYTES_MAX + 1, 'x');
    g_auto(Answer) answer = stage_send(
        &stage, "POST", "/line", stage_get_token(&stage, TEACHER), BYTES, body, NULL);
    g_assert_cmpstr(answer.problem, ==, "body-too-large");
    stage_close(&stage);
}

/* 8 MiB at once: four requests of 2 MiB; the other site is not held to it. */
static void
a_site_that_had_its_bytes_waits(void)
{
    Stage stage;
    stage_open(&stage, NULL);
    for (unsigned i = 0; i < 5; i++) {
        g_auto(Answer) answer =
            stage_send(&stage, "GET", "/line?bytes=2097152",
                       stage_get_token(&stage, TEACHER), NULL, NULL, NULL);
        g_assert_cmpstr(answer.problem, ==, i < 4 ? NULL : "too-many-requests");
        g_assert_cmpstr(answer_get_header(&answer, "Retry-After"), ==,
                        i < 4 ? NULL : "10");
    }
    g_auto(Answer) other = stage_send(&stage, "GET", "/line?bytes=2097152",
                                      stage_get_token(&stage, FIRST), NULL, NULL, NULL);
    g_assert_cmpuint(other.status, ==, 200);
    stage_close(&stage);
}

#define ADD(name) g_test_add_func("/signaling/line-door/" #name, name)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(as_many_bytes_come_as_were_asked_for);
    ADD(bytes_sent_are_thanked_for_and_dropped);
    ADD(wrong_request_is_refused_by_name);
    ADD(too_long_a_body_is_refused);
    ADD(a_site_that_had_its_bytes_waits);
    return g_test_run();
}
