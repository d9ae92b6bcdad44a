/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "sc-store"

#include "signaling/store/store.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "signaling/store/connection.h"
#include "signaling/store/migration.h"
#include "signaling/store/query.h"

/* Of pages, at most: the indexes of a term's lessons, where a generation writes all over
 * (docs/performance.md#the-school). */
#define CACHE_KIB 65536

struct ScStore {
    sqlite3 *connection;    /* owned */
    GHashTable *statements; /* owned: literal → sqlite3_stmt, owned */
    unsigned depth;         /* of begun transactions */
    unsigned version;
};

G_DEFINE_QUARK(sc_store_error, sc_store_error)

static void
finalize_statement(gpointer statement)
{
    sqlite3_finalize(statement);
}

static ScStoreError
map_result(int result)
{
    switch (result & 0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return SC_STORE_ERROR_OPEN;
    case SQLITE_READONLY:
        return SC_STORE_ERROR_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return SC_STORE_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return SC_STORE_ERROR_BUSY;
    case SQLITE_FULL:
        return SC_STORE_ERROR_FULL;
    case SQLITE_CONSTRAINT:
        return SC_STORE_ERROR_CONSTRAINT;
    default:
        return SC_STORE_ERROR_FAILED;
    }
}

bool
sc_store_set_error(const ScStore *self, int result, GError **error)
{
    const char *detail = self->connection != NULL ? sqlite3_errmsg(self->connection)
                                                  : sqlite3_errstr(result);

    g_set_error_literal(error, SC_STORE_ERROR, (gint)map_result(result), detail);
    return false;
}

bool
sc_store_execute(ScStore *self, const char *sql, GError **error)
{
    int result = sqlite3_exec(self->connection, sql, NULL, NULL, NULL);

    return result == SQLITE_OK || sc_store_set_error(self, result, error);
}

sqlite3_stmt *
sc_store_prepare(ScStore *self, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(self->statements, sql);

    if (statement != NULL) {
        g_assert(!sqlite3_stmt_busy(statement));
        return statement;
    }
    int result = sqlite3_prepare_v3(self->connection, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &statement, NULL);
    if (result != SQLITE_OK) {
        sc_store_set_error(self, result, error);
        return NULL;
    }
    g_hash_table_insert(self->statements, (gpointer)sql, statement);
    return statement;
}

static bool
open_connection(ScStore *self, const char *path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);

    if (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_OPEN,
                    "the directory %s does not exist", directory);
        return false;
    }
    int result = sqlite3_open_v2(path, &self->connection,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                     | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX,
                                 NULL);
    if (result != SQLITE_OK)
        return sc_store_set_error(self, result, error);
    if (sqlite3_db_readonly(self->connection, "main") == 1) {
        g_set_error_literal(error, SC_STORE_ERROR, SC_STORE_ERROR_READ_ONLY,
                            "the file cannot be written by this user");
        return false;
    }
    sqlite3_busy_timeout(self->connection, SC_STORE_BUSY_TIMEOUT_MS);
    return sc_store_execute(self,
                            "PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON;"
                            "PRAGMA trusted_schema = OFF;"
                            "PRAGMA cache_size = -" G_STRINGIFY(CACHE_KIB) ";",
                            error);
}

/* A damaged file is found here and not in the middle of a lesson. */
static bool
check_integrity(ScStore *self, GError **error)
{
    bool has_row;
    g_auto(ScQuery) query = { 0 };

    if (!sc_query_init(&query, self, "PRAGMA quick_check(1)", error)
        || !sc_query_step(&query, &has_row, error))
        return false;
    if (!has_row || !g_str_equal(sc_query_get_text(&query, 0), "ok")) {
        g_set_error(error, SC_STORE_ERROR, SC_STORE_ERROR_CORRUPT, "it is damaged: %s",
                    has_row ? sc_query_get_text(&query, 0) : "no answer to quick_check");
        return false;
    }
    return true;
}

static ScStore *
new_store(void)
{
    ScStore *self = g_new0(ScStore, 1);

    self->statements =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize_statement);
    return self;
}

ScStore *
sc_store_open(const char *path, GError **error)
{
    g_autoptr(ScStore) self = new_store();

    if (!open_connection(self, path, error) || !check_integrity(self, error)
        || !sc_migration_run(self, &self->version, error)) {
        g_prefix_error(error, "database %s: ", path);
        return NULL;
    }
    return g_steal_pointer(&self);
}

ScStore *
sc_store_open_again(const char *path, GError **error)
{
    g_autoptr(ScStore) self = new_store();

    if (!open_connection(self, path, error)
        || !sc_migration_read_version(self, &self->version, error)) {
        g_prefix_error(error, "database %s: ", path);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
sc_store_free(ScStore *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->statements);
    sqlite3_close(self->connection);
    g_free(self);
}

unsigned
sc_store_get_version(const ScStore *self)
{
    return self->version;
}

/* An inner transaction is a savepoint, so that a call which needs several statements can
 * be part of a larger step. */
static bool
begin_or_end(ScStore *self, const char *outer, const char *inner, GError **error)
{
    g_autofree char *savepoint = g_strdup_printf("%s step_%u", inner, self->depth);

    return sc_store_execute(self, self->depth == 0 ? outer : savepoint, error);
}

bool
sc_store_begin(ScStore *self, GError **error)
{
    if (!begin_or_end(self, "BEGIN IMMEDIATE", "SAVEPOINT", error))
        return false;
    self->depth++;
    return true;
}

bool
sc_store_begin_reading(ScStore *self, GError **error)
{
    if (!begin_or_end(self, "BEGIN", "SAVEPOINT", error))
        return false;
    self->depth++;
    return true;
}

bool
sc_store_commit(ScStore *self, GError **error)
{
    g_assert(self->depth > 0);
    self->depth--;
    if (begin_or_end(self, "COMMIT", "RELEASE SAVEPOINT", error))
        return true;
    self->depth++;
    sc_store_rollback(self);
    return false;
}

void
sc_store_rollback(ScStore *self)
{
    g_autoptr(GError) error = NULL;

    g_assert(self->depth > 0);
    self->depth--;
    /* Where the disk is full, SQLite has rolled back already and says so. */
    if (!begin_or_end(self, "ROLLBACK", "ROLLBACK TO SAVEPOINT", &error))
        g_debug("rollback: %s", error->message);
}

char *
sc_store_make_id(void)
{
    uint8_t bytes[SC_STORE_ID_LENGTH / 2];
    char *id = g_malloc(SC_STORE_ID_LENGTH + 1);

    g_assert(sodium_init() >= 0);
    randombytes_buf(bytes, sizeof bytes);
    return sodium_bin2hex(id, SC_STORE_ID_LENGTH + 1, bytes, sizeof bytes);
}

#define ORDERED_COUNT_BITS 20

char *
sc_store_make_ordered_id(void)
{
    static uint64_t last;
    uint64_t now_ms = (uint64_t)g_get_real_time() / 1000;
    last = MAX(last + 1, now_ms << ORDERED_COUNT_BITS);
    return g_strdup_printf("%016" PRIx64, last);
}
