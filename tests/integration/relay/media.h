/* SPDX-License-Identifier: Apache-2.0 */
/* media.h: made media whose every byte follows from a stream's id and a packet's number,
 * so that a receiver can tell from a payload alone whose it is and that no bit of it
 * changed. H.264 (RFC 6184, single NAL units) or Opus by its looks; nobody decodes it.
 * Thread: any one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "tests/peer/peer.h"

#define SC_MEDIA_PAYLOAD_MAX 1150        /* bytes */
#define SC_MEDIA_FRAME_US INT64_C(40000) /* video: 25 a second */
#define SC_MEDIA_AUDIO_US INT64_C(20000)

/* Header extensions as docs/protocol.md numbers them. */
enum {
    SC_MEDIA_EXTENSION_MID = 1,
    SC_MEDIA_EXTENSION_RID = 2,
    SC_MEDIA_EXTENSION_REPAIRED_RID = 3,
    SC_MEDIA_EXTENSION_ABS_SEND_TIME = 4,
    SC_MEDIA_EXTENSION_TRANSPORT_CC = 5,
};

typedef enum {
    SC_MEDIA_AUDIO,
    SC_MEDIA_SPS, /* begins a key frame */
    SC_MEDIA_KEY_FIRST,
    SC_MEDIA_KEY_MORE,
    SC_MEDIA_DELTA_FIRST,
    SC_MEDIA_DELTA_MORE,
} ScMediaKind;

typedef struct {
    ScMediaKind kind;
    uint32_t id;     /* of the stream */
    uint64_t number; /* of the packet in its stream, from 0 */
} ScMediaLabel;

/* Returns the length, which follows from @label too. */
size_t sc_media_write(const ScMediaLabel *label, uint8_t out[SC_MEDIA_PAYLOAD_MAX]);
/* False where any byte is not what sc_media_write() makes of the label in it. */
bool sc_media_read(const uint8_t *payload, size_t length, ScMediaLabel *out_label);

/* What was sent, or kept back, under one sequence number. */
typedef struct {
    ScMediaLabel label;
    uint16_t sequence;
    uint32_t timestamp;
    bool marker;
} ScSent;

/* One outgoing RTP stream. Fields may be set before the first packet. */
typedef struct {
    uint32_t id;
    bool is_video;
    uint32_t ssrc, rtx_ssrc;
    uint8_t payload_type, rtx_payload_type;
    const char *mid; /* NULL: not sent */
    const char *rid; /* NULL: not sent */
    uint32_t clock_hz;
    unsigned packets_per_frame;
    unsigned key_every; /* frames; 0: the first only */

    uint16_t sequence;     /* of the next packet */
    uint16_t rtx_sequence; /* of the next repair */
    uint32_t timestamp;    /* of the next frame */
    uint64_t n_packets;
    uint64_t n_frames;
    uint32_t report_timestamp; /* of the last sender report */
    uint64_t report_ntp;       /* the same; 0: none was sent */
    bool wants_key;            /* the next frame is a key frame */
    unsigned keeps_back;       /* so many of the next packets are not sent, as if lost */
    uint16_t
        *transport_sequence; /* borrowed: the next number, of all streams of a peer */
    GArray *sent;            /* owned: of ScSent */
} ScStream;

void sc_stream_init(ScStream *self, uint32_t id, bool is_video);
void sc_stream_clear(ScStream *self);

void sc_stream_send_frame(ScStream *self, ScPeer *peer);
/* By RTX where it has a stream for that, else as it was. False: never sent. */
bool sc_stream_repair(ScStream *self, ScPeer *peer, uint16_t sequence);
/* The wall clock @ntp belongs to the timestamp of the last frame. */
void sc_stream_send_report(ScStream *self, ScPeer *peer, uint64_t ntp);
const ScSent *sc_stream_lookup_sent(const ScStream *self, uint64_t number);
