/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/netlab/line.h"

void
sc_line_init(ScLine *self, unsigned limit)
{
    g_queue_init(&self->held);
    g_queue_init(&self->spare);
    self->n_left = limit;
}

static void
free_all(GQueue *queue)
{
    GList *link;

    while ((link = g_queue_pop_head_link(queue)))
        g_free(link->data);
}

void
sc_line_clear(ScLine *self)
{
    free_all(&self->held);
    free_all(&self->spare);
}

ScHeld *
sc_line_take(ScLine *self)
{
    GList *link = g_queue_pop_head_link(&self->spare);

    if (link)
        return link->data;
    if (self->n_left == 0)
        return NULL;
    self->n_left--;
    ScHeld *held = g_new0(ScHeld, 1);
    held->link.data = held;
    return held;
}

/* From the tail: nearly every packet belongs there, since delay keeps the order. */
void
sc_line_put(ScLine *self, ScHeld *held)
{
    GList *before = self->held.tail;

    while (before && ((ScHeld *)before->data)->release_us > held->release_us)
        before = before->prev;
    if (before)
        g_queue_insert_after_link(&self->held, before, &held->link);
    else
        g_queue_push_head_link(&self->held, &held->link);
}

void
sc_line_recycle(ScLine *self, ScHeld *held)
{
    g_queue_push_head_link(&self->spare, &held->link);
}

ScHeld *
sc_line_pop(ScLine *self, int64_t now_us)
{
    if (sc_line_get_next_us(self) > now_us)
        return NULL;
    return g_queue_pop_head_link(&self->held)->data;
}

int64_t
sc_line_get_next_us(const ScLine *self)
{
    return self->held.head ? ((ScHeld *)self->held.head->data)->release_us : G_MAXINT64;
}
