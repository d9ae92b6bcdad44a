/* SPDX-License-Identifier: Apache-2.0 */
/* service.h: all parts of signaling, put together and taken apart in the right order.
 * Thread: main. */
#pragma once

#include "signaling/bell.h"
#include "signaling/conductor.h"
#include "signaling/config.h"

typedef struct ScService ScService;

/* Opens the store, listens for HTTP and for the relay. Borrows @config. */
ScService *sc_service_new(const ScConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_service_free(ScService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScService, sc_service_free)

unsigned sc_service_get_port(const ScService *self);
ScClock *sc_service_get_clock(ScService *self);         /* borrowed */
ScStore *sc_service_get_store(ScService *self);         /* borrowed */
ScConductor *sc_service_get_conductor(ScService *self); /* borrowed */
ScBell *sc_service_get_bell(ScService *self);           /* borrowed */
