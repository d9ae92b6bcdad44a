/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h: what a peer's RTCP makes us do. A publisher's SR sets its clock, its BYE ends
 * a stream; a receiver's NACK is answered from the history, its PLI or FIR is merged with
 * all others', its reports tell loss and round trip. Thread: the worker that owns the
 * peer. Spec: RFC 3550 section 6; RFC 4585; RFC 5104; RFC 4588. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "relay/transport.h"

/* One decrypted compound. */
ScVerdict sc_answer_rtcp(ScTransport *transport, ScKit *kit, const uint8_t *data,
                         size_t length) G_GNUC_WARN_UNUSED_RESULT;
