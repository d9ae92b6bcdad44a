/* SPDX-License-Identifier: Apache-2.0 */
/* quality.h: the relay's figures of a session as the line people are shown.
 * Thread: any; plain values. Spec: docs/protocol.md#events. */
#pragma once

#include <stdbool.h>

#include "signaling/control.h"
#include "signaling/session.h"

/* What stays unseen and unheard up to these is good, up to those weak. A satellite's
 * round trip of 600 ms is no fault of its line. */
#define SC_QUALITY_GOOD_LOSS_PCT 2.0
#define SC_QUALITY_WEAK_LOSS_PCT 10.0
#define SC_QUALITY_GOOD_RTT_MS 800
#define SC_QUALITY_WEAK_RTT_MS 1500

ScLevel sc_quality_get_level(double loss_pct, unsigned rtt_ms);

/* @session's own direction out of @figures, rounded to what people can tell apart. True
 * where it is not what was told last; it counts as told then. */
bool sc_quality_update(ScSession *session, const ScControlQuality *figures,
                       ScQualityEvent *out_event);
