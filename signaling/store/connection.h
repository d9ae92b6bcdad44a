/* SPDX-License-Identifier: Apache-2.0 */
/* connection.h: what query.c and migration.c need of the connection. For store/ alone. */
#pragma once

#include <sqlite3.h>

#include "signaling/store/store.h"

/* Prepared once for each @sql, a literal. Borrowed. NULL and @error on failure. */
sqlite3_stmt *sc_store_prepare(ScStore *self, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Several statements without rows or parameters, one after the other. */
bool sc_store_execute(ScStore *self, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Sets @error from SQLite's @result and returns false. */
bool sc_store_set_error(const ScStore *self, int result, GError **error);
