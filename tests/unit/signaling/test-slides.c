/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, the page that is shown, and the marks that stay on it. */
#include "signaling/problem.h"
#include "signaling/slides.h"

static unsigned
add(ScSlides *slides, unsigned n_pages)
{
    g_autoptr(GError) error = NULL;
    const ScDocumentRequest document = {
        .name = "分数.pdf", .pages = n_pages, .bytes = 1000, .sha256 = "00"
    };
    unsigned number = sc_slides_add(slides, &document, &error);
    g_assert_no_error(error);
    return number;
}

static void
turn(ScSlides *slides, unsigned document, unsigned page)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(sc_slides_turn(slides, &(ScPageRequest){ document, page }, &error));
    g_assert_no_error(error);
}

static bool
draw(ScSlides *slides, int32_t stroke, unsigned n_points, GError **error)
{
    ScPenRequest pen = { .stroke = stroke, .width = 4, .n_points = n_points };
    return sc_slides_draw(slides, &pen, error);
}

static unsigned
count_strokes(const ScSlides *slides)
{
    unsigned n;
    ScStroke *strokes = sc_slides_dup_strokes(slides, &n);
    sc_strokes_free(strokes, n);
    return n;
}

static void
marks_stay_on_their_page(void)
{
    static const struct {
        unsigned document, page, n_drawn;
    } steps[] = { { 0, 0, 3 }, { 1, 1, 1 }, { 1, 2, 0 }, { 2, 1, 2 }, { 1, 1, 0 } };
    static const struct {
        unsigned document, page, n_strokes;
    } cases[] = { { 0, 0, 3 }, { 1, 1, 1 }, { 1, 2, 0 }, { 2, 1, 2 } };
    g_autoptr(ScSlides) slides = sc_slides_new();
    int32_t stroke = 0;
    g_assert_cmpuint(add(slides, 2), ==, 1);
    g_assert_cmpuint(add(slides, 300), ==, 2);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        turn(slides, steps[i].document, steps[i].page);
        for (unsigned n = 0; n < steps[i].n_drawn; n++)
            g_assert_true(draw(slides, stroke++, 4, NULL));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        turn(slides, cases[i].document, cases[i].page);
        g_assert_cmpuint(count_strokes(slides), ==, cases[i].n_strokes);
    }
    turn(slides, 1, 1);
    sc_slides_wipe(slides);
    g_assert_cmpuint(count_strokes(slides), ==, 0);
    turn(slides, 0, 0);
    g_assert_cmpuint(count_strokes(slides), ==, 3);
}

static void
page_that_is_not_there_is_refused(void)
{
    static const struct {
        ScPageRequest page;
        ScProblem problem;
    } cases[] = {
        { { 2, 1 }, SC_PROBLEM_UNKNOWN_DOCUMENT },
        { { 3, 1 }, SC_PROBLEM_UNKNOWN_DOCUMENT },
        { { 1, 0 }, SC_PROBLEM_UNKNOWN_PAGE },
        { { 1, 13 }, SC_PROBLEM_UNKNOWN_PAGE },
    };
    g_autoptr(ScSlides) slides = sc_slides_new();
    add(slides, 12);
    add(slides, 1);
    g_assert_true(sc_slides_remove(slides, 2, NULL));
    turn(slides, 1, 12);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(sc_slides_turn(slides, &cases[i].page, &error));
        g_assert_error(error, SC_PROBLEM_ERROR, (int)cases[i].problem);
        g_assert_cmpuint(sc_slides_get_page(slides).page, ==, 12);
    }
}

static void
number_of_a_document_is_never_used_again(void)
{
    g_autoptr(ScSlides) slides = sc_slides_new();
    g_autoptr(GError) error = NULL;
    unsigned n;
    for (unsigned i = 1; i <= SC_DOCUMENTS_MAX; i++)
        g_assert_cmpuint(add(slides, 1), ==, i);
    turn(slides, 7, 1);
    g_assert_true(draw(slides, 1, 4, NULL));
    g_assert_true(sc_slides_remove(slides, 7, &error));
    g_assert_cmpuint(sc_slides_get_page(slides).document, ==, 0);
    g_assert_null(sc_slides_lookup(slides, 7));
    g_assert_false(sc_slides_remove(slides, 7, &error));
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_UNKNOWN_DOCUMENT);
    g_clear_error(&error);
    g_assert_cmpuint(sc_slides_add(slides, sc_slides_lookup(slides, 1), &error), ==, 0);
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_DOCUMENT_LIMIT);
    ScDocumentEvent *documents = sc_slides_dup_documents(slides, &n);
    g_assert_cmpuint(n, ==, SC_DOCUMENTS_MAX - 1);
    g_assert_cmpuint(documents[6].document, ==, 8);
    g_free(documents);
}

/* No page is full, but all of them together. */
static void
points_of_all_pages_have_a_limit(void)
{
    g_autoptr(ScSlides) slides = sc_slides_new();
    g_autoptr(GError) error = NULL;
    unsigned n_points = 0;
    add(slides, 300);
    for (unsigned page = 1; error == NULL; page++) {
        turn(slides, 1, page);
        for (int32_t i = 0; i < 1500 && error == NULL; i++)
            if (draw(slides, i, SC_PEN_NUMBERS_MAX, &error))
                n_points += SC_PEN_NUMBERS_MAX / 2;
    }
    g_assert_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_PEN_LIMIT);
    g_assert_cmpuint(n_points, >, SC_SLIDES_POINTS_MAX - SC_PEN_NUMBERS_MAX);
    sc_slides_wipe(slides);
    g_assert_true(draw(slides, 1, SC_PEN_NUMBERS_MAX, NULL));
    g_assert_true(sc_slides_remove(slides, 1, NULL));
    for (int32_t i = 0; i < 1500; i++)
        g_assert_true(draw(slides, i, SC_PEN_NUMBERS_MAX, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/slides/" #name, name)
    ADD(marks_stay_on_their_page);
    ADD(page_that_is_not_there_is_refused);
    ADD(number_of_a_document_is_never_used_again);
    ADD(points_of_all_pages_have_a_limit);
    return g_test_run();
}
