/* SPDX-License-Identifier: Apache-2.0 */
/* witness.h: a lesson that goes on beside a test: a teacher who is heard and a classroom
 * that hears. What is done to others must not be heard here. */
#pragma once

#include "tests/integration/signaling/talker.h"

typedef struct {
    Place *place;      /* owned: the sample with two classrooms */
    Media *media;      /* owned */
    Talker *teacher;   /* owned: publishes */
    Talker *classroom; /* owned: the first, subscribes */
} Witness;

Witness *witness_open(void);
/* With @settings, the text of signaling's configuration. */
Witness *witness_open_with(const char *settings);
/* Asserts that nothing was missed, and that signaling still serves; then closes all. */
void witness_close(Witness *witness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Witness, witness_close)

/* Asserts that packets still come, without a gap. */
void witness_check(Witness *witness);
