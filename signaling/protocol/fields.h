/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h: reads the members of a JSON object, each with its limit. The first thing that
 * is wrong is remembered; the caller reads straight through and asks once, by
 * sc_fields_finish(). Members nobody asks for are ignored.
 * Thread: any; one at a time. Spec: RFC 8259; docs/protocol.md, common rules. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-glib/json-glib.h>

#define SC_FIELDS_DEPTH_MAX 16 /* nested arrays and objects: json-glib recurses */

#define SC_PROTOCOL_ERROR (sc_protocol_error_quark())
GQuark sc_protocol_error_quark(void);

typedef enum {
    SC_PROTOCOL_ERROR_BAD_MESSAGE,  /* problem "bad-message" */
    SC_PROTOCOL_ERROR_UNKNOWN_TYPE, /* problem "unknown-type" */
} ScProtocolError;

typedef struct {
    JsonObject *object; /* borrowed from the caller for the life of the reader */
    GError *error;      /* owned: the first failure */
} ScFields;

/* Parses @length bytes, at most @max_length, that must hold one object, not nested deeper
 * than SC_FIELDS_DEPTH_MAX. */
JsonObject *sc_fields_parse_object(const char *text, size_t length, size_t max_length,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

void sc_fields_init(ScFields *self, JsonObject *object);
/* False and @error set where anything went wrong since sc_fields_init(). */
bool sc_fields_finish(ScFields *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool sc_fields_has(const ScFields *self, const char *name);

/* Copies text of 1 to @size - 1 bytes. */
void sc_fields_read_text(ScFields *self, const char *name, char *out_text, size_t size);
/* Copies text of 1 to @max characters, for which @out_text has room. */
void sc_fields_read_characters(ScFields *self, const char *name, char *out_text,
                               unsigned max);
/* Copies text of at most @size - 1 bytes; null or an absent member give "". */
void sc_fields_read_nullable_text(ScFields *self, const char *name, char *out_text,
                                  size_t size);
/* One of @n_words @words, as its index. */
unsigned sc_fields_read_word(ScFields *self, const char *name, const char *const *words,
                             unsigned n_words);
/* An integer from @min to @max; @min where it is none. */
int64_t sc_fields_read_integer(ScFields *self, const char *name, int64_t min,
                               int64_t max);
/* A number from @min to @max; @min where it is none. */
double sc_fields_read_number(ScFields *self, const char *name, double min, double max);
bool sc_fields_read_bool(ScFields *self, const char *name);
/* NULL where it is none or holds more than @max elements. Borrowed. */
JsonArray *sc_fields_read_array(ScFields *self, const char *name, unsigned max);
/* NULL where it is none. Borrowed. */
JsonObject *sc_fields_read_object(ScFields *self, const char *name);

/* Remembers a failure that the caller found. */
void sc_fields_refuse(ScFields *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
