/* SPDX-License-Identifier: Apache-2.0 */
#include "client/barcode.h"

#include <qrencode.h>

#define QUIET_ZONE 4 /* modules */

void
sc_barcode_draw(ScSheet *sheet, const char *text, ScArea area)
{
    /* Nothing is ever torn off a screen, and fewer modules are larger ones. */
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    if (!code)
        return;
    double module = (double)area.width / (code->width + 2 * QUIET_ZONE);
    cairo_save(sheet->cairo);
    cairo_set_antialias(sheet->cairo, CAIRO_ANTIALIAS_NONE);
    cairo_set_source_rgb(sheet->cairo, 1, 1, 1);
    cairo_rectangle(sheet->cairo, area.x, area.y, area.width, area.height);
    cairo_fill(sheet->cairo);
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++)
            if (code->data[row * code->width + column] & 1)
                cairo_rectangle(sheet->cairo, area.x + (column + QUIET_ZONE) * module,
                                area.y + (row + QUIET_ZONE) * module, module, module);
    cairo_fill(sheet->cairo);
    cairo_restore(sheet->cairo);
    QRcode_free(code);
}
