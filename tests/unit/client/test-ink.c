/* SPDX-License-Identifier: Apache-2.0 */
/* Marks over the slides: where the slide lies, as in room-modules.test.mjs, and what is
 * painted there. */
#include <string.h>

#include "client/ink.h"

#define WIDTH 800 /* of the slide, as the next; it stands at X, Y of the canvas */
#define HEIGHT 600
#define X 100
#define Y 50

static const ScArea place = { X, Y, WIDTH, HEIGHT };

static void
slide_lies_in_the_middle_of_its_box_whole(void)
{
    static const struct {
        ScArea box;
        int width;
        int height;
        ScArea where;
    } cases[] = {
        { { 0, 0, 400, 300 }, 1600, 900, { 0, 37, 400, 225 } },
        { { 0, 0, 400, 225 }, 800, 600, { 50, 0, 300, 225 } },
        { { 0, 0, 400, 225 }, 1600, 900, { 0, 0, 400, 225 } },
        { { 0, 0, 400, 225 }, 0, 0, { 0, 0, 400, 225 } },
        { { 30, 20, 400, 225 }, 800, 600, { 80, 20, 300, 225 } },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScArea where = sc_ink_place(cases[i].box, cases[i].width, cases[i].height);
        g_assert_cmpint(where.x, ==, cases[i].where.x);
        g_assert_cmpint(where.y, ==, cases[i].where.y);
        g_assert_cmpint(where.width, ==, cases[i].where.width);
        g_assert_cmpint(where.height, ==, cases[i].where.height);
    }
}

static void
pen(ScInk *ink, int32_t stroke, ScColour colour, const uint16_t *points, unsigned n)
{
    ScEvent event = { .type = SC_EVENT_PEN };
    event.pen = (ScPenRequest){ .stroke = stroke, .colour = colour, .width = 10 };
    event.pen.n_points = n;
    memcpy(event.pen.points, points, n * sizeof *points);
    g_assert_true(sc_ink_apply(ink, &event));
}

static void
paint(ScInk *ink)
{
    while (sc_ink_paint(ink))
        ;
}

/* Of the canvas, premultiplied; 0: nothing was painted there. */
static uint32_t
get_pixel(const ScInk *ink, int x, int y)
{
    GstVideoOverlayRectangle *strokes, *pointer;
    gint left, top;
    guint width, height;
    uint32_t pixel = 0;
    sc_ink_draw(ink, &strokes, &pointer);
    if (strokes) {
        gst_video_overlay_rectangle_get_render_rectangle(strokes, &left, &top, &width,
                                                         &height);
        g_assert_cmpint(left, >=, X);
        g_assert_cmpint(top, >=, Y);
        g_assert_cmpint(left + (int)width, <=, X + WIDTH);
        g_assert_cmpint(top + (int)height, <=, Y + HEIGHT);
        GstBuffer *buffer = gst_video_overlay_rectangle_get_pixels_unscaled_argb(
            strokes, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
        int stride = gst_buffer_get_video_meta(buffer)->stride[0];
        if (x >= left && x < left + (int)width && y >= top && y < top + (int)height)
            gst_buffer_extract(buffer, (gsize)((y - top) * stride + (x - left) * 4),
                               &pixel, sizeof pixel);
        gst_video_overlay_rectangle_unref(strokes);
    }
    g_clear_pointer(&pointer, gst_video_overlay_rectangle_unref);
    return GUINT32_FROM_LE(pixel);
}

static void
stroke_is_where_the_slide_has_it(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    sc_ink_set_place(ink, place);
    pen(ink, 1, SC_COLOUR_BLUE, (const uint16_t[]){ 1000, 5000, 9000, 5000 }, 4);
    paint(ink);
    g_assert_true(sc_ink_take_news(ink));
    g_assert_false(sc_ink_take_news(ink));
    for (int x = 100; x <= 700; x += 50)
        g_assert_cmphex(get_pixel(ink, X + x, Y + 300), ==, 0xff1d5fd1);
    g_assert_cmphex(get_pixel(ink, X + 60, Y + 300), ==, 0);
    g_assert_cmphex(get_pixel(ink, X + 740, Y + 300), ==, 0);
    g_assert_cmphex(get_pixel(ink, X + 400, Y + 310), ==, 0);
}

/* In one message, or one for each point. */
static void
stroke_that_goes_on_is_one(void)
{
    static const uint16_t points[] = { 1000, 1000, 5000, 1000, 5000, 9000, 9000, 9000 };
    g_autoptr(ScInk) whole = sc_ink_new();
    g_autoptr(ScInk) pieces = sc_ink_new();
    sc_ink_set_place(whole, place);
    sc_ink_set_place(pieces, place);
    pen(whole, 7, SC_COLOUR_RED, points, G_N_ELEMENTS(points));
    paint(whole);
    for (unsigned i = 0; i < G_N_ELEMENTS(points); i += 2) {
        pen(pieces, 7, SC_COLOUR_RED, points + i, 2);
        paint(pieces);
    }
    static const struct {
        int x;
        int y;
        bool is_painted;
    } cases[] = {
        { 80, 60, true },   { 240, 60, true },  { 400, 300, true },
        { 560, 540, true }, { 720, 540, true }, { 400, 60, false }, /* it is round */
        { 80, 300, false },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint32_t wanted = cases[i].is_painted ? 0xffd92d20 : 0;
        g_assert_cmphex(get_pixel(whole, X + cases[i].x, Y + cases[i].y), ==, wanted);
        g_assert_cmphex(get_pixel(pieces, X + cases[i].x, Y + cases[i].y)
                            & (cases[i].is_painted ? 0xffffffff : 0),
                        ==, wanted);
    }
}

static void
dot_is_a_stroke_of_one_point(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    sc_ink_set_place(ink, place);
    pen(ink, 1, SC_COLOUR_BLACK, (const uint16_t[]){ 5000, 5000 }, 2);
    paint(ink);
    g_assert_cmphex(get_pixel(ink, X + 400, Y + 300), ==, 0xff14211e);
}

static void
marks_follow_the_slide(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    sc_ink_set_place(ink, place);
    pen(ink, 1, SC_COLOUR_GREEN, (const uint16_t[]){ 5000, 5000 }, 2);
    paint(ink);
    ScArea half = { X, Y, WIDTH / 2, HEIGHT / 2 };
    sc_ink_set_place(ink, half);
    paint(ink);
    g_assert_cmphex(get_pixel(ink, X + 400, Y + 300), ==, 0);
    g_assert_cmphex(get_pixel(ink, X + 200, Y + 150), ==, 0xff0f8a5f);
}

static void
clearing_and_a_new_page_leave_nothing(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    const ScEvent clear = { .type = SC_EVENT_PEN_CLEAR };
    uint16_t points[] = { 2000, 2000 };
    const ScStroke stroke = { 1, SC_COLOUR_RED, 10, 2, points };
    sc_ink_set_place(ink, place);
    pen(ink, 1, SC_COLOUR_RED, (const uint16_t[]){ 5000, 5000 }, 2);
    paint(ink);
    g_assert_true(sc_ink_apply(ink, &clear));
    paint(ink);
    g_assert_cmphex(get_pixel(ink, X + 400, Y + 300), ==, 0);
    pen(ink, 1, SC_COLOUR_RED, (const uint16_t[]){ 5000, 5000 }, 2);
    sc_ink_reset(ink, &stroke, 1);
    paint(ink);
    g_assert_cmphex(get_pixel(ink, X + 400, Y + 300), ==, 0);
    g_assert_cmphex(get_pixel(ink, X + 160, Y + 120), ==, 0xffd92d20);
}

static void
pointer_stands_around_its_point_until_it_is_gone(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    GstVideoOverlayRectangle *strokes, *pointer;
    gint left, top;
    guint width, height;
    ScEvent event = { .type = SC_EVENT_POINTER, .pointer = { false, 2500, 5000 } };
    sc_ink_set_place(ink, place);
    g_assert_true(sc_ink_apply(ink, &event));
    sc_ink_draw(ink, &strokes, &pointer);
    g_assert_null(strokes);
    gst_video_overlay_rectangle_get_render_rectangle(pointer, &left, &top, &width,
                                                     &height);
    g_assert_cmpint(ABS(left + (int)width / 2 - (X + 200)), <=, 1);
    g_assert_cmpint(ABS(top + (int)height / 2 - (Y + 300)), <=, 1);
    gst_video_overlay_rectangle_unref(pointer);
    event.pointer.gone = true;
    g_assert_true(sc_ink_apply(ink, &event));
    sc_ink_draw(ink, &strokes, &pointer);
    g_assert_null(pointer);
}

static void
other_events_are_left_alone(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    const ScEvent event = { .type = SC_EVENT_PONG };
    g_assert_false(sc_ink_apply(ink, &event));
}

/* All of a page at once, as after a restart: as many points as there may be, the widest
 * pen. The figure is told; what is asserted is that no piece is more than its points. */
static void
full_page_is_painted_in_pieces(void)
{
    g_autoptr(ScInk) ink = sc_ink_new();
    g_autoptr(GRand) chance = g_rand_new_with_seed(1);
    g_autofree uint16_t *points = g_new0(uint16_t, 2 * SC_STROKE_POINTS_MAX);
    for (unsigned i = 0; i < 2 * SC_STROKE_POINTS_MAX; i++)
        points[i] = (uint16_t)g_rand_int_range(chance, 0, 10001);
    const ScStroke stroke = { 1, SC_COLOUR_RED, 40, 2 * SC_STROKE_POINTS_MAX / 50,
                              points };
    int64_t longest_us = 0;
    unsigned n_pieces = 0;
    sc_ink_set_place(ink, place);
    sc_ink_reset(ink, &stroke, 1);
    for (;;) {
        int64_t begin_us = g_get_monotonic_time();
        if (!sc_ink_paint(ink))
            break;
        longest_us = MAX(longest_us, g_get_monotonic_time() - begin_us);
        n_pieces++;
    }
    g_test_message("%u pieces, the longest took %" G_GINT64_FORMAT " us", n_pieces,
                   longest_us);
    g_assert_cmpuint(n_pieces, ==, (stroke.n_points + 31) / 32);
}

#define ADD(name) g_test_add_func("/client/ink/" #name, name)

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    ADD(slide_lies_in_the_middle_of_its_box_whole);
    ADD(stroke_is_where_the_slide_has_it);
    ADD(stroke_that_goes_on_is_one);
    ADD(dot_is_a_stroke_of_one_point);
    ADD(marks_follow_the_slide);
    ADD(clearing_and_a_new_page_leave_nothing);
    ADD(pointer_stands_around_its_point_until_it_is_gone);
    ADD(other_events_are_left_alone);
    ADD(full_page_is_painted_in_pieces);
    return g_test_run();
}
