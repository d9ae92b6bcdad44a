/* SPDX-License-Identifier: Apache-2.0 */
/* events.h: the WebSocket connections of people: hello, limits, the lesson's numbered
 * events, and cutting off who does not read. Thread: main. Spec: RFC 6455;
 * docs/protocol.md#events. */
#pragma once

#include "signaling/bell.h"
#include "signaling/conductor.h"
#include "signaling/server.h"

#define SC_EVENTS_CLOSE_BAD_MESSAGE 4400
#define SC_EVENTS_CLOSE_TOKEN 4401
#define SC_EVENTS_CLOSE_NO_HELLO 4408
#define SC_EVENTS_CLOSE_OVER SC_CLOSE_OVER
#define SC_EVENTS_CLOSE_TOO_FAST 4429 /* also: too far behind */
#define SC_EVENTS_LINGER_MS 2000 /* from the end of a lesson to SC_EVENTS_CLOSE_OVER */

typedef struct ScEvents ScEvents;

/* Counters since the start. */
typedef struct {
    unsigned n_connections; /* now */
    uint64_t n_accepted;
    uint64_t n_received; /* messages */
    uint64_t n_sent;
    uint64_t n_refused; /* messages answered by an error */
    uint64_t n_cut_off; /* connections closed by us for what they did */
} ScEventsCounters;

/* Observes @conductor, which outlives it as @clock and @bell do, and takes the WebSockets
 * of
 * @server, which must not run any more when it is freed. */
ScEvents *sc_events_new(const ScConfig *config, ScClock *clock, ScServer *server,
                        ScConductor *conductor, ScBell *bell) G_GNUC_WARN_UNUSED_RESULT;
/* Closes all connections. */
void sc_events_free(ScEvents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScEvents, sc_events_free)

ScEventsCounters sc_events_get_counters(const ScEvents *self);
