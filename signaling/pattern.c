/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/pattern.h"

#include <string.h>

#include <glib.h>

#define SEGMENT_MAX 64 /* bytes that a {} takes */

/* The next segment of @path as [*begin, end); false at the end. */
static bool
next_segment(const char **path, const char **begin, size_t *length)
{
    if (**path != '/')
        return false;
    *begin = *path + 1;
    *length = strcspn(*begin, "/");
    *path = *begin + *length;
    return true;
}

static bool
segment_fills(const char *segment, size_t length)
{
    return length >= 1 && length <= SEGMENT_MAX
           && strspn(segment,
                     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-")
                  >= length;
}

bool
sc_pattern_matches(const char *pattern, const char *path, ScExchange *exchange)
{
    const char *want, *have;
    size_t want_length, have_length;
    unsigned n_parameters = 0;
    while (next_segment(&pattern, &want, &want_length)) {
        if (!next_segment(&path, &have, &have_length))
            return false;
        if (want_length == 2 && memcmp(want, "{}", 2) == 0) {
            if (!segment_fills(have, have_length))
                return false;
            g_autofree char *value = g_strndup(have, have_length);
            if (exchange != NULL)
                sc_exchange_set_parameter(exchange, n_parameters, value);
            n_parameters++;
        } else if (want_length != have_length || memcmp(want, have, want_length) != 0) {
            return false;
        }
    }
    return *path == '\0';
}
