/* SPDX-License-Identifier: Apache-2.0 */
/* usage.h: what a process has used so far, all its threads together, from /proc.
 * Thread: any. */
#pragma once

#include <stdint.h>

#include <glib.h>

typedef struct {
    int64_t cpu_ns;  /* user and system; of the threads that live */
    int64_t rss_kib; /* memory that is really there */
} ScLoadUsage;

/* Ends the program where @pid is none. */
ScLoadUsage sc_load_usage_read(int pid);
