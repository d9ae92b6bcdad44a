/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h: what is done in the rooms, kept before it is told: records of many requests
 * are committed together, when the main loop has nothing else to do or after a moment;
 * then each is told, in order. Thread: main. */
#pragma once

#include "signaling/store/room-record.h"

#define SC_JOURNAL_WAIT_MS 10 /* the longest from a request to its commit */

typedef struct ScJournal ScJournal;

/* @entry (taken) is in the store, or was never to be; or @error: it is not, and none of
 * those that were to be committed with it. */
typedef void (*ScJournalKept)(gpointer entry, const GError *error, gpointer user_data);

/* Borrows @store. */
ScJournal *sc_journal_new(ScStore *store, ScJournalKept kept, gpointer user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Flushes. */
void sc_journal_free(ScJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScJournal, sc_journal_free)

/* Takes @row (NULL: only told, in its turn) and @entry. Told at once where nothing
 * waits. */
void sc_journal_add(ScJournal *self, ScRoomRecordRow *row, gpointer entry);
void sc_journal_flush(ScJournal *self);
/* For each entry that waits. */
void sc_journal_foreach(ScJournal *self, GFunc visit, gpointer user_data);
