/* SPDX-License-Identifier: Apache-2.0 */
/* health.h: GET /healthz, for supervisors and load balancers. Thread: main.
 * Spec: docs/protocol.md#http. */
#pragma once

#include "signaling/media.h"
#include "signaling/server.h"

void sc_health_add_routes(ScServer *server, ScMedia *media);
