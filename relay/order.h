/* SPDX-License-Identifier: Apache-2.0 */
/* order.h: what the main thread asks of a transport, wherever that lives: a mail to its
 * home, or carried out under the lobby's lock while it has none. Thread: made by the main
 * thread, freed by who carries it out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "relay/kit.h"
#include "relay/mailbox.h"
#include "relay/track.h"
#include "relay/transport.h"

typedef enum {
    SC_ORDER_PATCH,       /* @patches */
    SC_ORDER_RESTART_ICE, /* @ufrag, @password, @request; answered by SC_NOTICE_RESTARTED
                           */
    SC_ORDER_CLOSE,
} ScOrderKind;

typedef struct {
    unsigned slot;  /* index */
    ScTrack *track; /* ref, or NULL */
} ScOrderPatch;

typedef struct {
    ScMail mail;
    ScOrderKind kind;
    uint64_t transport;
    GArray *patches;        /* owned, of ScOrderPatch */
    char *ufrag, *password; /* owned; the peer's new ones */
    void *request;          /* handed back with the notice */
} ScOrder;

ScOrder *sc_order_new(ScOrderKind kind, uint64_t transport) G_GNUC_WARN_UNUSED_RESULT;
void sc_order_free(ScOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScOrder, sc_order_free)

/* Takes a reference to @track, which may be NULL. */
void sc_order_add_patch(ScOrder *self, unsigned slot, ScTrack *track);

void sc_order_patch(const ScOrder *self, ScTransport *transport, ScKit *kit);

/* The notice of success or refusal; on success the caller makes the new ufrag known. */
ScNotice *sc_order_restart_ice(const ScOrder *self, ScTransport *transport)
    G_GNUC_WARN_UNUSED_RESULT;
