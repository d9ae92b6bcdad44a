/* SPDX-License-Identifier: Apache-2.0 */
/* source.h: what is captured: a file, a camera, a screen, an RTSP address or a made
 * lesson. It runs for the whole program, apart from any session: a lost line does not
 * restart a camera, and a camera that was pulled out does not end a session.
 *
 * Pictures come as I420, at most the configured size and rate; sound as 20 ms of 16-bit
 * mono at 48 kHz. A source that has no sound gives silence. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <gst/gst.h>

#include "client/canceller.h"

typedef enum {
    SC_SOURCE_VIDEO,
    SC_SOURCE_AUDIO,
    SC_SOURCE_SLIDES,
    SC_N_SOURCE_MEDIA
} ScSourceMedium;

typedef enum {
    SC_SOURCE_FILE,
    SC_SOURCE_CAMERA,
    SC_SOURCE_SCREEN,
    SC_SOURCE_RTSP,
    SC_SOURCE_TEST,
} ScSourceKind;

#define SC_SOURCE_ERROR (sc_source_error_quark())
GQuark sc_source_error_quark(void);
typedef enum {
    SC_SOURCE_ERROR_NOT_FOUND, /* no such file or device */
    SC_SOURCE_ERROR_NOT_MEDIA, /* empty, cut off before its first picture, no picture */
    SC_SOURCE_ERROR_BAD_NAME,
} ScSourceError;

/* A captured picture or piece of sound. Its PTS is the CLOCK_MONOTONIC instant of capture
 * [ns]. Streaming threads call it; the callee refs what it keeps. */
typedef void (*ScSourceOutlet)(ScSourceMedium medium, GstSample *sample, void *user_data);

typedef struct {
    const char *name; /* FILE, camera, camera:/dev/videoN, screen, rtsp://…, test */
    int max_width;    /* [pixels] */
    int max_height;   /* [pixels] */
    int max_fps;
    bool slides;           /* a second video without sound, given as SC_SOURCE_SLIDES */
    bool stamp;            /* write stamp.h into each picture of SC_SOURCE_VIDEO */
    ScSoundSettings sound; /* of a microphone; other sound is not touched */
} ScSourceSettings;

typedef struct ScSource ScSource;

/* What can be seen at a glance: is the name right, is there such a file or device? */
bool sc_source_check(const char *name, GError **error);

/* Any thread. Opens the source and reads until its first picture is known to be there;
 * blocks for 5 s at most. Copies what it needs. NULL and @error (SC_SOURCE_ERROR) with
 * what is wrong. */
ScSource *sc_source_new(const ScSourceSettings *settings, ScSourceOutlet outlet,
                        void *user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* No outlet is called after this. */
void sc_source_free(ScSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScSource, sc_source_free)

void sc_source_start(ScSource *self);
/* The number in the stamps; 0 until it is set. Any thread. */
void sc_source_set_number(ScSource *self, uint16_t number);

/* Music: a microphone's sound is left as it is, for an instrument or a song. Main. */
void sc_source_set_music(ScSource *self, bool is_on);
/* Of the microphone, over the last half second, against full scale. False where there is
 * none, or nothing came yet. Main. */
bool sc_source_get_level_db(const ScSource *self, double *out_level_db);

/* False and @error set if @name is no source's. Does not look whether it exists. */
bool sc_source_parse(const char *name, ScSourceKind *out_kind, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
