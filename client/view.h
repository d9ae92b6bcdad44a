/* SPDX-License-Identifier: Apache-2.0 */
/* view.h: the screen of a room. It runs for the whole program, apart from any session: a
 * lost line leaves the last picture standing, and a plain sentence says what is the
 * matter. Thread: main, but for sc_view_push(). */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/layout.h"

typedef struct ScView ScView;

/* @n_pictures: inputs, each of which can be shown. @latency_ms: how long after its PTS a
 * picture is shown, so that lips and voice agree. @on_closed: the window was closed, or
 * `q` or Escape pressed. NULL and @error set where nothing can be shown. */
ScView *sc_view_new(const char *title, unsigned n_pictures, unsigned latency_ms,
                    void (*on_closed)(void *user_data), void *user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_view_free(ScView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScView, sc_view_free)

/* Any thread. PTS: CLOCK_MONOTONIC [ns]. */
void sc_view_push(ScView *self, unsigned index, GstSample *sample);

/* The canvas that areas stand on [pixels]. */
void sc_view_get_size(const ScView *self, int *out_width, int *out_height);
void sc_view_place(ScView *self, unsigned index, bool shown, const ScArea *area);
/* Copied; @banner's size is ours. */
void sc_view_write(ScView *self, const ScBanner *banner);
