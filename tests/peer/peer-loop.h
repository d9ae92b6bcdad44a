/* SPDX-License-Identifier: Apache-2.0 */
/* peer-loop.h: one epoll loop for any number of synthetic peers of one thread. Timers are
 * a tick that looks at one number of each peer, which thousands of peers can afford.
 * Thread: any one. */
#pragma once

#include <stdint.h>

#include <glib.h>

#define SC_PEER_TICK_US 5000

typedef struct ScPeerLoop ScPeerLoop;

ScPeerLoop *sc_peer_loop_new(void);
/* After every peer of it was freed. */
void sc_peer_loop_free(ScPeerLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScPeerLoop, sc_peer_loop_free)

/* Readable while datagrams wait: for a loop around this one, which then calls run_once()
 * with no time to wait, at each tick too. Borrowed. */
int sc_peer_loop_get_fd(const ScPeerLoop *self);

/* Waits for datagrams or the next tick, @timeout_us at most; then calls the peers'
 * handlers, which must free no peer. */
void sc_peer_loop_run_once(ScPeerLoop *self, int64_t timeout_us);
