/* SPDX-License-Identifier: Apache-2.0 */
#include "client/banner.h"

#include <math.h>

/* Parts of the canvas' height. On a screen of 55 inches (0.69 m high) letters of 1/15 are
 * 45 mm: at 8 m that is a third of a degree, four times what a healthy eye needs. */
#define BAR_PART 0.125
#define SENTENCE_PART 0.066
#define CAPTION_PART 0.042
#define TITLE_PART 0.042
#define EDGE_WIDTH 2        /* [pixels] */
#define SENTENCE_SHARE 0.62 /* of the bar's width, where a caption stands beside it */

static const ScSheetColour white = { 1, 1, 1 };
static const ScSheetColour calm = { 0.09, 0.13, 0.16 };
static const ScSheetColour edge = { 0.24, 0.32, 0.37 };
static const ScSheetColour warning = { 0.62, 0.22, 0.05 };
static const ScSheetColour light = { 0.33, 0.78, 0.47 };
static const ScSheetColour lamp_alarm = { 1.00, 0.80, 0.25 };

/* Centred on the sheet's height. Takes @layout, gives its width. */
static int
write_centred(ScSheet *sheet, PangoLayout *layout, int x, bool from_right)
{
    int width;
    int height;
    pango_layout_get_pixel_size(layout, &width, &height);
    sc_sheet_write(sheet, layout, from_right ? x - width : x,
                   (sheet->area.height - height) / 2, &white);
    return width;
}

static void
draw_lamp(ScSheet *sheet, const ScSheetColour *colour, double x, double radius)
{
    cairo_set_source_rgb(sheet->cairo, colour->red, colour->green, colour->blue);
    cairo_arc(sheet->cairo, x, sheet->area.height / 2.0, radius, 0, 2 * G_PI);
    cairo_fill(sheet->cairo);
}

static GstVideoOverlayRectangle *
draw_bar(const ScBanner *self)
{
    int height = sc_banner_get_bar_height(self->height);
    ScSheet sheet =
        sc_sheet_begin((ScArea){ 0, self->height - height, self->width, height });
    int margin = height / 3;
    double radius = height * 0.12;

    sc_sheet_fill(&sheet, self->alarm ? &warning : &calm, 0.88);
    draw_lamp(&sheet, self->alarm ? &lamp_alarm : &light, margin + radius, radius);
    int begin = margin + (int)(radius * 4);
    int whole = self->width - begin - margin;
    int share = *self->caption ? (int)(whole * SENTENCE_SHARE) : whole;
    int width =
        write_centred(&sheet,
                      sc_sheet_fit(&sheet, self->sentence, self->height * SENTENCE_PART,
                                   (ScSheetRoom){ share, height }, true),
                      begin, false);
    if (*self->caption)
        write_centred(&sheet,
                      sc_sheet_fit(&sheet, self->caption, self->height * CAPTION_PART,
                                   (ScSheetRoom){ whole - width - margin, height },
                                   false),
                      self->width - margin, true);
    return sc_sheet_finish(&sheet);
}

/* Only that: a teacher may see itself within. */
static void
draw_edge(ScSheet *sheet)
{
    cairo_set_source_rgb(sheet->cairo, edge.red, edge.green, edge.blue);
    cairo_set_line_width(sheet->cairo, EDGE_WIDTH);
    cairo_rectangle(sheet->cairo, EDGE_WIDTH / 2.0, EDGE_WIDTH / 2.0,
                    sheet->area.width - EDGE_WIDTH, sheet->area.height - EDGE_WIDTH);
    cairo_stroke(sheet->cairo);
}

static GstVideoOverlayRectangle *
draw_title(const ScBanner *self, const ScBannerTitle *title)
{
    double pixels = self->height * TITLE_PART;
    int height = (int)(pixels * 1.6);
    int padding = (int)(pixels * 0.5);
    int max_width = MAX(title->tile.width - 2 * padding, 1);
    ScArea area = title->tile;
    int y = title->is_empty ? area.height - height : 0;
    if (!title->is_empty) {
        area.y += area.height - height;
        area.height = height;
    }

    ScSheet sheet = sc_sheet_begin(area);
    if (title->is_empty)
        draw_edge(&sheet);
    PangoLayout *layout = sc_sheet_fit(&sheet, title->text, pixels,
                                       (ScSheetRoom){ max_width, height }, false);
    int width, text_height;
    pango_layout_get_pixel_size(layout, &width, &text_height);
    sc_sheet_fill_area(&sheet, (ScArea){ 0, y, width + 2 * padding, height }, &calm, 0.8);
    sc_sheet_write(&sheet, layout, padding, y + (height - text_height) / 2, &white);
    return sc_sheet_finish(&sheet);
}

/* Where a picture is expected, in its place. */
static GstVideoOverlayRectangle *
draw_notice(const ScBanner *self)
{
    ScArea area = self->notice_area;
    double pixels = self->height * SENTENCE_PART;
    int height = sc_sheet_get_lines_height(pixels, 2);
    ScSheet sheet = sc_sheet_begin(
        (ScArea){ area.x, area.y + (area.height - height) / 2, area.width, height });
    int width;
    PangoLayout *layout = sc_sheet_fit(&sheet, self->notice, pixels,
                                       (ScSheetRoom){ area.width, height }, true);
    pango_layout_get_pixel_size(layout, &width, NULL);
    write_centred(&sheet, layout, (area.width - width) / 2, false);
    return sc_sheet_finish(&sheet);
}

int
sc_banner_get_bar_height(int height)
{
    return (int)lround(height * BAR_PART) & ~1;
}

GstVideoOverlayComposition *
sc_banner_draw(const ScBanner *self)
{
    GstVideoOverlayRectangle *bar = draw_bar(self);
    GstVideoOverlayComposition *composition = gst_video_overlay_composition_new(bar);
    gst_video_overlay_rectangle_unref(bar);
    if (self->notice) {
        GstVideoOverlayRectangle *notice = draw_notice(self);
        gst_video_overlay_composition_add_rectangle(composition, notice);
        gst_video_overlay_rectangle_unref(notice);
    }
    for (unsigned i = 0; i < self->n_titles; i++) {
        if (!*self->titles[i].text)
            continue;
        GstVideoOverlayRectangle *title = draw_title(self, &self->titles[i]);
        gst_video_overlay_composition_add_rectangle(composition, title);
        gst_video_overlay_rectangle_unref(title);
    }
    if (self->card)
        sc_card_draw(self->card, self->width,
                     self->height - sc_banner_get_bar_height(self->height), composition);
    return composition;
}
