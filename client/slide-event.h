/* SPDX-License-Identifier: Apache-2.0 */
/* slide-event.h: what signaling says of documents and of the page that is shown, as one.
 * Thread: any; plain values. Spec: docs/protocol.md#the-room. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signaling/protocol/event.h"

typedef enum {
    SC_SLIDE_EVENT_WELCOME, /* all documents there are, and the page */
    SC_SLIDE_EVENT_DOCUMENT,
    SC_SLIDE_EVENT_DOCUMENT_REMOVED,
    SC_SLIDE_EVENT_PAGE,
} ScSlideEventType;

typedef struct {
    unsigned document; /* its number in the lesson, from 1 */
    char name[SC_DOCUMENT_NAME_MAX * SC_CHARACTER_MAX + 1];
    unsigned n_pages;
    int64_t n_bytes;
} ScSlideDocument;

typedef struct {
    unsigned document; /* 0: no page is shown */
    unsigned page;     /* from 1; 0 likewise */
} ScSlidePage;

typedef struct {
    ScSlideEventType type;
    ScSlideDocument documents[SC_DOCUMENTS_MAX]; /* of `document` the first one */
    unsigned n_documents;
    unsigned removed;  /* number of the document */
    ScSlidePage page;  /* of the welcome and of `page` */
    ScStroke *strokes; /* owned: the marks of the page; a welcome has them elsewhere */
    unsigned n_strokes;
} ScSlideEvent;

/* False where @event is none of these. After success, clear. */
bool sc_slide_event_read(const ScEvent *event, ScSlideEvent *out_event)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_slide_event_clear(ScSlideEvent *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScSlideEvent, sc_slide_event_clear)
