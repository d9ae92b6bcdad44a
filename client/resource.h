/* SPDX-License-Identifier: Apache-2.0 */
/* resource.h: one WHIP or WHEP resource: POST an offer, PATCH a fragment, DELETE.
 * The only door to signaling's HTTP. Thread: main; answers come on the main context.
 * Spec: RFC 9725, RFC 8840, RFC 9457; docs/protocol.md, HTTP. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "client/place.h"

typedef enum { SC_DOOR_WHIP, SC_DOOR_WHEP } ScDoor;

/* Why a request had no success. Valid during the callback. */
typedef struct {
    unsigned status;        /* HTTP; 0: signaling was not reached */
    const char *problem;    /* NAME of docs/protocol.md; "" where there is none */
    const char *detail;     /* a sentence for a log or a person */
    int64_t retry_after_us; /* 0: none was named */
} ScRefusal;

/* One of @body and @refusal is NULL. @round_trip_us: from request to answer. */
typedef void (*ScResourceAnswered)(const char *body, int64_t round_trip_us,
                                   const ScRefusal *refusal, void *user_data);

typedef struct ScResource ScResource;

/* Begins to connect: an offer is soon to come. @place's texts are borrowed. */
ScResource *sc_resource_new(const ScPlace *place, ScDoor door) G_GNUC_WARN_UNUSED_RESULT;
/* Cancels what is under way: no callback comes after this. */
void sc_resource_free(ScResource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScResource, sc_resource_free)

void sc_resource_post(ScResource *self, const char *offer, ScResourceAnswered answered,
                      void *user_data);
/* ICE restart, If-Match: *. Only after a POST that was answered. */
void sc_resource_patch(ScResource *self, const char *fragment,
                       ScResourceAnswered answered, void *user_data);
/* Best effort; does nothing without a session. */
void sc_resource_delete(ScResource *self);
/* Lets the deletions under way, of all resources, come to an end; waits so long at most.
 */
void sc_resource_wait_deleted(int64_t limit_us);

/* Path of the session, as in `rejoin`; NULL before the answer. */
const char *sc_resource_get_location(const ScResource *self);
