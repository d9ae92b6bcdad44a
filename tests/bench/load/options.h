/* SPDX-License-Identifier: Apache-2.0 */
/* options.h: the command line of bench-load. Thread: the main one. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define SC_LOAD_STEPS_MAX 32

typedef struct {
    /* which server */
    char *control;            /* owned; exactly one of the three */
    char *whep;               /* owned */
    char *janus;              /* owned */
    char *rtp;                /* owned; with @janus: address of its mountpoint */
    int rtp_video, rtp_audio; /* ports */
    int mountpoint;
    char *address; /* owned: to send from */
    int pid;       /* of the server; 0: its use is not measured */
    /* which load */
    int n_rooms;
    int n_watchers; /* rooms that are there before the others join */
    int n_sampled;
    double joins_per_s;
    char *pattern;                   /* owned */
    char *fps;                       /* owned */
    double steps[SC_LOAD_STEPS_MAX]; /* frames a second, one window each */
    unsigned n_steps;
    gboolean has_audio;
    gboolean is_burst;
    char *profile; /* owned: "gcm" or "cm" */
    double settle_s;
    double window_s;
} ScLoadOptions;

bool sc_load_options_parse(ScLoadOptions *self, int *argc, char ***argv, GError **error);
void sc_load_options_clear(ScLoadOptions *self);
