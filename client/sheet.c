/* SPDX-License-Identifier: Apache-2.0 */
#include "client/sheet.h"

#include <math.h>

#define FONT "Noto Sans CJK SC, Noto Sans, Sans"
#define LINE_HEIGHT 1.5 /* of the letters' size: what Noto Sans CJK takes, and some */
#define LEAST_PART \
    0.55          /* of the size that was wished: smaller is not read at eight metres */
#define STEP 0.95 /* from one size that is tried to the next */

ScSheet
sc_sheet_begin(ScArea area)
{
    ScSheet self = { .area = area };
    self.surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, area.width, area.height);
    self.cairo = cairo_create(self.surface);
    return self;
}

GstVideoOverlayRectangle *
sc_sheet_finish(ScSheet *self)
{
    cairo_surface_flush(self->surface);
    int stride = cairo_image_surface_get_stride(self->surface);
    g_autoptr(GstBuffer) buffer = gst_buffer_new_memdup(
        cairo_image_surface_get_data(self->surface), (size_t)stride * self->area.height);
    gst_buffer_add_video_meta_full(
        buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB,
        (guint)self->area.width, (guint)self->area.height, 1,
        (gsize[GST_VIDEO_MAX_PLANES]){ 0 }, (gint[GST_VIDEO_MAX_PLANES]){ stride });
    GstVideoOverlayRectangle *rectangle = gst_video_overlay_rectangle_new_raw(
        buffer, self->area.x, self->area.y, (guint)self->area.width,
        (guint)self->area.height, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
    cairo_destroy(self->cairo);
    cairo_surface_destroy(self->surface);
    return rectangle;
}

void
sc_sheet_fill_area(ScSheet *self, ScArea area, const ScSheetColour *colour, double alpha)
{
    cairo_rectangle(self->cairo, area.x, area.y, area.width, area.height);
    cairo_set_source_rgba(self->cairo, colour->red, colour->green, colour->blue, alpha);
    cairo_fill(self->cairo);
}

void
sc_sheet_fill(ScSheet *self, const ScSheetColour *colour, double alpha)
{
    cairo_set_source_rgba(self->cairo, colour->red, colour->green, colour->blue, alpha);
    cairo_paint(self->cairo);
}

static PangoLayout *
lay_out(ScSheet *self, const char *text, double pixels, int max_width, bool bold)
{
    PangoLayout *layout = pango_cairo_create_layout(self->cairo);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    pango_font_description_set_absolute_size(font, pixels * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_MEDIUM);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, max_width * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

PangoLayout *
sc_sheet_fit(ScSheet *self, const char *text, double pixels, ScSheetRoom room, bool bold)
{
    double least = pixels * LEAST_PART;
    for (;; pixels *= STEP) {
        PangoLayout *layout = lay_out(self, text, pixels, room.width, bold);
        int width, height;
        pango_layout_get_pixel_size(layout, &width, &height);
        if (width <= room.width && height <= room.height)
            return layout;
        if (pixels <= least) {
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
            pango_layout_set_height(layout, room.height * PANGO_SCALE);
            pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
            return layout;
        }
        g_object_unref(layout);
    }
}

int
sc_sheet_get_lines_height(double pixels, unsigned n_lines)
{
    return (int)ceil(pixels * LINE_HEIGHT * n_lines);
}

int
sc_sheet_write(ScSheet *self, PangoLayout *layout, int x, int y,
               const ScSheetColour *colour)
{
    int height;
    pango_layout_get_pixel_size(layout, NULL, &height);
    cairo_set_source_rgb(self->cairo, colour->red, colour->green, colour->blue);
    cairo_move_to(self->cairo, x, y);
    pango_cairo_show_layout(self->cairo, layout);
    g_object_unref(layout);
    return height;
}
