/* SPDX-License-Identifier: Apache-2.0 */
/* relay.h: the process: its workers, the handshake pool, the lobby, and the order in
 * which they begin and end. Thread: main. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "relay/config.h"
#include "relay/notice.h"
#include "relay/order.h"
#include "relay/stats.h"
#include "relay/transport.h"

typedef struct ScRelay ScRelay;

/* @config is borrowed for the relay's life. Workers run when this returns. */
ScRelay *sc_relay_new(const ScConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Stops all threads; no notice is delivered any more. */
void sc_relay_free(ScRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRelay, sc_relay_free)

/* Notices are given to @listener in the main loop, borrowed for the call. */
typedef void (*ScRelayListener)(const ScNotice *notice, void *user_data);
void sc_relay_listen(ScRelay *self, ScRelayListener listener, void *user_data);

/* Makes a transport and lets it wait in the lobby. NULL and @error where @spec is
 * refused; else the transport to look at, borrowed until the main loop runs again. */
const ScTransport *sc_relay_add(ScRelay *self, const ScTransportSpec *spec,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Carries @order out, or sends it to the transport's home; takes it. False where that has
 * no room, or where there is no such transport. */
bool sc_relay_give(ScRelay *self, ScOrder *order);

uint16_t sc_relay_get_port(const ScRelay *self);
const char *sc_relay_get_fingerprint(const ScRelay *self); /* borrowed */
unsigned sc_relay_get_n_workers(const ScRelay *self);

/* Of all workers. */
void sc_relay_sum_stats(const ScRelay *self, ScStatsSum *out_sum);
