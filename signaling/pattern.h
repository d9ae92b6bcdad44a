/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h: the path of a route, with {} for a segment of 1 to 64 bytes of
 * [A-Za-z0-9_.:-]. Thread: main. */
#pragma once

#include <stdbool.h>

#include "signaling/exchange.h"

/* Matches segment by segment. What stands for each {} goes to @exchange, as far as it
 * matches; NULL: nowhere. */
bool sc_pattern_matches(const char *pattern, const char *path, ScExchange *exchange);
