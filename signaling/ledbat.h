/* SPDX-License-Identifier: Apache-2.0 */
/* ledbat.h: how fast something may be sent that gives way to everything else on its line:
 * it watches the delay that its own queue adds, and slows down before others feel it.
 * Pure. Spec: RFC 6817, with a paced rate in place of the window, because the sender is
 * TCP. */
#pragma once

#include <stdint.h>

#define SC_LEDBAT_TARGET_US                                                             \
    25000                          /* of queueing: what receivers wait for late packets \
                                    anyway is 80 (RFC 6817, 3.3: 100 at most) */
#define SC_LEDBAT_FLOOR_BPS 128000 /* bits a second: it always arrives */
#define SC_LEDBAT_FIRST_BPS 250000 /* to begin with */
#define SC_LEDBAT_CEILING_BPS 1000000000

typedef struct {
    uint32_t rtt_us;        /* smoothed */
    uint32_t min_rtt_us;    /* of this connection: the line with empty queues */
    uint64_t delivered_bps; /* what arrives; 0: not known yet */
    uint32_t segment_bytes; /* of a full one */
} ScLedbatFigures;

typedef struct {
    uint64_t rate_bps; /* to send at, at most */
    uint32_t base_us;  /* the round trip without what we add; 0: not known yet */
    uint32_t last_us;  /* the round trip when it was judged last */
    int64_t due_us;    /* when it is judged again */
} ScLedbat;

void sc_ledbat_init(ScLedbat *self, int64_t now_us);
/* Once a round trip, and ten times a second at most: sooner calls change nothing. */
void sc_ledbat_adjust(ScLedbat *self, const ScLedbatFigures *figures, int64_t now_us);
