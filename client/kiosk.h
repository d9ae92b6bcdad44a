/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk.h: the box in a village classroom: shows its code until it is enrolled, then the
 * time and the next lesson; says which lesson to enter as soon as that is open. Does what
 * attendant.h decides. Thread: main. docs/architecture.md#client. */
#pragma once

#include "client/config.h"

typedef struct ScKiosk ScKiosk;

/* @config outlives it. Errors: the CA or the window cannot be opened. */
ScKiosk *sc_kiosk_new(const ScConfig *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_kiosk_free(ScKiosk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScKiosk, sc_kiosk_free)

/* Waits in the main loop until a lesson can be entered. False: it was told to end. Both
 * texts are the caller's. The screen is closed meanwhile: the room has its own. */
bool sc_kiosk_wait(ScKiosk *self, char **out_lesson, char **out_token);
/* Ends the waiting; may be called from a signal's source. */
void sc_kiosk_quit(ScKiosk *self);
