/* SPDX-License-Identifier: Apache-2.0 */
#include "client/layout.h"

#include <glib.h>

/* Parts of the canvas. */
#define INSET_PART 0.28     /* of the width */
#define BESIDE_PART 0.25    /* of the width: the column beside the slides */
#define ASKED_PART 0.375    /* of the width: that column while something is asked */
#define TOP_PART 0.265      /* of its height: who speaks, and the pupils' code */
#define KEYS_PART 0.21      /* of its height: keys, while a guest is there as well */
#define NAME_PART 0.09      /* of its height: what the code is */
#define FOOT_PART 0.08      /* of the height: below the slide */
#define SELF_PART 0.12      /* of the width: beside the letterbox of two tiles */
#define SELF_FREE_PART 0.24 /* of the width: where a tile could be */
#define MARGIN_PART 0.02    /* of the height */
#define GAP 8               /* [pixels] between tiles */

/* Encoders and compositors want even numbers. */
static int
even(double pixels)
{
    return (int)pixels & ~1;
}

static ScArea
area(double x, double y, double width, double height)
{
    return (ScArea){ even(x), even(y), even(width), even(height) };
}

ScArea
sc_layout_get_slides(int width, int height)
{
    return area(0, 0, width - width * BESIDE_PART,
                height - sc_banner_get_bar_height(height));
}

/* Of each picture beside slides: half of the column, or what keys leave of it. */
static double
get_share(int height, bool has_guest)
{
    int free_height = height - sc_banner_get_bar_height(height);
    return free_height * (has_guest ? 1 - KEYS_PART : 1) / 2;
}

ScArea
sc_layout_get_beside(int width, int height, bool has_guest)
{
    double column = width * BESIDE_PART;
    double begin = get_share(height, has_guest) * (has_guest ? 2 : 1);
    return area(width - column, begin, column,
                height - sc_banner_get_bar_height(height) - begin);
}

/* Left of the code, where there is one, whoever speaks: the teacher, or the guest in the
 * same place. */
static void
arrange_asked(int width, int free_height, ScLayoutAsked asked, ScArea *out_areas)
{
    double column = width * ASKED_PART;
    double top = free_height * TOP_PART;
    double code = asked == SC_LAYOUT_ASKED_WITH_CODE ? top : 0;
    out_areas[SC_LAYOUT_SLIDES] =
        area(0, 0, width - column, free_height * (1 - FOOT_PART));
    out_areas[SC_LAYOUT_MAIN] = area(width - column, 0, column - code, top);
    out_areas[SC_LAYOUT_GUEST] = out_areas[SC_LAYOUT_MAIN];
}

void
sc_layout_get_places(int width, int height, ScLayoutAsked asked, ScCardPlaces *out_places)
{
    int free_height = height - sc_banner_get_bar_height(height);
    double margin = height * MARGIN_PART;
    double column = width * ASKED_PART;
    double top = free_height * TOP_PART;
    double name = free_height * NAME_PART;
    double begin = asked == SC_LAYOUT_ASKED_WITH_CODE ? top + name : top;
    out_places->scan = area(width - top, 0, top, top);
    out_places->name = area(width - column, top, column, name);
    out_places->question = area(width - column, begin, column, free_height - begin);
    out_places->foot =
        area(margin, margin, width - column - 2 * margin, free_height - margin);
}

void
sc_layout_classroom(int width, int height, const bool *shown, ScLayoutAsked asked,
                    ScArea *out_areas)
{
    int free_height = height - sc_banner_get_bar_height(height);
    double margin = height * MARGIN_PART;
    double inset = width * INSET_PART;

    if (!shown[SC_LAYOUT_SLIDES]) {
        out_areas[SC_LAYOUT_MAIN] = area(0, 0, width, free_height);
        out_areas[SC_LAYOUT_GUEST] =
            area(width - inset - margin, free_height - inset * 9 / 16 - margin, inset,
                 inset * 9 / 16);
        return;
    }
    if (asked != SC_LAYOUT_NOTHING_ASKED) {
        arrange_asked(width, free_height, asked, out_areas);
        return;
    }
    double beside = width * BESIDE_PART;
    double share = get_share(height, shown[SC_LAYOUT_GUEST]);
    out_areas[SC_LAYOUT_SLIDES] = sc_layout_get_slides(width, height);
    out_areas[SC_LAYOUT_MAIN] = area(width - beside, 0, beside, share);
    out_areas[SC_LAYOUT_GUEST] = area(width - beside, share, beside, share);
}

/* In a grid's last place, at its lower right. */
static ScArea
place_in_grid(int width, int free_height, double tile_width, double tile_height)
{
    double own = MIN(width * SELF_FREE_PART, tile_width - GAP);
    double height = MIN(own * 3 / 4, tile_height - GAP);
    return area(width - own - GAP / 2.0, free_height - height - GAP / 2.0, own, height);
}

void
sc_layout_teacher(int width, int height, unsigned n_tiles, ScArea *out_areas)
{
    int free_height = height - sc_banner_get_bar_height(height);
    double own = width * SELF_PART;
    double margin = height * MARGIN_PART;
    unsigned n_columns = 1;
    while (n_columns * n_columns < n_tiles)
        n_columns++;
    unsigned n_rows = MAX((n_tiles + n_columns - 1) / n_columns, 1);
    double tile_width = (double)width / n_columns;
    double tile_height = (double)free_height / n_rows;

    for (unsigned i = 0; i < n_tiles; i++)
        out_areas[i] = area(i % n_columns * tile_width + GAP / 2.0,
                            i / n_columns * tile_height + GAP / 2.0, tile_width - GAP,
                            tile_height - GAP);
    out_areas[n_tiles] = n_tiles < n_columns * n_rows
                             ? place_in_grid(width, free_height, tile_width, tile_height)
                             : area(width - own - margin, margin, own, own * 3 / 4);
}
