/* SPDX-License-Identifier: Apache-2.0 */
/* kit.h: what a worker lends to the objects that live on it: its tools, its time and the
 * scratch memory of one batch. Thread: the worker's. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "relay/config.h"
#include "relay/dtls.h"
#include "relay/encrypt.h"
#include "relay/fanout.h"
#include "relay/lobby.h"
#include "relay/mailbox.h"
#include "relay/notice.h"
#include "relay/run.h"
#include "relay/stats.h"

typedef struct {
    unsigned index;         /* of the worker */
    int family;             /* of its socket */
    const ScConfig *config; /* borrowed: the process's */
    ScDtlsPool *pool;       /* borrowed: the process's */
    ScLobby *lobby;         /* borrowed: the process's */
    ScOffice office;        /* the main thread's */
    ScMailbox *mailbox;     /* owned by the worker */
    ScEncryptor *encryptor; /* owned by the worker */
    ScFanout *fanout;       /* owned by the worker */
    ScStats *stats;         /* owned by the worker */
    GPtrArray *touched; /* owned by the worker; ScLayers that got packets in this batch */
    GPtrArray *audiences;       /* owned by the worker; owns its ScAudiences */
    unsigned n_catching_up;     /* slots that need a short tick */
    int64_t now_us;             /* monotonic, of this turn of the loop */
    int64_t realtime_offset_us; /* CLOCK_REALTIME minus now_us */
    ScRunPlan plan;             /* scratch: of a batch */
    ScRunPlan own_plan;         /* scratch: of one slot that differs */
} ScKit;
