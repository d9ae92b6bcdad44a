/* SPDX-License-Identifier: Apache-2.0 */
/* aside.h: work too long for the main loop, which carries lessons that run: done on a
 * thread of its own, one piece after the other, with a connection of its own to the
 * store. Thread: main, but for the work itself. */
#pragma once

#include "signaling/store/store.h"

typedef struct ScAside ScAside;

/* On the thread. */
typedef bool (*ScAsideWork)(ScStore *store, gpointer data, GError **error);
/* On the main loop; @error (borrowed) NULL: it was done. Frees @data. */
typedef void (*ScAsideDone)(gpointer data, const GError *error);

/* @database: of the store that is open already. */
ScAside *sc_aside_new(const char *database, unsigned max_waiting)
    G_GNUC_WARN_UNUSED_RESULT;
/* Nothing may be under way. */
void sc_aside_free(ScAside *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScAside, sc_aside_free)

/* False: SC_PROBLEM_BUSY, too much is waiting; neither is called. */
bool sc_aside_push(ScAside *self, ScAsideWork work, ScAsideDone done, gpointer data,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
