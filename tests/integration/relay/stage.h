/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h: a real synclass-relay of its own in a temporary folder at a free port,
 * signaling's end of its control channel, and a loop for peers. The program is named by
 * SC_RELAY. Thread: the test's, which iterates GLib's default context. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "tests/peer/control-server.h"
#include "tests/peer/peer.h"

#define SC_STAGE_SECOND_US INT64_C(1000000)
#define SC_STAGE_HANG_US \
    (60 * SC_STAGE_SECOND_US) /* ends a hung test, never waited for */

typedef struct {
    char *dir;                /* owned */
    char *log;                /* owned: path of the relay's standard error */
    GSubprocess *relay;       /* owned */
    ScControlServer *control; /* owned */
    ScPeerLoop *loop;         /* owned */
    ScPeerIdentity *identity; /* owned */
    unsigned fd_source, tick_source;
    GPtrArray *actors; /* of ScActor: owned */
    unsigned n_names;  /* given so far */
    bool may_log;      /* the test provokes more than a line for each peer */
} ScStage;

/* Fixture functions of g_test_add(). Taking down checks that the relay ends in time and
 * with status 0 (so that no sanitizer had anything to say), and that it logged little.
 * @data may name more arguments, separated by blanks. */
void sc_stage_set_up(ScStage *self, gconstpointer data);
void sc_stage_tear_down(ScStage *self, gconstpointer data);

/* Runs everybody for @us; where nothing is to happen for so long. */
void sc_stage_run_for(ScStage *self, int64_t us);

/* Runs everybody until @is_done; false after @timeout_us. */
typedef bool (*ScStagePredicate)(void *data);
bool sc_stage_run_until(ScStage *self, ScStagePredicate is_done, void *data,
                        int64_t timeout_us);

/* @method with JSON @params. call() asserts success and hands over the result; refuse()
 * asserts the JSON-RPC error @code. */
JsonNode *sc_stage_call(ScStage *self, const char *method, const char *params);
void sc_stage_refuse(ScStage *self, const char *method, const char *params, int code);

/* Of relay.stats; unknown names are the test's mistake. */
uint64_t sc_stage_get_verdict(ScStage *self, const char *label);
uint64_t sc_stage_get_counter(ScStage *self, const char *name);

unsigned sc_stage_count_log_lines(const ScStage *self);

/* The last transport.state of @transport, NULL where there was none. Borrowed until the
 * next run. */
const char *sc_stage_get_state(const ScStage *self, const char *transport);
