/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load/usage.h"

#include <stdlib.h>
#include <string.h>

/* schedstat counts in ns by the scheduler's own clock; the ticks of /proc/PID/stat would
 * be 10 ms each. */
static int64_t
read_thread_ns(int pid, const char *thread)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%s/schedstat", pid, thread);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0; /* it ended meanwhile */
    return (int64_t)g_ascii_strtoull(text, NULL, 10);
}

static int64_t
read_cpu_ns(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task", pid);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) threads = g_dir_open(path, 0, &error);
    const char *thread;
    int64_t sum_ns = 0;

    if (threads == NULL)
        g_error("%s", error->message);
    while ((thread = g_dir_read_name(threads)) != NULL)
        sum_ns += read_thread_ns(pid, thread);
    return sum_ns;
}

static int64_t
read_rss_kib(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/smaps_rollup", pid);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s", error->message);

    const char *line = strstr(text, "\nRss:");
    g_assert(line != NULL);
    return (int64_t)g_ascii_strtoull(line + strlen("\nRss:"), NULL, 10);
}

ScLoadUsage
sc_load_usage_read(int pid)
{
    return (ScLoadUsage){ .cpu_ns = read_cpu_ns(pid), .rss_kib = read_rss_kib(pid) };
}
