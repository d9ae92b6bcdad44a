/* SPDX-License-Identifier: Apache-2.0 */
/* speaker.h: mixes a room's sounds and plays them. Apart from the window, so that a
 * loudspeaker that is pulled out takes no picture along; it is opened again when it is
 * back. Thread: main, but for sc_speaker_push(). */
#pragma once

#include <gst/gst.h>

typedef struct ScSpeaker ScSpeaker;

/* @latency_ms: how long after its PTS a sound is played, as in sc_view_new(). */
ScSpeaker *sc_speaker_new(unsigned n_sounds, unsigned latency_ms)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same on another than the usual one: @sink is gst-launch text. */
ScSpeaker *sc_speaker_new_on(const char *sink, unsigned n_sounds, unsigned latency_ms)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_speaker_free(ScSpeaker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSpeaker, sc_speaker_free)

/* 0 to 100; 100 at first: as it comes. */
void sc_speaker_set_volume(ScSpeaker *self, unsigned pct);

/* From PTS to sound, by what the loudspeaker tells. */
unsigned sc_speaker_get_latency_ms(const ScSpeaker *self);

/* Any thread. PTS: CLOCK_MONOTONIC [ns]. */
void sc_speaker_push(ScSpeaker *self, unsigned index, GstSample *sample);
