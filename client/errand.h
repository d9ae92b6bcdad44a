/* SPDX-License-Identifier: Apache-2.0 */
/* errand.h: one question to signaling's API, and its answer. Thread: main. Spec:
 * docs/api.md. */
#pragma once

#include <json-glib/json-glib.h>

#include "client/place.h"

/* @status 0: nobody answered. @answer: a JSON object, or NULL. */
typedef void (*ScErrandDone)(unsigned status, JsonObject *answer, gpointer user_data);

/* @bearer and @body (taken) may be NULL. Cancelled by @cancellable: @done is not called
 * then. */
void sc_errand_run(const ScPlace *place, SoupSession *http, const char *method,
                   const char *path, const char *bearer, JsonObject *body,
                   GCancellable *cancellable, ScErrandDone done, gpointer user_data);
/* The same with a message of the caller's own, which it takes. */
void sc_errand_send(SoupSession *http, SoupMessage *message, GCancellable *cancellable,
                    ScErrandDone done, gpointer user_data);
