/* SPDX-License-Identifier: Apache-2.0 */
/* room.h: one end of a lesson, a teacher's or a classroom's: what it sends, what it
 * watches, what it says of itself. Thread: main. docs/architecture.md#client. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/config.h"

typedef struct ScRoom ScRoom;

/* @config and @loop outlive the room; it ends the loop when it is told to. Errors:
 * SC_SOURCE_ERROR and others: the source, the encoder or the window cannot be opened.
 * @join_asked_us: when the person asked, CLOCK_MONOTONIC. */
ScRoom *sc_room_new(const ScConfig *config, int64_t join_asked_us, GMainLoop *loop,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_room_free(ScRoom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScRoom, sc_room_free)

void sc_room_start(ScRoom *self);
/* Says the summary; once, after the loop has ended. */
void sc_room_finish(ScRoom *self);
/* True if the server refused us before anything was ever connected. */
bool sc_room_was_refused(const ScRoom *self);
/* The lesson ended, or was cancelled. */
bool sc_room_is_over(const ScRoom *self);
/* What ended it that is no wish of anybody's: the source holds no picture; NULL: nothing.
 */
const char *sc_room_get_fault(const ScRoom *self);
