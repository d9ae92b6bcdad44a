/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h: receives slots: keeps a WHEP session alive whose sections are the slots, in
 * the order in which docs/protocol.md, SDP numbers them. Thread: main. */
#pragma once

#include <stdbool.h>

#include "client/link.h"
#include "client/slot.h"

typedef struct ScWatch ScWatch;

/* @slots: those of a kind in the protocol's order; borrowed, they outlive the watch.
 * @latency_ms: what the jitter buffers wait for a late or lost packet; more on a long
 * line. */
ScWatch *sc_watch_new(const ScPlace *place, GPtrArray *slots, unsigned latency_ms,
                      void (*changed)(void *user_data), void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_watch_free(ScWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScWatch, sc_watch_free)

ScLink *sc_watch_get_link(ScWatch *self);
