/* SPDX-License-Identifier: Apache-2.0 */
/* session.h: one attempt at a media session: a webrtcbin, its offer, the relay's answer,
 * and whether the relay is heard. It never decides what to do about a fault: recovery.h
 * does. The only door to libnice. Thread: main; its callbacks come on the main context.
 *
 * Why the offer is sent without candidates: the relay is ICE-lite, it learns our address
 * from our first check, and gathering waits for the answer, because only then it is known
 * from which local address the relay is reached (candidate.h). */
#pragma once

#include <stdint.h>

#include <gst/gst.h>

#include "client/resource.h"

typedef struct {
    void (*answered)(int64_t round_trip_us, void *user_data);
    void (*refused)(const ScRefusal *refusal, void *user_data);
    /* DTLS is done: media may flow. */
    void (*opened)(void *user_data);
    /* ICE or DTLS gave up. */
    void (*failed)(const char *reason, void *user_data);
    /* The pipeline cannot go on. */
    void (*broken)(const char *reason, void *user_data);
    void (*restart_refused)(void *user_data);
} ScSessionHandlers;

typedef struct ScSession ScSession;

/* @pipeline holds @webrtc, a webrtcbin whose sections are all set up; takes the floating
 * or the caller's reference. Takes @resource. @handlers outlive the session. */
ScSession *sc_session_new(GstElement *pipeline, GstElement *webrtc, ScResource *resource,
                          const ScSessionHandlers *handlers, void *user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Ends it at both ends; no handler is called any more. */
void sc_session_free(ScSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSession, sc_session_free)

void sc_session_start(ScSession *self);
/* New credentials by PATCH; DTLS and SRTP go on as they are. RFC 8445, 9. */
void sc_session_restart_ice(ScSession *self);

/* When RTP or RTCP last came from the relay; 0: never. */
int64_t sc_session_get_last_heard_us(const ScSession *self);
/* Path of the session, as in `rejoin`; NULL before the answer. */
const char *sc_session_get_location(const ScSession *self);
/* Offers made beyond the first; stays 0, and the summary says so. */
unsigned sc_session_get_renegotiations(const ScSession *self);
GstElement *sc_session_get_pipeline(const ScSession *self);
