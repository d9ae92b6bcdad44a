/* SPDX-License-Identifier: Apache-2.0 */
/* spread.h: times of one kind, and how they are spread. Thread: one. */
#pragma once

#include <stdint.h>

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
    GArray *times_us; /* owned, of int64_t */
} Spread;

void spread_init(Spread *self);
void spread_clear(Spread *self);
void spread_add(Spread *self, int64_t time_us);
/* {"n","p50_ms","p95_ms","p99_ms","max_ms"} as member @name of the object under way. */
void spread_print(Spread *self, JsonBuilder *builder, const char *name);
