/* SPDX-License-Identifier: Apache-2.0 */
/* document.h: the OpenAPI document, out of which the API is run: its operations, who may
 * call them, and the schemas that bodies and parameters are held against. It is made of
 * the files in openapi/, one for each group of nouns. Thread: main. Spec: OpenAPI 3.1;
 * docs/api.md. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <json-glib/json-glib.h>

/* Who may call an operation at all; on which objects, its handler decides. */
typedef enum {
    SC_API_NOBODY,        /* without signing in */
    SC_API_ADMINISTRATOR, /* of some organisation */
    SC_API_INSPECTOR,
    SC_API_TEACHER,
    SC_API_DEVICE,
    SC_N_API_ROLES
} ScApiRole;

typedef struct {
    char *id;           /* owned: operationId, "list-sites" */
    char *method;       /* owned: "GET" */
    char *path;         /* owned: "/api/v1/sites/{id}" */
    char *pattern;      /* owned: the same for server.h, "/api/v1/sites/{}" */
    char **parameters;  /* owned: the names in the path, in their order */
    unsigned roles;     /* 1 << ScApiRole */
    bool is_later;      /* x-later: its handler ends the call itself, no transaction */
    bool is_first;      /* x-first: for every person, also who has to choose a password
                           first, or has no appointment */
    bool is_quiet;      /* x-quiet: refusals and looks leave no row in the audit log */
    char *content_type; /* owned: of the body; NULL: none */
    size_t body_max;    /* bytes: x-body-max, else SC_DOCUMENT_BODY_MAX */
    JsonObject *body;   /* borrowed: its schema; NULL: none, or no JSON */
    JsonObject *query;  /* owned: name → schema */
} ScOperation;

#define SC_DOCUMENT_BODY_MAX 65536

typedef struct ScDocument ScDocument;

/* Reads what is built in; asserts that it is sound, since the tests saw it. */
ScDocument *sc_document_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_document_free(ScDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDocument, sc_document_free)

unsigned sc_document_count(const ScDocument *self);
const ScOperation *sc_document_get(const ScDocument *self, unsigned index);
const ScOperation *sc_document_lookup(const ScDocument *self, const char *operation);
/* components/schemas/@name, to follow a $ref. NULL where there is none. */
JsonObject *sc_document_lookup_schema(const ScDocument *self, const char *name);
/* The whole of it as JSON text, with `version` of the program. Borrowed. */
const char *sc_document_get_text(const ScDocument *self);

/* "administrator"; static. */
const char *sc_api_role_get_name(ScApiRole role);
