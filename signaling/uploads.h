/* SPDX-License-Identifier: Apache-2.0 */
/* uploads.h: how a teacher's PDF comes in: written to the shelf as it comes, made durable
 * on a thread of its own, looked through, and only then the lesson's. No more than
 * SC_UPLOADS_MAX come at once, SC_UPLOADS_OF_A_LESSON_MAX of them of one lesson. Thread:
 * main. Spec: docs/protocol.md#slides.
 */
#pragma once

#include "signaling/conductor.h"
#include "signaling/server.h"
#include "signaling/shelf.h"

#define SC_UPLOADS_MAX 16
#define SC_UPLOADS_OF_A_LESSON_MAX 2
#define SC_UPLOADS_INSPECTED_MAX 2 /* at once: each may take 512 MiB and a processor */

typedef struct ScUploads ScUploads;

/* What @lesson's folder holds may be more than its documents: a document was refused or
 * taken away. @site is one of the lesson's. */
typedef void (*ScUploadsTidy)(const char *lesson, const char *site, gpointer user_data);

/* Borrows all. */
ScUploads *sc_uploads_new(ScServer *server, ScConductor *conductor, ScShelf *shelf,
                          ScUploadsTidy tidy, gpointer user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* After the server. */
void sc_uploads_free(ScUploads *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScUploads, sc_uploads_free)
