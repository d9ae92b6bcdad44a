/* SPDX-License-Identifier: Apache-2.0 */
/* line.h: what a receiver is sent of its pictures is what its line carries: from its
 * feedback (bandwidth.h) to the choice (sharing.h) to the seats of its slots. A receiver
 * that gives no transport-wide feedback is sent the best there is. Thread: the
 * receiver's worker. docs/architecture.md#lines. */
#pragma once

#include "relay/transport.h"
#include "relay/wire/twcc.h"

typedef struct ScLine ScLine;

/* NULL: there was no feedback yet. */
void sc_line_free(ScLine *self);

/* What became of one packet, by a feedback packet's statuses in their order; with the
 * first one the line is made. */
void sc_line_take(ScTransport *transport, ScKit *kit, const ScTwccStatus *status);
/* That was all of one feedback packet. */
void sc_line_conclude(ScTransport *transport, ScKit *kit);

/* Each short tick of a transport that has a line: sends what is to be tried. */
void sc_line_try(ScTransport *transport, ScKit *kit);

/* Once a second: tracks, layers and their rates may be others. */
void sc_line_review(ScTransport *transport, ScKit *kit);

/* Is it sent less than the best there is? */
bool sc_line_is_limiting(const ScTransport *transport);

/* Takes the seat that is due to @slot by its track and its line. Nothing where it has it
 * already. */
void sc_line_seat(ScKit *kit, ScSlot *slot);
