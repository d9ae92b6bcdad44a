/* SPDX-License-Identifier: Apache-2.0 */
/* worker.h: one packet loop: a thread with its socket, its transports, its encryptor. It
 * waits for its socket and its mailbox, takes one batch, and at its end sends what the
 * batch made. Thread: made, told and ended by the main thread; all else happens on its
 * own. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "relay/kit.h"
#include "relay/order.h"

typedef struct ScWorker ScWorker;

/* What all workers share. */
typedef struct {
    const ScConfig *config; /* borrowed */
    ScDtlsPool *pool;       /* borrowed */
    ScLobby *lobby;         /* borrowed */
    ScOffice office;        /* borrowed */
    uint16_t port;
    bool gso;
} ScWorkerSetup;

/* Opens the socket; nothing runs yet. */
ScWorker *sc_worker_new(unsigned index, const ScWorkerSetup *setup, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Stopped, and with nobody left who posts to it. */
void sc_worker_free(ScWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScWorker, sc_worker_free)

/* Tells it of all workers, itself among them (the array is borrowed for its life). */
void sc_worker_meet(ScWorker *self, ScMailbox *const *mailboxes);
void sc_worker_start(ScWorker *self);
/* Closes its transports and joins its thread. */
void sc_worker_stop(ScWorker *self);

ScMailbox *sc_worker_get_mailbox(ScWorker *self); /* borrowed */
const ScStats *
sc_worker_get_stats(const ScWorker *self); /* borrowed; readable while it runs */
const char *sc_worker_get_encryptor(const ScWorker *self); /* its name */

/* Takes @order where it has room for it. */
bool sc_worker_give(ScWorker *self, ScOrder *order) G_GNUC_WARN_UNUSED_RESULT;
