/* SPDX-License-Identifier: Apache-2.0 */
/* audience.h: the slots of one worker that one layer feeds. Those that are live get each
 * new packet by one common plan; those that join wait for a start, then catch up at a
 * pace. Thread: the worker's. */
#pragma once

#include "relay/kit.h"
#include "relay/slot.h"
#include "relay/track.h"

/* Gives @slot a seat with @layer, in place of a seat it was joining with. While it waits
 * it stays live with a layer of the same track. A slot that has no payload type for the
 * codec is counted and gets no seat. */
void sc_audience_join(ScKit *kit, ScLayer *layer, ScSlot *slot);

/* Takes all seats of @slot; nothing more is sent by it. Flushes nothing. */
void sc_audience_leave(ScKit *kit, ScSlot *slot);

/* Hot. Queues what is new in @layer's history to this worker's slots. */
void sc_audience_serve(ScKit *kit, ScLayer *layer);

/* Goes on with all slots that catch up. */
void sc_audience_pace_all(ScKit *kit);

/* Frees the audiences nobody sits in. */
void sc_audience_sweep(ScKit *kit);

ScLayer *sc_audience_get_layer(const ScAudience *self); /* borrowed */

/* For the GPtrArray in @kit: the last reference of an empty audience. */
void sc_audience_free(void *self);
