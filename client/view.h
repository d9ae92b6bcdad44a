/* SPDX-License-Identifier: Apache-2.0 */
/* view.h: the screen of a room. It runs for the whole program, apart from any session: a
 * lost line leaves the last picture standing, and a plain sentence says what is the
 * matter. Thread: main, but for sc_view_push(). */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/layout.h"
#include "client/poster.h"

/* The canvas [pixels]; the sink scales it to the screen. More would cost a television box
 * its processor, and gives nothing to cameras of this size. */
#define SC_VIEW_WIDTH 1280
#define SC_VIEW_HEIGHT 720

typedef struct ScView ScView;

typedef struct {
    /* The window was closed, or `q` or Escape pressed. */
    void (*closed)(void *user_data);
    /* Any other key: X11's name of it. NULL: they are of no use. */
    void (*key)(const char *key, void *user_data);
    /* The still of number @serial is on the canvas. @t_us: when it was drawn there,
     * CLOCK_MONOTONIC. NULL: there are no stills. */
    void (*drawn)(unsigned serial, int64_t t_us, void *user_data);
} ScViewHandlers;

/* @n_pictures: inputs, each of which can be shown. @latency_ms: how long after its PTS a
 * picture is shown, so that lips and voice agree. @handlers is copied. NULL and @error
 * set where nothing can be shown. */
ScView *sc_view_new(const char *title, unsigned n_pictures, unsigned latency_ms,
                    const ScViewHandlers *handlers, void *user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same without a window, on @sink, which is gst-launch text. */
ScView *sc_view_new_on(const char *sink, unsigned n_pictures, unsigned latency_ms,
                       const ScViewHandlers *handlers, void *user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_view_free(ScView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScView, sc_view_free)

/* Any thread. PTS: CLOCK_MONOTONIC [ns]. */
void sc_view_push(ScView *self, unsigned index, GstSample *sample);

/* A picture that stands until the next one: RGB24; not changed any more. @serial: not 0.
 */
void sc_view_push_still(ScView *self, unsigned index, cairo_surface_t *picture,
                        unsigned serial);

/* The canvas that areas stand on [pixels]. */
void sc_view_get_size(const ScView *self, int *out_width, int *out_height);
void sc_view_place(ScView *self, unsigned index, bool shown, const ScArea *area);
/* Size of the pictures that come [pixels]; 0 before the first. */
void sc_view_get_picture_size(const ScView *self, unsigned index, int *out_width,
                              int *out_height);
/* Over the pictures, below the words, in this order; takes both, either may be NULL. */
void sc_view_lay(ScView *self, GstVideoOverlayRectangle *strokes,
                 GstVideoOverlayRectangle *pointer);
/* Copied; @banner's size is ours. */
void sc_view_write(ScView *self, const ScBanner *banner);
/* Instead of a banner: over the whole canvas. Copied; @poster's size is ours. */
void sc_view_cover(ScView *self, const ScPoster *poster);
