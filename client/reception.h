/* SPDX-License-Identifier: Apache-2.0 */
/* reception.h: what a room receives: its slots, the session that fills them, the stage
 * that shows them. Thread: main, but for sc_reception_push_own(). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <gst/gst.h>

#include "client/config.h"
#include "client/place.h"
#include "client/recovery.h"
#include "client/stage.h"
#include "client/status.h"

/* All are called with the same user_data. */
typedef struct {
    void (*changed)(void *user_data); /* the session's state is new */
    ScViewHandlers window;
} ScReceptionHandlers;

#define SC_RECEPTION_TILES_MAX \
    15 /* 32 sections of an offer, an audio and a video for each */

typedef struct ScReception ScReception;

/* All that is lent outlives it. Receives nothing yet. */
ScReception *sc_reception_new(const ScConfig *config, const ScPlace *place,
                              ScStatus *status, const ScReceptionHandlers *handlers,
                              void *user_data) G_GNUC_WARN_UNUSED_RESULT;
void sc_reception_free(ScReception *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScReception, sc_reception_free)

/* A classroom's slots are known beforehand. False and @error: the window cannot be
 * opened. */
bool sc_reception_open_classroom(ScReception *self, GError **error);
/* A teacher's are the lesson's sites; once, by the welcome. Starts at once. */
void sc_reception_open_tiles(ScReception *self, unsigned n_tiles);
/* Does nothing before one of the two above. */
void sc_reception_start(ScReception *self);
/* Ends the session, and with it decoding; nothing is called any more. */
void sc_reception_stop(ScReception *self);

void sc_reception_expect_media(ScReception *self, bool expected);
void sc_reception_rejoin(ScReception *self, const char *const *locations,
                         const char *reason);
/* A classroom's guest is another: @number of its stamps. What comes of the last one is
 * passed over. */
void sc_reception_change_guest(ScReception *self, uint16_t number);

/* What this room sends, as a teacher wants to see it. Any thread. */
void sc_reception_push_own(ScReception *self, GstSample *sample);
/* As sc_stage_change_volume(). */
void sc_reception_change_volume(ScReception *self, int step_pct);
/* Says which pictures flow, and shows @now. @has_guest: somebody has the floor. Nothing
 * where it is headless. */
void sc_reception_show(ScReception *self, bool has_guest, const ScStageNow *now);

/* NULL before it was opened. */
const ScRecovery *sc_reception_get_recovery(const ScReception *self);
/* When something last came in the slots that the room's state depends on; 0: never. */
int64_t sc_reception_get_last_us(const ScReception *self);
/* Of ScSlot, in the order of the sections. */
GPtrArray *sc_reception_get_slots(const ScReception *self);
unsigned sc_reception_get_renegotiations(const ScReception *self);
