/* SPDX-License-Identifier: Apache-2.0 */
/* report.h: the RTCP we send. To a publisher: receiver reports, transport-wide feedback,
 * what we miss (NACK) and the merged key-frame request (PLI). To a receiver: a sender
 * report for each slot that sends, with the publisher's clock. Thread: the worker that
 * owns the peer. Spec: RFC 3550 section 6; RFC 4585;
 * draft-holmer-rmcat-transport-wide-cc-extensions-01. */
#pragma once

#include "relay/transport.h"

/* At the end of a batch that touched @layer, and on each short tick: what is due to be
 * asked of its publisher at once. */
void sc_report_ask(ScTransport *publisher, ScKit *kit, ScLayer *layer);

/* On each short tick: transport-wide feedback. */
void sc_report_send_feedback(ScTransport *publisher, ScKit *kit);

/* Once a second: receiver reports about all that it publishes. */
void sc_report_send_receiver_report(ScTransport *publisher, ScKit *kit);

/* Once a second, and soon after a patch: sender reports of all its slots. */
void sc_report_send_sender_reports(ScTransport *receiver, ScKit *kit);

/* Fills the last second of @transport and begins the next. */
void sc_report_measure(ScTransport *transport, int64_t passed_us, int64_t now_us,
                       ScQuality *out_quality);

/* True where signaling has to be told @quality: it differs from what was told last, or
 * that is old. The telling costs more than all other work of an idle receiver. */
bool sc_report_is_news(ScTransport *transport, const ScQuality *quality, int64_t now_us);
