/* SPDX-License-Identifier: Apache-2.0 */
/* Words on the screen are all there, however many they are: smaller, wider, but not cut.
 */
#include "client/barcode.h"
#include "client/card.h"
#include "client/layout.h"
#include "client/sheet.h"

#define WIDTH 1280
#define SCREEN_HEIGHT 720
#define HEIGHT 630 /* above the bar */
#define MARGIN 13  /* 0.022 of it */
#define LETTER 21  /* 0.48 of an option's: what is still read from eight metres */

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
fill_longest(ScActivity *room, ScKeypad *keypad)
{
    room->quiz.quiz = 1;
    room->quiz.asked.n_options = SC_QUIZ_OPTIONS_MAX;
    fill(room->quiz.asked.question, "题", SC_QUIZ_QUESTION_MAX);
    for (unsigned i = 0; i < SC_QUIZ_OPTIONS_MAX; i++)
        fill(room->quiz.asked.options[i], "选", SC_QUIZ_OPTION_MAX);
    sc_keypad_ask(keypad, SC_QUESTION_SINGLE, SC_QUIZ_OPTIONS_MAX);
}

static void
longest_quiz_is_all_there(void)
{
    ScActivity room;
    ScKeypad keypad;
    sc_activity_init(&room);
    fill_longest(&room, &keypad);
    assert_fits(&room, &keypad);
    sc_activity_clear(&room);
}

static bool
is_within(const ScArea *inner, const ScArea *outer)
{
    return inner->x >= outer->x && inner->y >= outer->y
           && inner->x + inner->width <= outer->x + outer->width
           && inner->y + inner->height <= outer->y + outer->height;
}

static ScArea
get_slide(ScLayoutAsked asked)
{
    const bool shown[SC_LAYOUT_N_CLASSROOM] = { true, true, true };
    ScArea areas[SC_LAYOUT_N_CLASSROOM];
    sc_layout_classroom(WIDTH, SCREEN_HEIGHT, shown, asked, areas);
    return areas[SC_LAYOUT_SLIDES];
}

/* The pupils' code and its name, the foot, then the question. */
static void
draw_beside(const ScActivity *room, const ScKeypad *keypad, ScLanguage language,
            ScCardPlaces *out_places, ScArea *out_question)
{
    g_auto(ScPrompt) prompt = { .text = NULL };
    const ScPromptSettings settings = { .language = language,
                                        .url = "https://lesson.example.cn:8443",
                                        .now_us = 1 };
    sc_layout_get_places(WIDTH, SCREEN_HEIGHT, SC_LAYOUT_ASKED_WITH_CODE, out_places);
    const ScCard card = { .prompt = &prompt,
                          .volume_pct = SC_CARD_NO_VOLUME,
                          .places = out_places };
    GstVideoOverlayComposition *composition = gst_video_overlay_composition_new(NULL);
    sc_prompt_write(&prompt, room, keypad, &settings);
    sc_card_draw(&card, WIDTH, HEIGHT, composition);
    g_assert_nonnull(prompt.scan);
    g_assert_cmpuint(gst_video_overlay_composition_n_rectangles(composition), ==, 4);
    const ScArea *areas[] = { &out_places->scan, &out_places->name, &out_places->foot };
    ScArea drawn;
    for (guint i = 0; i < G_N_ELEMENTS(areas); i++) {
        get_rectangle(composition, i, &drawn);
        g_assert_true(is_within(&drawn, areas[i]));
    }
    g_assert_cmpint(drawn.y, >=, get_slide(SC_LAYOUT_ASKED_WITH_CODE).height);
    get_rectangle(composition, 3, out_question);
    gst_video_overlay_composition_unref(composition);
}

static void
question_stands_beside_its_slide(void)
{
    static const struct {
        ScQuizKind kind;
        ScQuestion question;
        const char *text;
        unsigned n_options;
        const char *option;
    } cases[] = {
        { SC_QUIZ_SINGLE, SC_QUESTION_SINGLE, "这幅图里一共有几种不同的三角形？", 4,
          "等腰直角三角形和等边三角" },
        { SC_QUIZ_SINGLE, SC_QUESTION_SINGLE, "Which of these is the largest planet?", 4,
          "Jupiter, by far" },
        { SC_QUIZ_MULTIPLE, SC_QUESTION_MULTIPLE, "哪些是哺乳动物？", 4, "鲸鱼" },
        { SC_QUIZ_TRUTH, SC_QUESTION_TRUTH, "月亮自己会发光。", 2, "" },
        { SC_QUIZ_NUMBER, SC_QUESTION_NUMBER, "三百五十二加一百四十八等于多少？", 0, "" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (int language = 0; language < SC_N_LANGUAGES; language++) {
            ScActivity room;
            ScKeypad keypad;
            ScCardPlaces places;
            ScArea question;
            sc_activity_init(&room);
            g_strlcpy(room.code, "ABCDEF", sizeof room.code);
            room.quiz.quiz = 1;
            room.quiz.asked.kind = cases[i].kind;
            room.quiz.asked.n_options = cases[i].n_options;
            strcpy(room.quiz.asked.question, cases[i].text);
            for (unsigned k = 0; k < cases[i].n_options; k++)
                strcpy(room.quiz.asked.options[k], cases[i].option);
            sc_keypad_ask(&keypad, cases[i].question, cases[i].n_options);
            draw_beside(&room, &keypad, (ScLanguage)language, &places, &question);
            g_assert_true(is_within(&question, &places.question));
            sc_activity_clear(&room);
        }
    }
}

/* There is no room for it beside the slide, and none of it is cut. */
static void
longest_quiz_covers_the_slide(void)
{
    ScActivity room;
    ScKeypad keypad;
    ScCardPlaces places;
    ScArea question;
    sc_activity_init(&room);
    g_strlcpy(room.code, "ABCDEF", sizeof room.code);
    fill_longest(&room, &keypad);
    draw_beside(&room, &keypad, SC_LANGUAGE_EN, &places, &question);
    g_assert_false(is_within(&question, &places.question));
    g_assert_cmpint(question.y + question.height, <=, HEIGHT);
    sc_activity_clear(&room);
}

/* The keys, then the words, then what is asked, if anything is. */
static ScArea
draw_said(const ScActivity *room, const ScKeypad *keypad, bool has_guest)
{
    bool is_asked = room->quiz.quiz != 0;
    g_auto(ScPrompt) prompt = { .text = NULL };
    const ScPromptSettings settings = { .language = SC_LANGUAGE_ZH_CN, .now_us = 1 };
    ScCardPlaces places;
    ScArea slide = sc_layout_get_slides(WIDTH, SCREEN_HEIGHT);
    ScArea beside = sc_layout_get_beside(WIDTH, SCREEN_HEIGHT, has_guest);
    ScArea keys, said;
    sc_layout_get_places(WIDTH, SCREEN_HEIGHT, SC_LAYOUT_ASKED, &places);
    const ScCard card = { .prompt = &prompt,
                          .volume_pct = SC_CARD_NO_VOLUME,
                          .slide = &slide,
                          .beside = &beside,
                          .places = is_asked ? &places : NULL };
    GstVideoOverlayComposition *composition = gst_video_overlay_composition_new(NULL);
    sc_prompt_write(&prompt, room, keypad, &settings);
    sc_card_draw(&card, WIDTH, HEIGHT, composition);
    g_assert_cmpuint(gst_video_overlay_composition_n_rectangles(composition), ==,
                     is_asked ? 3 : 2);
    get_rectangle(composition, 0, &keys);
    get_rectangle(composition, 1, &said);
    g_assert_true(is_within(&keys, is_asked ? &places.foot : &beside));
    g_assert_true(is_within(&said, is_asked ? &places.foot : &slide));
    g_assert_true(!is_asked || said.y + said.height <= keys.y);
    gst_video_overlay_composition_unref(composition);
    return said;
}

static void
long_words_are_large_over_slides(void)
{
    static const struct {
        unsigned length;
        bool is_asked;
        bool has_guest;
    } cases[] = {
        { 10, false, false },
        { 150, false, false },
        { SC_CHAT_TEXT_MAX, false, false },
        { 150, false, true },
        { 10, true, false },
        { 40, true, false },
        { 150, true, false },
        { SC_CHAT_TEXT_MAX, true, false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ScActivity room;
        ScKeypad keypad = { 0 };
        sc_activity_init(&room);
        room.quiz.quiz = cases[i].is_asked;
        room.quiz.asked.kind = SC_QUIZ_TRUTH;
        room.said = g_malloc(cases[i].length * strlen("话") + 1);
        room.said_us = 1;
        fill(room.said, "话", cases[i].length);
        if (cases[i].is_asked)
            sc_keypad_ask(&keypad, SC_QUESTION_TRUTH, SC_QUIZ_TRUTHS);
        ScArea said = draw_said(&room, &keypad, cases[i].has_guest);
        g_assert_cmpint(said.width * said.height, >=,
                        (int)cases[i].length * LETTER * LETTER);
        sc_activity_clear(&room);
    }
}

/* Without slides. The words come after two notes and the keys, before the question. */
static void
words_and_question_stand_apart_over_the_picture(void)
{
    ScActivity room;
    ScKeypad keypad;
    ScArea areas[5];
    g_auto(ScPrompt) prompt = { .text = NULL };
    const ScPromptSettings settings = { .language = SC_LANGUAGE_EN, .now_us = 1 };
    const ScCard card = { .prompt = &prompt, .volume_pct = SC_CARD_NO_VOLUME };
    GstVideoOverlayComposition *composition = gst_video_overlay_composition_new(NULL);
    sc_activity_init(&room);
    room.quiz.quiz = 1;
    room.quiz.asked.n_options = 4;
    fill(room.quiz.asked.question, "题", 20);
    for (unsigned i = 0; i < room.quiz.asked.n_options; i++)
        fill(room.quiz.asked.options[i], "选", 12);
    sc_keypad_ask(&keypad, SC_QUESTION_SINGLE, room.quiz.asked.n_options);
    g_strlcpy(room.site, "hill", sizeof room.site);
    room.hands = g_strsplit("lake hill", " ", -1);
    g_ptr_array_add(room.help, g_strdup("hill"));
    room.said = g_malloc(150 * strlen("话") + 1);
    room.said_us = 1;
    fill(room.said, "话", 150);
    sc_prompt_write(&prompt, &room, &keypad, &settings);
    sc_card_draw(&card, WIDTH, HEIGHT, composition);
    g_assert_cmpuint(gst_video_overlay_composition_n_rectangles(composition), ==,
                     G_N_ELEMENTS(areas));
    for (guint i = 0; i < G_N_ELEMENTS(areas); i++)
        get_rectangle(composition, i, &areas[i]);
    const ScArea *keys = &areas[0], *said = &areas[3], *question = &areas[4];
    g_assert_cmpint(said->width * said->height, >=, 150 * LETTER * LETTER);
    g_assert_cmpint(said->y + said->height, <, keys->y);
    g_assert_cmpint(question->y + question->height, <, said->y);
    gst_video_overlay_composition_unref(composition);
    sc_activity_clear(&room);
}

/* The code's corner is seven modules wide; a phone wants four pixels of each. */
static void
code_has_modules_that_a_phone_can_tell(void)
{
    ScCardPlaces places;
    sc_layout_get_places(WIDTH, SCREEN_HEIGHT, SC_LAYOUT_ASKED_WITH_CODE, &places);
    ScArea area = { 0, 0, places.scan.width, places.scan.height };
    ScSheet sheet = sc_sheet_begin(area);
    sc_barcode_draw(
        &sheet, "https://lesson.synclass.county.example.cn:8443/pupil#code=123456", area);
    cairo_surface_flush(sheet.surface);
    const unsigned char *pixel = cairo_image_surface_get_data(sheet.surface);
    int stride = cairo_image_surface_get_stride(sheet.surface);
    int begin = 0;
    while (begin < area.width && pixel[begin * (stride + 4)] != 0)
        begin++;
    int end = begin;
    while (end < area.width && pixel[begin * stride + end * 4] == 0)
        end++;
    g_assert_cmpint(end - begin, >=, 7 * 4);
    gst_video_overlay_rectangle_unref(sc_sheet_finish(&sheet));
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
    g_test_add_func("/card/beside", question_stands_beside_its_slide);
    g_test_add_func("/card/covers", longest_quiz_covers_the_slide);
    g_test_add_func("/card/said", long_words_are_large_over_slides);
    g_test_add_func("/card/apart", words_and_question_stand_apart_over_the_picture);
    g_test_add_func("/card/code", code_has_modules_that_a_phone_can_tell);
    g_test_add_func("/card/line", line_is_made_smaller_before_it_is_cut);
    return g_test_run();
}
