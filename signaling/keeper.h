/* SPDX-License-Identifier: Apache-2.0 */
/* keeper.h: takes away what has had its time: audit rows older than they are kept,
 * sessions and tokens that are over. A little each minute, so that nothing ever waits for
 * it. Thread: main. */
#pragma once

#include "signaling/clock.h"
#include "signaling/config.h"
#include "signaling/store/store.h"

typedef struct ScKeeper ScKeeper;

/* Borrows all; they outlive it. */
ScKeeper *sc_keeper_new(const ScConfig *config, ScClock *clock, ScStore *store)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_keeper_free(ScKeeper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScKeeper, sc_keeper_free)
