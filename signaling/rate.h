/* SPDX-License-Identifier: Apache-2.0 */
/* rate.h: how many messages a client may send: a token bucket. Thread: any; plain values.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    unsigned per_s;
    unsigned burst;
    double credit;   /* messages that may be sent at once */
    int64_t last_us; /* when @credit was right */
} ScRate;

/* Starts with the full burst. */
void sc_rate_init(ScRate *self, unsigned per_s, unsigned burst, int64_t now_us);

/* Counts one message; false where it is one too many. */
bool sc_rate_take(ScRate *self, int64_t now_us);
