/* SPDX-License-Identifier: Apache-2.0 */
/* reel.h: one stream of a media file, decoded, in real time, looped without a seam.
 *
 * Pictures and sound of a file are two reels, so that neither waits for the longer one at
 * the end of a loop. Decoding runs a few frames ahead; a thread of the reel's own hands
 * each out when it is due. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

/* Borrowed @sample; its PTS is the CLOCK_MONOTONIC instant it was due [ns]. */
typedef void (*ScReelOutlet)(GstSample *sample, void *user_data);

typedef struct ScReel ScReel;

typedef enum { SC_REEL_VIDEO, SC_REEL_AUDIO } ScReelMedium;

/* Begins to read. @tail: what stands behind the decoder, as gst-launch text. */
ScReel *sc_reel_new(const char *path, ScReelMedium medium, const char *tail,
                    ScReelOutlet outlet, void *user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Waits up to 5 s for the first sample. Errors: SC_SOURCE_ERROR. */
bool sc_reel_wait(ScReel *self, GError **error);
/* No sample is handed out after this. */
void sc_reel_free(ScReel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScReel, sc_reel_free)

void sc_reel_start(ScReel *self);
