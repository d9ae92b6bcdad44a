/* SPDX-License-Identifier: Apache-2.0 */
/* inspection.h: looks through a PDF that a stranger has sent. It is read by a program of
 * its own (qpdf), with a limit on its time and memory: what is broken on purpose breaks
 * nothing of ours. Thread: main. Spec: qpdf(1). */
#pragma once

#include <glib.h>

/* @n_pages of a good one, or 0 and @error: BAD_DOCUMENT, ENCRYPTED_DOCUMENT,
 * TOO_MANY_PAGES, INTERNAL_ERROR (qpdf is not there). */
typedef void (*ScInspected)(unsigned n_pages, const GError *error, gpointer user_data);

typedef struct ScInspection ScInspection;

/* Calls @inspected once, later, and is gone then. */
ScInspection *sc_inspection_begin(const char *path, ScInspected inspected,
                                  gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Nobody wants to know any more: @inspected is not called. */
void sc_inspection_abandon(ScInspection *self);
