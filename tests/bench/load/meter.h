/* SPDX-License-Identifier: Apache-2.0 */
/* meter.h: what all rooms together saw while the window was open: when the first and the
 * last of them had a frame complete, and how long the packets that were opened had been
 * on their way. Thread: the loop's. Figures: docs/performance.md#figures. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_LOAD_FRAMES_MAX 65536 /* of one window; later ones are not looked at */

typedef struct {
    int64_t first_ns; /* when the first room had its last packet; 0: none has */
    int64_t last_ns;
    unsigned n_rooms;
} ScLoadFrame;

typedef struct {
    bool is_open;
    uint64_t first_frame; /* number of frames[0] */
    ScLoadFrame *frames;  /* owned */
    GArray *delays_us;    /* owned; of double */
    uint64_t n_checked;   /* packets opened and equal to what was sent */
    uint64_t n_false;     /* packets opened that were not */
} ScLoadMeter;

void sc_load_meter_init(ScLoadMeter *self);
void sc_load_meter_clear(ScLoadMeter *self);

/* Forgets all and starts with @first_frame. */
void sc_load_meter_open(ScLoadMeter *self, uint64_t first_frame);

/* Hot. A room got the last packet of @frame. */
void sc_load_meter_note_frame(ScLoadMeter *self, uint64_t frame, int64_t arrival_ns);

void sc_load_meter_note_delay(ScLoadMeter *self, int64_t delay_ns);

/* First-to-last over the frames that all of @n_rooms had, µs; of double. The caller
 * frees. */
GArray *sc_load_meter_get_skews_us(const ScLoadMeter *self, unsigned n_rooms);

/* By nearest rank of @values (of double), which it sorts; NAN of none. */
double sc_load_meter_get_quantile(GArray *values, double quantile);
