/* SPDX-License-Identifier: Apache-2.0 */
/* server.h: HTTP: a table of routes, CORS, and the limits of a
 * request (its length, before it is stored; the time it takes, of a body that is taken as
 * it comes: the time without a byte, and its rate). Thread: main. Spec: RFC
 * 9110, Fetch (CORS); docs/protocol.md#http. */
#pragma once

#include <stddef.h>

#include <libsoup/soup.h>

#include "signaling/config.h"
#include "signaling/exchange.h"

typedef struct ScServer ScServer;

/* @exchange is held: answer it once, now or later. */
typedef void (*ScHandler)(ScExchange *exchange, gpointer user_data);

/* A body that is taken as it comes and never held whole; the route's handler is called
 * when it has come. */
typedef struct {
    /* The head has come; false and @error, and the request is refused. */
    bool (*begin)(ScExchange *exchange, gpointer user_data, GError **error);
    bool (*take)(ScExchange *exchange, GBytes *chunk, gpointer user_data, GError **error);
    ScProblem too_large; /* what a body is refused by that is longer than body_max */
} ScIntake;

typedef struct {
    const char *method;       /* "GET" answers HEAD as well */
    const char *pattern;      /* "/whip/{}/{}": each {} is a segment, 1–64 bytes of
                                 [A-Za-z0-9_.:-] */
    const char *content_type; /* that the body must have; NULL: there is no body */
    size_t body_max;          /* bytes */
    ScHandler handle;
} ScRoute;

/* A WebSocket connection was made, over @socket; both borrowed. */
typedef void (*ScUpgraded)(SoupWebsocketConnection *connection, GSocket *socket,
                           gpointer user_data);

typedef void (*ScServerReplied)(const char *method, const char *pattern, unsigned status,
                                gpointer user_data);

ScServer *sc_server_new(const ScConfig *config) G_GNUC_WARN_UNUSED_RESULT;
/* Closes the socket and all connections; exchanges that are held may still be answered.
 */
void sc_server_free(ScServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScServer, sc_server_free)

/* @routes is static. */
void sc_server_add_routes(ScServer *self, const ScRoute *routes, size_t n_routes,
                          gpointer user_data);
/* One whose body @intake takes; both are static. */
void sc_server_add_intake(ScServer *self, const ScRoute *route, const ScIntake *intake,
                          gpointer user_data);
/* @path and @protocol are static. One of a server. */
void sc_server_add_websocket(ScServer *self, const char *path, const char *protocol,
                             ScUpgraded upgraded, gpointer user_data);
/* Told of each answer; @pattern is "*" where no route matched. */
void sc_server_set_observer(ScServer *self, ScServerReplied replied, gpointer user_data);

/* Listens where @config says, once. FALSE and @error: as sc_listener_new(). */
gboolean sc_server_listen(ScServer *self, const ScConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The port it listens on; 0 before. */
unsigned sc_server_get_port(const ScServer *self);
