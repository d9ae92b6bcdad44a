/* SPDX-License-Identifier: Apache-2.0 */
/* status.h: what the program says on standard output and hears on standard input.
 * Spec: docs/protocol.md, Status. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <json-glib/json-glib.h>

#include "client/order.h"
#include "client/slot.h"

typedef struct ScStatus ScStatus;

/* @json: one object a line; else a line for a person. */
ScStatus *sc_status_new(bool json,
                        void (*on_order)(const ScOrder *order, void *user_data),
                        void *user_data) G_GNUC_WARN_UNUSED_RESULT;
void sc_status_free(ScStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScStatus, sc_status_free)

/* An event: @key and @value, or both NULL. @t_us: CLOCK_MONOTONIC. */
void sc_status_tell(ScStatus *self, const char *name, int64_t t_us, const char *key,
                    const char *value);
/* One with more members: they are added between the two. */
JsonBuilder *sc_status_begin(const char *name, int64_t t_us) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @builder. */
void sc_status_end(ScStatus *self, JsonBuilder *builder);
/* The same with numbers. */
void sc_status_tell_source(ScStatus *self, int64_t t_us, const char *slot,
                           uint16_t source);
void sc_status_tell_rejoined(ScStatus *self, int64_t t_us, int64_t gap_us);

typedef struct {
    const char *role;
    const char *site;
    const char *state;
    const char *sentence;
    const double
        *level_db;    /* of the own microphone, against full scale; NULL: not known */
    GPtrArray *slots; /* of ScSlot; their rates are taken */
} ScStatusNow;

void sc_status_report(ScStatus *self, const ScStatusNow *now);

typedef struct {
    const char *role;
    const char *site;
    GPtrArray *slots; /* of ScSlot */
    int64_t join_asked_us;
    unsigned renegotiations;
} ScStatusEnd;

/* Also written to file @path unless that is "". */
void sc_status_summarize(ScStatus *self, const ScStatusEnd *end, const char *path);
