/* SPDX-License-Identifier: Apache-2.0 */
/* roster.h: who is in the lesson, as the events say. Pure. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/event.h"

typedef struct {
    ScWelcomeEvent welcome; /* owned copy; its `present` is kept up as "publishes" */
    bool known;             /* a welcome came */
} ScRoster;

void sc_roster_clear(ScRoster *self);

/* welcome, joined, left and floor change it; others do not. */
void sc_roster_apply(ScRoster *self, const ScEvent *event);

/* Of this client; "" before the welcome. */
const char *sc_roster_get_site(const ScRoster *self);
/* Whose floor it is; "": nobody's. */
const char *sc_roster_get_floor(const ScRoster *self);
/* The lesson's teacher; "" before the welcome. */
const char *sc_roster_get_teacher(const ScRoster *self);
/* NULL if @site is none of the lesson's. */
const ScEventSite *sc_roster_lookup(const ScRoster *self, const char *site);
/* NULL: no site has that tile. */
const ScEventSite *sc_roster_lookup_tile(const ScRoster *self, int tile);
/* Number in the stamps: the teacher 1, tiles from 2; 0 for others and unknown. */
uint16_t sc_roster_get_source_number(const ScRoster *self, const char *site);
unsigned sc_roster_count_tiles(const ScRoster *self);
/* Does anybody publish what @watcher watches? True while that is not known. */
bool sc_roster_is_published(const ScRoster *self, ScRole watcher);
