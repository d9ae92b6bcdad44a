/* SPDX-License-Identifier: Apache-2.0 */
/* room-record.h: what was done in the room of a lesson, to be done again after a restart.
 * Thread: the store's. All errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/role.h"
#include "signaling/store/store.h"

typedef struct {
    char *lesson; /* owned */
    int64_t number;
    int64_t at_ms; /* Unix time */
    char *site;    /* owned */
    ScRole role;
    unsigned pupil; /* 0: the site itself */
    char *type;     /* owned: the request's */
    char *body;     /* owned: JSON */
} ScRoomRecordRow;

void sc_room_record_row_free(ScRoomRecordRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRoomRecordRow, sc_room_record_row_free)

/* CONSTRAINT where the number was given already. */
bool sc_store_add_room_record(ScStore *store, const ScRoomRecordRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Of ScRoomRecordRow, in order. */
GPtrArray *sc_store_list_room_records(ScStore *store, const char *lesson, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
