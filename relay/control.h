/* SPDX-License-Identifier: Apache-2.0 */
/* control.h: the relay's end of the control channel: dials signaling's Unix socket, says
 * hello, and carries requests to the desk and notifications back. While signaling is gone
 * it dials again, and nothing else changes. The only door to jsonrpc-glib. Thread: main.
 * Spec: docs/protocol.md#control. */
#pragma once

#include <glib.h>

#include "relay/desk.h"

typedef struct ScControl ScControl;

/* @path and @desk are borrowed; it begins to dial with the main loop. */
ScControl *sc_control_new(const char *path, ScDesk *desk) G_GNUC_WARN_UNUSED_RESULT;
void sc_control_free(ScControl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScControl, sc_control_free)
