/* SPDX-License-Identifier: Apache-2.0 */
/* call-private.h: what api.c does with a call and its handlers do not. */
#pragma once

#include "signaling/api/call.h"

/* Of @operation, asked by @exchange; @api is told by sc_api_end() when it has ended. All
 * borrowed: the API outlives its calls. */
ScCall *sc_call_new(ScApi *api, const ScApiParts *parts, const ScDocument *document,
                    const ScOperation *operation, ScExchange *exchange)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_call_free(ScCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScCall, sc_call_free)

/* Path, query and body, held against the document. */
bool sc_call_parse(ScCall *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_call_take_actor(ScCall *self, ScActor *actor);
/* The rows that outlive a refusal and a look. */
bool sc_call_audit_outcome(ScCall *self, bool is_refused, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Sends the answer that was kept, or refuses by @error (borrowed). Once. */
void sc_call_send(ScCall *self, const GError *error);

/* In api.c: @call ends, by @error or with its answer. */
void sc_api_end(ScApi *self, ScCall *call, const GError *error);
