/* SPDX-License-Identifier: Apache-2.0 */
#include "client/poster.h"

#include "client/barcode.h"
#include "client/sheet.h"

/* Parts of the canvas' height; see banner.c for what can be read from where. */
#define HEADING_PART 0.055
#define LARGE_PART 0.17
#define LINE_PART 0.058
#define CORNER_PART 0.055
#define MARGIN_PART 0.08
#define TOP_PART 0.22 /* where what stands below the heading begins */
#define GAP_PART 0.02 /* between the two */
#define QR_PART 0.42

static const ScSheetColour calm = { 0.06, 0.09, 0.12 };
static const ScSheetColour warning = { 0.30, 0.12, 0.04 };
static const ScSheetColour white = { 1, 1, 1 };
static const ScSheetColour soft = { 0.72, 0.80, 0.86 };

/* Heading and corner share the first line. */
static void
write_top(ScSheet *sheet, const ScPoster *self)
{
    double height = self->height;
    int margin = (int)(height * MARGIN_PART);
    int whole = self->width - 2 * margin;
    int width = 0;
    if (*self->corner) {
        PangoLayout *corner = sc_sheet_fit(
            sheet, self->corner, height * CORNER_PART,
            (ScSheetRoom){ whole / 2,
                           sc_sheet_get_lines_height(height * CORNER_PART, 1) },
            true);
        pango_layout_get_pixel_size(corner, &width, NULL);
        sc_sheet_write(sheet, corner, self->width - margin - width, margin, &white);
        width += margin;
    }
    sc_sheet_write(
        sheet,
        sc_sheet_fit(sheet, self->heading, height * HEADING_PART,
                     (ScSheetRoom){ whole - width,
                                    (int)(height * (TOP_PART - GAP_PART)) - margin },
                     false),
        margin, margin, &soft);
}

/* Gives the height that it took. */
static int
write_block(ScSheet *sheet, const char *text, double part, unsigned n_lines, int y,
            int width, const ScSheetColour *colour)
{
    double pixels = sheet->area.height * part;
    PangoLayout *layout =
        sc_sheet_fit(sheet, text, pixels,
                     (ScSheetRoom){ width, sc_sheet_get_lines_height(pixels, n_lines) },
                     part == LARGE_PART);
    return sc_sheet_write(sheet, layout, (int)(sheet->area.height * MARGIN_PART), y,
                          colour);
}

GstVideoOverlayComposition *
sc_poster_draw(const ScPoster *self)
{
    int margin = (int)(self->height * MARGIN_PART);
    int side = (int)(self->height * QR_PART);
    int code_width = self->scan ? side + margin : 0;
    int width = self->width - 2 * margin - code_width;
    int y = (int)(self->height * TOP_PART);
    ScSheet sheet = sc_sheet_begin((ScArea){ 0, 0, self->width, self->height });

    sc_sheet_fill(&sheet, self->alarm ? &warning : &calm, 1);
    write_top(&sheet, self);
    if (self->label)
        y += write_block(&sheet, self->label, LINE_PART, 1, y, width, &soft);
    y += write_block(&sheet, self->large, LARGE_PART, 1, y, width, &white) + margin / 4;
    for (unsigned i = 0; i < SC_POSTER_LINES_MAX; i++)
        if (self->lines[i])
            y += write_block(&sheet, self->lines[i], LINE_PART, 2, y, width,
                             i == 0 ? &white : &soft)
                 + margin / 6;
    if (self->scan)
        sc_barcode_draw(&sheet, self->scan,
                        (ScArea){ self->width - margin - side, (self->height - side) / 2,
                                  side, side });
    GstVideoOverlayRectangle *rectangle = sc_sheet_finish(&sheet);
    GstVideoOverlayComposition *composition =
        gst_video_overlay_composition_new(rectangle);
    gst_video_overlay_rectangle_unref(rectangle);
    return composition;
}
