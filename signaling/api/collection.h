/* SPDX-License-Identifier: Apache-2.0 */
/* collection.h: one kind of thing that the console lists and edits, as a table of its
 * fields; from it come list (search, filter, pages), get, create, patch and delete, each
 * with scope, ETag and audit row. What is particular to a noun are its hooks.
 * Thread: main. Spec: docs/api.md#collections. */
#pragma once

#include "signaling/api/call.h"

/* A member of @after, set by a hook: an object whose members are answered this once
 * beside the row, and stand nowhere else (a first password). */
#define SC_COLLECTION_ONCE "once"

typedef enum {
    SC_FIELD_TEXT,
    SC_FIELD_INTEGER,
    SC_FIELD_BOOLEAN, /* 0 or 1 in the table */
    SC_FIELD_INSTANT, /* Unix ms in the table, RFC 3339 in JSON */
    SC_FIELD_JSON,    /* JSON text in the table */
} ScFieldKind;

typedef enum {
    SC_FIELD_READ_ONLY = 1 << 0,   /* never written by a client */
    SC_FIELD_CREATE_ONLY = 1 << 1, /* written when made, not changed later */
    SC_FIELD_FILTER = 1 << 2,      /* ?name=value lists those rows alone */
    SC_FIELD_SEARCH = 1 << 3,      /* ?search=text looks into it */
    SC_FIELD_HIDDEN = 1 << 4,      /* a column that check() fills in and nobody sees */
} ScFieldFlags;

typedef struct {
    const char *name; /* of the member, and of the column */
    ScFieldKind kind;
    unsigned flags;
    const char *sql;        /* of a read-only field that is no column; NULL: is one */
    const char *references; /* table whose id it is; NULL: is no reference */
} ScField;

/* A query parameter that is no field: rows for which @sql holds, with ? for its value. */
typedef struct {
    const char *name;
    const char *sql;
} ScFilter;

typedef struct ScCollection ScCollection;
struct ScCollection {
    const char *noun;      /* "site": of audit rows and refusals */
    const char *table;     /* its primary key is `id`, and it has `version` */
    const ScField *fields; /* without id and version, which every row has */
    unsigned n_fields;
    const ScFilter *filters; /* NULL: none */
    unsigned n_filters;
    const char *joins;        /* SQL behind the table's name; "" */
    const char *organisation; /* SQL: the node a row belongs to: "site.organisation" */
    const char *sees;  /* SQL, person's id as $1: other rows that an actor who neither
                          administers nor inspects may read; NULL: none */
    const char *order; /* SQL: one expression, text or integer, never NULL; then id */
    bool is_integer_order;
    /* Domain rules. @before NULL: it is made. @after: the row as it shall be, members of
     * the body that are no fields included; may be changed. References have been looked
     * up, unless they are null. */
    bool (*check)(ScCall *call, JsonObject *before, JsonObject *after, GError **error);
    /* The row stands; writes what hangs on it. @after NULL: it will be deleted next. */
    bool (*saved)(ScCall *call, JsonObject *before, JsonObject *after, GError **error);
    /* Adds to a row that is answered what is in other tables. */
    bool (*complete)(ScCall *call, JsonObject *row, GError **error);
};

/* Handlers of operations. List: {"items":[…],"next":CURSOR or null} and "total" where
 * ?count=true; parameters limit (1–200), cursor, search, and the filters. */
bool sc_collection_list(const ScCollection *self, ScCall *call, GError **error);
bool sc_collection_get(const ScCollection *self, ScCall *call, GError **error);
bool sc_collection_create(const ScCollection *self, ScCall *call, GError **error);
bool sc_collection_patch(const ScCollection *self, ScCall *call, GError **error);
bool sc_collection_remove(const ScCollection *self, ScCall *call, GError **error);

/* May the actor see the row under @id? False: NOT_FOUND. */
bool sc_collection_check_look(const ScCollection *self, ScCall *call, const char *id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The row under @id as the API shows it, completed, without a look at who asks. NULL and
 * NOT_FOUND. */
JsonObject *sc_collection_read(const ScCollection *self, ScCall *call, const char *id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
