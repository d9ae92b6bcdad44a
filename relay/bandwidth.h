/* SPDX-License-Identifier: Apache-2.0 */
/* bandwidth.h: what the line to a receiver carries, from its transport-wide feedback. Not
 * how a delay rises is looked at, but whether a queue stands: the least delay within a
 * quarter of a second, over the least within half a minute (the ideas of CoDel, RFC 8289,
 * and of LEDBAT, RFC 6817). A key frame makes a queue that drains by itself, which is no
 * reason for anything. Who wants more than was found to fit has to try: the caller sends
 * so much for a second, and it is seen whether a queue stands then. Pure: no socket, the
 * clock is passed in. Thread: the receiver's worker. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "relay/wire/twcc.h"

#define SC_BANDWIDTH_UNLIMITED UINT32_MAX
#define SC_BANDWIDTH_SENDS                                      \
    256 /* messages remembered: 2 s of a lesson; a power of two \
         */

/* One message: packets that were given to the kernel together. */
typedef struct {
    int64_t sent_us;
    uint32_t n_bytes; /* of all its packets */
    uint16_t first;   /* transport-wide number of the first one */
    uint16_t n_packets;
} ScSend;

/* Fields are private to bandwidth.c. */
typedef struct {
    ScSend sends[SC_BANDWIDTH_SENDS];
    unsigned n_sends; /* ever */
    unsigned found;   /* where the last number was; those that follow are near */

    /* what came within the present window */
    int64_t window_us; /* when it began */
    int64_t least_us;  /* from sending to arrival, by two clocks */
    uint32_t n_received, n_lost;
    uint64_t n_bytes;

    int64_t
        bases_us[2]; /* the least ones of the present and of the last quarter minute */
    int64_t base_began_us;

    uint32_t limit_bps;
    unsigned n_congested; /* windows in a row */
    int64_t congested_us; /* when the first of them ended */
    int64_t clear_us;     /* since when no queue stands */
    int64_t hold_us;      /* so long it has to be clear before more is tried */
    uint32_t tried_bps;   /* 0: nothing is being tried */
    int64_t tried_until_us;
    int64_t
        raised_us; /* when the limit last rose; 0: that has stood, or was taken back */
} ScBandwidth;

void sc_bandwidth_init(ScBandwidth *self, int64_t now_us);

/* Hot. @n_packets were sent, with @n_bytes in all, the first of them as @first. */
static inline void
sc_bandwidth_note_sent(ScBandwidth *self, uint16_t first, unsigned n_packets,
                       size_t n_bytes, int64_t now_us)
{
    self->sends[self->n_sends++ % SC_BANDWIDTH_SENDS] =
        (ScSend){ .sent_us = now_us,
                  .n_bytes = (uint32_t)n_bytes,
                  .first = first,
                  .n_packets = (uint16_t)n_packets };
}

/* What became of one packet; in rising order of numbers. */
void sc_bandwidth_take(ScBandwidth *self, const ScTwccStatus *status);

/* Behind the last status of a feedback packet, and once a second: who is sent nothing
 * tells nothing, and is allowed more after a while. @wanted_bps: what would be sent with
 * the next step up, 0: there is none; @can_try: the caller can send that much for a
 * while, else it is allowed at once, and taken back where it does not fit. True where the
 * limit is another one. */
bool sc_bandwidth_review(ScBandwidth *self, uint32_t wanted_bps, bool can_try,
                         int64_t now_us);

/* What may be sent in all. */
uint32_t sc_bandwidth_get_limit_bps(const ScBandwidth *self);
/* So much is to be sent in all until the next review; 0: no more than there is. */
uint32_t sc_bandwidth_get_tried_bps(const ScBandwidth *self);
