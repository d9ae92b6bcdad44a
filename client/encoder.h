/* SPDX-License-Identifier: Apache-2.0 */
/* encoder.h: which H.264 encoder this machine has, and how each is set up for a lesson:
 * constrained baseline, no reordering, a key frame every two seconds or when asked for.
 * Thread: main. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

#define SC_ENCODER_AUTO "auto"

typedef struct {
    unsigned bitrate_kbps;
    int width;  /* [pixels] */
    int height; /* [pixels] */
    int fps;
} ScEncoderSettings;

/* Calls @each for the encoders that can be opened here, best first. */
void sc_encoder_list(void (*each)(const char *name, const char *what, void *user_data),
                     void *user_data);

/* The best encoder here, or @wanted unless that is SC_ENCODER_AUTO. Static text; NULL and
 * @error set if there is none. */
const char *sc_encoder_choose(const char *wanted, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A bin of raw video in, H.264 byte stream out, around encoder @name, a text that
 * sc_encoder_choose() gave. Floating. */
GstElement *sc_encoder_create(const char *name, const ScEncoderSettings *settings)
    G_GNUC_WARN_UNUSED_RESULT;
