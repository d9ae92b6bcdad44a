/* SPDX-License-Identifier: Apache-2.0 */
/* audit.h: who did what, as a chain of rows (signaling/school/chain.h): a row that is
 * changed or taken away is found by `synclass-signaling verify`. Thread: the store's. All
 * errors are SC_STORE_ERROR. */
#pragma once

#include "signaling/store/store.h"

typedef enum {
    SC_AUDIT_DONE,    /* something was changed, or somebody signed in */
    SC_AUDIT_REFUSED, /* somebody was not allowed to */
    SC_AUDIT_LOOKED,  /* an inspector read something */
} ScAuditOutcome;

/* Everything borrowed by the call. */
typedef struct {
    int64_t at_ms;
    const char *actor;      /* person's id, "device:ID", or "": nobody we know */
    const char *actor_name; /* as it is now */
    const char *address;    /* of the other end */
    const char *action;     /* the API's operation, or "sign-in" and the like */
    ScAuditOutcome outcome;
    const char *kind;         /* of the object */
    const char *object;       /* its id */
    const char *organisation; /* NULL: none */
    const char *before;       /* JSON; NULL: none */
    const char *after;        /* JSON; NULL: none */
} ScAuditRow;

/* "done"; static. */
const char *sc_audit_outcome_get_name(ScAuditOutcome outcome);

/* Appends it, as part of the present transaction or as a step of its own. */
bool sc_store_add_audit(ScStore *store, const ScAuditRow *row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Takes away rows of before @before_ms, the oldest first and at most @max; the chain's
 * first end moves with them. The last row always stays. */
bool sc_store_prune_audit(ScStore *store, int64_t before_ms, unsigned max, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
