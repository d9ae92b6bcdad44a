/* SPDX-License-Identifier: Apache-2.0 */
/* acoustics.h: a room listens to its own loudspeaker: what its microphone hears, before
 * and behind the canceller, and what of it comes back to the far end (far-end.h). The
 * same pipelines as in a lesson. Thread: main, which turns its context meanwhile. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "client/canceller.h"
#include "client/echo.h"
#include "client/place.h"

typedef struct {
    const char *microphone;  /* gst-launch text of a source */
    const char *loudspeaker; /* and of a sink */
    ScSoundSettings sound;   /* music is of no account */
    const ScPlace *place;    /* of the echo test; NULL: the room alone, no line */
    unsigned latency_ms;     /* of playing: as in sc_speaker_new() */
    unsigned audio_kbps;
} ScAcousticsSettings;

/* Levels: root mean square against full scale. */
typedef struct {
    bool has_sound;   /* anything came from the microphone; else nothing below is valid */
    bool is_heard;    /* the loudspeaker, by the microphone */
    double noise_db;  /* of the room, before anything is played */
    double before_db; /* while the room is played to: into the canceller */
    double after_db;  /* and out of it: what the far end would hear of itself */
    bool has_far_end; /* it was asked; else the next two are not valid */
    bool has_line;    /* sound came through, to the room and back, were it silence */
    double far_db;    /* what the far end did hear of itself */
    /* If is_heard. From a sound's due time in the loudspeaker's pipeline to the
     * microphone's time of capture. */
    ScEchoPath path;
    double late_ms; /* so much of it the loudspeaker does not tell; if is_heard */
} ScAcousticsFigures;

/* Plays for 15 s. False and @error if the texts name what is not there, or where the far
 * end is not to be had. */
bool sc_acoustics_measure(const ScAcousticsSettings *settings,
                          ScAcousticsFigures *out_figures, GError **error);
