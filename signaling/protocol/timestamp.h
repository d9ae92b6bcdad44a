/* SPDX-License-Identifier: Apache-2.0 */
/* timestamp.h: instants as they travel: RFC 3339 in UTC. Thread: any; no state. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <json-glib/json-glib.h>

/* Unix milliseconds as "2026-09-01T00:00:00Z"; with ".250" where they are not whole
 * seconds. "" outside the years 1 to 9999. */
char *sc_timestamp_print(int64_t time_ms) G_GNUC_WARN_UNUSED_RESULT;
/* With any offset; false for anything else. */
bool sc_timestamp_parse(const char *text, int64_t *out_time_ms);
/* Member @name of @object is that instant then, or null where @time_ms is 0. */
void sc_timestamp_set_member(JsonObject *object, const char *name, int64_t time_ms);
