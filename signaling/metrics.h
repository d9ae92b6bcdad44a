/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.h: GET /metrics: our own counters and those of the relay, in Prometheus' text
 * format 0.0.4. Thread: main. Names: docs/operating.md#counters. */
#pragma once

#include "signaling/bell.h"
#include "signaling/conductor.h"
#include "signaling/events.h"
#include "signaling/server.h"

typedef struct ScMetrics ScMetrics;

/* Counts what @server answers; borrows all four, of which nothing is asked once @server
 * runs no more. */
ScMetrics *sc_metrics_new(ScServer *server, ScConductor *conductor, ScEvents *events,
                          ScBell *bell) G_GNUC_WARN_UNUSED_RESULT;
void sc_metrics_free(ScMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScMetrics, sc_metrics_free)

/* Appends what @stats, the result of relay.stats, says of the relay called @instance. */
void sc_metrics_append_relay(GString *text, const char *instance, JsonObject *stats);
