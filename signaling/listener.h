/* SPDX-License-Identifier: Apache-2.0 */
/* listener.h: the TCP port that HTTP is served at, with or without TLS: takes connections
 * in and gives them to libsoup, over streams that thousands may wait on (tcp.h). Thread:
 * main. */
#pragma once

#include <libsoup/soup.h>

#include "signaling/config.h"

typedef struct ScListener ScListener;

/* Listens where @config says, an IPv6 address for IPv4 too. @soup outlives it. NULL and
 * @error: the certificate, or the address, as the message says. */
ScListener *sc_listener_new(SoupServer *soup, const ScConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Connections that were taken in stay. */
void sc_listener_free(ScListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScListener, sc_listener_free)

unsigned sc_listener_get_port(const ScListener *self);

/* The socket that @message came over, below TLS and all streams; borrowed, open or not.
 */
GSocket *sc_listener_get_socket(SoupServerMessage *message);
/* What it is read from and answered by, above TLS; borrowed. */
GIOStream *sc_listener_get_stream(SoupServerMessage *message);
/* The context in which its connection waits; borrowed. */
GMainContext *sc_listener_get_context(SoupServerMessage *message);
