/* SPDX-License-Identifier: Apache-2.0 */
/* link.h: keeps one media session alive: runs what recovery.h decides, on the sessions
 * that its owner knows how to build. Publishing is one link, watching another. Thread:
 * main. docs/architecture.md#client. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <gst/gst.h>

#include "client/place.h"
#include "client/recovery.h"
#include "client/resource.h"

typedef struct {
    /* A new pipeline with a webrtcbin inside, in state NULL; the owner of the link may
     * keep borrowed pointers into it until drop(). @round_trip_us: of signaling, as the
     * last session measured it, 0: not known. */
    GstElement *(*build)(GstElement **out_webrtc, int64_t round_trip_us, void *user_data);
    /* The pipeline is about to end. May be NULL. */
    void (*drop)(void *user_data);
    /* DTLS is done: media may flow. May be NULL. */
    void (*opened)(void *user_data);
    /* Something about the link is new. */
    void (*changed)(void *user_data);
} ScLinkOwner;

typedef struct ScLink ScLink;

/* @owner and @user_data outlive the link. */
ScLink *sc_link_new(const ScPlace *place, ScDoor door, const ScLinkOwner *owner,
                    void *user_data) G_GNUC_WARN_UNUSED_RESULT;
void sc_link_free(ScLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLink, sc_link_free)

void sc_link_start(ScLink *self);
/* Ends the session; sc_link_start() may follow. */
void sc_link_stop(ScLink *self);
/* Signaling lost the sessions at @locations; ours may be among them. */
void sc_link_rejoin(ScLink *self, const char *const *locations, const char *reason);
/* Whether silence means a fault: see sc_recovery_expect_media(). */
void sc_link_expect_media(ScLink *self, bool expected);

const ScRecovery *sc_link_get_recovery(const ScLink *self);
/* Of the last POST: 0 and "" when it was answered. */
unsigned sc_link_get_refusal_status(const ScLink *self);
const char *sc_link_get_refusal(const ScLink *self);
/* Offers beyond the first, over all sessions of the link. */
unsigned sc_link_get_renegotiations(const ScLink *self);
