/* SPDX-License-Identifier: Apache-2.0 */
/* fanout.h: HOT. From the shared history to the network: header and extensions are
 * written into the send arena, the payload is encrypted there straight from the ring,
 * packets of one size are one GSO message, and many messages are one sendmmsg. Nothing is
 * waited for: what the socket does not take is dropped and counted, and NACK repairs it.
 * Thread: each worker has its own. Layout: docs/wire.md#what-a-receiver-gets. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/outlet.h"
#include "relay/run.h"
#include "relay/slot.h"
#include "relay/stats.h"

typedef struct ScFanout ScFanout;

typedef struct {
    int fd;                 /* borrowed: the worker's socket */
    int family;             /* of @fd */
    ScEncryptor *encryptor; /* borrowed: the worker's */
    ScStats *stats;         /* borrowed: the worker's */
    bool gso;
} ScFanoutSetup;

ScFanout *sc_fanout_new(const ScFanoutSetup *setup) G_GNUC_WARN_UNUSED_RESULT;
void sc_fanout_free(ScFanout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScFanout, sc_fanout_free)

/* Once a batch: the time that goes into abs-send-time. */
void sc_fanout_begin(ScFanout *self, int64_t now_us);

/* Hot. Queues @plan's packets to @slot by its present feed. @slot, its outlet and the
 * history stay borrowed until the next flush. */
void sc_fanout_send(ScFanout *self, ScSlot *slot, const ScRunPlan *plan);

/* Queues one packet of @feed again: as RTX where the receiver has it (RFC 4588), else
 * under its own number and without a transport-wide one: who had the packet all the same
 * drops the second as a replay, unread (RFC 3711, 3.3.2), and its number would be taken
 * for a loss. Returns its UDP payload bytes, or 0 where it may not be: its
 * header extension is another one by now, and AES-GCM gives its key away where two
 * packets are sealed under one number (RFC 7714, section 8.1). */
size_t sc_fanout_repair(ScFanout *self, ScSlot *slot, const ScFeed *feed,
                        const ScPacket *packet);

/* Queues a datagram that is already what goes out (STUN, DTLS, SRTCP); @data is copied.
 * @source: our address to send from, NULL: the kernel's choice. */
void sc_fanout_post(ScFanout *self, const ScAddress *to, const struct in6_addr *source,
                    const uint8_t *data, size_t length);

/* Seals and sends all that was queued. Before anything queued is freed, and at the end of
 * each batch. */
void sc_fanout_flush(ScFanout *self);
