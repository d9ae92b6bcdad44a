/* SPDX-License-Identifier: Apache-2.0 */
/* herald.h: tells on standard output what happens in the room. Thread: main. Spec:
 * docs/protocol.md, Status. */
#pragma once

#include <stdint.h>

#include "client/status.h"
#include "signaling/protocol/event.h"

/* Nothing where @event is none of the room's that is told. @t_us: CLOCK_MONOTONIC. */
void sc_herald_tell(ScStatus *status, const ScEvent *event, int64_t t_us);
/* Ours, turned off or on because the teacher asked. */
void sc_herald_tell_microphone(ScStatus *status, bool is_on, int64_t t_us);
/* A page that was asked for, or is on the canvas; none: both members null. */
void sc_herald_tell_page(ScStatus *status, const char *name, const ScPageRequest *page,
                         int64_t t_us);
/* One was handed in; one is here, whole. */
void sc_herald_tell_document(ScStatus *status, const ScDocumentEvent *document,
                             int64_t t_us);
void sc_herald_tell_document_ready(ScStatus *status, unsigned document, int64_t t_us);
