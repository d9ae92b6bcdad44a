/* SPDX-License-Identifier: Apache-2.0 */
/* call.h: one request to the API: who makes it, what it asks, and what will be answered.
 * The answer is kept until what was written is durable, so nobody hears of a change that
 * could still be lost. Thread: main. Spec: docs/api.md. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <json-glib/json-glib.h>

#include "signaling/api/document.h"
#include "signaling/api/limiter.h"
#include "signaling/api/strangers.h"
#include "signaling/clock.h"
#include "signaling/config.h"
#include "signaling/exchange.h"
#include "signaling/school/password.h"
#include "signaling/store/store.h"

typedef struct ScApi ScApi;
typedef struct ScCall ScCall;
typedef struct ScAside ScAside;
typedef struct ScAttendance ScAttendance;
typedef struct ScBell ScBell;
typedef struct ScConductor ScConductor;
typedef struct ScJobs ScJobs;

/* What every call may use; all borrowed from the service, which outlives the API. */
typedef struct {
    const ScConfig *config;
    ScStore *store;
    ScClock *clock;
    GTimeZone *zone; /* of the schools */
    ScConductor *conductor;
    ScBell *bell;
    ScJobs *jobs;
    ScAttendance *attendance;
    /* The API's own. */
    ScAside *aside;
    ScPasswordPool *passwords;
    ScLimiter *sign_ins;   /* by address */
    ScLimiter *enrolments; /* by address */
    ScStrangers *strangers;
} ScApiParts;

typedef enum {
    SC_ACTOR_NOBODY, /* not signed in */
    SC_ACTOR_PERSON,
    SC_ACTOR_DEVICE,
} ScActorKind;

typedef struct {
    ScActorKind kind;
    char *id;         /* owned: the person's, or the device's; "" for nobody */
    char *name;       /* owned: as shown; "" for nobody */
    char *audit_name; /* owned: the id, or "device:ID" */
    char *site;       /* owned: a device's; NULL otherwise */
    char *session;    /* owned: hash of the web session; NULL: none */
    unsigned roles;   /* 1 << ScApiRole for each that it has anywhere */
    bool must_change; /* a person who has to choose a password first */
} ScActor;

const ScApiParts *sc_call_get_parts(const ScCall *self);
ScStore *sc_call_get_store(const ScCall *self);
int64_t sc_call_get_now_ms(const ScCall *self); /* the wall clock's, one for the call */
const ScActor *sc_call_get_actor(const ScCall *self);
const char *sc_call_get_address(const ScCall *self); /* the other end's, as text */
const ScOperation *sc_call_get_operation(const ScCall *self);
ScExchange *sc_call_get_exchange(ScCall *self);
ScApi *sc_call_get_api(const ScCall *self);

/* What stood for {name} in the operation's path; it must be there. */
const char *sc_call_get_parameter(const ScCall *self, const char *name);
/* A query parameter, checked against its schema; NULL where it was not given. */
const char *sc_call_get_query(const ScCall *self, const char *name);
/* As a number; @fallback where it was not given. */
int64_t sc_call_get_query_integer(const ScCall *self, const char *name, int64_t fallback);
/* The body, checked against its schema. Borrowed. */
JsonObject *sc_call_get_body(ScCall *self);
/* The bytes of a body that is no JSON. */
const char *sc_call_get_bytes(ScCall *self, size_t *out_length);

/* Is If-Match the ETag of @version? False: STALE_VERSION, or NO_VERSION without it. */
bool sc_call_check_version(ScCall *self, int64_t version, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Notes in the audit log, within the present transaction, that the actor changed @kind
 * @object of @organisation (NULL: none). @before NULL: made; @after NULL: deleted; both
 * borrowed. */
bool sc_call_audit(ScCall *self, const char *kind, const char *object,
                   const char *organisation, JsonObject *before, JsonObject *after,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The answer; the last one counts. @object and @array are taken. An object with a member
 * "version" gets it as ETag. */
void sc_call_answer_object(ScCall *self, unsigned status, JsonObject *object);
void sc_call_answer_nothing(ScCall *self); /* 204 */
/* @text is taken. @file: what a browser saves it as; NULL: shown. */
void sc_call_answer_text(ScCall *self, const char *content_type, const char *file,
                         char *text);
void sc_call_set_header(ScCall *self, const char *name, const char *value);
/* Members that a refusal carries besides detail and field. Taken. */
void sc_call_set_refusal(ScCall *self, JsonObject *members);

/* An operation with x-later: ends the call, that its handler kept. @error (borrowed)
 * NULL: the answer is sent. */
void sc_call_finish(ScCall *self, const GError *error);
