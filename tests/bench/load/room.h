/* SPDX-License-Identifier: Apache-2.0 */
/* room.h: one synthetic classroom: what it got, read from headers that are in the clear:
 * loss, duplicates, frames, the longest time without a packet. A sampled room opens its
 * packets and checks each byte. Thread: the loop's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tests/bench/load/meter.h"
#include "tests/bench/load/source.h"
#include "tests/peer/peer.h"

/* Of one RTP stream since the window was opened. */
typedef struct {
    bool has_begun;
    uint64_t base;    /* extended sequence: one below the first that counts */
    uint64_t highest; /* extended */
    uint64_t seen;    /* bit n: highest - n has come */
    uint64_t n_received;
    uint64_t n_duplicates;
    uint64_t n_late; /* too late for @seen to know them */
} ScLoadStream;

typedef struct {
    ScPeer *peer;               /* owned */
    ScLoadMeter *meter;         /* borrowed: the program's */
    const ScLoadSource *source; /* borrowed: the program's */
    bool is_sampled;
    int64_t asked_us; /* monotonic: when it asked to join */
    int64_t first_us; /* monotonic: its first packet; 0: none yet */
    ScLoadStream video, audio;
    uint64_t n_other;         /* packets of neither, for example RTX */
    uint64_t n_video;         /* packets of @video, ever */
    uint64_t n_messages;      /* messages that held some of them, ever */
    uint64_t last_message;    /* of those: which of the peer's */
    int64_t last_ns;          /* the newest packet's arrival; 0: none */
    int64_t longest_gap_ns;   /* in the window */
    bool is_aligned;          /* knows which time stamp is which frame */
    uint32_t frame_timestamp; /* of @frame */
    uint64_t frame;
} ScLoadRoom;

typedef struct {
    ScPeerLoop *loop;
    const char *address; /* to send from */
    ScPeerIdentity *identity;
    const char *profiles;
    ScLoadMeter *meter;
    const ScLoadSource *source;
    bool is_sampled;
} ScLoadRoomSetup;

/* Its peer is made; how it joins is join.h's matter. */
ScLoadRoom *sc_load_room_new(const ScLoadRoomSetup *setup, GError **error);
void sc_load_room_free(ScLoadRoom *self);

/* Counting starts anew. */
void sc_load_room_open(ScLoadRoom *self, int64_t now_ns);

/* The gap that is still open counts too. */
int64_t sc_load_room_get_longest_gap_ns(const ScLoadRoom *self, int64_t now_ns);

/* Packets that should have come between the first and the newest. */
uint64_t sc_load_stream_get_n_expected(const ScLoadStream *self);
