/* SPDX-License-Identifier: Apache-2.0 */
/* tcp.h: TCP connections for a main loop that has thousands of them. GLib polls the
 * socket of each waiting source in every turn; these are registered with the kernel once,
 * by epoll(7), and a turn costs what is ready. They are GIO's connections in all else, so
 * that TLS and libsoup stand on them unchanged. Thread: main. */
#pragma once

#include <gio/gio.h>

#define SC_TYPE_TCP_CONNECTION (sc_tcp_connection_get_type())
G_DECLARE_FINAL_TYPE(ScTcpConnection, sc_tcp_connection, SC, TCP_CONNECTION,
                     GTcpConnection)

/* @socket: connected, and of nobody else's connection. Sources of its streams belong in
 * contexts that the main thread turns (ward.h). Ends the program where the kernel has no
 * descriptor left for epoll, at the first one. */
ScTcpConnection *sc_tcp_connection_new(GSocket *socket) G_GNUC_WARN_UNUSED_RESULT;
