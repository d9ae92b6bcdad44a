/* SPDX-License-Identifier: Apache-2.0 */
#include "client/await.h"

#include <glib.h>

#define STEP_MS 50

static gboolean
keep_turning(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

int64_t
sc_await(bool (*is_so)(const void *data), const void *data, int64_t limit_us)
{
    int64_t begin_us = g_get_monotonic_time();
    guint step = g_timeout_add(STEP_MS, keep_turning, NULL);
    while (!is_so(data) && g_get_monotonic_time() - begin_us < limit_us)
        g_main_context_iteration(NULL, true);
    g_source_remove(step);
    return is_so(data) ? g_get_monotonic_time() - begin_us : -1;
}
