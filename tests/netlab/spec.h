/* SPDX-License-Identifier: Apache-2.0 */
/* spec.h: what one direction of a link does to packets, as text and as numbers.
 * Text: "delay_ms=300,jitter_ms=30,loss=0.02,reorder=0.01:20,gilbert=0.01:0.2:0:1,
 * rate_kbps=4000,queue_ms=200,down=0"; a key that is absent stays as it was. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_SPEC_ERROR (sc_spec_error_quark())
GQuark sc_spec_error_quark(void);

typedef enum {
    SC_SPEC_ERROR_KEY,   /* no such key */
    SC_SPEC_ERROR_VALUE, /* not a number, or outside its range */
} ScSpecError;

typedef struct {
    int64_t delay_us;   /* one way */
    int64_t jitter_us;  /* uniform in ± this; the order is kept */
    double loss;        /* [0, 1] of packets, each by itself */
    double reorder;     /* [0, 1] of packets come late, and out of order */
    int64_t reorder_us; /* by this much */
    /* Gilbert-Elliott: two states, each with its loss; off while enter_bad is 0. */
    double enter_bad; /* [0, 1] a packet, good → bad */
    double leave_bad; /* [0, 1] a packet, bad → good */
    double loss_good; /* [0, 1] */
    double loss_bad;  /* [0, 1] */
    int64_t rate_bps; /* 0: no limit */
    int64_t queue_us; /* what does not fit in this much waiting is dropped */
    bool down;        /* an outage: nothing passes */
} ScSpec;

#define SC_SPEC_CLEAN ((ScSpec){ .queue_us = 200 * 1000, .leave_bad = 1, .loss_bad = 1 })

/* Applies @text to @spec. False and @error, and @spec untouched, if a part is refused. */
bool sc_spec_parse(ScSpec *spec, const char *text, GError **error);
