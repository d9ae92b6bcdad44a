/* SPDX-License-Identifier: Apache-2.0 */
/* intake.h: what one peer publishes: its RTP, sorted by SSRC into tracks and layers,
 * unwrapped where it is RTX, and put into the history. Thread: the worker that owns the
 * peer. Spec: RFC 3550; RFC 4588 (RTX); RFC 9143 section 9.2 (MID before SSRC before
 * payload type); RFC 8852 (RID). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/kit.h"
#include "relay/track.h"
#include "relay/verdict.h"
#include "relay/wire/extension.h"
#include "relay/wire/rtcp.h"
#include "relay/wire/twcc.h"

#define SC_INTAKE_STREAMS_MAX 64 /* SSRCs of one peer; srtp.h admits no more */

typedef struct {
    uint32_t ssrc;
    bool is_rtx;
    ScLayer *layer; /* borrowed: of one of our tracks */
} ScIntakeStream;

typedef struct {
    ScTrack **tracks; /* owned; each a ref */
    unsigned n_tracks;
    ScExtensionIds extensions;
    ScIntakeStream streams[SC_INTAKE_STREAMS_MAX];
    unsigned n_streams;
    uint64_t n_bytes; /* RTP payload taken */
    ScTwcc twcc;
} ScIntake;

/* @tracks: the pointers are copied, a reference to each is taken. */
ScIntake *sc_intake_new(ScTrack *const *tracks, unsigned n_tracks,
                        const ScExtensionIds *extensions) G_GNUC_WARN_UNUSED_RESULT;
/* Its tracks are closed: slots of others let go of them. */
void sc_intake_free(ScIntake *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScIntake, sc_intake_free)

/* Hot. One decrypted RTP packet. What it touched is noted in @kit. */
ScVerdict sc_intake_take(ScIntake *self, ScKit *kit, const uint8_t *data, size_t length,
                         int64_t arrival_us) G_GNUC_WARN_UNUSED_RESULT;

/* The publisher's clock of a stream. */
void sc_intake_take_sender_report(ScIntake *self, ScKit *kit,
                                  const ScRtcpSenderInfo *info);

/* The layer whose media has @ssrc, or NULL. */
ScLayer *sc_intake_lookup_layer(const ScIntake *self, uint32_t ssrc);
