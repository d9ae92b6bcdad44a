/* SPDX-License-Identifier: Apache-2.0 */
/* canceller.h: what stands behind a microphone and before a loudspeaker, so that a room
 * does not hear itself come back. The only door to libspeexdsp, webrtcdsp and
 * webrtcechoprobe. When what is played comes back is measured (alignment.h); it has a
 * time at both ends because every pipeline of ours runs on CLOCK_MONOTONIC with base time
 * 0. A program has one loudspeaker and one microphone that are about each other.
 * Thread: main. */
#pragma once

#include <stdbool.h>

#include <gst/gst.h>

/* How hard to work, each 0: not at all. See [sound] of conf/client.conf. */
typedef struct {
    int echo_suppression;  /* 1 to 3 */
    int noise_suppression; /* 1 to 4 */
    int gain_db;           /* a weak voice is raised by so much at most */
    bool high_pass;
    bool music; /* leave all as it is, until sc_canceller_set_music() */
} ScSoundSettings;

/* What both ends speak: the element is made for no more than one channel. */
#define SC_CANCELLER_CAPS \
    "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

/* gst-launch text between two "!", for SC_CANCELLER_CAPS; "identity" where there is
 * nothing to do or no such element here, which is said once. */
char *sc_canceller_dup_microphone(const ScSoundSettings *settings)
    G_GNUC_WARN_UNUSED_RESULT;
/* @pipeline with sc_canceller_dup_microphone() in it, once, before it starts: tells the
 * canceller what its loudspeaker plays. */
void sc_canceller_listen(GstElement *pipeline);
/* The same @pipeline: from the next buffer on nothing is touched, or all is again. The
 * canceller goes on learning meanwhile. */
void sc_canceller_set_music(GstElement *pipeline, bool is_on);

/* @mixed: the last element of @pipeline that SC_CANCELLER_CAPS come out of, behind mixer
 * and volume, whose sound is then known to the microphone. The process listens to one
 * loudspeaker; a second one only plays. */
void sc_canceller_attach(GstElement *pipeline, GstElement *mixed);
/* Before a pipeline that is at rest is freed. */
void sc_canceller_detach(GstElement *pipeline);
