/* SPDX-License-Identifier: Apache-2.0 */
/* capture.h: a live pipeline that is opened again when its device or its far end goes and
 * comes back. Thread: main; samples come on streaming threads. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

/* Borrowed @sample; its PTS is the CLOCK_MONOTONIC instant of capture [ns]. */
typedef void (*ScCaptureOutlet)(const char *sink, GstSample *sample, void *user_data);

typedef struct ScCapture ScCapture;

/* @description: gst-launch text; each appsink in it is an outlet under its own name.
 * @name: for the log. NULL and @error set if the text names an element that is missing.
 */
ScCapture *sc_capture_new(const char *name, const char *description,
                          ScCaptureOutlet outlet, void *user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* No sample comes after this. */
void sc_capture_free(ScCapture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScCapture, sc_capture_free)

/* Lends the pipeline, to set up elements by name before the start. */
GstElement *sc_capture_get_pipeline(ScCapture *self);
void sc_capture_start(ScCapture *self);

/* What an element `level` in it said last: root mean square against full scale. False if
 * there is none, or while nothing comes. */
bool sc_capture_get_level_db(const ScCapture *self, double *out_level_db);
