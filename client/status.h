/* SPDX-License-Identifier: Apache-2.0 */
/* status.h: what the program says on standard output and hears on standard input.
 * Spec: docs/protocol.md, Status. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <json-glib/json-glib.h>

#include "client/slot.h"

typedef enum { SC_STATUS_COMMAND_FLOOR, SC_STATUS_COMMAND_QUIT } ScStatusCommand;

typedef struct ScStatus ScStatus;

/* @json: one object a line; else a line for a person. @on_command: @site is "" for
 * `floor none` and for quit. */
ScStatus *sc_status_new(bool json,
                        void (*on_command)(ScStatusCommand command, const char *site,
                                           void *user_data),
                        void *user_data) G_GNUC_WARN_UNUSED_RESULT;
void sc_status_free(ScStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScStatus, sc_status_free)

/* An event: @key and @value, or both NULL. @t_us: CLOCK_MONOTONIC. */
void sc_status_tell(ScStatus *self, const char *name, int64_t t_us, const char *key,
                    const char *value);
/* The same with numbers. */
void sc_status_tell_source(ScStatus *self, int64_t t_us, const char *slot,
                           uint16_t source);
void sc_status_tell_rejoined(ScStatus *self, int64_t t_us, int64_t gap_us);

typedef struct {
    const char *role;
    const char *site;
    const char *state;
    const char *sentence;
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

/* One line of standard input; false if it is no command. */
bool sc_status_parse_command(const char *line, ScStatusCommand *out_command,
                             char **out_site);
