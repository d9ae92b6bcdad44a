/* SPDX-License-Identifier: Apache-2.0 */
/* icalendar.h: lessons as a calendar that others subscribe to, by libical. Thread: main.
 * Spec: RFC 5545, RFC 7986 (NAME, REFRESH-INTERVAL). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* All borrowed. Texts are UTF-8; control characters in them are left out, but for line
 * ends and tabs. */
typedef struct {
    const char *uid; /* the same as long as it is the same lesson */
    const char *summary;
    const char *location;    /* NULL: none */
    const char *description; /* NULL: none */
    int64_t starts_ms;
    int64_t ends_ms;
    int sequence; /* rises with each change */
    bool is_cancelled;
} ScIcalendarEvent;

/* @name: as a calendar program shows it; @zone: IANA, UTC where libical knows none of
 * that name; @now_ms: DTSTAMP. */
char *sc_icalendar_print(const char *name, const char *zone, int64_t now_ms,
                         const ScIcalendarEvent *events, unsigned n_events)
    G_GNUC_WARN_UNUSED_RESULT;
