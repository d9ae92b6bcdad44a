/* SPDX-License-Identifier: Apache-2.0 */
/* slot.h: one slot at its receiving end: decodes what the relay feeds it, counts it,
 * hands it on. It lives as long as the program; sessions come and go, and so do the
 * decoding chains in them, one for each codec a feed brought. Thread: main, but where
 * said. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#include "client/tally.h"

typedef enum { SC_SLOT_VIDEO, SC_SLOT_AUDIO } ScSlotKind;

typedef struct ScSlot ScSlot;

/* Each may be NULL. */
typedef struct {
    /* Streaming thread. A decoded picture or piece of sound; its PTS is when it is to be
     * shown, CLOCK_MONOTONIC [ns], the jitter buffer's wait not yet added. */
    void (*decoded)(ScSlot *slot, GstSample *sample, void *user_data);
    /* Main. A run begins; @source as in stamp.h, 0 without stamps. */
    void (*source_changed)(ScSlot *slot, uint16_t source, int64_t t_us, void *user_data);
    /* Main. The first picture or sound ever. */
    void (*first)(ScSlot *slot, int64_t t_us, void *user_data);
} ScSlotHandlers;

/* What went by since the last call. */
typedef struct {
    double fps;
    double kbps;
    double loss_pct; /* of packets, after all repair */
    int64_t delay_us;
    int width;
    int height;
} ScSlotRates;

/* @name: as in docs/protocol.md: main-video, tile-0, …; copied. */
ScSlot *sc_slot_new(const char *name, ScSlotKind kind, const ScSlotHandlers *handlers,
                    void *user_data) G_GNUC_WARN_UNUSED_RESULT;
/* After the last session that fed it. */
void sc_slot_free(ScSlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSlot, sc_slot_free)

/* Streaming thread. Builds a decoding chain behind @pad, RTP of one payload type. */
void sc_slot_attach(ScSlot *self, GstBin *pipeline, GstPad *pad);

/* The slot's feed was taken away or given anew: see sc_picture_tally_pause(). */
void sc_slot_pause(ScSlot *self);

const char *sc_slot_get_name(const ScSlot *self);
ScSlotKind sc_slot_get_kind(const ScSlot *self);
ScPictureFigures sc_slot_get_pictures(const ScSlot *self);
uint16_t sc_slot_get_source(const ScSlot *self);
/* [µs] */
int64_t sc_slot_get_longest_gap_us(const ScSlot *self);
/* When something was last decoded; 0: never. */
int64_t sc_slot_get_last_us(const ScSlot *self);
ScSlotRates sc_slot_take_rates(ScSlot *self, int64_t now_us);
