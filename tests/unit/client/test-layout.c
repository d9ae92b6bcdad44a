/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/layout.h"
#include "client/sentence.h"

#define WIDTH 1280
#define HEIGHT 720
#define TILES_MAX 15

static void
assert_inside(const ScArea *area)
{
    g_assert_cmpint(area->x, >=, 0);
    g_assert_cmpint(area->y, >=, 0);
    g_assert_cmpint(area->width, >, 0);
    g_assert_cmpint(area->height, >, 0);
    g_assert_cmpint(area->x + area->width, <=, WIDTH);
    g_assert_cmpint(area->y + area->height, <=,
                    HEIGHT - sc_banner_get_bar_height(HEIGHT));
    g_assert_cmpint((area->x | area->y | area->width | area->height) & 1, ==, 0);
}

static bool
overlap(const ScArea *a, const ScArea *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height
           && b->y < a->y + a->height;
}

static void
teacher_fills_a_classroom_and_the_guest_stands_in_its_corner(void)
{
    const bool shown[SC_LAYOUT_N_CLASSROOM] = { true, true, false };
    ScArea areas[SC_LAYOUT_N_CLASSROOM];
    sc_layout_classroom(WIDTH, HEIGHT, shown, SC_LAYOUT_NOTHING_ASKED, areas);
    assert_inside(&areas[SC_LAYOUT_MAIN]);
    assert_inside(&areas[SC_LAYOUT_GUEST]);
    g_assert_cmpint(areas[SC_LAYOUT_MAIN].width, ==, WIDTH);
    g_assert_cmpint(areas[SC_LAYOUT_GUEST].x, >, WIDTH / 2);
    g_assert_cmpint(areas[SC_LAYOUT_GUEST].y, >, HEIGHT / 3);
}

static void
slides_are_covered_by_nothing(void)
{
    const bool shown[SC_LAYOUT_N_CLASSROOM] = { true, true, true };
    ScArea areas[SC_LAYOUT_N_CLASSROOM];
    sc_layout_classroom(WIDTH, HEIGHT, shown, SC_LAYOUT_NOTHING_ASKED, areas);
    for (int i = 0; i < SC_LAYOUT_N_CLASSROOM; i++)
        assert_inside(&areas[i]);
    g_assert_false(overlap(&areas[SC_LAYOUT_SLIDES], &areas[SC_LAYOUT_MAIN]));
    g_assert_false(overlap(&areas[SC_LAYOUT_SLIDES], &areas[SC_LAYOUT_GUEST]));
    g_assert_false(overlap(&areas[SC_LAYOUT_MAIN], &areas[SC_LAYOUT_GUEST]));
}

static void
words_beside_slides_cover_no_picture(void)
{
    for (int has_guest = 0; has_guest < 2; has_guest++) {
        const bool shown[SC_LAYOUT_N_CLASSROOM] = { true, has_guest, true };
        ScArea areas[SC_LAYOUT_N_CLASSROOM];
        sc_layout_classroom(WIDTH, HEIGHT, shown, SC_LAYOUT_NOTHING_ASKED, areas);
        ScArea words = sc_layout_get_beside(WIDTH, HEIGHT, has_guest);
        assert_inside(&words);
        for (int i = 0; i < SC_LAYOUT_N_CLASSROOM; i++)
            g_assert_false(shown[i] && overlap(&areas[i], &words));
    }
}

static void
assert_apart(const ScArea *const *areas, size_t n_areas)
{
    for (size_t i = 0; i < n_areas; i++) {
        assert_inside(areas[i]);
        for (size_t j = i + 1; j < n_areas; j++)
            g_assert_false(overlap(areas[i], areas[j]));
    }
}

static void
what_is_asked_stands_beside_the_slide(void)
{
    static const ScLayoutAsked cases[] = { SC_LAYOUT_ASKED, SC_LAYOUT_ASKED_WITH_CODE };
    const bool shown[SC_LAYOUT_N_CLASSROOM] = { true, true, true };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScArea areas[SC_LAYOUT_N_CLASSROOM];
        ScCardPlaces places;
        sc_layout_classroom(WIDTH, HEIGHT, shown, cases[i], areas);
        sc_layout_get_places(WIDTH, HEIGHT, cases[i], &places);
        const ScArea *all[] = { &areas[SC_LAYOUT_SLIDES], &areas[SC_LAYOUT_MAIN],
                                &places.question, &places.scan, &places.name };
        assert_apart(all, cases[i] == SC_LAYOUT_ASKED ? 3 : G_N_ELEMENTS(all));
        g_assert_true(
            memcmp(&areas[SC_LAYOUT_GUEST], &areas[SC_LAYOUT_MAIN], sizeof *areas) == 0);
    }
}

static void
tiles_of_a_teacher_never_cover_each_other(void)
{
    for (unsigned n = 0; n <= TILES_MAX; n++) {
        ScArea areas[TILES_MAX + 1];
        sc_layout_teacher(WIDTH, HEIGHT, n, areas);
        for (unsigned i = 0; i <= n; i++)
            assert_inside(&areas[i]);
        for (unsigned i = 0; i < n; i++)
            for (unsigned j = i + 1; j < n; j++)
                g_assert_false(overlap(&areas[i], &areas[j]));
    }
}

static void
teacher_sees_itself_where_no_tile_is(void)
{
    static const unsigned counts[] = { 0, 3, 5, 7, 8, 10, 11 };
    for (size_t k = 0; k < G_N_ELEMENTS(counts); k++) {
        ScArea areas[TILES_MAX + 1];
        sc_layout_teacher(WIDTH, HEIGHT, counts[k], areas);
        for (unsigned i = 0; i < counts[k]; i++)
            g_assert_false(overlap(&areas[i], &areas[counts[k]]));
    }
}

static void
every_state_has_its_sentence_in_both_languages(void)
{
    static const ScRole roles[] = { SC_ROLE_TEACHER, SC_ROLE_CLASSROOM,
                                    SC_ROLE_OBSERVER };
    for (int state = 0; state < SC_N_ROOM_STATES; state++) {
        g_assert_nonnull(sc_sentence_get_state((ScRoomState)state));
        for (size_t role = 0; role < G_N_ELEMENTS(roles); role++)
            for (int language = 0; language < SC_N_LANGUAGES; language++)
                g_assert_nonnull(sc_sentence_get((ScRoomState)state, roles[role],
                                                 (ScLanguage)language));
    }
    for (int caption = 0; caption < SC_N_CAPTIONS; caption++)
        for (int language = 0; language < SC_N_LANGUAGES; language++)
            g_assert_nonnull(
                sc_sentence_get_caption((ScCaption)caption, (ScLanguage)language));
}

/* The bar is blended into every picture: one that does not fit would be cut in silence.
 */
static void
words_are_drawn_inside_the_canvas(void)
{
    ScArea areas[3];
    sc_layout_teacher(WIDTH, HEIGHT, 2, areas);
    const ScBannerTitle titles[] = {
        { "石门村小学", areas[0], true },
        { "A school whose name is far too long for the tile that it stands on, by a "
          "very great deal indeed",
          areas[1], false }
    };
    const ScBanner banner = { .width = WIDTH,
                              .height = HEIGHT,
                              .sentence = "课堂连接中断，正在重新连接…",
                              .caption = "只有老师能看到、听到本教室",
                              .alarm = true,
                              .titles = titles,
                              .n_titles = G_N_ELEMENTS(titles) };
    GstVideoOverlayComposition *drawn = sc_banner_draw(&banner);
    g_assert_cmpuint(gst_video_overlay_composition_n_rectangles(drawn), ==, 3);
    for (guint i = 0; i < 3; i++) {
        gint x;
        gint y;
        guint width;
        guint height;
        gst_video_overlay_rectangle_get_render_rectangle(
            gst_video_overlay_composition_get_rectangle(drawn, i), &x, &y, &width,
            &height);
        g_assert_cmpint(x + (int)width, <=, WIDTH);
        g_assert_cmpint(y + (int)height, <=, HEIGHT);
    }
    gst_video_overlay_composition_unref(drawn);
}

/* Instead of a page, in the middle of where it will be. */
static void
notice_stands_where_slides_do(void)
{
    for (int language = 0; language < SC_N_LANGUAGES; language++) {
        gint x, y;
        guint width, height;
        ScArea area = sc_layout_get_slides(WIDTH, HEIGHT);
        g_autofree char *notice = sc_sentence_dup_slides_coming(40, (ScLanguage)language);
        const ScBanner banner = { .width = WIDTH,
                                  .height = HEIGHT,
                                  .sentence = "",
                                  .caption = "",
                                  .notice = notice,
                                  .notice_area = area };
        g_assert_nonnull(strstr(notice, "40"));
        GstVideoOverlayComposition *drawn = sc_banner_draw(&banner);
        g_assert_cmpuint(gst_video_overlay_composition_n_rectangles(drawn), ==, 2);
        gst_video_overlay_rectangle_get_render_rectangle(
            gst_video_overlay_composition_get_rectangle(drawn, 1), &x, &y, &width,
            &height);
        g_assert_cmpint(x, >=, area.x);
        g_assert_cmpint(x + (int)width, <=, area.x + area.width);
        g_assert_cmpint(y, >, area.y);
        g_assert_cmpint(y + (int)height, <, area.y + area.height);
        gst_video_overlay_composition_unref(drawn);
        g_assert_nonnull(sc_sentence_get_slides_broken((ScLanguage)language));
    }
}

#define ADD(name) g_test_add_func("/client/layout/" #name, name)

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    ADD(teacher_fills_a_classroom_and_the_guest_stands_in_its_corner);
    ADD(slides_are_covered_by_nothing);
    ADD(words_beside_slides_cover_no_picture);
    ADD(what_is_asked_stands_beside_the_slide);
    ADD(tiles_of_a_teacher_never_cover_each_other);
    ADD(teacher_sees_itself_where_no_tile_is);
    ADD(every_state_has_its_sentence_in_both_languages);
    ADD(words_are_drawn_inside_the_canvas);
    ADD(notice_stands_where_slides_do);
    return g_test_run();
}
