/* SPDX-License-Identifier: Apache-2.0 */
/* sender.h: how the source's packets reach the server: as SRTP of a peer, or as plain RTP
 * to the ports of a Janus mountpoint. Thread: the loop's. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "tests/bench/load/source.h"
#include "tests/peer/peer.h"

typedef struct {
    ScPeer *peer; /* borrowed; NULL: plain RTP */
    int video_fd; /* owned; connected; -1: none */
    int audio_fd; /* owned; the same */
    bool is_burst;
    uint8_t *run; /* owned; packets back to back */
} ScLoadSender;

/* @is_burst: packets of one size are handed to the kernel at once, and reach the server
 * as a network card with interrupt moderation would deliver them; else each by a call of
 * its own. */
void sc_load_sender_init(ScLoadSender *self, ScPeer *peer, bool is_burst);
/* Plain RTP; @audio_port 0: none. */
bool sc_load_sender_init_plain(ScLoadSender *self, const char *address,
                               uint16_t video_port, uint16_t audio_port, bool is_burst,
                               GError **error);
void sc_load_sender_clear(ScLoadSender *self);

/* An ScLoadSend; @sender is the ScLoadSender. */
void sc_load_sender_send(ScLoadPacket *packets, unsigned n_packets, void *sender);
