/* SPDX-License-Identifier: Apache-2.0 */
/* slides.h: the documents of a lesson, the page that is shown where slides stand, and the
 * marks on each page and on the shared screen. Thread: main; no socket, no store. Spec:
 * docs/protocol.md#slides. */
#pragma once

#include <stdbool.h>

#include "signaling/protocol/event.h"

#define SC_SLIDES_POINTS_MAX 400000 /* of all pages together */

typedef struct ScSlides ScSlides;

ScSlides *sc_slides_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_slides_free(ScSlides *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSlides, sc_slides_free)

/* Is one more allowed. False and @error: DOCUMENT_LIMIT. */
bool sc_slides_check_space(const ScSlides *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Its number, which nothing else ever has. 0 and @error: DOCUMENT_LIMIT. */
unsigned sc_slides_add(ScSlides *self, const ScDocumentRequest *document, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* False and @error: UNKNOWN_DOCUMENT. If a page of it is shown, none is afterwards. */
bool sc_slides_remove(ScSlides *self, unsigned document, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NULL: there is none. Borrowed. */
const ScDocumentRequest *sc_slides_lookup(const ScSlides *self, unsigned document);
/* In the order of their numbers; the caller's. */
ScDocumentEvent *sc_slides_dup_documents(const ScSlides *self, unsigned *out_n)
    G_GNUC_WARN_UNUSED_RESULT;

/* False and @error: UNKNOWN_DOCUMENT, UNKNOWN_PAGE. */
bool sc_slides_turn(ScSlides *self, const ScPageRequest *page, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ScPageRequest sc_slides_get_page(const ScSlides *self);

/* Of what is shown. False and @error: PEN_LIMIT. */
bool sc_slides_draw(ScSlides *self, const ScPenRequest *pen, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_slides_wipe(ScSlides *self);
/* As they were begun; the caller's, for sc_strokes_free(). */
ScStroke *sc_slides_dup_strokes(const ScSlides *self, unsigned *out_n)
    G_GNUC_WARN_UNUSED_RESULT;
