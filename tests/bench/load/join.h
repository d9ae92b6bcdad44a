/* SPDX-License-Identifier: Apache-2.0 */
/* join.h: how rooms, and the teacher, come into a server. One interface, three doors:
 * join-control.c plays signaling towards our relay, join-whep.c goes by our signaling's
 * WHIP and WHEP, join-janus.c by Janus's WebSocket. All answer later, from the main
 * context. Thread: the loop's. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "tests/bench/load/room.h"

typedef struct ScLoadDoor ScLoadDoor;

typedef struct {
    /* Makes the server ready for what @publisher sends, and connects it. NULL @publisher:
     * the source sends plain RTP, and there is nothing to do. False where it is refused.
     */
    bool (*publish)(ScLoadDoor *self, ScPeer *publisher, GError **error);
    /* Asks for the room's media; its peer is connected when the answer comes. */
    void (*join)(ScLoadDoor *self, ScLoadRoom *room);
    void (*free)(ScLoadDoor *self);
} ScLoadDoorClass;

struct ScLoadDoor {
    const ScLoadDoorClass *class;
    bool has_audio;
    const char *fingerprint; /* borrowed: of the peers' identity */
    unsigned n_refused;      /* joins that ended with an answer that was no good */
    char *last_refusal;      /* owned; NULL: none */
};

ScLoadDoor *sc_load_door_new_control(const char *path, GError **error);
/* @file: {"url","lesson","teacher_token","classroom_tokens":[…]}, as `run serve --demo`
 * writes it. */
ScLoadDoor *sc_load_door_new_whep(const char *file, GError **error);
/* @url: ws://…; @mountpoint: number of the streaming plugin's. */
ScLoadDoor *sc_load_door_new_janus(const char *url, unsigned mountpoint, GError **error);
void sc_load_door_free(ScLoadDoor *self);

/* For the doors: a join came to nothing. */
void sc_load_door_refuse(ScLoadDoor *self, const char *reason);
