/* SPDX-License-Identifier: Apache-2.0 */
/* actor.h: one peer on a stage: what it publishes, what it was sent and what it was asked
 * for. It plays by itself once it is connected and live: a video frame each 40 ms, audio
 * each 20 ms, a sender report each second; it answers NACK by RTX and PLI by a key frame.
 * Thread: the test's. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "relay/wire/rtcp.h"
#include "tests/integration/relay/media.h"
#include "tests/integration/relay/stage.h"
#include "tests/integration/relay/thin-line.h"

#define SC_ACTOR_STREAMS_MAX 8
#define SC_ACTOR_SLOTS_MAX 8

typedef struct {
    const char
        *address; /* NULL: 127.0.0.1; its family is that of the relay's candidate */
    const char *profiles; /* NULL: both */
    const char *tracks; /* 'a' audio, 'v' video, 's' video in three layers; NULL: none */
    const char *slots;  /* 'a' or 'v' each; NULL: none */
    bool delays_handshake; /* see peer.h */
    bool hides_ssrcs; /* signaling is not told them: the relay learns by MID and RID */
} ScActorPlan;

/* One packet that came, repaired ones under their original number. */
typedef struct {
    ScMediaLabel label;
    bool is_intact; /* every byte of the payload is as it was sent */
    bool is_repair;
    bool marker;
    uint8_t payload_type;
    uint16_t sequence;
    uint16_t wide_sequence; /* transport-wide */
    uint32_t timestamp;
    int64_t arrival_us;
} ScHeard;

typedef struct {
    char *name; /* owned */
    bool is_video;
    uint32_t ssrc, rtx_ssrc;
    GArray *heard;  /* owned: of ScHeard, by arrival */
    unsigned loses; /* so many of the next packets are not heard, as if lost */
    GArray *lost;   /* owned: of uint16_t, sequence numbers of those */
    ScRtcpSenderInfo report;
    unsigned n_reports;
    int64_t report_us; /* arrival of the last one */
} ScHearing;

/* What a publisher was asked for on one of its streams. */
typedef struct {
    unsigned n_plis;
    GArray *pli_us; /* owned: of int64_t, arrivals */
    GArray *nacked; /* owned: of uint16_t, in the order of asking */
    unsigned n_reports;
    ScRtcpReport report; /* the last one */
} ScAsked;

typedef struct ScActor {
    ScStage *stage; /* borrowed: owns us */
    char *name;     /* owned: also the transport's */
    ScActorPlan plan;
    ScPeer *peer;                       /* owned */
    ScAddress relay;                    /* where the peer sends to */
    char *relay_ufrag, *relay_password; /* owned: the relay's first ones */
    ScStream streams[SC_ACTOR_STREAMS_MAX];
    ScAsked asked[SC_ACTOR_STREAMS_MAX];
    char *tracks[SC_ACTOR_STREAMS_MAX]; /* owned: name of the track of each stream */
    unsigned n_streams;
    ScHearing slots[SC_ACTOR_SLOTS_MAX];
    unsigned n_slots;
    uint16_t transport_sequence;
    bool is_live;
    bool repairs;     /* answers NACKs; true at first */
    ScThinLine *line; /* owned; by which it hears, and tells so; NULL: says nothing */
    int64_t next_video_us, next_audio_us, next_report_us;
    unsigned n_feedbacks;         /* transport-wide */
    unsigned n_feedback_received; /* packets they told of */
    unsigned n_strange;           /* RTP of no slot of ours */
    unsigned n_repeated;          /* repairs of what was there */
    int64_t ntp_offset_us;        /* our wall clock against the monotonic one */
} ScActor;

/* Creates the peer and its transport; connects it where @connects, and waits for that.
 * The stage owns it. */
ScActor *sc_actor_new(ScStage *stage, const ScActorPlan *plan, bool connects);
void sc_actor_free(ScActor *self);
void sc_actor_connect(ScActor *self);
bool sc_actor_is_connected(void *actor);

/* Called by the stage at each tick. */
void sc_actor_play(ScActor *self, int64_t now_us);

/* ICE restart through signaling; checks with the new credentials begin at once. */
void sc_actor_restart_ice(ScActor *self);

/* Slot @slot of @self is fed by stream @stream of @from; NULL: by nobody. */
void sc_actor_patch(ScActor *self, unsigned slot, const ScActor *from, unsigned stream);
/* Closes the transport through signaling. */
void sc_actor_close(ScActor *self);

/* RTCP of a receiver about slot @slot. */
void sc_actor_send_pli(ScActor *self, unsigned slot);
void sc_actor_send_nack(ScActor *self, unsigned slot, const uint16_t *sequences,
                        size_t n_sequences);
void sc_actor_send_receiver_report(ScActor *self, unsigned slot);

/* Packets heard on @slot that came from stream id @id. */
unsigned sc_actor_count(const ScActor *self, unsigned slot, uint32_t id);
const ScHeard *sc_actor_get_heard(const ScActor *self, unsigned slot, unsigned index);
unsigned sc_actor_get_n_heard(const ScActor *self, unsigned slot);

/* Waits until @n_packets more came on @slot; asserts that they do. */
void sc_actor_wait_heard(ScActor *self, unsigned slot, unsigned n_packets);

/* Asserts of all that was heard on @slot: intact, of ours, no number twice, numbers
 * without a gap (sorted by number), timestamps that never go back over rising numbers. */
void sc_actor_assert_continuous(const ScActor *self, unsigned slot);
