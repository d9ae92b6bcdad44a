/* SPDX-License-Identifier: Apache-2.0 */
/* concurrency.h: how much goes on at once, for the capacity of a relay. Thread: any; no
 * state. */
#pragma once

#include <stdint.h>

#include <glib.h>

/* Half open: one may begin the instant another ends. */
typedef struct {
    int64_t starts_ms;
    int64_t ends_ms;
} ScInterval;

/* The most of @intervals (@n, in any order) that go on at one instant from @starts_ms to
 * before @ends_ms. Empty ones count for nothing. */
unsigned sc_peak_concurrency(const ScInterval *intervals, unsigned n, int64_t starts_ms,
                             int64_t ends_ms);
