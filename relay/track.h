/* SPDX-License-Identifier: Apache-2.0 */
/* track.h: one published stream and its layers. A layer is one encoding of it: its
 * history, its clock, and who has receivers for it.
 *
 * Thread: made on the main thread; a layer's fields say who may touch them. A track has
 * many owners (its publisher, control's table, the feeds of slots on any worker), so it
 * is counted, but never per packet: at a patch, and once per batch and worker. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "relay/clock.h"
#include "relay/config.h"
#include "relay/history.h"
#include "relay/keyframe.h"
#include "relay/mailbox.h"
#include "relay/nack.h"
#include "relay/wire/codec.h"

#define SC_TRACK_LAYERS_MAX 4
#define SC_TRACK_NAME_MAX 64 /* bytes of track, slot and transport names */
#define SC_TRACK_MID_MAX 16  /* bytes of a mid or rid */
#define SC_TRACK_NO_PAYLOAD_TYPE 0xff

typedef struct ScTrack ScTrack;
typedef struct ScLayer ScLayer;
typedef struct ScAudience ScAudience;

/* What signaling says of a track, see docs/protocol.md#control. */
typedef struct {
    char name[SC_TRACK_NAME_MAX + 1];
    char mid[SC_TRACK_MID_MAX + 1];
    char rids[SC_TRACK_LAYERS_MAX][SC_TRACK_MID_MAX + 1];
    unsigned n_rids; /* 0: one layer without a name */
    ScCodec codec;
    bool is_video;
    bool nack, pli, transport_cc;
    uint32_t clock_hz;
    uint32_t ssrc, rtx_ssrc; /* 0: not declared */
    uint8_t payload_type;
    uint8_t rtx_payload_type; /* SC_TRACK_NO_PAYLOAD_TYPE: none */
} ScTrackSpec;

/* "Look at this layer": to one worker, at most one on its way. */
typedef struct {
    ScMail mail;
    atomic_bool posted; /* set by the publisher's worker, cleared by the one who looks */
    ScLayer *layer;     /* borrowed: contains us; the track is held while posted */
} ScTouch;

/* What arrived of the layer, for receiver reports (RFC 3550, appendix A.3 and A.8). */
typedef struct {
    uint32_t ssrc;     /* 0: nothing arrived yet */
    uint32_t rtx_ssrc; /* 0: none known */
    uint64_t first;    /* extended sequence */
    uint64_t highest;
    uint64_t n_received;
    uint64_t n_bytes;
    uint64_t reported_expected, reported_received; /* at the last report */
    int64_t transit;                               /* RTP units */
    double jitter;                                 /* RTP units */
    uint32_t last_sr; /* middle of the NTP time of the last SR; 0: none */
    int64_t last_sr_us;
} ScReception;

struct ScLayer {
    /* any worker */
    ScTrack *track;     /* borrowed: contains us */
    ScHistory *history; /* owned */
    ScClock clock;
    _Atomic uint64_t audience_workers; /* bit per worker that has receivers of this layer:
                                        * each sets its own, the publisher's reads */
    _Atomic uint32_t rate_bps;         /* in the last second, 0: silent; the same */
    _Atomic uint32_t picture;     /* width << 16 | height of its pictures, 0: not known;
                                   * the publisher's worker sets it */
    atomic_bool key_frame_wanted; /* set by any worker, taken by the publisher's */
    ScAudience **audiences;       /* owned; element w is worker w's alone */
    ScTouch *touches;             /* owned; to worker w */
    /* the publisher's worker */
    ScReception reception;
    ScNackList nacks;
    ScKeyframe keyframe;
    int64_t last_packet_us;
    uint64_t rated_bytes;
    bool touched; /* in this batch */
};

struct ScTrack {
    atomic_uint n_refs;
    ScTrackSpec spec;
    uint64_t transport; /* id of the publisher */
    atomic_bool closed; /* nothing more will come; set by the publisher's worker */
    _Atomic unsigned best_layer; /* what layers.h chose; the publisher's worker sets it */
    bool flowing;                /* the publisher's worker */
    unsigned n_layers;
    unsigned n_workers;
    ScLayer layers[SC_TRACK_LAYERS_MAX];
};

/* @transport: the publisher's id. */
ScTrack *sc_track_new(const ScTrackSpec *spec, uint64_t transport, unsigned n_workers,
                      const ScConfig *config) G_GNUC_WARN_UNUSED_RESULT;
ScTrack *sc_track_ref(ScTrack *self);
void sc_track_unref(ScTrack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScTrack, sc_track_unref)

/* Any worker: asks the publisher for a key frame, merged with all other requests. */
void sc_layer_want_key_frame(ScLayer *self);

/* Posts @self's touch for worker @index to @mailbox unless it is on its way. */
bool sc_layer_touch(ScLayer *self, unsigned index, ScMailbox *mailbox,
                    void (*deliver)(ScMail *, void *));
