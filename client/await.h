/* SPDX-License-Identifier: Apache-2.0 */
/* await.h: a program that has nothing else to do waits for something. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Lets the main context run until @is_so, @limit_us at most. Gives how long it took [µs],
 * or -1. */
int64_t sc_await(bool (*is_so)(const void *data), const void *data, int64_t limit_us);
