/* SPDX-License-Identifier: Apache-2.0 */
/* projector.h: draws pages of documents on a thread of its own: a television box takes a
 * second for one that is full of pictures. The newest wish wins; when there is none, the
 * pages next to the last one are drawn ahead, so that a turn shows at once. The only door
 * to poppler. Thread: main. */
#pragma once

#include "client/sheet.h"

#define SC_PROJECTOR_ERROR (sc_projector_error_quark())
GQuark sc_projector_error_quark(void);
typedef enum { SC_PROJECTOR_ERROR_BAD_PAGE } ScProjectorError;

typedef struct {
    unsigned ticket;          /* of the wish */
    cairo_surface_t *picture; /* RGB24, of the projector's size; NULL: @error */
    ScArea place;             /* of the page in it */
    const GError *error;      /* the document or its page is broken, or gone */
} ScProjection;

typedef struct ScProjector ScProjector;

/* @width and @height of its pictures [pixels]: a page lies whole and in the middle of
 * them. @projected, on the main context: once for each wish that no newer one overtook;
 * its @projection is borrowed. */
ScProjector *sc_projector_new(int width, int height,
                              void (*projected)(const ScProjection *projection,
                                                void *user_data),
                              void *user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for a page that is being drawn. */
void sc_projector_free(ScProjector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScProjector, sc_projector_free)

/* Page @page, from 1, of the file @path. @ticket comes back with the picture; not 0. */
void sc_projector_wish(ScProjector *self, const char *path, unsigned page,
                       unsigned ticket);
/* What was wished is not wanted any more. */
void sc_projector_forget(ScProjector *self);
