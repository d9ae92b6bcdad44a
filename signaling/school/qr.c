/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/school/qr.h"

#include <errno.h>
#include <qrencode.h>

#include <gio/gio.h>

#define QUIET_ZONE 4 /* modules, ISO/IEC 18004 section 9.1 */
#define IS_DARK(byte)                                                 \
    (((byte)&1) != 0) /* libqrencode: the other bits are about design \
                       */

static char *
print(const QRcode *code)
{
    int side = code->width + 2 * QUIET_ZONE;
    GString *svg = g_string_new(NULL);
    g_string_printf(svg,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                    " shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\""
                    " fill=\"#fff\"/><path fill=\"#000\" d=\"",
                    side, side, side, side);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (IS_DARK(code->data[y * code->width + x]))
                g_string_append_printf(svg, "M%d %dh1v1h-1z", x + QUIET_ZONE,
                                       y + QUIET_ZONE);
    g_string_append(svg, "\"/></svg>");
    return g_string_free(svg, FALSE);
}

char *
sc_qr_print_svg(const char *text, GError **error)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "no QR code of %zu bytes: %s", strlen(text), g_strerror(errno));
        return NULL;
    }
    char *svg = print(code);
    QRcode_free(code);
    return svg;
}
