/* SPDX-License-Identifier: Apache-2.0 */
/* floor-time.h: for how long each site has had the floor. Time is passed in. Thread: any;
 * one at a time. */
#pragma once

#include "signaling/protocol/room-event.h"

typedef struct ScFloorTime ScFloorTime;

ScFloorTime *sc_floor_time_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_floor_time_free(ScFloorTime *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScFloorTime, sc_floor_time_free)

/* @site "": nobody has it from here on. */
void sc_floor_time_give(ScFloorTime *self, const char *site, int64_t at_ms);
/* Whole seconds up to @now_ms, of those who ever had it; to be freed. */
ScSiteNumbers sc_floor_time_dup(const ScFloorTime *self, int64_t now_ms);
