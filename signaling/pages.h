/* SPDX-License-Identifier: Apache-2.0 */
/* pages.h: the web pages, out of the program's own resources (signaling/web).
 * Thread: main. Spec: RFC 9110 (conditional requests), CSP 3; docs/protocol.md#http. */
#pragma once

#include "signaling/server.h"

void sc_pages_add_routes(ScServer *server);
