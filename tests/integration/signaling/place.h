/* SPDX-License-Identifier: Apache-2.0 */
/* place.h: the real synclass-signaling and synclass-relay as processes of their own, in a
 * folder of their own, on ports that were free, with the sample lesson seeded. One
 * thread, the default main context. Everything asserts; nothing waits longer than
 * PATIENCE_S. */
#pragma once

#include <stdbool.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#define PATIENCE_S 20

typedef struct {
    char *folder;           /* owned */
    char *url;              /* owned: "http://127.0.0.1:PORT"; set by the first start */
    char *lesson;           /* owned */
    char **tokens;          /* owned: the teacher's, then the classrooms' in tile order */
    unsigned port;          /* 0 until the first start */
    GSubprocess *signaling; /* owned; NULL while it does not run */
    GSubprocess *relay;     /* owned; NULL while it does not run */
    char *settings;         /* owned: path of signaling's configuration; NULL: none */
    bool has_test_clock;    /* signaling is started with --test-clock */
    unsigned n_logs;        /* a file for each process that was started */
} Place;

/* Starts both and waits until they know of each other. */
Place *place_open(unsigned n_classrooms);
/* The same with @settings, the text of signaling's configuration. */
Place *place_open_with(unsigned n_classrooms, const char *settings);
/* The same, and its clock can be moved. */
Place *place_open_with_clock(unsigned n_classrooms);
/* Ends both by SIGTERM, asserts that they end with 0 and that no log has a warning or a
 * sanitizer's report, and removes the folder. */
void place_close(Place *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Place, place_close)

/* At the same port as before. Does not wait for it to serve. */
void place_start_signaling(Place *place);
void place_start_relay(Place *place);
/* kill -9, and waits until it is gone. */
void place_kill_signaling(Place *place);
void place_kill_relay(Place *place);
/* Until /healthz is "ok", that is with a relay. */
void place_await_ready(Place *place);

/* The store's file, for rows that no door makes. */
char *place_dup_database(const Place *place);

/* Seeds again over the same store, and takes the fresh tokens. */
void place_seed(Place *place, unsigned n_classrooms);

/* Runs the main context until @condition holds; fails the test with @what after
 * PATIENCE_S. */
void place_run_until(bool (*condition)(gpointer user_data), gpointer user_data,
                     const char *what);
/* Runs the main context for so long: for what must not happen. */
void place_run_for_ms(unsigned duration_ms);
