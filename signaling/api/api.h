/* SPDX-License-Identifier: Apache-2.0 */
/* api.h: /api/v1: finds the operation of a request, who makes it, whether that may be,
 * whether it is well formed; runs its handler in a transaction and answers when that is
 * durable. Thread: main. Spec: docs/api.md. */
#pragma once

#include "signaling/api/call.h"
#include "signaling/api/collection.h"
#include "signaling/server.h"

/* False and @error: refused, all that was written is undone. True: answered, or with
 * x-later: the call is kept, and ended by sc_call_finish(). */
typedef bool (*ScApiAnswer)(ScCall *call, GError **error);
typedef bool (*ScCollectionAnswer)(const ScCollection *collection, ScCall *call,
                                   GError **error);

typedef struct {
    const char *operation;          /* "list-sites" */
    ScApiAnswer answer;             /* or: */
    ScCollectionAnswer of;          /* sc_collection_list, … */
    const ScCollection *collection; /* for @of */
} ScApiHandler;

/* Five rows of a table of handlers: list, get, create, patch, delete of a noun. */
#define SC_API_COLLECTION(one, many, collection)                      \
    { "list-" many, NULL, sc_collection_list, &(collection) },        \
        { "get-" one, NULL, sc_collection_get, &(collection) },       \
        { "create-" one, NULL, sc_collection_create, &(collection) }, \
        { "patch-" one, NULL, sc_collection_patch, &(collection) },   \
    {                                                                 \
        "delete-" one, NULL, sc_collection_remove, &(collection)      \
    }

/* Adds a route to @server for each operation. Asserts that each has one handler. */
ScApi *sc_api_new(ScServer *server, const ScApiParts *parts) G_GNUC_WARN_UNUSED_RESULT;
/* After the server: calls that wait are ended with it. */
void sc_api_free(ScApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScApi, sc_api_free)

const ScDocument *sc_api_get_document(const ScApi *self);
