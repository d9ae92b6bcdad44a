/* SPDX-License-Identifier: Apache-2.0 */
/* limiter.h: how often each of many may ask: a token bucket for each key. Thread: one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_LIMITER_KEYS_MAX 16384 /* of one limiter; past that the idle are forgotten */

typedef struct ScLimiter ScLimiter;

ScLimiter *sc_limiter_new(double per_s, unsigned burst) G_GNUC_WARN_UNUSED_RESULT;
void sc_limiter_free(ScLimiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLimiter, sc_limiter_free)

/* Counts one request of @key; false where it is one too many. Where the table is full of
 * keys that are not idle, a new key is refused. */
bool sc_limiter_take(ScLimiter *self, const char *key, int64_t now_us);
/* Takes the last one of @key back: it was of a kind that is not counted. */
void sc_limiter_give_back(ScLimiter *self, const char *key);
