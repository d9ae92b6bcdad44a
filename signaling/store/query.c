/* SPDX-License-Identifier: Apache-2.0 */
#include "signaling/store/query.h"

#include "signaling/store/connection.h"

bool
sc_query_init(ScQuery *self, ScStore *store, const char *sql, GError **error)
{
    *self = (ScQuery){ .store = store };
    self->state = sc_store_prepare(store, sql, error);
    return self->state != NULL;
}

void
sc_query_clear(ScQuery *self)
{
    if (self->state == NULL)
        return;
    sqlite3_reset(self->state);
    sqlite3_clear_bindings(self->state);
    self->state = NULL;
}

static int
next_parameter(ScQuery *self)
{
    g_assert(self->n_bound < sqlite3_bind_parameter_count(self->state));
    return ++self->n_bound;
}

void
sc_query_bind_text(ScQuery *self, const char *text)
{
    int result =
        sqlite3_bind_text(self->state, next_parameter(self), text, -1, SQLITE_STATIC);

    g_assert(result == SQLITE_OK);
}

void
sc_query_bind_integer(ScQuery *self, int64_t integer)
{
    int result = sqlite3_bind_int64(self->state, next_parameter(self), integer);

    g_assert(result == SQLITE_OK);
}

void
sc_query_bind_null(ScQuery *self)
{
    int result = sqlite3_bind_null(self->state, next_parameter(self));

    g_assert(result == SQLITE_OK);
}

static int
find_parameter(const ScQuery *self, const char *name)
{
    int index = sqlite3_bind_parameter_index(self->state, name);
    g_assert(index > 0);
    return index;
}

void
sc_query_bind_named_text(ScQuery *self, const char *name, const char *text)
{
    int result = sqlite3_bind_text(self->state, find_parameter(self, name), text, -1,
                                   SQLITE_STATIC);

    g_assert(result == SQLITE_OK);
}

void
sc_query_bind_named_integer(ScQuery *self, const char *name, int64_t integer)
{
    int result = sqlite3_bind_int64(self->state, find_parameter(self, name), integer);

    g_assert(result == SQLITE_OK);
}

bool
sc_query_step(ScQuery *self, bool *out_has_row, GError **error)
{
    int result = sqlite3_step(self->state);

    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return sc_store_set_error(self->store, result, error);
    *out_has_row = result == SQLITE_ROW;
    return true;
}

bool
sc_query_run(ScQuery *self, GError **error)
{
    bool has_row;

    return sc_query_step(self, &has_row, error);
}

bool
sc_query_run_on_one(ScQuery *self, const char *noun, const char *id, GError **error)
{
    if (!sc_query_run(self, error))
        return false;
    if (sqlite3_changes(sqlite3_db_handle(self->state)) == 0) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_NOT_FOUND, "no %s \"%s\"", noun,
                    id);
        return false;
    }
    return true;
}

const char *
sc_query_get_text(const ScQuery *self, int column)
{
    return (const char *)sqlite3_column_text(self->state, column);
}

char *
sc_query_dup_text(const ScQuery *self, int column)
{
    return g_strdup(sc_query_get_text(self, column));
}

int64_t
sc_query_get_integer(const ScQuery *self, int column)
{
    return sqlite3_column_int64(self->state, column);
}

bool
sc_query_is_null(const ScQuery *self, int column)
{
    return sqlite3_column_type(self->state, column) == SQLITE_NULL;
}

bool
sc_query_is_integer(const ScQuery *self, int column)
{
    return sqlite3_column_type(self->state, column) == SQLITE_INTEGER;
}
