/* SPDX-License-Identifier: Apache-2.0 */
/* acoustics.h: a room listens to its own loudspeaker: what its microphone hears, before
 * and behind the canceller. The same pipelines as in a lesson. Thread: main, which turns
 * its context meanwhile. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "client/canceller.h"
#include "client/echo.h"

typedef struct {
    const char *microphone;  /* gst-launch text of a source */
    const char *loudspeaker; /* and of a sink */
    ScSoundSettings sound;   /* music is of no account */
} ScAcousticsSettings;

/* Levels: root mean square against full scale. */
typedef struct {
    bool has_sound;   /* anything came from the microphone; else nothing below is valid */
    bool is_heard;    /* the loudspeaker, by the microphone */
    double noise_db;  /* of the room, before anything is played */
    double before_db; /* while the room is played to: into the canceller */
    double after_db;  /* and out of it: what the far end would hear of itself */
    /* If is_heard. From a sound's due time in the loudspeaker's pipeline to the
     * microphone's time of capture. */
    ScEchoPath path;
    double late_ms; /* so much of it the loudspeaker does not tell; if is_heard */
} ScAcousticsFigures;

/* Plays for 15 s. False and @error if the texts name what is not there. */
bool sc_acoustics_measure(const ScAcousticsSettings *settings,
                          ScAcousticsFigures *out_figures, GError **error);
