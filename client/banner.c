/* SPDX-License-Identifier: Apache-2.0 */
#include "client/banner.h"

#include <math.h>
#include <pango/pangocairo.h>

#define FONT "Noto Sans CJK SC, Noto Sans, Sans"

/* Parts of the canvas' height. On a screen of 55 inches (0.69 m high) letters of 1/15 are
 * 45 mm: at 8 m that is a third of a degree, four times what a healthy eye needs. */
#define BAR_PART 0.125
#define SENTENCE_PART 0.066
#define CAPTION_PART 0.042
#define TITLE_PART 0.042

typedef struct {
    double red;
    double green;
    double blue;
} Colour;

static const Colour calm = { 0.09, 0.13, 0.16 };
static const Colour warning = { 0.62, 0.22, 0.05 };
static const Colour light = { 0.33, 0.78, 0.47 };
static const Colour lamp_alarm = { 1.00, 0.80, 0.25 };

typedef struct {
    cairo_surface_t *surface; /* owned */
    cairo_t *cairo;           /* owned */
    ScArea area;
} Sheet;

static Sheet
begin_sheet(ScArea area)
{
    Sheet sheet = { .area = area };
    sheet.surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, area.width, area.height);
    sheet.cairo = cairo_create(sheet.surface);
    return sheet;
}

static GstVideoOverlayRectangle *
finish_sheet(Sheet *sheet)
{
    cairo_surface_flush(sheet->surface);
    size_t size =
        (size_t)cairo_image_surface_get_stride(sheet->surface) * sheet->area.height;
    g_autoptr(GstBuffer) buffer =
        gst_buffer_new_memdup(cairo_image_surface_get_data(sheet->surface), size);
    gst_buffer_add_video_meta(buffer, GST_VIDEO_FRAME_FLAG_NONE,
                              GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB,
                              (guint)sheet->area.width, (guint)sheet->area.height);
    GstVideoOverlayRectangle *rectangle = gst_video_overlay_rectangle_new_raw(
        buffer, sheet->area.x, sheet->area.y, (guint)sheet->area.width,
        (guint)sheet->area.height, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
    cairo_destroy(sheet->cairo);
    cairo_surface_destroy(sheet->surface);
    return rectangle;
}

static PangoLayout *
lay_out(cairo_t *cairo, const char *text, double pixels, int max_width, bool bold)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    pango_font_description_set_absolute_size(font, pixels * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_MEDIUM);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, max_width * PANGO_SCALE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

/* Centred on the sheet's height. Gives the width. */
static int
write_text(Sheet *sheet, const char *text, double pixels, int x, int max_width, bool bold,
           bool from_right)
{
    PangoLayout *layout = lay_out(sheet->cairo, text, pixels, max_width, bold);
    int width;
    int height;
    pango_layout_get_pixel_size(layout, &width, &height);
    cairo_set_source_rgb(sheet->cairo, 1, 1, 1);
    cairo_move_to(sheet->cairo, from_right ? x - width : x,
                  (sheet->area.height - height) / 2.0);
    pango_cairo_show_layout(sheet->cairo, layout);
    g_object_unref(layout);
    return width;
}

static void
fill(Sheet *sheet, const Colour *colour, double alpha)
{
    cairo_set_source_rgba(sheet->cairo, colour->red, colour->green, colour->blue, alpha);
    cairo_paint(sheet->cairo);
}

static void
draw_lamp(Sheet *sheet, const Colour *colour, double x, double radius)
{
    cairo_set_source_rgb(sheet->cairo, colour->red, colour->green, colour->blue);
    cairo_arc(sheet->cairo, x, sheet->area.height / 2.0, radius, 0, 2 * G_PI);
    cairo_fill(sheet->cairo);
}

static GstVideoOverlayRectangle *
draw_bar(const ScBanner *self)
{
    int height = sc_banner_get_bar_height(self->height);
    Sheet sheet = begin_sheet((ScArea){ 0, self->height - height, self->width, height });
    int margin = height / 3;
    double radius = height * 0.12;

    fill(&sheet, self->alarm ? &warning : &calm, 0.88);
    draw_lamp(&sheet, self->alarm ? &lamp_alarm : &light, margin + radius, radius);
    int begin = margin + (int)(radius * 4);
    int width = write_text(&sheet, self->sentence, self->height * SENTENCE_PART, begin,
                           self->width - begin - margin, true, false);
    int left = self->width - margin - begin - width - margin;
    if (*self->caption && left > 0)
        write_text(&sheet, self->caption, self->height * CAPTION_PART,
                   self->width - margin, left, false, true);
    return finish_sheet(&sheet);
}

static GstVideoOverlayRectangle *
draw_title(const ScBanner *self, const ScBannerTitle *title)
{
    double pixels = self->height * TITLE_PART;
    int height = (int)(pixels * 1.6);
    int padding = (int)(pixels * 0.5);
    int max_width = MAX(title->tile.width - 2 * padding, 1);

    Sheet sheet =
        begin_sheet((ScArea){ title->tile.x, title->tile.y + title->tile.height - height,
                              title->tile.width, height });
    PangoLayout *layout = lay_out(sheet.cairo, title->text, pixels, max_width, false);
    int width;
    pango_layout_get_pixel_size(layout, &width, NULL);
    g_object_unref(layout);
    cairo_rectangle(sheet.cairo, 0, 0, width + 2 * padding, height);
    cairo_set_source_rgba(sheet.cairo, calm.red, calm.green, calm.blue, 0.8);
    cairo_fill(sheet.cairo);
    write_text(&sheet, title->text, pixels, padding, max_width, false, false);
    return finish_sheet(&sheet);
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
    for (unsigned i = 0; i < self->n_titles; i++) {
        if (!*self->titles[i].text)
            continue;
        GstVideoOverlayRectangle *title = draw_title(self, &self->titles[i]);
        gst_video_overlay_composition_add_rectangle(composition, title);
        gst_video_overlay_rectangle_unref(title);
    }
    return composition;
}
