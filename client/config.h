/* SPDX-License-Identifier: Apache-2.0 */
/* config.h: what the program was asked to do: defaults, then a file (conf/client.conf),
 * then the environment, then the command line. Thread: main; does not change after it was
 * made. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "client/canceller.h"
#include "signaling/protocol/word.h"

typedef enum {
    SC_COMMAND_TEACH,
    SC_COMMAND_JOIN,
    SC_COMMAND_KIOSK,
    SC_COMMAND_DEVICES,
    SC_COMMAND_CHECK
} ScCommand;

typedef struct {
    ScCommand command;
    char *url;    /* owned, as all texts here; without a slash at its end */
    char *lesson; /* "": none */
    char *token;  /* "": none */
    char *ca;     /* path; "": none */
    char *source;
    char *slides; /* "": none */
    char *encoder;
    int video_kbps; /* of this command; never 0 */
    int slides_kbps;
    int audio_kbps;
    ScSoundSettings sound;
    int max_width;
    int max_height;
    int max_fps;
    int latency_ms;
    ScLanguage language;
    bool headless;
    bool stamp;
    int source_number; /* 0: as signaling numbers us */
    bool status_json;
    int seconds;      /* 0: until it is ended */
    char *summary;    /* path; "": none */
    char *identity;   /* kiosk: path; "": below the state directory */
    char *zone;       /* kiosk: IANA, of the clock on the screen */
    int poll_seconds; /* kiosk: between two looks at the timetable */
} ScConfig;

#define SC_CONFIG_ERROR (sc_config_error_quark())
GQuark sc_config_error_quark(void);
typedef enum { SC_CONFIG_ERROR_BAD_VALUE } ScConfigError;

/* @argv: the command first, then its options; not changed. NULL and @error name the value
 * and its limit. */
ScConfig *sc_config_new(const char *const *argv, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void sc_config_free(ScConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScConfig, sc_config_free)

/* How to use the program; a static text. */
const char *sc_config_get_usage(void);
