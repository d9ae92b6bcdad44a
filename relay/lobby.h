/* SPDX-License-Identifier: Apache-2.0 */
/* lobby.h: which transport an ICE user-name fragment belongs to and where that lives. A
 * new transport waits here, homeless, until the first authenticated check reaches a
 * worker; from then on the lobby only tells other workers the way. Thread: any; one
 * mutex, held for a table look-up and at most one check's HMAC, and taken on the join
 * path and for stray datagrams only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define SC_LOBBY_NO_HOME (-1)
#define SC_LOBBY_UFRAGS_MAX \
    2 /* of one guest: the present one and that before a restart */

typedef struct ScLobby ScLobby;

/* Who was asked for. */
typedef struct {
    uint64_t id; /* 0: nobody by that name */
    int home;    /* worker, or SC_LOBBY_NO_HOME */
    void *guest; /* where it is the caller's from now on, else NULL */
} ScLobbyAnswer;

ScLobby *sc_lobby_new(void) G_GNUC_WARN_UNUSED_RESULT;
/* All guests must have been removed or have a home. */
void sc_lobby_free(ScLobby *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScLobby, sc_lobby_free)

/* @id is above 0 and new; the lobby lends @guest out until it is removed. */
void sc_lobby_add(ScLobby *self, uint64_t id, const char *ufrag, void *guest);

/* After an ICE restart: @ufrag names the guest too; the oldest name but one is forgotten.
 */
void sc_lobby_rename(ScLobby *self, uint64_t id, const char *ufrag);

/* Looks up @ufrag. A homeless guest is given to @check under the lock; where that returns
 * true worker @home is its home from now on, and owns it. */
ScLobbyAnswer sc_lobby_claim(ScLobby *self, const char *ufrag, int home,
                             bool (*check)(void *guest, void *user_data),
                             void *user_data);

/* Calls @visit under the lock where guest @id is homeless; else tells who has it. */
ScLobbyAnswer sc_lobby_visit(ScLobby *self, uint64_t id,
                             void (*visit)(void *guest, void *user_data),
                             void *user_data);

/* Forgets @id where it is homeless still, and gives the guest back; else NULL. */
void *sc_lobby_evict(ScLobby *self, uint64_t id);

/* Forgets @id. A guest that never found a home is the caller's then. */
ScLobbyAnswer sc_lobby_remove(ScLobby *self, uint64_t id);
