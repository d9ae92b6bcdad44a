/* SPDX-License-Identifier: Apache-2.0 */
/* document.h: one document of the lesson on its way here: asked for until it is whole,
 * from where the line broke, and then kept in the library. Thread: main; files are read
 * and written elsewhere. Spec: docs/protocol.md, HTTP; RFC 9110, 13 and 14. */
#pragma once

#include "client/library.h"
#include "client/place.h"

typedef struct {
    /* @n_bytes of it are here. */
    void (*progressed)(int64_t n_bytes, void *user_data);
    /* It is whole, and what its ETag says. @path: in the library. */
    void (*arrived)(const char *path, void *user_data);
    /* It will not come: the server refuses it for good. */
    void (*failed)(const char *reason, void *user_data);
} ScDocumentHandlers;

typedef struct ScDocument ScDocument;

/* Begins at once. @document: its number. @place's texts and @handlers outlive it. */
ScDocument *sc_document_new(const ScPlace *place, ScLibrary *library, unsigned document,
                            const ScDocumentHandlers *handlers, void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Nothing is called any more. What came stays in the library. */
void sc_document_free(ScDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDocument, sc_document_free)

unsigned sc_document_get_number(const ScDocument *self);
