/* SPDX-License-Identifier: Apache-2.0 */
/* config.h: the relay's settings: conf/relay.conf first, then the command line. Each key
 * has a default, a range and a line in conf/relay.conf. Thread: filled on the main thread
 * before any worker starts, then read by all. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "relay/address.h"

#define SC_CONFIG_ANNOUNCE_MAX 16 /* addresses */
#define SC_CONFIG_WORKERS_MAX 64  /* one bit each in a layer's audience mask */

typedef struct {
    /* [network] */
    char *listen;   /* owned; an IP literal */
    char *announce; /* owned; IP literals with commas, or empty: this machine's own */
    int port;       /* 0: any free one */
    int receive_buffer_kib;
    int send_buffer_kib;
    /* [control] */
    char *control; /* owned; path of signaling's Unix socket */
    /* [threads] */
    int workers;    /* 0: one per core */
    int handshakes; /* threads */
    /* [send] */
    char *encryptor; /* owned; empty: the best there is */
    int run_packets;
    int gso; /* 0 or 1 */
    int repair_kbps;
    /* [history] */
    int video_packets;
    int audio_packets;
    /* [join] */
    int join_max_age_ms;
    int join_burst_max_kib;
    int join_pace_kbps;
    /* [limits] */
    int max_transports;
    int max_mails;
} ScConfig;

#define SC_CONFIG_ERROR (sc_config_error_quark())
GQuark sc_config_error_quark(void);
typedef enum {
    SC_CONFIG_ERROR_KEY,   /* no such group or key */
    SC_CONFIG_ERROR_VALUE, /* not of its kind, or beyond its limits */
} ScConfigError;

/* The defaults. */
ScConfig *sc_config_new(void) G_GNUC_WARN_UNUSED_RESULT;
void sc_config_free(ScConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScConfig, sc_config_free)

/* Values of @path over those that are there; an unknown key is an error. */
bool sc_config_load(ScConfig *self, const char *path, GError **error);

/* One value by its name in the file, for example "network", "port", "8443". The error
 * names key, value and limit. */
bool sc_config_set(ScConfig *self, const char *group, const char *key, const char *value,
                   GError **error);

/* The addresses to announce as candidates, with port 0: those configured, else this
 * machine's own ones, else its loopback. Returns how many. */
unsigned sc_config_get_announced(const ScConfig *self,
                                 ScAddress out_addresses[SC_CONFIG_ANNOUNCE_MAX]);
