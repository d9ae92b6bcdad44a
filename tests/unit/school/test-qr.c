/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes by their structure: size, quiet zone, and the patterns that a reader looks for
 * first (ISO/IEC 18004, error correction M). */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

#include "signaling/school/qr.h"

#define QUIET_ZONE 4
#define FINDER_SIDE 7
#define SIDE_MAX (177 + 2 * QUIET_ZONE)
#define BYTES_MAX 2331 /* of version 40 at level M */

typedef struct {
    int side;                      /* with the quiet zone */
    bool dark[SIDE_MAX][SIDE_MAX]; /* y, x */
} Picture;

static void
read_picture(const char *svg, Picture *picture)
{
    static const char head[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ";
    const char *path = strstr(svg, " d=\"");
    char *end;
    memset(picture, 0, sizeof *picture);
    g_assert_true(g_str_has_prefix(svg, head));
    picture->side = (int)strtol(svg + strlen(head), NULL, 10);
    g_assert_cmpint(picture->side, <=, SIDE_MAX);
    g_assert_nonnull(strstr(svg, "shape-rendering=\"crispEdges\""));
    g_assert_nonnull(path);
    g_assert_null(strstr(path + 1, " d=\""));
    path += strlen(" d=\"");
    while (*path == 'M') {
        int x = (int)strtol(path + 1, &end, 10);
        int y = (int)strtol(end, &end, 10);
        g_assert_true(g_str_has_prefix(end, "h1v1h-1z"));
        g_assert_cmpint(MIN(x, y), >=, QUIET_ZONE);
        g_assert_cmpint(MAX(x, y), <, picture->side - QUIET_ZONE);
        g_assert_false(picture->dark[y][x]);
        picture->dark[y][x] = true;
        path = end + strlen("h1v1h-1z");
    }
    g_assert_cmpstr(path, ==, "\"/></svg>");
}

/* Dark rim, light ring, dark core, and a light edge around. */
static void
check_finder(const Picture *picture, int left, int top)
{
    for (int y = -1; y <= FINDER_SIDE; y++) {
        for (int x = -1; x <= FINDER_SIDE; x++) {
            int from_middle = MAX(ABS(x - FINDER_SIDE / 2), ABS(y - FINDER_SIDE / 2));
            bool is_dark = from_middle <= 1 || from_middle == 3;
            g_assert_cmpint(picture->dark[top + y][left + x], ==, is_dark);
        }
    }
}

static void
check_patterns(const Picture *picture)
{
    int far = picture->side - QUIET_ZONE - FINDER_SIDE;
    check_finder(picture, QUIET_ZONE, QUIET_ZONE);
    check_finder(picture, far, QUIET_ZONE);
    check_finder(picture, QUIET_ZONE, far);
    for (int i = QUIET_ZONE + FINDER_SIDE + 1; i < far - 1; i++) {
        bool is_dark = (i - QUIET_ZONE) % 2 == 0;
        g_assert_cmpint(picture->dark[QUIET_ZONE + FINDER_SIDE - 1][i], ==, is_dark);
        g_assert_cmpint(picture->dark[i][QUIET_ZONE + FINDER_SIDE - 1], ==, is_dark);
    }
}

static void
code_has_the_size_and_patterns_of_its_version(void)
{
    static const struct {
        unsigned n_bytes;
        int side; /* 17 + 4 × version, without the quiet zone */
    } cases[] = {
        { 1, 21 }, { 14, 21 }, { 15, 25 }, { 62, 33 }, { 63, 37 }, { 2331, 177 }
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strnfill(cases[i].n_bytes, 'a');
        g_autoptr(GError) error = NULL;
        g_autofree char *svg = sc_qr_print_svg(text, &error);
        Picture picture;
        g_assert_no_error(error);
        read_picture(svg, &picture);
        g_assert_cmpint(picture.side, ==, cases[i].side + 2 * QUIET_ZONE);
        check_patterns(&picture);
    }
}

static void
other_text_is_another_picture(void)
{
    g_autofree char *one =
        sc_qr_print_svg("https://school.example/#/devices?code=7F3K-92", NULL);
    g_autofree char *other =
        sc_qr_print_svg("https://school.example/#/devices?code=7F3K-93", NULL);
    g_autofree char *chinese = sc_qr_print_svg("同步课堂", NULL);
    g_assert_cmpstr(one, !=, other);
    g_assert_nonnull(chinese);
}

static void
nothing_and_too_much_are_refused(void)
{
    static const unsigned lengths[] = { 0, BYTES_MAX + 1 };
    for (unsigned i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *text = g_strnfill(lengths[i], 'a');
        g_autofree char *detail = g_strdup_printf("no QR code of %u bytes", lengths[i]);
        g_autoptr(GError) error = NULL;
        g_autofree char *svg = sc_qr_print_svg(text, &error);
        g_assert_null(svg);
        g_assert_true(error->domain == G_IO_ERROR);
        g_assert_true(g_str_has_prefix(error->message, detail));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/school/qr/" #name, name)
    ADD(code_has_the_size_and_patterns_of_its_version);
    ADD(other_text_is_another_picture);
    ADD(nothing_and_too_much_are_refused);
#undef ADD
    return g_test_run();
}
