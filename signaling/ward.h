/* SPDX-License-Identifier: Apache-2.0 */
/* ward.h: main contexts inside the default one. GLib looks at each source of a context in
 * each turn; what thousands of silent people wait by is therefore kept in wards of a few
 * dozen, and a ward takes a turn only when something in it is ready. Thread: main, whose
 * default context turns them. */
#pragma once

#include <glib.h>

#define SC_WARD_PLACES 64 /* people of a ward */

/* Stays for who comes next when the last one has left, so that whatever was begun there
 * ends as it would in the default context. */
typedef struct ScWard ScWard;

/* A place for one more, in a ward that has one, else in a new one; in a full one where no
 * descriptor is left for that. */
ScWard *sc_ward_enter(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_ward_leave(ScWard *self);

/* Where this one's sources are attached; borrowed, for ever. It is the thread's default
 * while it is dispatched. */
GMainContext *sc_ward_get_context(const ScWard *self);
