/* SPDX-License-Identifier: Apache-2.0 */
/* strangers.h: names that nobody has, and how often somebody tried to sign in by them:
 * they are locked as people's are, so that a lock does not tell which names there are.
 * Not kept: a restart forgets them. Thread: one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_STRANGERS_MAX 4096 /* past that the one who was first is forgotten */

typedef struct ScStrangers ScStrangers;

ScStrangers *sc_strangers_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_strangers_free(ScStrangers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScStrangers, sc_strangers_free)

/* Until when @name is locked, in Unix time; 0: it is not. */
int64_t sc_strangers_get_lock(const ScStrangers *self, const char *name);
/* One more failure of @name: true if it is the @max-th in a row, which locks it until
 * @until_ms. */
bool sc_strangers_fail(ScStrangers *self, const char *name, unsigned max,
                       int64_t until_ms);
