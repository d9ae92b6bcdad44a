/* SPDX-License-Identifier: Apache-2.0 */
/* door.h: what comes in at a worker's socket: received in batches, sorted by its first
 * byte, given to the transport it is for, or handed over to the worker where that lives.
 * Thread: the worker's. Spec: RFC 7983 (demultiplexing), RFC 8445 (checks). */
#pragma once

#include <stdint.h>

#include "relay/kit.h"
#include "relay/residents.h"

#define SC_DOOR_BATCH 64 /* datagrams of one recvmmsg */
#define SC_DOOR_DATAGRAM_MAX \
    2048 /* bytes; longer ones are cut by the kernel and dropped */

typedef struct ScDoor ScDoor;

typedef struct {
    int fd;                      /* borrowed: the worker's socket */
    ScKit *kit;                  /* borrowed: the worker's */
    ScResidents *residents;      /* borrowed: the worker's */
    ScMailbox *const *mailboxes; /* borrowed: of all workers, by index */
    /* Where handed-over mails arrive: the receiver's own door. */
    ScDoor *(*get_door)(void *worker);
    /* A transport has just found its home here. */
    void (*settle)(ScTransport *transport, void *worker);
    void *worker; /* for @settle */
} ScDoorSetup;

ScDoor *sc_door_new(const ScDoorSetup *setup) G_GNUC_WARN_UNUSED_RESULT;
void sc_door_free(ScDoor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScDoor, sc_door_free)

/* Hot. One recvmmsg and all that is in it. */
void sc_door_receive(ScDoor *self);

/* Now and then: forgets addresses of other workers' transports that fell silent. */
void sc_door_sweep(ScDoor *self);
