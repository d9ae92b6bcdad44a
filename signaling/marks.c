/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/marks.h"

#include "signaling/problem.h"

typedef struct {
    ScPenRequest first; /* its points are in @points */
    GArray *points;     /* owned, of uint16_t */
} Stroke;

struct ScMarks {
    GPtrArray *strokes; /* owned, of Stroke, owned */
    unsigned n_points;  /* of all; each is two numbers */
};

static void
stroke_free(gpointer data)
{
    Stroke *stroke = data;
    g_array_unref(stroke->points);
    g_free(stroke);
}

ScMarks *
sc_marks_new(void)
{
    ScMarks *self = g_new0(ScMarks, 1);
    self->strokes = g_ptr_array_new_with_free_func(stroke_free);
    return self;
}

void
sc_marks_free(ScMarks *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->strokes);
    g_free(self);
}

/* The one that is being drawn is the last. */
static Stroke *
lookup(ScMarks *self, int32_t number)
{
    for (guint i = self->strokes->len; i-- > 0;) {
        Stroke *stroke = g_ptr_array_index(self->strokes, i);
        if (stroke->first.stroke == number)
            return stroke;
    }
    return NULL;
}

bool
sc_marks_draw(ScMarks *self, const ScPenRequest *pen, GError **error)
{
    Stroke *stroke = lookup(self, pen->stroke);
    if (stroke == NULL && self->strokes->len >= SC_STROKES_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_PEN_LIMIT,
                    "the page has %u strokes, at most %d", self->strokes->len,
                    SC_STROKES_MAX);
        return false;
    }
    if (self->n_points + pen->n_points / 2 > SC_STROKE_POINTS_MAX) {
        g_set_error(error, SC_PROBLEM_ERROR, SC_PROBLEM_PEN_LIMIT,
                    "the page has %u points, at most %d", self->n_points,
                    SC_STROKE_POINTS_MAX);
        return false;
    }
    if (stroke == NULL) {
        stroke = g_new0(Stroke, 1);
        stroke->first = *pen;
        stroke->points = g_array_new(FALSE, FALSE, sizeof(uint16_t));
        g_ptr_array_add(self->strokes, stroke);
    }
    g_array_append_vals(stroke->points, pen->points, pen->n_points);
    self->n_points += pen->n_points / 2;
    return true;
}

unsigned
sc_marks_count_points(const ScMarks *self)
{
    return self->n_points;
}

ScStroke *
sc_marks_dup_strokes(const ScMarks *self, unsigned *out_n)
{
    ScStroke *copy = g_new0(ScStroke, self->strokes->len);
    for (guint i = 0; i < self->strokes->len; i++) {
        const Stroke *stroke = g_ptr_array_index(self->strokes, i);
        copy[i] = (ScStroke){
            .stroke = stroke->first.stroke,
            .colour = stroke->first.colour,
            .width = stroke->first.width,
            .n_points = stroke->points->len,
            .points =
                g_memdup2(stroke->points->data, stroke->points->len * sizeof(uint16_t)),
        };
    }
    *out_n = self->strokes->len;
    return copy;
}
