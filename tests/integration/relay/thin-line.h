/* SPDX-License-Identifier: Apache-2.0 */
/* thin-line.h: makes a loopback a thin line for a receiver: what came at once is told as
 * if it had come through a line of some width, or not at all (transport-wide feedback).
 * Thread: the test's. Spec: draft-holmer-rmcat-transport-wide-cc-extensions-01. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "relay/wire/rtp.h"
#include "relay/wire/twcc.h"
#include "tests/peer/peer.h"

typedef struct {
    uint64_t width_bps;
    int64_t queue_max_us; /* what would wait longer is lost */
    int64_t free_us;      /* when all that came is through */
    int64_t told_us;
    GArray *pending; /* owned: what is not through yet */
    ScTwcc arrived;
} ScThinLine;

ScThinLine *sc_thin_line_new(uint64_t width_bps) G_GNUC_WARN_UNUSED_RESULT;
void sc_thin_line_free(ScThinLine *self);

void sc_thin_line_take(ScThinLine *self, const ScRtp *rtp, size_t length, int64_t now_us);
/* At each tick: feedback about @media_ssrc every 100 ms. */
void sc_thin_line_tell(ScThinLine *self, ScPeer *peer, uint32_t media_ssrc,
                       int64_t now_us);
