/* SPDX-License-Identifier: Apache-2.0 */
/* session.h: signaling's side of one WHIP or WHEP resource: whose it is, its streams, and
 * what each slot is fed by. Its id is the relay's transport; a track or slot is called
 * ID.STREAM there. Thread: main; no I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "signaling/protocol/event.h"
#include "signaling/role.h"

#define SC_SESSION_ID_LENGTH 22 /* characters: 16 random bytes in base64url */
#define SC_SESSION_TAG_MAX 2048 /* bytes, docs/protocol.md#control */

typedef enum { SC_SESSION_PUBLISH, SC_SESSION_SUBSCRIBE } ScSessionKind;

typedef enum {
    SC_SESSION_OPENING,   /* the relay was asked for a transport */
    SC_SESSION_WAITING,   /* answered; the peer has not come yet */
    SC_SESSION_CONNECTED, /* handshake done */
    SC_SESSION_LOST,      /* no consent; may come back */
} ScSessionState;

/* A track of a publisher or a slot of a subscriber. */
typedef struct {
    char *name;   /* owned: "main-video", "tile-3" */
    char *feed;   /* owned: slot: the track the relay was last told; NULL: none */
    bool flowing; /* track: packets arrive */
} ScSessionStream;

typedef struct {
    char *id;     /* owned */
    char *lesson; /* owned */
    char *site;   /* owned */
    char *etag;   /* owned: names the ICE session */
    char *mid;    /* owned: of the bundle, for fragments */
    ScRole role;
    ScSessionKind kind;
    ScSessionState state;
    int64_t quiet_since_us; /* publisher: when nothing began to come */
    GArray *streams;        /* owned, of ScSessionStream */
    ScQualityEvent quality; /* as last told */
} ScSession;

/* With a random id and etag, OPENING and without streams. */
ScSession *sc_session_new(const char *lesson, const char *site, ScRole role,
                          ScSessionKind kind, int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;
void sc_session_free(ScSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSession, sc_session_free)

void sc_session_add_stream(ScSession *self, const char *name);
ScSessionStream *sc_session_lookup_stream(ScSession *self, const char *name);
/* "ID.STREAM", as the relay calls it. */
char *sc_session_dup_stream_name(const ScSession *self, const char *stream);
/* "/whip/LESSON/ID" */
char *sc_session_dup_location(const ScSession *self);
void sc_session_renew_etag(ScSession *self);

bool sc_session_is_up(const ScSession *self); /* connected and within reach */
bool sc_session_is_flowing(const ScSession *self);
/* @stream of a publisher started or stopped. A silent one was so for @quiet_us already.
 */
void sc_session_set_flowing(ScSession *self, ScSessionStream *stream, bool flowing,
                            int64_t quiet_since_us);

/* The session as text, that the relay keeps and gives back after a restart of ours. */
char *sc_session_print_tag(const ScSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* NULL where @tag is none of ours. Without streams, WAITING. */
ScSession *sc_session_parse_tag(const char *id, const char *tag, int64_t now_us)
    G_GNUC_WARN_UNUSED_RESULT;
