/* SPDX-License-Identifier: Apache-2.0 */
/* documents.h: the door for slides: a teacher hands in a PDF (uploads.h), every site of
 * the lesson may fetch it, giving way to the lesson's media, and what nobody needs any
 * more is taken away. Thread: main. Spec: docs/protocol.md#slides.
 */
#pragma once

#include "signaling/conductor.h"
#include "signaling/server.h"

typedef struct ScDocuments ScDocuments;

/* Borrows all but @config, which is only read. The files lie in "documents" beside the
 * database; those of lessons that are over, and those that no lesson has any more, are
 * taken away now and then. */
ScDocuments *sc_documents_new(const ScConfig *config, ScClock *clock, ScServer *server,
                              ScStore *store, ScConductor *conductor)
    G_GNUC_WARN_UNUSED_RESULT;
/* After the server. */
void sc_documents_free(ScDocuments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDocuments, sc_documents_free)
