/* SPDX-License-Identifier: Apache-2.0 */
/* qr.h: text as a QR code (ISO/IEC 18004), by libqrencode, error correction M. Thread:
 * any; no state. */
#pragma once

#include <glib.h>

/* An SVG of one path, a module to a unit, with the quiet zone of four modules; as large
 * as it is shown. NULL and @error (G_IO_ERROR) where the text is too long. */
char *sc_qr_print_svg(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
