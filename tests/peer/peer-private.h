/* SPDX-License-Identifier: Apache-2.0 */
/* peer-private.h: what the loop and its peers know of each other. */
#pragma once

#include "tests/peer/peer.h"

void sc_peer_loop_add(ScPeerLoop *self, ScPeer *peer);
void sc_peer_loop_remove(ScPeerLoop *self, ScPeer *peer);
void sc_peer_loop_watch(ScPeerLoop *self, ScPeer *peer, int fd);

int sc_peer_get_fd(const ScPeer *self);
int64_t sc_peer_get_wake_us(const ScPeer *self);
void sc_peer_run_timers(ScPeer *self, int64_t now_us);

/* What the kernel handed over at once: datagrams of one size, merged, of which only the
 * last may be shorter. */
typedef struct {
    uint8_t *data;
    size_t length;
    size_t segment;     /* bytes of each datagram */
    int64_t arrival_ns; /* CLOCK_REALTIME; 0: not told */
} ScPeerMessage;

void sc_peer_receive(ScPeer *self, const ScPeerMessage *message, int64_t now_us);
