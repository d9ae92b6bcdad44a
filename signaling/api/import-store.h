/* SPDX-License-Identifier: Apache-2.0 */
/* import-store.h: what an import of the timetable reads and writes: everything it may
 * need at once into memory, and all that it made in one short transaction. Thread: the
 * store's. */
#pragma once

#include "signaling/school/import.h"
#include "signaling/store/store.h"

/* Everything borrowed. */
typedef struct {
    const char *term;
    const char *person; /* the actor */
    const char *audit_name;
    const char *actor_name;
    const char *address;
    const char *action; /* the operation */
    int64_t now_ms;
    GTimeZone *zone;
} ScImportOrder;

typedef struct {
    ScImportTables *tables; /* owned */
    unsigned term;          /* organisation of the term: an index */
    int64_t audit_seq;      /* of the last row that was there */
} ScImportState;

void sc_import_state_clear(ScImportState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScImportState, sc_import_state_clear)

/* All of one instant. */
bool sc_import_load(ScStore *store, const ScImportOrder *order, ScImportState *out_state,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *job;       /* owned: that makes the lessons */
    int64_t held_us; /* for so long nobody else could write */
} ScImportSaved;

/* One durable step. True and no job: somebody has changed what @state was read from;
 * nothing is written. */
bool sc_import_save(ScStore *store, const ScImportOrder *order,
                    const ScImportState *state, const ScImport *import,
                    ScImportSaved *out_saved, GError **error) G_GNUC_WARN_UNUSED_RESULT;
