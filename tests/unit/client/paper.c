/* SPDX-License-Identifier: Apache-2.0 */
#include "paper.h"

#include <cairo-pdf.h>

static cairo_status_t
write_bytes(void *array, const unsigned char *data, unsigned length)
{
    g_byte_array_append(array, data, length);
    return CAIRO_STATUS_SUCCESS;
}

GBytes *
paper_make(unsigned n_pages)
{
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        write_bytes, bytes, PAPER_WIDTH, PAPER_HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    double side = PAPER_WIDTH / 10.0;
    for (unsigned page = 1; page <= n_pages; page++) {
        cairo_rectangle(cairo, side * page, 0, side, side);
        cairo_fill(cairo);
        cairo_set_font_size(cairo, side);
        cairo_move_to(cairo, side, PAPER_HEIGHT - side);
        cairo_show_text(cairo, "7 + 5 = ?");
        cairo_show_page(cairo);
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return g_byte_array_free_to_bytes(bytes);
}

char *
paper_write(const char *folder, unsigned n_pages)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = paper_make(n_pages);
    char *path = g_build_filename(folder, "paper.pdf", NULL);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_file_set_contents(path, data, (gssize)length, &error);
    g_assert_no_error(error);
    return path;
}
