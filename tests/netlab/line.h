/* SPDX-License-Identifier: Apache-2.0 */
/* line.h: the packets under way in one direction, sorted by the time they come out. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#define SC_LINE_PACKET_BYTES \
    2048 /* more than any IP packet a TUN device of MTU 1500 gives */

typedef struct {
    GList link;         /* in the line, or among the spare ones */
    int64_t release_us; /* set by the caller before put */
    size_t size;        /* bytes, set by the caller before put */
    uint8_t bytes[SC_LINE_PACKET_BYTES];
} ScHeld;

typedef struct {
    GQueue held;     /* owned: ScHeld by release_us, equal ones in the order they came */
    GQueue spare;    /* owned: ScHeld */
    unsigned n_left; /* how many more may be allocated */
} ScLine;

void sc_line_init(ScLine *self, unsigned limit);
void sc_line_clear(ScLine *self);

/* A packet to fill: the caller owns it until put or recycle. NULL at the limit. */
ScHeld *sc_line_take(ScLine *self) G_GNUC_WARN_UNUSED_RESULT;
void sc_line_put(ScLine *self, ScHeld *held);
void sc_line_recycle(ScLine *self, ScHeld *held);

/* The next packet that is due at @now_us, for the caller to recycle; NULL if none is. */
ScHeld *sc_line_pop(ScLine *self, int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;

/* When the next one is due; G_MAXINT64 if none is held. */
int64_t sc_line_get_next_us(const ScLine *self);
