/* SPDX-License-Identifier: Apache-2.0 */
/* early-answer.h: an answer to somebody who is still sending. libsoup answers when the
 * request has come to its end; of a body that nobody wants this is too late, or never.
 * Thread: main. Spec: RFC 9112, 9.6. */
#pragma once

#include <stdbool.h>

#include <libsoup/soup.h>

/* Sends @message the answer that it was given, as the last one of its connection; what
 * the client still sends is for the caller to read away, and libsoup's own answer comes
 * to nothing. False where the connection does not take it in one piece. */
bool sc_early_answer_send(SoupServerMessage *message) G_GNUC_WARN_UNUSED_RESULT;
