/* SPDX-License-Identifier: Apache-2.0 */
/* actor.h: who makes a call: from the cookie of a web session, or the token of a device.
 * Thread: the store's. Spec: docs/api.md#who-asks. */
#pragma once

#include "signaling/api/call.h"

#define SC_ACTOR_COOKIE "synclass"
#define SC_ACTOR_CSRF_HEADER "X-CSRF-Token"

ScActor *sc_actor_new_nobody(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_actor_free(ScActor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScActor, sc_actor_free)

/* Nobody where @exchange shows neither. NULL and @error where what it shows is not known
 * (NOT_SIGNED_IN), the CSRF token of a request that changes something is missing
 * (NO_CSRF_TOKEN), or the store fails. */
ScActor *sc_actor_find(const ScApiParts *parts, ScExchange *exchange, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The cookie's value, to be freed; NULL where there is none. */
char *sc_actor_dup_cookie(ScExchange *exchange) G_GNUC_WARN_UNUSED_RESULT;
/* The id as the audit log has it: "device:ID" for a device. Borrowed. */
const char *sc_actor_get_audit_name(const ScActor *self);
