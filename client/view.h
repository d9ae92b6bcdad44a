/* SPDX-License-Identifier: Apache-2.0 */
/* view.h: the window and the loudspeaker of a room. They run for the whole program, apart
 * from any session: a lost line leaves the last picture standing, and a plain sentence
 * says what is the matter. A classroom sees one picture full screen and, while somebody
 * has the floor, an inset; a teacher sees tiles and itself. Thread: main, but for
 * sc_view_push(). */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

typedef struct ScView ScView;

typedef enum {
    SC_VIEW_CLASSROOM, /* picture 0: main, 1: guest, 2: slides */
    SC_VIEW_TEACHER,   /* pictures 0…: tiles, the last: itself */
} ScViewLayout;

/* @latency_ms: added to the PTS of what is shown, for lip sync. @on_closed: the window
 * was closed, or `q` pressed. NULL and @error set where there is no display. */
ScView *sc_view_new(ScViewLayout layout, unsigned n_pictures, unsigned n_sounds,
                    unsigned latency_ms, void (*on_closed)(void *user_data),
                    void *user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_view_free(ScView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScView, sc_view_free)

/* Any thread. PTS: CLOCK_MONOTONIC [ns]. */
void sc_view_push_picture(ScView *self, unsigned index, GstSample *sample);
void sc_view_push_sound(ScView *self, unsigned index, GstSample *sample);

/* Hidden pictures leave their place empty, or uncovered. */
void sc_view_show(ScView *self, unsigned index, bool shown);
/* Under picture @index of a teacher's; "" for none. */
void sc_view_set_title(ScView *self, unsigned index, const char *title);
/* At the bottom. @alarm: it is not as it should be. @caption: smaller, at the right. */
void sc_view_set_sentence(ScView *self, const char *sentence, const char *caption,
                          bool alarm);
