/* SPDX-License-Identifier: Apache-2.0 */
/* barcode.h: a QR code on a sheet, with the quiet zone it needs. The only door to
 * libqrencode. Thread: any, one at a time. */
#pragma once

#include "client/sheet.h"

/* @area: a square of the sheet. Draws nothing if @text is too long for any code. */
void sc_barcode_draw(ScSheet *sheet, const char *text, ScArea area);
