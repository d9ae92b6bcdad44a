/* SPDX-License-Identifier: Apache-2.0 */
/* window.h: a full-screen X11 window for a video sink, where there is X11. The only door
 * to Xlib. Thread: main, but for sc_window_get_handle(). */
#pragma once

#include <stdint.h>

#include <glib.h>

typedef struct ScWindow ScWindow;

/* @on_key: a key was pressed; X11's name of it, by the state of shift and number lock. A
 * key that is held is told once. NULL where there is no X11 display: the sink then opens
 * what the system has. */
ScWindow *sc_window_new(const char *title,
                        void (*on_key)(const char *key, void *user_data), void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* After the sink that draws in it. */
void sc_window_free(ScWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScWindow, sc_window_free)

/* As gst_video_overlay_set_window_handle() takes it. Any thread. */
uintptr_t sc_window_get_handle(const ScWindow *self);
