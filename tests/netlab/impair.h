/* SPDX-License-Identifier: Apache-2.0 */
/* impair.h: decides what becomes of each packet of one direction. Pure: the clock is
 * passed in and chance comes from a seed. Each packet draws the same number of times
 * whatever the spec, so that changing the delay does not change which packets are lost.
 * Loss models: RFC 6534 section 4 names Gilbert-Elliott's parameters as we do. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "tests/netlab/spec.h"

typedef enum {
    SC_FATE_PASS,
    SC_FATE_LOST,  /* by one of the loss models */
    SC_FATE_QUEUE, /* the queue before the limited rate was full */
    SC_FATE_DOWN,  /* in an outage */
    SC_N_FATES,
} ScFate;

typedef struct {
    ScSpec spec;        /* may be changed between two packets */
    GRand *chance;      /* owned */
    bool is_bad;        /* Gilbert-Elliott's state */
    int64_t sent_us;    /* when the last accepted packet leaves the limited rate */
    int64_t release_us; /* of the last packet that kept its order */
} ScImpair;

void sc_impair_init(ScImpair *self, uint32_t seed);
void sc_impair_clear(ScImpair *self);

/* The fate of a packet of @size bytes that arrives at @now_us (never less than before).
 * For SC_FATE_PASS @out_release_us is when it comes out at the far end, at the earliest
 * now. */
ScFate sc_impair_decide(ScImpair *self, size_t size, int64_t now_us,
                        int64_t *out_release_us);
