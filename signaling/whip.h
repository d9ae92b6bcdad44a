/* SPDX-License-Identifier: Apache-2.0 */
/* whip.h: the HTTP life of a session: POST makes it, PATCH trickles and restarts ICE,
 * DELETE ends it. WHIP (publish) and WHEP (subscribe) differ in the path and the kind
 * only. Thread: main. Spec: RFC 9725, draft-ietf-wish-whep, RFC 8840;
 * docs/protocol.md#http. */
#pragma once

#include "signaling/conductor.h"
#include "signaling/server.h"

/* @conductor outlives @server's last request. */
void sc_whip_add_routes(ScServer *server, ScConductor *conductor);
