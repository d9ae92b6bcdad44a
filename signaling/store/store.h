/* SPDX-License-Identifier: Apache-2.0 */
/* store.h: what must outlive the process. One connection, its migrations and its
 * transactions; the queries stand beside it, a file for each noun.
 * What a call has returned as done survives kill -9 and a power cut: WAL,
 * synchronous=FULL. Thread: one; each thread that needs the store opens its own. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_STORE_BUSY_TIMEOUT_MS 5000 /* waiting for another process's write */
#define SC_STORE_ID_LENGTH 16         /* characters of an id that the store makes */

#define SC_STORE_ERROR (sc_store_error_quark())
typedef enum {
    SC_STORE_ERROR_OPEN,         /* no such directory, no permission, no database */
    SC_STORE_ERROR_READ_ONLY,    /* the file, its directory or its disk refuses writes */
    SC_STORE_ERROR_CORRUPT,      /* not a database, or a damaged one */
    SC_STORE_ERROR_NEWER_SCHEMA, /* written by a later version of this program */
    SC_STORE_ERROR_BUSY,         /* another process held the lock too long */
    SC_STORE_ERROR_FULL,         /* no room on the disk */
    SC_STORE_ERROR_CONSTRAINT,   /* exists already, or names something that does not */
    SC_STORE_ERROR_NOT_FOUND,    /* no such row */
    SC_STORE_ERROR_FAILED,       /* anything else */
} ScStoreError;
GQuark sc_store_error_quark(void);

typedef struct ScStore ScStore;

/* Opens or creates @path (its directory must exist) and brings the schema up to date,
 * each migration in a transaction of its own. */
ScStore *sc_store_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One more connection, for a thread of its own, to what sc_store_open() has found sound
 * and brought up to date in this process. */
ScStore *sc_store_open_again(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_store_free(ScStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScStore, sc_store_free)

/* The number of the last migration applied. */
unsigned sc_store_get_version(const ScStore *self);

/* Groups what follows into one durable step. Without it each call is one of its own. */
bool sc_store_begin(ScStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for reading alone: all of it sees one state. End it by rollback. */
bool sc_store_begin_reading(ScStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sc_store_commit(ScStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_store_rollback(ScStore *self);

/* SC_STORE_ID_LENGTH random hexadecimal digits. */
char *sc_store_make_id(void) G_GNUC_WARN_UNUSED_RESULT;
/* The same length, but each is greater than the one before: 44 bits of the time and a
 * count, so that rows made by the hundred thousand lie behind one another in their index.
 * For what is no secret. Thread: one. */
char *sc_store_make_ordered_id(void) G_GNUC_WARN_UNUSED_RESULT;
