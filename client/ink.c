/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ink.h"

#include <string.h>

#define WHOLE 10000.0      /* of the slide's sides */
#define WIDTH_WHOLE 1000.0 /* of the slide's width */
#define PIECE_NUMBERS 32 /* x, y, … of a piece: a wild scribble of so many takes 5 ms */
#define TURN 4           /* numbers: from where the last curve was a straight end */

/* The pointer, in parts of the slide's width, as .ink-pointer of base.css. */
#define POINTER_PART 0.022
#define POINTER_MIN 14.0 /* [pixels], as the next */
#define POINTER_MAX 34.0
#define POINTER_RIM 2.0
#define POINTER_GLOW 7.0

#define COLOUR(red, green, blue)                       \
    {                                                  \
        (red) / 255.0, (green) / 255.0, (blue) / 255.0 \
    }

static const ScSheetColour colours[SC_N_COLOURS] = {
    [SC_COLOUR_RED] = COLOUR(0xd9, 0x2d, 0x20),
    [SC_COLOUR_BLUE] = COLOUR(0x1d, 0x5f, 0xd1),
    [SC_COLOUR_GREEN] = COLOUR(0x0f, 0x8a, 0x5f),
    [SC_COLOUR_BLACK] = COLOUR(0x14, 0x21, 0x1e),
};
static const ScSheetColour pointer_colour = COLOUR(0xe0, 0x20, 0x20);

typedef struct {
    int32_t stroke;
    ScColour colour;
    unsigned width;
    GArray *points;     /* owned, of uint16_t: x, y, … */
    unsigned n_painted; /* of the points */
} Mark;

struct ScInk {
    GPtrArray *marks;      /* owned, of Mark, in the order of their beginning */
    GHashTable *by_number; /* owned: stroke → Mark, borrowed of @marks */
    bool is_pointed;
    uint16_t x;
    uint16_t y;
    ScArea place;
    ScSheet sheet; /* of @place; no surface: nothing is painted */
    ScArea used;   /* of the sheet: outside of it nothing is */
    bool has_news;
    unsigned first_unpainted; /* marks before it are painted whole */
};

static void
mark_free(gpointer data)
{
    Mark *mark = data;
    g_array_unref(mark->points);
    g_free(mark);
}

static void
drop_sheet(ScInk *self)
{
    g_clear_pointer(&self->sheet.cairo, cairo_destroy);
    g_clear_pointer(&self->sheet.surface, cairo_surface_destroy);
    self->used = (ScArea){ 0, 0, 0, 0 };
}

static void
paint_anew(ScInk *self)
{
    drop_sheet(self);
    for (unsigned i = 0; i < self->marks->len; i++)
        ((Mark *)g_ptr_array_index(self->marks, i))->n_painted = 0;
    self->first_unpainted = 0;
    self->has_news = true;
}

ScInk *
sc_ink_new(void)
{
    ScInk *self = g_new0(ScInk, 1);
    self->marks = g_ptr_array_new_with_free_func(mark_free);
    self->by_number = g_hash_table_new(NULL, NULL);
    return self;
}

void
sc_ink_free(ScInk *self)
{
    if (!self)
        return;
    drop_sheet(self);
    g_hash_table_unref(self->by_number);
    g_ptr_array_unref(self->marks);
    g_free(self);
}

ScArea
sc_ink_place(ScArea box, int width, int height)
{
    if (width <= 0 || height <= 0)
        return box;
    double scale = MIN((double)box.width / width, (double)box.height / height);
    ScArea place = { .width = (int)(width * scale + 0.5),
                     .height = (int)(height * scale + 0.5) };
    place.x = box.x + (box.width - place.width) / 2;
    place.y = box.y + (box.height - place.height) / 2;
    return place;
}

/* A message of a stroke that was begun goes on with it. */
static void
add_points(ScInk *self, const ScStroke *stroke)
{
    gpointer key = GINT_TO_POINTER(stroke->stroke);
    Mark *mark = g_hash_table_lookup(self->by_number, key);
    if (!mark) {
        mark = g_new0(Mark, 1);
        mark->stroke = stroke->stroke;
        mark->colour = stroke->colour;
        mark->width = stroke->width;
        mark->points = g_array_new(false, false, sizeof(uint16_t));
        g_hash_table_insert(self->by_number, key, mark);
        g_ptr_array_add(self->marks, mark);
    }
    g_array_append_vals(mark->points, stroke->points, stroke->n_points & ~1U);
    for (unsigned i = 0; i < self->first_unpainted; i++)
        if (g_ptr_array_index(self->marks, i) == mark)
            self->first_unpainted = i;
}

static void
clear(ScInk *self)
{
    g_hash_table_remove_all(self->by_number);
    g_ptr_array_set_size(self->marks, 0);
    paint_anew(self);
}

static void
point(ScInk *self, bool is_pointed, uint16_t x, uint16_t y)
{
    self->is_pointed = is_pointed;
    self->x = x;
    self->y = y;
    self->has_news = true;
}

bool
sc_ink_apply(ScInk *self, const ScEvent *event)
{
    if (event->type == SC_EVENT_WELCOME) {
        const ScWelcomeRoom *room = event->welcome.room;
        sc_ink_reset(self, room ? room->strokes : NULL, room ? room->n_strokes : 0);
    } else if (event->type == SC_EVENT_PEN) {
        const ScPenRequest *pen = &event->pen;
        const ScStroke stroke = { pen->stroke, pen->colour, pen->width, pen->n_points,
                                  (uint16_t *)pen->points };
        add_points(self, &stroke);
    } else if (event->type == SC_EVENT_PEN_CLEAR) {
        clear(self);
    } else if (event->type == SC_EVENT_POINTER) {
        point(self, !event->pointer.gone, event->pointer.x, event->pointer.y);
    } else {
        return false;
    }
    return true;
}

void
sc_ink_reset(ScInk *self, const ScStroke *strokes, unsigned n_strokes)
{
    clear(self);
    point(self, false, 0, 0);
    for (unsigned i = 0; i < n_strokes; i++)
        add_points(self, &strokes[i]);
}

void
sc_ink_set_place(ScInk *self, ScArea place)
{
    if (memcmp(&place, &self->place, sizeof place) == 0)
        return;
    self->place = place;
    paint_anew(self);
}

static void
use(ScInk *self, double left, double top, double right, double bottom)
{
    int x = CLAMP((int)left, 0, self->place.width);
    int y = CLAMP((int)top, 0, self->place.height);
    int end_x = CLAMP((int)right + 1, x, self->place.width);
    int end_y = CLAMP((int)bottom + 1, y, self->place.height);
    ScArea *used = &self->used;
    if (used->width > 0) {
        end_x = MAX(end_x, used->x + used->width);
        end_y = MAX(end_y, used->y + used->height);
        x = MIN(x, used->x);
        y = MIN(y, used->y);
    }
    *used = (ScArea){ x, y, end_x - x, end_y - y };
}

static void
get_point(const ScInk *self, const Mark *mark, unsigned i, double *out_x, double *out_y)
{
    *out_x = g_array_index(mark->points, uint16_t, i) / WHOLE * self->place.width;
    *out_y = g_array_index(mark->points, uint16_t, i + 1) / WHOLE * self->place.height;
}

/* A quadratic curve as the cubic one that cairo has. */
static void
curve(cairo_t *cairo, double from_x, double from_y, double bend_x, double bend_y,
      double to_x, double to_y)
{
    cairo_curve_to(cairo, from_x + (bend_x - from_x) * 2 / 3,
                   from_y + (bend_y - from_y) * 2 / 3, to_x + (bend_x - to_x) * 2 / 3,
                   to_y + (bend_y - to_y) * 2 / 3, to_x, to_y);
}

/* Numbers @from to @end of a stroke: curves from middle to middle of its points, and
 * straight to the last one. */
static void
paint_piece(ScInk *self, const Mark *mark, unsigned from, unsigned end)
{
    cairo_t *cairo = self->sheet.cairo;
    const ScSheetColour *colour = &colours[mark->colour];
    double before_x, before_y, left, top, right, bottom;
    double line = MAX(1, mark->width / WIDTH_WHOLE * self->place.width);
    cairo_set_source_rgb(cairo, colour->red, colour->green, colour->blue);
    cairo_set_line_width(cairo, line);
    get_point(self, mark, from, &before_x, &before_y);
    cairo_move_to(cairo, before_x, before_y);
    for (unsigned i = from + 2; i + 1 < end; i += 2) {
        double x, y, here_x, here_y;
        get_point(self, mark, i, &x, &y);
        cairo_get_current_point(cairo, &here_x, &here_y);
        curve(cairo, here_x, here_y, before_x, before_y, (before_x + x) / 2,
              (before_y + y) / 2);
        before_x = x;
        before_y = y;
    }
    cairo_line_to(cairo, before_x, before_y);
    cairo_path_extents(cairo, &left, &top, &right, &bottom);
    use(self, left - line, top - line, right + line, bottom + line);
    cairo_stroke(cairo);
}

static void
begin_sheet(ScInk *self)
{
    self->sheet = sc_sheet_begin(self->place);
    cairo_set_line_cap(self->sheet.cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(self->sheet.cairo, CAIRO_LINE_JOIN_ROUND);
}

bool
sc_ink_paint(ScInk *self)
{
    for (; self->first_unpainted < self->marks->len; self->first_unpainted++) {
        Mark *mark = g_ptr_array_index(self->marks, self->first_unpainted);
        if (mark->n_painted == mark->points->len || self->place.width <= 0)
            continue;
        if (!self->sheet.cairo)
            begin_sheet(self);
        unsigned from = mark->n_painted > TURN ? mark->n_painted - TURN : 0;
        unsigned end = MIN(mark->points->len, mark->n_painted + PIECE_NUMBERS);
        paint_piece(self, mark, from, end);
        mark->n_painted = end;
        self->has_news = true;
        return true;
    }
    return false;
}

void
sc_ink_renew(ScInk *self)
{
    self->has_news = true;
}

bool
sc_ink_take_news(ScInk *self)
{
    bool has_news = self->has_news;
    self->has_news = false;
    return has_news;
}

/* Only what is used is laid over the picture: each pixel of it costs, 25 times a second.
 */
static GstVideoOverlayRectangle *
draw_strokes(const ScInk *self)
{
    ScArea used = self->used;
    if (!self->sheet.surface || used.width <= 0 || used.height <= 0)
        return NULL;
    ScSheet sheet = sc_sheet_begin((ScArea){
        self->place.x + used.x, self->place.y + used.y, used.width, used.height });
    cairo_set_operator(sheet.cairo, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(sheet.cairo, self->sheet.surface, -used.x, -used.y);
    cairo_paint(sheet.cairo);
    return sc_sheet_finish(&sheet);
}

static void
fill_disc(cairo_t *cairo, double middle, double radius, const ScSheetColour *colour,
          double alpha)
{
    cairo_set_source_rgba(cairo, colour->red, colour->green, colour->blue, alpha);
    cairo_arc(cairo, middle, middle, radius, 0, 2 * G_PI);
    cairo_fill(cairo);
}

static GstVideoOverlayRectangle *
draw_pointer(const ScInk *self)
{
    static const ScSheetColour white = { 1, 1, 1 };
    if (!self->is_pointed || self->place.width <= 0)
        return NULL;
    double radius = CLAMP(self->place.width * POINTER_PART, POINTER_MIN, POINTER_MAX) / 2;
    int side = (int)(2 * (radius + POINTER_GLOW)) + 1;
    double middle = side / 2.0;
    ScSheet sheet = sc_sheet_begin(
        (ScArea){ self->place.x + (int)(self->x / WHOLE * self->place.width - middle),
                  self->place.y + (int)(self->y / WHOLE * self->place.height - middle),
                  side, side });
    fill_disc(sheet.cairo, middle, radius + POINTER_GLOW, &pointer_colour, 0.35);
    fill_disc(sheet.cairo, middle, radius, &white, 1);
    fill_disc(sheet.cairo, middle, radius - POINTER_RIM, &pointer_colour, 1);
    return sc_sheet_finish(&sheet);
}

void
sc_ink_draw(const ScInk *self, GstVideoOverlayRectangle **out_strokes,
            GstVideoOverlayRectangle **out_pointer)
{
    *out_strokes = draw_strokes(self);
    *out_pointer = draw_pointer(self);
}
