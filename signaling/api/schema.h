/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h: holds a JSON value against a schema of the document, before any handler sees
 * it. Knows what the document uses of JSON Schema: type (also a list with "null"), enum,
 * minLength and maxLength (in characters), pattern, format (date, month, time, date-time,
 * id), minimum, maximum, items, minItems, maxItems, uniqueItems, properties, required,
 * $ref; members that no property names are refused by name. Thread: any; no state. */
#pragma once

#include <stdbool.h>

#include "signaling/api/document.h"

/* False: SC_PROBLEM_INVALID_VALUE with the field ("periods[2].starts"), the value (cut
 * short) and the limit; and, unless only a faulty program can have sent it, with what
 * people are told. */
bool sc_schema_check(const ScDocument *document, JsonObject *schema, JsonNode *value,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A query parameter or path segment: text, or an integer or boolean as text. */
bool sc_schema_check_text(const ScDocument *document, JsonObject *schema,
                          const char *name, const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Does the document use anything else of JSON Schema? Names it. For the tests. */
bool sc_schema_is_known(const ScDocument *document, JsonObject *schema, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
