/* SPDX-License-Identifier: Apache-2.0 */
/* config.h: what conf/signaling.conf says. A key that is not there has its default; one
 * that nobody knows is refused, as it is most likely a slip of the pen. Thread: main;
 * plain values. */
#pragma once

#include <glib.h>

#define SC_CONFIG_ERROR (sc_config_error_quark())
GQuark sc_config_error_quark(void);

typedef enum {
    SC_CONFIG_ERROR_FILE,  /* not there, not readable, no key file */
    SC_CONFIG_ERROR_KEY,   /* unknown group or key */
    SC_CONFIG_ERROR_VALUE, /* of the wrong kind or outside its limits */
} ScConfigError;

typedef struct {
    gboolean test_clock; /* no key: serve --test-clock */
    /* [http] */
    char *listen;      /* owned: IPv4 or IPv6 literal */
    unsigned port;     /* 0: any free one */
    char *certificate; /* owned: PEM file; "": plain HTTP */
    char *key;         /* owned: PEM file */
    unsigned request_timeout_ms;
    /* [store] */
    char *database; /* owned: file */
    /* [control] */
    char *socket;              /* owned: path of the Unix socket the relay dials */
    unsigned relay_timeout_ms; /* the longest wait for an answer */
    /* [lessons] */
    unsigned max_lessons; /* running at once */
    unsigned max_sites;   /* of one lesson */
    unsigned early_min;   /* a lesson opens so many minutes before its time */
    unsigned warn_min;    /* and people are warned so many before its end */
    unsigned max_overtime_min;
    unsigned max_sessions_per_lesson;
    unsigned max_sessions_per_site;
    /* [accounts] */
    unsigned idle_min;      /* without a request, and a web session is over */
    unsigned session_hours; /* after sign-in it is over in any case */
    unsigned max_failures;  /* wrong passwords in a row, and a person is locked */
    unsigned lock_min;      /* for so long */
    /* [audit] */
    unsigned keep_months; /* of audit rows */
    /* [documents] */
    unsigned give_way; /* 1: to media, on their way to a site; 0: as fast as they may */
    /* [school] */
    char *zone; /* owned: time zone of the schools, "Asia/Shanghai" */
    /* [events] */
    unsigned max_connections;
    unsigned max_unread; /* messages */
    unsigned hello_timeout_ms;
    unsigned rate_per_s; /* messages from one client */
    unsigned burst;      /* messages */
} ScConfig;

/* All defaults. */
ScConfig *sc_config_new(void) G_GNUC_WARN_UNUSED_RESULT;
/* NULL and @error (SC_CONFIG_ERROR) naming group, key, value and limit. */
ScConfig *sc_config_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sc_config_free(ScConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScConfig, sc_config_free)
