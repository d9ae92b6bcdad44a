/* SPDX-License-Identifier: Apache-2.0 */
/* query.h: one prepared statement while it runs: with store.c the only door to SQLite.
 * For the files of store/, and for those of api/ and school/ that list and change what
 * the console shows. Thread: the store's. */
#pragma once

#include <sqlite3.h>

#include "signaling/store/store.h"

typedef struct {
    ScStore *store;      /* borrowed */
    sqlite3_stmt *state; /* borrowed: the store keeps it prepared */
    int n_bound;
} ScQuery;

/* @sql is a string literal: it is the key under which the statement stays prepared. Its
 * parameters are $1, $2, … in the order of their first appearance. */
bool sc_query_init(ScQuery *self, ScStore *store, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_query_clear(ScQuery *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ScQuery, sc_query_clear)

/* Each binds the next parameter; @text is borrowed until the query is cleared, NULL is
 * NULL. */
void sc_query_bind_text(ScQuery *self, const char *text);
void sc_query_bind_integer(ScQuery *self, int64_t integer);
void sc_query_bind_null(ScQuery *self);

/* The same by name, "$3", for SQL whose parameters do not first appear in order. */
void sc_query_bind_named_text(ScQuery *self, const char *name, const char *text);
void sc_query_bind_named_integer(ScQuery *self, const char *name, int64_t integer);

/* False on failure; else *@out_has_row tells whether there is a row to be read. */
bool sc_query_step(ScQuery *self, bool *out_has_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives no rows. */
bool sc_query_run(ScQuery *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As above, and NOT_FOUND with "@noun @id" where no row was changed. */
bool sc_query_run_on_one(ScQuery *self, const char *noun, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Of the present row; @column counts from 0. */
char *sc_query_dup_text(const ScQuery *self, int column) G_GNUC_WARN_UNUSED_RESULT;
const char *sc_query_get_text(const ScQuery *self, int column); /* until the next step */
int64_t sc_query_get_integer(const ScQuery *self, int column);
bool sc_query_is_null(const ScQuery *self, int column);
bool sc_query_is_integer(const ScQuery *self, int column);
