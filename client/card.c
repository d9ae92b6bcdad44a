/* SPDX-License-Identifier: Apache-2.0 */
#include "client/card.h"

#include "client/barcode.h"
#include "client/sheet.h"

/* Parts of the canvas' height, but for widths; see banner.c for what is read from where.
 */
#define QUESTION_PART 0.070
#define OPTION_PART 0.070
#define ENTRY_PART 0.13
#define STATE_PART 0.066
#define NOTE_PART 0.060
#define LEGEND_PART 0.044
#define MARGIN_PART 0.022
#define NOTE_WIDTH_PART 0.8          /* of the width */
#define NOTES_HEIGHT_PART 0.75       /* all of them */
#define NOTES_HEIGHT_ASKED_PART 0.25 /* while something is asked */
#define SAID_PART 0.35               /* the teacher's words below a question */
#define VOLUME_WIDTH_PART 0.3        /* of the width */
#define SCAN_PART 0.36
#define SCAN_NAME_PART 0.050
#define KEYS_GAP "     "
#define NAME_GAP " · "
#define KEYS_PART 0.21   /* beside slides: three lines */
#define UNLIMITED 100000 /* [pixels] */
#define VOLUME_MAX_PCT 100

/* Of a question. */
typedef struct {
    double width; /* of its area's */
    double scale; /* of the letters' proper size */
} Size;

/* Tried in this order: over the picture, and beside a slide. */
static const Size over[] = {
    { 0.44, 1.00 }, { 0.44, 0.88 }, { 0.44, 0.76 }, { 0.60, 0.76 }, { 0.60, 0.64 },
    { 0.97, 0.64 }, { 0.97, 0.52 }, { 0.97, 0.42 }, { 0.97, 0.34 },
};
static const Size beside[] = {
    { 1, 0.88 }, { 1, 0.76 }, { 1, 0.68 }, { 1, 0.60 }, { 1, 0.54 }, { 1, 0.48 },
};

static const ScSheetColour white = { 1, 1, 1 };
static const ScSheetColour soft = { 0.72, 0.80, 0.86 };
static const ScSheetColour calm = { 0.06, 0.09, 0.12 };
static const ScSheetColour chosen = { 0.08, 0.34, 0.62 };
static const ScSheetColour right = { 0.07, 0.42, 0.20 };
static const ScSheetColour tones[] = {
    [SC_PROMPT_CALM] = { 1, 1, 1 },
    [SC_PROMPT_GOOD] = { 0.45, 0.92, 0.58 },
    [SC_PROMPT_ALARM] = { 1.00, 0.80, 0.25 },
};

/* Where the next thing is written, and how large. */
typedef struct {
    ScSheet *sheet;
    double unit; /* [pixels] of a canvas' height, as the parts are scaled */
    int width;   /* [pixels] of the sheet */
    int padding; /* [pixels] */
    int y;       /* [pixels] */
    bool draws;  /* else it is measured only */
} Pen;

static PangoLayout *
lay_out(const Pen *self, const char *text, double part, int width, bool bold)
{
    return sc_sheet_fit(self->sheet, text, self->unit * part,
                        (ScSheetRoom){ width, UNLIMITED }, bold);
}

/* Takes @layout. */
static void
put(const Pen *self, PangoLayout *layout, int x, int y, const ScSheetColour *colour)
{
    if (self->draws)
        sc_sheet_write(self->sheet, layout, x, y, colour);
    else
        g_object_unref(layout);
}

static void
put_text(Pen *self, const char *text, double part, const ScSheetColour *colour, bool bold)
{
    int height;
    PangoLayout *layout =
        lay_out(self, text, part, self->width - 2 * self->padding, bold);
    pango_layout_get_pixel_size(layout, NULL, &height);
    put(self, layout, self->padding, self->y, colour);
    self->y += height + self->padding / 3;
}

static void
put_option(Pen *self, const ScPromptOption *option)
{
    int key_width = option->key ? (int)(self->unit * OPTION_PART * 1.2) : 0;
    int count_width = 0;
    int height;
    PangoLayout *count = NULL;
    if (option->count) {
        count = lay_out(self, option->count, OPTION_PART, self->width / 3, true);
        pango_layout_get_pixel_size(count, &count_width, NULL);
        count_width += self->padding;
    }
    int begin = self->padding + key_width;
    PangoLayout *text =
        lay_out(self, option->text, OPTION_PART,
                self->width - begin - count_width - self->padding, option->is_chosen);
    pango_layout_get_pixel_size(text, NULL, &height);
    if (self->draws && (option->is_chosen || option->is_right))
        sc_sheet_fill_area(self->sheet,
                           (ScArea){ self->padding / 3, self->y,
                                     self->width - 2 * (self->padding / 3), height },
                           option->is_right ? &right : &chosen, 1);
    if (option->key) {
        char key[4];
        g_snprintf(key, sizeof key, "%u", option->key);
        put(self, lay_out(self, key, OPTION_PART, key_width, true), self->padding,
            self->y, option->is_chosen || option->is_right ? &white : &soft);
    }
    put(self, text, begin, self->y, &white);
    if (count)
        put(self, count, self->width - count_width, self->y, &white);
    self->y += height + self->padding / 4;
}

static void
put_question(Pen *self, const ScPrompt *prompt)
{
    self->y = self->padding / 2;
    put_text(self, prompt->text, QUESTION_PART, &white, true);
    for (unsigned i = 0; i < prompt->n_options; i++)
        put_option(self, &prompt->options[i]);
    if (prompt->entry)
        put_text(self, prompt->entry, ENTRY_PART, &white, true);
    if (prompt->state)
        put_text(self, prompt->state, STATE_PART, &tones[prompt->tone], true);
    self->y += self->padding / 3;
}

static void
add(GstVideoOverlayComposition *composition, ScSheet *sheet)
{
    GstVideoOverlayRectangle *rectangle = sc_sheet_finish(sheet);
    gst_video_overlay_composition_add_rectangle(composition, rectangle);
    gst_video_overlay_rectangle_unref(rectangle);
}

/* The first of @sizes that has room in @area, else the last one. */
static Pen
choose_pen(const ScPrompt *prompt, ScSheet *sheet, int canvas_height, const Size *sizes,
           size_t n_sizes)
{
    ScArea area = sheet->area;
    Pen pen = { .sheet = sheet };
    for (size_t i = 0; i < n_sizes; i++) {
        pen.unit = canvas_height * sizes[i].scale;
        pen.width = (int)(area.width * sizes[i].width);
        pen.padding = (int)(pen.unit * MARGIN_PART * 1.6);
        put_question(&pen, prompt);
        if (pen.y <= area.height)
            break;
    }
    return pen;
}

static void
draw_with(Pen *pen, const ScPrompt *prompt, GstVideoOverlayComposition *composition)
{
    ScArea *area = &pen->sheet->area;
    area->width = pen->width;
    area->height = MIN(pen->y, area->height);
    sc_sheet_fill(pen->sheet, &calm, 0.9);
    pen->draws = true;
    put_question(pen, prompt);
    add(composition, pen->sheet);
}

/* @area: what it may take, at most. */
static void
draw_question(const ScPrompt *prompt, int canvas_height, ScArea area,
              GstVideoOverlayComposition *composition)
{
    ScSheet sheet = sc_sheet_begin(area);
    Pen pen = choose_pen(prompt, &sheet, canvas_height, over, G_N_ELEMENTS(over));
    draw_with(&pen, prompt, composition);
}

/* False: there is no room for it. */
static bool
draw_question_beside(const ScPrompt *prompt, int canvas_height, ScArea area,
                     GstVideoOverlayComposition *composition)
{
    ScSheet sheet = sc_sheet_begin(area);
    Pen pen = choose_pen(prompt, &sheet, canvas_height, beside, G_N_ELEMENTS(beside));
    if (pen.y > area.height) {
        gst_video_overlay_rectangle_unref(sc_sheet_finish(&sheet));
        return false;
    }
    draw_with(&pen, prompt, composition);
    return true;
}

/* At the upper right. A question that takes the whole width covers it. */
static void
draw_scan(const ScPrompt *prompt, int width, int height, int margin,
          GstVideoOverlayComposition *composition)
{
    int side = (int)(height * SCAN_PART);
    double pixels = height * SCAN_NAME_PART;
    int name_height = sc_sheet_get_lines_height(pixels, 2);
    ScSheet sheet = sc_sheet_begin(
        (ScArea){ width - margin - side, margin, side, side + name_height + margin });
    sc_sheet_fill(&sheet, &calm, 0.9);
    sc_barcode_draw(&sheet, prompt->scan, (ScArea){ 0, 0, side, side });
    sc_sheet_write(&sheet,
                   sc_sheet_fit(&sheet, prompt->scan_name, pixels,
                                (ScSheetRoom){ side - margin, name_height }, true),
                   margin / 2, side + margin / 2, &white);
    add(composition, &sheet);
}

/* One line or some on a strip as large as they need, in the upper left of @area. */
static ScSheet
begin_strip(const char *text, double pixels, ScArea area, const ScSheetColour *colour)
{
    int padding = (int)(pixels * 0.45);
    int width, height;
    ScSheet sheet = sc_sheet_begin(area);
    PangoLayout *layout = sc_sheet_fit(
        &sheet, text, pixels,
        (ScSheetRoom){ area.width - 2 * padding, area.height - padding / 2 }, false);
    pango_layout_get_pixel_size(layout, &width, &height);
    sheet.area.width = MIN(width + 2 * padding, area.width);
    sheet.area.height = MIN(height + padding / 2, area.height);
    sc_sheet_fill(&sheet, &calm, 0.88);
    sc_sheet_write(&sheet, layout, padding, padding / 4, colour);
    return sheet;
}

/* Gives the height that it took. */
static int
draw_strip(const char *text, double pixels, ScArea area, const ScSheetColour *colour,
           GstVideoOverlayComposition *composition)
{
    ScSheet sheet = begin_strip(text, pixels, area, colour);
    int height = sheet.area.height;
    add(composition, &sheet);
    return height;
}

/* Its end stands at that of @area, which ends above it from then on. */
static void
draw_rising(const char *text, double pixels, ScArea *area, const ScSheetColour *colour,
            GstVideoOverlayComposition *composition)
{
    ScSheet sheet = begin_strip(text, pixels, *area, colour);
    area->height -= sheet.area.height;
    sheet.area.y = area->y + area->height;
    add(composition, &sheet);
}

/* Gives where the next one is drawn. */
static int
draw_note(const char *text, ScArea area, int y, double pixels,
          GstVideoOverlayComposition *composition)
{
    int left = area.y + area.height - y;
    if (left < pixels)
        return y;
    return y
           + draw_strip(text, pixels, (ScArea){ area.x, y, area.width, left }, &white,
                        composition)
           + (int)(pixels * 0.2);
}

static int
draw_notes(const ScPrompt *prompt, ScArea area, double pixels,
           GstVideoOverlayComposition *composition)
{
    int y = area.y;
    for (unsigned i = 0; i < prompt->notes->len; i++)
        y = draw_note(g_ptr_array_index(prompt->notes, i), area, y, pixels, composition);
    return y;
}

static int
draw_legend(const ScPrompt *prompt, int x, int bottom, int canvas_height, int width,
            GstVideoOverlayComposition *composition)
{
    double pixels = canvas_height * LEGEND_PART;
    int height = (int)(pixels * 1.75);
    g_autofree char *keys = g_strjoinv(KEYS_GAP, (GStrv)prompt->legend);
    draw_strip(keys, pixels, (ScArea){ x, bottom - height, width, height }, &soft,
               composition);
    return height;
}

/* The teacher's words, unless the bar has room for them: from the end of @room upwards.
 * Gives the height that they took. */
static int
draw_said(const ScCard *self, ScArea room, int canvas_height,
          GstVideoOverlayComposition *composition)
{
    int height = room.height;
    if (self->prompt->said && !self->is_said_elsewhere)
        draw_rising(self->prompt->said, canvas_height * LEGEND_PART, &room, &white,
                    composition);
    return height - room.height;
}

/* Notes above, keys below, one under the other: slides are covered by neither. Where
 * there is no room for both, the keys are known by who has something to be told. */
static void
draw_beside(const ScCard *self, int canvas_height,
            GstVideoOverlayComposition *composition)
{
    ScArea notes = *self->beside;
    ScArea keys = *self->beside;
    g_autofree char *text = g_strjoinv("\n", (GStrv)self->prompt->legend);
    keys.height = (int)(canvas_height * KEYS_PART);
    bool has_room = notes.height >= 2 * keys.height;
    if (has_room)
        notes.height -= keys.height;
    keys.y += self->beside->height - keys.height;
    draw_notes(self->prompt, notes, canvas_height * LEGEND_PART, composition);
    if (*text && (has_room || !self->prompt->notes->len))
        draw_strip(text, canvas_height * LEGEND_PART, keys, &soft, composition);
    draw_said(self, *self->slide, canvas_height, composition);
}

/* In one line, below the code. */
static void
draw_name_beside(const char *text, ScArea area, int canvas_height,
                 GstVideoOverlayComposition *composition)
{
    int width, height;
    int padding = area.height / 4;
    ScSheet sheet = sc_sheet_begin(area);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *line = g_strjoinv(NAME_GAP, lines);
    PangoLayout *name =
        sc_sheet_fit(&sheet, line, canvas_height * LEGEND_PART,
                     (ScSheetRoom){ area.width - 2 * padding, area.height }, true);
    pango_layout_get_pixel_size(name, &width, &height);
    sc_sheet_fill(&sheet, &calm, 0.9);
    sc_sheet_write(&sheet, name, area.width - width - padding, (area.height - height) / 2,
                   &white);
    add(composition, &sheet);
}

static void
draw_scan_beside(const ScPrompt *prompt, const ScCardPlaces *places, int canvas_height,
                 GstVideoOverlayComposition *composition)
{
    ScArea area = places->scan;
    ScSheet sheet = sc_sheet_begin(area);
    sc_barcode_draw(&sheet, prompt->scan, (ScArea){ 0, 0, area.width, area.height });
    add(composition, &sheet);
    draw_name_beside(prompt->scan_name, places->name, canvas_height, composition);
}

/* The keys are known by who has something to be told. */
static char *
dup_foot(const ScPrompt *prompt)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    g_ptr_array_extend(texts, prompt->notes, NULL, NULL);
    for (unsigned i = 0; !prompt->notes->len && prompt->legend[i]; i++)
        g_ptr_array_add(texts, (gpointer)prompt->legend[i]);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv(KEYS_GAP, (GStrv)texts->pdata);
}

/* From below, as high as they must. */
static void
draw_foot(const ScCard *self, int canvas_height, GstVideoOverlayComposition *composition)
{
    const ScPrompt *prompt = self->prompt;
    double pixels = canvas_height * LEGEND_PART;
    ScArea room = self->places->foot;
    g_autofree char *foot = dup_foot(prompt);
    if (*foot)
        draw_rising(foot, pixels, &room, prompt->notes->len ? &white : &soft,
                    composition);
    draw_said(self, room, canvas_height, composition);
}

static void
draw_asked(const ScCard *self, int width, int height, int margin,
           GstVideoOverlayComposition *composition)
{
    const ScPrompt *prompt = self->prompt;
    const ScArea whole = { margin, margin, width - 2 * margin, height - 2 * margin };
    if (prompt->scan)
        draw_scan_beside(prompt, self->places, height, composition);
    draw_foot(self, height, composition);
    if (!draw_question_beside(prompt, height, self->places->question, composition))
        draw_question(prompt, height, whole, composition);
}

static void
draw_volume(const ScCard *self, int width, int height, int margin,
            GstVideoOverlayComposition *composition)
{
    double pixels = height * NOTE_PART;
    int padding = (int)(pixels * 0.5);
    int name_width;
    ScArea area = { (int)(width * (1 - VOLUME_WIDTH_PART)) - margin, margin,
                    (int)(width * VOLUME_WIDTH_PART), (int)(pixels * 1.9) };
    ScSheet sheet = sc_sheet_begin(area);
    sc_sheet_fill(&sheet, &calm, 0.88);
    PangoLayout *name = sc_sheet_fit(&sheet, self->volume_name, pixels,
                                     (ScSheetRoom){ area.width / 2, area.height }, false);
    pango_layout_get_pixel_size(name, &name_width, NULL);
    sc_sheet_write(&sheet, name, padding, (int)(pixels * 0.2), &white);
    int begin = name_width + 2 * padding;
    int length = area.width - begin - padding;
    ScArea bar = { begin, area.height * 2 / 5, length, area.height / 5 };
    sc_sheet_fill_area(&sheet, bar, &soft, 0.35);
    bar.width = length * self->volume_pct / VOLUME_MAX_PCT;
    sc_sheet_fill_area(&sheet, bar, &tones[SC_PROMPT_GOOD], 1);
    add(composition, &sheet);
}

static ScArea
get_end(ScArea area, double height)
{
    area.y += area.height - (int)height;
    area.height = (int)height;
    return area;
}

/* Notes and keys, over the picture. Gives where there is room between them. */
static ScArea
draw_around(const ScCard *self, ScArea area, int canvas_height, int margin,
            GstVideoOverlayComposition *composition)
{
    const ScPrompt *prompt = self->prompt;
    double share = prompt->text ? NOTES_HEIGHT_ASKED_PART : NOTES_HEIGHT_PART;
    ScArea notes = { area.x, area.y, (int)(area.width * NOTE_WIDTH_PART),
                     (int)(canvas_height * share) };
    int bottom = area.y + area.height;
    if (prompt->legend[0])
        bottom -=
            draw_legend(prompt, area.x, bottom, canvas_height, area.width, composition)
            + margin;
    area.y = draw_notes(prompt, notes, canvas_height * NOTE_PART, composition);
    if (prompt->said && !prompt->text)
        area.y = draw_note(prompt->said, notes, area.y, canvas_height * NOTE_PART,
                           composition);
    area.height = bottom - area.y;
    if (prompt->text)
        area.height -= draw_said(self, get_end(area, canvas_height * SAID_PART),
                                 canvas_height, composition);
    return area;
}

static void
draw_prompt(const ScCard *self, int width, int height, int margin,
            GstVideoOverlayComposition *composition)
{
    const ScPrompt *prompt = self->prompt;
    ScArea area = { margin, margin, width - 2 * margin, height - 2 * margin };
    if (self->places) {
        draw_asked(self, width, height, margin, composition);
        return;
    }
    if (prompt->scan)
        draw_scan(prompt, width, height, margin, composition);
    if (self->slide)
        draw_beside(self, height, composition);
    else
        area = draw_around(self, area, height, margin, composition);
    if (prompt->text)
        draw_question(prompt, height, area, composition);
}

void
sc_card_draw(const ScCard *self, int width, int height,
             GstVideoOverlayComposition *composition)
{
    int margin = (int)(height * MARGIN_PART);
    if (self->prompt)
        draw_prompt(self, width, height, margin, composition);
    if (self->volume_pct != SC_CARD_NO_VOLUME)
        draw_volume(self, width, height, margin, composition);
}
