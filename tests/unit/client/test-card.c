/* SPDX-License-Identifier: Apache-2.0 */
/* Words on the screen are all there, however many they are: smaller, wider, but not cut.
 */
#include "client/card.h"
#include "client/sheet.h"

#define WIDTH 1280
#define HEIGHT 630 /* above the bar */
#define MARGIN 13  /* 0.022 of it */

static void
fill(char *text, const char *character, unsigned n)
{
    text[0] = '\0';
    for (unsigned i = 0; i < n; i++)
        strcat(text, character);
}

static void
get_rectangle(GstVideoOverlayComposition *composition, guint index, ScArea *out_area)
{
    guint width, height;
    gst_video_overlay_rectangle_get_render_rectangle(
        gst_video_overlay_composition_get_rectangle(composition, index), &out_area->x,
        &out_area->y, &width, &height);
    out_area->width = (int)width;
    out_area->height = (int)height;
}

/* The keys come first, then the question. One that was too high would have been cut at a
 * margin's distance above the keys. */
static void
assert_fits(const ScActivity *room, const ScKeypad *keypad)
{
    g_auto(ScPrompt) prompt = { .text = NULL };
    const ScPromptSettings settings = { .language = SC_LANGUAGE_EN, .now_us = 1 };
    const ScCard card = { .prompt = &prompt, .volume_pct = SC_CARD_NO_VOLUME };
    ScArea keys, question;
    GstVideoOverlayComposition *composition = gst_video_overlay_composition_new(NULL);
    sc_prompt_write(&prompt, room, keypad, &settings);
    sc_card_draw(&card, WIDTH, HEIGHT, composition);
    g_assert_cmpuint(gst_video_overlay_composition_n_rectangles(composition), ==, 2);
    get_rectangle(composition, 0, &keys);
    get_rectangle(composition, 1, &question);
    g_assert_cmpint(keys.y + keys.height, <=, HEIGHT);
    g_assert_cmpint(question.x + question.width, <=, WIDTH);
    g_assert_cmpint(question.y + question.height, <, keys.y - MARGIN);
    gst_video_overlay_composition_unref(composition);
}

static void
longest_quiz_is_all_there(void)
{
    ScActivity room;
    ScKeypad keypad;
    sc_activity_init(&room);
    room.quiz.quiz = 1;
    room.quiz.asked.n_options = SC_QUIZ_OPTIONS_MAX;
    fill(room.quiz.asked.question, "题", SC_QUIZ_QUESTION_MAX);
    for (unsigned i = 0; i < SC_QUIZ_OPTIONS_MAX; i++)
        fill(room.quiz.asked.options[i], "选", SC_QUIZ_OPTION_MAX);
    sc_keypad_ask(&keypad, SC_QUESTION_SINGLE, SC_QUIZ_OPTIONS_MAX);
    assert_fits(&room, &keypad);
    sc_activity_clear(&room);
}

static void
line_is_made_smaller_before_it_is_cut(void)
{
    static const struct {
        const char *text;
        int width;
        int height;
        bool is_cut;
    } cases[] = {
        { "The lesson is on", 600, 60, false },
        { "The teacher turned this room's microphone off", 600, 60, false },
        { "The teacher turned this room's microphone off", 300, 60, false },
        { "The teacher turned this room's microphone off", 60, 60, true },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        int width, height;
        ScSheet sheet = sc_sheet_begin((ScArea){ 0, 0, 600, 60 });
        PangoLayout *layout =
            sc_sheet_fit(&sheet, cases[i].text, 30,
                         (ScSheetRoom){ cases[i].width, cases[i].height }, false);
        pango_layout_get_pixel_size(layout, &width, &height);
        g_assert_cmpint(pango_layout_is_ellipsized(layout), ==, cases[i].is_cut);
        g_assert_cmpint(width, <=, cases[i].width);
        g_object_unref(layout);
        gst_video_overlay_rectangle_unref(sc_sheet_finish(&sheet));
    }
}

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/card/longest", longest_quiz_is_all_there);
    g_test_add_func("/card/line", line_is_made_smaller_before_it_is_cut);
    return g_test_run();
}
